"""RTMP and HLS from a real server: packets remuxed with their own time stamps, HLS segments verbatim with their playlists."""

import hashlib
import runpy
from pathlib import Path
from types import SimpleNamespace

import av
import pytest

from ....patience import until  # noqa: TID252

nginx = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("nginxserver.py"))))
flvserver = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("flvserver.py"))))

pytestmark = pytest.mark.skipif(not nginx.available(), reason="nginx with its RTMP module is not installed")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nginx")
    source = flvserver.make_flv(folder / "source.flv", seconds=20)
    with nginx.serving(folder / "server", source) as addresses:
        until((folder / "server" / "hls" / "room.m3u8").exists, "the server's first playlist")
        yield *addresses, folder / "server" / "hls"


def packets(path):
    with av.open(str(path)) as container:
        return [(packet.stream.type, packet.pts * packet.time_base, bytes(packet)) for packet in container.demux() if packet.size]


def test_that_rtmp_goes_into_matroska_packet_by_packet_with_its_own_time_stamps(served, record):
    tape = record(served[0], until=lambda tape: tape.of("segment"))
    assert tape.of("connect")[0]["lane"] == "remux" and not tape.of("gap")
    segments = tape.of("segment")
    assert [said["why"] for said in segments] == ["time", "stopped"]
    assert all(path.suffix == ".mkv" for path in tape.files)
    first, second = (packets(path) for path in tape.files)
    for found, said in zip((first, second), segments, strict=True):
        digests = {hashlib.sha256(b"".join(data for one, _, data in found if one == kind)).hexdigest() for kind in ("video", "audio")}
        assert digests == set(said["payload_sha256"]), "the payload of every packet is the one received"
    joint = [moment for kind, moment, _ in first + second if kind == "video"]
    assert max(later - earlier for earlier, later in zip(sorted(joint), sorted(joint)[1:], strict=False)) < 0.1
    assert tape.frames()[0] == sum(kind == "video" for kind, _, _ in first)
    assert abs(segments[0]["keys"][0][0] - 1_000_000 * min(joint)) < 5_000


def test_that_hls_segments_lie_there_byte_for_byte_with_every_playlist(served, record):
    kept = {}

    def until(tape):
        for path in served[2].glob("*.ts"):
            kept[hashlib.sha256(path.read_bytes()).hexdigest()] = path.name
        return len(tape.of("segment")) >= 4

    tape = record(served[1], until=until)
    segments = [said for said in tape.of("segment") if said["complete"]]
    assert len(segments) >= 4 and all(said["sha256"] == said["received_sha256"] for said in segments)
    for path in served[2].glob("*.ts"):
        kept[hashlib.sha256(path.read_bytes()).hexdigest()] = path.name
    assert sum(said["sha256"] in kept for said in segments) >= 4
    numbers = [said["sequence"] for said in segments]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    text = b""
    for said in tape.of("playlist"):
        text = text[: said["keep"]] + said["text"].encode()
        assert hashlib.sha256(text).hexdigest() == said["sha256"], "every playlist can be had again as it came"
    assert all(tape.frames()[: len(segments)])


def test_that_a_stream_that_is_not_there_is_waited_for(served, record):
    address = served[0].replace("room", "nobody")
    tape = record(address, until=lambda tape: tape.state.get("trouble") or len(tape.of("heartbeat")) >= 3)
    assert tape.events[-1]["event"] == "end" and tape.files == []
