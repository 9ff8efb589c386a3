#!/usr/bin/env python3
"""Learns from misaki's American dictionary how English letters sound, for words that are in no dictionary.

    pip install misaki==0.9.4
    scripts/letter-sounds.py

Letters and phonemes of the dictionary's words are aligned, the likeliest way each time (as Black, Lenzo and Pagel, "Issues
in building general letter to sound rules", 1998). From the aligned letters a tree is made that asks for the letter, then the
next one, the one before, the second next and so on, and keeps an answer only where it differs from the one before it
(IGTree: Daelemans and van den Bosch, "Language-independent data-oriented grapheme-to-phoneme conversion", 1996).

The file: the number of sounds (a byte), each sound as a length and UTF-8, then the tree in preorder, for each node its
letter (0 for the edge of the word), its sound and the number of its children, a byte each.
"""
import collections
import functools
import json
import math
import pathlib
import random
import sys
from importlib import resources

OUTPUT = pathlib.Path(__file__).parents[1] / "src-tauri/crates/voices/src/phonemes/letters.bin"
# Where the letters stand that are asked for, after the letter itself.
QUESTIONS = [1, -1, 2, -2, 3, -3, 4]
EDGE = "\0"
MOST_SOUNDS = 2
ROUNDS = 3
# An answer is kept where so many letters of the dictionary bear it out.
LEAST_COUNT = 2
HELD_OUT = 0.05


def read_words():
    words = {}
    for word, sound in json.loads(resources.files("misaki.data").joinpath("us_gold.json").read_text("utf-8")).items():
        sound = sound["DEFAULT"] if isinstance(sound, dict) else sound
        if sound and len(word) > 2 and word.isascii() and word.isalpha() and word == word.lower():
            words[word] = units(sound)
    # Abbreviations are read letter by letter: no example of anything.
    return {word: sound for word, sound in words.items() if 0 < len(sound) <= len(word) + 2}


def units(sound):
    """Phonemes, each vowel with the stress before it."""
    found = []
    for character in sound:
        if found and found[-1] in ("ˈ", "ˌ"):
            found[-1] += character
        else:
            found.append(character)
    return found


def bare(unit):
    return unit.strip("ˈˌ")


def align(word, sound, cost):
    """For each letter the phonemes it stands for."""
    sounds = [bare(unit) for unit in sound]
    best = [{0: (0.0, None)}]
    for index, letter in enumerate(word):
        row = {}
        for at, (price, _) in best[index].items():
            for count in range(MOST_SOUNDS + 1):
                end = at + count
                if end > len(sound) or (len(word) - index - 1) * MOST_SOUNDS < len(sound) - end:
                    continue
                total = price + cost(letter, tuple(sounds[at:end]))
                if end not in row or total < row[end][0]:
                    row[end] = (total, at)
        best.append(row)
    if len(sound) not in best[-1]:
        return None
    pieces, end = [], len(sound)
    for row in reversed(best[1:]):
        start = row[end][1]
        pieces.append("".join(sound[start:end]))
        end = start
    return pieces[::-1]


def align_all(words):
    vowels = set("aeiouyAIOQWYæɑɒɔəɚɛɜɪʊʌᵊᵻaiu")

    def first_guess(letter, sounds):
        alike = all((letter in "aeiouyw") == (sound in vowels) for sound in sounds)
        return (0.0 if letter in sounds else 1.0) + abs(len(sounds) - 1) + (0 if alike else 2)

    cost = first_guess
    for _ in range(ROUNDS):
        counts = collections.defaultdict(collections.Counter)
        aligned = {}
        for word, sound in words.items():
            pieces = align(word, sound, cost)
            if pieces:
                aligned[word] = pieces
                for letter, piece in zip(word, pieces):
                    counts[letter][tuple(map(bare, units(piece)))] += 1
        totals = {letter: sum(counter.values()) for letter, counter in counts.items()}

        @functools.cache
        def cost(letter, sounds, counts=counts, totals=totals):
            return -math.log((counts[letter][sounds] + 0.01) / (totals[letter] + 1))

    return aligned


def grow(examples, depth, inherited):
    """A node for `examples`, pairs of surroundings and sound: its sound and children."""
    counter = collections.Counter(sound for _, sound in examples)
    most = max(counter.values())
    sound = inherited if counter.get(inherited) == most else min(s for s, n in counter.items() if n == most)
    children = {}
    if len(counter) > 1 and depth < len(QUESTIONS):
        groups = collections.defaultdict(list)
        for example in examples:
            groups[example[0][depth]].append(example)
        for letter, group in sorted(groups.items()):
            if len(group) >= LEAST_COUNT:
                child = grow(group, depth + 1, sound)
                if child[1] or child[0] != sound:
                    children[letter] = child
    return sound, children


def surroundings(word, index):
    return tuple(word[i] if 0 <= (i := index + question) < len(word) else EDGE for question in QUESTIONS)


def predict(trees, word):
    pieces = []
    for index, letter in enumerate(word):
        sound, children = trees.get(letter, ("", {}))
        for key in surroundings(word, index):
            if key not in children:
                break
            sound, children = children[key]
        pieces.append(sound)
    return pieces


def train(aligned):
    examples = collections.defaultdict(list)
    for word, pieces in aligned.items():
        for index, piece in enumerate(pieces):
            examples[word[index]].append((surroundings(word, index), piece))
    return {letter: grow(group, 0, None) for letter, group in sorted(examples.items())}


def write(trees):
    sounds = set()

    def collect(node):
        sounds.add(node[0])
        for child in node[1].values():
            collect(child)

    for tree in trees.values():
        collect(tree)
    sounds = sorted(sounds)
    assert len(sounds) < 256, len(sounds)
    content = bytearray([len(sounds)])
    for sound in sounds:
        content += bytes([len(sound.encode())]) + sound.encode()

    def append(letter, node):
        content.extend([ord(letter), sounds.index(node[0]), len(node[1])])
        for key, child in node[1].items():
            append(key, child)

    for letter, tree in trees.items():
        append(letter, tree)
    OUTPUT.write_bytes(content)
    print(len(sounds), "sounds,", len(content), "bytes")


words = read_words()
aligned = align_all(words)
# Rare correspondences are errors of the dictionary or of the alignment, and a sound must fit a byte.
frequent = collections.Counter(piece for pieces in aligned.values() for piece in pieces)
kept = {piece for piece, _ in frequent.most_common(250)}
aligned = {word: pieces for word, pieces in aligned.items() if set(pieces) <= kept}
print(len(words), "words,", len(aligned), "aligned")
if "--check" in sys.argv:
    names = sorted(aligned)
    random.Random(1).shuffle(names)
    cut = int(len(names) * HELD_OUT)
    trees = train({word: aligned[word] for word in names[cut:]})
    right = sum(list(map(bare, predict(trees, w))) == list(map(bare, aligned[w])) for w in names[:cut])
    letters = [(bare(a), bare(b)) for w in names[:cut] for a, b in zip(predict(trees, w), aligned[w])]
    print(f"held out: {right / cut:.1%} of words, {sum(a == b for a, b in letters) / len(letters):.1%} of letters, without stress")
    for w in "kubernetes tauri qwen huawei zhang postgre debian xiaomi anthropic serverless biryani nginx".split():
        print(w, "".join(predict(trees, w)))
write(train(aligned))
