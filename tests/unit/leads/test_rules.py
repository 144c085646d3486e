from pathlib import Path

import pytest

from inspector_app.domain.errors import BadInput
from inspector_app.leads.examples import check_examples
from inspector_app.leads.rules import RuleSet, load_rules

CATEGORIES = [
    "A01",
    "A02",
    "A03",
    "A04",
    "A06",
    "A07",
    "B01",
    "B02",
    "B03",
    "B04",
    "C01",
    "C02",
    "C04",
    "E01",
    "E03",
    "E04",
    "E06",
    "F01",
    "F04",
]


def test_that_every_example_of_the_shipped_rules_comes_out_as_written(lexicon: RuleSet) -> None:
    assert check_examples(lexicon) == []


def test_that_the_shipped_rules_cover_their_categories(lexicon: RuleSet) -> None:
    assert set(CATEGORIES) <= {rule.category for rule in lexicon.rules}


def test_that_an_example_that_fails_is_named(folder: Path) -> None:
    path = folder / "rules.yaml"
    path.write_text(path.read_text("utf-8").replace("negative: [你好", "negative: [真的全国最佳"), encoding="utf-8")
    (failure,) = check_examples(load_rules(folder))
    assert (failure.rule, failure.example, failure.expected, failure.found) == ("A01-try", "真的全国最佳", "none", "lead")


def test_that_the_digest_names_the_files_read(folder: Path) -> None:
    first = load_rules(folder).sha256
    assert load_rules(folder).sha256 == first
    path = folder / "rules.yaml"
    path.write_text(path.read_text("utf-8") + "# changed\n", encoding="utf-8")
    assert load_rules(folder).sha256 != first


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("severity: 2", "severity: 9", 7, "not_in_range"),
        ("severity: 2", "severty: 2", 7, "unknown_key"),
        ("    severity: 2\n", "", 2, "missing_key"),
        ("severity: 2", "severity: 2\n    severity: 2", 8, "repeated_key"),
        ("terms: [全国最佳]", "terms: [佳]", 8, "term_too_short"),
        ("terms: [全国最佳]", "terms: [全国最佳, 全国最佳]", 8, "repeated_term"),
        ("terms: [全国最佳]", 'patterns: ["最(?:好{1,9}){1,9}"]', 8, "pattern_nested"),
        ("terms: [全国最佳]", 'patterns: ["最<absent>"]', 8, "unknown_vocabulary"),
        ("    terms: [全国最佳]\n", "", 2, "missing_key"),
        ("terms: [全国最佳]", "terms: [全国最佳]\n    near_sound: [最佳]", 9, "near_sound_is_no_term"),
        ("terms: [全国最佳]", "terms: [最佳]\n    pinyin: true\n    near_sound: [最佳]", 8, "too_short_for_near_sound"),
        ("terms: [全国最佳]", "terms: [全国最佳]\n    times: 3", 9, "key_of_another_kind"),
        ('articles: ["广告法:9-1-3"]', "articles: [广告法]", 5, "not_an_article"),
        ("witnesses: [speech, screen, chat]", "witnesses: [smell]", 6, "not_one_of"),
        ("exemptions: [negation]", "exemptions: [nothing]", 9, "unknown_exemption"),
        ("id: A01-try", "id: try", 2, "bad_rule_id"),
        ("category: A01", "category: A02", 2, "bad_rule_id"),
        ('“{matched}”", en', '{word}", en', 10, "bad_placeholder"),
        ("[你好, 再见, 不能说全国最佳]", "[你好, 再见]", 13, "too_few_examples"),
        ("severity: 2", "severity: &a 2", 7, "anchor_or_alias"),
        ("severity: 2", "severity: [2", 8, "not_yaml"),
    ],
)
def test_that_an_error_names_the_file_and_line(folder: Path, old: str, new: str, line: int, problem: str) -> None:
    path = folder / "rules.yaml"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load_rules(folder)
    assert refused.value.code == "leads.bad_rules"
    assert (refused.value.facts["file"], refused.value.facts["line"], refused.value.facts["problem"]) == ("rules.yaml", str(line), problem)


def test_that_a_refused_pattern_names_its_rule(folder: Path) -> None:
    path = folder / "rules.yaml"
    path.write_text(path.read_text("utf-8").replace("terms: [全国最佳]", 'patterns: ["最.*佳"]'), encoding="utf-8")
    with pytest.raises(BadInput, match="A01-try"):
        load_rules(folder)


def test_that_a_rule_may_stand_once_only(folder: Path) -> None:
    (folder / "again.yaml").write_text((folder / "rules.yaml").read_text("utf-8"), encoding="utf-8")
    with pytest.raises(BadInput, match="repeated_rule"):
        load_rules(folder)


def test_that_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        load_rules(tmp_path)
    assert refused.value.code == "leads.no_rules"


def test_that_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / "rules.yaml").write_bytes(b"rules:\n  - \xff\xfe\n")
    with pytest.raises(BadInput) as refused:
        load_rules(folder)
    assert (refused.value.facts["problem"], refused.value.facts["line"]) == ("not_utf8", "2")


def test_that_a_bureau_adds_words_to_a_class_and_every_rule_knows_them(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.mktemp("own") / "vocabulary_own.yaml"
    own.write_text("words:\n  goods: [手串]\n", encoding="utf-8")
    rules = folder / "rules.yaml"
    rules.write_text(rules.read_text("utf-8").replace("terms: [全国最佳]", 'patterns: ["全国最佳<goods>"]'), encoding="utf-8")
    for files, expected in (((), False), ((own,), True)):
        (rule,) = load_rules(folder, *files).rules
        assert bool(rule.patterns[0].search("全国最佳手串")) == expected
        assert rule.patterns[0].search("全国最佳面膜")
    own.write_text("words:\n  goods: 手串\n", encoding="utf-8")
    refused: list[BadInput] = []
    assert load_rules(folder, own, refused=refused).rules
    assert [error.facts["file"] for error in refused] == ["vocabulary_own.yaml"]
