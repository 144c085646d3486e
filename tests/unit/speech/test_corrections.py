"""A person's corrections: each an act that can be undone, the machine's words always kept, replaced segments out of every reader's way."""

import json
from pathlib import Path

import pytest

from inspector_app.casefile import journal
from inspector_app.casefile.changes import Act, update
from inspector_app.commands import corrections, exports, findings, history, searching, transcripts
from inspector_app.commands.findings import current_segments
from inspector_app.domain.errors import UsageError
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Recording, Segment
from inspector_app.domain.timebase import Interval
from inspector_app.integrity.verify import verify_case


@pytest.fixture
def recording(workspace):
    return workspace.opened.find(Recording)[0]


@pytest.fixture
def rows(workspace, recording):
    return current_segments(workspace, recording.id)


def texts(workspace, recording):
    return [row.words for row in current_segments(workspace, recording.id)]


def flagged(workspace, row, *flags):
    """The segment as the machine would have left it with doubts."""
    from dataclasses import replace

    after = replace(row, flags=flags)
    workspace.opened.commit(Act("transcript.chunk", Actor("直鉴", machine=True), [update(row, after)], row.id))
    return after


def refused(code):
    return pytest.raises(UsageError, check=lambda error: error.code == code)


def test_that_a_segment_is_split_where_a_person_says_and_joined_again_by_undo(workspace, recording, rows):
    before = texts(workspace, recording)
    done = corrections.split(workspace, segment_id=rows[0].id, at_us=1_200_000, text_at=4)
    parts = current_segments(workspace, recording.id)[:2]
    assert [(row.start_us, row.end_us, row.words) for row in parts] == [
        (500_000, 1_200_000, "这款面膜"),
        (1_200_000, 2_000_000, "全网最低价"),
    ]
    assert tuple(row.id for row in parts) == done.ids
    assert {row.made_from for row in parts} == {(rows[0].id,)}
    assert workspace.opened.get(Segment, rows[0].id).state == "replaced"
    history.undo(workspace)
    assert texts(workspace, recording) == before
    history.redo(workspace)
    assert texts(workspace, recording)[:2] == ["这款面膜", "全网最低价"]
    folder = workspace.opened.folder
    workspace.close()
    assert verify_case(folder).ok


def test_that_the_machine_words_are_cut_at_the_same_share_as_a_persons(workspace, rows):
    transcripts.correct(workspace, segment_id=rows[0].id, text="这款面膜，全网最低价格")
    ids = corrections.split(workspace, segment_id=rows[0].id, at_us=1_000_000, text_at=5).ids
    parts = [workspace.opened.get(Segment, one) for one in ids]
    assert [row.corrected for row in parts] == ["这款面膜，", "全网最低价格"]
    assert "".join(row.text for row in parts) == rows[0].text
    assert all(row.corrected_by == "张敏" for row in parts)


@pytest.mark.parametrize(("at_us", "text_at"), [(500_000, 3), (2_000_000, 3), (1_000_000, 0), (1_000_000, 9)])
def test_that_no_part_may_be_empty(workspace, rows, at_us, text_at):
    with refused("usage.segment_cut"):
        corrections.split(workspace, segment_id=rows[0].id, at_us=at_us, text_at=text_at)


def test_that_neighbours_are_merged_with_every_doubt(workspace, recording, rows):
    flagged(workspace, rows[1], "repetition_loop")
    corrections.confirm(workspace, segment_id=rows[0].id)
    done = corrections.merge(workspace, ids=[rows[1].id, rows[0].id])
    whole = workspace.opened.get(Segment, done.ids[0])
    assert (whole.start_us, whole.end_us, whole.words) == (500_000, 4_000_000, "这款面膜全网最低价国家级认证，100% 有效 ¥9.9")
    assert (whole.flags, whole.confirmed_by, whole.made_from) == (("repetition_loop",), "", (rows[0].id, rows[1].id))
    assert len(texts(workspace, recording)) == 2
    history.undo(workspace)
    assert len(texts(workspace, recording)) == 3


def test_that_only_neighbours_are_merged(workspace, rows):
    for ids in ([rows[0].id], [rows[0].id, rows[0].id], [rows[0].id, rows[2].id]):
        with refused("usage.segment_merge"):
            corrections.merge(workspace, ids=ids)


def test_that_replaced_segments_leave_search_export_quote_and_further_changes(workspace, recording, rows, tmp_path):
    corrections.split(workspace, segment_id=rows[0].id, at_us=1_200_000, text_at=4)
    hits = searching.find(workspace, query="面膜").data["hits"]
    assert [hit["text"] for hit in hits if hit["witness"] == "speech"] == ["这款面膜"]
    srt = Path(exports.write(workspace, kind="srt", out=tmp_path / "a.srt").data["written"][0]).read_text(encoding="utf-8-sig")
    assert "这款面膜全网" not in srt
    assert findings.quote_of(current_segments(workspace, recording.id), Interval(0, 2_000_000)) == "这款面膜，全网最低价"
    for act in (
        lambda: corrections.confirm(workspace, segment_id=rows[0].id),
        lambda: transcripts.correct(workspace, segment_id=rows[0].id, text="x"),
        lambda: corrections.shift(workspace, segment_id=rows[0].id, start_us=0, end_us=1),
    ):
        with refused("usage.segment_replaced"):
            act()


def test_that_ends_are_moved_within_the_recording(workspace, recording, rows):
    corrections.shift(workspace, segment_id=rows[0].id, start_us=400_000, end_us=1_900_000)
    moved = workspace.opened.get(Segment, rows[0].id)
    assert (moved.start_us, moved.end_us, moved.retimed) == (400_000, 1_900_000, 1)
    history.undo(workspace)
    assert workspace.opened.get(Segment, rows[0].id) == rows[0]
    for start, end in ((-1, 5), (5, 5), (0, recording.duration_us + 1)):
        with refused("usage.outside"):
            corrections.shift(workspace, segment_id=rows[0].id, start_us=start, end_us=end)


def test_that_a_speaker_is_named_for_many_in_one_act(workspace, rows):
    corrections.speaker(workspace, ids=[row.id for row in rows], speaker="host")
    assert {row.speaker for row in workspace.opened.find(Segment)} == {"host"}
    history.undo(workspace)
    assert {row.speaker for row in workspace.opened.find(Segment)} == {""}
    with refused("usage.speaker"):
        corrections.speaker(workspace, ids=[rows[0].id], speaker="boss")


def test_that_doubtful_text_is_quoted_only_after_a_person_listened(workspace, recording, rows):
    flagged(workspace, rows[0], "prompt_like")
    span = Interval(0, 2_000_000)
    assert findings.quote_of(current_segments(workspace, recording.id), span) == ""
    corrections.confirm(workspace, segment_id=rows[0].id)
    confirmed = workspace.opened.get(Segment, rows[0].id)
    assert (confirmed.confirmed_by, confirmed.flags, confirmed.corrected) == ("张敏", ("prompt_like",), None)
    assert confirmed.confirmed_at
    assert findings.quote_of(current_segments(workspace, recording.id), span) == "这款面膜全网最低价"
    corrections.restore(workspace, segment_id=rows[0].id)
    assert findings.quote_of(current_segments(workspace, recording.id), span) == ""
    history.undo(workspace)
    assert findings.quote_of(current_segments(workspace, recording.id), span) == "这款面膜全网最低价"


def test_that_the_machine_text_is_one_act_away(workspace, rows):
    transcripts.correct(workspace, segment_id=rows[0].id, text="别的话")
    corrections.restore(workspace, segment_id=rows[0].id)
    assert workspace.opened.get(Segment, rows[0].id) == rows[0]


def test_that_replacing_shows_first_and_then_changes_all_in_one_act(workspace, recording, rows):
    shown = corrections.replace_all(workspace, query="最低", replacement="最优").data["hits"]
    assert [(hit["before"], hit["after"], hit["count"]) for hit in shown] == [("这款面膜全网最低价", "这款面膜全网最优价", 1)]
    assert workspace.opened.find(Segment) == rows
    acts = len(workspace.opened.read(journal.read_all))
    corrections.replace_all(workspace, query="0", replacement="〇", preview=False)
    assert len(workspace.opened.read(journal.read_all)) == acts + 1
    assert texts(workspace, recording)[1] == "国家级认证，1〇〇% 有效 ¥9.9"
    assert workspace.opened.get(Segment, rows[1].id).text == rows[1].text
    history.undo(workspace)
    assert workspace.opened.find(Segment) == rows
    assert corrections.replace_all(workspace, query="无此词", replacement="x", preview=False).data["hits"] == []
    assert corrections.replace_all(workspace, query="最低", replacement="最优", ids=[], preview=False).data["hits"] == []
    with refused("usage.empty"):
        corrections.replace_all(workspace, query="", replacement="x")


def test_that_coverage_is_given_as_data(workspace, recording, rows):
    corrections.confirm(workspace, segment_id=rows[0].id)
    found = transcripts.coverage(workspace).data["recordings"][0]
    assert (found["coverage_pm"], found["segments"], found["checked"], found["doubtful"]) == (None, 3, 1, 0)
    assert found["checked_pm"] == 300
    json.dumps(found)
