"""The dossier step in a real window: what is lacking and where it is mended, editions, building, pages, versions, signatures, exports."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from inspector_app.commands import findings
from inspector_app.domain.records import Dossier, Finding, Justification
from inspector_app.i18n import tr
from inspector_app.ui.models.dossiers import read_places
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.dossier import DossierStep


@pytest.fixture
def step(qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DossierStep:
    """The step with one finding of the case."""
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "data"))
    work = window.bench.desk.work
    findings.add(work, recording_id="rec_1", start_us=3_500_000, end_us=6_500_000, articles=["办法:34-1"])
    window.go(4)
    step = window.bench.dossier
    qtbot.waitUntil(lambda: bool(step.standing.findings))
    return step


def build(qtbot: QtBot, step: DossierStep) -> Dossier:
    step.build()
    case = step._desk.work.opened
    qtbot.waitUntil(lambda: case.count(Dossier) > 0 and bool(step.standing.versions) and not step._job)
    row = case.find(Dossier, order="rowid DESC")[0]
    qtbot.waitUntil(lambda: step.preview.view.pages == row.pages and not step.preview.live)
    return row


def finding(step: DossierStep) -> Finding:
    return step._desk.work.opened.find(Finding)[0]


def test_that_every_lack_leads_to_where_it_is_mended(qtbot: QtBot, step: DossierStep, window: MainWindow) -> None:
    codes = [lack.code for lack in step.standing.lacks]
    assert {"proves", "leads"} <= set(codes)
    assert codes.index("proves") < codes.index("leads")
    step.lacks.findChild(QPushButton, f"go proves finding:{finding(step).id}").click()
    assert window.bench.place == 2
    qtbot.waitUntil(lambda: window.bench.evidence.at_hand == finding(step).id)
    window.go(4)
    qtbot.waitUntil(lambda: step.preview.live and step.preview.what == "finding-1")


def test_that_a_lack_is_justified_in_writing(qtbot: QtBot, step: DossierStep) -> None:
    lack = next(one for one in step.standing.lacks if one.problem is not None)
    step.lacks.justify.emit(lack.problem)
    assert step._ask.isVisible()
    qtbot.keyClicks(step._ask.field, "another case")
    qtbot.keyClick(step._ask.field, Qt.Key.Key_Return)
    assert step._desk.work.opened.find(Justification)[0].text == "another case"
    qtbot.waitUntil(lambda: any(one.justified for one in step.standing.lacks))


def test_that_the_page_of_a_finding_follows_its_edit(qtbot: QtBot, step: DossierStep) -> None:
    step.show_target(f"finding:{finding(step).id}")
    step.refresh()
    qtbot.waitUntil(lambda: step.preview.shows_pages and step.preview._made == "finding-1")
    before = step.preview.view._buffer
    step._desk.do("finding.proves", finding_id=finding(step).id, text="证明虚假宣传")
    qtbot.waitUntil(lambda: step.preview.view._buffer is not before)
    assert step.preview.live
    followed: list[str] = []
    step.preview.followed.connect(followed.append)
    qtbot.keyClick(step.preview.view, Qt.Key.Key_Right)
    qtbot.keyClick(step.preview.view, Qt.Key.Key_Return)
    assert followed == [f"finding:{finding(step).id}"]


def test_that_a_dossier_is_built_marked_unsigned_turned_by_keys_and_leads_to_editors(qtbot: QtBot, step: DossierStep) -> None:
    row = build(qtbot, step)
    version = step.standing.versions[0]
    assert (version.edition, version.there, version.signers) == ("full", True, [])
    chips = [one.text() for one in step.versions.findChildren(type(step.signing._state))]
    assert tr("ui.versions.signed_0") in chips
    view = step.preview.view
    assert view.pages == row.pages
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert view.page == 1
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.page == view.pages - 1
    scale = view.scale()
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale() > scale
    places = read_places(step._desk.work.opened, version.path.read_bytes())
    assert {place.target for place in places} == {f"finding:{finding(step).id}"}
    assert {place.page for place in places} <= set(range(row.pages))
    assert view.go_to(f"finding:{finding(step).id}")
    assert view.page == min(place.page for place in places)


def test_that_a_disclosure_edition_waits_for_the_full_one(qtbot: QtBot, step: DossierStep) -> None:
    step.edition.buttons["disclosure"].click()
    assert step.edition.in_the_way == "ui.edition.needs_full"
    assert not step._build.isEnabled()
    step.edition.buttons["extract"].click()
    assert step.edition.article == "办法:34-1"
    step.edition.buttons["full"].click()
    build(qtbot, step)
    step.edition.buttons["disclosure"].click()
    assert step._build.isEnabled()


def test_that_a_build_is_given_up_and_leaves_nothing(qtbot: QtBot, step: DossierStep) -> None:
    step.build()
    qtbot.waitUntil(lambda: bool(step._job))
    step._stop.click()
    qtbot.waitUntil(lambda: not step._job)
    case = step._desk.work.opened
    assert case.count(Dossier) == 0
    assert list((case.folder / "exports").glob("*.pdf")) == []
    assert step._build.isVisible()


def test_that_exports_are_written_under_names_that_are_not_taken(qtbot: QtBot, step: DossierStep) -> None:
    step.open_room("export")
    for count in (1, 2):
        with qtbot.waitSignal(step.exports.done):
            step.exports.rows["csv"].button.click()
        written = list((step._desk.work.opened.folder / "exports").glob("*.csv"))
        assert len(written) == count
    assert step.exports.rows["csv"].said.isVisible()
    assert step.exports.rows["csv"].open.isVisible()
