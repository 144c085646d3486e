"""The lines of a transcript and what hangs on them, as the list of a long broadcast needs them: made when seen, marked one by one."""

import random
from dataclasses import replace

from inspector_app.domain.records import Finding, Lead, ScreenText, Segment
from inspector_app.domain.timebase import SECOND
from inspector_app.ui.models.marking import Marking
from inspector_app.ui.models.rows import Chat, Message, Rows

AT = "2026-06-01T20:00:00.000+08:00"


def sentence(number: int, *, flags: tuple[str, ...] = ()) -> Segment:
    start = number * 3 * SECOND
    return Segment(f"seg_{number}", "rec", "tra", "chk", start, start + 2 * SECOND, f"第{number}句", f"第{number}句", 900, flags=flags)


def made() -> Rows:
    screen = [ScreenText("txt_1", "rec", "scr", 3 * SECOND, 9 * SECOND, "全网最低价", 950, "caption", (0, 0, 9, 9))]
    chat = Chat([Message("msg_1", 3 * SECOND, "甲", "已拍"), Message("msg_2", 4 * SECOND, "乙", "还有吗")])
    return Rows([sentence(0), sentence(1, flags=("repetition_loop",)), sentence(2)], screen, chat)


def test_that_lines_stand_in_the_order_of_time_speech_before_screen_before_chat() -> None:
    rows = made()
    assert [row.id for row in rows] == ["seg_0", "seg_1", "txt_1", "msg_1", "msg_2", "seg_2"]
    assert [rows.place_of(row.id) for row in rows] == list(range(len(rows))) and rows.place_of("nothing") == -1
    assert list(rows.starts) == [row.start_us for row in rows] and list(rows.lengths) == [len(row.words) for row in rows]
    assert [rows.is_speech(place) for place in range(len(rows))] == [row.kind == "speech" for row in rows]
    assert rows[1].doubtful and rows[1].struck and not rows[0].doubtful
    assert rows.begun_by(-1) == 0 and rows.begun_by(3 * SECOND) == 4 and rows.begun_by(99 * SECOND) == 6
    assert len(Rows()) == 0 and list(Rows()) == []


def test_that_messages_are_found_by_their_moment() -> None:
    chat = Chat([Message(f"msg_{n}", n * SECOND, "甲", "一") for n in range(10)])
    assert [row.id for row in chat.within(3 * SECOND, 5 * SECOND)] == ["msg_3", "msg_4", "msg_5"]


def finding(number: int, start: int, length: int) -> Finding:
    return Finding(f"fnd_{number}", number, "rec", start, start + length, "", "", "", 2, "draft", "甲", AT, articles=("办法:34-1",))


def lead(number: int, source: int) -> Lead:
    start = source * 3 * SECOND
    return Lead(
        f"led_{number}",
        "rec",
        "rule",
        "A01",
        "speech",
        start,
        start + SECOND,
        "句",
        "句",
        "",
        "",
        2,
        "r",
        "open",
        sources=(f"seg_{source}",),
    )


def test_that_marks_made_one_by_one_are_the_marks_made_at_once() -> None:
    rows, chance = Rows([sentence(n) for n in range(60)]), random.Random(5)

    def place_of(one: Lead) -> int:
        return rows.place_of(str(one.sources[0]))

    kept, findings, leads = Marking(rows, place_of), [], []
    for number in range(200):
        if findings and chance.random() < 0.3:
            findings.remove(chance.choice(findings))
        elif findings and chance.random() < 0.3:
            place = chance.randrange(len(findings))
            findings[place] = replace(findings[place], end_us=findings[place].end_us + 4 * SECOND)
        else:
            findings.append(finding(number, chance.randrange(170) * SECOND, chance.randrange(1, 20) * SECOND))
        if leads and chance.random() < 0.4:
            leads.remove(chance.choice(leads))
        else:
            leads.append(lead(number, chance.randrange(60)))
        findings.sort(key=lambda one: one.number)
        leads.sort(key=lambda one: one.start_us)
        before = {place: (list(marks.leads), list(marks.findings), marks.over) for place, marks in kept.at.items()}
        changed = kept.show_leads(leads) | kept.show_findings(findings)
        fresh = Marking(rows, place_of)
        fresh.show_leads(leads)
        fresh.show_findings(findings)
        assert kept.at == fresh.at
        after = {place: (marks.leads, marks.findings, marks.over) for place, marks in kept.at.items()}
        assert {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)} <= changed
