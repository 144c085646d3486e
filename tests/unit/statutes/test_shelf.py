"""Imported texts: kept by digest and never rewritten, the right one found for an edition, and what changed between two of them."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from inspector_app.domain.errors import BadInput
from inspector_app.statutes import shelf
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.comparing import Change, changes
from inspector_app.statutes.model import Edition
from inspector_app.statutes.official import OfficialText, parse_official_text

OLD = """样例办法
2020年1月1日 样例部门公布
第一条 为了说明样例，制定本办法。
第二条 样例应当清楚、完整、准确，不得含有虚假的内容。
第三条 违反第二条规定的，处一万元以下的罚款。
第四条 样例的使用费用由使用人承担。
第五条 本办法自2020年3月1日起施行。
"""
NEW = """样例办法
2020年1月1日 样例部门公布 2025年6月1日 样例部门修订
第一条 为了说明样例，制定本办法。
第二条 本办法所称样例，是指说明用的例子，包括文字、图像、声音及其组合。
第三条 样例应当清楚、完整、准确，不得含有虚假或者引人误解的内容。
第四条 违反第三条规定的，处一万元以下的罚款。
第五条 本办法自2025年9月1日起施行。
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "用户 数据"))


def _file(tmp_path: Path, text: str, name: str = "样例 办法.txt") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def _text(text: str) -> OfficialText:
    return parse_official_text(text.encode(), "样例.txt")


def test_that_a_text_is_kept_with_its_name_origin_and_digest(tmp_path: Path) -> None:
    text = shelf.put(_file(tmp_path, OLD), "样例公报2020年第1期")
    [one] = shelf.shelved()
    assert (one.sha256, one.title, one.name, one.origin) == (text.source_sha256, "样例办法", "样例 办法.txt", "样例公报2020年第1期")
    read = shelf.read(one)
    assert (read.source_name, read.source_sha256) == ("样例 办法.txt", text.source_sha256)
    assert read.articles == text.articles
    assert shelf.origin_of(read) == "样例公报2020年第1期"


def test_that_importing_again_or_a_newer_text_rewrites_nothing(tmp_path: Path) -> None:
    shelf.put(_file(tmp_path, OLD), "甲")
    [first] = shelf.shelved()
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in shelf.folder().iterdir()}
    shelf.put(_file(tmp_path, OLD, "另名.txt"), "乙")
    shelf.put(_file(tmp_path, NEW))
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in before} == before
    assert {one.sha256 for one in shelf.shelved()} > {first.sha256}
    assert [str(text.newest_day) for text in shelf.texts_of("样例办法")] == ["2025-09-01", "2020-03-01"]


def test_that_a_refused_text_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        shelf.put(_file(tmp_path, OLD.replace("第三条 违反", "第三O条 违反")))
    assert not shelf.folder().exists()


def test_that_an_altered_copy_is_named_and_never_quoted(tmp_path: Path) -> None:
    shelf.put(_file(tmp_path, OLD))
    [one] = shelf.shelved()
    assert shelf.altered() == []
    one.file.write_text(OLD.replace("一万元", "十万元"), "utf-8")
    assert shelf.altered() == [one]
    assert shelf.texts_of("样例办法") == []
    with pytest.raises(BadInput) as caught:
        shelf.read(one)
    assert caught.value.code == "law.shelf_altered"


def test_that_rubbish_on_the_shelf_is_passed_over(tmp_path: Path) -> None:
    shelf.put(_file(tmp_path, OLD))
    (shelf.folder() / "b.json").write_text("[1", "utf-8")
    (shelf.folder() / "b.txt").write_text("x", "utf-8")
    (shelf.folder() / "c.json").write_text("{}", "utf-8")
    assert len(shelf.shelved()) == 1


def _edition(catalogue: Catalogue, promulgated: date, in_force_from: date) -> Edition:
    """An edition whose places are those of the sample."""
    edition = catalogue.edition("办法")
    name = dataclasses.replace(edition.name, zh="样例办法")
    return dataclasses.replace(
        edition, name=name, promulgated=promulgated, in_force_from=in_force_from, articles_total=5, chapters=(), provisions=(), duties=()
    )


def test_that_the_text_of_the_editions_own_days_is_found(tmp_path: Path, catalogue: Catalogue) -> None:
    """Both texts have the same places; only their dates tell which edition they are."""
    old = shelf.put(_file(tmp_path, OLD))
    older_edition = _edition(catalogue, date(2020, 1, 1), date(2020, 3, 1))
    newer_edition = _edition(catalogue, date(2025, 6, 1), date(2025, 9, 1))
    assert shelf.find(newer_edition) is None
    new = shelf.put(_file(tmp_path, NEW))
    for edition, text in ((older_edition, old), (newer_edition, new)):
        found = shelf.find(edition)
        assert found is not None
        assert found.source_sha256 == text.source_sha256
    assert shelf.find(dataclasses.replace(older_edition, articles_total=6)) is None


def test_that_changes_are_told_article_by_article() -> None:
    found = {(one.kind, one.old, one.new) for one in changes(_text(OLD), _text(NEW))}
    assert found == {
        ("added", None, 2),
        ("moved_changed", 2, 3),
        ("moved_changed", 3, 4),  # only its reference was renumbered
        ("changed", 5, 5),
        ("removed", 4, None),
    }
    assert changes(_text(OLD), _text(OLD)) == []
    moved = OLD.replace(
        "第三条 违反第二条规定的，处一万元以下的罚款。\n第四条 样例的使用费用由使用人承担。",
        "第三条 样例的使用费用由使用人承担。\n第四条 违反第二条规定的，处一万元以下的罚款。",
    )
    assert changes(_text(OLD), _text(moved)) == [Change("moved", 4, 3, 100), Change("moved", 3, 4, 100)]


def test_that_the_renumbering_of_the_unfair_competition_law_is_found(texts: dict[str, OfficialText]) -> None:
    found = changes(texts["反不正当竞争法@2019-04-23"], texts["反不正当竞争法@2025-10-15"])
    numbers = {one.old: one.new for one in found if one.old and one.new}
    assert {6: 7, 8: 9, 10: 11, 11: 12, 18: 23, 20: 25, 22: 27, 23: 28}.items() <= numbers.items()
    assert [one.new for one in found if one.kind == "added"] == [3, 14, 15, 18, 21, 24, 31, 40]
