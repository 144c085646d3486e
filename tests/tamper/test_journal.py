"""Attacks on the chained journal, with and without the chain made anew."""

import json
import sqlite3

import pytest

from inspector_app.casefile import case as casefile
from inspector_app.casefile.changes import Act
from inspector_app.domain.people import Actor, Officer
from inspector_app.integrity.chain import canonical, row_hash
from inspector_app.integrity.verify import verify_case

from .conftest import attack, drop_guards, first_problem, rewrite, verify_command

# -- the journal (30 to 43) ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET body = replace(body, '张敏', '张三') WHERE seq = 3",
        "DELETE FROM journal WHERE seq = 3",
        "INSERT OR REPLACE INTO journal SELECT seq, '{}', hash, act, undoable, undo_of, redo_of FROM journal WHERE seq = 3",
    ],
)
def test_that_the_guards_stop_a_slip_or_the_check_names_it(full_case, statement):
    """A connection that did not ask for recursive triggers walks past one guard: then the check must see it."""
    try:
        attack(full_case, statement, guards=True)
    except sqlite3.IntegrityError as error:
        assert "append only" in str(error)
        assert verify_case(full_case).ok
    else:
        assert first_problem(full_case)[0].startswith("journal.")


JOURNAL_EDITS = {
    "body": ("UPDATE journal SET body = replace(body, '首条备注', '改过备注')", "journal.hash"),
    "blank": ("UPDATE journal SET body = body || ' ' WHERE seq = 2", "journal.hash"),
    "hash": ("UPDATE journal SET hash = 'x' || substr(hash, 2) WHERE seq = 2", "journal.hash"),
    "middle row": ("DELETE FROM journal WHERE seq = 4", "journal.gap"),
    "first row": ("DELETE FROM journal WHERE seq = 1", "journal.gap"),
    "all rows": ("DELETE FROM journal", "journal.empty"),
    "number": ("UPDATE journal SET seq = 9999 WHERE seq = 5", "journal.gap"),
    "not json": ("UPDATE journal SET body = 'x' WHERE seq = 2", "journal.unreadable"),
    "bytes": ("UPDATE journal SET body = CAST(body AS BLOB) WHERE seq = 2", "journal.unreadable"),
    "bytes that are no text": ("UPDATE journal SET body = x'ff' WHERE seq = 2", "journal.unreadable"),
    "text that is no text": ("UPDATE journal SET body = CAST(x'ff' AS TEXT) WHERE seq = 2", "database.unreadable"),
    "act column": ("UPDATE journal SET act = 'finding.note' WHERE seq = 2", "journal.columns"),
    "undo column": ("UPDATE journal SET undo_of = NULL WHERE undo_of", "journal.columns"),
    "redo column": ("UPDATE journal SET redo_of = 2 WHERE seq = 3", "journal.columns"),
    "nested": ("UPDATE journal SET body = '" + "[" * 60_000 + "' WHERE seq = 2", "journal.unreadable"),
    "dropped": ("DROP TABLE journal", "database.unreadable"),
}


@pytest.mark.parametrize("name", JOURNAL_EDITS)
def test_that_an_edited_journal_is_named(full_case, name):
    statement, code = JOURNAL_EDITS[name]
    attack(full_case, statement)
    assert first_problem(full_case)[0] == code


@pytest.mark.parametrize("name", ["body", "middle row", "all rows", "not json", "dropped", "text that is no text"])
def test_that_the_command_line_names_an_edited_journal(full_case, name):
    statement, code = JOURNAL_EDITS[name]
    attack(full_case, statement)
    status, codes = verify_command(full_case)
    assert (status, codes[0]) == (1, code)


def test_that_a_body_edited_with_its_hash_breaks_the_next_link(full_case):
    db = sqlite3.connect(full_case / "case.db")
    drop_guards(db)
    seq, body = db.execute("SELECT seq, body FROM journal WHERE act = 'finding.add' ORDER BY seq").fetchone()
    text = canonical(json.loads(body) | {"actor": {"name": "别人", "certificate": "0", "machine": False}})
    db.execute("UPDATE journal SET body = ?, hash = ? WHERE seq = ?", (text, row_hash(text), seq))
    db.commit()
    db.close()
    problem = verify_case(full_case).problems[0]
    assert (problem.code, problem.where) == ("journal.chain", f"journal row {seq + 1}")


def test_that_another_order_of_keys_is_named_even_with_its_hash(full_case):
    db = sqlite3.connect(full_case / "case.db")
    drop_guards(db)
    (body,) = db.execute("SELECT body FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    text = json.dumps(dict(reversed(json.loads(body).items())), ensure_ascii=False, separators=(",", ":"))
    db.execute("UPDATE journal SET body = ?, hash = ? WHERE seq = (SELECT max(seq) FROM journal)", (text, row_hash(text)))
    db.commit()
    db.close()
    assert first_problem(full_case)[0] == "journal.not_canonical"


def test_that_a_key_said_twice_is_named(full_case):
    db = sqlite3.connect(full_case / "case.db")
    drop_guards(db)
    (body,) = db.execute("SELECT body FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    text = '{"act":"case.new",' + body[1:]
    db.execute("UPDATE journal SET body = ?, hash = ? WHERE seq = (SELECT max(seq) FROM journal)", (text, row_hash(text)))
    db.commit()
    db.close()
    assert first_problem(full_case)[0] == "journal.not_canonical"


def test_that_rows_in_another_order_are_named_though_chained_anew(full_case):
    rewrite(full_case, lambda bodies: [*bodies[:2], bodies[3], bodies[2], *bodies[4:]])
    assert first_problem(full_case)[0] == "journal.order"


def test_that_a_row_of_another_case_is_named(full_case, tmp_path):
    with casefile.create(tmp_path / "另案", number="2", cause="c", party="p", officers=[Officer("甲", "1"), Officer("乙", "2")]) as other:
        other.commit(Act("graft", Actor("甲", "1")))
        foreign = other.read(lambda db: json.loads(db.execute("SELECT body FROM journal WHERE seq = 2").fetchone()[0]))
    rewrite(full_case, lambda bodies: [*bodies, foreign])
    assert first_problem(full_case)[0] == "journal.other_case"


def test_that_a_row_left_out_is_named_though_chained_anew(full_case):
    """The tables still hold what the missing row did."""
    rewrite(full_case, lambda bodies: [body for body in bodies if body["act"] != "finding.add"])
    assert first_problem(full_case)[0] == "journal.change"


@pytest.mark.parametrize(
    "hostile",
    [
        lambda body: body | {"changes": 5},
        lambda body: body | {"changes": [{}]},
        lambda body: body | {"changes": ["x"]},
        lambda body: body | {"changes": [{"table": ["x"], "id": "1", "before": None, "after": {}}]},
        lambda body: body | {"changes": [{"table": "originals", "id": "1", "before": None, "after": {}}]},
        lambda body: body | {"changes": [{"table": "originals", "id": "1", "before": None, "after": 5}]},
        lambda body: body | {"changes": [{"table": "originals", "id": "1", "before": None, "after": {"path": 5, "id": "1", "bytes": "x"}}]},
        lambda body: body | {"changes": [{"table": "findings", "id": "1", "before": 3, "after": None}]},
        lambda body: body | {"mono_ns": "x"},
        lambda body: body | {"mono_ns": [1]},
    ],
)
def test_that_a_hostile_row_in_a_good_chain_never_crashes_the_check(full_case, hostile):
    rewrite(full_case, lambda bodies: [*bodies, hostile(dict(bodies[-1]))])
    report = verify_case(full_case)
    assert not report.ok
