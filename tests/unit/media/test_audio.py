"""16 kHz sound on the recording's own timeline."""

import wave
from fractions import Fraction

import av
import numpy as np
import pytest

from inspector_app.domain.errors import BadInput, Stopped
from inspector_app.media.audio import RATE, extract_audio
from inspector_app.media.probe import probe
from inspector_app.media.sound import SEAM_US
from inspector_app.media.timeline import Timeline, TimelinePart


def whole(path):
    facts = probe(path)
    return Timeline.single(path, facts.zero_us, facts.duration_us)


def _samples(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int32)


def _loud(samples, start_ms, end_ms):
    return np.abs(samples[start_ms * 16 : end_ms * 16]).mean() > 1000


def _clicks(path, container, at_ms, *, rates, chunk=1024, lost=()):
    """PCM or AAC sound of `rates` one second each, with a 1 ms click at every time in `at_ms`; chunks touching `lost` are left out."""
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream("aac" if container != "matroska" else "pcm_s16le", rate=rates[0])
        stream.layout = "mono"
        total = len(rates) * rates[0]
        sound = np.zeros(total, np.int16)
        for time in at_ms:
            place = time * rates[0] // 1000
            sound[place : place + rates[0] // 1000] = 30000
        for start in range(0, total, chunk):
            if any(start < end * rates[0] // 1000 and start + chunk > begin * rates[0] // 1000 for begin, end in lost):
                continue
            frame = av.AudioFrame.from_ndarray(sound[None, start : start + chunk], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rates[0], start, Fraction(1, rates[0])
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def _found_clicks(samples):
    places = np.flatnonzero(np.abs(samples) > 6000)
    starts = places[np.insert(np.diff(places) > 800, 0, True)] if len(places) else places
    return [int(place) * 1000 / RATE for place in starts]


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_that_a_sound_stands_where_it_was_heard(tmp_path, rate):
    clicks = [0, 500, 1500, 2750, 3900]
    path = _clicks(tmp_path / "a.mkv", "matroska", clicks, rates=[rate] * 4)
    made = extract_audio(whole(path), tmp_path / "a.wav")
    samples = _samples(made.path)
    assert made.samples == len(samples) == 4 * RATE and made.bytes == made.path.stat().st_size
    assert np.abs(np.array(_found_clicks(samples)) - clicks).max() < 1.0


def test_that_lost_sound_becomes_silence_and_what_follows_keeps_its_time(tmp_path):
    clicks = [500, 1500, 4500, 5500]
    path = _clicks(tmp_path / "a.mkv", "matroska", clicks, rates=[48000] * 6, lost=[(2000, 4000)])
    made = extract_audio(whole(path), tmp_path / "a.wav")
    assert np.abs(np.array(_found_clicks(_samples(made.path))) - clicks).max() < 1.5
    assert len(made.silences) == 1
    assert abs(made.silences[0].start_us - 2_000_000) < 25_000 and abs(made.silences[0].end_us - 4_000_000) < 25_000


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "flv", "ts"])
def test_that_a_late_start_and_a_gap_are_silent(tmp_path, make_film, suffix):
    path = make_film(tmp_path / f"a.{suffix}", frames=240, sound_from_ms=1000, silent_ms=(4000, 6000))
    made = extract_audio(whole(path), tmp_path / "a.wav")
    samples = _samples(made.path)
    loud = [_loud(samples, start, start + 100) for start in (300, 800, 1200, 3500, 4300, 5700, 6300, 7500)]
    if suffix != "mp4":
        assert loud == [False, False, True, True, False, False, True, True]
        assert len(made.silences) == 2
    else:  # MP4 has no gaps inside a track: the sample before lasts longer and the time stamps still say so
        assert loud[:4] == [False, False, True, True] and loud[6:] == [True, True]


def test_that_a_changed_sample_rate_does_not_shift_what_follows(tmp_path, make_film):
    first = make_film(tmp_path / "a.ts", codec=None, frames=90, sound_rate=48000)
    second = make_film(tmp_path / "b.ts", codec=None, frames=90, sound_rate=44100, sound_from_ms=3200, times_ms=[3200, 6200])
    joined = tmp_path / "c.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    made = extract_audio(whole(joined), tmp_path / "c.wav")
    samples = _samples(made.path)
    assert _loud(samples, 1000, 1100) and _loud(samples, 5000, 5100)
    tone = np.abs(np.fft.rfft(samples[4 * RATE : 5 * RATE]))
    assert abs(int(tone.argmax()) - 440) <= 1


def test_that_damaged_sound_is_passed_over(tmp_path, make_film):
    path = make_film(tmp_path / "a.ts", codec=None, frames=300)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 188 * 188
    data[middle : middle + 188 * 40] = bytes(188 * 40)
    path.write_bytes(data)
    made = extract_audio(whole(path), tmp_path / "a.wav")
    samples = _samples(made.path)
    assert abs(len(samples) - 10 * RATE) < RATE // 5
    assert _loud(samples, 1000, 1200) and _loud(samples, 9000, 9200)


def test_that_a_recording_without_sound_says_so_and_leaves_nothing(tmp_path, make_film):
    path = make_film(tmp_path / "a.mp4", sound=False, frames=10)
    with pytest.raises(BadInput) as refused:
        extract_audio(whole(path), tmp_path / "a.wav")
    assert refused.value.code == "media.no_audio"
    assert [file.name for file in tmp_path.iterdir()] == ["a.mp4"]


def test_that_progress_is_told_and_a_stop_leaves_nothing(tmp_path, make_film):
    path = make_film(tmp_path / "a.mp4", frames=150)
    told = []
    made = extract_audio(whole(path), tmp_path / "a.wav", on_progress=told.append)
    assert told == sorted(told) and len(told) >= 3 and told[-1] <= made.samples * 1_000_000 // RATE

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        extract_audio(whole(path), tmp_path / "b.wav", check=stop)
    assert not list(tmp_path.glob("b*"))


def test_that_the_same_recording_gives_the_same_bytes(tmp_path, make_film):
    path = make_film(tmp_path / "a.ts", frames=60)
    assert extract_audio(whole(path), tmp_path / "1.wav").sha256 == extract_audio(whole(path), tmp_path / "2.wav").sha256


def test_that_several_files_are_one_sound_with_silence_between(tmp_path, make_film):
    """Each file has a clock of its own; the second has another sample rate, the third no sound; a gap lies before the last."""
    one = make_film(tmp_path / "1.mkv", codec=None, times_ms=[0, 2000])
    two = make_film(tmp_path / "2.ts", codec=None, times_ms=[0, 2000], sound_rate=44_100)
    mute = make_film(tmp_path / "3.mp4", frames=30, sound=False)
    last = make_film(tmp_path / "4.flv", codec=None, times_ms=[0, 1000])
    parts, starts = [], {one: 0, two: 2_000_000, mute: 4_000_000, last: 8_000_000}
    for path, start in starts.items():
        facts = probe(path)
        length = 1_000_000 if path in (mute, last) else 2_000_000
        parts.append(TimelinePart(path, start, start + length, facts.zero_us))
    made = extract_audio(Timeline.of(parts), tmp_path / "a.wav")
    samples = _samples(made.path)
    assert abs(made.samples - 9 * RATE) < RATE // 20
    assert [_loud(samples, at, at + 300) for at in (100, 1600, 2100, 3600, 8100)] == [True] * 5
    assert [_loud(samples, at, at + 300) for at in (4100, 6000, 7600)] == [False] * 3
    [gap] = [span for span in made.silences if span.length_us > 1_000_000]
    assert 0 <= gap.start_us - 4_000_000 <= SEAM_US, "the file has a little more sound than its part shows"
    assert abs(gap.end_us - 8_000_000) < 60_000
