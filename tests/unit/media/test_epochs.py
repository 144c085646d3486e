"""Clocks set anew inside a file: where they were, and what each stretch is by itself."""

from array import array
from fractions import Fraction

import pytest

from inspector_app.domain.timebase import SECOND
from inspector_app.media.epochs import epochs, scan_of
from inspector_app.media.index import build_index
from inspector_app.media.scan import Scan, StreamScan, scan_packets

MILLI = Fraction(1, 1000)


def _stream(index, kind, times):
    stream = StreamScan(index, kind, MILLI, array("q", times), array("q", times))
    stream.key, stream.pos = bytearray(number % 30 == 0 for number in range(len(times))), array("q", [100 * at for at in range(len(times))])
    stream.end = max(times) + 40
    return stream


def _scan(*streams):
    return Scan({stream.index: stream for stream in streams}, 0)


def _run(start, count=250, step=40):
    return [start + step * number for number in range(count)]


def test_that_a_plain_film_is_one_epoch(tmp_path, make_film):
    scan = scan_packets(make_film(tmp_path / "a.mkv", frames=60, bframes=3))
    [only] = epochs(scan)
    assert only.jump_us == 0 and only.container.start_us == scan.zero_us
    assert abs(only.container.length_us - scan.duration_us) < 50_000


@pytest.mark.parametrize(("second", "jump"), [(0, -9_960_000), (3_610_000, 3_600_040_000)])
def test_that_a_restart_and_a_leap_of_both_streams_are_one_cut(second, jump):
    scan = _scan(_stream(0, "video", _run(0) + _run(second)), _stream(1, "audio", _run(0) + _run(second)))
    first, after = epochs(scan)
    assert (first.first, after.first) == ({0: 0, 1: 0}, {0: 250, 1: 250})
    assert after.jump_us == jump
    assert (after.container.start_us, after.container.length_us) == (second * 1000, 10 * SECOND)


def test_that_a_pause_of_one_stream_is_no_cut():
    scan = _scan(_stream(0, "video", _run(0) + _run(60_000)), _stream(1, "audio", _run(0, 1750)))
    assert len(epochs(scan)) == 1


def test_that_each_epoch_has_an_index_of_its_own(tmp_path, make_film):
    """Two transport streams joined end to end: the clock starts again."""
    one, two = (make_film(tmp_path / f"{name}.ts", frames=60) for name in "ab")
    joined = tmp_path / "joined.ts"
    joined.write_bytes(one.read_bytes() + two.read_bytes())
    scan = scan_packets(joined)
    found = epochs(scan)
    assert len(found) == 2 and found[1].jump_us < 0
    pieces = [scan_of(scan, found, place) for place in range(2)]
    indexes = [build_index(piece, 0) for piece in pieces]
    assert [len(index) for index in indexes] == [60, 60]
    assert indexes[1].pos.min() > indexes[0].pos.max()
    assert all(abs(piece.duration_us - 2 * SECOND) < 120_000 for piece in pieces)
