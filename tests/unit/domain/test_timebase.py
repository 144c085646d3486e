"""Media time: no float, no drift, nothing rounded twice."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inspector_app.domain import timebase
from inspector_app.domain.timebase import FrameStamp, Interval, beijing, format_clock, iso, parse_clock, to_micros, to_ticks

BASES = st.one_of(
    st.sampled_from(
        [
            Fraction(1, 90_000),
            Fraction(1, 1000),
            Fraction(1, 12_800),
            Fraction(1001, 30_000),
            Fraction(1, 1_000_000),
            Fraction(1, 14_112_000),
        ]
    ),
    st.fractions(min_value=Fraction(1, 10_000_000), max_value=1).filter(bool),
)
TICKS = st.integers(-(10**12), 10**12)
SPANS = st.tuples(st.integers(0, 10**11), st.integers(0, 10**9)).map(lambda pair: Interval(pair[0], sum(pair)))


@given(TICKS, BASES)
def test_that_micros_are_the_nearest_and_ties_go_up(ticks, base):
    exact = ticks * base * 1_000_000
    found = to_micros(ticks, base)
    assert isinstance(found, int)
    assert Fraction(-1, 2) < found - exact <= Fraction(1, 2)


@given(TICKS, BASES)
def test_that_ticks_not_finer_than_a_microsecond_survive_the_round_trip(ticks, base):
    assume(base >= Fraction(1, 500_000))
    micros = to_micros(ticks, base)
    assert ticks in (to_ticks(micros, base), to_ticks(micros + 1, base))
    assert to_micros(ticks + 1, base) > micros


@given(st.integers(-(10**12), 10**12), BASES)
def test_that_a_tick_is_the_last_one_not_after_the_time(micros, base):
    ticks = to_ticks(micros, base)
    assert ticks * base * 1_000_000 <= micros < (ticks + 1) * base * 1_000_000


@given(st.integers(0, 9999 * 3_600_000_000))
def test_that_a_clock_is_cut_never_rounded(micros):
    text = format_clock(micros)
    assert parse_clock(text) == micros // 1000 * 1000
    assert format_clock(parse_clock(text)) == text


@given(st.integers(1, 10**12))
def test_that_a_time_before_zero_shows_its_sign(micros):
    assert format_clock(-micros) == "-" + format_clock(micros)


@pytest.mark.parametrize(
    ("text", "micros"),
    [("00:14:31.240", 871_240_000), ("14:31", 871_000_000), ("1:02:03.5", 3_723_500_000), ("0:01.000001", 1_000_001), (" 00:00 ", 0)],
)
def test_that_clocks_are_read(text, micros):
    assert parse_clock(text) == micros


@pytest.mark.parametrize("text", ["", "12", "1:60", "1:2:60", "-0:01", "0:01.1234567", "a:b", "1:2:3:4", "0:01,5", "00：01"])
def test_that_what_is_no_clock_is_refused(text):
    with pytest.raises(ValueError):
        parse_clock(text)


@given(SPANS, SPANS)
def test_that_overlap_is_mutual_and_means_a_shared_microsecond(one, other):
    shared = min(one.end_us, other.end_us) - max(one.start_us, other.start_us)
    assert one.overlaps(other) == other.overlaps(one)
    if one.length_us and other.length_us:
        assert one.overlaps(other) == (shared > 0)


@given(SPANS, st.integers(0, 10**9), st.integers(0, 10**12))
def test_that_a_widened_span_holds_the_span_and_stays_inside(span, margin, limit):
    wide = span.widened(margin, limit)
    assert wide.start_us <= span.start_us and wide.end_us >= span.end_us
    assert wide.start_us >= 0 and wide.end_us <= max(limit, span.end_us)


def test_that_a_span_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match=r"2\.\.1"):
        Interval(2, 1)


@given(st.integers(1, 10**6), st.integers(1, 10**9))
def test_that_a_time_base_survives_its_text(numerator, denominator):
    base = Fraction(numerator, denominator)
    assert Fraction(FrameStamp(5, base).base_text) == base


def test_that_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        iso(datetime(2026, 6, 1, 20, 0))  # noqa: DTZ001  # the point of the test


def test_that_moments_keep_their_instant_in_beijing():
    moment = datetime(2026, 6, 1, 17, 30, tzinfo=UTC)
    assert iso(beijing(moment)) == "2026-06-02T01:30:00.000+08:00"
    assert beijing(moment) == moment
    assert iso(moment.astimezone(timezone(timedelta(hours=8)))) == iso(beijing(moment))
    assert timebase.utc_now().tzinfo is UTC
