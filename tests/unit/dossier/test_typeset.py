"""Line breaking: what may not begin or end a line, and what stays whole."""

from pathlib import Path

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth

from inspector_app.dossier import fonts
from inspector_app.dossier.styles import STYLES
from inspector_app.dossier.text import Writer, grouped, plain
from inspector_app.dossier.typeset import NOT_FIRST, NOT_LAST, Lines, may_break
from inspector_app.resources import resource


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(fonts.load(Path(resource("fonts"))))


def broken(writer: Writer, text: str, width: float) -> list[str]:
    style = ParagraphStyle("x", fontName=fonts.BODY, fontSize=10, leading=15, wordWrap="CJK")
    paragraph = Lines(writer(text, fonts.BODY), style)
    paragraph.wrap(width, 1000)
    return ["".join(word.text for word in line.words) for line in paragraph.blPara.lines]


@pytest.mark.parametrize("width", range(60, 260, 7))
def test_that_no_line_begins_with_a_closing_or_ends_with_an_opening_mark(writer: Writer, width: int) -> None:
    text = "依照《直播电商监督管理办法》（2026年施行）第三十四条，“主播”称：“三天见效”；属虚假广告的，依《广告法》第五十五条。" * 3
    lines = broken(writer, text, width)
    assert "".join(lines) == text
    assert not any(line[0] in NOT_FIRST for line in lines)
    assert not any(line[-1] in NOT_LAST for line in lines[:-1])


def test_that_words_and_file_names_stay_whole_where_they_can(writer: Writer) -> None:
    lines = broken(writer, "请打开终端执行 inspector verify 卷宗", 100)
    assert any("inspector" in line for line in lines)
    assert any("verify" in line for line in lines)


def test_that_a_word_longer_than_a_line_is_split_and_nothing_is_lost(writer: Writer) -> None:
    assert "".join(broken(writer, "x" * 500, 90)) == "x" * 500


def test_that_line_breaks_and_fallback_fonts_keep_every_character(writer: Writer) -> None:
    lines = broken(writer, "一😀二\n三", 200)
    assert [line.strip() for line in lines] == ["一😀二", "三"]


@pytest.mark.parametrize(("before", "after", "may"), [("中", "文", True), ("a", "b", False), ("文", "，", False), ("《", "法", False)])
def test_that_breaks_follow_the_marks(before: str, after: str, may: bool) -> None:
    assert may_break(before, after) is may


def test_that_digests_are_grouped() -> None:
    assert grouped("0123456789ab") == "0123 4567 89ab"


def test_that_plain_lines_have_no_control_characters() -> None:
    assert plain("a\x00b\nc" + "d" * 100, 10) == "a b cddddd…"


def test_that_elided_text_is_no_wider_than_asked(writer: Writer) -> None:
    for width in range(20, 200, 13):
        line = writer.elided("国家级认证😀 best price\n全网最低价" * 3, fonts.BODY, 8.5, width)
        drawn = sum(stringWidth(one, writer.fonts.for_character(one, fonts.BODY) or fonts.BODY, 8.5) for one in line)
        assert drawn <= width
        assert line.endswith("…")
    assert writer.elided("短", fonts.BODY, 8.5, 200) == "短"


def test_that_a_masked_name_stays_whole(writer: Writer) -> None:
    assert not any(line.startswith("*") for line in broken(writer, "晚***：在吗；南***：来了来了；" * 9, 100))


def test_that_a_paragraph_is_broken_anew_at_another_width(writer: Writer) -> None:
    paragraph = Lines(writer("大家晚上好欢迎来到直播间" * 8, fonts.BODY), STYLES["line"])
    narrow, wide = (paragraph.wrap(width, 1000)[1] for width in (120, 400))
    assert narrow > wide
    assert paragraph.wrap(120, 1000)[1] == narrow
