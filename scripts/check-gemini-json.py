"""Reads bodies of Gemini's requests and responses with the types of Google's own SDK, which forbid unknown fields.

Standard input: one JSON object a line, {"name", "kind", "body"}; kind is "request", "count" or "response". Standard output:
for each of them one line, the name and "ok" or what is wrong. Run by tests with the Python of scripts/fetch-google-types.sh.
"""

import json
import sys
import warnings

from google.genai import types

# What the SDK does not know of an enum it takes with a warning.
warnings.simplefilter("error")

# Fields of a request's body that are arguments of their own in the SDK.
ENVELOPE = {"model", "contents", "generationConfig"}
# What the SDK lets its configuration hold beside `generationConfig`, and the API beside it in the body.
BESIDE = {"systemInstruction", "tools", "toolConfig", "safetySettings", "continuationToken"}
# Their content is not the API's.
FOREIGN = {"responseJsonSchema", "parametersJsonSchema", "args", "response"}


def read(kind, value):
    """Reads a value, and sees that what was read has the names it came with: the SDK also takes names in snake_case."""
    model = kind.model_validate_json(json.dumps(value))
    written = json.loads(model.model_dump_json(by_alias=True, exclude_unset=True))
    compare(value, written, kind.__name__)
    return model


def compare(ours, read, path):
    if isinstance(ours, dict) and isinstance(read, dict):
        if ours.keys() != read.keys():
            raise ValueError(f"{path}: {sorted(ours.keys() ^ read.keys())} have other names")
        for name in ours.keys() - FOREIGN:
            compare(ours[name], read[name], f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(read, list):
        for index, (one, other) in enumerate(zip(ours, read, strict=True)):
            compare(one, other, f"{path}[{index}]")


def check_request(body):
    unknown = body.keys() - ENVELOPE - BESIDE
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    for content in body["contents"]:
        read(types.Content, content)
    config = body.get("generationConfig", {})
    twice = config.keys() & BESIDE
    if twice:
        raise ValueError(f"{sorted(twice)} stand in generationConfig")
    # Read one by one: in the configuration a tool may be anything that can be called.
    for tool in body.get("tools", []):
        read(types.Tool, tool)
    beside = {name: body[name] for name in BESIDE & body.keys() - {"tools"}}
    read(types.GenerateContentConfig, config | beside)


def check_count(body):
    unknown = body.keys() - {"generateContentRequest"}
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    check_request(body["generateContentRequest"])


def check_response(body):
    for candidate in body.get("candidates", []):
        # The SDK has the newer name of the list and renames the older one itself.
        quoted = candidate.get("citationMetadata")
        if quoted and "citationSources" in quoted:
            quoted["citations"] = quoted.pop("citationSources")
    read(types.GenerateContentResponse, body)


CHECKS = {"request": check_request, "count": check_count, "response": check_response}

for line in sys.stdin:
    case = json.loads(line)
    try:
        CHECKS[case["kind"]](case["body"])
        verdict = "ok"
    except (ValueError, KeyError, Warning) as problem:
        verdict = " ".join(str(problem).split())
    print(case["name"], verdict, sep="\t")
