import pytest

from inspector_app.leads.patterns import PatternRefused, compile_pattern

WORDS = {"goods": ("面膜", "三七粉")}


def test_that_shorthands_are_expanded() -> None:
    pattern = compile_pattern("<goods>~3<num>元", WORDS)
    assert pattern.search("面膜只要99元")
    assert not pattern.search("面膜，99元")
    assert not pattern.search("面膜不要99元")


def test_that_words_of_a_pattern_take_the_normal_form() -> None:
    assert compile_pattern("世界第一", WORDS).search("世界第1")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("最.*好", "pattern_unbounded"),
        ("最.+好", "pattern_unbounded"),
        ("最.{2,}好", "pattern_unbounded"),
        ("最.{0,90}好", "pattern_unbounded"),
        ("(?:最{0,9}好){1,9}", "pattern_nested"),
        ("(?:最?){1,9}好", "pattern_nested"),
        (".{0,60}a.{0,60}b.{0,60}c.{0,60}", "pattern_too_costly"),
        ("最(好", "not_a_pattern"),
        ("最)好", "not_a_pattern"),
        ("<absent>", "unknown_vocabulary"),
        ("好" * 1_001, "pattern_too_long"),
    ],
)
def test_that_a_pattern_that_could_run_away_is_refused(source: str, problem: str) -> None:
    with pytest.raises(PatternRefused) as refused:
        compile_pattern(source, WORDS)
    assert refused.value.problem == problem


@pytest.mark.parametrize("source", ["[最好]{2}", r"\d{1,3}%", "(?<!全网)最佳(?=的)", "a?b?c?", "(?:最好|最佳)的?"])
def test_that_ordinary_patterns_are_taken(source: str) -> None:
    compile_pattern(source, WORDS)
