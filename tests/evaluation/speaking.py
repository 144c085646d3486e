"""Speaks the sentences of a script with an outside voice program and lays them on the script's clock. It knows nothing of rules or pictures.

The voice (`say.py SCRIPT.txt SPEECH.wav SPEED`, one sentence a line, beside the sound a JSON list of [start_s, end_s, sentence]) is not
part of the project; where there is none, nothing can be spoken.
"""

import json
import re
import subprocess
import unicodedata
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 24_000
#: as fast as hosts speak: five syllables a second
SPEED = "0.85"
#: between two sentences where the first takes longer than the script gives it
BREATH_S = 0.25

_DIGITS = "零一二三四五六七八九"
_LETTERS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [
            "诶",
            "必",
            "西",
            "迪",
            "伊",
            "艾福",
            "吉",
            "艾曲",
            "爱",
            "杰",
            "开",
            "艾勒",
            "艾姆",
            "恩",
            "欧",
            "屁",
            "抠",
            "啊",
            "艾斯",
            "踢",
            "优",
            "微",
            "达不溜",
            "艾克斯",
            "外",
            "贼",
        ],
        strict=True,
    )
)


@dataclass(frozen=True)
class Spoken:
    """One sentence as it lies in the sound, in seconds."""

    start_s: float
    end_s: float


def speakable(text: str) -> str:
    """A sentence as the voice can read it: numbers and letters in Chinese, one sentence without an end within."""
    words = unicodedata.normalize("NFKC", text).upper()
    words = re.sub(r"(\d+(?:\.\d+)?)%", lambda found: "百分之" + _number(found[1]), words)
    words = re.sub(r"(?<=\d):(?=\d)", "比", words)
    words = re.sub(r"\d+(?:\.\d+)?", lambda found: _number(found[0]), words)
    words = re.sub(r"[A-Z]", lambda found: _LETTERS[found[0]], words)
    words = re.sub(r"[^\u4e00-\u9fff]+", ",", words)
    return words.strip(",")


def _number(written: str) -> str:
    whole, _, part = written.partition(".")
    words = _whole(int(whole)) if len(whole) < 9 and not (len(whole) > 1 and whole[0] == "0") else "".join(_DIGITS[int(d)] for d in whole)
    return words + ("点" + "".join(_DIGITS[int(d)] for d in part) if part else "")


def _whole(number: int) -> str:
    if number >= 10_000:
        rest = number % 10_000
        return _whole(number // 10_000) + "万" + ("" if not rest else ("零" if rest < 1000 else "") + _whole(rest))
    if number < 10:
        return _DIGITS[number]
    words, missing = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if missing and words else "") + _DIGITS[digit] + name
        missing = not digit
    return words.removeprefix("一") if 10 <= number < 20 else words


def speak(sentences: Sequence[str], voice: Sequence[str], folder: Path) -> list[npt.NDArray[np.int16]]:
    """Each sentence as mono samples at RATE; `voice` is the program with its interpreter. What it spoke is kept in `folder` for the next time."""
    folder.mkdir(parents=True, exist_ok=True)
    script, sound = folder / "script.txt", folder / "speech.wav"
    wanted = "\n".join(speakable(sentence) for sentence in sentences) + "\n"
    if not sound.exists() or script.read_text(encoding="utf-8") != wanted:
        script.write_text(wanted, encoding="utf-8")
        subprocess.run([*voice, str(script), str(sound), SPEED], check=True)
    with wave.open(str(sound)) as source:
        if source.getframerate() != RATE or source.getnchannels() != 1:
            raise SystemExit(f"the voice must speak mono at {RATE} Hz")
        samples = np.frombuffer(source.readframes(source.getnframes()), np.int16)
    spans = json.loads(Path(f"{sound}.json").read_text(encoding="utf-8"))
    if len(spans) != len(sentences):
        raise SystemExit(f"{len(spans)} of {len(sentences)} sentences were spoken")
    return [samples[round(start * RATE) : round(end * RATE)] for start, end, _ in spans]


def lay(starts_s: Sequence[float], spoken: Sequence[npt.NDArray[np.int16]], length_s: float) -> tuple[npt.NDArray[np.int16], list[Spoken]]:
    """All sentences in one sound over a quiet room, each at its time or after the one before it; and where each came to lie."""
    ends = [start + len(one) / RATE for start, one in zip(starts_s, spoken, strict=True)]
    room = np.random.default_rng(7).normal(0, 12, round((max([length_s, *ends]) + 30) * RATE))
    free_s, places = 0.0, []
    for start_s, one in zip(starts_s, spoken, strict=True):
        at_s = max(start_s, free_s)
        first = round(at_s * RATE)
        room[first : first + len(one)] += one
        places.append(Spoken(at_s, at_s + len(one) / RATE))
        free_s = places[-1].end_s + BREATH_S
    whole = max(length_s, free_s + 1)
    return np.clip(room[: round(whole * RATE)], -32768, 32767).astype(np.int16), places
