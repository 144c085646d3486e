"""Proxy, strip and the worker that makes them: right moments, usable pieces, resumed where they stopped."""

import random
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from inspector_app.domain.errors import BadInput, Stopped
from inspector_app.domain.timebase import SECOND
from inspector_app.media import previewing
from inspector_app.media.frames import Frames
from inspector_app.media.peaks import Peaks
from inspector_app.media.picture import picture
from inspector_app.media.probe import probe
from inspector_app.media.proxy import GOP_US, make_piece
from inspector_app.media.scan import scan_packets
from inspector_app.media.strip import Strip, build_strip
from inspector_app.media.timeline import Timeline, TimelinePart


@pytest.fixture
def timeline(tmp_path, make_film):
    """Two films of numbered pictures, 100 and 100, with a gap of two seconds between."""
    parts = []
    for name, start in (("1.mp4", 0), ("2.ts", 6 * SECOND)):
        path = make_film(tmp_path / name, times_ms=[40 * number for number in range(100)], size=(1152, 648), bframes=2, gop=50)
        parts.append(TimelinePart(path, start, start + 4 * SECOND, probe(path).zero_us))
    return Timeline.of(parts)


def test_that_the_proxy_shows_the_same_moment_and_says_that_it_is_one(timeline, tmp_path, number_in):
    piece = make_piece(Frames(timeline), SECOND, 9 * SECOND, tmp_path / "p.mp4")
    assert (piece.start_us, piece.end_us, piece.width, piece.height) == (SECOND, 9 * SECOND, 960, 540)
    proxy = Frames(Timeline.of([TimelinePart(tmp_path / "p.mp4", SECOND, 9 * SECOND, 0)]))
    exact, chance = Frames(timeline), random.Random(2)
    for _ in range(20):
        at = chance.choice([SECOND, 6 * SECOND]) + chance.randrange(2_900_000)
        assert number_in(picture(proxy.frame_at(at).frame)) == number_in(picture(exact.frame_at(at).frame))
    corner = np.asarray(picture(proxy.frame_at(SECOND).frame).convert("L"), float)[8:40, 8:70]
    assert (corner > 180).mean() > 0.1
    index = scan_packets(tmp_path / "p.mp4").streams[0]
    keys = [pts * index.base for pts, key in zip(index.pts, index.key, strict=True) if key]
    steps = np.diff([float(key) for key in keys])
    assert np.all((steps <= GOP_US / SECOND + 0.05) | (steps > 2))


def test_that_a_piece_ends_where_the_pictures_change_their_size(tmp_path, make_film):
    parts = []
    for name, start, size in (("1.mp4", 0, (192, 108)), ("2.mp4", SECOND, (108, 192))):
        path = make_film(tmp_path / name, frames=30, size=size)
        parts.append(TimelinePart(path, start, start + SECOND, probe(path).zero_us))
    frames = Frames(Timeline.of(parts))
    first = make_piece(frames, 0, 2 * SECOND, tmp_path / "a.mp4")
    second = make_piece(frames, first.end_us, 2 * SECOND, tmp_path / "b.mp4")
    assert (first.end_us, first.width, first.height) == (SECOND, 192, 108)
    assert (second.end_us, second.width, second.height) == (2 * SECOND, 108, 192)


def test_that_the_strip_covers_the_recording_and_finds_the_nearest(timeline, tmp_path):
    files = build_strip(Frames(timeline), tmp_path)
    strip = Strip.open(tmp_path / "strip.json")
    assert [path.name for path in files] == ["strip-0.jpg", "strip-1.jpg", "strip.json"]  # the middle cell would lie in the gap
    times = [cell.at_us for cell in strip.cells]
    assert times == sorted(set(times)) and len(times) == 4
    for cell in strip.cells:
        with Image.open(cell.sheet) as sheet:
            x, y, width, height = cell.box
            assert 0 <= x < x + width <= sheet.width and 0 <= y < y + height <= sheet.height
            assert (width, height) == (160, 90)
    assert strip.nearest(9 * SECOND).at_us == times[-1] and strip.nearest(-5).at_us == times[0]
    assert Strip(()).nearest(0) is None


def test_that_something_else_is_no_strip(tmp_path):
    (tmp_path / "strip.json").write_text("[]", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        Strip.open(tmp_path / "strip.json")
    assert refused.value.code == "media.strip_unreadable"


def _spec(case: Path, timeline: Timeline, **more):
    return {
        "case": str(case),
        "folder": "working/previews/rec",
        "timeline": timeline.as_spec(),
        "duration_us": timeline.duration_us,
        "kinds": ["peaks", "strip", "proxy"],
        "has_video": True,
        "done": [],
        "spans": [],
        **more,
    }


@pytest.fixture
def pieces(monkeypatch):
    """Short pieces and no lower priority for the process of the tests."""
    monkeypatch.setattr(previewing, "PIECE_US", 3 * SECOND)
    monkeypatch.setattr(previewing.os, "nice", lambda _: 0)


def test_that_the_worker_sends_each_file_with_its_place(timeline, tmp_path, channel, pieces):
    previewing.run(_spec(tmp_path, timeline), channel)
    kinds = [item["derivative"] for item in channel.items]
    assert kinds == ["peaks", *["strip"] * 3, *["proxy"] * 4]
    proxies = [item for item in channel.items if item["derivative"] == "proxy"]
    assert [(-item["offset_us"], item["settings"]["end_us"]) for item in proxies] == [
        (at, min(10 * SECOND, at + 3 * SECOND)) for at in (0, 3 * SECOND, 6 * SECOND, 9 * SECOND)
    ]
    assert all((tmp_path / item["path"]).stat().st_size == item["bytes"] for item in channel.items)
    assert Peaks.open(tmp_path / "working/previews/rec/sound.peaks").done_us == timeline.duration_us


def test_that_a_stopped_run_is_gone_on_with(timeline, tmp_path, channel, pieces):
    channel.stop_when = lambda said: sum(item["derivative"] == "proxy" for item in said.items) == 2
    with pytest.raises(Stopped):
        previewing.run(_spec(tmp_path, timeline), channel)
    sent = list(channel.items)
    spans = [[item["settings"]["start_us"], item["settings"]["end_us"]] for item in sent if item["derivative"] == "proxy"]
    assert not list((tmp_path / "working/previews/rec").glob("*.partial"))
    channel.stop_when = lambda _: False
    channel.items.clear()
    previewing.run(_spec(tmp_path, timeline, done=[item["path"] for item in sent], spans=spans), channel)
    assert [(item["derivative"], -item["offset_us"]) for item in channel.items] == [("proxy", 6 * SECOND), ("proxy", 9 * SECOND)]


def test_that_a_turned_recording_has_an_upright_proxy(tmp_path, make_film):
    path = make_film(tmp_path / "a.mp4", frames=30, sound=False)
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    for place, value in enumerate((0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)):
        data[at + 4 * place : at + 4 * place + 4] = value.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    piece = make_piece(Frames(Timeline.single(path, 0, SECOND)), 0, SECOND, tmp_path / "p.mp4")
    assert (piece.width, piece.height) == (108, 192)
    with av.open(str(tmp_path / "p.mp4")) as made:
        shown = np.asarray(picture(next(made.decode(video=0))).convert("L"), float)
    original = np.asarray(picture(Frames(Timeline.single(path, 0, SECOND)).frame_at(0).frame).convert("L"), float)
    assert original.shape == shown.shape
    assert np.abs(original[60:] - shown[60:]).mean() < 12
