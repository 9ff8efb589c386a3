"""Castor's Gemini client against curl, in one run: how much it adds to the way from the server's first byte to the screen,
and what an upload of 100 MB takes.

`gemini.py TARGET RUNS`: TARGET has the built program. The server is here, speaks just enough of the API, keeps nothing and
notes times; both contenders see the same one, in turn.

- First words: from the moment the server hands the first piece of an answer to its socket until the window has painted it
  (two animation frames after the text is in the page), until `castor ask` has it on standard output, until `curl` has.
- Upload: the resumable protocol, from the server's receipt of the first request to the last byte, and the peak resident
  memory of the whole process. Castor sends in chunks of 8 MiB and looks at the answer of each; curl sends the file as one.
"""

import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from start import Desktop, end_all

MEGABYTE = 1_000_000
SIZE = 100 * MEGABYTE
LARGE = 400 * MEGABYTE
NEEDLE = "Heliotrope"
PIECES = 20
PACE = 0.02  # seconds between the pieces of an answer
MODEL = {
    "name": "models/gemini-3.8-flash",
    "displayName": "Gemini 3.8 Flash",
    "inputTokenLimit": 1_048_576,
    "outputTokenLimit": 65_536,
    "supportedGenerationMethods": ["generateContent"],
}


class Server(ThreadingHTTPServer):
    """Notes when an answer began, and when an upload began and ended."""

    daemon_threads = True
    began_answer = None
    began_upload = None
    ended_upload = None

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Api)
        self.base = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        if self.path.startswith("/v1beta/files/"):
            self.answer(file("ACTIVE"))
        elif re.match(r"/v1beta/models/", self.path):
            self.answer(MODEL)
        else:
            self.answer({"models": [MODEL]})

    def do_POST(self):
        if self.path.startswith("/upload/v1beta/files"):
            self.server.began_upload = time.time()
            self.swallow()
            self.answer({}, {"X-Goog-Upload-URL": self.server.base + "/upload/here", "X-Goog-Upload-Status": "active"})
        elif self.path == "/upload/here":
            self.swallow()
            if "finalize" in self.headers["X-Goog-Upload-Command"]:
                self.server.ended_upload = time.time()
                self.answer({"file": file("ACTIVE")}, {"X-Goog-Upload-Status": "final"})
            else:
                self.answer({}, {"X-Goog-Upload-Status": "active"})
        elif ":streamGenerateContent" in self.path:
            self.swallow()
            self.stream()
        else:
            self.swallow()
            self.answer({"totalTokens": 10})

    def swallow(self):
        left = int(self.headers["Content-Length"] or 0)
        while left and (piece := self.rfile.read(min(left, 1 << 20))):
            left -= len(piece)

    def answer(self, body, headers=()):
        text = json.dumps(body).encode()
        self.send_response(200)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(text), **dict(headers)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(text)

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.flush()
        # What a model thinks before it speaks: the connection is idle when the first piece comes.
        time.sleep(0.2)
        for number in range(PIECES):
            words = f"{NEEDLE} {number}. " if number == 0 else f"Word {number}. "
            candidate = {"content": {"role": "model", "parts": [{"text": words}]}, "index": 0}
            if number == PIECES - 1:
                candidate["finishReason"] = "STOP"
            event = f"data: {json.dumps({'candidates': [candidate]})}\r\n\r\n".encode()
            if number == 0:
                self.server.began_answer = time.time()
            self.wfile.write(event)
            self.wfile.flush()
            time.sleep(PACE)
        self.close_connection = True

    def log_message(self, *_):
        pass


def file(state):
    return {
        "name": "files/a",
        "uri": "https://generativelanguage.googleapis.com/v1beta/files/a",
        "mimeType": "audio/wav",
        "state": state,
    }


class Window:
    """Castor's window, driven over WebDriver, with more environment variables and settings than every window here gets."""

    def __init__(self, castor, server, desktop, variables=None, settings=None):
        self.home = desktop.environment("castor")["HOME"]
        environment = desktop.environment("castor") | {
            "GEMINI_API_KEY": "a-key",
            "CASTOR_GEMINI_BASE_URL": server.base,
            "LANG": "en_US.UTF-8",
            "TAURI_WEBVIEW_AUTOMATION": "true",  # without it no session ever begins
        } | (variables or {})
        # Makes the database, in which it is then noted that the person knows what leaves.
        subprocess.run([castor, "ask", "Hello"], env=environment, stdout=subprocess.DEVNULL, check=True)
        database = sqlite3.connect(next(Path(self.home).rglob("history.db")))
        known = {"welcomed": True, "seenLeaving": ["text", "pictures", "documents", "sound", "video"]}
        database.execute("INSERT OR REPLACE INTO setting VALUES ('settings', ?)", [json.dumps(known | (settings or {}))])
        database.commit()
        database.close()
        port = free_port()
        self.driver = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"], env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        self.base = f"http://127.0.0.1:{port}"
        options = {"webkitgtk:browserOptions": {"binary": str(castor), "args": []}}
        for _ in range(50):
            try:
                told = self.call("POST", "/session", {"capabilities": {"alwaysMatch": options}})
                break
            except OSError:
                time.sleep(0.1)
        self.base += f"/session/{told['sessionId']}"
        self.wait("return !!document.querySelector('[data-testid=composer]')")

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def run(self, script):
        return self.call("POST", "/execute/sync", {"script": script, "args": []})

    def wait(self, script):
        for _ in range(600):
            if (value := self.run(script)) not in (None, False):
                return value
            time.sleep(0.05)
        raise SystemExit(f"never true: {script}")

    def milliseconds_to_paint(self, server):
        # Answers alone: what a screen reader is told of the one before goes when the next question is asked.
        answers = "Array.from(document.querySelectorAll('[data-testid=answer-text]'))"
        seen = f"{answers}.filter(answer => answer.textContent.includes({json.dumps(NEEDLE)})).length"
        self.run(
            f"""const before = {seen};
            window.paintedAt = null;
            const observer = new MutationObserver(() => {{
                if ({seen} > before) {{
                    observer.disconnect();
                    requestAnimationFrame(() => requestAnimationFrame(() => {{
                        window.paintedAt = performance.timeOrigin + performance.now();
                    }}));
                }}
            }});
            observer.observe(document.body, {{ childList: true, subtree: true, characterData: true }});"""
        )
        element = self.call("POST", "/element", {"using": "css selector", "value": "[data-testid=composer]"})
        name = next(iter(element.values()))
        self.call("POST", f"/element/{name}/value", {"text": "Why?"})
        self.wait("return !document.querySelector('[data-testid=send]').disabled")
        self.run("document.querySelector('[data-testid=send]').click()")
        painted = self.wait("return window.paintedAt")
        # The answer's end, so that the next question finds a quiet window.
        self.wait("return !document.querySelector('[data-testid=stop]')")
        return painted - server.began_answer * 1000

    def end(self):
        end_all(self.home, self.driver.pid)
        self.driver.wait()


def free_port():
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port


def milliseconds_to_output(command, environment, server):
    """Until a program has the first words on its standard output."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    heard = b""
    while NEEDLE.encode() not in heard:
        piece = os.read(process.stdout.fileno(), 4096)
        if not piece:
            raise SystemExit(f"{command[0]} said nothing")
        heard += piece
    milliseconds = (time.time() - server.began_answer) * 1000
    process.stdout.read()
    process.wait()
    return milliseconds


def upload(commands, environment, server):
    """Seconds of the upload itself, and the highest peak memory of the processes in MiB."""
    peak = 0
    for command in commands:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{command[0]} ended with {process.returncode}")
        peak = max(peak, usage.ru_maxrss / 1024)
    return server.ended_upload - server.began_upload, peak


def curl_upload(server, path, size):
    headers = ["-H", "X-Goog-Upload-Protocol: resumable", "-H", "X-Goog-Upload-Command: start"]
    headers += ["-H", f"X-Goog-Upload-Header-Content-Length: {size}", "-H", "Content-Type: application/json"]
    start = ["curl", "-s", *headers, "-d", '{"file":{"displayName":"a"}}', f"{server.base}/upload/v1beta/files"]
    sending = ["-H", "X-Goog-Upload-Command: upload, finalize", "-H", "X-Goog-Upload-Offset: 0", "-H", "Expect:"]
    return [start, ["curl", "-s", "-X", "POST", *sending, "-T", str(path), f"{server.base}/upload/here"]]


def sound(path, size, seed):
    """A file that is sound by its first bytes; each has content of its own, or it would not be uploaded again."""
    head = b"RIFF" + (size - 8).to_bytes(4, "little") + b"WAVEfmt \x10\0\0\0" + seed.to_bytes(8, "little")
    with open(path, "wb") as out:
        out.write(head)
        out.truncate(size)


def main():
    target, runs = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    if runs < 5:
        raise SystemExit("at least five runs")
    castor = target / "release" / "castor"
    server = Server()
    with tempfile.TemporaryDirectory(prefix="castor-bench-", dir=target) as folder:
        folder = Path(folder)
        desktop = Desktop(folder)
        times = {"window": [], "terminal": [], "curl": []}
        rates = {"castor": [], "curl": []}
        peaks = {"castor": [], "curl": [], "large": []}
        try:
            window = Window(castor, server, desktop)
            terminal = desktop.environment("terminal") | {"GEMINI_API_KEY": "a-key"}
            ask = [castor, "ask", "--base-url", server.base]
            stream = ["curl", "-sN", "-d", "{}", f"{server.base}/v1beta/models/m:streamGenerateContent?alt=sse"]
            for run in range(runs + 1):
                measured = {
                    "window": window.milliseconds_to_paint(server),
                    "terminal": milliseconds_to_output([*ask, "Why?"], terminal, server),
                    "curl": milliseconds_to_output(stream, terminal, server),
                }
                for name, value in measured.items():
                    if run > 0:  # the first is for warming up
                        times[name].append(value)
            window.end()
            path = folder / "sound.wav"
            for run in range(runs + 1):
                sound(path, SIZE, run)
                ours, our_peak = upload([[*ask, path, "What is said?"]], terminal, server)
                theirs, their_peak = upload(curl_upload(server, path, SIZE), terminal, server)
                if run > 0:
                    rates["castor"].append(SIZE / ours / MEGABYTE)
                    rates["curl"].append(SIZE / theirs / MEGABYTE)
                    peaks["castor"].append(our_peak)
                    peaks["curl"].append(their_peak)
            for run in range(runs):
                sound(path, LARGE, 1000 + run)
                _, peak = upload([[*ask, path, "What is said?"]], terminal, server)
                peaks["large"].append(peak)
        finally:
            desktop.end()
    middle = statistics.median
    rows = [
        row("first words painted in the window", "ms", middle(times["window"]), "curl -N", middle(times["curl"]), "lower"),
        row("first words of castor ask", "ms", middle(times["terminal"]), "curl -N", middle(times["curl"]), "lower"),
        row("upload of 100 MB", "MB/s", middle(rates["castor"]), "curl -T", middle(rates["curl"]), "higher"),
        row("peak memory, 100 MB", "MiB", middle(peaks["castor"]), "curl -T", middle(peaks["curl"]), "lower"),
        row("peak memory, 400 MB", "MiB", middle(peaks["large"]), "Castor, 100 MB", middle(peaks["castor"]), "lower"),
    ]
    print(f"{'':36}{'Castor':>10}{'peer':>10}  {'':16}{'ratio':>7}")
    for each in rows:
        name = f"{each['metric']} ({each['unit']})"
        print(f"{name:36}{each['ours']:>10.1f}{each['peer_value']:>10.1f}  {each['peer']:16}{each['ratio']:>7.2f}")
    output = target / "bench" / "gemini.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(rows, indent=1) + "\n")
    print(f"Written to {output}")


def row(metric, unit, ours, peer, peer_value, better):
    values = {"ours": round(ours, 2), "peer": peer, "peer_value": round(peer_value, 2)}
    return {"metric": metric, "unit": unit, **values, "ratio": round(ours / peer_value, 3), "better": better}


if __name__ == "__main__":
    main()
