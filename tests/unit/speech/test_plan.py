import itertools

from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.timebase import Interval
from inspector_app.speech import plan
from inspector_app.speech.plan import Chunk, length_of, plan_chunks, speech_spans

SECOND = 1_000_000


@st.composite
def ordered_spans(draw: st.DrawFn) -> tuple[list[Interval], int]:
    pairs = draw(st.lists(st.tuples(st.integers(0, 5 * SECOND), st.integers(1, 90 * SECOND)), max_size=30))
    at, spans = 0, []
    for gap, length in pairs:
        spans.append(Interval(at + gap, at + gap + length))
        at += gap + length
    return spans, at + draw(st.integers(0, SECOND))


@given(ordered_spans())
def test_that_every_span_of_speech_lies_in_exactly_one_chunk(case: tuple[list[Interval], int]) -> None:
    spans, total = case
    pieces = [piece for chunk in plan_chunks(spans, total) for piece in chunk.speech]
    assert length_of(pieces) == length_of(spans)
    assert all(a.end_us <= b.start_us for a, b in itertools.pairwise(pieces))
    for span in spans:
        inside = [piece for piece in pieces if piece.overlaps(span)]
        assert (inside[0].start_us, inside[-1].end_us) == (span.start_us, span.end_us)
        assert length_of(inside) == span.length_us


@given(ordered_spans())
def test_that_no_chunk_is_too_long_or_bridges_a_long_silence(case: tuple[list[Interval], int]) -> None:
    chunks = plan_chunks(*case)
    assert [chunk.ord for chunk in chunks] == list(range(len(chunks)))
    for chunk in chunks:
        assert 0 < chunk.end_us - chunk.start_us <= plan.LONGEST_US
        assert chunk.start_us == chunk.speech[0].start_us
        assert chunk.end_us == chunk.speech[-1].end_us
        for before, after in zip(chunk.speech, chunk.speech[1:], strict=False):
            assert after.start_us - before.end_us < plan.NEVER_ACROSS_US
    assert all(a.end_us <= b.start_us for a, b in itertools.pairwise(chunks))


@given(ordered_spans())
def test_that_a_plan_survives_being_stored(case: tuple[list[Interval], int]) -> None:
    chunks = plan_chunks(*case)
    assert [Chunk.from_item(chunk.as_item()) for chunk in chunks] == chunks


def test_that_neighbouring_sentences_share_a_chunk_and_a_long_silence_parts_them() -> None:
    spans = [Interval(0, 4 * SECOND), Interval(5 * SECOND, 9 * SECOND), Interval(11 * SECOND, 15 * SECOND)]
    assert [(chunk.start_us, chunk.end_us) for chunk in plan_chunks(spans, 20 * SECOND)] == [
        (0, 9 * SECOND),
        (11 * SECOND, 15 * SECOND),
    ]


def test_that_no_speech_gives_no_chunk() -> None:
    assert plan_chunks([], 60 * SECOND) == []
    assert speech_spans([0.01] * 500, 500 * plan.WINDOW_US) == []


def test_that_speech_past_the_end_of_the_sound_is_cut_to_it() -> None:
    assert [(chunk.start_us, chunk.end_us) for chunk in plan_chunks([Interval(SECOND, 9 * SECOND)], 3 * SECOND)] == [(SECOND, 3 * SECOND)]


probabilities = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.6, 1.0]), st.integers(1, 400)).map(lambda run: [run[0]] * run[1]), max_size=25
).map(lambda runs: [value for run in runs for value in run])


@given(probabilities)
def test_that_spans_of_speech_are_ordered_bounded_and_hold_all_clear_speech(values: list[float]) -> None:
    total = len(values) * plan.WINDOW_US
    spans = speech_spans(values, total)
    assert all(0 <= span.start_us < span.end_us <= total for span in spans)
    assert all(span.length_us <= plan.JOIN_UP_TO_US for span in spans)
    assert all(a.end_us <= b.start_us for a, b in itertools.pairwise(spans))
    for window, (first, second) in enumerate(itertools.pairwise(values)):
        if first >= plan.SPEECH_FROM and second >= plan.SPEECH_FROM:
            middle = window * plan.WINDOW_US + plan.WINDOW_US // 2
            assert any(span.start_us <= middle < span.end_us for span in spans)


def test_that_speech_without_a_silence_is_cut_where_it_is_quietest() -> None:
    values = [0.99] * 1500
    values[800] = 0.6
    spans = speech_spans(values, 1500 * plan.WINDOW_US)
    assert spans[0].end_us == spans[1].start_us == 800 * plan.WINDOW_US + plan.WINDOW_US // 2


def test_that_padding_meets_in_the_middle_of_a_short_silence() -> None:
    values = [0.9] * 20 + [0.0] * 11 + [0.9] * 20
    spans = speech_spans(values, len(values) * plan.WINDOW_US)
    assert len(spans) == 2
    assert spans[0].end_us == spans[1].start_us == 20 * plan.WINDOW_US + 11 * plan.WINDOW_US // 2
