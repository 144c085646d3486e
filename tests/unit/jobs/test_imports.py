"""What an import leaves in the case, file by file."""

import os

import pytest

from inspector_app.casefile import journal
from inspector_app.casefile.case import create
from inspector_app.commands import material
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.people import Officer
from inspector_app.domain.records import ChatMessage, Original, Recording, Segment, Session, Transcript
from inspector_app.integrity.verify import verify_case


def write(path, content):
    path.write_text(content, encoding="utf-8")
    os.utime(path, (1_780_000_000, 1_780_000_000))
    return path


def test_that_a_recording_its_subtitles_and_its_chat_stand_in_the_case(workspace, clip):
    case = workspace.opened
    recording = case.find(Recording)[0]
    original = case.get(Original, recording.original_id)
    assert (recording.name, original.bytes, original.source_name) == (clip.name, clip.stat().st_size, clip.name)
    assert (recording.width, recording.height, recording.has_video, recording.has_audio) == (720, 1280, 1, 1)
    assert case.get(Session, recording.session_id).started_at == "2026-06-01T20:00:00+08:00"
    assert [row.engine for row in case.find(Transcript)] == ["subtitle file"]
    assert [row.start_us for row in case.find(Segment)] == [500_000, 2_000_000, 4_000_000]
    assert [(row.at_us, row.user, row.text) for row in case.find(ChatMessage)] == [
        (1_000_000, "王小二", "真的最低吗"),
        (3_000_000, "李四", "已拍🛒"),
    ]


def test_that_the_same_bytes_again_are_custody_not_a_second_original(workspace, clip, tmp_path):
    copy = tmp_path / "改了名.mp4"
    copy.write_bytes(clip.read_bytes())
    os.utime(copy, (1_780_000_000, 1_780_000_000))
    facts = material.import_files(workspace, files=[copy]).data
    assert [one["duplicate"] for one in facts["imported"]] == [True]
    assert workspace.opened.count(Recording) == 1
    row = next(row for row in reversed(workspace.opened.read(journal.read_all)) if row.act == "import.again")
    assert row.body["facts"]["name"] == "改了名.mp4"


def test_that_an_original_gone_from_the_disk_comes_back_by_importing_it_again(workspace, clip):
    case = workspace.opened
    path = case.folder / case.get(Original, case.find(Recording)[0].original_id).path
    path.unlink()
    assert not verify_case(case.folder).ok
    material.import_files(workspace, files=[clip])
    assert verify_case(case.folder).ok


def test_that_what_cannot_be_taken_is_refused_by_name_and_the_rest_goes_on(workspace, tmp_path):
    files = [write(tmp_path / "空.mp4", ""), write(tmp_path / "假.mp4", "不是录像" * 100), tmp_path / "没有.mp4"]
    good = write(tmp_path / "好.srt", "1\n00:00:00,000 --> 00:00:01,000\n好\n")
    facts = material.import_files(workspace, files=[*files, good]).data
    assert [one["name"] for one in facts["imported"]] == ["好.srt"]
    assert {one["file"] for one in facts["refused"]} == {str(path) for path in files}
    assert "import.vanished" in {one["code"] for one in facts["refused"]}
    assert verify_case(workspace.opened.folder).ok


def test_that_chat_on_the_wall_clock_is_placed_by_the_broadcasts_start(workspace, tmp_path):
    """The broadcast began at 20:00:00 in Beijing; the first line has its zone, the second is taken for Beijing and that is said."""
    log = write(tmp_path / "钟点.csv", "时间,用户,内容\n2026-06-01T12:00:05+00:00,甲,有时区\n2026-06-01 20:00:03,乙,没有时区\n")
    facts = material.import_files(workspace, files=[log]).data
    placed = {row.text: row.at_us for row in workspace.opened.find(ChatMessage)}
    assert (placed["有时区"], placed["没有时区"]) == (5_000_000, 3_000_000)
    assert [one["code"] for one in facts["imported"][0]["warnings"]] == ["import.chat_zone_assumed"]
    assert verify_case(workspace.opened.folder).ok


def test_that_chat_whose_place_nobody_knows_is_left_out_and_counted(workspace, clip, tmp_path):
    copy = tmp_path / "无开播时间.mp4"
    copy.write_bytes(clip.read_bytes() + (16).to_bytes(4, "big") + b"free" + bytes(8))
    log = write(tmp_path / "混.csv", "时间,用户,内容\n00:00:02,甲,有位置\n2026-06-01 20:00:06,乙,没有位置\n")
    facts = material.import_files(workspace, files=[copy, log]).data
    assert [(one["code"], one["facts"]["count"]) for one in facts["imported"][1]["warnings"]] == [("import.chat_unplaced", 1)]
    words = {row.text for row in workspace.opened.find(ChatMessage)}
    assert "有位置" in words and "没有位置" not in words


@pytest.mark.parametrize("name", ["字幕.srt", "弹幕.csv"])
def test_that_texts_without_a_recording_are_refused_and_leave_no_stray_original(tmp_path, texts, name):
    officers = [Officer("a", "1"), Officer("b", "2")]
    work = Workspace(create(tmp_path / "空案", number="1", cause="c", party="p", officers=officers))
    path = next(path for path in texts if path.name == name)
    facts = material.import_files(work, files=[path]).data
    assert [one["code"] for one in facts["refused"]] == ["import.no_recording_for"]
    assert work.opened.count(Original) == 0
    assert verify_case(work.opened.folder).ok
    work.close()
