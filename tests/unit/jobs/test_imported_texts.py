"""Chat logs in the case: laid on the recording named, in batches, resumed, aligned by two points and undone."""

import os
import threading

import pytest

from inspector_app.casefile import journal
from inspector_app.commands import chats, material
from inspector_app.domain.errors import CaseError, Stopped, UsageError
from inspector_app.domain.records import ChatLog, ChatMessage, Original, Recording
from inspector_app.integrity.verify import verify_case

XML = """<?xml version="1.0" encoding="UTF-8"?><i>
<d p="1.0,1,25,1,1780315201,0,a,1">一</d><d p="2.0,1,25,1,1780315202,0,a,2">二</d><d p="3.0,1,25,1,1780315203,0,a,3">三</d>
"""


@pytest.fixture
def log(tmp_path):
    def make(name, content):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        os.utime(path, (1_780_000_000, 1_780_000_000))
        return path

    return make


def second_recording(workspace, clip, tmp_path):
    copy = tmp_path / "另一场.mp4"
    copy.write_bytes(clip.read_bytes() + (16).to_bytes(4, "big") + b"free" + bytes(8))
    os.utime(copy, (1_780_000_000, 1_780_000_000))
    (one,) = material.import_files(workspace, files=[copy]).data["imported"]
    return one["id"]


def messages(workspace, path_name):
    (original,) = [row for row in workspace.opened.find(Original) if row.source_name == path_name]
    return workspace.opened.find(ChatMessage, order="rowid", original_id=original.id)


def test_that_a_log_is_laid_on_the_recording_named_not_the_last(workspace, clip, tmp_path, log):
    first = workspace.opened.find(Recording)[0].id
    second_recording(workspace, clip, tmp_path)
    material.import_files(workspace, files=[log("弹幕.xml", XML)], recording=first)
    rows = messages(workspace, "弹幕.xml")
    assert {row.recording_id for row in rows} == {first} and [row.at_us for row in rows] == [1_000_000, 2_000_000, 3_000_000]
    assert rows[0].wall_at == "2026-06-01T12:00:01.000+00:00" and rows[0].message_id == "1" and rows[0].facts["line"] == 1
    (kept,) = [row for row in workspace.opened.find(ChatLog) if row.format == "bilibili-xml"]
    assert (kept.facts["laid"], kept.facts["done"]) == (3, 1)
    with pytest.raises(CaseError):
        material.import_files(workspace, files=[log("弹幕.xml", XML)], recording="rec_none")


def test_that_the_zone_named_decides_and_no_zone_is_said(workspace, log):
    table = "时间,用户,内容\n2026-06-01 12:00:05,甲,格林尼治\n"
    facts = material.import_files(workspace, files=[log("a.csv", table)], zone="+00:00").data
    assert [row.at_us for row in messages(workspace, "a.csv")] == [5_000_000]
    assert facts["imported"][0]["warnings"] == []
    assert [row.zone for row in workspace.opened.find(ChatLog)][-1] == "+00:00"
    with pytest.raises(UsageError) as refused:
        material.import_files(workspace, files=[log("a.csv", table)], zone="北京")
    assert refused.value.code == "usage.zone"


def test_that_messages_before_the_recording_are_kept_before_it(workspace, log):
    material.import_files(workspace, files=[log("早.csv", "time,user,text\n2026-06-01T19:59:50+08:00,甲,早到\n")])
    assert [row.at_us for row in messages(workspace, "早.csv")] == [-10_000_000]


def test_that_messages_without_a_place_are_laid_when_the_start_is_given(workspace, clip, tmp_path, log):
    second_recording(workspace, clip, tmp_path)
    path = log("后知.csv", "时间,用户,内容\n00:00:02,甲,有位置\n2026-06-01 20:00:06,乙,没有位置\n")
    first = material.import_files(workspace, files=[path]).data["imported"][0]
    assert [one["code"] for one in first["warnings"]] == ["import.chat_unplaced"]
    again = material.import_files(workspace, files=[path], started_at="2026-06-01T20:00:00+08:00").data["imported"][0]
    assert again["duplicate"] and [one["code"] for one in again["warnings"]] == ["import.chat_zone_assumed"]
    assert sorted((row.text, row.at_us) for row in messages(workspace, "后知.csv")) == [("有位置", 2_000_000), ("没有位置", 6_000_000)]
    material.import_files(workspace, files=[path], started_at="2026-06-01T20:00:00+08:00")
    assert len(messages(workspace, "后知.csv")) == 2
    assert verify_case(workspace.opened.folder).ok


def test_that_a_long_log_comes_in_batches_and_goes_on_where_it_was_stopped(workspace, log):
    count = 9000
    path = log("长.jsonl", "".join(f'{{"time": {number / 10}, "user": "u{number}", "text": "第{number}条"}}\n' for number in range(count)))
    stop = threading.Event()
    case = workspace.opened
    ended = case.listen(lambda act, _: stop.set() if act.name == "chat.rows" else None)
    workspace.stop = stop
    with pytest.raises(Stopped):
        material.import_files(workspace, files=[path])
    ended()
    assert 0 < len(messages(workspace, "长.jsonl")) < count
    workspace.stop = threading.Event()
    material.import_files(workspace, files=[path])
    texts = [row.text for row in messages(workspace, "长.jsonl")]
    assert texts == [f"第{number}条" for number in range(count)]
    acts = [row for row in case.read(journal.read_all) if row.act == "chat.rows"]
    assert max(len(row.changes) for row in acts) <= 2001
    assert verify_case(case.folder).ok


def test_that_two_points_tie_the_clocks_and_one_undo_brings_back_the_old_places(workspace, log):
    material.import_files(workspace, files=[log("弹幕.xml", XML)])
    case = workspace.opened
    rows = messages(workspace, "弹幕.xml")
    key = rows[0].original_id
    done = chats.align(workspace, original_id=key, anchors=[[1_000_000, 3_500_000], [3_000_000, 5_520_000]])
    assert done.data["rate_ppm"] == 10_000 and done.facts["count"] == 3
    assert [row.at_us for row in messages(workspace, "弹幕.xml")] == [3_500_000, 4_510_000, 5_520_000]
    chats.align(workspace, original_id=key, anchors=[[1_000_000, 500_000]])
    assert [row.at_us for row in messages(workspace, "弹幕.xml")] == [500_000, 1_500_000, 2_500_000]
    case.undo(workspace.actor)
    assert [row.at_us for row in messages(workspace, "弹幕.xml")] == [3_500_000, 4_510_000, 5_520_000]
    case.undo(workspace.actor)
    assert [row.at_us for row in messages(workspace, "弹幕.xml")] == [1_000_000, 2_000_000, 3_000_000]
    assert verify_case(case.folder).ok
    assert chats.logs(workspace).data["logs"][-1]["anchors"] == []


@pytest.mark.parametrize(
    ("anchors", "code"),
    [
        ([[1, 1], [1, 2]], "chat.anchors"),
        ([[1, 1], [2, 2], [3, 3]], "chat.anchors"),
        ([[0, 0], [1_000_000, 3_000_000]], "chat.anchor_rate"),
    ],
)
def test_that_points_that_tie_nothing_are_refused(workspace, log, anchors, code):
    material.import_files(workspace, files=[log("弹幕.xml", XML)])
    with pytest.raises(UsageError) as refused:
        chats.align(workspace, original_id=messages(workspace, "弹幕.xml")[0].original_id, anchors=anchors)
    assert refused.value.code == code
    with pytest.raises(UsageError) as refused:
        chats.align(workspace, original_id="0" * 64, anchors=[])
    assert refused.value.code == "chat.no_log"
