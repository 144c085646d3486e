"""HLS from a scripted server: holes, breaks, maps, keys, echoes of secrets, segments that fail."""

import hashlib
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import pytest

HEAD = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:{}\n"


class Room:
    """`lists` are given out one after another (the last stays); `files` by path; what is not there is 404, what is None breaks off."""

    def __init__(self) -> None:
        self.lists: list[str] = []
        self.files: dict[str, bytes | None] = {}
        room = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.partition("?")[0]
                if path == "/live.m3u8":
                    body = (room.lists.pop(0) if len(room.lists) > 1 else room.lists[0]).encode()
                else:
                    body = room.files.get(path, b"")
                    if body == b"":
                        self.send_error(404)
                        return
                self.send_response(200)
                self.send_header("Content-Length", str(len(body or bytes(99))))
                self.end_headers()
                self.wfile.write(body or b"torn")

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/live.m3u8"


@pytest.fixture
def room():
    one = Room()
    yield one
    one.server.shutdown()
    one.server.server_close()


def listed(first, names, *, end=False, before=None):
    lines = [(before or {}).get(name, "") + f"#EXTINF:0.5,\n{name}\n" for name in names]
    return HEAD.format(first) + "".join(lines) + ("#EXT-X-ENDLIST\n" if end else "")


def test_that_a_hole_in_the_sequence_is_a_gap_and_the_end_is_the_sources(room, record):
    room.files = {f"/{number}.ts": bytes([number]) * 1000 for number in range(1, 9)}
    room.lists = [listed(1, ["1.ts", "2.ts"]), listed(5, ["5.ts", "6.ts"], end=True)]
    tape = record(room.url)
    assert [said["sequence"] for said in tape.of("segment")] == [1, 2, 5, 6]
    assert [path.read_bytes() for path in tape.files] == [room.files[f"/{number}.ts"] for number in (1, 2, 5, 6)]
    assert [(gap["kind"], gap["first"], gap["last"]) for gap in tape.of("gap")] == [("hls_sequence_hole", 3, 4)]
    assert (tape.events[-1]["reason"], tape.events[-1]["cause"]) == ("source_ended", "live.ended")


def test_that_a_discontinuity_begins_an_epoch_and_maps_stand_in_front(room, record):
    room.files = {"/init.mp4": b"MAP" * 50, "/a.m4s": b"a" * 500, "/b.m4s": b"b" * 500}
    tags = {"a.m4s": '#EXT-X-MAP:URI="init.mp4"\n#EXT-X-PROGRAM-DATE-TIME:2026-11-21T09:15:00+08:00\n', "b.m4s": "#EXT-X-DISCONTINUITY\n"}
    room.lists = [listed(1, ["a.m4s", "b.m4s"], before=tags, end=True)]
    tape = record(room.url)
    first, second = tape.of("segment")
    assert (first["epoch"], second["epoch"]) == (0, 1) and first["program_date_time"] == "2026-11-21T09:15:00+08:00"
    for said, path, media in zip((first, second), tape.files, (b"a" * 500, b"b" * 500), strict=True):
        assert path.read_bytes() == b"MAP" * 50 + media and said["preamble_bytes"] == 150
        assert said["received_sha256"] == hashlib.sha256(media).hexdigest()


def test_that_a_segment_that_fails_is_kept_as_far_as_it_came_and_told(room, record):
    room.files = {"/1.ts": b"1" * 100, "/2.ts": None, "/4.ts": b"4" * 100}
    room.lists = [listed(1, ["1.ts", "2.ts", "3.ts", "4.ts"], end=True)]
    tape = record(room.url)
    assert [(said["sequence"], said["complete"]) for said in tape.of("segment")] == [(1, 1), (2, 0), (2, 0), (4, 1)]
    assert [(gap["first"], gap["last"]) for gap in tape.of("gap")] == [(2, 2), (3, 3)]
    failed = [said["cause"] for said in tape.of("notice") if said["kind"] == "segment_failed"]
    assert failed == ["live.cut_short"] * 2 + ["live.http_status"] * 2


def test_that_a_secret_a_playlist_echoes_is_not_kept_and_a_key_is_named_without_its_query(room, record):
    room.files = {"/1.ts": b"1" * 100}
    tags = {"1.ts?sign=topsecret": '#EXT-X-KEY:METHOD=AES-128,URI="/key?sign=topsecret"\n'}
    room.lists = [listed(1, ["1.ts?sign=topsecret"], before=tags, end=True)]
    tape = record(room.url + "?sign=topsecret")
    assert tape.of("segment")[0]["key"].endswith("/key") and tape.of("segment")[0]["key"].startswith("AES-128 http")
    told = tape.of("playlist")[0]
    assert told["redacted"] == 1 and "topsecret" not in told["text"]
    assert b"topsecret" not in b"".join(path.read_bytes() for path in tape.folder.iterdir())


def test_that_a_segment_on_this_machine_is_refused(room, record):
    room.lists = [listed(1, ["file:///etc/passwd"])]
    tape = record(room.url)
    assert (tape.events[-1]["reason"], tape.events[-1]["cause"]) == ("refused", "live.redirect_refused") and tape.files == []


@pytest.mark.parametrize("kind", ["mpegts", "fmp4"])
def test_that_sound_in_a_playlist_of_its_own_is_recorded_with_the_picture(room, record, tmp_path, kind):
    """Two sizes and one sound, each in its own playlist: the larger picture and the sound, every packet of both."""
    folder = tmp_path / "源"
    folder.mkdir()
    made = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-f", "lavfi", "-i", "sine", "-t", "6"]
    made += ["-map", "0:v", "-map", "0:v", "-map", "1:a", "-s:v:0", "160x120", "-s:v:1", "320x240"]
    made += ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac", "-f", "hls", "-hls_time", "1", "-hls_list_size", "0"]
    made += ["-hls_segment_type", kind, "-hls_playlist_type", "vod", "-master_pl_name", "live.m3u8"]
    made += ["-var_stream_map", "a:0,agroup:s v:0,agroup:s v:1,agroup:s", str(folder / "out_%v.m3u8")]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *made], check=True, cwd=folder)
    room.lists = [(folder / "live.m3u8").read_text(encoding="utf-8")]
    room.files = {f"/{path.name}": path.read_bytes() for path in folder.iterdir()}
    tape = record(room.url)
    assert (tape.events[-1]["reason"], tape.events[-1]["cause"]) == ("source_ended", "live.ended")
    assert tape.of("connect")[0]["lane"] == "remux" and [one["kind"] for one in tape.of("notice")] == ["sound_apart"]
    assert sum(tape.frames()) == 150 and sum(tape.frames("audio")) >= 6 * 44_100 // 1024
    with av.open(str(tape.files[0])) as container:
        assert container.streams.video[0].width == 320
