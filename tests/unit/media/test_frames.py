"""Exact pictures over a timeline: at random moments, step by step, over gaps, in every container a recording can be in."""

import random

import av
import numpy as np
import pytest

from inspector_app.domain.errors import BadInput
from inspector_app.media.epochs import epochs, scan_of
from inspector_app.media.frames import Frames
from inspector_app.media.index import build_index, save_index
from inspector_app.media.picture import picture
from inspector_app.media.probe import probe
from inspector_app.media.scan import scan_packets
from inspector_app.media.timeline import Timeline, TimelinePart

FORMATS = {
    "mp4": ("a.mp4", {}),
    "fragmented mp4": ("b.mp4", {"movflags": "frag_keyframe+empty_moov"}),
    "mkv": ("c.mkv", {}),
    "live mkv": ("d.mkv", {"live": "1", "cluster_time_limit": "1000"}),
    "flv": ("e.flv", {"flvflags": "no_duration_filesize"}),
    "ts": ("f.ts", {}),
}
GOPS = {"2 s": {"gop": 60, "bframes": 0}, "2 s, B-frames": {"gop": 60, "bframes": 3}, "10 s, B-frames": {"gop": 300, "bframes": 2}}
SIZE = (96, 64)


def _steady(count):
    return [round(number * 1000 / 30) for number in range(count)]


def _varied(count):
    chance = random.Random(5)
    times = [700]
    while len(times) < count:
        times.append(times[-1] + chance.choice([16, 17, 33, 34, 50, 120, 200]))
    return times


def _indexed(path, folder):
    scan = scan_packets(path)
    video = next(index for index, stream in scan.streams.items() if stream.kind == "video")
    index = build_index(scan, video)
    save_index(index, folder / f"{path.name}.npz")
    return index, folder / f"{path.name}.npz"


@pytest.mark.parametrize("gop", GOPS)
@pytest.mark.parametrize("name", FORMATS)
def test_that_every_random_seek_shows_the_exact_frame(tmp_path, make_film, number_in, name, gop):
    _check_seeks(tmp_path, make_film, number_in, FORMATS[name], _steady(700), GOPS[gop])


@pytest.mark.parametrize("name", FORMATS)
def test_that_seeks_are_exact_at_a_variable_rate_with_late_picture(tmp_path, make_film, number_in, name):
    _check_seeks(tmp_path, make_film, number_in, FORMATS[name], _varied(700), {"gop": 120, "bframes": 3})


def _check_seeks(tmp_path, make_film, number_in, form, times, gop):
    path = make_film(tmp_path / form[0], times_ms=times, size=SIZE, options=form[1], **gop)
    index, saved = _indexed(path, tmp_path)
    assert len(index) == len(times)
    frames = Frames(Timeline.single(path, index.zero_us, index.duration_us, saved), cache_bytes=20 * 12_000)
    chance = random.Random(11)
    wrong = []
    for _ in range(200):
        number = chance.randrange(len(times))
        until = int(index.times_us[number + 1]) if number + 1 < len(index) else index.duration_us
        at = chance.randrange(int(index.times_us[number]), max(until, int(index.times_us[number]) + 1))
        shown = frames.frame_at(at)
        if shown.kind != "picture" or number_in(picture(shown.frame)) != number or shown.number != number or shown.damaged:
            wrong.append((number, shown.kind, shown.number))
    assert wrong == []
    assert frames.cached_bytes <= 20 * 12_000
    frames.close()


def test_that_playing_on_and_stepping_both_ways_shows_every_frame_once(tmp_path, make_film, number_in):
    path = make_film(tmp_path / "a.mp4", frames=150, gop=60, bframes=3, size=SIZE)
    facts = probe(path)
    frames = Frames(Timeline.single(path, facts.zero_us, facts.duration_us))
    at, forward = 0, []
    while at < facts.duration_us:
        shown = frames.frame_at(at)
        forward.append(number_in(picture(shown.frame)))
        at = shown.until_us
    assert forward == list(range(150))
    back = [forward[-1]]
    for _ in range(149):
        at = frames.step(shown.at_us, -1)
        assert frames.is_cached(at)
        shown = frames.frame_at(at)
        back.append(number_in(picture(shown.frame)))
    assert back == list(reversed(range(150)))
    assert frames.step(shown.at_us, -1) == shown.at_us
    assert frames.frame_at(frames.step(shown.at_us, 5)).number == 5


@pytest.fixture
def three(tmp_path, make_film):
    """Three files with a gap of twelve seconds between the second and the third: each has 60 pictures; the second starts late on its clock."""
    shapes = (("1.mkv", 0, 0, {"live": "1"}), ("2.flv", 0, 2_000_000, {}), ("3.ts", 0, 16_000_000, {}))
    parts = []
    for name, _, start, options in shapes:
        path = make_film(tmp_path / name, frames=60, size=SIZE, bframes=2, options=options, sound=name != "2.flv")
        index, saved = _indexed(path, tmp_path)
        parts.append(TimelinePart(path, start, start + 2_000_000, index.zero_us, saved if name != "3.ts" else None))
    return Timeline.of(parts)


def test_that_a_timeline_of_files_and_a_gap_is_one(three, number_in):
    frames = Frames(three)
    seen = [
        (frames.frame_at(at).kind, frames.frame_at(at).place)
        for at in (0, 1_999_000, 2_000_000, 3_990_000, 4_000_000, 15_999_999, 16_000_000)
    ]
    assert seen == [("picture", 0), ("picture", 0), ("picture", 1), ("picture", 1), ("gap", -1), ("gap", -1), ("picture", 2)]
    gap = frames.frame_at(9_000_000)
    assert (gap.at_us, gap.until_us) == (4_000_000, 16_000_000)
    last = frames.frame_at(3_999_999)
    assert number_in(picture(last.frame)) == last.number == 59
    behind = frames.step(last.at_us, 1)
    first = frames.frame_at(behind)
    assert (behind >= 16_000_000, first.place, number_in(picture(first.frame))) == (True, 2, 0)
    assert frames.step(behind, -1) == frames.step(9_000_000, -1) == last.at_us
    assert frames.step(9_000_000, 1) == behind


def test_that_random_seeks_over_files_are_exact(three, number_in):
    frames = Frames(three, cache_bytes=100_000)
    chance = random.Random(3)
    for _ in range(100):
        start = chance.choice([0, 2_000_000, 16_000_000])
        shown = frames.frame_at(start + chance.randrange(1_990_000))
        assert number_in(picture(shown.frame)) == shown.number
        assert shown.at_us <= shown.until_us


def test_that_epochs_of_one_file_are_parts_of_their_own(tmp_path, make_film, number_in):
    """The clock restarts within a file: the same container time means another frame in another part."""
    one, two = make_film(tmp_path / "a.ts", frames=60, size=SIZE), make_film(tmp_path / "b.ts", frames=90, size=SIZE)
    joined = tmp_path / "joined.ts"
    joined.write_bytes(one.read_bytes() + two.read_bytes())
    scan = scan_packets(joined)
    found, parts, start = epochs(scan), [], 0
    for place in range(len(found)):
        piece = scan_of(scan, found, place)
        save_index(build_index(piece, 0), tmp_path / f"{place}.npz")
        parts.append(TimelinePart(joined, start, start + piece.duration_us, piece.zero_us, tmp_path / f"{place}.npz"))
        start += piece.duration_us
    frames = Frames(Timeline.of(parts), cache_bytes=50_000)
    for place, count in ((0, 60), (1, 90), (0, 60)):
        for number in (5, count - 3, 31):
            times = frames.pictures_of(place)
            shown = frames.frame_at(int(times.times_us[number]) + 1000)
            assert (shown.place, number_in(picture(shown.frame))) == (place, number)


def test_that_a_change_of_size_in_the_middle_is_followed(tmp_path, make_film, number_in):
    one, two = (make_film(tmp_path / f"{size[0]}.ts", frames=60, gop=30, size=size, sound=False) for size in ((192, 108), (96, 64)))
    joined = tmp_path / "joined.ts"
    with av.open(str(joined), "w", format="mpegts") as out:
        stream = shift = None
        for path in (one, two):
            with av.open(str(path)) as source:
                stream = stream or out.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.size:
                        packet.pts, packet.dts = packet.pts + (shift or 0), packet.dts + (shift or 0)
                        packet.stream = stream
                        out.mux(packet)
            shift = 2 * 90_000
    facts = probe(joined)
    frames = Frames(Timeline.single(joined, facts.zero_us, facts.duration_us))
    for number in (10, 70, 59, 60, 20, 119):
        shown = frames.frame_at(int(frames.pictures_of(0).times_us[number]))
        assert shown.frame.width == (192 if number < 60 else 96)
        assert number_in(picture(shown.frame)) == number % 60


def test_that_a_new_header_within_flv_is_followed_from_anywhere(tmp_path, make_film, number_in):
    """The broadcaster changed the size: the header is sent once, between two pictures; entering behind it must not show rubbish."""
    options = {"flvflags": "no_duration_filesize"}
    films = [
        make_film(tmp_path / f"{n}.flv", frames=60, gop=20, size=size, options=options)
        for n, size in enumerate(((192, 108), (96, 64), (192, 108)))
    ]
    joined, shift = bytearray(films[0].read_bytes()), 0
    for film in films[1:]:
        data, at, shift = film.read_bytes(), 13, shift + 2000
        while at < len(data):
            size = 15 + int.from_bytes(data[at + 1 : at + 4], "big")
            tag = bytearray(data[at : at + size])
            tag[4:7] = (int.from_bytes(tag[4:7], "big") + shift).to_bytes(3, "big")
            joined += tag if tag[0] != 18 else b""
            at += size
    path = tmp_path / "joined.flv"
    path.write_bytes(joined)
    index, saved = _indexed(path, tmp_path)
    assert len(index) == 180 and index.headers[:, 0].tolist() == [60, 120]
    frames = Frames(Timeline.single(path, index.zero_us, index.duration_us, saved), cache_bytes=100_000)
    for number in (100, 30, 170, 61, 5, 119, 120, 59, 179, 0, *range(50, 130, 7)):
        shown = frames.frame_at(int(index.times_us[number]))
        assert (shown.number, shown.frame.width) == (number, 96 if 60 <= number < 120 else 192)
        assert number_in(picture(shown.frame)) == number % 60


def test_that_what_cannot_be_decoded_is_said_and_never_replaced(tmp_path, make_film):
    """A stream that begins between two key frames: its first pictures have nothing to lean on."""
    path = make_film(tmp_path / "a.ts", frames=90, gop=30, bframes=0, sound=False, size=SIZE)
    index = build_index(scan_packets(path), 0)
    cut = tmp_path / "cut.ts"
    data = path.read_bytes()
    cut.write_bytes(data[: 188 * 3] + data[int(index.pos[20]) :])
    facts = probe(cut)
    frames = Frames(Timeline.single(cut, facts.zero_us, facts.duration_us))
    assert len(frames.pictures_of(0).index) == 70
    shown = frames.frame_at(0)
    assert shown.kind == "lost" or shown.damaged
    assert frames.frame_at(int(frames.pictures_of(0).times_us[12])).kind == "picture"


def test_that_a_file_that_is_gone_is_said(tmp_path, make_film):
    path = make_film(tmp_path / "a.mp4", frames=10, size=SIZE)
    index, saved = _indexed(path, tmp_path)
    path.unlink()
    with pytest.raises(BadInput) as refused:
        Frames(Timeline.single(path, index.zero_us, index.duration_us, saved)).frame_at(0)
    assert refused.value.code == "media.unreadable"


def test_that_sound_alone_has_no_picture(tmp_path, make_film):
    path = make_film(tmp_path / "a.m4a", container="mp4", codec=None, times_ms=[0, 2000])
    facts = probe(path)
    assert Frames(Timeline.single(path, facts.zero_us, facts.duration_us)).frame_at(500_000).kind == "none"


def test_that_the_first_picture_on_the_way_is_a_key_frame_before(tmp_path, make_film):
    path = make_film(tmp_path / "a.mp4", frames=120, gop=60, size=SIZE)
    facts = probe(path)
    frames, seen = Frames(Timeline.single(path, facts.zero_us, facts.duration_us)), []
    shown = frames.frame_at(3_000_000, seen.append)
    assert [one.number for one in seen] == [60] and shown.number == 90
    assert np.all(np.diff(frames.pictures_of(0).times_us) > 0)
