"""Leads that only a second broadcast of the room shows: put into the open case once, and left alone by the other runs."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inspector_app.casefile.changes import Act, insert, update
from inspector_app.commands import lead_across, leads
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Lead, Recording, Segment, Session, Transcript

S = 1_000_000
RULE = "B03-same-last"


@pytest.fixture
def library(workspace: Workspace, tmp_path: Path) -> Path:
    """A folder with another broadcast of the same room: the open case, said in once more, as it is copied."""
    case = workspace.opened
    for session in case.find(Session):
        case.commit(Act("import", workspace.actor, [update(session, replace(session, room="云朵直播间"))]))
    recording = case.find(Recording)[0]
    transcript = Transcript(new_id("transcript"), recording.id, "own", "m", "0", "0", "0", 0, "done", "2026-03-01T00:00:00Z")
    said = Segment(new_id("segment"), recording.id, transcript.id, "", 0, S, "家人们就剩最后十单", "家人们就剩最后十单", 900)
    case.commit(Act("import", workspace.actor, [insert(transcript), insert(said)]))
    shutil.copytree(case.folder, tmp_path / "library" / "other")
    return tmp_path / "library"


def of_rule(workspace: Workspace) -> list[Lead]:
    return [row for row in workspace.opened.find(Lead) if row.rule == RULE]


def test_that_the_same_last_ten_becomes_one_lead_however_often_it_is_asked_for(workspace: Workspace, library: Path) -> None:
    first = lead_across.across(workspace, folders=[library])
    (lead,) = of_rule(workspace)
    assert [row["id"] for row in first.data["leads"]] == [lead.id]
    assert (lead.state, lead.category, lead.matched, lead.facts["broadcasts"]) == ("open", "B03", "最后十单", "2")
    assert "other" in lead.facts["elsewhere"]
    head = workspace.opened.journal_head()
    assert lead_across.across(workspace, folders=[library]).data["leads"] == []
    assert workspace.opened.journal_head() == head


def test_that_other_runs_and_rulings_leave_it_as_it_is(workspace: Workspace, library: Path) -> None:
    lead_across.across(workspace, folders=[library])
    leads.run(workspace)
    (lead,) = of_rule(workspace)
    assert lead.state == "open"
    leads.reject(workspace, lead_id=lead.id, reason="库存已核实")
    assert lead_across.across(workspace, folders=[library]).data["leads"] == []
    assert [row.state for row in of_rule(workspace)] == ["rejected"]
