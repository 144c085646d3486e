"""Attacks on a good case, one by one. Each must be named first for what it is; what must stay sound is shown to stay sound."""

import contextlib
import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest

from inspector_app.casefile import case as casefile
from inspector_app.casefile import journal
from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act
from inspector_app.cli.main import main
from inspector_app.commands import material
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.people import Actor, Officer
from inspector_app.domain.records import RECORDS, Original
from inspector_app.integrity.chain import GENESIS, canonical, row_hash
from inspector_app.integrity.verify import verify_case

# -- the attacker's tools --------------------------------------------------------------------------------------------------------


def attack(folder: Path, *statements: str, guards: bool = False) -> None:
    """Runs SQL on the database as anyone with the file can; the append-only triggers go first unless `guards`."""
    db = sqlite3.connect(folder / "case.db", isolation_level=None)
    try:
        if not guards:
            drop_guards(db)
        for statement in statements:
            db.execute(statement)
    finally:
        db.close()


def drop_guards(db: sqlite3.Connection) -> None:
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")


def rewrite(folder: Path, change: Callable[[list[dict]], list[dict]], *, chain: bool = True) -> str:
    """Replaces the journal by `change(bodies)`, renumbered and chained anew where `chain`; returns the new head."""
    db = sqlite3.connect(folder / "case.db", isolation_level=None)
    try:
        drop_guards(db)
        rows = db.execute("SELECT body, undoable FROM journal ORDER BY seq").fetchall()
        undoable = {json.loads(body)["seq"]: flag for body, flag in rows}
        bodies = change([json.loads(body) for body, _ in rows])
        db.execute("DELETE FROM journal")
        previous = GENESIS
        for place, body in enumerate(bodies, 1):
            flag = undoable.get(body.get("seq"), 0)
            if chain:
                body |= {"seq": place, "prev": previous}
            text = canonical(body)
            previous = row_hash(text)
            db.execute(
                "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)",
                (body["seq"], text, previous, body["act"], flag, body["undo_of"], body["redo_of"]),
            )
        return previous
    finally:
        db.close()


def first_problem(folder: Path) -> tuple[str, str]:
    report = verify_case(folder)
    assert not report.ok
    return report.problems[0].code, report.problems[0].what


def original(folder: Path, kind: str = "recording") -> Path:
    with Case(folder, read_only=True) as case:
        return folder / case.find(Original, kind=kind)[0].path


def exhibit(folder: Path) -> Path:
    return min((folder / "working" / "stills").glob("*.png"))


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def flip(path: Path, place: int, bit: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    overwrite(path, bytes(content))


# -- nothing wrong ---------------------------------------------------------------------------------------------------------------


def test_that_the_untouched_case_is_sound_and_everything_was_looked_at(full_case):
    report = verify_case(full_case)
    assert report.problems == []
    assert report.checked["original_files"] == 3
    assert report.checked["exhibit_files"] == 2
    assert {"database", "journal_rows", "table_rows", "index_files", "dossier_files"} <= report.checked.keys()


def test_that_other_file_times_change_nothing(full_case):
    for path in full_case.rglob("*"):
        os.utime(path, (1, 1))
    assert verify_case(full_case).ok


def test_that_the_case_moved_elsewhere_stays_sound(full_case, tmp_path):
    assert verify_case(Path(shutil.move(full_case, tmp_path / "另一处 💾"))).ok


# -- originals and exhibits (evidence 11: 1 to 9) --------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_that_one_flipped_bit_in_an_original_is_named(full_case, share):
    path = original(full_case)
    flip(path, min(int(path.stat().st_size * share), path.stat().st_size - 1), 3)
    assert first_problem(full_case) == ("original.altered", path.stem)


@pytest.mark.parametrize("change", [lambda content: content[:-1], lambda content: content + b"\0", lambda content: b""])
def test_that_an_original_cut_or_lengthened_is_named(full_case, change):
    path = original(full_case)
    overwrite(path, change(path.read_bytes()))
    assert first_problem(full_case)[0] == "original.size"


def test_that_two_originals_with_their_contents_swapped_are_both_named(full_case):
    one, two = original(full_case, "subtitle"), original(full_case, "chat")
    contents = one.read_bytes(), two.read_bytes()
    overwrite(one, contents[1])
    overwrite(two, contents[0])
    codes = {problem.where: problem.code for problem in verify_case(full_case).problems}
    assert codes == {path.relative_to(full_case).as_posix(): "original.size" for path in (one, two)}


def test_that_swapped_names_of_files_of_one_size_are_both_named(full_case):
    one, two = sorted((full_case / "working" / "stills").glob("*.png"))
    size = max(one.stat().st_size, two.stat().st_size)
    assert size
    aside = one.with_suffix(".x")
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    found = [
        problem
        for problem in verify_case(full_case).problems
        if problem.where in {one.relative_to(full_case).as_posix(), two.relative_to(full_case).as_posix()}
    ]
    assert {problem.code for problem in found} <= {"exhibit.size", "exhibit.altered"}
    assert len(found) == 2


def test_that_a_deleted_original_is_named(full_case):
    path = original(full_case)
    path.unlink()
    assert first_problem(full_case) == ("original.missing", path.relative_to(full_case).as_posix())


def test_that_a_deleted_exhibit_is_named(full_case):
    exhibit(full_case).unlink()
    assert first_problem(full_case)[0] == "exhibit.missing"


def test_that_the_whole_vault_gone_is_named(full_case):
    shutil.rmtree(full_case / "originals")
    assert first_problem(full_case)[0] == "original.missing"


def test_that_a_file_slipped_into_the_vault_is_named(full_case):
    (full_case / "originals" / ("ab" * 32 + ".mp4")).write_bytes(b"x")
    assert first_problem(full_case)[0] == "original.unlisted"


@pytest.mark.parametrize("inside", [True, False])
def test_that_an_original_replaced_by_a_link_is_named_though_the_bytes_are_the_same(full_case, tmp_path, inside):
    path = original(full_case)
    elsewhere = path.rename((full_case / "exports" if inside else tmp_path) / "别处.mp4")
    path.symlink_to(elsewhere)
    assert first_problem(full_case)[0] == "original.missing"


def test_that_a_vault_replaced_by_a_link_is_named(full_case, tmp_path):
    (full_case / "originals").rename(tmp_path / "别处")
    (full_case / "originals").symlink_to(tmp_path / "别处")
    assert first_problem(full_case)[0] == "original.missing"


def test_that_an_original_replaced_by_a_folder_is_named(full_case):
    path = original(full_case)
    path.unlink()
    path.mkdir()
    assert first_problem(full_case)[0] == "original.missing"


@pytest.mark.parametrize("place", ["../外面.mp4", "/etc/hostname", "originals/../../外面.mp4", "originals\0x", "x" * 5000, ""])
def test_that_a_path_that_leaves_the_case_is_never_followed(full_case, place):
    """Even where the attacker made the whole chain anew around it."""
    path = original(full_case)
    shutil.copy(path, full_case.parent / "外面.mp4")

    def change(bodies):
        for body in bodies:
            for one in body["changes"]:
                if one["table"] == "originals" and one["id"] == path.stem:
                    one["after"]["path"] = place
        return bodies

    rewrite(full_case, change)
    db = sqlite3.connect(full_case / "case.db")
    db.execute("UPDATE originals SET path = ? WHERE id = ?", (place, path.stem))
    db.commit()
    db.close()
    codes = {problem.code for problem in verify_case(full_case).problems}
    assert codes & {"original.missing", "journal.unreadable"}
    assert not codes & {"original.size", "original.altered"}


@pytest.mark.parametrize("kind", ["original", "exhibit", "index", "dossier"])
def test_that_no_single_byte_of_a_file_can_change_unseen(full_case, kind):
    path = {
        "original": original,
        "exhibit": exhibit,
        "index": lambda folder: next((folder / "working").rglob("index.npz")),
        "dossier": lambda folder: folder / "exports" / "证据卷宗.pdf",
    }[kind](full_case)
    content = path.read_bytes()
    for step in range(24):
        place = (len(content) - 1) * step // 23
        broken = bytearray(content)
        broken[place] ^= 1 << step % 8
        overwrite(path, bytes(broken))
        code, _ = first_problem(full_case)
        assert code == f"{kind}.altered"
    overwrite(path, content)
    assert verify_case(full_case).ok


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
    "hash": ("UPDATE journal SET hash = replace(hash, 'a', 'b') WHERE seq = 2", "journal.hash"),
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


# -- the tables (44, 45, 61, 65) -------------------------------------------------------------------------------------------------

TABLE_EDITS = {
    "officer's certificate": ("UPDATE officers SET certificate = '粤A-9999' WHERE position = 2", "table.changed"),
    "party": ("UPDATE case_info SET party = '别的公司'", "table.changed"),
    "transcript words": ("UPDATE segments SET text = '这款面膜很普通' WHERE start_us = 500000", "table.changed"),
    "correction": ("UPDATE segments SET corrected = '无', corrected_by = '张敏' WHERE start_us = 500000", "table.changed"),
    "chat words": ("UPDATE chat_messages SET text = '不低'", "table.changed"),
    "finding's time": ("UPDATE findings SET start_us = start_us + 10000000", "table.changed"),
    "finding's article": ("UPDATE findings SET articles = replace(articles, '34-1', '32')", "table.changed"),
    "law's digest": ("UPDATE findings SET law_sha256 = replace(law_sha256, 'a', 'b')", "table.changed"),
    "finding's state": ("UPDATE findings SET state = 'withdrawn' WHERE number = 1", "table.changed"),
    "element ticked": ("UPDATE findings SET elements = replace(elements, '\"ticked\":0', '\"ticked\":1')", "table.changed"),
    "exhibit's digest": ("UPDATE exhibits SET sha256 = replace(sha256, 'a', 'b') WHERE kind = 'still'", "table.changed"),
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
    "row slipped in": ("INSERT INTO chat_messages SELECT 'msg_x', recording_id, original_id, at_us, '水军', '假的' FROM chat_messages LIMIT 1", "table.extra"),
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


# -- the whole database put back or made anew (35 to 39) -------------------------------------------------------------------------
#
# Whoever owns the database can write a journal from nothing. A check that looks at the case alone cannot see that: what sees it is a
# head that left the house, printed in a dossier.


def printed_head(folder: Path) -> str:
    """The journal head as the dossier that left the house prints it."""
    pages = pypdf.PdfReader(folder / "exports" / "证据卷宗.pdf").pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    return next(head for head in hashes(folder) if head in text)


def hashes(folder: Path) -> set[str]:
    db = sqlite3.connect(folder / "case.db")
    try:
        return {row[0] for row in db.execute("SELECT hash FROM journal")}
    finally:
        db.close()


def without_second_finding(bodies: list[dict]) -> list[dict]:
    """A history in which the second finding, its exhibits and the dossier's count of them never were."""
    second = [body for body in bodies if body["act"] == "finding.add"][1]
    doomed = {change["id"] for change in second["changes"]}
    kept = []
    for body in bodies:
        body["changes"] = [change for change in body["changes"] if change["id"] not in doomed]
        if body["changes"] or body["act"] not in ("finding.add", "exhibit.still"):
            kept.append(body)
    shift = {body["seq"]: place for place, body in enumerate(kept, 1)}
    return [body | {name: shift.get(body[name]) for name in ("undo_of", "redo_of")} for body in kept]


def remove_second_finding(folder: Path) -> None:
    attack(
        folder,
        "DELETE FROM exhibits WHERE finding_id = (SELECT id FROM findings WHERE number = 2)",
        "DELETE FROM findings WHERE number = 2",
    )


def test_that_a_history_made_anew_no_longer_fits_the_dossier_in_it(full_case):
    remove_second_finding(full_case)
    rewrite(full_case, without_second_finding)
    assert first_problem(full_case)[0] == "dossier.other_journal"


def test_that_a_history_made_anew_with_its_dossier_is_seen_by_the_printed_head_alone(full_case):
    """Known limit: inside the case everything fits. The head on paper does not lie in the new journal."""
    head = printed_head(full_case)
    remove_second_finding(full_case)
    rewrite(full_case, without_second_finding)

    def follow(bodies):
        previous, made = GENESIS, []
        for place, body in enumerate(bodies, 1):
            body |= {"seq": place, "prev": previous}
            for change in body["changes"]:
                if change["table"] == "dossiers":
                    change["after"]["journal_head"] = previous
            previous = row_hash(canonical(body))
            made.append(body)
        return made

    rewrite(full_case, follow, chain=False)
    with Case(full_case, read_only=True) as case:
        listed = case.read(journal.read_all)
    forged = next(change.after["journal_head"] for row in listed for change in row.changes if change.table == "dossiers")
    attack(full_case, f"UPDATE dossiers SET journal_head = '{forged}'")
    assert verify_case(full_case).ok
    assert head not in hashes(full_case)
    status, codes = verify_command(full_case / "exports" / "证据卷宗.pdf", full_case)
    assert status == 1
    assert "dossier.head_differs" in codes


def test_that_an_older_database_put_back_does_not_know_the_dossier(full_case, bare_template):
    """Known limit: the older case is sound by itself. The dossier that left the house is not in it."""
    dossier = full_case / "exports" / "证据卷宗.pdf"
    head = printed_head(full_case)
    assert verify_command(dossier, full_case) == (0, [])
    shutil.copy(bare_template / "case.db", full_case / "case.db")
    assert verify_case(full_case).ok
    assert head not in hashes(full_case)
    assert verify_command(dossier, full_case) == (1, ["dossier.not_in_journal"])


def test_that_an_older_database_put_back_leaves_newer_originals_unlisted(full_case, tmp_path):
    old = (full_case / "case.db").read_bytes()
    extra = tmp_path / "补充.srt"
    extra.write_text("1\n00:00:00,000 --> 00:00:01,000\n补充\n", encoding="utf-8")
    os.utime(extra, (1_780_000_000, 1_780_000_000))
    work = Workspace()
    work.open(full_case)
    material.import_files(work, files=[extra])
    work.close()
    assert verify_case(full_case).ok
    (full_case / "case.db").write_bytes(old)
    assert first_problem(full_case)[0] == "original.unlisted"


def test_that_a_deleted_write_ahead_log_costs_whole_acts_only(full_case):
    """Known limit: the acts that lay in it are gone, and the head shows it."""
    script = (
        "import os, sys; from pathlib import Path; from inspector_app.casefile.case import Case;"
        "from inspector_app.casefile.changes import Act; from inspector_app.domain.people import Actor;"
        "case = Case(Path(sys.argv[1])); row = case.commit(Act('last', Actor('张敏', '粤A-0001')));"
        "print(row.hash, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(full_case)], capture_output=True, text=True, check=True)
    head = done.stdout.strip()
    assert (full_case / "case.db-wal").stat().st_size > 0
    for name in ("case.db-wal", "case.db-shm"):
        (full_case / name).unlink()
    assert verify_case(full_case).ok
    assert head not in hashes(full_case)


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


# -- the command line ------------------------------------------------------------------------------------------------------------


def verify_command(path: Path, case: Path | None = None) -> tuple[int, list[str]]:
    """Exit status and problem codes of `inspector verify PATH --json`."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        status = main(["verify", str(path), "--json", *(["--case", str(case)] if case else [])])
    return status, [problem["code"] for problem in json.loads(out.getvalue())["problems"]]


def test_that_the_command_line_ends_with_one_and_names_the_first_broken_thing(full_case):
    assert verify_command(full_case) == (0, [])
    flip(original(full_case), 1000)
    attack(full_case, "UPDATE officers SET certificate = 'x' WHERE position = 1")
    assert verify_command(full_case) == (1, ["table.changed", "original.altered"])


@pytest.mark.parametrize("name", ["body", "middle row", "all rows", "not json", "dropped", "text that is no text"])
def test_that_the_command_line_names_an_edited_journal(full_case, name):
    statement, code = JOURNAL_EDITS[name]
    attack(full_case, statement)
    status, codes = verify_command(full_case)
    assert (status, codes[0]) == (1, code)


def test_that_a_person_reads_what_is_broken_in_words(full_case, capsys):
    path = original(full_case)
    flip(path, 0)
    assert main(["verify", str(full_case)]) == 1
    out = capsys.readouterr().out
    assert "原件内容被改动" in out
    assert path.name in out


def test_that_a_dossier_is_checked_against_a_damaged_case_without_a_crash(full_case):
    dossier = full_case / "exports" / "证据卷宗.pdf"
    (full_case / "case.db").write_bytes(b"no database" * 1000)
    status, codes = verify_command(dossier)
    assert (status, codes) == (1, ["database.unreadable"])


@pytest.mark.parametrize("statement", ["UPDATE journal SET body = 'x' WHERE act = 'dossier.build'", "DROP TABLE journal"])
def test_that_a_dossier_is_checked_against_a_broken_journal_without_a_crash(full_case, statement):
    attack(full_case, statement)
    status, codes = verify_command(full_case / "exports" / "证据卷宗.pdf")
    assert status == 1 and codes


def test_that_an_altered_dossier_is_named(full_case):
    dossier = full_case / "exports" / "证据卷宗.pdf"
    flip(dossier, dossier.stat().st_size // 2)
    assert verify_command(dossier) == (1, ["dossier.altered", "dossier.not_in_journal"])
