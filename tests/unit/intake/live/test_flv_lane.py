"""HTTP-FLV: what was sent is what lies on the disk, cut where it must be, with every cut and gap in the journal."""

import hashlib
import json
import stat
from collections import Counter
from itertools import pairwise

from inspector_app.integrity.capturechain import JOURNAL, next_head, read
from inspector_app.integrity.chain import GENESIS

VIDEO = 9


def sent_frames(server) -> int:
    return sum(kind == VIDEO for kind, _, _ in server.script.sent)


def test_that_the_received_bytes_lie_there_verbatim_in_segments_that_play_alone(broadcast, film, record):
    server = broadcast(film, speed=20, base_ms=90_000)
    tape = record(server.url, until=lambda tape: len(tape.of("segment")) >= 2)
    wire = b"".join(film.first) + b"".join(raw for _, _, raw in server.script.sent)
    received = tape.received()
    assert wire.startswith(received[: len(received) - 1]) and len(received) > 200_000
    segments = tape.of("segment")
    assert [said["why"] for said in segments] == ["time", "time", "stopped"]
    assert [said["epoch"] for said in segments] == [0, 0, 0]
    assert all(frames >= 250 for frames in tape.frames()[:2])
    for path, said in zip(tape.files, segments, strict=True):
        content = path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == said["sha256"]
        assert hashlib.sha256(content[said["preamble_bytes"] :]).hexdigest() == said["received_sha256"]
        assert b"duration" not in content[: said["preamble_bytes"]]
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
        assert path.name.endswith(f"_e{said['epoch']:02d}.flv")
    assert [one["ends_us"] == two["starts_us"] for one, two in pairwise(segments)] == [True, True]
    assert segments[0]["keys"][0][0] // 1000 >= 90_000


def test_that_the_running_chain_binds_every_segment_to_its_line(broadcast, film, record):
    tape = record(broadcast(film, speed=20).url, until=lambda tape: tape.of("segment"))
    head = GENESIS
    for line in read(tape.folder / JOURNAL):
        if line.event == "segment":
            assert line.said["chain_before"] == head
            head = next_head(head, line.said["sha256"], line.raw)
    end = tape.events[-1]
    assert end["event"] == "end" and end["chain_head"] == head
    assert tape.state["chain_head"] == head and tape.state["state"] == "stopped"


def test_that_a_server_that_drops_costs_a_gap_and_no_frame(broadcast, film, record):
    server = broadcast(film, speed=16, drop_after=8)
    tape = record(server.url, until=lambda tape: len(tape.of("connect")) >= 3)
    segments = tape.of("segment")
    assert [said["why"] for said in segments[:2]] == ["disconnect"] * 2
    assert [said["epoch"] for said in segments[:2]] == [0, 1]
    gaps = tape.of("gap")
    assert len(gaps) >= 2 and {gap["kind"] for gap in gaps} == {"disconnect"} and {gap["class"] for gap in gaps} == {"network"}
    assert all(gap["length_us"] > 0 and gap["attempts"] >= 1 for gap in gaps)
    assert sum(tape.frames()[:2]) == 2 * sum(kind == VIDEO and at < 8000 for at, _, kind, _ in film.tags)


def test_that_a_leap_of_an_hour_is_one_cut_and_one_new_epoch(broadcast, film, record):
    server = broadcast(film, speed=20, jump=(4, 3_600_000))
    tape = record(server.url, until=lambda tape: len(tape.of("segment")) >= 2)
    segments = tape.of("segment")
    assert segments[0]["why"] == "ts_forward" and [said["epoch"] for said in segments[:2]] == [0, 1]
    notices = [said for said in tape.of("notice") if said["kind"] == "ts_forward"]
    assert len(notices) == 1 and notices[0]["cuts"] == 1 and abs(notices[0]["jump_us"] - 3_600_000_000) < 200_000
    assert sum(tape.frames()) == sent_frames_on_disk(tape)


def test_that_time_stamps_that_begin_anew_are_one_cut(broadcast, film, record):
    server = broadcast(film, speed=20, restart_after=4, base_ms=500_000)
    tape = record(server.url, until=lambda tape: len(tape.of("segment")) >= 2)
    segments = tape.of("segment")
    assert segments[0]["why"] == "ts_backward" and [said["epoch"] for said in segments[:2]] == [0, 1]
    assert sum(said["kind"] == "ts_backward" for said in tape.of("notice")) == 1
    assert sum(tape.frames()) == sent_frames_on_disk(tape)


def sent_frames_on_disk(tape) -> int:
    """Video tags in the received bytes, counted by their heads."""
    data, at, count = tape.received(), 0, 0
    while at + 15 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        count += data[at] == VIDEO and data[at + 12] == 1
        at += size + 15
    return count


def test_that_a_change_of_picture_size_begins_a_segment_with_the_new_headers(broadcast, film, small_film, record):
    import av

    server = broadcast(film, speed=20, other=(4, small_film))
    tape = record(server.url, until=lambda tape: len(tape.of("segment")) >= 2)
    segments = tape.of("segment")
    assert segments[0]["why"] == "header_change" and segments[0]["epoch"] == segments[1]["epoch"] == 0
    sizes = []
    for path in tape.files:
        with av.open(str(path)) as container:
            sizes.append({(frame.width, frame.height) for frame in container.decode(video=0)})
    assert [said["bytes"] for said in tape.of("script")] == [len(small_film.first[0])], "metadata in mid-stream stands in the journal"
    assert sizes[0] == {(320, 240)} and sizes[1] == {(160, 120)}
    assert sum(tape.frames()) == sent_frames_on_disk(tape)


def test_that_a_mark_stands_in_the_journal_and_cuts_at_the_next_key_frame(broadcast, film, record):
    from inspector_app.intake.live import control

    server = broadcast(film, speed=4)
    asked = []

    def until(tape):
        if tape.state.get("state") == "recording" and not asked:
            asked.append(1)
            control.mark(tape.working, "最低价")
        return any(said["why"] == "mark" for said in tape.of("segment"))

    tape = record(server.url, until=until)
    assert [said["text"] for said in tape.of("mark")] == ["最低价"]
    assert all(tape.frames())


def test_that_silence_is_a_stall_and_never_called_recording(broadcast, film, record):
    server = broadcast(film, speed=2, pause=(1, 120))
    states = []

    def until(tape):
        states.append(tape.state.get("state"))
        if states[-1] == "stalled":
            server.script.resume.set()
        return tape.of("gap")

    tape = record(server.url, until=until)
    assert [gap["kind"] for gap in tape.of("gap")] == ["stall"] and tape.of("gap")[0]["length_us"] > 3_000_000
    assert "stalled" in states and "recording" in states
    assert Counter(said["event"] for said in tape.events)["connect"] == 1


def test_that_a_pause_is_a_gap_of_its_own_and_recording_goes_on_behind_it(broadcast, film, record):
    from inspector_app.intake.live import control

    server = broadcast(film, speed=2)
    states = []

    def until(tape):
        states.append(tape.state.get("state"))
        if states[-1] == "recording" and "paused" not in states:
            control.pause(tape.working, True)
        if states[-1] == "paused":
            control.pause(tape.working, False)
        return tape.of("gap") and len(tape.of("connect")) == 2

    tape = record(server.url, until=until)
    [gap] = tape.of("gap")
    assert (gap["kind"], gap["class"]) == ("user_pause", "ours") and gap["length_us"] > 0 and gap["media_after_us"] > gap["media_before_us"]
    assert len(tape.of("segment")) == 2 and all(tape.frames())


def test_that_the_address_keeps_its_secrets(broadcast, film, record):
    server = broadcast(film, speed=4)
    url = server.url.replace("http://", "http://inspector:geheim77@") + "?sign=token99"
    tape = record(url, until=lambda tape: tape.state.get("bytes"))
    assert b"?sign=token99" in server.script.requests[0] and b"Authorization: Basic" in server.script.requests[0]
    written = b"".join(path.read_bytes() for place in (tape.folder, tape.working) for path in place.rglob("*") if path.suffix != ".flv")
    assert b"geheim77" not in written and b"token99" not in written
    assert json.loads((tape.working / "state.json").read_text(encoding="utf-8"))["bytes"] > 0
