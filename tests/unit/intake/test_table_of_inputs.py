"""Every row of the table of inputs (capture note 7): a file made for it, and what the import says and keeps."""

import json
import os
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import av
import pytest

from inspector_app.intake import mpegts
from inspector_app.integrity.digests import hash_file
from inspector_app.media.index import load_index


def codes(item):
    return [one["code"] for one in item["warnings"]]


def facts_of(item, code):
    return next(one["facts"] for one in item["warnings"] if one["code"] == code)


# -- phones ------------------------------------------------------------------------------------------------------------------------


def test_that_uneven_pacing_keeps_its_times_and_says_the_intervals(tmp_path, make_film, take, aged):
    times = [0, 33, 66, 100, 133, 300, 333, 500, 533, 700, 733, 766, 1000, 1033, 1200, 1233, 1400]
    (item,) = take(aged(make_film(tmp_path / "录屏.mp4", times_ms=times)))
    assert facts_of(item, "import.variable_rate") == {"min_us": 33000, "median_us": 33000, "max_us": 234000}
    assert item["index"]["intervals_us"]["max"] == 234_000 and item["index"]["frames"] == len(times)


def test_that_even_pacing_is_no_news(tmp_path, make_film, take, aged):
    (item,) = take(aged(make_film(tmp_path / "a.mp4", frames=40)))
    assert item["warnings"] == []


def test_that_turning_and_mirroring_are_told_and_kept(ffmpeg, take, tmp_path, aged):
    """The picture track's matrix is rewritten, as phones write it."""
    data = ffmpeg("a.mp4", sound=False).read_bytes()
    straight = b"".join(value.to_bytes(4, "big") for value in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30))
    minus = (1 << 32) - (1 << 16)
    turns = {
        "turned.mp4": (0, 1 << 16, 0, minus, 0, 0, 108 << 16, 0, 1 << 30),
        "mirrored.mp4": (minus, 0, 0, 0, 1 << 16, 0, 192 << 16, 0, 1 << 30),
    }
    at = data.index(straight, data.index(b"tkhd"))
    for name, matrix in turns.items():
        words = b"".join(value.to_bytes(4, "big") for value in matrix)
        (tmp_path / name).write_bytes(data[:at] + words + data[at + len(words) :])
    turned, mirrored = take(*(aged(tmp_path / name) for name in turns))
    assert facts_of(turned, "import.rotated") == {"degrees": 90} and turned["probe"]["orientation"] == "portrait"
    assert "import.mirrored" in codes(mirrored) and "import.rotated" not in codes(mirrored)


def test_that_a_header_that_lies_about_its_length_is_set_against_the_packets(ffmpeg, take, aged):
    """The movie header's duration is rewritten to an hour; what is there is two seconds."""
    path = ffmpeg("a.flv")
    data = bytearray(path.read_bytes())
    at = data.index(b"duration") + len(b"duration") + 1
    import struct

    data[at : at + 8] = struct.pack(">d", 3600.0)
    at = data.index(b"framerate") + len(b"framerate") + 1
    data[at : at + 8] = struct.pack(">d", 90.0)
    path.write_bytes(data)
    (item,) = take(aged(path))
    assert facts_of(item, "import.duration_header")["header"] == "01:00:00.000"
    assert abs(item["parts"][0]["end_us"] - 2_000_000) < 100_000


# -- recorders ---------------------------------------------------------------------------------------------------------------------


def flv_tags(path):
    """The bytes before the tags of a FLV file, and each tag as (type, milliseconds, bytes)."""
    data = path.read_bytes()
    at, tags = 13, []
    while at + 15 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        stamp = int.from_bytes(data[at + 4 : at + 7], "big") | data[at + 7] << 24
        tags.append((data[at], stamp, data[at : at + 15 + size]))
        at += 15 + size
    return data[:13], tags


def at_time(tag, stamp):
    return tag[:4] + (stamp & 0xFFFFFF).to_bytes(3, "big") + bytes([stamp >> 24]) + tag[8:]


def test_that_a_flv_whose_clock_starts_again_becomes_stretches_of_one_recording(ffmpeg, take, case, tmp_path, aged):
    """Two connections in one file, with a whole second FLV header between, as recorders leave it."""
    head, tags = flv_tags(ffmpeg("a.flv", "-bf", "0"))
    body = b"".join(tag for _, _, tag in tags)
    again = b"".join(tag for kind, _, tag in tags if kind != 18)
    path = tmp_path / "断线.flv"
    path.write_bytes(head + body + again)
    before = hash_file(path).sha256
    (item,) = take(aged(path))
    assert [(part["facts"].get("why"), part["start_us"] // 100_000) for part in item["parts"]] == [(None, 0), ("ts_backward", 20)]
    assert abs(item["parts"][1]["end_us"] - 4_000_000) < 200_000
    assert "import.epochs" in codes(item) and "import.clock_restart" not in codes(item)
    for part in item["parts"]:
        assert len(load_index(case / part["index"]["path"], part["index"]["sha256"])) == 60
    assert item["index"] is None
    (repaired,) = item["derivatives"]
    assert repaired["kind"] == "repaired" and hash_file(case / repaired["path"]).sha256 == repaired["sha256"]
    with av.open(str(case / repaired["path"])) as media:
        times = sorted(packet.pts * packet.time_base for packet in media.demux(video=0) if packet.pts is not None)
    assert len(times) == 120 and abs(times[60] * 1_000_000 - item["parts"][1]["start_us"]) < 100_000
    steps = [float(after - before) for before, after in pairwise(times)]
    assert max(steps) < 0.2
    assert hash_file(path).sha256 == before == hash_file(case / item["path"]).sha256


@pytest.mark.parametrize(("leap_s", "parts", "end_s"), [(60, 1, 64), (3600, 2, 4)])
def test_that_a_leap_that_a_reconnection_may_take_is_a_gap_and_a_longer_one_a_new_clock(ffmpeg, take, tmp_path, aged, leap_s, parts, end_s):
    head, tags = flv_tags(ffmpeg("a.flv", "-bf", "0"))
    body = b"".join(tag for _, _, tag in tags)
    later = b"".join(at_time(tag, stamp + 2000 + leap_s * 1000) for kind, stamp, tag in tags if kind != 18)
    path = tmp_path / "跳.flv"
    path.write_bytes(head + body + later)
    (item,) = take(aged(path))
    assert len(item["parts"]) == parts
    assert abs(item["parts"][-1]["end_us"] - end_s * 1_000_000) < 300_000
    if parts == 1:
        (gap,) = item["index"]["gaps"]
        assert abs(gap["end_us"] - gap["start_us"] - leap_s * 1_000_000) < 200_000


def test_that_a_transport_stream_that_lost_packets_is_counted(ffmpeg, take, tmp_path, aged):
    whole = ffmpeg("a.ts", seconds=3).read_bytes()
    packets = [whole[at : at + 188] for at in range(0, len(whole), 188)]
    del packets[60:64], packets[120]
    packets.insert(100, b"\0" * 77)
    path = tmp_path / "丢包.ts"
    path.write_bytes(b"".join(packets[20:]))
    (item,) = take(aged(path))
    assert facts_of(item, "import.continuity_errors")["count"] >= 2
    assert facts_of(item, "import.lost_sync") == {"count": 1, "bytes": 77}


def test_that_a_whole_transport_stream_has_no_breaks(ffmpeg):
    found = mpegts.examine(ffmpeg("a.ts", seconds=3), lambda _: None)
    assert (found.continuity_errors, found.lost_sync, found.lost_bytes) == (0, 0, 0)


def test_that_a_start_in_mid_picture_group_is_a_prefix_nobody_can_see(ffmpeg, take, tmp_path, aged):
    source = ffmpeg("a.ts", "-g", "60", seconds=4)
    with av.open(str(source)) as media:
        keys = [packet.pos for packet in media.demux(video=0) if packet.is_keyframe and packet.pos is not None]
    data = source.read_bytes()
    path = tmp_path / "中间开始.ts"
    path.write_bytes(data[: 188 * 3] + data[keys[0] // 188 * 188 + 188 * 40 :])
    (item,) = take(aged(path))
    assert facts_of(item, "import.undecodable_prefix")["length_us"] > 500_000


def test_that_a_matroska_file_without_cues_and_length_is_indexed_by_its_packets(ffmpeg, take):
    path = ffmpeg("崩溃.mkv", "-live", "1", "-f", "matroska")
    (item,) = take(path)
    assert "import.duration_missing" in codes(item)
    assert item["index"]["frames"] == 60 and abs(item["parts"][0]["end_us"] - 2_000_000) < 100_000


def test_that_a_film_without_its_table_is_kept_and_the_next_step_named(ffmpeg, take, case, tmp_path, aged, chinese):
    from inspector_app import i18n
    from inspector_app.domain.errors import BadInput

    whole = ffmpeg("a.mp4").read_bytes()
    path = tmp_path / "断电.mp4"
    path.write_bytes(whole[: whole.index(b"moov") - 4])
    (item,) = take(aged(path))
    assert (item["item"], item["code"]) == ("kept", "import.no_moov")
    assert hash_file(case / item["path"]).sha256 == hash_file(path).sha256
    i18n.set_language("zh")
    cause, step = i18n.explain(BadInput(item["code"], **item["facts"]))
    assert "无法解析：缺少 moov" in cause and "原件已保存" in step


def test_that_a_fragmented_film_cut_short_says_how_many_bytes_are_lost(ffmpeg, take, tmp_path, aged):
    whole = ffmpeg("a.mp4", "-movflags", "frag_keyframe+empty_moov+default_base_moof", "-frag_duration", "500000").read_bytes()
    path = tmp_path / "截断.mp4"
    last = whole.rindex(b"moof") - 4
    path.write_bytes(whole[: last + (len(whole) - last) // 2])
    (item,) = take(aged(path))
    assert item["item"] == "imported"
    assert int(facts_of(item, "import.truncated")["missing_bytes"]) > 0


# -- codecs ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words", "codec"),
    [
        ("a.mp4", ("-c:v", "libx265", "-x265-params", "log-level=none"), "hevc"),
        ("b.webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-c:a", "libopus"), "vp9"),
        ("c.mkv", ("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"), "av1"),
    ],
)
def test_that_codecs_slow_to_decode_are_taken_and_told(ffmpeg, take, name, words, codec):
    (item,) = take(ffmpeg(name, *words, seconds=0.5))
    assert item["item"] == "imported" and item["poster"] is not None
    assert facts_of(item, "import.heavy_codec") == {"codec": codec}


def test_that_ten_bits_and_hdr_are_told(ffmpeg, take):
    hdr = "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    path = ffmpeg("hdr.mp4", "-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", hdr, seconds=0.5)
    (item,) = take(path)
    assert facts_of(item, "import.high_depth") == {"bits": 10}
    assert facts_of(item, "import.hdr") == {"transfer": "PQ"}


# -- sound -------------------------------------------------------------------------------------------------------------------------


def test_that_a_hole_in_the_sound_is_told_with_its_length(tmp_path, make_film, take, aged):
    (item,) = take(aged(make_film(tmp_path / "断音.mp4", frames=120, silent_ms=(1000, 2500))))
    found = facts_of(item, "import.sound_holes")
    assert found["count"] == 1 and found["length"].startswith("00:00:01.")


def test_that_a_changing_sampling_rate_is_told(ffmpeg, take, tmp_path, aged):
    first = ffmpeg("1.ts", "-c:a", "aac", "-ar", "44100", seconds=1)
    second = ffmpeg("2.ts", "-c:a", "aac", "-ar", "48000", "-output_ts_offset", "1", seconds=1)
    path = tmp_path / "变.ts"
    path.write_bytes(first.read_bytes() + second.read_bytes())
    (item,) = take(aged(path))
    assert facts_of(item, "import.sound_rate_changes") == {"rates": "44100、48000"}


def test_that_a_film_without_sound_and_one_with_two_tracks_are_told(ffmpeg, take):
    two = ("-map", "0:v", "-map", "1:a", "-map", "1:a")
    silent, both = take(ffmpeg("静.mp4", sound=False), ffmpeg("双.mkv", *two))
    assert codes(silent) == ["import.no_audio"]
    assert facts_of(both, "import.several_tracks")["audio"] == 2
    assert [stream["kind"] for stream in both["probe"]["streams"]] == ["video", "audio", "audio"]


# -- what is no recording ----------------------------------------------------------------------------------------------------------


def test_that_headers_without_anything_behind_are_kept_and_do_no_harm(ffmpeg, take, case, tmp_path, aged):
    films = {"a.flv": 13, "b.mkv": 200, "c.mp4": 32, "d.ts": 188}
    paths = []
    for name, size in films.items():
        path = tmp_path / f"头{name}"
        path.write_bytes(ffmpeg(name).read_bytes()[:size])
        paths.append(aged(path))
    items = take(*paths)
    assert [item["item"] for item in items] == ["kept"] * 4
    assert {item["code"] for item in items} <= {"import.not_media", "import.no_streams", "import.no_moov"}
    assert sorted(path.name for path in (case / "working").iterdir()) == []


def test_that_screenshots_are_kept_as_pictures(tmp_path, take, aged):
    from PIL import Image

    for name in ("截图.png", "微信.jpg", "真的.mp4.webp"):
        Image.new("RGB", (8, 8), "red").save(tmp_path / name)
    items = take(*(aged(tmp_path / name) for name in ("截图.png", "微信.jpg", "真的.mp4.webp")))
    assert [item["material"] for item in items] == ["image"] * 3


def test_that_protected_files_are_kept_and_nothing_is_tried(ffmpeg, take, tmp_path, aged):
    plain = ffmpeg("a.mp4")
    locked = tmp_path / "drm.mp4"
    key = "00112233445566778899aabbccddeeff"
    scheme = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", key, "-encryption_kid", key]
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(plain), "-c", "copy", *scheme, str(locked)], check=True)
    cache = tmp_path / "缓存.m4s"
    cache.write_bytes(b"0" * 9 + plain.read_bytes())
    segment = tmp_path / "分片.ts"
    segment.write_bytes(os.urandom(64 << 10))
    fragmented = ffmpeg("f.mp4", "-movflags", "frag_keyframe+empty_moov+default_base_moof").read_bytes()
    piece = tmp_path / "片.m4s"
    piece.write_bytes(fragmented[fragmented.index(b"moof") - 4 :])
    items = take(*map(aged, (locked, cache, segment, piece)))
    assert [item["item"] for item in items] == ["kept"] * 4
    assert [item["code"] for item in items] == [
        "import.encrypted",
        "import.platform_cache",
        "import.encrypted_segment",
        "import.no_init",
    ]


# -- sizes, disks, names -----------------------------------------------------------------------------------------------------------


def test_that_a_hole_stays_a_hole_and_the_bytes_the_same(ffmpeg, take, case, channel):
    source = ffmpeg("稀疏.mp4")
    size = source.stat().st_size
    hole = 200 << 20
    with source.open("r+b") as file:
        file.seek(size)
        file.write((1).to_bytes(4, "big") + b"free" + hole.to_bytes(8, "big"))
        file.truncate(size + hole)
    os.utime(source, (1_700_000_000, 1_700_000_000))
    (item,) = take(source)
    assert item["bytes"] == size + hole
    assert hash_file(case / item["path"]).sha256 == item["sha256"] == hash_file(source).sha256
    assert (case / item["path"]).stat().st_blocks * 512 < hole // 4
    assert [done for done, _, _ in channel.reports] == sorted(done for done, _, _ in channel.reports)


@pytest.mark.slow
def test_that_more_than_four_gigabytes_are_streamed(ffmpeg, take, case, channel):
    if shutil.disk_usage(case).free < 6 << 30:
        pytest.skip("needs six gigabytes of free space")
    source = ffmpeg("大.mp4")
    size, hole = source.stat().st_size, (4 << 30) + 4096
    with source.open("r+b") as file:
        file.seek(size)
        file.write((1).to_bytes(4, "big") + b"free" + hole.to_bytes(8, "big"))
        file.truncate(size + hole)
    os.utime(source, (1_700_000_000, 1_700_000_000))
    (item,) = take(source)
    assert item["bytes"] == size + hole > 1 << 32 and item["item"] == "imported"
    assert channel.reports[-1] == (size + hole, size + hole, "bytes")
    assert any(done > 1 << 32 for done, _, _ in channel.reports)


def test_that_a_source_that_fails_leaves_its_part_with_the_count_of_bytes(take, case):
    """The kernel's own memory file reads with an input/output error, as a disk that is pulled out does."""
    failing = Path("/proc/self/mem")
    if not failing.exists():
        pytest.skip("needs /proc")
    (item,) = take(failing)
    assert (item["item"], item["code"]) == ("refused", "import.read_error")
    assert item["facts"]["bytes"] == "0"
    assert [path.suffix for path in (case / "originals" / ".incoming").iterdir()] != []
    assert not [path for path in (case / "originals").iterdir() if path.is_file()]


@pytest.mark.parametrize(
    "name",
    ["😀🛒直播.mp4", "ＡＢＣ（全角）　.mp4", "e\u0301te\u0301.mp4", "\u00e9t\u00e9.mp4", "长" * 80 + ".mp4", "a'b\"c;d$(e).mp4", "-v.mp4"],
)
def test_that_odd_names_are_kept_as_data_and_the_vault_has_its_own(ffmpeg, take, case, tmp_path, name):
    source = ffmpeg("a.mp4", seconds=0.5)
    odd = tmp_path / "odd" / name
    odd.parent.mkdir()
    source.rename(odd)
    (item,) = take(odd)
    assert item["source"]["name"] == name
    assert item["path"] == f"originals/{item['sha256']}.mp4"
    json.dumps(item, ensure_ascii=False).encode("utf-8")


# -- still being written -----------------------------------------------------------------------------------------------------------


def growing(channel, path, times):
    """Writes behind the file while it is imported, so often."""
    left = [times]

    def write(said):
        if said.reports and left[0]:
            left[0] -= 1
            with path.open("ab") as file:
                file.write(b"\0" * 100)
        return False

    channel.stop_when = write


def test_that_a_snapshot_takes_what_was_there_and_says_so(ffmpeg, take, case, channel):
    source = ffmpeg("a.flv")
    before = source.read_bytes()
    growing(channel, source, 3)
    (item,) = take(source, growing="snapshot")
    assert (case / item["path"]).read_bytes() == before
    assert facts_of(item, "import.snapshot") == {"bytes": len(before)}


def test_that_waiting_takes_the_file_once_it_stands(ffmpeg, take, case, channel, tmp_path):
    source = ffmpeg("a.flv")
    left = [3]

    def write(_):
        if left[0]:
            left[0] -= 1
            with source.open("ab") as file:
                file.write(b"\0" * 100)
        return False

    channel.stop_when = write
    (item,) = take(source, growing="wait")
    assert item["item"] == "imported" and item["bytes"] == source.stat().st_size
    assert hash_file(case / item["path"]).sha256 == hash_file(source).sha256
