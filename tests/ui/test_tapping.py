"""What a tap means, on plain values: looking back, extending, a second article, and what to do with no words at hand."""

from inspector_app.domain.records import Finding, Segment
from inspector_app.domain.timebase import SECOND, Interval
from inspector_app.ui.input.tapping import heard, meaning

LENGTH = 60 * SECOND


def sentence(number: int, start_s: float, end_s: float) -> Segment:
    return Segment(f"seg_{number}", "rec", "tra", "chk", int(start_s * SECOND), int(end_s * SECOND), "话", "话", 900)


SENTENCES = [sentence(0, 0, 4), sentence(1, 4, 8), sentence(2, 9, 13), sentence(3, 20, 24)]


def finding(start_s: float, end_s: float, *articles: str, number: int = 1, state: str = "draft") -> Finding:
    return Finding(
        f"fin_{number}", number, "rec", int(start_s * SECOND), int(end_s * SECOND), "", "", "", 2, state, "张三", "", articles=articles
    )


def span(start_s: float, end_s: float) -> Interval:
    return Interval(int(start_s * SECOND), int(end_s * SECOND))


def test_that_a_sentence_that_ended_under_two_seconds_ago_is_the_one_meant() -> None:
    assert heard(SENTENCES, int(5.5 * SECOND), 0, LENGTH) == span(0, 4)
    assert heard(SENTENCES, int(14.9 * SECOND), 0, LENGTH) == span(9, 13)


def test_that_two_seconds_on_the_sentence_now_heard_is_meant() -> None:
    assert heard(SENTENCES, 6 * SECOND, 0, LENGTH) == span(4, 8)


def test_that_a_tap_never_looks_back_behind_a_seek() -> None:
    assert heard(SENTENCES, 4 * SECOND, 4 * SECOND, LENGTH) == span(4, 8)
    assert heard(SENTENCES, int(4.5 * SECOND), 4 * SECOND, LENGTH) == span(4, 8)


def test_that_without_words_the_seconds_before_are_meant() -> None:
    assert heard(SENTENCES, 18 * SECOND, 0, LENGTH) == span(13, 18)
    assert heard([], 2 * SECOND, 0, LENGTH) == span(0, 2)
    assert heard([], 0, 0, LENGTH) == span(0, 1)


def test_that_a_first_tap_makes_a_finding() -> None:
    assert meaning(SENTENCES, [], span(4, 8), "办法:34-1").kind == "new"


def test_that_the_same_article_extends_and_another_is_added() -> None:
    made = finding(4, 8, "办法:34-1")
    again = meaning(SENTENCES, [made], span(4, 8), "办法:34-1")
    assert (again.kind, again.span) == ("extend", span(4, 13))
    other = meaning(SENTENCES, [made], span(4, 8), "办法:32")
    assert (other.kind, other.finding) == ("second", made)


def test_that_the_last_sentence_has_nothing_to_extend_to() -> None:
    assert meaning(SENTENCES, [finding(20, 24, "办法:32")], span(20, 24), "办法:32").kind == "nothing"


def test_that_a_withdrawn_finding_does_not_count() -> None:
    gone = finding(4, 8, "办法:34-1", state="withdrawn")
    assert meaning(SENTENCES, [gone], span(4, 8), "办法:34-1").kind == "new"


def test_that_the_newest_of_several_findings_is_meant() -> None:
    one, two = finding(0, 8, "办法:34-1", number=1), finding(4, 8, "办法:36", number=2)
    assert meaning(SENTENCES, [one, two], span(4, 8), "办法:32").finding == two


def test_that_a_long_finding_that_only_lies_over_the_sentence_is_never_changed() -> None:
    price_on_screen = finding(0, 24, "办法:32")
    for article in ("办法:32", "广告法:9-1-3"):
        assert meaning(SENTENCES, [price_on_screen], span(9, 13), article).kind == "new"


def test_that_a_finding_with_a_mended_end_is_still_that_of_its_sentence() -> None:
    mended = finding(8.6, 13.4, "办法:34-1")
    assert meaning(SENTENCES, [mended], span(9, 13), "办法:32").finding == mended
