"""A working copy shows the same picture at the same moment, offset accounted for."""

import random

import av
import pytest

from inspector_app.domain.errors import Stopped
from inspector_app.media.probe import probe
from inspector_app.media.remux import make_working_copy, needs_working_copy
from inspector_app.media.stills import exact_frame


def test_that_only_what_players_cannot_seek_needs_a_working_copy(tmp_path, make_film):
    needs = {suffix: needs_working_copy(probe(make_film(tmp_path / f"a.{suffix}", frames=10))) for suffix in ("mp4", "mkv", "flv", "ts")}
    assert needs == {"mp4": False, "mkv": False, "flv": False, "ts": True}


@pytest.mark.parametrize("first_ms", [0, 400])
def test_that_copy_and_original_show_the_same_frame(tmp_path, make_film, number_in, first_ms):
    times = [first_ms + round(i * 1000 / 30) for i in range(450)]
    path = make_film(tmp_path / "直播.ts", times_ms=times, gop=120)
    facts = probe(path)
    copy = make_working_copy(path, facts, tmp_path)
    assert copy.path.name == "copy.mp4" and copy.offset_us == 0
    chance = random.Random(1)
    for _ in range(12):
        place = chance.randrange(first_ms * 1000 + 50_000, 14_000_000)
        original = exact_frame(path, place - copy.offset_us, facts.zero_us)
        assert number_in(exact_frame(copy.path, place, 0).image) == number_in(original.image)


def test_that_what_mp4_cannot_carry_goes_to_matroska(tmp_path, make_film):
    path = make_film(tmp_path / "a.ts", codec="mpeg4", frames=60, bframes=0, sound=False)
    with av.open(str(path)) as given, av.open(str(tmp_path / "b.ts"), "w") as out:
        video = out.add_stream_from_template(given.streams.video[0])
        sound = out.add_stream("mp2", rate=48000)
        sound.layout = "mono"
        silence = av.AudioFrame(format="s16", layout="mono", samples=1152)
        silence.sample_rate = 48000
        silence.planes[0].update(bytes(silence.planes[0].buffer_size))
        for number in range(60):
            silence.pts = number * 1152
            out.mux(sound.encode(silence))
        for packet in given.demux(video=0):
            if packet.size:
                packet.stream = video
                out.mux_one(packet)
        out.mux(sound.encode(None))
    copy = make_working_copy(tmp_path / "b.ts", probe(tmp_path / "b.ts"), tmp_path)
    assert copy.path.suffix == ".mkv" and abs(copy.offset_us) <= 500


def test_that_an_undecodable_start_is_left_out_and_said(tmp_path, make_film, number_in):
    path = make_film(tmp_path / "a.ts", frames=300, gop=90)
    data = path.read_bytes()
    path.write_bytes(data[len(data) // 10 // 188 * 188 :])
    facts = probe(path)
    copy = make_working_copy(path, facts, tmp_path)
    assert copy.settings["undecodable_prefix_packets"] > 10
    at = 5_000_000
    assert number_in(exact_frame(copy.path, at + copy.offset_us, 0).image) == number_in(exact_frame(path, at, facts.zero_us).image)


def test_that_a_stopped_copy_leaves_nothing(tmp_path, make_film):
    path = make_film(tmp_path / "a.ts", frames=60)
    folder = tmp_path / "working"
    folder.mkdir()

    def stop(_: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        make_working_copy(path, probe(path), folder, on_progress=stop)
    assert list(folder.iterdir()) == []


def test_that_recordings_joined_end_to_end_are_copied_with_their_times(tmp_path, make_film, number_in):
    """A recorder that reconnects repeats a little sound; its picture goes on."""
    first = make_film(tmp_path / "a.ts", frames=90, sound_to_ms=3100)
    second = make_film(tmp_path / "b.ts", times_ms=[3000 + 33 * i for i in range(90)], sound_from_ms=2950)
    joined = tmp_path / "c.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    facts = probe(joined)
    copy = make_working_copy(joined, facts, tmp_path)
    assert copy.settings["overlapping_sound_packets"] > 0
    for at in (1_000_000, 4_000_000, 5_500_000):
        original = exact_frame(joined, at, facts.zero_us)
        assert number_in(exact_frame(copy.path, at + copy.offset_us, 0).image) == number_in(original.image)
