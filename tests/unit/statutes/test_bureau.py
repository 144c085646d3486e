"""A bureau's own files: read whole or refused with line, column and what was expected; sets of hot keys are kept by digest."""

import hashlib
from pathlib import Path

import pytest

from inspector_app import i18n
from inspector_app.domain.errors import BadInput
from inspector_app.statutes import bureau
from inspector_app.statutes.catalogue import Catalogue

CODES = (
    "办法:34-1",
    "办法:32",
    "办法:36",
    "办法:26-1",
    "办法:31-1",
    "办法:37-1",
    "办法:33-1-2",
    "广告法:9-1-3",
    "广告法:17",
    "价格法:14-1-4",
)
HOT = "# 本局热键\nformat: 1\nhot_keys:\n" + "".join(f"  {digit}: {code}\n" for digit, code in zip(bureau.DIGITS, CODES, strict=True))
NOTES = "format: 1\nnotes:\n  - article: 办法:34-1\n    text: 首次违法且及时改正的，可以从轻。\n    source: 样例规〔2026〕1号\n  - article: 广告法:9-1-3\n    text: 见指南。\n"


@pytest.fixture
def where(tmp_path: Path) -> Path:
    folder = tmp_path / "本局 文件"
    (folder / "lexicon").mkdir(parents=True)
    (folder / bureau.HOT_KEYS).write_text(HOT, "utf-8")
    (folder / bureau.NOTES).write_text(NOTES, "utf-8")
    (folder / "lexicon" / "own.yaml").write_text("rules:\n  - id: A01-own\n", "utf-8")
    return folder


def test_that_a_bureaus_files_are_read(where: Path, catalogue: Catalogue) -> None:
    hot = bureau.hot_set(where)
    assert hot is not None
    assert hot.codes == CODES
    assert hot.sha256 == hashlib.sha256(HOT.encode()).hexdigest()
    first, second = bureau.discretion_notes(where)
    assert (str(first.article), first.text, first.source) == ("办法:34-1", "首次违法且及时改正的，可以从轻。", "样例规〔2026〕1号")
    assert second.source == ""
    found = bureau.check(where, catalogue)
    assert (found.hot, len(found.notes), [path.name for path in found.lexicon]) == (hot, 2, ["own.yaml"])


def test_that_nothing_is_needed(tmp_path: Path, catalogue: Catalogue) -> None:
    assert bureau.hot_set(tmp_path / "无") is None
    assert bureau.discretion_notes(tmp_path / "无") == ()
    assert bureau.check(tmp_path / "无", catalogue) == bureau.BureauFiles(None, (), ())


def test_that_the_folder_follows_the_users_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path))
    assert bureau.folder() == tmp_path / "bureau"


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "column", "found"),
    [
        ("  3: 办法:36", "  3: 第三十六", "bureau.bad_code", 6, 6, "第三十六"),
        ("  3: 办法:36", "  3: 办法:99", "bureau.unknown_article", 6, 6, "办法:99"),
        ("  3: 办法:36", "  3: 刑法:222", "bureau.unknown_article", 6, 6, "刑法:222"),
        ("  3: 办法:36", "  3: 办法:32", "bureau.repeated", 6, 6, "办法:32"),
        ("  3: 办法:36", "  3:", "bureau.not_text", 6, 3, "3"),
        ("  3: 办法:36", "  3: [办法:36]", "bureau.not_text", 6, 3, "3"),
        ("  3: 办法:36", "  三: 办法:36", "bureau.unknown_field", 6, 3, "三"),
        ("  3: 办法:36\n", "", "bureau.missing_field", 4, 3, "3"),
        ("  3: 办法:36", "  2: 办法:36", "bureau.bad_yaml", 6, 3, "2"),
        ("  3: 办法:36", "  3: [办法:36", "bureau.bad_yaml", 7, 4, None),
        ("  3: 办法:36", "  3: &a 办法:36", "bureau.bad_yaml", 6, 3, ""),
        ("format: 1", "format: 2", "bureau.other_format", 2, 9, "2"),
        ("format: 1\n", "", "bureau.missing_field", 2, 1, "format"),
        ("hot_keys:", "hotkeys:", "bureau.unknown_field", 3, 1, "hotkeys"),
        (HOT, "- 办法:34-1\n", "bureau.not_a_mapping", 1, 1, ""),
        (HOT, "", "bureau.bad_yaml", 1, 1, ""),
    ],
)
def test_that_a_slip_in_the_hot_keys_is_told_with_its_place(
    where: Path, catalogue: Catalogue, old: str, new: str, code: str, line: int, column: int, found: str | None
) -> None:
    assert old in HOT
    (where / bureau.HOT_KEYS).write_text(HOT.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        bureau.check(where, catalogue)
    facts = caught.value.facts
    assert (caught.value.code, facts["file"], int(facts["line"])) == (code, bureau.HOT_KEYS, line)
    if found is not None:
        assert facts["found"] == found
        assert int(facts["column"]) == column
    for language in i18n.LANGUAGES:
        before = i18n.language()
        i18n.set_language(language)
        cause, step = i18n.explain(caught.value)
        i18n.set_language(before)
        assert facts["line"] in cause
        assert facts["column"] in cause
        assert "{" not in cause + step


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("article: 办法:34-1", "article: 办法:34-9", "bureau.unknown_article", 3),
        ("    text: 见指南。\n", "", "bureau.missing_field", 6),
        ("    source:", "    quelle:", "bureau.unknown_field", 5),
        ("notes:\n", "notes: 无\n", "bureau.bad_yaml", 3),
        (NOTES[NOTES.index("notes:") :], "notes: 无\n", "bureau.not_a_list", 2),
    ],
)
def test_that_a_slip_in_the_notes_is_told_with_its_line(
    where: Path, catalogue: Catalogue, old: str, new: str, code: str, line: int
) -> None:
    (where / bureau.NOTES).write_text(NOTES.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        bureau.check(where, catalogue)
    assert (caught.value.code, int(caught.value.facts["line"])) == (code, line)


def test_that_a_file_of_lead_terms_that_is_no_yaml_is_refused(where: Path, catalogue: Catalogue) -> None:
    (where / "lexicon" / "own.yaml").write_bytes("rules: 规则\n".encode("gb18030"))
    with pytest.raises(BadInput) as caught:
        bureau.check(where, catalogue)
    assert (caught.value.code, caught.value.facts["problem"]) == ("bureau.bad_yaml", "not_utf8")


def test_that_a_set_in_use_is_kept_and_never_changes(where: Path) -> None:
    hot = bureau.hot_set(where)
    assert hot is not None
    copy = bureau.keep(where, hot)
    stamp = copy.stat().st_mtime_ns
    (where / bureau.HOT_KEYS).write_text(HOT.replace("办法:36", "办法:44"), "utf-8")
    changed = bureau.hot_set(where)
    assert changed is not None
    assert changed.sha256 != hot.sha256
    assert bureau.keep(where, hot) == copy
    assert copy.stat().st_mtime_ns == stamp
    bureau.keep(where, changed)
    assert bureau.kept(where, hot.sha256) == hot
    assert bureau.kept(where, changed.sha256) == changed


def test_that_a_set_that_is_gone_or_altered_is_refused(where: Path) -> None:
    hot = bureau.hot_set(where)
    assert hot is not None
    for sha256 in (hot.sha256, "../" * 20, ""):
        with pytest.raises(BadInput, match="no_version"):
            bureau.kept(where, sha256)
    copy = bureau.keep(where, hot)
    copy.chmod(0o644)
    copy.write_text(HOT.replace("办法:36", "办法:44"), "utf-8")
    with pytest.raises(BadInput, match="version_altered"):
        bureau.kept(where, hot.sha256)
    (where / bureau.HOT_KEYS).write_text(HOT + "# 变\n", "utf-8")
    copy.unlink()
    with pytest.raises(BadInput, match="changed_meanwhile"):
        bureau.keep(where, hot)


def test_that_a_bureau_words_its_dossier_its_own_way(tmp_path: Path) -> None:
    (tmp_path / "dossier.yaml").write_text("format: 1\ndossier:\n  office: 示例市市场监督管理局\n  title: 直播证据卷\n", encoding="utf-8")
    assert bureau.dossier_words(tmp_path) == {"office": "示例市市场监督管理局", "title": "直播证据卷"}


def test_that_a_bureau_cannot_reword_what_a_dossier_claims(tmp_path: Path) -> None:
    (tmp_path / "dossier.yaml").write_text("format: 1\ndossier:\n  how_to_read: 一切属实\n", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        bureau.dossier_words(tmp_path)
    assert (refused.value.code, refused.value.facts["line"]) == ("bureau.unknown_field", "3")
