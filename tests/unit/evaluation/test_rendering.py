"""The tools that render evaluation scripts: what the voice is given, where sentences come to lie, and what is said without a voice."""

import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

TOOLS = Path(__file__).parents[2] / "evaluation"


@pytest.fixture(scope="module")
def speaking() -> SimpleNamespace:
    return SimpleNamespace(**runpy.run_path(str(TOOLS / "speaking.py")))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("原价1880，现在 299", "原价一千八百八十,现在,二百九十九"),
        ("浓度30%，9.9一节", "浓度百分之三十,九点九一节"),
        ("120000人、10086、15斤", "十二万人,一万零八十六,十五斤"),
        ("1:1过柜，加V", "一比一过柜,加微"),
    ],
)
def test_that_numbers_and_letters_are_spoken_in_chinese(speaking: SimpleNamespace, text: str, spoken: str) -> None:
    assert speaking.speakable(text) == spoken


def test_that_a_sentence_that_takes_too_long_puts_off_the_next(speaking: SimpleNamespace) -> None:
    sound = np.full(3 * speaking.RATE, 1000, np.int16)
    laid, places = speaking.lay([1.0, 2.0, 20.0], [sound, sound, sound], 25.0)
    assert [(place.start_s, place.end_s) for place in places] == [(1.0, 4.0), (4.25, 7.25), (20.0, 23.0)]
    assert len(laid) == 25 * speaking.RATE
    assert abs(int(laid[: speaking.RATE].max())) < 200 < int(laid[2 * speaking.RATE])


def test_that_a_voice_that_is_not_there_is_named(tmp_path: Path) -> None:
    words = [sys.executable, str(TOOLS / "render.py"), "--voice", f"{tmp_path}/voice.py", "--out", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and f"{tmp_path}/voice.py" in done.stderr
