"""Castor's senses against RapidOCR and ONNX Runtime: the same pages and pictures, models and threads, in one run.

`senses.py TARGET ROUNDS`: TARGET has the built programs and the pages; the Python that runs this has the peers.

Every contender reads all pages in a process of its own, in turn, ROUNDS times; loading is not timed, decoding is. What was
read is compared with the pages' known text. The measure leaves out the order of lines, which the recogniser does not
decide in Castor (its layout comes later), and spaces; see `src-tauri/crates/test-support/src/pages/measure.rs`.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "target" / "test-models"
MEDIA = ROOT / "target" / "test-media"
PHOTOS = ("astronaut.png", "chelsea.png", "china.jpg", "coffee.png", "flower.jpg", "rocket.jpg")
THREADS = 2
SETS = {"thorough": "small", "light": "tiny"}
CHECKPOINT = "efficientnet-lite0-57934424.pth"


class Contender:
    """A program that reads files and prints what `senses_peer.py` describes."""

    def __init__(self, name, command, files):
        self.name, self.command, self.files = name, command, files
        self.seconds, self.peaks, self.report = [], [], None

    def take_turn(self):
        command = [*self.command, "--threads", THREADS, "--rounds", 1, *self.files]
        environment = os.environ | {name: str(THREADS) for name in ("CANDLE_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS")}
        done = subprocess.run([str(word) for word in command], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"{self.name} failed:\n{done.stderr}")
        # Libraries of a peer may greet on standard output; the report is the last line.
        self.report = json.loads(done.stdout.splitlines()[-1])
        self.seconds += [one["seconds"] for one in self.report["rounds"]]
        self.peaks.append(self.report["peak_rss_bytes"] / 2**20)

    def per_second(self):
        return len(self.files) / statistics.median(self.seconds)

    def memory(self):
        return statistics.median(self.peaks)


def take_turns(contenders, rounds):
    for turn in range(rounds):
        for contender in contenders:
            contender.take_turn()
            print(f"    round {turn + 1} of {rounds}: {contender.name}: {contender.seconds[-1]:.2f} s, {contender.peaks[-1]:.0f} MiB", flush=True)


def error_rate(contender, target, pages):
    """Per cent of the known characters that were read wrong."""
    found = {Path(page["file"]).stem: page["lines"] for page in contender.report["pages"]}
    file = pages / "found.json"
    file.write_text(json.dumps(found))
    scored = subprocess.run([target / "debug" / "test-pages", pages, "--score", file], check=True, capture_output=True, text=True)
    return 100 * json.loads(scored.stdout)["any_order"]


def farthest_apart(ours, theirs):
    """The largest difference between two classifiers' probabilities of a class of a picture."""
    pairs = zip(ours.report["things"], theirs.report["things"], strict=True)
    return max(abs(a - b) for one, other in pairs for a, b in zip(one["probabilities"], other["probabilities"], strict=True))


def row(metric, unit, ours, peer, theirs, better):
    ratio = round(ours / theirs, 3) if theirs else None
    return {"metric": metric, "unit": unit, "ours": round(ours, 3), "peer": peer, "peer_value": round(theirs, 3), "ratio": ratio, "better": better}


def compare(kind, things, ours, theirs):
    return [
        row(f"{kind}: speed", f"{things}/s", ours.per_second(), theirs.name, theirs.per_second(), "higher"),
        row(f"{kind}: peak memory", "MiB", ours.memory(), theirs.name, theirs.memory(), "lower"),
    ]


def files_of(size):
    parts = {"detection": f"pp-ocrv6-{size}-det", "recognition": f"pp-ocrv6-{size}-rec", "orientation": "pp-ocr-mobile-2.0-cls"}
    return [word for part, name in parts.items() for word in (f"--{part}", MODELS / f"{name}.onnx")]


def main():
    target, rounds = Path(sys.argv[1]), int(sys.argv[2])
    if rounds < 5:
        raise SystemExit("at least five rounds")
    bench = target / "bench"
    pages = bench / "pages"
    files = sorted(pages.glob("*.png"))
    photos = [MEDIA / name for name in PHOTOS]
    checkpoint, exported = MODELS / CHECKPOINT, bench / "efficientnet-lite0.onnx"
    for file in (*files_of("small"), *files_of("tiny"), checkpoint, *photos):
        if isinstance(file, Path) and not file.exists():
            raise SystemExit(f"{file} is missing")
    subprocess.run([sys.executable, ROOT / "scripts/bench/efficientnet_lite.py", checkpoint, exported], check=True)

    example = [target / "release" / "examples" / "senses"]
    peer = [sys.executable, ROOT / "scripts/bench/senses_peer.py"]

    ours = {kind: Contender(f"Castor, {kind}", example + files_of(size), files) for kind, size in SETS.items()}
    theirs = {kind: Contender("RapidOCR 3.10, same models", [*peer, "rapidocr", *files_of(size)], files) for kind, size in SETS.items()}
    older = Contender("RapidOCR 1.4 (PP-OCRv4)", [*peer, "rapidocr-v4"], files)
    naming = Contender("Castor, things", [*example, "--things", checkpoint], photos)
    naming_peer = Contender("ONNX Runtime, same weights", [*peer, "classifier", "--things", exported], photos)
    texts = [*ours.values(), *theirs.values(), older]
    take_turns([*(one for kind in SETS for one in (ours[kind], theirs[kind])), older, naming, naming_peer], rounds)

    rates = {id(contender): error_rate(contender, target, pages) for contender in texts}
    rows = []
    for kind, peers in (("thorough", [theirs["thorough"], older]), ("light", [theirs["light"]])):
        for other in peers:
            rows += compare(f"text, {kind}", "pages", ours[kind], other)
            rows.append(row(f"text, {kind}: characters wrong", "%", rates[id(ours[kind])], other.name, rates[id(other)], "lower"))
    rows += compare("things", "pictures", naming, naming_peer)
    report(rows, bench / "senses.json")
    print(f"{len(files)} pages, {len(photos)} pictures, {THREADS} threads; probabilities of things differ by at most {farthest_apart(naming, naming_peer):.3f}")


def report(rows, path):
    print(f"\n{'metric':34} {'Castor':>15} {'peer':>15} {'ratio':>7}  peer")
    for one in rows:
        mine, other = (f"{one[side]:.2f} {one['unit']}" for side in ("ours", "peer_value"))
        ratio = "-" if one["ratio"] is None else f"{one['ratio']:.2f}"
        print(f"{one['metric']:34} {mine:>15} {other:>15} {ratio:>7}  {one['peer']}")
    path.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    main()
