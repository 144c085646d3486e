"""Room pages: resolved by the library where it has a plugin, again when an address expires; otherwise the reason and what to do instead."""

import sys
import threading
from pathlib import Path

import pytest

from inspector_app.intake.live import rooms
from inspector_app.intake.live.choosing import Chooser, sniff
from inspector_app.intake.live.lane import Broken
from inspector_app.intake.live.recorder import Recorder
from inspector_app.integrity.capturechain import JOURNAL, read

streamlink = pytest.importorskip("streamlink")

PLUGIN = """
import re
from streamlink.plugin import Plugin, pluginmatcher
from streamlink.stream.http import HTTPStream

@pluginmatcher(re.compile(r"http://127\\.0\\.0\\.1:\\d+/room/"))
class Demo(Plugin):
    addresses = []
    def _get_streams(self):
        for name, url in (self.addresses.pop(0) if self.addresses else {}).items():
            yield name, HTTPStream(self.session, url, headers={"Referer": "http://demo/", "Cookie": "secret=1"})

__plugin__ = Demo
"""


@pytest.fixture
def session(tmp_path):
    """The library with one more plugin, whose rooms lie on the loopback."""
    folder = tmp_path / "插件"
    folder.mkdir()
    (folder / "demoroom.py").write_text(PLUGIN, encoding="utf-8")
    made = streamlink.Streamlink()
    made.plugins.load_path(folder)
    yield made
    sys.modules.pop("streamlink.plugins.demoroom", None)


def plugin_of(session):
    return session.resolve_url_no_redirect("http://127.0.0.1:1/room/1")[1]


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("https://live.bilibili.com/123", "bilibili"),
        ("https://live.douyin.com/123", "douyin"),
        ("https://www.huya.com/1", "huya"),
        ("https://www.douyu.com/1", "douyu"),
    ],
)
def test_that_the_platforms_the_library_knows_are_known(page, name):
    assert streamlink.Streamlink().resolve_url_no_redirect(page)[0] == name


def test_that_a_page_of_no_known_platform_is_refused_with_what_to_do(broadcast, film, record):
    page = b"<!DOCTYPE html><html><body>live</body></html>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + str(len(page)).encode() + b"\r\n\r\n"
    server = broadcast(film, raw=head + page)
    tape = record(server.url.removesuffix(".flv"))
    assert (tape.events[-1]["reason"], tape.events[-1]["cause"]) == ("refused", "live.room_unknown") and tape.files == []
    assert tape.events[-1]["cause_facts"] == {"host": "127.0.0.1"}


def test_that_a_pasted_stream_is_never_taken_for_a_page(broadcast, film):
    url = broadcast(film).url
    assert sniff(url) == "flv"

    def never(page, quality):
        raise AssertionError("no room is asked for a stream")

    assert Chooser(url.removesuffix(".flv"), "auto", never).lane(None).name == "flv"


def test_that_an_unknown_address_that_answers_404_keeps_its_own_refusal(broadcast, film):
    server = broadcast(film, raw=b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    asked = []

    def finder(page, quality):
        asked.append(page)
        raise Broken("resolve_fail", "live.room_unknown", final=True, host="x")

    chooser = Chooser(server.url.removesuffix(".flv"), "auto", finder)
    for _ in range(2):
        with pytest.raises(Broken) as caught:
            chooser.lane(None)
        assert caught.value.code == "live.http_status" and not caught.value.final
    assert len(asked) == 1


def connects_of(told):
    journal = Path(told.folder) / JOURNAL
    return sum(line.event == "connect" for line in read(journal)) if journal.exists() else 0


def test_that_a_room_is_resolved_again_when_its_address_expires_in_the_same_quality(session, broadcast, film, spec, watched):
    page = broadcast(film, raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html></html>")
    first, second = broadcast(film, speed=4, drop_after=4), broadcast(film, speed=4)
    gone = broadcast(film, raw=b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    worse = broadcast(film, raw=b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    plugin_of(session).addresses = [
        {"480p": worse.url, "720p": first.url + "?token=firstsecret"},
        {"480p": gone.url, "720p": second.url + "?token=secondsecret", "1080p": gone.url},
    ]

    told = spec()
    address = page.url.replace("/live/room.flv", "/room/1")
    recorder = Recorder(told, address)
    recorder.chooser = Chooser(address, "auto", lambda room, quality: rooms.find(session, room, quality))

    def expires():
        while not first.script.connections and not first.over.wait(0.02):
            pass
        first.script.raw = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"

    threading.Thread(target=expires, daemon=True).start()
    watched(recorder.run, Path(told.working), lambda: second.script.sent and connects_of(told) >= 2)
    lines = [line.said for line in read(Path(told.folder) / JOURNAL)]
    resolved = [said for said in lines if said["event"] == "resolved"]
    assert [said["quality"] for said in resolved] == ["720p", "720p"] and resolved[0]["plugin"] == "demoroom"
    assert b"Referer: http://demo/" in second.script.requests[0] and b"Cookie" not in second.script.requests[0]
    text = (Path(told.folder) / JOURNAL).read_bytes()
    assert b"firstsecret" not in text and b"secondsecret" not in text


def test_that_a_room_off_air_is_asked_again_after_a_while(session):
    plugin_of(session).addresses = []
    with pytest.raises(Broken) as caught:
        rooms.find(session, "http://127.0.0.1:1/room/1", "")
    assert caught.value.code == "live.room_offline" and caught.value.wait_s == rooms.OFFLINE_S and not caught.value.final


def test_that_a_changed_quality_is_told(session):
    plugin_of(session).addresses = [{"720p": "http://a/x.flv"}, {"480p": "http://b/x.flv"}]
    room = rooms.Room("http://127.0.0.1:1/room/1", lambda page, quality: rooms.find(session, page, quality))
    assert "quality_before" not in room.resolve()[1]
    facts = room.resolve()[1]
    assert (facts["quality_before"], facts["quality"], facts["host_before"], facts["host"]) == ("720p", "480p", "a", "b")
    assert room.quality == "720p", "the first one is asked for again"
