"""Two officers sign a dossier in the window: passwords that stay nowhere, errors with their next step, what the check says in words."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from inspector_app.commands import dossiers, findings
from inspector_app.domain.records import Dossier
from inspector_app.i18n import tr
from inspector_app.ui.panes.signing import SigningPane
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.dossier import DossierStep
from inspector_app.ui.theme.widgets import Say

from ..signing import PASSWORD, Authority  # noqa: TID252


@pytest.fixture
def step(qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DossierStep:
    """The signing pane in view with a dossier to sign."""
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "data"))
    work = window.bench.desk.work
    findings.add(work, recording_id="rec_1", start_us=3_500_000, end_us=6_500_000, articles=["办法:34-1"])
    dossiers.build(work, out=work.opened.folder / "exports" / "卷宗.pdf")
    window.go(4)
    step = window.bench.dossier
    step.open_room("sign")
    qtbot.waitUntil(lambda: step.signing.version is not None)
    return step


def said(widget: object) -> str:
    assert isinstance(widget, (SigningPane, DossierStep))
    return "\n".join(label.text() for label in widget.findChildren(Say))


def sign(qtbot: QtBot, pane: SigningPane, place: int, path: Path, password: str) -> None:
    pane.officers[place].file.setText(str(path))
    pane.officers[place].password.setText(password)
    pane.button.click()
    assert pane.officers[place].password.text() == ""
    qtbot.waitUntil(lambda: not pane._busy)


def signers(step: DossierStep) -> list[str]:
    return [str(one["name"]) for one in step._desk.work.opened.find(Dossier)[0].signers]


def test_that_two_officers_sign_in_turn_and_the_check_is_said_in_words(qtbot: QtBot, step: DossierStep, tmp_path: Path) -> None:
    authority, pane = Authority(), step.signing
    one, two = (authority.officer(name).p12(tmp_path / f"{name}.p12") for name in ("张三", "李四"))
    assert not pane.stamp.isChecked()
    assert not pane.stamp.isEnabled()  # no address is set
    assert not pane.button.isEnabled()
    sign(qtbot, pane, 0, one, PASSWORD.decode())
    qtbot.waitUntil(lambda: signers(step) == ["张三"] and not pane.officers[0].isVisible())
    qtbot.waitUntil(lambda: step._checked is not None)
    assert tr("ui.check.second") in said(step)
    sign(qtbot, pane, 1, two, PASSWORD.decode())
    qtbot.waitUntil(lambda: signers(step) == ["张三", "李四"])
    qtbot.waitUntil(lambda: step._checked is not None and len(step._checked[1]["signatures"]) == 2)
    assert step._checked is not None
    assert step._checked[1]["ok"]
    assert tr("ui.check.unverified") in said(step)
    assert tr("ui.versions.signed_2") in said(pane)
    assert not pane._keys.isVisible()


def test_that_a_wrong_password_says_why_and_what_next_and_changes_nothing(qtbot: QtBot, step: DossierStep, tmp_path: Path) -> None:
    pane = step.signing
    path = Authority().officer("张三").p12(tmp_path / "张三.p12")
    sign(qtbot, pane, 0, path, "no")
    assert tr("sign.wrong_password.next") in pane.wrong.text()
    assert pane.wrong.isVisible()
    assert signers(step) == []
    assert pane.officers[0].file.text() == str(path)  # only the password is asked for again
    for widget in pane.officers:
        assert widget.password.text() == ""


def test_that_the_time_stamp_follows_the_settings_and_is_off_until_ticked(qtbot: QtBot, step: DossierStep) -> None:
    pane = step.signing
    step._desk.settings.choose("network.timestamp_url", "http://stamp.example/tsa")
    pane.show_standing(step.standing, "")
    assert pane.stamp.isEnabled()
    assert not pane.stamp.isChecked()
    assert "http://stamp.example/tsa" in pane._address.text()
