"""The dossier as data: what gather resolves from a case and the law."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act, update
from inspector_app.domain.ids import new_id
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Exhibit, Lead, ScreenText
from inspector_app.dossier import model
from inspector_app.dossier.law import describe
from inspector_app.integrity.chain import canonical

OFFICER = Actor("张敏", "粤A-0001")


def test_that_the_data_is_json_without_floats_and_names_everything(dossier: Any) -> None:
    data = dossier[2]
    assert json.loads(canonical(data)) == data
    assert [finding["number"] for finding in data["findings"]] == [1, 2, 3]
    assert [exhibit["number"] for exhibit in data["exhibits"]] == [1, 2, 3, 4, 5, 6, 7]
    assert data["officers"][1] == {"name": "李䶮", "certificate": "粤A-0002"}
    assert data["journal"]["head"] == data["journal"]["rows"][-1]["hash"]


def test_that_an_element_without_exhibit_stays_open(dossier: Any) -> None:
    first = dossier[2]["findings"][0]
    assert [element["exhibits"] for element in first["elements"]] == [[1, 2]] * 5 + [[]]
    assert [element["proved"] for element in first["elements"]] == [True, False, False, False, False, False]
    assert all(element["statement"] for element in first["elements"])


def test_that_the_law_is_that_of_the_broadcast_day(dossier: Any) -> None:
    data = dossier[2]
    assert data["recordings"][0]["law_day"] == {"on": "2026-06-21", "basis": "broadcast"}
    article = data["articles"]["办法:34-1@2026-06-21"]
    assert article["citation"] == "《直播电商监督管理办法》第三十四条第一款"
    assert article["in_force"] is True
    assert article["liability"]
    assert article["edition"]["in_force_from"] == "2026-02-01"


def test_that_the_context_reaches_fifteen_seconds_and_keeps_both_texts(dossier: Any) -> None:
    first = dossier[2]["findings"][0]
    assert first["context_us"] == [85_000_000, 120_000_000]
    assert [line["inside"] for line in first["context"]] == [False, False, False, True, False, False, False]
    corrected = first["context"][-1]
    assert corrected["machine"] != corrected["corrected"]
    assert corrected["corrected_by"] == "张敏"


def test_that_viewers_names_are_masked(dossier: Any) -> None:
    assert [message["user"] for message in dossier[2]["findings"][0]["chat"]] == ["用***"]
    assert "王小二" not in canonical(dossier[2]["findings"])


def test_that_a_removed_exhibit_is_listed_as_withdrawn(dossier: Any) -> None:
    gone = dossier[2]["withdrawn"]
    assert [(entry["kind"], entry["number"]) for entry in gone] == [("exhibit", 8)]
    assert gone[0]["by"] == "张敏"


def test_that_a_withdrawn_finding_leaves_with_its_exhibits_and_its_reason(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    finding = builder.finding()
    gone = replace(finding, state="withdrawn", note="重复登记")
    builder.case.commit(Act("finding.withdraw", Actor("张敏"), [update(finding, gone)], finding.id, {"number": 1}))
    data = builder.data(catalogue)
    assert data["findings"] == []
    assert data["exhibits"] == []
    assert [(entry["kind"], entry["number"], entry["reason"]) for entry in data["withdrawn"]] == [
        ("finding", 1, "重复登记"),
        ("exhibit", 1, "重复登记"),
        ("exhibit", 2, "重复登记"),
    ]


def test_that_chat_exhibits_are_masked_and_keep_the_digest_of_the_whole_text(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    finding = builder.finding()
    text = "用户王小二：真的吗\n系统提示"
    builder.commit("finding.add", Exhibit("exh_chat", 99, finding.id, "rec_1", "chat", 0, 1, text))
    exhibit = builder.data(catalogue)["exhibits"][-1]
    assert exhibit["text"] == "用***：真的吗\n系统提示"
    assert exhibit["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_that_repeated_acts_become_one_entry_of_the_custody(dossier: Any) -> None:
    entries = dossier[2]["journal"]["rows"]
    added = [
        (entry["from_seq"], entry["to_seq"], act["count"]) for entry in entries for act in entry["acts"] if act["act"] == "finding.add"
    ]
    assert added == [(5, 7, 3)]
    assert entries[-2]["acts"][0]["counted"] == {"number": [[1, 3]]}


def test_that_the_steps_of_a_routine_share_an_entry_and_no_row_is_left_out(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    machine = Actor("直鉴", machine=True)
    for chunk in (1, 2, 3, 5):
        builder.case.commit(Act("transcript.chunk", machine, [], "tra_1", {"chunk": chunk, "of": 5}))
    builder.case.commit(Act("transcript.done", machine, [], "tra_1", {"recording": "a.mp4"}))
    builder.case.commit(Act("job.done", OFFICER, [], "job_1", {"kind": "transcribe"}))
    entries = builder.data(catalogue)["journal"]["rows"]
    chunks, done = next(entry["acts"] for entry in entries if entry["acts"][0]["act"] == "transcript.chunk")
    assert chunks["count"] == 4
    assert chunks["counted"] == {"chunk": [[1, 3], [5, 5]]}
    assert chunks["facts"] == {"of": 5}
    assert done["act"] == "transcript.done"
    assert [entry["from_seq"] for entry in entries[1:]] == [entry["to_seq"] + 1 for entry in entries[:-1]]


def test_that_the_annex_holds_every_sentence_and_every_text(dossier: Any) -> None:
    (annex,) = dossier[2]["annexes"]
    assert annex["recording_id"] == "rec_1"
    assert len(annex["lines"]) == 24
    assert sum(line["corrected"] is not None for line in annex["lines"]) == 3
    assert [text["text"] for text in annex["screen"]] == ["原价 ¥999 现价 ¥99"] * 3


def test_that_a_sender_read_from_the_picture_is_masked_whichever_colon_was_read(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    builder.finding()
    lines = [
        ScreenText(new_id("screen_text"), "rec_1", "scr_1", 100_000_000, 104_000_000, text, 950, "chat")
        for text in ("晚风：在吗", "晚风: 在吗", "a:b：在吗")
    ]
    builder.commit("screen.block", *lines)
    data = builder.data(catalogue)
    for shown in (data["findings"][0]["screen"], data["annexes"][0]["screen"]):
        assert sorted(text["text"] for text in shown if text["kind"] == "chat") == ["a***：b：在吗", "晚***： 在吗", "晚***：在吗"]


@pytest.mark.parametrize(("witness", "lead"), [("screen", True), ("chat", True), ("speech", False)])
def test_that_a_finding_knows_where_its_quote_was_found(new_case: Any, catalogue: Any, witness: str, lead: bool) -> None:
    builder = new_case()
    finding = builder.finding()
    if lead:
        builder.commit("leads.run", Lead("led_1", "rec_1", "A01", "ad", witness, 0, 1, "", "", "", "", 1, "", "accepted"))
        builder.case.commit(Act("lead.accept", OFFICER, [update(finding, replace(finding, lead_id="led_1"))], finding.id))
    assert builder.data(catalogue)["findings"][0]["witness"] == witness


def test_that_rows_after_the_printed_head_stay_out(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    head = builder.case.journal_head()
    builder.finding()
    with Case(builder.case.folder, read_only=True) as case:
        data = model.gather(case, catalogue, sealed_at=datetime.now(UTC), by=Actor("张敏"), journal_head=head)
    assert data["journal"]["rows"][-1]["hash"] == head[1]


@pytest.mark.parametrize(("code", "known"), [("某法:7-1", False), ("办法:999", False)])
def test_that_an_article_the_catalogue_lacks_is_said_to_be_unknown(catalogue: Any, code: str, known: bool) -> None:
    article = describe(catalogue, code, date(2026, 6, 21))
    assert article["known"] is known
    assert "第" in article["citation"]
    assert article["elements"] == []


def test_that_a_law_not_yet_in_force_says_so(catalogue: Any) -> None:
    article = describe(catalogue, "办法:34-1", date(2025, 12, 31))
    assert article["known"] is True
    assert article["in_force"] is False
    assert any(note["code"] == "law.not_in_force" for note in article["day_notes"])


def test_that_every_date_note_has_a_sentence(catalogue: Any) -> None:
    words = model.words()
    assert {"law.not_in_force", "law.number_on_day", "law.other_number", "law.lighter_law", "law.text_doubtful"} <= set(words["day_notes"])


def test_that_the_record_does_not_characterise() -> None:
    words = model.words()
    for forbidden in ("违法", "擅自", "涉嫌", "非法"):
        assert forbidden not in words["record_note"]
        assert not any(forbidden in text for text in words["acts"].values())
