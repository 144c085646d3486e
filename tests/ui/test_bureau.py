"""A bureau's own files at the window: its digits, its slips, its lead terms, and official texts dropped on it."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from inspector_app.casefile import journal
from inspector_app.domain.records import Finding, Lead
from inspector_app.statutes import bureau
from inspector_app.ui.shell.window import MainWindow

HOT = "format: 1\nhot_keys:\n" + "".join(
    f"  {digit}: {code}\n"
    for digit, code in zip(
        "1234567890",
        (
            "办法:32",
            "办法:34-1",
            "办法:36",
            "办法:26-1",
            "办法:31-1",
            "办法:37-1",
            "广告法:17",
            "广告法:9-1-3",
            "广告法:28",
            "价格法:14-1-4",
        ),
        strict=True,
    )
)
RULE = """rules:
  - id: C01-own
    category: C01
    title: {zh: 本局词语, en: "A term of the bureau"}
    articles: ["办法:34-1"]
    witnesses: [speech]
    severity: 2
    terms: [包你满意价]
    exemptions: [negation]
    reason: {zh: "出现“{matched}”", en: "“{matched}”"}
    examples:
      positive: [今天就是包你满意价, 这个包你满意价只有我家有, 说好了包你满意价]
      negative: [你好, 再见, 我们没有包你满意价]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "用户 数据"))
    bureau.folder().mkdir(parents=True)
    return bureau.folder()


def test_that_the_bureaus_digits_tag_and_their_set_is_kept(qtbot: QtBot, folder: Path, window: MainWindow) -> None:
    (folder / "hot_keys.yaml").write_text(HOT, encoding="utf-8")
    window.go(0)
    window.go(1)
    window.bench.watch.playback.seek(4_500_000)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_1)
    case = window.bench.desk.work.opened
    [finding] = case.find(Finding)
    assert finding.articles == ("办法:32",)
    rows = case.read(journal.read_all)
    kept = next(row.body["facts"]["hot_set"] for row in rows if row.act == "finding.add")
    assert bureau.kept(folder, kept).codes[0] == "办法:32"


def test_that_a_slip_in_the_bureaus_file_is_told_and_the_programs_digits_stay(qtbot: QtBot, folder: Path, window: MainWindow) -> None:
    (folder / "hot_keys.yaml").write_text(HOT.replace("办法:32", "办法第三十二"), encoding="utf-8")
    window.go(0)
    window.go(1)
    assert "hot_keys.yaml" in window.hint.text
    assert window.bench.watch.articles.code_of(1) == "办法:34-1"


def test_that_the_bureaus_lead_terms_are_found_beside_the_programs(folder: Path, window: MainWindow) -> None:
    (folder / "lexicon").mkdir()
    (folder / "lexicon" / "own.yaml").write_text(RULE, encoding="utf-8")
    work = window.bench.desk.work
    assert {"C01-own", "B01-lowest"} <= {rule.id for rule in work.rules.rules}
    assert work.opened.find(Lead)


def test_that_an_official_text_dropped_on_intake_goes_to_the_law(qtbot: QtBot, folder: Path, window: MainWindow, tmp_path: Path) -> None:
    text = tmp_path / "示例规定.md"
    text.write_text("# 示例规定\n\n第一条 为了示例，制定本规定。\n\n第二条 本规定自2026年1月1日起施行。\n", encoding="utf-8")
    window.go(0)
    window.bench.intake.take([text])
    qtbot.waitUntil(lambda: "示例规定" in window.hint.text)
    assert list((folder.parent / "statutes").glob("*.md"))


def test_that_the_bureaus_note_stands_on_the_card(qtbot: QtBot, folder: Path, window: MainWindow) -> None:
    note = "format: 1\nnotes:\n  - article: 办法:34\n    text: 首次且及时改正的从轻\n    source: 示例规〔2026〕1号\n"
    (folder / "notes.yaml").write_text(note, encoding="utf-8")
    window.bench.watch.articles.show_article("办法:34-1")
    shown = [label.text() for label in window.bench.watch.articles.findChildren(QLabel)]
    assert any("首次且及时改正的从轻" in text and "示例规" in text for text in shown)
