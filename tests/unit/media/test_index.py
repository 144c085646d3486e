"""The time index answers which frame is seen when, and is the same file every time."""

import av
import numpy as np
import pytest

from inspector_app.domain.errors import CheckFailed
from inspector_app.domain.timebase import to_micros
from inspector_app.media.index import build_index, load_index, save_index
from inspector_app.media.scan import scan_packets


def test_that_the_index_lists_every_frame_in_order_with_its_key_flag(tmp_path, make_film):
    path = make_film(tmp_path / "a.mkv", frames=120, gop=30)
    index = build_index(scan_packets(path), 0)
    with av.open(str(path)) as container:
        frames = [(frame.pts, bool(frame.key_frame)) for frame in container.decode(video=0)]
    assert [(int(pts), bool(key)) for pts, key in zip(index.pts, index.key, strict=True)] == frames
    assert list(np.flatnonzero(index.key)) == [0, 30, 60, 90]
    assert all(to_micros(int(pts), index.base) - index.zero_us == time for pts, time in zip(index.pts, index.times_us, strict=True))


def test_that_a_moment_belongs_to_the_last_frame_not_after_it(tmp_path, make_film):
    index = build_index(scan_packets(make_film(tmp_path / "a.mp4", times_ms=[0, 40, 200, 240, 900], sound=False)), 0)
    assert [index.at(at) for at in (-5, 0, 39_999, 40_000, 199_999, 200_000, 10_000_000)] == [0, 0, 0, 1, 1, 2, 4]
    assert index.intervals_us() == (40_000, 160_000, 660_000)


def test_that_the_zero_is_where_the_earliest_stream_begins(tmp_path, make_film):
    scan = scan_packets(make_film(tmp_path / "a.ts", times_ms=[500 + 33 * i for i in range(60)]))
    index = build_index(scan, 0)
    assert scan.streams[1].start_us() == scan.zero_us
    assert 450_000 < index.times_us[0] < 550_000


def test_that_decoder_warm_up_does_not_move_the_zero(tmp_path, make_film):
    """AAC begins with priming samples that are never heard; in MP4 and Matroska their packet lies before zero."""
    for suffix in ("mp4", "mkv"):
        assert scan_packets(make_film(tmp_path / f"a.{suffix}", frames=30)).zero_us == 0


def test_that_gaps_are_pauses_far_beyond_the_usual_interval(tmp_path, make_film):
    slow = build_index(scan_packets(make_film(tmp_path / "slow.mkv", times_ms=[700 * i for i in range(20)], sound=False)), 0)
    assert slow.gaps() == []
    times = [*range(0, 2000, 40), *range(5000, 7000, 40)]
    broken = build_index(scan_packets(make_film(tmp_path / "gap.mkv", times_ms=times, sound=False)), 0)
    assert [(gap.start_us, gap.end_us) for gap in broken.gaps()] == [(1_960_000, 5_000_000)]


def test_that_a_sound_recording_is_indexed_by_its_sound(tmp_path, make_film):
    path = make_film(tmp_path / "a.m4a", container="mp4", codec=None, frames=600, silent_ms=(5000, 9000))
    index = build_index(scan_packets(path), 0)
    assert index.kind == "audio" and len(index.gaps()) == 1


def test_that_a_saved_index_reads_back_and_a_changed_one_is_refused(tmp_path, make_film):
    index = build_index(scan_packets(make_film(tmp_path / "a.ts", frames=60)), 0)
    digest = save_index(index, tmp_path / "index.npz")
    assert digest == save_index(index, tmp_path / "again.npz")
    read = load_index(tmp_path / "index.npz", digest)
    assert np.array_equal(read.pts, index.pts) and np.array_equal(read.key, index.key) and np.array_equal(read.pos, index.pos)
    assert (read.base, read.zero_us, read.duration_us, read.kind) == (index.base, index.zero_us, index.duration_us, "video")
    with pytest.raises(CheckFailed) as altered:
        load_index(tmp_path / "index.npz", "0" * 64)
    assert altered.value.code == "media.index_altered"
