"""What the engine ran together is cut into sentences again: at marks and pauses, and not a character is lost."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.timebase import Interval
from inspector_app.speech.gates import REPETITION_LOOP, Heard
from inspector_app.speech.hearing import hear
from inspector_app.speech.plan import Chunk
from inspector_app.speech.sentences import SHORTEST_US, cut

SECOND = 1_000_000


def said(text: str, end_s: float, start_s: float = 0) -> Heard:
    """A segment whose characters are spread evenly."""
    start_us, end_us = round(start_s * SECOND), round(end_s * SECOND)
    edges = [start_us + (end_us - start_us) * number // len(text) for number in range(len(text) + 1)]
    return Heard(start_us, end_us, text, -300, 0, tuple((*span, letter) for span, letter in zip(pairwise(edges), text, strict=True)))


def spans(*edges: float) -> list[Interval]:
    return [Interval(round(a * SECOND), round(b * SECOND)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def texts(pieces: list[Heard]) -> list[str]:
    return [piece.raw for piece in pieces]


def test_that_sentences_run_together_are_cut_where_the_host_paused() -> None:
    long = said("今天这款面膜全网最低价只要九十九块钱三天见效祛斑美白", 13)
    pieces = cut(long, spans(0, 5.9, 6.1, 9.1, 9.5, 13))
    assert texts(pieces) == [long.raw[:12], long.raw[12:19], long.raw[19:]]
    assert [(piece.start_us, piece.end_us) for piece in pieces] == [(0, 6 * SECOND), (6 * SECOND, 9_300_000), (9_300_000, 13 * SECOND)]


def test_that_full_stops_part_sentences_and_commas_only_what_is_too_long() -> None:
    assert texts(cut(said("这款面膜很好用。大家快来下单吧", 6), spans(0, 6))) == ["这款面膜很好用。", "大家快来下单吧"]
    assert texts(cut(said("这款面膜很好用，大家快来下单吧", 6), spans(0, 6))) == ["这款面膜很好用，大家快来下单吧"]
    assert texts(cut(said("这款面膜很好用，大家快来下单吧", 9), spans(0, 9))) == ["这款面膜很好用，", "大家快来下单吧"]


def test_that_a_short_segment_and_one_without_times_stay_whole() -> None:
    short = said("好的。谢谢大家", 4)
    assert cut(short, spans(0, 1, 3, 4)) == [short]
    untimed = Heard(0, 12 * SECOND, "好的。谢谢大家", -300, 0)
    assert cut(untimed, spans(0, 1, 3, 12)) == [untimed]


def test_that_a_sentence_without_pause_or_mark_stays_whole() -> None:
    long = said("今天这款面膜全网最低价只要九十九块钱", 12)
    assert cut(long, spans(0, 12)) == [long]


def test_that_a_loop_is_not_cut_into_innocent_pieces() -> None:
    loop = said("谢谢大家。" * 6, 12)
    outcome = hear(Chunk(0, 0, 12 * SECOND, tuple(spans(0, 12))), lambda _span, _wide: [loop], wide=True)
    assert [(one.text, REPETITION_LOOP in one.flags) for one in outcome.segments] == [(loop.raw, True)]


@given(
    st.text("今天面膜好用，。？ a1", min_size=1, max_size=80).map(str.strip).filter(bool),
    st.integers(1, 28),
    st.lists(st.integers(0, 280), max_size=20, unique=True).map(sorted),
)
def test_that_pieces_are_the_text_in_order_and_lie_in_the_segment(text: str, length_s: int, tenths: list[int]) -> None:
    whole = said(text, length_s)
    speech = [Interval(first * SECOND // 10, end * SECOND // 10) for first, end in zip(tenths[::2], tenths[1::2], strict=False)]
    pieces = cut(whole, speech)
    assert "".join("".join(texts(pieces)).split()) == "".join(text.split())
    assert (pieces[0].start_us, pieces[-1].end_us) == (whole.start_us, whole.end_us)
    assert all(before.end_us == after.start_us for before, after in pairwise(pieces))
    assert len(pieces) == 1 or all(piece.end_us - piece.start_us >= SHORTEST_US for piece in pieces)
