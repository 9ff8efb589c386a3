"""One peer of the senses in a process of its own: reads the text of pictures, or names what they show, and prints the same
JSON object as the example `senses` of the engine.

`senses_peer.py rapidocr --detection F --recognition F --orientation F --threads N --rounds R FILES…`
`senses_peer.py rapidocr-v4 --threads N --rounds R FILES…` (its own models, PP-OCRv4)
`senses_peer.py classifier --things F.onnx --threads N --rounds R FILES…`
"""

import argparse
import json
import statistics
import time

import numpy
from PIL import Image


def picture(file):
    return Image.open(file).convert("RGB")


def blue_first(file):
    """As OpenCV's users expect pixels."""
    return numpy.ascontiguousarray(numpy.asarray(picture(file))[:, :, ::-1])


def rapidocr(options):
    import cv2
    from rapidocr import RapidOCR

    cv2.setNumThreads(options.threads)
    engine = RapidOCR(
        params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": options.threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": options.detection,
            "Rec.model_path": options.recognition,
            "Cls.model_path": options.orientation,
        }
    )
    return lambda file: list(engine(blue_first(file)).txts or [])


def rapidocr_v4(options):
    import cv2
    from rapidocr_onnxruntime import RapidOCR

    cv2.setNumThreads(options.threads)
    engine = RapidOCR(intra_op_num_threads=options.threads, inter_op_num_threads=1)
    return lambda file: [line[1] for line in engine(blue_first(file))[0] or []]


MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32)
DEVIATION = numpy.array([0.229, 0.224, 0.225], numpy.float32)


def views(file):
    """The middle and the whole of a picture, 224 pixels square, as the engine's classifier takes them."""
    whole = picture(file)
    width, height = whole.size
    middle = min(width, height) * 0.875
    left, top = (width - middle) / 2, (height - middle) / 2
    boxes = [(left, top, left + middle, top + middle), (0, 0, width, height)]
    pixels = [numpy.asarray(whole.resize((224, 224), Image.Resampling.BICUBIC, box), numpy.float32) for box in boxes]
    return ((numpy.stack(pixels) / 255 - MEAN) / DEVIATION).transpose(0, 3, 1, 2)


def classifier(options):
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(options.things, settings, providers=["CPUExecutionProvider"])

    def classify(file):
        (probabilities,) = session.run(None, {"picture": views(file)})
        return [float(value) for value in probabilities.mean(axis=0)]

    return classify


def peak_resident_bytes():
    with open("/proc/self/status") as status:
        (line,) = (line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main():
    peers = {"rapidocr": rapidocr, "rapidocr-v4": rapidocr_v4, "classifier": classifier}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=peers)
    for name in ("detection", "recognition", "orientation", "things"):
        parser.add_argument(f"--{name}")
    for name in ("threads", "rounds"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()

    began = time.perf_counter()
    read = peers[options.peer](options)
    loaded = time.perf_counter() - began
    read(options.files[0])  # pays for memory that the others find ready
    rounds, of_pictures = [], []
    for _ in range(options.rounds):
        began, results = time.perf_counter(), []
        for file in options.files:
            before = time.perf_counter()
            results.append(read(file))
            of_pictures.append(time.perf_counter() - before)
        rounds.append({"seconds": time.perf_counter() - began})
    report = {"load_s": loaded, "rounds": rounds, "peak_rss_bytes": peak_resident_bytes()}
    if options.peer == "classifier":
        report["classify_s"] = statistics.median(of_pictures)
        report["things"] = [{"file": file, "probabilities": result} for file, result in zip(options.files, results)]
    else:
        report["pages"] = [{"file": file, "lines": result} for file, result in zip(options.files, results)]
    print(json.dumps(report))


if __name__ == "__main__":
    main()
