"""Hostile or careless catalogue files are refused, with the file and the line."""

from pathlib import Path

import pytest

from inspector_app.domain.errors import BadInput
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.strict_yaml import read_yaml


def _refused(path: Path) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        read_yaml(path)
    assert caught.value.code == "law.bad_catalogue"
    return caught.value.facts


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a: 1\nb: &x [1]\n", 2, "anchor_or_alias"),
        ("a: 1\nb: *x\n", 2, "anchor_or_alias"),
        ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "tag"),
        ("a: 1\nb: !!str 2\n", 2, "tag"),
        ("a: 1\nb: 2\na: 3\n", 3, "repeated_key"),
        ("a: 1\n<<: {b: 1}\n", 2, "bad_key"),
        ("a: 1\n[1, 2]: 3\n", 2, "bad_key"),
        ("a: 1\n\nb: [1, 2\n", 4, "not_yaml"),
        ("a: 1\n---\nb: 2\n", 2, "second_document"),
        ("# nothing\n", 1, "empty"),
        ("a: 1\nb: 罚款\u202e元\n", 2, "hidden_character"),
        ("a: 1\nb: \x07\n", 2, "not_yaml"),
        ("a:\n  " + "[" * 100_000, 2, "too_deep"),
    ],
)
def test_that_what_is_outside_the_strict_subset_is_refused_with_its_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    facts = _refused(path)
    assert (facts["file"], facts["line"], facts["problem"]) == ("a.yaml", str(line), problem)


def test_that_other_encodings_and_huge_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("a: 1\nb: 罚款\n".encode("gb18030"))
    assert _refused(path)["problem"] == "not_utf8"
    path.write_text("# " + "x" * 1_000_001, "utf-8")
    assert _refused(path)["problem"] == "too_large"


def test_that_scalars_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: no\nb: 2026-02-01\nc: 010\nd: null\ne: 'null'\n", "utf-8")
    value = read_yaml(path).value
    assert isinstance(value, dict)
    assert {key: node.value for key, node in value.items()} == {"a": "no", "b": "2026-02-01", "c": "010", "d": None, "e": "null"}
    assert value["e"].line == 5


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("    title: {zh: 账号主页信息公示", "    titel: {zh: 账号主页信息公示", "missing_field"),
        ("  - article: 25\n    kind: duty", "  - article: 25\n    kind: duty\n    colour: red", "unknown_field"),
        ("  - article: 25\n    kind: duty", "  - article: 25\n    kind: wish", "unknown_value"),
        ("  - article: 26\n", "  - article: 24\n", "article_order"),
        ("in_force_from: 2026-02-01", "in_force_from: 2026-02-30", "not_a_date"),
        ("articles_total: 69", "articles_total: 六十九", "not_a_number"),
        ("    liability: [disclosure]\n", "    liability: [disclosures]\n", "unknown_value"),
        ('  - code: "办法:25-3"', '  - code: "广告法:25-3"', "other_law"),
        ('  - code: "办法:25-3"', '  - code: "办法第25条"', "not_a_code"),
        ("departments: [cac]", "departments: [police]", "unknown_value"),
        ("condition: order_first", "condition: perhaps", "unknown_value"),
        ("{min_yuan: 10000, max_yuan: 100000}", "{min_yuan: 100000, max_yuan: 10000}", "ends_before_it_starts"),
        ('en: "Order to correct in time; a fine up to 10,000 yuan may be added"', 'en: ""', "not_text"),
        ("format: 1", "format: 2", "unknown_value"),
    ],
)
def test_that_a_wrong_field_is_refused_with_file_and_line(folder: Path, old: str, new: str, problem: str) -> None:
    path = folder / "measures_2026.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        Catalogue.load(folder)
    assert caught.value.code == "law.bad_catalogue"
    assert caught.value.facts["file"] == "measures_2026.yaml"
    assert caught.value.facts["problem"] == problem
    # near the line that was changed: a missing field is reported on the line where its mapping begins
    assert abs(int(caught.value.facts["line"]) - (text[: text.index(old)].count("\n") + 1)) <= 5


def test_that_a_duty_without_market_regulation_penalty_must_say_so(folder: Path) -> None:
    path = folder / "measures_2026.yaml"
    text = path.read_text("utf-8")
    start = text.index("    note: {zh: 本款没有市场监管部门的罚则")
    path.write_text(text[:start] + text[text.index("\n", start) + 1 :], "utf-8")
    with pytest.raises(BadInput) as caught:
        Catalogue.load(folder)
    assert (caught.value.facts["problem"], caught.value.facts["value"]) == ("missing_field", "note")


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("measures_2026.yaml", '"反不正当竞争法:28"', '"反不正当竞争法:42"', "place"),
        ("measures_2026.yaml", '"反不正当竞争法:25-1", "广告法:55"', '"反不正当竞争法:20-1", "广告法:55"', "penalty"),
        ("measures_2026.yaml", 'parallel: ["反不正当竞争法:12"', 'parallel: ["刑法:222"', "law"),
        ("measures_2026.yaml", '- code: "办法:31-2"', '- code: "办法:31-3"', "place"),
        ("measures_2026.yaml", '- code: "办法:31-2"', '- code: "办法:31-1"', "repeated_duty"),
        ("measures_2026.yaml", "first: 25, last: 37", "first: 25, last: 36", "chapter"),
        ("measures_2026.yaml", 'place: "办法:64"', 'place: "办法:63"', "penalty"),
        ("records.yaml", '"办法:16"', '"办法:16-2"', "place"),
        ("unfair_competition_law_2025.yaml", "renumbered_from: 8", "renumbered_from: 10", "renumbering"),
        ("unfair_competition_law_2025.yaml", "supersedes: 2019-04-23", "supersedes: 2017-11-04", "succession"),
        ("unfair_competition_law_2019.yaml", "in_force_to: 2025-10-15", "in_force_to: 2025-10-01", "succession"),
    ],
)
def test_that_a_chain_that_does_not_hold_is_refused(folder: Path, file: str, old: str, new: str, problem: str) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        Catalogue.load(folder)
    assert caught.value.code == "law.broken_chain"
    assert caught.value.facts["problem"] == problem


def test_that_an_empty_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        Catalogue.load(tmp_path)
    assert caught.value.code == "law.no_catalogue"
