"""The whole database put back or made anew, and what the command line says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from inspector_app.casefile import journal
from inspector_app.casefile.case import Case
from inspector_app.cli.main import main
from inspector_app.commands import material
from inspector_app.commands.workspace import Workspace
from inspector_app.integrity.chain import GENESIS, canonical, row_hash
from inspector_app.integrity.verify import verify_case

from .conftest import attack, first_problem, flip, hashes, original, rewrite, verify_command

# -- the whole database put back or made anew (35 to 39) -------------------------------------------------------------------------
#
# Whoever owns the database can write a journal from nothing. A check that looks at the case alone cannot see that: what sees it is a
# head that left the house, printed in a dossier.


def printed_head(folder: Path) -> str:
    """The journal head as the dossier that left the house prints it."""
    pages = pypdf.PdfReader(folder / "exports" / "证据卷宗.pdf").pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    return next(head for head in hashes(folder) if head in text)


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
    assert verify_command(dossier, full_case) == (1, ["dossier.not_in_journal", "dossier.head_differs"])


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


# -- the command line ------------------------------------------------------------------------------------------------------------


def test_that_the_command_line_ends_with_one_and_names_the_first_broken_thing(full_case):
    assert verify_command(full_case) == (0, [])
    flip(original(full_case), 1000)
    attack(full_case, "UPDATE officers SET certificate = 'x' WHERE position = 1")
    assert verify_command(full_case) == (1, ["table.changed", "original.altered"])


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
