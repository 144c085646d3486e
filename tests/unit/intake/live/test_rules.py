"""The rules that need no network: detectors, playlists, places on the timeline, the time of day."""

from datetime import timedelta

import pytest

from inspector_app.domain.broadcast import broadcast_time
from inspector_app.intake.live.flvtags import NotFlv, make_tag, preamble, read_header, take_tags
from inspector_app.intake.live.placing import Placer
from inspector_app.intake.live.playlist import NotPlaylist, parse
from inspector_app.intake.live.watch import ClockWatch, RepeatWatch

S = 1_000_000


def test_that_tags_are_found_however_the_bytes_are_cut():
    tags = [make_tag(9, b"\x17\x01\0\0\x28" + bytes(size), 0x01020304 + size) for size in (0, 5, 900)] + [
        make_tag(8, b"\xaf\x00\x12\x10", 7)
    ]
    stream = b"".join(tags)
    for step in (1, 3, 16, 4096):
        buffer, found = bytearray(), []
        for at in range(0, len(stream), step):
            buffer += stream[at : at + step]
            found += list(take_tags(buffer))
        assert [tag.raw for tag in found] == tags and not buffer
    assert found[0].stamp_ms == 0x01020304 and found[0].shown_ms == 0x01020304 + 40 and found[0].key and found[3].header


def test_that_a_preamble_is_flv_without_a_duration():
    made = preamble([make_tag(9, b"\x17\0\0\0\0avcC", 5)], 77)
    header = read_header(made)
    assert header == b"FLV\x01\x01\0\0\0\x09\0\0\0\0"
    script, video = take_tags(bytearray(made[len(header) :]))
    assert script.kind == 18 and video.header and video.stamp_ms == 77 and b"duration" not in made
    with pytest.raises(NotFlv):
        read_header(b"<html>")
    with pytest.raises(NotFlv):
        list(take_tags(bytearray(b"\x55" * 20)))


def test_that_both_streams_of_a_leap_are_one_epoch():
    watch = ClockWatch()
    assert [watch.see(9, 0), watch.see(8, 10_000), watch.see(9, 400_000)] == [("", 0)] * 3
    assert watch.see(9, 1_000_000) == ("notice", 600_000)
    assert watch.see(8, 900_000)[0] == "notice"
    assert watch.see(9, 3601 * S)[0] == "cut"
    assert watch.see(8, 900_000 + 3600 * S + 100_000) == ("", 0)
    assert watch.see(8, 100_000)[0] == "cut"
    assert watch.see(9, 100_000) == ("", 0)


def test_that_what_comes_twice_after_a_reconnect_is_counted():
    watch = RepeatWatch()
    for number in range(20):
        watch.see(bytes([number]))
    watch.reconnected()
    assert [watch.see(bytes([number])) for number in (17, 18, 19, 20, 21)] == [0, 0, 0, 3, 0]


MEDIA = """#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-MAP:URI="init.mp4",BYTERANGE="700@0"
#EXT-X-PROGRAM-DATE-TIME:2026-11-21T09:15:00.000+08:00
#EXTINF:3.96,
a.m4s?x=1
#EXT-X-DISCONTINUITY
#EXT-X-KEY:METHOD=AES-128,URI="https://k/key?t=1"
#EXT-X-BYTERANGE:1000@500
#EXTINF:4,
b.m4s
#EXT-X-BYTERANGE:20
#EXTINF:4,
b.m4s
#EXT-X-ENDLIST
"""


def test_that_a_media_playlist_is_read_with_maps_ranges_and_breaks():
    found = parse(MEDIA, "http://h/live/list.m3u8")
    assert (found.target_us, found.ended, len(found.segments)) == (4 * S, True, 3)
    first, second, third = found.segments
    assert (first.sequence, first.url, first.duration_us) == (7, "http://h/live/a.m4s?x=1", 3_960_000)
    assert (first.map_url, first.map_range, first.moment[:4]) == ("http://h/live/init.mp4", "0-699", "2026")
    assert second.discontinuity and second.byte_range == "500-1499" and second.key.startswith("AES-128 https://k/key")
    assert third.byte_range == "1500-1519" and not third.discontinuity


def test_that_the_best_variant_comes_first_and_sound_apart_is_seen():
    text = '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",URI="s.m3u8"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow\n#EXT-X-STREAM-INF:BANDWIDTH=9,AUDIO="a"\nhigh\n'
    found = parse(text, "http://h/")
    assert found.variants == ((9, "http://h/high", "a"), (1, "http://h/low", "")) and found.apart == {"a"}
    for bad in ("", "<html>", "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:x"):
        with pytest.raises(NotPlaylist):
            parse(bad, "http://h/")


def line(epoch, starts, ends, delay, **more):
    return {"epoch": epoch, "starts_us": starts, "ends_us": ends, "delay_us": delay, "mono_us": 0, **more}


def test_that_gaps_stand_to_scale_and_segments_follow_without_a_seam():
    placer = Placer()
    assert placer.place(line(0, None, 60 * S, 1000 * S), 50 * S, 60 * S) == (0, 10 * S, 50 * S)
    assert placer.place(line(0, 60 * S, 70 * S, 1000 * S), 60 * S - 20_000, 70 * S) == (10 * S, 20 * S, 60 * S)
    # a reconnect six seconds later with a clock of its own
    assert placer.place(line(1, None, None, 1076 * S), 0, 5 * S) == (26 * S, 31 * S, 0)
    resumed = Placer(**placer.as_json())
    # a clock that leapt by an hour follows at once
    assert resumed.place(line(2, None, None, 1081 * S - 3600 * S), 3600 * S, 3604 * S) == (31 * S, 35 * S, 3600 * S)
    # what a server sends again lies behind what came before, it never overlaps
    start, _, _ = resumed.place(line(3, None, None, 1083 * S), 0, 4 * S)
    assert start == 35 * S


def test_that_a_hole_in_hls_is_to_scale_by_the_segments_own_clock():
    placer = Placer()
    placer.place(line(0, None, None, None, sequence=1, duration_us=2 * S), 10 * S, 12 * S)
    assert placer.place(line(0, None, None, None, sequence=4, duration_us=2 * S, hole_us=8 * S), 16 * S, 18 * S) == (6 * S, 8 * S, 16 * S)


def test_that_the_time_of_day_is_interpolated_and_never_claims_more_than_is_known():
    clock = {"anchors": [[0, 1_000 * S], [60 * S, 1_060 * S + 600]], "jitter_us": 30_000}
    found = broadcast_time(clock, 30 * S)
    assert found is not None and found.utc.timestamp() == 1030.0003 and found.error_us is None and found.compared == "not_compared"
    assert found.between_anchors and not broadcast_time(clock, 500 * S).between_anchors
    sntp = broadcast_time({**clock, "sntp": [[1_000 * S, 250_000, 40_000]]}, 0)
    assert (sntp.correction_us, sntp.error_us, sntp.compared) == (250_000, 50_000, "sntp")
    manual = broadcast_time({**clock, "sntp": [[0, 1, 1]], "manual": {"offset_us": -2 * S, "error_us": S}}, 0)
    assert (manual.correction_us, manual.error_us, manual.compared) == (-2 * S, S + 30_000, "manual")
    assert sntp.utc - manual.utc == timedelta(seconds=2.25)
    assert broadcast_time({}, 0) is None
