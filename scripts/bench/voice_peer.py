"""One peer of Castor's speech recogniser in a process of its own: loads the weights, writes down what is said in WAV files
and prints one line of JSON: `load_s`, and for each file its `text` and the `seconds` that took. The work is the same as
Castor's: the likeliest token each time, the same temperatures where that does no good, timestamps, the text before as a
guide, no look for silence ahead. Reading the files is not timed.

`voice_peer.py int8|float32 --model FOLDER --threads N --language CODE FILES…` (faster-whisper)
`voice_peer.py whisper.cpp --model FILE --threads N --language CODE FILES…`
"""

import argparse
import json
import time

from faster_whisper import WhisperModel, decode_audio

# Castor's own, `TEMPERATURES` in `engine/src/models/whisper/transcribe.rs`.
FIRST_TEMPERATURE, STEP, LAST_TEMPERATURE = 0.0, 0.4, 0.8


def faster_whisper(options):
    model = WhisperModel(options.model, device="cpu", compute_type=options.peer, cpu_threads=options.threads, num_workers=1)
    temperatures = [FIRST_TEMPERATURE, FIRST_TEMPERATURE + STEP, LAST_TEMPERATURE]

    def transcribe(samples):
        segments, _ = model.transcribe(samples, language=options.language, beam_size=1, best_of=1, temperature=temperatures)
        # Segments are made as they are asked for.
        return "".join(segment.text for segment in segments)

    return transcribe


def whisper_cpp(options):
    from pywhispercpp.model import Model

    model = Model(
        options.model,
        redirect_whispercpp_logs_to=None,
        n_threads=options.threads,
        # The text of an earlier file is no guide (`no_context`, as it is by itself), that of an earlier window is.
        no_context=True,
        greedy={"best_of": 1},
        temperature=FIRST_TEMPERATURE,
        temperature_inc=STEP,
        suppress_nst=True,
        print_progress=False,
    )

    def transcribe(samples):
        return " ".join(segment.text for segment in model.transcribe(samples, language=options.language))

    return transcribe


def main():
    peers = {"int8": faster_whisper, "float32": faster_whisper, "whisper.cpp": whisper_cpp}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=peers)
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--language", required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    began = time.perf_counter()
    transcribe = peers[options.peer](options)
    load = time.perf_counter() - began
    results = []
    for file in options.files:
        samples = decode_audio(file)
        began = time.perf_counter()
        text = transcribe(samples)
        results.append({"text": text, "seconds": [time.perf_counter() - began]})
    print(json.dumps({"load_s": load, "files": results}))


if __name__ == "__main__":
    main()
