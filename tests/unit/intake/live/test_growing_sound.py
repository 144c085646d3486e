"""Sound over files that were cut at pictures: every sample is there once, and what is heard while recording is what the finished recording holds."""

import wave
from fractions import Fraction

import av
import numpy as np
import pytest

from inspector_app.intake.live import growingsound
from inspector_app.media.audio import RATE, extract_audio
from inspector_app.media.listening import Listening
from inspector_app.media.sound import SEAM_US
from inspector_app.media.timeline import Timeline, TimelinePart

S = 1_000_000
CHUNK = 500


@pytest.fixture(scope="module")
def noise():
    """Nine seconds in which no sample is like its neighbours: what is lost, doubled or moved shows."""
    return np.random.default_rng(7).integers(-20_000, 20_000, 9 * RATE, dtype=np.int16)


@pytest.fixture
def pieces(tmp_path, noise):
    """Files of three seconds each as pictures cut them; the sound's own cuts lie `off_ms` beside. The last one's clock starts at an hour."""

    def make(*off_ms):
        cuts = [0, *((3 * (place + 1) * RATE + off * RATE // 1000) // CHUNK * CHUNK for place, off in enumerate(off_ms)), len(noise)]
        parts = []
        for number in range(3):
            path, zero_ms = tmp_path / f"{number}.mkv", 3_600_000 if number == 2 else 3000 * number
            with av.open(str(path), "w") as out:
                stream = out.add_stream("pcm_s16le", rate=RATE)
                stream.layout = "mono"
                for at in range(cuts[number], cuts[number + 1], CHUNK):
                    frame = av.AudioFrame.from_ndarray(noise[None, at : at + CHUNK], format="s16", layout="mono")
                    frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
                    frame.pts = at + (zero_ms - 3000 * number) * RATE // 1000
                    out.mux(stream.encode(frame))
                out.mux(stream.encode(None))
            parts.append(TimelinePart(path, 3 * number * S, 3 * (number + 1) * S, zero_ms * 1000))
        return parts

    return make


def samples_of(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


CUTS = pytest.mark.parametrize("off_ms", [(0, 0), (60, 60), (-60, -60), (90, -90), (-90, 90), (31, -31)])


@CUTS
def test_that_every_sample_is_heard_once_wherever_the_sound_was_cut(tmp_path, pieces, noise, off_ms):
    made = extract_audio(Timeline.of(pieces(*off_ms)), tmp_path / "a.wav")
    assert made.samples == len(noise) and made.silences == () and made.settings["resyncs"] == 0
    assert np.array_equal(samples_of(made.path), noise)


@pytest.fixture
def coded(tmp_path):
    """Nine seconds of a tone in AAC, cut every three seconds as a recorder cuts: between two packets."""
    with av.open(str(tmp_path / "whole.mkv"), "w") as out:
        stream = out.add_stream("aac", rate=44_100)
        stream.layout = "mono"
        tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(9 * 44_100) / 44_100)).astype(np.int16)
        for at in range(0, len(tone) - 1023, 1024):
            frame = av.AudioFrame.from_ndarray(tone[None, at : at + 1024], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 44_100, at, Fraction(1, 44_100)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with av.open(str(tmp_path / "whole.mkv")) as source:
        packets = [packet for packet in source.demux() if packet.size]
        for number in range(3):
            with av.open(str(tmp_path / f"{number}.mkv"), "w", options={"avoid_negative_ts": "disabled", "live": "1"}) as out:
                stream = out.add_stream_from_template(source.streams[0])
                for packet in packets:
                    if min(2, packet.pts // 3000) == number:
                        packet.stream = stream
                        out.mux(packet)
    return [TimelinePart(tmp_path / f"{number}.mkv", 3 * number * S, 3 * (number + 1) * S, 3 * number * S) for number in range(3)]


def test_that_a_cut_in_coded_sound_cannot_be_heard(tmp_path, coded):
    """What a packet sounds on into the next one is heard across the cut too."""
    samples = samples_of(extract_audio(Timeline.of(coded), tmp_path / "a.wav").path).astype(np.int32)
    loud = np.sqrt((samples[RATE : 8 * RATE].reshape(-1, RATE // 200) ** 2).mean(axis=1))
    assert loud.min() > 0.9 * np.median(loud), "no five milliseconds are quieter than the tone"


def test_that_coded_sound_grows_into_the_finished_one(tmp_path, coded, channel):
    for heard in grown(tmp_path / "live.wav", coded, channel):
        live = heard
    assert np.array_equal(live, samples_of(extract_audio(Timeline.of(coded), tmp_path / "a.wav").path))


def grown(path, parts, channel, killed=False):
    """The growing sound after each part, and after the end."""
    known = {"settled": 0, "samples": 0, "sound_to": None, "heard": 0}
    for count, over in ((1, False), (2, False), (3, False), (3, True)):
        first = min(1, known["settled"])
        spec = {"wav": str(path), "timeline": Timeline.of(parts[known["settled"] - first : count]).as_spec(), "first": first, "over": over}
        spec |= {"samples": known["samples"], "sound_to": known["sound_to"]}
        if killed:  # its words were lost, its bytes were not, and the last of them is half a sample
            growingsound.run(spec, channel)
            with path.open("ab") as file:
                file.write(b"\x55")
        done = growingsound.run(spec, channel)
        known = done | {"settled": known["settled"] + done["settled"]}
        yield np.frombuffer(path.read_bytes()[44 : 44 + 2 * known["heard"]], "<i2")
    assert known["settled"] == 3


@CUTS
@pytest.mark.parametrize("killed", [False, True])
def test_that_the_growing_sound_is_at_every_moment_the_beginning_of_the_finished_one(tmp_path, pieces, noise, off_ms, killed, channel):
    for count, heard in enumerate(grown(tmp_path / "live.wav", pieces(*off_ms), channel, killed), 1):
        assert np.array_equal(heard, noise[: len(heard)])
        assert len(heard) == (len(noise) if count > 3 else (count * 3 * S - SEAM_US) * RATE // S), "only the last moment waits"


def test_that_playing_from_just_behind_a_cut_has_the_sound_that_lies_in_the_file_before(pieces, noise):
    timeline = Timeline.of(pieces(60, 60))
    heard = np.frombuffer(Listening(timeline, 3 * S + 20_000, 100).read(4 * 4800), "<i2")[::2].astype(np.int32)
    assert np.abs(heard[48 * 15 : 48 * 40]).mean() > 1000, "no silence up to the second file's own sound, 60 ms behind the cut"
