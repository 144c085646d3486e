"""Attacks on the tables that leave the journal alone, and on any byte of the database."""

import random
import sqlite3
from pathlib import Path

import pytest

from inspector_app.domain.records import RECORDS
from inspector_app.integrity.verify import verify_case

from .conftest import attack, first_problem

# -- the tables (44, 45, 61, 65) -------------------------------------------------------------------------------------------------

TABLE_EDITS = {
    "officer's certificate": ("UPDATE officers SET certificate = '粤A-9999' WHERE position = 2", "table.changed"),
    "party": ("UPDATE case_info SET party = '别的公司'", "table.changed"),
    "transcript words": ("UPDATE segments SET text = '这款面膜很普通' WHERE start_us = 500000", "table.changed"),
    "correction": ("UPDATE segments SET corrected = '无', corrected_by = '张敏' WHERE start_us = 500000", "table.changed"),
    "chat words": ("UPDATE chat_messages SET text = '不低'", "table.changed"),
    "finding's time": ("UPDATE findings SET start_us = start_us + 10000000", "table.changed"),
    "finding's article": ("UPDATE findings SET articles = replace(articles, '34-1', '32')", "table.changed"),
    "law's digest": ("UPDATE findings SET law_sha256 = 'x' || substr(law_sha256, 2)", "table.changed"),
    "finding's state": ("UPDATE findings SET state = 'withdrawn' WHERE number = 1", "table.changed"),
    "element ticked": ("UPDATE findings SET elements = replace(elements, '\"ticked\":0', '\"ticked\":1')", "table.changed"),
    "exhibit's digest": ("UPDATE exhibits SET sha256 = 'x' || substr(sha256, 2) WHERE kind = 'still'", "table.changed"),
    "exhibit's path": ("UPDATE exhibits SET path = '../../' || path WHERE kind = 'still'", "table.changed"),
    "exhibit's frame": ("UPDATE exhibits SET pts = pts + 1 WHERE kind = 'still'", "table.changed"),
    "original's digest": ("UPDATE originals SET sm3 = 'x'", "table.changed"),
    "captured, says an import": ("UPDATE recordings SET method = 'captured'", "table.changed"),
    "gap filled in": ("UPDATE recordings SET gaps = '[{\"x\":1}]'", "table.changed"),
    "a column's type": ("UPDATE findings SET severity = '2x' WHERE number = 1", "table.changed"),
    "exhibit dropped": ("DELETE FROM exhibits WHERE number = 1", "table.missing"),
    "finding dropped": ("DELETE FROM findings WHERE number = 2", "table.missing"),
    "all findings dropped": ("DELETE FROM findings", "table.missing"),
    "table dropped": ("DROP TABLE findings", "table.missing"),
    "column renamed": ("ALTER TABLE findings RENAME COLUMN note TO memo", "table.changed"),
    "key renamed": ("ALTER TABLE findings RENAME COLUMN id TO ie", "table.extra"),
    "column dropped": ("ALTER TABLE exhibits DROP COLUMN time_base", "table.changed"),
    "key changed": ("UPDATE exhibits SET id = 'exh_x' WHERE number = 1", "table.extra"),
    "row slipped in": ("INSERT INTO chat_messages SELECT 'msg_x', recording_id, original_id, at_us, '水军', '假的', kind, message_id, group_key, count, wall_at, facts FROM chat_messages LIMIT 1", "table.extra"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE_EDITS)
def test_that_an_edited_table_is_named_though_the_journal_is_whole(full_case, name):
    statement, code = TABLE_EDITS[name]
    before = verify_case(full_case)
    attack(full_case, statement, guards=True)
    report = verify_case(full_case)
    assert report.problems, "the attack did nothing" if before.ok else ""
    assert report.problems[0].code == code
    assert report.checked["journal_rows"] == before.checked["journal_rows"]


def test_that_a_view_in_the_place_of_a_table_is_named(full_case):
    attack(full_case, "ALTER TABLE findings RENAME TO search_findings", "CREATE VIEW findings AS SELECT * FROM search_findings")
    assert first_problem(full_case)[0] == "table.missing"


def test_that_a_case_given_another_identity_is_named(full_case):
    attack(full_case, "UPDATE case_info SET case_id = 'case_0'")
    assert first_problem(full_case)[0] == "journal.other_case"


# -- any byte of the database ----------------------------------------------------------------------------------------------------


def content_of(folder: Path) -> list[list[tuple]]:
    """All rows of the journal and of every table made from it."""
    db = sqlite3.connect(f"{(folder / 'case.db').absolute().as_uri()}?mode=ro", uri=True)
    try:
        return [db.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for name in ("journal", *(record.table for record in RECORDS))]
    finally:
        db.close()


def test_that_no_byte_of_the_database_changes_the_content_unseen(full_case):
    """A flipped bit is named, or it lies where nothing is kept (free pages, the search index): then all content is as it was."""
    database = full_case / "case.db"
    good, content = database.read_bytes(), content_of(full_case)
    dice = random.Random(3)
    places = {*range(0, 100, 5), *(dice.randrange(len(good)) for _ in range(200))}
    named = 0
    for place in sorted(places):
        broken = bytearray(good)
        broken[place] ^= 1 << dice.randrange(8)
        for leftover in full_case.glob("case.db-*"):
            leftover.unlink()
        database.write_bytes(broken)
        report = verify_case(full_case)
        named += not report.ok
        if report.ok:
            assert content_of(full_case) == content, place
    assert named > 20
