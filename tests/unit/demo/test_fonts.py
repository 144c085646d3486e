"""The shipped fonts open in the PDF writer, carry the digests their list states, and cover the characters they are shipped for."""

import hashlib
import re
from pathlib import Path

import pytest
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).resolve().parents[3] / "resources" / "fonts"
CHINESE = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "NotoSerifSC-Regular.ttf")


def gb2312_characters() -> set[int]:
    """Code points of the 6,763 Chinese characters of GB 2312 (rows 16 to 87)."""
    pairs = (bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return {ord(character) for character in pairs if character}


@pytest.mark.parametrize("name", CHINESE)
def test_that_a_chinese_font_covers_gb2312_and_legal_punctuation(name: str) -> None:
    covered = set(TTFont(name, str(FONTS / name)).face.charToGlyph)
    assert len(gb2312_characters()) == 6763
    assert gb2312_characters() <= covered
    assert set(map(ord, "《》〔〕（）“”、。：；—…①②③￥¥×䶮㛃")) <= covered


def test_that_the_symbol_font_covers_common_emoji() -> None:
    covered = set(TTFont("Symbola", str(FONTS / "Symbola.ttf")).face.charToGlyph)
    assert set(map(ord, "😀😂👍❤🎁🔥🙏💰")) <= covered


def test_that_every_font_is_listed_with_its_digest_and_a_licence() -> None:
    listed = dict(
        re.findall(r"^\| `([^`]+\.ttf)` \|.*`([0-9a-f]{64})` \|$", (FONTS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    actual = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.ttf")}
    assert listed == actual
    for licence in ("OFL-NotoSansSC.txt", "OFL-NotoSerifSC.txt", "Symbola-LICENCE.txt"):
        assert (FONTS / licence).stat().st_size > 200
