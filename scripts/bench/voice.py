"""Castor's speech recogniser against faster-whisper and whisper.cpp: the same weights, sounds and threads, in one run.

`voice.py RELEASE BENCH RUNS [--quick]`: RELEASE has the built `castor` and `examples/transcribe`, BENCH has what
`bench-voice.sh` put there; the Python that runs this has the peers.

- Time and memory, with one thread and with two: each contender is a process that loads the weights, transcribes the shortest
  clip once unmeasured and then three clips; they take turns, RUNS times. Loading counts for itself: the window has the
  weights loaded while somebody speaks, so that the seconds of the 5 s question are the time from the end of speech to
  the whole transcript. The memory is the most that was resident at once in a process. The median of the runs is compared, the least
  and the most are in the JSON beside it.
- The first word of an answer: `castor ask` with the 5 s question and a small local model, from the start of the program, which
  loads both networks. No peer does both.
- Speaking: from a complete sentence to its first sound, and to all of it, with the voice loaded. The sentence is said once
  unmeasured before.
- Errors: utterances whose words are known (`voice_sounds.py`), once. English: words, after the normaliser of OpenAI's paper,
  which writes numbers as digits; these stand one by one, so that it makes no difference how they are grouped. Chinese:
  characters, simplified, digits written out. Punctuation and case do not count. The 95 % interval of the difference in
  points (`difference_95` in the JSON) is by bootstrap over the utterances; where it holds 0, the difference is within noise.
  faster-whisper in float32 is left out: whisper.cpp stands for weights that are not rounded.

All do the same work (see `voice_peer.py`): the language is told, sounds are WAV of 16 kHz and are read before the clock starts.
Castor and faster-whisper's int8 round the weights to eight bits, the other peers compute with them as they are (float32, and
f16 in whisper.cpp). The wheel of whisper.cpp is built for AVX2, not for what this machine may have beyond it; the others choose
as they run.
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
THREADS = (1, 2)
SHORTEST = "5 s question"
SENTENCES = (
    ("English", "af_heart", "The meeting starts at half past nine in the large room upstairs."),
    ("Chinese", "zf_xiaobei", "今天下午三点我们在会议室开会，请带上你的电脑。"),
)
ANSWERING = "qwen2.5-coder-0.5b-instruct"


def finished(name, command, environment):
    """The peak of resident memory in MiB and what was printed, once a program has ended."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen([str(word) for word in command], env=environment, stdout=out, stderr=complaints)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            complaints.seek(0)
            raise SystemExit(f"{name} failed:\n{complaints.read().decode(errors='replace')}")
        out.seek(0)
        # Kilobytes on Linux, bytes on macOS.
        return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10), out.read().decode()


class Contender:
    """A program that writes down what is said in files and prints what `voice_peer.py` describes."""

    def __init__(self, name, command, environment):
        self.name, self.command, self.environment = name, command, environment
        self.measured, self.texts = {}, []

    def run(self, threads, language, files):
        counts = {name: str(threads) for name in ("CANDLE_NUM_THREADS", "RAYON_NUM_THREADS", "OMP_NUM_THREADS")}
        command = [*self.command(threads), "--language", language, *files]
        peak, printed = finished(self.name, command, self.environment | counts)
        # Libraries of a peer may greet on standard output; the report is the last line.
        return peak, json.loads(printed.splitlines()[-1])

    def take_turn(self, threads, clips):
        warm_up = next(clip for clip in clips if clip["name"] == SHORTEST)
        peak, report = self.run(threads, "en", [clip["file"] for clip in (warm_up, *clips)])
        found = {clip["name"]: one["seconds"][0] for clip, one in zip(clips, report["files"][1:], strict=True)}
        found |= {"loading": report["load_s"], "peak memory": peak}
        for what, value in found.items():
            self.measured.setdefault((threads, what), []).append(value)
        return found

    def middle(self, threads, what):
        return statistics.median(self.measured[threads, what])

    def transcribe(self, threads, utterances):
        """One process for each language."""
        texts = {}
        for language in dict.fromkeys(one["language"] for one in utterances):
            files = [one["file"] for one in utterances if one["language"] == language]
            _, report = self.run(threads, language, files)
            texts |= dict(zip(files, (one["text"] for one in report["files"]), strict=True))
        self.texts = [texts[one["file"]] for one in utterances]


def peer(name, kind, model, environment):
    def command(threads):
        return [sys.executable, HERE / "voice_peer.py", kind, "--model", model, "--threads", threads]

    return Contender(name, command, environment)


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
    values = {"ours": round(ours, 3), "peer": peer, "peer_value": theirs and round(theirs, 3)}
    return {"metric": metric, "unit": unit, **values, "ratio": round(ours / theirs, 3) if theirs else None, "better": "lower"}


def measure_time(contenders, clips, runs):
    for threads in THREADS:
        for run in range(1, runs + 1):
            for contender in contenders:
                found = contender.take_turn(threads, clips)
                words = ", ".join(f"{what} {value:.2f}" for what, value in found.items())
                print(f"    {threads} threads, run {run} of {runs}: {contender.name}: {words}", flush=True)
    rows = []
    castor, *peers = contenders
    for threads in THREADS:
        for other in peers:

            def compared(what, unit, divisor=1.0, threads=threads, other=other):
                ours, theirs = (one.middle(threads, what) / divisor for one in (castor, other))
                spread = {
                    f"{side}_range": [round(bound(one.measured[threads, what]) / divisor, 3) for bound in (min, max)]
                    for side, one in (("ours", castor), ("peer", other))
                }
                return row(f"{what}, {threads} threads", unit, ours, other.name, theirs) | spread

            rows += [compared(clip["name"], "s/s", clip["seconds"]) for clip in clips]
            rows.append(compared(SHORTEST, "s") | {"metric": f"end of speech to transcript, {threads} threads"})
            rows += [compared("loading", "s"), compared("peak memory", "MiB")]
    return rows


def measure_first_word(program, environment, clips, runs):
    """Seconds until the answer to a spoken question begins."""
    question = next(clip["file"] for clip in clips if clip["name"] == SHORTEST)
    command = [program, "ask", "--mind", "local", "--model", ANSWERING, question, "Answer what is asked."]
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        first = process.stdout.read(1)
        seconds.append(time.perf_counter() - began)
        process.stdout.read()
        if process.wait() != 0 or not first:
            raise SystemExit("castor ask gave no answer")
    return [row("first word of an answer, from the start", "s", statistics.median(seconds), None, None)]


def measure_speaking(program, models, environment, runs):
    """Seconds until a sentence is heard, and of work for a second of sound."""
    rows = []
    for language, voice, text in SENTENCES:
        first, factor = [], []
        with tempfile.NamedTemporaryFile(suffix=".wav") as sound:
            for _ in range(runs):
                command = [program, models, voice, THREADS[-1], text, sound.name]
                _, printed = finished("Castor's voice", command, environment)
                # "after 0.61 s a piece of 2.35 s", for each piece of a clause, and all of it twice.
                pieces = [(float(line.split()[1]), float(line.split()[-2])) for line in printed.splitlines() if line.startswith("after")]
                pieces = pieces[len(pieces) // 2 :]
                first.append(pieces[0][0])
                factor.append(pieces[-1][0] / sum(seconds for _, seconds in pieces))
        rows.append(row(f"first sound of a sentence, {language}", "s", statistics.median(first), None, None))
        rows.append(row(f"speaking, {language}", "s/s", statistics.median(factor), None, None))
    return rows


def measure_errors(contenders, utterances):
    threads = THREADS[-1]
    for contender in contenders:
        print(f"    {len(utterances)} utterances: {contender.name}", flush=True)
        contender.transcribe(threads, utterances)
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
    print(f"\n{'metric':42} {'Castor':>12} {'peer':>12} {'ratio':>7}  peer")
    for one in rows:
        digits = 0 if one["unit"] == "MiB" else 3
        mine, other = ("-" if one[side] is None else f"{one[side]:.{digits}f} {one['unit']}" for side in ("ours", "peer_value"))
        ratio = "-" if one["ratio"] is None else f"{one['ratio']:.2f}"
        print(f"{one['metric']:42} {mine:>12} {other:>12} {ratio:>7}  {one['peer'] or '-'}")
    print("\n" + "\n".join(remarks))
    path.write_text(json.dumps(rows, indent=2) + "\n")
    print(f"\nwritten to {path}")


def main():
    release, bench, runs = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), int(sys.argv[3])
    quick = "--quick" in sys.argv
    if runs < 5 and not quick:
        raise SystemExit("at least five runs")
    folder = bench / "voice"
    sounds = json.loads((folder / "sounds" / "sounds.json").read_text())
    clips, utterances = sounds["clips"], sounds["utterances"]
    if len(utterances) < 100 and not quick:
        raise SystemExit("fewer than a hundred utterances")
    models = folder / "models"
    weights = ["--weights", models / "whisper-base.bin", "--tokenizer", models / "whisper-multilingual.tokenizer.json"]
    with tempfile.TemporaryDirectory(prefix="castor-bench-") as home:
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        environment |= {"HOME": home, "CASTOR_MODELS_DIR": str(models), "HF_HUB_OFFLINE": "1"}
        castor = Contender("Castor", lambda _: [release / "examples" / "transcribe", *weights], environment)
        int8 = peer("faster-whisper, int8", "int8", folder / "model", environment)
        float32 = peer("faster-whisper, float32", "float32", folder / "model", environment)
        cpp = peer("whisper.cpp, f16", "whisper.cpp", folder / "whisper-base.ggml.bin", environment)
        rows = measure_time([castor, int8, float32, cpp], clips, runs)
        rows += measure_first_word(release / "castor", environment, clips, runs)
        rows += measure_speaking(release / "examples" / "speak", models, environment, runs)
        more_rows, remarks, heard = measure_errors([castor, int8, cpp], utterances)
    (folder / "heard.json").write_text(json.dumps(heard, ensure_ascii=False, indent=1) + "\n")
    report(rows + more_rows, remarks, bench / "voice.json")
    print(f"{runs} runs, {len(utterances)} utterances; what each wrote is in {folder / 'heard.json'}")


if __name__ == "__main__":
    main()
