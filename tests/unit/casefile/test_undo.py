"""Undo and redo through the journal: whatever is done in whatever order, across closing and opening again."""

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector_app.casefile import journal
from inspector_app.commands import findings, history, transcripts
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.records import Exhibit, Finding, Recording, Segment
from inspector_app.integrity.verify import verify_case

from .conftest import ACTOR, add, new_case, replayed, tables

#: what a person does to findings; numbers pick among the findings there are
ACTS = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 4)),
    st.tuples(st.just("note"), st.integers(0, 9), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)),
    st.tuples(st.just("tick"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("withdraw"), st.integers(0, 9)),
    st.tuples(st.just("retime"), st.integers(0, 9), st.integers(1, 5)),
    st.tuples(st.just("still"), st.integers(0, 9)),
    st.tuples(st.just("undo"), st.integers(1, 4)),
    st.tuples(st.just("redo"), st.integers(1, 4)),
    st.just(("reopen",)),
)


class Desk:
    """The case, and beside it what undo and redo should bring back: the tables before and after each act."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = Workspace()
        self.work.open(folder)
        self.recording = self.work.opened.find(Recording)[0].id
        self.past: list[dict] = []
        self.future: list[dict] = []

    def now(self) -> dict:
        stored = tables(self.folder)
        return {name: stored[name] for name in ("findings", "exhibits", "segments")}

    def do(self, act: tuple) -> None:
        getattr(self, act[0])(*act[1:])

    @contextmanager
    def acting(self):
        before = self.now()
        yield
        self.past.append(before)
        self.future.clear()

    def pick(self, place: int) -> Finding | None:
        rows = self.work.opened.find(Finding, order="number")
        return rows[place % len(rows)] if rows else None

    def add(self, place: int) -> None:
        with self.acting():
            findings.add(
                self.work,
                recording_id=self.recording,
                start_us=place * 1_000_000,
                end_us=place * 1_000_000 + 900_000,
                articles=["办法:34-1"],
                picture=False,
            )

    def note(self, place: int, text: str) -> None:
        if row := self.pick(place):
            with self.acting():
                findings.note(self.work, finding_id=row.id, text=text)

    def tick(self, place: int, ticked: bool) -> None:
        if row := self.pick(place):
            with self.acting():
                findings.tick(self.work, finding_id=row.id, element_id=sorted(row.elements)[place % len(row.elements)], ticked=ticked)

    def withdraw(self, place: int) -> None:
        if row := self.pick(place):
            with self.acting():
                findings.withdraw(self.work, finding_id=row.id, reason="撤")

    def retime(self, place: int, end: int) -> None:
        if row := self.pick(place):
            with self.acting():
                findings.retime(self.work, finding_id=row.id, start_us=0, end_us=end * 1_000_000)

    def still(self, place: int) -> None:
        """The program fills in a picture: no step of undo, and no undo may lose it while its exhibit is there."""
        waiting = findings.pending_stills(self.work)
        if not waiting:
            return
        name = waiting[place % len(waiting)].id
        findings.take_still(self.work, name)
        filled = self.now()["exhibits"][name]
        assert filled["sha256"]
        for snapshot in (*self.past, *self.future):
            if name in snapshot["exhibits"]:
                snapshot["exhibits"][name] = filled

    def undo(self, times: int) -> None:
        for _ in range(times):
            before = self.now()
            act = history.undo(self.work).facts["act"]
            assert bool(act) == bool(self.past)
            if self.past:
                expected = self.past.pop()
                self.future.append(before)
                assert self.now() == expected

    def redo(self, times: int) -> None:
        for _ in range(times):
            before = self.now()
            act = history.redo(self.work).facts["act"]
            assert bool(act) == bool(self.future)
            if self.future:
                expected = self.future.pop()
                self.past.append(before)
                assert self.now() == expected

    def reopen(self) -> None:
        self.work.close()
        self.work.open(self.folder)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(ACTS, min_size=2, max_size=14))
def test_that_any_acts_can_be_taken_back_and_made_again(bare_template, acts):
    with tempfile.TemporaryDirectory() as place:
        folder = shutil.copytree(bare_template, Path(place) / "案件 撤销")
        desk = Desk(folder)
        try:
            start = desk.now()
            for act in acts:
                desk.do(act)
            done = desk.now()
            depth = len(desk.past)
            desk.undo(depth + 1)
            assert desk.now() == start
            desk.reopen()
            desk.redo(depth)
            assert desk.now() == done
            assert tables(folder) == replayed(folder)
        finally:
            desk.work.close()
        report = verify_case(folder)
        assert report.ok, report.problems


def test_that_undo_of_a_finding_whose_picture_came_later_takes_both_and_redo_brings_both(workspace):
    recording = workspace.opened.find(Recording)[0].id
    added = findings.add(workspace, recording_id=recording, start_us=0, end_us=2_000_000, articles=["办法:34-1"], picture=False)
    waiting = findings.pending_stills(workspace)
    assert len(waiting) == 1
    findings.take_still(workspace, waiting[0].id)
    still = workspace.opened.get(Exhibit, waiting[0].id)
    assert still.sha256
    history.undo(workspace)
    assert workspace.opened.count(Finding) == workspace.opened.count(Exhibit) == 0
    history.redo(workspace)
    assert workspace.opened.get(Exhibit, still.id) == still
    assert workspace.opened.get(Finding, added.ids[0]).number == 1
    assert findings.pending_stills(workspace) == []
    folder = workspace.opened.folder
    workspace.close()
    assert verify_case(folder).ok


def test_that_a_new_act_empties_the_redo_side(tmp_path):
    with new_case(tmp_path / "a") as case:
        add(case, 1)
        case.undo(ACTOR)
        add(case, 2)
        assert case.redo(ACTOR) is None
        assert [step.act for step in case.read(journal.stacks)[0]] == ["finding.add"]


def test_that_nothing_to_undo_writes_nothing(tmp_path):
    with new_case(tmp_path / "a") as case:
        assert case.undo(ACTOR) is None
        assert case.redo(ACTOR) is None
        assert case.journal_head()[0] == 1


def test_that_undo_is_a_new_row_that_names_what_it_takes_back(tmp_path):
    with new_case(tmp_path / "a") as case:
        add(case, 7)
        row = case.undo(ACTOR)
        again = case.redo(ACTOR)
        assert (row.seq, row.undo_of, row.body["facts"]) == (3, 2, {"number": 7, "act": "finding.add"})
        assert (again.seq, again.redo_of, again.body["facts"]["act"]) == (4, 3, "finding.add")
        assert [one.act for one in case.read(journal.read_all)] == ["case.new", "finding.add", "undo", "redo"]


def test_that_a_correction_undone_gives_back_the_machines_words(workspace):
    segment = workspace.opened.find(Segment)[0]
    transcripts.correct(workspace, segment_id=segment.id, text="改过的话")
    assert workspace.opened.get(Segment, segment.id).words == "改过的话"
    history.undo(workspace)
    assert workspace.opened.get(Segment, segment.id) == segment
    assert history.undo(workspace).facts == {"act": ""}
