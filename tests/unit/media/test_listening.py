"""Sound as it is played: at its place, at another speed with the same pitch, silent where nothing was recorded."""

import numpy as np
import pytest

from inspector_app.domain.timebase import SECOND
from inspector_app.media.listening import RATE, WIDTH, Listening, played_us
from inspector_app.media.probe import probe
from inspector_app.media.timeline import Timeline, TimelinePart


@pytest.fixture
def tone(tmp_path, make_film):
    """Two files of a 440 Hz tone, three seconds each, four seconds of nothing between them."""
    path = make_film(tmp_path / "a.flv", codec=None, times_ms=[0, 3000])
    zero = probe(path).zero_us
    return Timeline.of([TimelinePart(path, start, start + 3 * SECOND, zero) for start in (0, 7 * SECOND)])


def _left(listening, seconds):
    samples = np.frombuffer(listening.read(int(seconds * RATE) * WIDTH), "<i2").reshape(-1, 2)
    return samples[:, 0].astype(float)


def _pitch(samples):
    return np.argmax(np.abs(np.fft.rfft(samples[: RATE // 2]))) * 2


@pytest.mark.parametrize("percent", [50, 75, 100, 150, 200, 300])
def test_that_every_speed_keeps_the_pitch_and_the_length(tone, percent):
    samples = _left(Listening(tone, 0, percent), 12 * 100 // percent if percent < 300 else 4)
    assert _pitch(samples[RATE // 10 :]) == pytest.approx(440, abs=6)
    loud = np.abs(samples).reshape(-1, RATE // 100).mean(axis=1) > 1000
    starts = np.flatnonzero(np.diff(loud.astype(int)) != 0) / 100 * percent / 100
    assert [start for start in (3, 7, 10) if not np.any(np.abs(starts - start) < 0.15 * max(1, percent / 100))] == []
    assert loud.sum() / 100 * percent / 100 == pytest.approx(6, abs=0.3)


def test_that_it_begins_in_the_middle_and_goes_on_in_silence_for_ever(tone):
    samples = _left(Listening(tone, 8_500_000, 100), 5)
    loud = np.abs(samples).reshape(-1, RATE // 100).mean(axis=1) > 1000
    assert loud[5:145].all() and not loud[160:].any()


def test_that_played_samples_stand_for_recording_time():
    assert played_us(RATE, 100) == SECOND
    assert played_us(2 * RATE, 150) == 3 * SECOND
