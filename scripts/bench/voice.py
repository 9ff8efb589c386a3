"""Castor's speech recogniser against faster-whisper and whisper.cpp: the same weights, sounds and threads, in one run.

`voice.py PROGRAM BENCH RUNS [--quick]`: PROGRAM is the built `castor`, BENCH has what `bench-voice.sh` put there; the Python
that runs this has the peers.

- Time and memory: three clips, each transcribed by a process of its own, in turn, RUNS times after one that is not counted.
  Castor's is `castor transcribe`, the peers' is `voice_peer.py`. Starting and loading are part of the time, and the
  memory is the most that was resident at once. What is left without loading follows from the clips' lengths: the 73 s clip
  less the 5 s question, per second of sound. Castor and faster-whisper's int8 round the weights to eight bits, the
  other peers compute with them as they are (float32, and f16 in whisper.cpp).
- Errors: utterances whose words are known (`voice_sounds.py`), once. English: words, after the normaliser of OpenAI's paper,
  which writes numbers as digits; these stand one by one, so that it makes no difference how they are grouped. Chinese:
  characters, simplified, digits written out. Punctuation and case do not count. The 95 % interval of the difference in
  points (`difference_95` in the JSON) is by bootstrap over the utterances; where it holds 0, the difference is within noise.

The language is told, so that all do the same work. Sounds are WAV of 16 kHz, so that decoding is next to nothing. The
wheel of whisper.cpp is built for AVX2, not for what this machine may have beyond it; the others choose as they run.
"""

import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
DRAWS = 10_000
LEVEL = 0.95
LONGEST, SHORTEST = "73 s clip", "5 s question"


def physical_cores():
    try:
        blocks = Path("/proc/cpuinfo").read_text().split("\n\n")
    except OSError:
        return os.cpu_count()
    cores = {tuple(re.findall(r"^(?:physical id|core id)\s*: (\d+)$", block, re.M)) for block in blocks}
    return len(cores - {()}) or os.cpu_count()


class Contender:
    """Programs that write down what is said in files."""

    def __init__(self, name, environment):
        self.name, self.environment = name, environment
        self.seconds, self.peaks, self.texts = {}, {}, []

    def run(self, command):
        """Seconds, the peak of resident memory in MiB, and what was printed."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
            began = time.perf_counter()
            process = subprocess.Popen([str(word) for word in command], env=self.environment, stdout=out, stderr=complaints)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                complaints.seek(0)
                raise SystemExit(f"{self.name} failed:\n{complaints.read().decode(errors='replace')}")
            out.seek(0)
            return seconds, usage.ru_maxrss / 1024, out.read().decode()

    def take_turn(self, clip, counts):
        seconds, peak, _ = self.run(self.command([("en", clip["file"])]))
        if counts:
            self.seconds.setdefault(clip["name"], []).append(seconds)
            self.peaks.setdefault(clip["name"], []).append(peak)
        return seconds, peak

    def time_of(self, clip):
        return statistics.median(self.seconds[clip["name"]])

    def memory_of(self, clip):
        return statistics.median(self.peaks[clip["name"]])


class Castor(Contender):
    def __init__(self, program, environment):
        super().__init__("Castor", environment)
        self.program = program

    def command(self, sounds):
        ((language, file),) = sounds
        return [self.program, "transcribe", file, "--format", "json", "--language", language]

    def transcribe(self, sounds):
        """One process for each file."""
        self.texts = [json.loads(self.run(self.command([sound]))[2])["text"] for sound in sounds]


class Peer(Contender):
    def __init__(self, name, kind, model, threads, environment):
        super().__init__(name, environment)
        self.kind, self.model, self.threads = kind, model, threads

    def command(self, sounds):
        files = [f"{language}:{file}" for language, file in sounds]
        return [sys.executable, HERE / "voice_peer.py", self.kind, "--model", self.model, "--threads", self.threads, *files]

    def transcribe(self, sounds):
        """One process for all."""
        self.texts = json.loads(self.run(self.command(sounds))[2].splitlines()[-1])


class Scorer:
    """Counts mistakes: pairs of those and of the words or characters there are."""

    def __init__(self):
        import jiwer
        import opencc
        from whisper_normalizer.english import EnglishTextNormalizer

        self.compare = jiwer.process_words
        self.english = EnglishTextNormalizer()
        self.simplified = opencc.OpenCC("t2s").convert

    def words(self, text, language):
        if language == "en":
            return " ".join(re.sub(r"(\d)", r" \1 ", self.english(text)).split())
        written = self.simplified(text).lower().translate(str.maketrans("0123456789", "零一二三四五六七八九"))
        return " ".join(re.sub(r"[\W_]", "", written))

    def mistakes(self, utterance, text):
        language = utterance["language"]
        known = self.words(utterance["text"], language)
        found = self.compare(known, self.words(text, language))
        return found.substitutions + found.deletions + found.insertions, len(known.split())

    def all_mistakes(self, utterances, contender):
        return [self.mistakes(*pair) for pair in zip(utterances, contender.texts, strict=True)]


def rate(counts):
    """Per cent that are wrong."""
    return 100 * sum(wrong for wrong, _ in counts) / sum(known for _, known in counts)


def interval_of_difference(ours, theirs):
    """Of the two rates, in points, where the utterances had been others of their kind."""
    draw = random.Random(2026)
    triples = [(one, other, known) for (one, known), (other, _) in zip(ours, theirs, strict=True)]
    differences = []
    for _ in range(DRAWS):
        sample = draw.choices(triples, k=len(triples))
        differences.append(100 * sum(one - other for one, other, _ in sample) / sum(known for *_, known in sample))
    differences.sort()
    outside = int(DRAWS * (1 - LEVEL) / 2)
    return differences[outside], differences[-1 - outside]


def row(metric, unit, ours, peer, theirs):
    values = {"ours": round(ours, 3), "peer": peer, "peer_value": round(theirs, 3)}
    return {"metric": metric, "unit": unit, **values, "ratio": round(ours / theirs, 3) if theirs else None, "better": "lower"}


def measure_time(contenders, clips, runs):
    for run in range(runs + 1):
        for clip in clips:
            for contender in contenders:
                seconds, peak = contender.take_turn(clip, counts=run > 0)
                word = f"run {run} of {runs}" if run else "first run, not counted"
                print(f"    {word}: {clip['name']}: {contender.name}: {seconds:.2f} s, {peak:.0f} MiB", flush=True)
    castor, *peers = contenders
    rows = []
    for peer in peers:
        for clip in clips:
            rtf = [one.time_of(clip) / clip["seconds"] for one in (castor, peer)]
            rows.append(row(f"{clip['name']}, loading included", "s/s", rtf[0], peer.name, rtf[1]))
        longest, shortest = ({clip["name"]: clip for clip in clips}[name] for name in (LONGEST, SHORTEST))
        more = longest["seconds"] - shortest["seconds"]
        rtf = [(one.time_of(longest) - one.time_of(shortest)) / more for one in (castor, peer)]
        rows.append(row("without loading (by difference)", "s/s", rtf[0], peer.name, rtf[1]))
        for clip in clips:
            rows.append(row(f"{clip['name']}, peak memory", "MiB", castor.memory_of(clip), peer.name, peer.memory_of(clip)))
    return rows


def measure_errors(contenders, utterances):
    for contender in contenders:
        print(f"    {len(utterances)} utterances: {contender.name}", flush=True)
        contender.transcribe([(utterance["language"], utterance["file"]) for utterance in utterances])
    scorer = Scorer()
    counts = {contender.name: scorer.all_mistakes(utterances, contender) for contender in contenders}
    castor, *peers = (contender.name for contender in contenders)
    rows, remarks = [], []
    for language, things in (("en", "English: words wrong"), ("zh", "Chinese: characters wrong")):
        spoken = {at: one["set"] for at, one in enumerate(utterances) if one["language"] == language}
        for peer in peers:
            ours, theirs = ([counts[name][at] for at in spoken] for name in (castor, peer))
            low, high = interval_of_difference(ours, theirs)
            rows.append(row(things, "%", rate(ours), peer, rate(theirs)) | {"difference_95": [round(low, 3), round(high, 3)]})
            verdict = "within noise" if low <= 0 <= high else "more than noise"
            difference = rate(ours) - rate(theirs)
            remarks.append(f"{things}: Castor less {peer}: {difference:+.2f} points, 95 % interval {low:+.2f} to {high:+.2f}: {verdict}")
        for kind in dict.fromkeys(spoken.values()):
            rates = {name: rate([counts[name][at] for at in spoken if spoken[at] == kind]) for name in counts}
            number = sum(one == kind for one in spoken.values())
            remarks.append(f"{things}: {kind} ({number}): " + ", ".join(f"{name} {value:.1f} %" for name, value in rates.items()))
    heard = [
        utterance | {contender.name: contender.texts[at] for contender in contenders} | {"wrong": {name: counts[name][at][0] for name in counts}}
        for at, utterance in enumerate(utterances)
    ]
    return rows, remarks, heard


def report(rows, remarks, path):
    print(f"\n{'metric':34} {'Castor':>12} {'peer':>12} {'ratio':>7}  peer")
    for one in rows:
        mine, other = (f"{one[side]:.{0 if one['unit'] == 'MiB' else 3}f} {one['unit']}" for side in ("ours", "peer_value"))
        ratio = "-" if one["ratio"] is None else f"{one['ratio']:.2f}"
        print(f"{one['metric']:34} {mine:>12} {other:>12} {ratio:>7}  {one['peer']}")
    print("\n" + "\n".join(remarks))
    path.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"\nwritten to {path}")


def main():
    program, bench, runs = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), int(sys.argv[3])
    quick = "--quick" in sys.argv
    if runs < 5 and not quick:
        raise SystemExit("at least five runs")
    folder = bench / "voice"
    sounds = json.loads((folder / "sounds" / "sounds.json").read_text())
    clips, utterances = sounds["clips"], sounds["utterances"]
    threads = physical_cores()
    with tempfile.TemporaryDirectory(prefix="castor-bench-") as home:
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        environment |= {"HOME": home, "CASTOR_MODELS_DIR": str(folder / "models"), "HF_HUB_OFFLINE": "1"}
        environment |= {name: str(threads) for name in ("CANDLE_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS")}
        contenders = [
            Castor(program, environment),
            Peer("faster-whisper, int8", "int8", folder / "model", threads, environment),
            Peer("faster-whisper, float32", "float32", folder / "model", threads, environment),
            Peer("whisper.cpp, f16", "whisper.cpp", folder / "whisper-base.ggml.bin", threads, environment),
        ]
        rows = measure_time(contenders, clips, runs)
        more_rows, remarks, heard = measure_errors(contenders, utterances)
    (folder / "heard.json").write_text(json.dumps(heard, ensure_ascii=False, indent=1) + "\n")
    report(rows + more_rows, remarks, bench / "voice.json")
    print(f"{threads} threads, {runs} runs, {len(utterances)} utterances; what each wrote is in {folder / 'heard.json'}")


if __name__ == "__main__":
    main()
