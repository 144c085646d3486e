"""Several files of one broadcast as one recording; a file with several clocks; bytes without use; a watched folder."""

import os
import subprocess

import pytest

from inspector_app.casefile.timelines import timeline_of
from inspector_app.commands import material
from inspector_app.domain.errors import BadInput
from inspector_app.domain.records import Original, Part, Recording
from inspector_app.integrity.verify import verify_case


@pytest.fixture
def film(tmp_path):
    """A film of some seconds under a name of one's choice, each with other bytes."""

    def make(name, seconds=2):
        path = tmp_path / "素材" / name
        path.parent.mkdir(exist_ok=True)
        inputs = ["-f", "lavfi", "-i", f"testsrc2=size=192x108:rate=30:duration={seconds}", "-f", "lavfi", "-i", f"sine=d={seconds}"]
        codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-metadata", f"title={name}"]
        subprocess.run(["ffmpeg", "-v", "error", "-y", *inputs, *codecs, str(path)], check=True)
        os.utime(path, (1_780_000_000, 1_780_000_000))
        return path

    return make


def test_that_pieces_become_one_recording_with_gaps_to_scale(workspace, film):
    files = [film("r_20260601-200010.mp4"), film("r_20260601-200000.mp4"), film("r_20260601-200002.mp4")]
    facts = material.import_files(workspace, files=files, join=True).data
    case = workspace.opened
    recording = case.get(Recording, facts["joined"])
    parts = case.find(Part, order="ord", recording_id=recording.id)
    names = [case.get(Original, part.original_id).source_name for part in parts]
    assert names == ["r_20260601-200000.mp4", "r_20260601-200002.mp4", "r_20260601-200010.mp4"]
    assert parts[2].start_us == 10_000_000 and abs(parts[1].start_us - 2_000_000) < 100_000
    (gap,) = [one for one in recording.gaps if one["end_us"] - one["start_us"] > 1_000_000]
    assert gap == {"start_us": parts[1].end_us, "end_us": 10_000_000}
    assert recording.duration_us == parts[2].end_us == timeline_of(case, recording).duration_us
    timeline = timeline_of(case, recording)
    assert timeline.part_at(5_000_000) is None
    assert timeline.part_at(10_500_000).container_us(10_500_000) == parts[2].zero_us + 500_000
    assert recording.clock["name_time"] == "2026-06-01T20:00:00"
    assert verify_case(case.folder).ok


def test_that_a_wrong_join_is_put_right_by_importing_again_apart(workspace, film):
    files = [film("直播_002.mp4"), film("直播_001.mp4")]
    joined = material.import_files(workspace, files=files, join=True).data
    assert [one["code"] for one in joined["imported"][-1]["warnings"]] == ["import.join_gaps_unknown"]
    case = workspace.opened
    before = case.count(Original)
    apart = material.import_files(workspace, files=files).data
    assert all(one["duplicate"] for one in apart["imported"]) and case.count(Original) == before
    names = {row.name for row in case.find(Recording)}
    assert {"直播_001.mp4", "直播_002.mp4", "直播_001.mp4 +1"} <= names
    count = case.count(Recording)
    material.import_files(workspace, files=files)
    assert case.count(Recording) == count
    assert verify_case(case.folder).ok


def test_that_pieces_whose_times_contradict_each_other_are_refused_and_their_bytes_stay(workspace, film):
    files = [film("r_20260601-200000.mp4", seconds=6), film("r_20260601-200001.mp4")]
    before = workspace.opened.count(Recording)
    with pytest.raises(BadInput) as refused:
        material.import_files(workspace, files=files, join=True)
    assert refused.value.code == "join.overlap" and refused.value.facts["first"] == "r_20260601-200000.mp4"
    assert workspace.opened.count(Recording) == before
    facts = material.import_files(workspace, files=files).data
    assert workspace.opened.count(Recording) == before + 2 and len(facts["imported"]) == 2
    assert verify_case(workspace.opened.folder).ok


def test_that_numbered_files_are_proposed_as_one(workspace, film):
    facts = material.import_files(workspace, files=[film("x_001.mp4"), film("x_002.mp4")]).data
    assert facts["proposals"] == [["x_001.mp4", "x_002.mp4"]] and facts["joined"] == ""


def test_that_a_file_of_several_clocks_is_a_recording_of_several_parts(workspace, film):
    whole = film("a.flv").read_bytes()
    path = film("断线.flv")
    path.write_bytes(whole + whole[13:])
    os.utime(path, (1_780_000_000, 1_780_000_000))
    (one,) = material.import_files(workspace, files=[path]).data["imported"]
    parts = workspace.opened.find(Part, order="ord", recording_id=one["id"])
    assert [part.facts.get("why") for part in parts] == [None, "ts_backward"]
    assert len({part.original_id for part in parts}) == 1 and parts[1].start_us == parts[0].end_us
    (again,) = material.import_files(workspace, files=[path]).data["imported"]
    assert again["id"] == one["id"]
    assert verify_case(workspace.opened.folder).ok


def test_that_bytes_without_use_are_originals_all_the_same(workspace, tmp_path):
    path = tmp_path / "断电.mp4"
    path.write_bytes((16).to_bytes(4, "big") + b"ftypisom\0\0\0\0" + (1000).to_bytes(4, "big") + b"mdat" + os.urandom(992))
    os.utime(path, (1_780_000_000, 1_780_000_000))
    facts = material.import_files(workspace, files=[path]).data
    (one,) = facts["refused"]
    assert (one["code"], one["kept"]) == ("import.no_moov", 1)
    original = workspace.opened.get(Original, one["sha256"])
    assert original.kind == "unreadable" and (workspace.opened.folder / original.path).read_bytes() == path.read_bytes()
    (again,) = material.import_files(workspace, files=[path]).data["refused"]
    assert again["code"] == "import.no_moov"
    assert verify_case(workspace.opened.folder).ok


def test_that_a_watched_folder_is_taken_in_once(workspace, film, tmp_path):
    good = film("a.mp4")
    bad = good.with_name("坏.mp4")
    bad.write_bytes(b"not media at all " * 100)
    os.utime(bad, (1_780_000_000, 1_780_000_000))
    facts = material.watch(workspace, folder=good.parent, rounds=1).data
    assert [one["name"] for one in facts["imported"]] == ["a.mp4"]
    assert [one["code"] for one in facts["refused"]] == ["import.not_media"]
    again = material.watch(workspace, folder=good.parent, rounds=1).data
    assert (again["imported"], again["refused"]) == ([], [])
