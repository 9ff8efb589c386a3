#!/usr/bin/env python3
"""Writes the Chinese words in which a character is not read in its usual way, as the voices read them.

    pip install pypinyin==0.55.0 jieba==0.42.1
    scripts/chinese-readings.py

From pypinyin's words (MIT) those are kept that differ from the usual readings of their characters, and of jieba's words
those that would otherwise come out differently because a longer word, left out as regular, is not there to be found first.
"""
import pathlib

import jieba
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_tone3

OUTPUT = pathlib.Path(__file__).parents[1] / "src-tauri/crates/voices/src/phonemes/phrases.txt"


def is_han(text):
    return all("\u4e00" <= c <= "\u9fff" or "\u3400" <= c <= "\u4dbf" or c == "〇" for c in text)


def usual(character):
    return PINYIN_DICT[ord(character)].split(",")[0]


def read(word, phrases):
    syllables, at = [], 0
    while at < len(word):
        for end in range(len(word), at, -1):
            if word[at:end] in phrases:
                syllables += phrases[word[at:end]]
                break
        else:
            end = at + 1
            syllables.append(usual(word[at]))
        at = end
    return syllables


whole = {word: [syllable[0] for syllable in reading] for word, reading in PHRASES_DICT.items() if is_han(word)}
whole = {word: reading for word, reading in whole.items() if len(word) == len(reading)}
kept = {word: reading for word, reading in whole.items() if reading != [usual(c) for c in word]}
words = [line.split(" ")[0] for line in jieba.get_dict_file().read().decode().splitlines()]
words = [word for word in words if is_han(word) and all(ord(c) in PINYIN_DICT for c in word)]
# A word that is added can change another that contains it.
while added := {word: read(word, whole) for word in words if read(word, whole) != read(word, kept)}:
    kept |= added
with OUTPUT.open("w", encoding="utf-8") as file:
    for word in sorted(kept):
        tones = [to_tone3(syllable, neutral_tone_with_five=True, v_to_u=True) for syllable in kept[word]]
        print(word, *tones, file=file)
print(len(kept), "words")
