"""The writer killed at any moment: the case opens, verifies, and lacks at most the act under way."""

import random
import signal
import subprocess
import sys
import time

import pytest

from inspector_app.casefile.case import Case
from inspector_app.commands import history
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.records import Finding, Segment
from inspector_app.integrity.verify import verify_case

WRITER = """
import sys
from pathlib import Path
from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Finding, Segment
with Case(Path(sys.argv[1])) as case:
    actor = case.first_officer
    while True:
        number = case.next_number(Finding)
        finding = Finding(new_id("finding"), number, "rec_1", 0, 1, "", "", f"备注 {number}", 2, "draft", actor.name, "")
        words = [Segment(new_id("segment"), "rec_1", "tra_1", "", part, part + 1, "字" * 40, "字" * 40, 900) for part in range(20)]
        row = case.commit(Act("finding.add", actor, [insert(one) for one in (finding, *words)], finding.id, {"number": number}, undoable=True))
        print(row.seq, row.hash, flush=True)
        if number % 5 == 0:
            row = case.undo(actor)
            print(row.seq, row.hash, flush=True)
"""


@pytest.mark.parametrize("seed", range(8))
def test_that_a_writer_killed_at_any_moment_loses_at_most_the_act_under_way(bare_case, seed):
    acts = random.Random(seed).randrange(1, 25)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(bare_case)], stdout=subprocess.PIPE, text=True) as writer:
        said = [writer.stdout.readline().split() for _ in range(acts)]
        time.sleep(random.Random(seed).random() * 0.02)
        writer.send_signal(signal.SIGKILL)
        said += [line.split() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    last, head = int(said[-1][0]), said[-1][1]
    with Case(bare_case, read_only=True) as case:
        kept = case.journal_head()[0]
        assert last <= kept <= last + 1
        assert case.read(lambda db: db.execute("SELECT hash FROM journal WHERE seq = ?", (last,)).fetchone()[0]) == head
        assert case.count(Segment) == 20 * case.count(Finding) + 3
    report = verify_case(bare_case)
    assert report.ok, report.problems
    work = Workspace()
    case = work.open(bare_case)
    found = case.count(Finding)
    assert history.undo(work).facts["act"] == "finding.add"
    assert case.count(Finding) == found - 1
    work.close()
    assert verify_case(bare_case).ok


def test_that_the_lock_of_a_killed_program_does_not_stay(bare_case):
    with subprocess.Popen([sys.executable, "-c", WRITER, str(bare_case)], stdout=subprocess.PIPE, text=True) as writer:
        writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
    with Case(bare_case) as case:
        assert case.count(Finding) >= 1
