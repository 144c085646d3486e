"""Every act by name: what it changes, how it is taken back, and what it refuses."""

import importlib
import pkgutil
from datetime import date

import pytest

from inspector_app import commands
from inspector_app.casefile import journal
from inspector_app.commands import cases, findings, history, leads, transcripts, verifying
from inspector_app.commands.registry import COMMANDS, command
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import CaseError, InspectorError, Stopped, UsageError
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Exhibit, Finding, Lead, Recording, Segment, Session
from inspector_app.integrity.verify import verify_case


@pytest.fixture
def recording(workspace):
    return workspace.opened.find(Recording)[0]


@pytest.fixture
def made(workspace, recording):
    outcome = findings.add(workspace, recording_id=recording.id, start_us=500_000, end_us=2_000_000, articles=["办法:34-1"], picture=False)
    return outcome.ids[0]


def rows(workspace):
    return [row.act for row in workspace.opened.read(journal.read_all)]


# -- findings --------------------------------------------------------------------------------------------------------------------


def test_that_a_finding_takes_quote_chat_and_a_place_for_its_picture(workspace, recording, made):
    finding = workspace.opened.get(Finding, made)
    exhibits = workspace.opened.find(Exhibit, finding_id=made, order="number")
    assert (finding.number, finding.quote, finding.state, finding.by) == (1, "这款面膜全网最低价", "draft", "张敏")
    assert [(row.number, row.kind) for row in exhibits] == [(1, "still"), (2, "quote"), (3, "chat")]
    assert exhibits[2].text == "王小二：真的最低吗"
    assert finding.law_sha256 == workspace.catalogue.digest()
    assert set(finding.elements) == {element.key for element in workspace.catalogue.article("办法:34-1", date(2026, 6, 1)).elements}


def test_that_the_picture_is_the_exact_frame_with_its_digest(workspace, recording, made):
    still = findings.pending_stills(workspace)[0]
    findings.take_still(workspace, still.id)
    after = workspace.opened.get(Exhibit, still.id)
    assert abs(after.start_us - still.start_us) <= 34_000
    assert after.start_us <= still.start_us
    assert after.recipe["original"] == recording.original_id
    assert (after.recipe["width"], after.recipe["height"]) == (720, 1280)
    path = workspace.opened.folder / after.path
    assert (after.bytes, len(after.sha256)) == (path.stat().st_size, 64)
    folder = workspace.opened.folder
    workspace.close()
    assert verify_case(folder).ok


@pytest.mark.parametrize(
    ("name", "change", "field", "value"),
    [
        ("finding.note", {"text": "备注"}, "note", "备注"),
        ("finding.proves", {"text": "证明宣称最低价"}, "proves", "证明宣称最低价"),
        ("finding.severity", {"level": 3}, "severity", 3),
        ("finding.withdraw", {"reason": "重复"}, "state", "withdrawn"),
        ("finding.retime", {"start_us": 2_000_000, "end_us": 4_000_000}, "quote", "国家级认证，100% 有效 ¥9.9"),
        ("finding.extend", {"end_us": 4_000_000}, "end_us", 4_000_000),
        ("finding.add_article", {"article": "广告法:9-1-3"}, "articles", ("办法:34-1", "广告法:9-1-3")),
    ],
)
def test_that_a_change_is_one_act_that_can_be_taken_back(workspace, made, name, change, field, value):
    before, length = workspace.opened.get(Finding, made), len(rows(workspace))
    outcome = COMMANDS[name].run(workspace, finding_id=made, **change)
    assert getattr(workspace.opened.get(Finding, made), field) == value
    assert outcome.ids == (made,)
    assert len(rows(workspace)) == length + 1
    history.undo(workspace)
    assert workspace.opened.get(Finding, made) == before
    history.redo(workspace)
    assert getattr(workspace.opened.get(Finding, made), field) == value


def test_that_an_element_is_ticked_by_a_person(workspace, made):
    name = next(iter(workspace.opened.get(Finding, made).elements))
    for ticked in (True, False):
        findings.tick(workspace, finding_id=made, element_id=name, ticked=ticked)
        assert workspace.opened.get(Finding, made).elements[name]["ticked"] == int(ticked)
    with pytest.raises(UsageError) as caught:
        findings.tick(workspace, finding_id=made, element_id="没有", ticked=True)
    assert caught.value.code == "usage.no_element"


def test_that_the_same_article_twice_is_once(workspace, recording, made):
    length = len(rows(workspace))
    findings.add_article(workspace, finding_id=made, article="办法:34-1")
    assert len(rows(workspace)) == length
    codes = ["办法:34-1", "办法：34-1", "办法第三十四条第一款"]
    outcome = findings.add(workspace, recording_id=recording.id, start_us=0, end_us=1, articles=codes, picture=False)
    assert workspace.opened.get(Finding, outcome.ids[0]).articles == ("办法:34-1",)


@pytest.mark.parametrize(("start", "end"), [(-1, 1_000_000), (0, 0), (2, 1), (0, 10**12)])
def test_that_a_span_outside_the_recording_is_refused_whole(workspace, recording, made, start, end):
    length = len(rows(workspace))
    with pytest.raises(UsageError):
        findings.add(workspace, recording_id=recording.id, start_us=start, end_us=end, articles=["办法:34-1"])
    with pytest.raises(UsageError):
        findings.retime(workspace, finding_id=made, start_us=start, end_us=end)
    assert len(rows(workspace)) == length


def test_that_no_article_and_no_level_are_refused(workspace, recording, made):
    with pytest.raises(UsageError):
        findings.add(workspace, recording_id=recording.id, start_us=0, end_us=1, articles=[])
    with pytest.raises(UsageError):
        findings.severity(workspace, finding_id=made, level=4)
    with pytest.raises(InspectorError):
        findings.add(workspace, recording_id=recording.id, start_us=0, end_us=1, articles=["办法:999"])


def test_that_a_withdrawn_finding_keeps_its_number(workspace, recording, made):
    findings.withdraw(workspace, finding_id=made)
    other = findings.add(workspace, recording_id=recording.id, start_us=0, end_us=1_000_000, articles=["办法:32"], picture=False)
    assert workspace.opened.get(Finding, other.ids[0]).number == 2


def test_that_what_somebody_else_named_is_who_acts(workspace, recording):
    workspace.actor = Actor("李䶮", "粤A-0002")
    outcome = findings.add(workspace, recording_id=recording.id, start_us=0, end_us=1_000_000, articles=["办法:32"], picture=False)
    assert workspace.opened.get(Finding, outcome.ids[0]).by == "李䶮"
    assert workspace.opened.read(journal.read_all)[-1].body["actor"]["certificate"] == "粤A-0002"


# -- leads -----------------------------------------------------------------------------------------------------------------------


def test_that_a_lead_is_a_hint_until_a_person_rules(workspace):
    found = leads.run(workspace).data["leads"]
    assert {lead["state"] for lead in found} == {"open"}
    assert workspace.opened.count(Finding) == 0
    taken = leads.accept(workspace, lead_id=found[0]["id"], picture=False)
    lead = workspace.opened.get(Lead, found[0]["id"])
    assert (lead.state, lead.ruled_by, lead.finding_id) == ("accepted", "张敏", taken.ids[1])
    with pytest.raises(UsageError) as caught:
        leads.reject(workspace, lead_id=lead.id)
    assert caught.value.code == "usage.lead_ruled"
    history.undo(workspace)
    assert workspace.opened.get(Lead, lead.id).state == "open"
    assert workspace.opened.count(Finding) == 0


def test_that_running_the_rules_again_repeats_nothing(workspace):
    first = leads.run(workspace).data["leads"]
    leads.reject(workspace, lead_id=first[0]["id"], reason="玩笑")
    length = len(rows(workspace))
    again = leads.run(workspace).data["leads"]
    assert {lead["id"] for lead in again} == {lead["id"] for lead in first}
    assert len(rows(workspace)) == length
    assert workspace.opened.get(Lead, first[0]["id"]).ruling_reason == "玩笑"


def test_that_a_correction_makes_old_leads_stale_and_finds_new_ones(workspace):
    first = {lead["matched"] for lead in leads.run(workspace).data["leads"]}
    segment = next(row for row in workspace.opened.find(Segment) if "国家级" in row.text)
    transcripts.correct(workspace, segment_id=segment.id, text="普通产品")
    second = {lead["matched"] for lead in leads.run(workspace).data["leads"]}
    assert any("国家级" in matched for matched in first)
    assert not any("国家级" in matched for matched in second)
    assert workspace.opened.count(Lead, state="stale") >= 1


# -- the workspace ---------------------------------------------------------------------------------------------------------------


def test_that_without_a_case_only_what_needs_none_can_be_done():
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}")
    work = Workspace()
    able = {name for name, one in COMMANDS.items() if one.when(work)}
    assert {"case.new", "case.open", "case.verify", "law.find", "models.list", "doctor.examine"} <= able
    assert not able & {"finding.add", "history.undo", "leads.run", "dossier.build", "material.import"}
    with pytest.raises(CaseError) as caught:
        cases.info(work)
    assert caught.value.code == "case.none_open"


def test_that_two_commands_cannot_have_one_name():
    with pytest.raises(ValueError, match=r"case\.new"):
        command("case.new")(lambda work: None)


def test_that_no_two_commands_have_one_key():
    keys = [key for one in COMMANDS.values() for key in one.keys]
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []


def test_that_a_recording_is_picked_by_id_name_place_or_digest(workspace, recording):
    for asked in (recording.id, recording.name, "1", recording.original_id, None):
        assert [row.id for row in cases.pick_recording(workspace, asked)] == [recording.id]
    with pytest.raises(UsageError):
        cases.pick_recording(workspace, "2")


def test_that_the_day_of_the_broadcast_is_the_day_in_beijing(workspace, recording):
    session = workspace.opened.get(Session, recording.session_id)
    assert session.started_at == "2026-06-01T20:00:00+08:00"
    assert findings.broadcast_day(workspace, recording) == date(2026, 6, 1)


def test_that_opening_another_case_closes_the_first(workspace, full_case):
    first = workspace.opened.folder
    cases.open_case(workspace, folder=full_case)
    Workspace().open(first).close()
    assert workspace.opened.folder == full_case


def test_that_a_check_can_be_stopped(workspace, bare_case):
    workspace.stop.set()
    with pytest.raises(Stopped):
        verifying.verify(workspace, path=bare_case)
