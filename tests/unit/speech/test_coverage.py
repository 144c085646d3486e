"""The share of speech with text: counted from the spans, never rounded up, and a person's word settles it."""

from dataclasses import replace

from inspector_app.domain.records import Chunk, Segment
from inspector_app.speech import gates
from inspector_app.speech.coverage import Minute, measure

SECOND = 1_000_000


def chunk(number: int, state: str, *spans: tuple[int, int]) -> Chunk:
    speech = tuple([start * SECOND, end * SECOND] for start, end in spans)
    return Chunk(f"c{number}", "t", number, spans[0][0] * SECOND, spans[-1][1] * SECOND, state, speech=speech)


def said(start: int, end: int, text: str = "今天给大家带来这款面膜", flags: tuple[str, ...] = ()) -> Segment:
    return Segment(f"s{start}", "r", "t", "c", start * SECOND, end * SECOND, text, text, 700, flags=flags)


def test_that_speech_without_text_is_counted_and_speech_not_yet_heard_is_told_apart() -> None:
    chunks = [chunk(0, "done", (0, 10), (12, 20)), chunk(1, "failed", (30, 40)), chunk(2, "pending", (70, 90))]
    found = measure(chunks, [said(0, 10), said(12, 16)])
    assert (found.speech_us, found.covered_us, found.waiting_us, found.failed_us) == tuple(n * SECOND for n in (48, 14, 20, 10))
    assert found.share_pm == 500
    assert found.minutes == (Minute(0, 28 * SECOND, 14 * SECOND, 0), Minute(1, 20 * SECOND, 0, 20 * SECOND))


def test_that_a_span_over_a_full_minute_is_shared_out() -> None:
    found = measure([chunk(0, "done", (50, 130))], [said(50, 130, "好" * 300)])
    assert [(one.number, one.speech_us // SECOND, one.covered_us // SECOND) for one in found.minutes] == [
        (0, 10, 10),
        (1, 60, 60),
        (2, 10, 10),
    ]
    assert found.share_pm == 1000


def test_that_unrecognised_and_sparse_text_covers_nothing_until_a_person_wrote_it() -> None:
    empty = said(0, 10, "", (gates.UNRECOGNISED,))
    sparse = said(10, 20, "嗯", (gates.SPARSE_TEXT,))
    chunks = [chunk(0, "done", (0, 20))]
    assert measure(chunks, [empty, sparse]).share_pm == 0
    assert measure(chunks, [replace(empty, corrected="听不清的一句", corrected_by="张敏"), sparse]).share_pm == 500
    assert measure(chunks, [empty, replace(sparse, confirmed_by="张敏")]).share_pm == 500


def test_that_a_share_is_rounded_down() -> None:
    found = measure([chunk(0, "done", (0, 3000))], [said(1, 3000, "好" * 20_000)])
    assert found.share_pm == 999


def test_that_what_a_person_checked_is_counted_by_time_and_settles_doubt() -> None:
    doubtful = said(10, 40, flags=(gates.REPETITION_LOOP,))
    found = measure([chunk(0, "done", (0, 40))], [replace(said(0, 10), corrected="对", corrected_by="张敏"), doubtful])
    assert (found.checked_pm, found.checked, found.segments, found.doubtful) == (250, 1, 2, 1)
    settled = measure([chunk(0, "done", (0, 40))], [replace(doubtful, confirmed_by="张敏", confirmed_at="2026-06-01T12:00:00+08:00")])
    assert (settled.checked_pm, settled.doubtful) == (1000, 0)


def test_that_nothing_is_claimed_where_nothing_is_known() -> None:
    subtitles = measure([], [said(0, 10)])
    assert (subtitles.share_pm, subtitles.checked_pm, subtitles.minutes) == (None, 0, ())
    assert measure([], []).checked_pm is None
