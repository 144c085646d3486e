"""The capture's journal and what is made of it after a recorder died: nothing truncated, nothing believed that does not hold."""

import hashlib
import json
import os

import pytest

from inspector_app.intake.live.flvtags import make_tag, preamble
from inspector_app.intake.live.journal import Journal
from inspector_app.intake.live.recovery import recover
from inspector_app.intake.live.segments import SegmentWriter
from inspector_app.intake.live.tape import Tape
from inspector_app.integrity.capturechain import JOURNAL, check, read

TAG = make_tag(9, b"\x27\x01\0\0\0" + bytes(400), 40)


@pytest.fixture
def folder(tmp_path):
    """A capture that died: one closed segment, one open with half a tag at its end."""
    tape = Tape(tmp_path, Journal(tmp_path))
    tape.new_epoch()
    for why in ("start", "time"):
        tape.begin(".flv", preamble([], 0), why=why, starts_us=40_000)
        tape.write(TAG * 3, 120_000)
    tape.tick()
    tape.write(TAG[: len(TAG) // 2])
    tape.journal.close()
    os.close(tape._segment._file)
    tape._segment = None
    return tmp_path


def test_that_a_line_that_was_altered_ends_what_is_believed(folder):
    path = folder / JOURNAL
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(read(path)) == len(lines)
    for place in range(len(lines)):
        altered = [*lines[:place], lines[place].replace(b'"at":"2', b'"at":"3', 1), *lines[place + 1 :]]
        path.write_bytes(b"".join(altered))
        assert len(read(path)) in (place, place + 1), "the altered line, or the next one that names its digest"
        assert len(read(path)) < len(lines) or place == len(lines) - 1
    path.write_bytes(b"".join(lines[1:]))
    assert read(path) == []


def test_that_a_torn_journal_goes_on_and_says_what_was_torn(folder):
    with (folder / JOURNAL).open("ab") as file:
        file.write(b'{"at":"2026-11-21T')
    tape, found = recover(folder)
    assert found["recovered"] == 1
    tape.finish("lost")
    events = [line.said for line in read(folder / JOURNAL)]
    assert events[-1]["event"] == "end"
    torn = next(said for said in events if said["event"] == "journal_torn")
    assert torn["bytes"] == 18 and torn["sha256"] == hashlib.sha256(b'{"at":"2026-11-21T').hexdigest()


def test_that_the_open_segment_is_measured_and_never_truncated(folder):
    before = {path.name: path.read_bytes() for path in folder.glob("*.flv")}
    tape, found = recover(folder)
    tape.finish("lost")
    assert found["missing"] == found["altered"] == []
    said = next(line.said for line in read(folder / JOURNAL) if line.event == "recovered")
    assert said["torn_bytes"] == len(TAG) // 2 and said["whole_bytes"] + said["torn_bytes"] == said["bytes"]
    assert {path.name: path.read_bytes() for path in folder.glob("*.flv")} == before
    assert said["sha256"] == hashlib.sha256(before[said["file"]]).hexdigest()


def test_that_a_closed_segment_that_was_changed_is_named(folder):
    first = min(folder.glob("*.flv"))
    content = bytearray(first.read_bytes())
    content[-1] ^= 1
    first.chmod(0o644)
    first.write_bytes(content)
    tape, found = recover(folder)
    tape.finish("lost")
    assert found["altered"] == [first.name]
    assert [line.said["file"] for line in read(folder / JOURNAL) if line.event == "segment_bad"] == [first.name]


def test_that_the_check_of_a_capture_names_what_does_not_hold(folder):
    tape, _ = recover(folder)
    tape.finish("lost")
    lines = read(folder / JOURNAL)
    case = folder.parent
    row = {"folder": folder.name, "state": "lost", "chain_head": lines[-1].head}
    originals = {line.said["sha256"]: {} for line in lines if "sha256" in line.said}
    named, problems = check(case, row, originals)
    assert problems == [] and f"{folder.name}/{JOURNAL}" in named and len(named) == 3
    assert [one.code for one in check(case, {**row, "chain_head": "0" * 64}, originals)[1]] == ["capture.head_differs"]
    assert {one.code for one in check(case, row, {})[1]} == {"capture.segment_unlisted"}
    path = folder / JOURNAL
    path.write_bytes(path.read_bytes().replace(b'"why":"time"', b'"why":"mark"'))
    assert check(case, row, originals)[1][0].code == "capture.journal_broken"
    path.unlink()
    assert [one.code for one in check(case, row, originals)[1]] == ["capture.journal_missing"]


def test_that_a_segment_is_never_written_over(tmp_path):
    path = tmp_path / "000001_x_e00.flv"
    writer = SegmentWriter(path, b"front")
    writer.write(b"bytes")
    whole, received = writer.close()
    assert (whole, received) == (hashlib.sha256(b"frontbytes").hexdigest(), hashlib.sha256(b"bytes").hexdigest())
    with pytest.raises(FileExistsError):
        SegmentWriter(path, b"")


def test_that_no_float_gets_into_a_line(tmp_path):
    journal = Journal(tmp_path)
    with pytest.raises(TypeError):
        journal.write("x", value=0.5)
    journal.write("x", value=1)
    journal.close()
    assert [json.loads(line.raw)["seq"] for line in read(tmp_path / JOURNAL)] == [1]


def test_that_a_recording_on_a_full_disk_ends_in_order(tmp_path, broadcast, film, spec):
    """A real file system of a few megabytes: the ballast makes room for the last lines, every byte before is kept."""
    import subprocess

    from inspector_app.intake.live.recorder import Recorder

    small = tmp_path / "小盘"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], capture_output=True, check=False).returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        (small / "o").mkdir()
        (small / "w").mkdir()
        told = spec(folder=str(small / "o"), working=str(small / "w"), seconds=120, min_free_bytes=0, ballast_bytes=200_000)
        Recorder(told, broadcast(film, speed=40).url).run()
        lines = read(small / "o" / JOURNAL)
        assert (lines[-1].event, lines[-1].said["reason"]) == ("end", "disk")
        for line in lines:
            if line.event == "segment":
                assert hashlib.sha256((small / "o" / line.said["file"]).read_bytes()).hexdigest() == line.said["sha256"]
        assert not (small / "w" / "ballast").exists()
    finally:
        subprocess.run(["umount", str(small)], check=True)
