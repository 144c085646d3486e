"""The law commands as typed: import, show, check and the review sheet, with what a person reads."""

import csv
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from inspector_app import i18n
from inspector_app.cli.main import main
from inspector_app.statutes import bureau
from inspector_app.statutes.catalogue import Catalogue

TEXTS = Path(__file__).parents[3].parent / "shared" / "law"
OLD = "样例办法\n（2020年1月1日样例部门令第5号公布 自2020年3月1日起施行）\n第一条 为了说明样例，制定本办法。\n第二条 样例应当清楚。\n"
NEW = OLD.replace("施行）", "施行 2025年6月1日修订）") + "第三条 违反本办法的，予以说明。\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "用户 数据"))
    monkeypatch.delenv("ZHIJIAN_LANG", raising=False)
    language = i18n.language()

    def typed(*words: str | Path) -> tuple[int, str, str]:
        try:
            status = main([str(word) for word in words])
        except SystemExit as end:
            status = int(end.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    yield typed
    i18n.set_language(language)


def _json(ended: tuple[int, str, str]) -> Any:
    return json.loads(ended[1])


def _file(tmp_path: Path, text: str, name: str) -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def _shared(name: str) -> Path:
    if not TEXTS.is_dir():
        pytest.skip("statute texts are not beside the project")
    return TEXTS / name


def test_that_an_import_tells_what_was_read_and_a_newer_one_what_changed(run: Run, tmp_path: Path) -> None:
    first = _json(run("law", "import", _file(tmp_path, OLD, "旧.txt"), "--source", "样例公报", "--json"))
    assert (first["articles"], first["order"], first["promulgated"], first["in_force_from"]) == (2, "5", "2020-01-01", "2020-03-01")
    assert (first["origin"], first["edition"], first["compared_with"], first["changes"]) == ("样例公报", "", None, [])
    second = _json(run("law", "import", _file(tmp_path, NEW, "新.txt"), "--json"))
    assert second["compared_with"]["is"] == "older"
    assert second["changes"] == [{"kind": "added", "old": None, "new": 3, "alike": 0}]
    status, out, _ = run("law", "import", tmp_path / "旧.txt")
    assert status == 0
    assert "第3条：新增" in out
    assert "此前已导入" in out


def test_that_a_refused_text_is_told_with_the_article_where_reading_stumbled(run: Run, tmp_path: Path) -> None:
    status, out, said = run("law", "import", _file(tmp_path, OLD.replace("第二条", "第二O条"), "坏.txt"))
    assert (status, out) == (3, "")
    assert "第 2 条" in said
    assert "第二O条" in said
    assert run("law", "import", tmp_path / "没有.txt")[0] == 3


def test_that_our_summary_is_marked_until_the_text_is_imported(run: Run) -> None:
    _, out, _ = run("law", "show", "办法:34-1")
    assert "摘要：" in out
    _, out, _ = run("--lang", "en", "law", "show", "办法:34-1")
    assert "summary: " in out
    measures = _shared("直播电商监督管理办法.md")
    imported = _json(run("law", "import", measures, "--json"))
    assert imported["edition"] == "办法@2026-02-01"
    assert imported["differences"] == []
    _, out, _ = run("--lang", "zh", "law", "show", "办法:34-1")
    assert "摘要：" not in out
    assert imported["sha256"] in out
    assert "直播电商监督管理办法.md" in out
    shown = _json(run("law", "show", "办法:34-1", "--json"))["articles"][0]["verbatim"]
    assert shown["text"] in measures.read_text("utf-8")


def test_that_a_text_of_another_edition_is_kept_and_not_quoted(run: Run) -> None:
    old = _json(run("law", "import", _shared("反不正当竞争法(2019修正-旧).md"), "--json"))
    assert old["edition"] == "反不正当竞争法@2019-04-23"
    new = _json(run("law", "import", _shared("反不正当竞争法(2025修订).md"), "--json"))
    assert new["edition"] == "反不正当竞争法@2025-10-15"
    assert {"kind": "moved_changed", "old": 8, "new": 9} in [{name: one[name] for name in ("kind", "old", "new")} for one in new["changes"]]
    before, after = (
        _json(run("law", "show", code, "--on", day, "--json"))["articles"][0]["verbatim"]
        for code, day in (("反不正当竞争法:8-1", "2025-10-14"), ("反不正当竞争法:9-1", "2025-10-15"))
    )
    assert (before["sha256"], after["sha256"]) == (old["sha256"], new["sha256"])


def test_that_a_long_list_of_hits_says_that_it_was_cut(run: Run) -> None:
    assert _json(run("law", "find", "的", "--json"))["more"]
    assert "60" in run("law", "find", "的")[1].splitlines()[-1]
    assert not _json(run("law", "find", "办法34", "--json"))["more"]


def test_that_the_check_covers_the_bureaus_own_files(run: Run, tmp_path: Path) -> None:
    assert _json(run("law", "check", "--json"))["bureau"]["hot_keys"] == 0
    where = bureau.folder()
    where.mkdir(parents=True)
    notes = where / bureau.NOTES
    notes.write_text("format: 1\nnotes:\n  - article: 办法:34-1\n    text: 首次的可以从轻。\n", "utf-8")
    assert _json(run("law", "check", "--json"))["bureau"]["notes"] == 1
    assert "首次的可以从轻。" in run("law", "show", "办法:34")[1]
    notes.write_text("format: 1\nnotes:\n  - article: 办法:340\n    text: 首次的可以从轻。\n", "utf-8")
    status, _, said = run("law", "check")
    assert status == 3
    assert "第 3 行第 14 列" in said
    assert "办法:340" in said


def test_that_the_check_names_an_imported_text_that_was_altered(run: Run, tmp_path: Path) -> None:
    run("law", "import", _file(tmp_path, OLD, "旧.txt"))
    assert run("law", "check")[0] == 0
    [copy] = (tmp_path / "用户 数据" / "statutes").glob("*.txt")
    copy.write_text(OLD.replace("清楚", "模糊"), "utf-8")
    status, out, _ = run("law", "check")
    assert status == 1
    assert "旧.txt" in out


class _Cells(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip("\n")


def test_that_the_review_sheet_holds_every_place(run: Run, tmp_path: Path, catalogue: Catalogue) -> None:
    places = sum(
        1 + len(paragraph.items)
        for law in catalogue.laws.values()
        for edition in law
        for provision in edition.provisions
        for paragraph in provision.paragraphs
    )
    table, page = tmp_path / "核对 表.csv", tmp_path / "核对.html"
    assert _json(run("law", "export", "--review", table, "--json"))["written"] == [str(table)]
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == places + 1
    [row] = [row for row in rows if row[0] == "办法:34-1"]
    assert row[1] == "《直播电商监督管理办法》第三十四条第一款"
    assert "办法:62-1 → 反不正当竞争法:25-1、广告法:55" in row[5]
    assert int(row[6]) >= 2
    assert run("--lang", "en", "law", "export", "--review", page)[0] == 0
    cells = _Cells()
    cells.feed(page.read_text("utf-8"))
    assert len(cells.rows) == places + 1
    assert all(len(row) == 10 for row in cells.rows)
    assert cells.rows[0][0] == "code"


def test_that_a_review_sheet_of_another_kind_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    status, _, said = run("law", "export", "--review", tmp_path / "a.docx")
    assert status == 2
    assert ".csv" in said
