"""What is known of a broadcast is corrected after the import, as one act that can be undone."""

from dataclasses import replace

import pytest

from inspector_app.casefile.changes import Act, insert
from inspector_app.commands import findings, history, sessions
from inspector_app.domain.errors import UsageError
from inspector_app.domain.records import Finding, Recording, Session


@pytest.fixture
def recording(workspace):
    return workspace.opened.find(Recording)[0]


@pytest.fixture
def second(workspace, recording):
    """Another recording that was brought in together with the first."""
    other = replace(recording, id="rec_second", name="下半场.mp4")
    workspace.opened.commit(Act("import", workspace.actor, [insert(other)], other.id))
    return other


def session_of(workspace, recording):
    return workspace.opened.get(Session, workspace.opened.get(Recording, recording.id).session_id)


def test_that_facts_given_change_and_the_others_stay_until_undone(workspace, recording):
    before = session_of(workspace, recording)
    outcome = sessions.set_facts(workspace, recording_id=recording.id, room=" 云朵小铺 ", host="小云")
    assert session_of(workspace, recording) == replace(before, room="云朵小铺", host="小云")
    assert outcome.facts["recordings"] == 1 and outcome.facts["day"] == outcome.facts["day_before"]
    history.undo(workspace)
    assert session_of(workspace, recording) == before
    history.redo(workspace)
    assert session_of(workspace, recording).host == "小云"


def test_that_nothing_is_written_where_nothing_changes(workspace, recording):
    head = workspace.opened.journal_head()
    outcome = sessions.set_facts(workspace, recording_id=recording.id, room=session_of(workspace, recording).room)
    assert outcome.facts["recordings"] == 0
    assert workspace.opened.journal_head() == head


@pytest.mark.parametrize("given", ["昨晚八点", "2026-06-01T20:00:00"])
def test_that_a_start_that_is_no_moment_is_refused_as_in_an_import(workspace, recording, given):
    with pytest.raises(UsageError) as caught:
        sessions.set_facts(workspace, recording_id=recording.id, started_at=given)
    assert caught.value.code == "usage.moment"


def test_that_another_day_is_told_with_the_findings_whose_edition_it_changes(workspace, recording):
    old = workspace.opened.get(Session, recording.session_id).started_at
    findings.add(workspace, recording_id=recording.id, start_us=500_000, end_us=2_000_000, articles=["办法:34-1"], picture=False)
    outcome = sessions.set_facts(workspace, recording_id=recording.id, started_at="2020-01-01T01:00:00+08:00")
    assert (outcome.facts["day"], outcome.facts["findings"]) == ("2020-01-01", 1)  # the Measures were not in force yet
    assert findings.broadcast_day(workspace, recording).isoformat() == "2020-01-01"
    again = sessions.set_facts(workspace, recording_id=recording.id, started_at=old)
    assert (again.facts["day_before"], again.facts["findings"]) == ("2020-01-01", 1)
    assert workspace.opened.count(Finding) == 1


def test_that_a_day_nobody_knows_is_told_as_such(workspace, recording):
    assert sessions.set_facts(workspace, recording_id=recording.id, started_at="").facts["day"] == ""
    assert findings.broadcast_day(workspace, recording) is None


def test_that_recordings_brought_in_together_change_together_or_one_alone(workspace, recording, second):
    assert sessions.set_facts(workspace, recording_id=recording.id, room="甲").facts["recordings"] == 2
    assert session_of(workspace, second).room == "甲"
    outcome = sessions.set_facts(workspace, recording_id=second.id, room="乙", alone=True)
    assert outcome.facts["recordings"] == 1
    assert [session_of(workspace, one).room for one in (recording, second)] == ["甲", "乙"]
    history.undo(workspace)
    assert workspace.opened.get(Recording, second.id).session_id == recording.session_id
    assert [session_of(workspace, one).room for one in (recording, second)] == ["甲", "甲"]
