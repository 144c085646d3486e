"""Which file shows a moment, and what its container calls it."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.timebase import Interval
from inspector_app.media.timeline import Timeline, TimelinePart

A = TimelinePart(Path("a.flv"), 0, 10_000_000, 1_400_000)
B = TimelinePart(Path("b.flv"), 12_000_000, 20_000_000, 0, Path("b.npz"))
LINE = Timeline.of([B, A])


def test_that_a_moment_finds_its_part_and_a_gap_finds_none():
    assert LINE.part_at(0) is A
    assert LINE.part_at(9_999_999) is A
    assert LINE.part_at(10_000_000) is None
    assert LINE.part_at(12_000_000) is B
    assert LINE.part_at(20_000_000) is B
    assert LINE.part_at(20_000_001) is None
    assert LINE.part_at(-1) is None


def test_that_gaps_and_length_follow_from_the_parts():
    assert LINE.gaps() == [Interval(10_000_000, 12_000_000)]
    assert LINE.duration_us == 20_000_000
    assert Timeline(()).duration_us == 0


def test_that_a_part_tells_the_containers_clock_both_ways():
    assert A.container_us(5) == 1_400_005
    assert B.recording_us(5) == 12_000_005
    assert B.container_us(B.recording_us(7)) == 7
    assert (A.origin_us, B.origin_us) == (1_400_000, -12_000_000)


def test_that_a_worker_reads_back_what_it_is_given():
    assert Timeline.from_spec(LINE.as_spec()) == LINE


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 500))
def test_that_touching_parts_show_every_moment_once(lengths, at):
    parts, start = [], 0
    for length in lengths:
        parts.append(TimelinePart(Path("x"), start, start + length, 0))
        start += length
    line = Timeline.of(parts)
    assert line.gaps() == []
    part = line.part_at(at)
    assert (part is None) == (at > start)
    if part is not None:
        assert part.start_us <= at <= part.end_us
