"""The waveform pyramid: what it shows at every zoom, and that it can be read while it grows."""

import math

import numpy as np
import pytest

from inspector_app.domain.errors import BadInput, Stopped
from inspector_app.domain.timebase import SECOND
from inspector_app.media.peaks import BUCKET_US, FACTOR, Peaks, build_peaks
from inspector_app.media.probe import probe
from inspector_app.media.timeline import Timeline, TimelinePart


@pytest.fixture
def film(tmp_path, make_film):
    """Forty seconds of tone with a pause from the 12th to the 15th."""
    path = make_film(tmp_path / "a.mkv", codec=None, times_ms=[0, 40_000], silent_ms=(12_000, 15_000))
    facts = probe(path)
    return Timeline.single(path, facts.zero_us, facts.duration_us), facts.duration_us


def test_that_every_zoom_shows_the_tone_and_the_pause(film, tmp_path):
    timeline, duration = film
    assert build_peaks(timeline, duration, tmp_path / "a.peaks")
    peaks = Peaks.open(tmp_path / "a.peaks")
    assert peaks.done_us == peaks.duration_us == duration
    assert [len(level) for level in peaks.levels] == [math.ceil(duration / BUCKET_US), math.ceil(duration / BUCKET_US / FACTOR)]
    for columns in (40, 400, 4000):
        drawn = peaks.read(0, 40 * SECOND, columns)
        assert drawn.shape == (columns, 2) and drawn.dtype == np.int8
        loud = drawn[:, 1] > 15
        assert loud[2 * columns // 40 : 11 * columns // 40].all() and not loud[13 * columns // 40 : 14 * columns // 40].any()
        assert (drawn[5 * columns // 40, 0], drawn[5 * columns // 40, 1]) == pytest.approx((-32, 31), abs=4)


def test_that_outside_the_recording_there_is_nothing(film, tmp_path):
    build_peaks(*film, tmp_path / "a.peaks")
    peaks = Peaks.open(tmp_path / "a.peaks")
    assert not peaks.read(-20 * SECOND, -SECOND, 50).any() and not peaks.read(60 * SECOND, 70 * SECOND, 50).any()
    assert peaks.read(-10 * SECOND, 10 * SECOND, 20)[:9].any() == np.False_
    assert peaks.read(5, 5, 10).shape == (10, 2)


def test_that_it_can_be_read_while_it_is_built_and_after_a_stop(film, tmp_path):
    seen = []

    def stop_late(at):
        peaks = Peaks.open(tmp_path / "a.peaks")
        seen.append((peaks.done_us, bool(peaks.read(0, peaks.done_us, 10)[:, 1].all())))
        if at >= 20 * SECOND:
            raise Stopped

    with pytest.raises(Stopped):
        build_peaks(*film, tmp_path / "a.peaks", on_progress=stop_late)
    assert len(seen) >= 3 and [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[0][1]
    peaks = Peaks.open(tmp_path / "a.peaks")
    assert 20 * SECOND <= peaks.done_us < 30 * SECOND
    assert not peaks.read(31 * SECOND, 40 * SECOND, 9).any()


def test_that_gaps_between_files_are_flat(tmp_path, make_film):
    path = make_film(tmp_path / "a.flv", codec=None, times_ms=[0, 2000])
    zero = probe(path).zero_us
    timeline = Timeline.of([TimelinePart(path, start, start + 2 * SECOND, zero) for start in (0, 5 * SECOND)])
    assert build_peaks(timeline, 7 * SECOND, tmp_path / "a.peaks")
    loud = Peaks.open(tmp_path / "a.peaks").read(0, 7 * SECOND, 70)[:, 1] > 15
    assert loud[2:19].all() and not loud[21:49].any() and loud[52:68].all()


def test_that_a_recording_without_sound_is_flat_and_says_so(tmp_path, make_film):
    path = make_film(tmp_path / "a.mp4", frames=10, sound=False)
    assert not build_peaks(Timeline.single(path, 0, 300_000), 300_000, tmp_path / "a.peaks")


def test_that_something_else_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(bytes(100))
    with pytest.raises(BadInput) as refused:
        Peaks.open(tmp_path / "x")
    assert refused.value.code == "media.peaks_unreadable"


def test_that_three_hours_are_a_few_megabytes(tmp_path):
    build_peaks(Timeline.of([]), 3 * 3600 * SECOND, tmp_path / "a.peaks")
    assert (tmp_path / "a.peaks").stat().st_size < 3_000_000
    assert not Peaks.open(tmp_path / "a.peaks").read(0, 3 * 3600 * SECOND, 1000).any()
