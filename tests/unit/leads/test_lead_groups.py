"""Leads ruled on as groups, rules read again, other cases read and never written."""

import shutil

import pytest

from inspector_app.casefile.changes import Act, insert
from inspector_app.commands import history, lead_across, lead_groups, leads
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import CaseError, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import ChatMessage, Finding, Lead, Recording
from inspector_app.statutes import bureau


@pytest.fixture
def recording(workspace: Workspace) -> Recording:
    return workspace.opened.find(Recording)[0]


def said(workspace: Workspace, recording: Recording, *lines: str) -> None:
    first = workspace.opened.find(ChatMessage, recording_id=recording.id)
    rows = [
        ChatMessage(new_id("chat_message"), recording.id, recording.original_id, 100_000 * (len(first) + n), f"观众{len(first) + n}", line)
        for n, line in enumerate(lines)
    ]
    workspace.opened.commit(Act("import", workspace.actor, [insert(row) for row in rows]))


def of(workspace: Workspace, state: str) -> list[Lead]:
    return workspace.opened.find(Lead, state=state)


def test_that_the_same_claim_is_one_group_ruled_out_in_one_act(workspace: Workspace, recording: Recording) -> None:
    said(workspace, recording, "加我微信领福利呀", "想要的加我微信", "主播晚上好", "加我微信有底价")
    leads.run(workspace)
    found = lead_groups.groups(workspace, category="E04").data["groups"]
    assert found[0]["count"] == len(found[0]["times"]) == 3
    with pytest.raises(UsageError, match="reason"):
        lead_groups.reject_group(workspace, group=found[0]["key"], reason=" ")
    lead_groups.reject_group(workspace, group=found[0]["key"], reason="同一广告号，已移送")
    assert [row.ruling_reason for row in of(workspace, "rejected")] == ["同一广告号，已移送"] * 3
    leads.run(workspace)
    assert not [row for row in of(workspace, "open") if row.group_key == found[0]["key"]]
    with pytest.raises(UsageError) as refused:
        lead_groups.reject_group(workspace, group=found[0]["key"], reason="再判")
    assert refused.value.code == "usage.no_open_group"
    history.undo(workspace)
    assert len(of(workspace, "open")) >= 3


def test_that_a_group_taken_makes_one_finding_with_all_its_leads(workspace: Workspace, recording: Recording) -> None:
    said(workspace, recording, "加我微信领福利呀", "想要的加我微信")
    leads.run(workspace)
    key = lead_groups.groups(workspace, category="E04").data["groups"][0]["key"]
    lead_groups.accept_group(workspace, group=key, articles=["办法:34-1"], picture=False)
    (finding,) = workspace.opened.find(Finding)
    assert {row.finding_id for row in of(workspace, "accepted")} == {finding.id}
    assert len(of(workspace, "accepted")) == 2


def test_that_groups_are_filtered(workspace: Workspace, recording: Recording) -> None:
    said(workspace, recording, "加我微信领福利呀", "主播全家都是傻逼滚出去")
    leads.run(workspace)
    assert {one["category"] for one in lead_groups.groups(workspace, witness="chat").data["groups"]} == {"E04", "E07"}
    assert [one["category"] for one in lead_groups.groups(workspace, words="滚出去").data["groups"]] == ["E07"]
    assert lead_groups.groups(workspace, state="rejected").data["groups"] == []
    assert {one["rule"] for one in lead_groups.groups(workspace, rule="A01-absolute").data["groups"]} == {"A01-absolute"}
    assert lead_groups.groups(workspace, rule="no-such-rule").data["groups"] == []


def test_that_a_live_run_finds_only_what_is_new_and_ends_as_a_whole_run(workspace: Workspace, recording: Recording) -> None:
    said(workspace, recording, "加我微信领福利呀")
    assert "E04" in {one["category"] for one in leads.live(workspace, recording_id=recording.id).data["leads"]}
    assert leads.live(workspace, recording_id=recording.id).ids == ()
    said(workspace, recording, "主播全家都是傻逼滚出去")
    (new,) = leads.live(workspace, recording_id=recording.id).data["leads"]
    assert new["category"] == "E07"
    before = {(row.rule, row.start_us, row.end_us, row.quote) for row in of(workspace, "open")}
    head = workspace.opened.journal_head()
    leads.run(workspace)
    assert {(row.rule, row.start_us, row.end_us, row.quote) for row in of(workspace, "open")} == before
    assert workspace.opened.journal_head() == head


def test_that_a_bureaus_rules_are_read_again_and_a_broken_file_stops_no_other(workspace: Workspace, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(bureau, "folder", lambda: tmp_path)
    folder = tmp_path / bureau.LEXICON
    folder.mkdir()
    assert leads.read_rules(workspace) == []
    shipped = {rule.id for rule in workspace.rules.rules}
    rule = (
        'rules:\n  - id: A01-own\n    category: A01\n    title: {zh: 自, en: Own}\n    articles: ["广告法:9-1-3"]\n    witnesses: [speech]\n'
        "    severity: 1\n    terms: [云朵牌]\n    reason: {zh: 自, en: Own}\n    examples:\n"
        "      positive: [云朵牌, 这是云朵牌, 云朵牌的]\n      negative: [你好, 再见, 谢谢]\n"
    )
    (folder / "own.yaml").write_text(rule, encoding="utf-8")
    (folder / "bad.yaml").write_text(rule.replace("severity: 1", "severity: 9"), encoding="utf-8")
    (refused,) = leads.read_rules(workspace)
    assert (refused.code, refused.facts["file"], refused.facts["line"]) == ("leads.bad_rules", "bad.yaml", "7")
    assert {rule.id for rule in workspace.rules.rules} == shipped | {"A01-own"}
    (folder / "bad.yaml").unlink()
    assert leads.read_rules(workspace) == []


def test_that_rules_are_judged_over_the_cases_of_a_bureau(workspace: Workspace, recording: Recording, tmp_path) -> None:
    said(workspace, recording, "加我微信领福利呀", "想要的加我微信", "主播全家都是傻逼滚出去")
    leads.run(workspace)
    for row in of(workspace, "open"):
        if row.category == "E04":
            leads.reject(workspace, lead_id=row.id, reason="本店客服")
    data = lead_groups.precision(workspace, folders=[workspace.opened.folder.parent]).data
    by_rule = {one["rule"]: one for one in data["rules"]}
    assert all(one["precision_pm"] == 0 for rule, one in by_rule.items() if rule.startswith("E04"))
    assert by_rule["E07-comments"]["precision_pm"] is None
    (tmp_path / "empty").mkdir()
    with pytest.raises(CaseError):
        lead_groups.precision(workspace, folders=[tmp_path / "empty"])


def test_that_another_case_is_read_and_left_as_it_was(workspace: Workspace, tmp_path) -> None:
    library = tmp_path / "library"
    shutil.copytree(workspace.opened.folder, library / "other")
    before = sorted((path.name, path.stat().st_size) for path in (library / "other").rglob("*") if path.is_file())
    assert lead_across.across(workspace, folders=[library]).data["skipped"] == []
    after = sorted((path.name, path.stat().st_size) for path in (library / "other").rglob("*") if path.is_file())
    assert after == before
