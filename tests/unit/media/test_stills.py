"""The exact frame in every container, at any moment."""

import random
from bisect import bisect_right
from pathlib import Path

import av
import numpy as np
import pytest

from inspector_app.domain.errors import BadInput
from inspector_app.media.index import build_index, save_index
from inspector_app.media.picture import Display, picture, rotation_of
from inspector_app.media.probe import probe
from inspector_app.media.scan import scan_packets
from inspector_app.media.stills import exact_frame, frame_on, save_png
from inspector_app.media.thumbnails import write_poster
from inspector_app.media.timeline import Timeline, TimelinePart

TARGETS = 20


def _check_targets(path, times_ms, number_in, targets=TARGETS, early_us=10_000_000):
    facts = probe(path)
    start_us = next(stream.start_us for stream in facts.streams if stream.kind == "video")
    times_us = [start_us + (time - times_ms[0]) * 1000 for time in times_ms]
    chance = random.Random(path.name)
    wrong = []
    for _ in range(targets):
        at = chance.randrange(times_us[0] + 2000, times_us[-1])
        # half a millisecond of slack: FLV and Matroska round time stamps to the millisecond
        if any(abs(at - time) < 1000 for time in times_us):
            at += 3000
        expected = bisect_right(times_us, at) - 1
        frame = exact_frame(path, at, facts.zero_us, early_us=early_us)
        if number_in(frame.image) != expected or abs(frame.at_us - times_us[expected]) > 1000:
            wrong.append((at, expected, number_in(frame.image), frame.at_us))
    assert wrong == []


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "flv", "ts", "avi"])
def test_that_every_still_is_the_frame_asked_for(tmp_path, make_film, number_in, suffix):
    times = [round(i * 1000 / 30) for i in range(900)]
    if suffix == "avi":  # it has a constant rate and no time stamps of its own
        path = make_film(tmp_path / "片 段.avi", times_ms=times, gop=250, codec="mpeg4", bframes=0, sound=False)
    else:
        path = make_film(tmp_path / f"片 段.{suffix}", times_ms=times, gop=250)
    _check_targets(path, times, number_in)


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "flv", "ts"])
def test_that_stills_are_exact_at_a_variable_rate_with_late_picture(tmp_path, make_film, number_in, suffix):
    chance = random.Random(5)
    times = [700]
    while len(times) < 500:
        times.append(times[-1] + chance.choice([16, 17, 33, 34, 50, 120, 200]))
    path = make_film(tmp_path / f"屏幕录制.{suffix}", times_ms=times, gop=120, bframes=3)
    _check_targets(path, times, number_in, early_us=3_000_000)


def test_that_the_frame_before_the_first_is_the_first_and_after_the_end_the_last(tmp_path, make_film, number_in):
    path = make_film(tmp_path / "a.mp4", times_ms=[500 + 40 * i for i in range(50)])
    zero = probe(path).zero_us
    first, last = exact_frame(path, 0, zero), exact_frame(path, 3_600_000_000, zero)
    assert (number_in(first.image), number_in(last.image)) == (0, 49)
    assert first.at_us > 0


def test_that_a_moment_inside_a_gap_shows_the_frame_before_it(tmp_path, make_film, number_in):
    times = [40 * i for i in range(50)] + [30_000 + 40 * i for i in range(50)]
    path = make_film(tmp_path / "gap.ts", times_ms=times)
    facts = probe(path)
    assert number_in(exact_frame(path, 20_000_000, facts.zero_us).image) == 49
    assert number_in(exact_frame(path, 31_000_000, facts.zero_us).image) in (74, 75)
    gaps = build_index(scan_packets(path), facts.video_index).gaps()
    assert len(gaps) == 1
    assert abs(gaps[0].start_us - 1_960_000) < 100_000 and gaps[0].length_us == 28_040_000


def _set_matrix(path: Path, matrix: tuple[int, ...]) -> None:
    """Overwrites the display matrix of the first track (ISO/IEC 14496-12 8.3.2: 40 bytes into the version 0 box)."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    a, b, c, d = (value << 16 for value in matrix)
    for place, value in enumerate((a, b, 0, c, d, 0, 0, 0, 1 << 30)):
        data[at + 4 * place : at + 4 * place + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("matrix", "degrees", "mirrored", "white_corner"),
    [
        ((1, 0, 0, 1), 0, False, "top left"),
        ((0, 1, -1, 0), 90, False, "top right"),
        ((-1, 0, 0, -1), 180, False, "bottom right"),
        ((0, -1, 1, 0), 270, False, "bottom left"),
        ((-1, 0, 0, 1), 0, True, "top right"),
    ],
)
def test_that_stills_are_turned_as_the_recording_asks(tmp_path, make_film, matrix, degrees, mirrored, white_corner):
    path = tmp_path / "竖屏.mp4"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        picture = np.zeros((96, 160, 3), np.uint8)
        picture[:48, :80] = 255
        for _ in range(5):
            out.mux(video.encode(av.VideoFrame.from_ndarray(picture)))
        out.mux(video.encode(None))
    _set_matrix(path, matrix)
    facts = probe(path)
    stream = facts.streams[0]
    assert (stream.rotation, stream.mirrored) == (degrees, mirrored)
    assert facts.orientation == ("portrait" if degrees in (90, 270) else "landscape")
    pixels = np.asarray(exact_frame(path, 0, facts.zero_us).image.convert("L"))
    height, width = pixels.shape
    assert (width, height) == ((96, 160) if degrees in (90, 270) else (160, 96))
    corners = {"top left": (8, 8), "top right": (8, -8), "bottom left": (-8, 8), "bottom right": (-8, -8)}
    assert [name for name, place in corners.items() if pixels[place] > 128] == [white_corner]


@pytest.mark.parametrize(("size", "red"), [((320, 240), 81), ((1280, 720), 63)])
def test_that_colours_follow_the_standard_for_the_height(tmp_path, size, red):
    """Pure red in BT.601 is (81, 90, 240), in BT.709 (63, 102, 240): both must come back as red."""
    width, height = size
    chroma = (90, 240) if red == 81 else (102, 240)
    path = tmp_path / "red.mp4"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        planes = [np.full(height * width, red), np.full(height * width // 4, chroma[0]), np.full(height * width // 4, chroma[1])]
        array = np.concatenate(planes).astype(np.uint8).reshape(height * 3 // 2, width)
        for _ in range(3):
            out.mux(video.encode(av.VideoFrame.from_ndarray(array, format="yuv420p")))
        out.mux(video.encode(None))
    pixel = exact_frame(path, 0, 0).image.getpixel((width // 2, height // 2))
    assert np.abs(np.array(pixel) - (255, 0, 0)).max() <= 4


def test_that_the_same_picture_gives_the_same_png(tmp_path, make_film):
    path = make_film(tmp_path / "a.mp4", frames=10)
    digests = {save_png(exact_frame(path, 100_000, 0).image, tmp_path / f"{i}.png") for i in range(2)}
    assert len(digests) == 1


def test_that_a_recording_without_picture_has_no_stills(tmp_path, make_film):
    path = make_film(tmp_path / "a.m4a", container="mp4", codec=None)
    with pytest.raises(BadInput) as refused:
        exact_frame(path, 0, 0)
    assert refused.value.code == "media.no_video"


def test_that_a_frame_with_destroyed_data_is_not_replaced_by_its_neighbour_in_silence(tmp_path, make_film, number_in):
    path = make_film(tmp_path / "a.mkv", frames=60, gop=60, bframes=0, sound=False)
    index = build_index(scan_packets(path), 0)
    data = bytearray(path.read_bytes())
    start = int(index.pos[30])
    data[start + 8 : int(index.pos[31]) - 16] = bytes(int(index.pos[31]) - 24 - start)
    path.write_bytes(data)
    at = int(index.times_us[30]) + 1000
    try:
        frame = exact_frame(path, at, index.zero_us)
    except BadInput as refused:
        assert refused.code == "media.frame_undecodable"
    else:
        assert frame.damaged or number_in(frame.image) == 30


def test_that_a_still_over_several_files_is_from_the_part_of_its_moment(tmp_path, make_film, number_in):
    """With and without an index the same frame; none in a gap."""
    paths = [make_film(tmp_path / name, frames=60, gop=30, bframes=2) for name in ("1.ts", "2.mkv")]
    parts = []
    for path, start in zip(paths, (0, 10_000_000), strict=True):
        index = build_index(scan_packets(path), probe(path).video_index)
        save_index(index, tmp_path / f"{path.name}.npz")
        parts.append((path, start, start + 2_000_000, index.zero_us, tmp_path / f"{path.name}.npz"))
    with_index = Timeline.of([TimelinePart(*part) for part in parts])
    without = Timeline.of([TimelinePart(*part[:4]) for part in parts])
    for at in (0, 700_000, 1_999_000, 10_050_000, 11_900_000):
        (frame, part), (same, other) = frame_on(with_index, at), frame_on(without, at)
        assert (part.path, frame.stamp, frame.at_us) == (other.path, same.stamp, same.at_us)
        assert number_in(frame.image) == number_in(same.image)
        assert np.array_equal(np.asarray(frame.image), np.asarray(same.image))
        assert part.path == paths[at >= 10_000_000]
    with pytest.raises(BadInput) as refused:
        frame_on(with_index, 5_000_000)
    assert refused.value.code == "media.no_picture_in_gap"


@pytest.mark.parametrize("box", [(40, 400), (400, 40), (1000, 1000)])
def test_that_what_the_screen_shows_has_the_picture_s_shape_and_turn(tmp_path, box):
    path = tmp_path / "竖屏.mp4"
    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=30)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        pixels = np.zeros((96, 160, 3), np.uint8)
        pixels[:48, :80] = (255, 0, 0)
        out.mux(video.encode(av.VideoFrame.from_ndarray(pixels)))
        out.mux(video.encode(None))
    _set_matrix(path, (0, 1, -1, 0))
    with av.open(str(path)) as source:
        frame = next(source.decode(video=0))
        shown = Display().pixels(frame, box, smooth=True)
        full = np.asarray(picture(frame))
    height, width = shown.shape[:2]
    assert width <= max(2, min(box[0], 96)) and height <= max(2, min(box[1], 160))
    assert abs(width / height - 96 / 160) < 0.05
    assert shown[height // 8, -width // 8][2] > 200 and full[160 // 8, -96 // 8][0] > 200
    assert shown[-height // 8, width // 8][2] < 60


def test_that_a_poster_is_small_and_upright(tmp_path, make_film):
    from PIL import Image

    path = make_film(tmp_path / "a.ts", frames=60, size=(640, 1136))
    facts = probe(path)
    write_poster(path, tmp_path / "poster.jpg", facts.zero_us, facts.duration_us)
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert poster.height == 480 and poster.width < poster.height


def test_that_a_frame_without_a_matrix_is_not_turned():
    assert rotation_of(av.VideoFrame(16, 16, "yuv420p")) == (0, False)
