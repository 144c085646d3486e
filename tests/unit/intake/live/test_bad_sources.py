"""Sources that lie, refuse or never end: refused or waited for with bounded memory, and the journal says why."""

import resource
import threading

import pytest

from inspector_app.intake.live.lane import Broken
from inspector_app.intake.live.source import HttpStream, redacted, secrets_of, shown


def answer(body: bytes = b"", head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n") -> bytes:
    return head + b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (answer(head=b"HTTP/1.1 404 Not Found\r\n"), "live.http_status"),
        (answer(b"<html>no such room</html>", b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n"), "live.http_status"),
        (answer(b"<html><body>not here</body></html>"), "live.not_media"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "live.not_http"),
    ],
)
def test_that_a_source_without_media_is_tried_again_until_told_to_stop(broadcast, film, record, raw, code):
    server = broadcast(film, raw=raw)
    tape = record(server.url, until=lambda tape: server.script.connections >= 3)
    assert tape.files == []
    end = tape.events[-1]
    assert (end["event"], end["reason"], end["cause"]) == ("end", "stopped", code)
    assert [gap["kind"] for gap in tape.of("gap")] in (["resolve_fail"], ["http_status"])
    assert tape.of("gap")[0]["attempts"] >= 2


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:1"])
def test_that_a_redirect_to_anything_but_http_is_refused_for_good(broadcast, film, record, target):
    server = broadcast(film, raw=f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())
    tape = record(server.url)
    end = tape.events[-1]
    assert (end["reason"], end["cause"]) == ("refused", "live.redirect_refused")
    assert server.script.connections == 1 and tape.files == []


def test_that_a_redirect_to_http_is_followed(broadcast, film, record):
    real = broadcast(film, speed=4)
    door = broadcast(film, raw=f"HTTP/1.1 302 Found\r\nLocation: {real.url}\r\nContent-Length: 0\r\n\r\n".encode())
    tape = record(door.url, until=lambda tape: tape.told_us() > 1_000_000)
    assert tape.frames()[0] > 0


def test_that_an_endless_header_is_refused(broadcast, film, record):
    server = broadcast(film, endless=b"HTTP/1.1 200 OK\r\nX-Padding: " + b"x" * 4096)
    end = record(server.url).events[-1]
    assert (end["reason"], end["cause"]) == ("refused", "live.header_too_long")


def test_that_a_flood_of_noise_neither_fills_memory_nor_disk(broadcast, film, record):
    noise = broadcast(film, endless=b"HTTP/1.1 200 OK\r\n\r\n" + b"\x00" * (1 << 20))
    tape = record(noise.url, until=lambda tape: noise.script.connections >= 3)
    assert tape.events[-1]["cause"] == "live.not_media" and tape.files == []


def test_that_a_flood_of_media_is_taken_as_it_comes_with_bounded_memory(broadcast, film, record):
    """A server that sends as fast as it can: all of it lies on the disk, cut into segments, and memory stays flat."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    server = broadcast(film, speed=400)
    tape = record(server.url, until=lambda tape: len(tape.of("segment")) >= 4)
    assert len(tape.of("segment")) >= 4
    assert {said["why"] for said in tape.of("segment")} <= {"time", "planned_end", "stopped"}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_that_chunked_bodies_come_out_as_they_were(broadcast, film):
    body = b"".join(bytes([number % 251]) * number for number in range(1, 400))
    pieces = [body[at : at + 777] for at in range(0, len(body), 777)]
    chunked = b"".join(f"{len(piece):x};note=1\r\n".encode() + piece + b"\r\n" for piece in pieces) + b"0\r\n\r\n"
    server = broadcast(film, raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked)
    stream = HttpStream(server.url)
    found = b""
    while (data := stream.read(1)) != b"":
        found += data or b""
    stream.close()
    assert found == body


def test_that_a_body_shorter_than_promised_is_said(broadcast, film):
    server = broadcast(film, raw=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
    stream = HttpStream(server.url)
    with pytest.raises(Broken) as caught:
        while stream.read(1) != b"":
            pass
    stream.close()
    assert caught.value.code == "live.cut_short"


def test_that_nobody_at_the_address_is_unreachable():
    with pytest.raises(Broken) as caught:
        HttpStream("http://127.0.0.1:1/live.flv")
    assert caught.value.code == "live.unreachable" and not caught.value.final


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("rtmp://user:pw@host:1935/app/key?sign=1", "rtmp://host:1935/app/key"),
        ("https://[::1]:8443/a.flv#x", "https://[::1]:8443/a.flv"),
        ("http://host:bad/a", "http://host/a"),
    ],
)
def test_that_an_address_is_shown_without_its_secrets(url, kept):
    assert shown(url) == kept


def test_that_secrets_are_taken_out_of_what_a_server_echoes():
    secrets = secrets_of("http://u:password1@h/a.m3u8?token=abcdef&x=1")
    assert redacted(b"seg1.ts?token=abcdef&x=1 abcdef", secrets) == b"seg1.ts?[removed] [removed]"


def test_that_no_thread_stays_behind(broadcast, film, record):
    before = threading.active_count()
    record(broadcast(film, speed=4).url, until=lambda tape: tape.state.get("bytes"))
    assert threading.active_count() <= before + 3, "only the broadcaster's own"


def test_that_a_fault_of_the_recorder_itself_leaves_an_open_journal_for_the_next_one(broadcast, film, spec, watched, monkeypatch):
    from pathlib import Path

    from inspector_app.intake.live import control, flv
    from inspector_app.intake.live.recorder import Recorder
    from inspector_app.integrity.capturechain import JOURNAL, read

    told = spec()
    url = broadcast(film, speed=4).url
    with monkeypatch.context() as patch:
        patch.setattr(flv, "take_tags", lambda _: [None])
        first = Recorder(told, url)
        first.run()
    assert first.crashed
    first._tape.journal.close()
    watched(Recorder(told, url).run, Path(told.working), lambda: control.read_state(Path(told.working)).get("bytes"))
    events = [line.said for line in read(Path(told.folder) / JOURNAL)]
    crash = next(said for said in events if said["event"] == "crash")
    assert crash["cause"] == "AttributeError" and crash["place"].startswith("flv.py:")
    assert events[-1]["event"] == "end" and any(said["event"] == "segment" for said in events)
