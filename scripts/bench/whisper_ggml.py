"""The weights of Whisper as CTranslate2 keeps them, in the file format of whisper.cpp: the same numbers, to the bit.

`whisper_ggml.py MODEL.BIN TOKENIZER.JSON OUT.BIN` for a multilingual model in f16. After `models/convert-pt-to-ggml.py` of
whisper.cpp; for CTranslate2's side see `engine/src/models/whisper/weights`.
"""

import json
import struct
import sys
from pathlib import Path

import numpy
from faster_whisper.feature_extractor import FeatureExtractor

F32, F16 = 0, 1
TYPES = {0: numpy.float32, 1: numpy.int8, 2: numpy.int16, 3: numpy.int32, 4: numpy.float16}
MAGIC = 0x67676D6C
RATE, WINDOW = 16_000, 400
POSITIONS_OF_SOUND = 1500
# Tokens with bytes of their own; whisper.cpp adds the special ones by itself.
TOKENS_OF_TEXT = 50_257
# What CTranslate2 calls the parts of a layer, what OpenAI calls them, and into what a stacked matrix falls.
ATTENTION = {
    "self_attention": ("attn", {"linear_0": ("query", "key", "value"), "linear_1": ("out",)}),
    "attention": ("cross_attn", {"linear_0": ("query",), "linear_1": ("key", "value"), "linear_2": ("out",)}),
}
FEED_FORWARD = {"linear_0": "mlp.0", "linear_1": "mlp.2", "layer_norm": "mlp_ln"}
WEIGHTS = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias"}
KEPT_WHOLE = ("encoder.conv1.bias", "encoder.conv2.bias", "encoder.positional_embedding", "decoder.positional_embedding")


def read(path):
    """The tensors of a CTranslate2 model by their names."""
    data, at = Path(path).read_bytes(), 0

    def number(kind):
        nonlocal at
        (value,) = struct.unpack_from("<" + kind, data, at)
        at += struct.calcsize(kind)
        return value

    def string():
        nonlocal at
        length = number("H")
        at += length
        return data[at - length : at].rstrip(b"\0").decode()

    number("I"), string(), number("I")  # versions of the file and of the model, and its kind
    tensors = {}
    for _ in range(number("I")):
        name, rank = string(), number("B")
        shape = [number("I") for _ in range(rank)]
        kind, size = number("B"), number("I")
        tensors[name] = numpy.frombuffer(data, TYPES[kind], size // TYPES[kind]().itemsize, at).reshape(shape)
        at += size
    return tensors


def renamed(name, tensor):
    """One tensor under OpenAI's names: pairs of name and tensor."""
    side, _, rest = name.partition("/")
    part, _, last = rest.rpartition("/")
    layer, _, part_of_layer = part.partition("/")
    if layer.startswith("layer_") and "/" in part:
        block = f"{side}.blocks.{layer.removeprefix('layer_')}"
        first, _, second = part_of_layer.partition("/")
        if first == "ffn":
            yield f"{block}.{FEED_FORWARD[second]}.{WEIGHTS[last]}", tensor
            return
        theirs, matrices = ATTENTION[first]
        if second == "layer_norm":
            yield f"{block}.{theirs}_ln.{WEIGHTS[last]}", tensor
            return
        names = matrices[second]
        for piece, one in zip(numpy.split(tensor, len(names)), names, strict=True):
            if (one, last) != ("key", "bias"):  # which Whisper does not have: zeros
                yield f"{block}.{theirs}.{one}.{WEIGHTS[last]}", piece
    elif part == "layer_norm":
        yield f"{side}.{'ln_post' if side == 'encoder' else 'ln'}.{WEIGHTS[last]}", tensor
    elif part == "position_encodings":
        yield f"{side}.positional_embedding", tensor
    elif part == "embeddings":
        yield f"{side}.token_embedding.weight", tensor
    elif part.startswith("conv"):
        yield f"{side}.{part}.{last}", tensor[:, None] if last == "bias" else tensor


def bytes_of_tokens(tokenizer):
    """In their order; a tokenizer's file writes each byte as a printable character."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (byte for byte in range(256) if byte not in printable)
    byte_of = {chr(byte): byte for byte in printable} | {chr(256 + at): byte for at, byte in enumerate(others)}
    vocabulary = json.loads(Path(tokenizer).read_text())["model"]["vocab"]
    words = sorted(vocabulary, key=vocabulary.get)[:TOKENS_OF_TEXT]
    return [bytes(byte_of[character] for character in word) for word in words]


def main():
    source, tokenizer, target = sys.argv[1:]
    floats = {name: tensor for name, tensor in read(source).items() if "/" in name and tensor.dtype != numpy.int8 and tensor.ndim}
    tensors = dict(pair for name, tensor in floats.items() for pair in renamed(name, tensor))
    words, width = tensors["decoder.token_embedding.weight"].shape
    layers = {side: len({name.split(".")[2] for name in tensors if name.startswith(f"{side}.blocks")}) for side in ("encoder", "decoder")}
    context, heads = tensors["decoder.positional_embedding"].shape[0], width // 64
    mels = tensors["encoder.conv1.weight"].shape[1]
    filters = FeatureExtractor.get_mel_filters(RATE, WINDOW, mels).astype(numpy.float32)
    with open(target, "wb") as out:
        sides = [POSITIONS_OF_SOUND, width, heads, layers["encoder"], context, width, heads, layers["decoder"]]
        out.write(struct.pack("<12I", MAGIC, words, *sides, mels, F16))
        out.write(struct.pack("<2I", *filters.shape) + filters.tobytes())
        tokens = bytes_of_tokens(tokenizer)
        out.write(struct.pack("<I", len(tokens)))
        for token in tokens:
            out.write(struct.pack("<I", len(token)) + token)
        for name, tensor in tensors.items():
            kind = F32 if tensor.ndim == 1 or name in KEPT_WHOLE else F16
            out.write(struct.pack(f"<{3 + tensor.ndim}I", tensor.ndim, len(name), kind, *reversed(tensor.shape)))
            out.write(name.encode() + tensor.astype(numpy.float32 if kind == F32 else numpy.float16).tobytes())


if __name__ == "__main__":
    main()
