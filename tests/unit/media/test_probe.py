"""What a recording is, told from its packets; what is refused and what is taken with a warning."""

import json

import av
import pytest

from inspector_app.domain.errors import BadInput
from inspector_app.media.probe import Probe, probe


def _codes(facts):
    return {warning.code for warning in facts.warnings}


@pytest.mark.parametrize(("suffix", "kind"), [("mp4", "mp4"), ("mkv", "matroska"), ("flv", "flv"), ("ts", "mpegts")])
def test_that_a_sound_recording_is_described_without_warnings(tmp_path, make_film, suffix, kind):
    facts = probe(make_film(tmp_path / f"直播 间.{suffix}", frames=90))
    video = facts.streams[facts.video_index]
    audio = facts.streams[facts.audio_index]
    assert facts.type == kind and facts.orientation == "landscape" and not facts.warnings
    assert (video.codec, video.width, video.height, video.rotation, video.packets) == ("h264", 192, 108, 0, 90)
    assert (audio.codec, audio.sample_rate, audio.channels) == ("aac", 48000, 1)
    assert abs(facts.duration_us - 3_000_000) < 120_000
    numerator, denominator = map(int, video.average_rate.split("/"))
    assert abs(numerator / denominator - 30) < 0.5
    assert min(stream.start_us for stream in facts.streams) == 0


def test_that_a_probe_survives_the_pipe(tmp_path, make_film):
    facts = probe(make_film(tmp_path / "a.ts", frames=30, sound=False))
    assert Probe.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_that_type_is_told_by_content_not_by_name(tmp_path, make_film):
    assert probe(make_film(tmp_path / "a.mp4", container="matroska", frames=10)).type == "matroska"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.mp4", b"", "import.empty"),
        ("notes.mp4", "这是一份笔记，不是视频。\n".encode() * 500, "import.not_media"),
        ("noise.mp4", bytes(range(256)) * 800, "import.not_media"),
        ("list.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", "import.not_media"),
        ("concat.mp4", b"ffconcat version 1.0\nfile '/etc/passwd'\n", "import.not_media"),
        ("photo.mp4", b"\x89PNG\r\n\x1a\n" + bytes(4000), "import.not_media"),
    ],
)
def test_that_what_is_no_recording_is_refused(tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        probe(path)
    assert (refused.value.code, refused.value.facts["file"]) == (code, name)


def test_that_an_mp4_cut_before_its_table_of_contents_is_named_as_such(tmp_path, make_film):
    path = make_film(tmp_path / "断电.mp4", frames=90)
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])
    with pytest.raises(BadInput) as refused:
        probe(path)
    assert refused.value.code == "import.no_moov"


def test_that_a_cut_mp4_with_its_table_in_front_is_taken_up_to_the_last_good_time(tmp_path, make_film):
    path = make_film(tmp_path / "a.mp4", frames=300, options={"movflags": "faststart"})
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    facts = probe(path)
    warning = next(warning for warning in facts.warnings if warning.code == "import.truncated")
    assert warning.facts["missing_bytes"] == len(data) - len(data) * 6 // 10
    assert warning.facts["last_good"].startswith("00:00:0")
    assert 3_000_000 < facts.duration_us < 8_000_000
    assert facts.header_duration_us > 9_000_000


def test_that_a_cut_matroska_file_is_noticed(tmp_path, make_film):
    path = make_film(tmp_path / "a.mkv", frames=300)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    facts = probe(path)
    assert "import.truncated" in _codes(facts)
    assert "import.duration_header" in _codes(facts)


def test_that_sound_only_and_picture_only_are_taken_with_a_warning(tmp_path, make_film):
    assert _codes(probe(make_film(tmp_path / "a.m4a", container="mp4", codec=None, frames=60))) == {"import.no_video"}
    assert _codes(probe(make_film(tmp_path / "b.mp4", sound=False, frames=60))) == {"import.no_audio"}


def test_that_a_live_matroska_without_duration_is_measured(tmp_path, make_film):
    path = make_film(tmp_path / "a.mkv", frames=60, options={"live": "1"})
    facts = probe(path)
    assert facts.header_duration_us is None and abs(facts.duration_us - 2_000_000) < 100_000
    assert not facts.warnings


def test_that_a_foreign_duration_in_the_header_is_shown_beside_the_real_one(tmp_path, make_film):
    path = make_film(tmp_path / "a.flv", frames=60)
    data = path.read_bytes()
    at = data.index(b"duration") + 9  # the name, then a type byte, then an IEEE 754 double (AMF0)
    path.write_bytes(data[:at] + b"\x40\xac\x20\x00\x00\x00\x00\x00" + data[at + 8 :])  # 3600.0
    facts = probe(path)
    warning = next(warning for warning in facts.warnings if warning.code == "import.duration_header")
    assert warning.facts["header"] == "01:00:00.000" and warning.facts["measured"].startswith("00:00:0")


def test_that_a_stream_joined_between_key_frames_has_its_undecodable_start_told(tmp_path, make_film):
    path = make_film(tmp_path / "a.ts", frames=300, gop=90)
    data = path.read_bytes()
    cut = len(data) // 10 // 188 * 188
    path.write_bytes(data[cut:])
    facts = probe(path)
    prefix = next(warning for warning in facts.warnings if warning.code == "import.undecodable_prefix")
    assert 1_000_000 < prefix.facts["length_us"] < 3_000_000


def test_that_damaged_packets_are_counted(tmp_path, make_film):
    path = make_film(tmp_path / "a.ts", frames=200)
    data = bytearray(path.read_bytes())
    packets = len(data) // 188
    for number in range(packets // 2, packets // 2 + 12):
        data[number * 188 : (number + 1) * 188] = bytes(188)
    path.write_bytes(data)
    assert "import.corrupt_packets" in _codes(probe(path))


def test_that_a_clock_that_starts_again_is_noticed(tmp_path, make_film):
    first, second = make_film(tmp_path / "a.ts", frames=90), make_film(tmp_path / "b.ts", frames=90)
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    assert "import.clock_restart" in _codes(probe(joined))


def test_that_several_tracks_are_listed(tmp_path, make_film):
    path = tmp_path / "two.mkv"
    source = make_film(tmp_path / "a.mkv", frames=30)
    with av.open(str(source)) as given, av.open(str(path), "w") as out:
        chosen = [*given.streams, given.streams.audio[0]]
        made = [out.add_stream_from_template(stream) for stream in chosen]
        for packet in given.demux():
            if packet.size == 0:
                continue
            packet.stream = made[packet.stream_index]
            out.mux_one(packet)
    facts = probe(path)
    assert len(facts.streams) == 3 and "import.several_tracks" in _codes(facts)
