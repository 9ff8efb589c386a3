"""Start time and idle memory of Castor, a bare Tauri window and Chromium showing Castor's UI.

Start time: from starting the process to its word that a frame was painted and the text field has the keyboard. Idle memory:
PSS (shared pages divided among those who share them) summed over every process the program started, some seconds later.
All three get the same screen, in turn, each with a profile of its own that an unmeasured first start has filled.
"""

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTLED_AFTER = 5.0  # seconds from ready to idle
PATIENCE = 60.0

BUS = """<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"""


class Desktop:
    """A screen with a window manager and a session bus that starts nothing by itself."""

    def __init__(self, folder):
        self.folder = folder
        read, write = os.pipe()
        self.parts = [
            subprocess.Popen(
                ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
                pass_fds=[write],
                stderr=subprocess.DEVNULL,
            )
        ]
        os.close(write)
        with os.fdopen(read) as lines:
            self.display = ":" + lines.readline().strip()
        bus = folder / "bus.conf"
        bus.write_text(BUS)
        daemon = subprocess.Popen(
            ["dbus-daemon", "--config-file", bus, "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.bus = daemon.stdout.readline().strip()
        self.parts.append(daemon)
        self.parts.append(subprocess.Popen(["openbox"], env=self.environment("openbox"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def environment(self, profile):
        home = self.folder / profile
        runtime = home / "runtime"
        runtime.mkdir(parents=True, exist_ok=True)
        runtime.chmod(0o700)
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        return kept | {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "DISPLAY": self.display,
            "DBUS_SESSION_BUS_ADDRESS": self.bus,
            "NO_AT_BRIDGE": "1",
        }

    def end(self):
        for part in reversed(self.parts):
            part.kill()
            part.wait()


def processes_of(home, session):
    """Every process of this session or with this home. Chromium overwrites its environment with its title, and its crash
    handler leaves the session, so neither sign is enough alone."""
    wanted = f"HOME={home}".encode()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            ours = os.getsid(int(folder.name)) == session or wanted in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended, or it is not ours to read
        if ours and not dead:
            yield folder


def pss_mib(home, session):
    total = 0
    for folder in processes_of(home, session):
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def end_all(home, session):
    while processes := list(processes_of(home, session)):
        for folder in processes:
            try:
                os.kill(int(folder.name), signal.SIGKILL)
            except ProcessLookupError:
                continue


class Window:
    """A program that prints a line when its window can be used."""

    def __init__(self, name, command, word, **variables):
        self.name, self.command, self.word, self.variables = name, command, word, variables

    def start(self, environment):
        began = time.monotonic()
        process = subprocess.Popen(
            self.command,
            env=environment | self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        overdue = threading.Timer(PATIENCE, process.kill)
        overdue.start()
        for line in process.stdout:
            if self.word in line:
                overdue.cancel()
                return time.monotonic() - began, process
        raise SystemExit(f"{self.name} did not say that it is ready")


class Chromium:
    """Chromium showing the built UI as an app window; the page asks the server for /ready when it can be used."""

    name = "Chromium, same UI"

    def __init__(self, dist):
        self.ready = threading.Event()
        handler = partial(Page, self.ready, directory=str(dist))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def start(self, environment):
        self.ready.clear()
        command = ["chromium", f"--app=http://127.0.0.1:{self.server.server_port}/", "--window-size=1180,800"]
        command += ["--no-first-run", "--no-default-browser-check", f"--user-data-dir={environment['HOME']}/chromium"]
        if os.getuid() == 0:
            command.append("--no-sandbox")
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not self.ready.wait(PATIENCE):
            raise SystemExit("Chromium's page did not say that it is ready")
        return time.monotonic() - began, process


# What the shell would answer to a window that has nothing yet, so that the UI shows its composer without a shell.
SHELL = """<script>
const start = START;
window.__TAURI_INTERNALS__ = {
  metadata: { currentWindow: { label: "main" }, currentWebview: { label: "main", windowLabel: "main" } },
  transformCallback: () => 1,
  unregisterCallback: () => {},
  convertFileSrc: (path) => path,
  invoke: async (command) => {
    if (command === "start") return start;
    if (command === "ready") fetch("/ready");
    return command === "models" || command === "conversations" ? [] : null;
  },
};
window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: () => {} };
</script>"""
START = {
    "version": "0",
    "platform": "linux",
    "systemLanguage": "en",
    "settings": {
        "language": "system",
        "theme": "system",
        "baseUrl": None,
        "model": None,
        "lastConversation": None,
        "welcomed": True,
        "recognisers": "picture-reading",
        "network": {"proxy": {"type": "system"}, "extraCertificates": None, "connectSeconds": 10, "idleSeconds": 120},
        "safety": {"harassment": None, "hateSpeech": None, "sexuallyExplicit": None, "dangerousContent": None},
        "monthlyCapCents": None,
        "seenLeaving": [],
        "warnOfSecrets": True,
    },
    "key": {"source": "environment", "keychain": False},
    "models": [],
    "conversations": [],
    "open": None,
    "dataFolder": "",
}


class Page(SimpleHTTPRequestHandler):
    def __init__(self, ready, *arguments, **options):
        self.ready = ready
        super().__init__(*arguments, **options)

    def do_GET(self):
        if self.path == "/ready":
            self.ready.set()
            self.send_response(204)
            self.end_headers()
        elif self.path == "/":
            page = (Path(self.directory) / "index.html").read_text()
            page = page.replace("<head>", "<head>" + SHELL.replace("START", json.dumps(START)), 1).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


def measure(desktop, contender):
    environment = desktop.environment(contender.name.split(",")[0].replace(" ", "-"))
    seconds, process = contender.start(environment)
    time.sleep(SETTLED_AFTER)
    memory = pss_mib(environment["HOME"], process.pid)
    end_all(environment["HOME"], process.pid)
    process.wait()
    return seconds * 1000, memory


def main():
    target, runs = Path(sys.argv[1]), int(sys.argv[2])
    if runs < 5:
        raise SystemExit("at least five runs")
    if not shutil.which("chromium"):
        raise SystemExit("Chromium is not installed")
    castor = Window(
        "Castor",
        [target / "release" / "castor"],
        "castor: ready",
        CASTOR_BENCH_READY="1",
        GEMINI_API_KEY="not-a-key",
        CASTOR_GEMINI_BASE_URL="http://127.0.0.1:9",  # nobody answers: the benchmark uses no network
    )
    bare = Window("Bare Tauri window", [target / "bench" / "bare" / "release" / "bare-window"], "bare: ready")
    contenders = [castor, bare, Chromium(ROOT / "ui" / "dist")]
    results = {contender.name: [] for contender in contenders}
    with tempfile.TemporaryDirectory(prefix="castor-bench-") as folder:
        desktop = Desktop(Path(folder))
        try:
            for run in range(runs + 1):
                for contender in contenders:
                    milliseconds, memory = measure(desktop, contender)
                    if run > 0:
                        results[contender.name].append((milliseconds, memory))
                    word = f"run {run} of {runs}" if run else "first start, not counted"
                    print(f"    {word}: {contender.name}: {milliseconds:.0f} ms, {memory:.0f} MiB", flush=True)
        finally:
            desktop.end()
    report(results, target / "bench" / "start.json")


def report(results, path):
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in results.items()}
    metrics = [("start to usable composer", "ms"), ("idle memory, all processes (PSS)", "MiB")]
    rows = []
    for index, (metric, unit) in enumerate(metrics):
        ours = medians["Castor"][index]
        for peer, values in medians.items():
            if peer != "Castor":
                rows.append(
                    {
                        "metric": metric,
                        "unit": unit,
                        "ours": round(ours, 1),
                        "peer": peer,
                        "peer_value": round(values[index], 1),
                        "ratio": round(ours / values[index], 3),
                        "better": "lower",
                    }
                )
    print(f"\n{'metric':34} {'Castor':>10} {'peer':>10} {'ratio':>7}  peer")
    for row in rows:
        ours, other = f"{row['ours']:.0f} {row['unit']}", f"{row['peer_value']:.0f} {row['unit']}"
        print(f"{row['metric']:34} {ours:>10} {other:>10} {row['ratio']:7.2f}  {row['peer']}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    main()
