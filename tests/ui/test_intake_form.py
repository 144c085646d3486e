"""The new-case form: by keyboard alone, checked line by line, officers out of the settings, and nothing typed is ever lost."""

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector_app.domain.records import Capture
from inspector_app.i18n import LANGUAGES, set_language
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.panes.intake_session import platforms
from inspector_app.ui.shell.window import MainWindow


def test_that_a_case_is_made_with_the_keyboard_alone(qtbot: QtBot, empty_window: MainWindow, settings: Settings, tmp_path: Path) -> None:
    for name, text in {"officer1": "张三", "certificate1": "沪-1", "officer2": "李四", "certificate2": "沪-2"}.items():
        settings.set(name, text)
    settings.set("storage.cases", str(tmp_path / "案件库"))
    empty_window.show_form()
    form = empty_window.form
    assert form.fields["officer2"].text() == "李四" and "取自设置" in form._officers.text()
    for name, text in (("number", "A1"), ("cause", "B2"), ("party", "C3")):
        assert form.fields[name].hasFocus()
        qtbot.keyClicks(form.fields[name], text)
        qtbot.keyClick(form.fields[name], Qt.Key.Key_Return)
    form.platform.setEditText("抖音")
    form.fields["room"].setText("云朵")
    qtbot.keyClick(form.fields["party"], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert empty_window.has_case and (tmp_path / "案件库" / "A1" / "case.db").is_file()
    step = empty_window.bench.intake
    assert step.session.session.values()["platform"] == "抖音" and step.session.session.values()["room"] == "云朵"
    assert empty_window.bench.desk.work.opened.count(Capture) == 0
    empty_window.show_form()  # what was used is gone, the officers stand again
    assert form.fields["number"].text() == "" and form.fields["officer1"].text() == "张三"


def test_that_a_line_says_what_is_wrong_when_it_is_left(qtbot: QtBot, empty_window: MainWindow, case_folder: Path) -> None:
    empty_window.show_form()
    form = empty_window.form
    form.fields["folder"].setText(str(case_folder))
    form.fields["folder"].editingFinished.emit()
    assert "已存在" in form._wrong["folder"].text() and form.fields["folder"].property("wrong")
    form.fields["folder"].setText(str(case_folder / "case.db" / "案件"))
    assert form.problems()["folder"] == "ui.new.folder_bad"
    form.submit()
    assert form.fields["number"].hasFocus() and "处要改" in form._count.text()
    for language in LANGUAGES:
        empty_window.set_language(language)
        assert form._wrong["number"].text() and "ui." not in form._count.text()
    empty_window.set_language("zh")


def test_that_leaving_the_form_or_an_error_loses_nothing(qtbot: QtBot, empty_window: MainWindow, tmp_path: Path) -> None:
    empty_window.show_form()
    form = empty_window.form
    qtbot.keyClicks(form.fields["cause"], "half")
    qtbot.keyClick(form.fields["cause"], Qt.Key.Key_Escape)
    assert empty_window.pages.currentWidget() is empty_window.start
    empty_window.show_form()
    assert form.fields["cause"].text() == "half"
    words = {"number": "1", "party": "p", "officer1": "a", "certificate1": "1", "officer2": "b", "certificate2": "2"}
    blocked = tmp_path / "新案"
    for name, text in {**words, "folder": str(blocked)}.items():
        form.fields[name].setText(text)
    form.submit()
    assert empty_window.has_case
    form.reset()
    assert form.fields["cause"].text() == "" and form.fields["officer1"].text() == "a"


def test_that_platforms_are_offered_in_both_languages_and_any_other_may_be_typed(empty_window: MainWindow) -> None:
    for language in LANGUAGES:
        set_language(language)
        assert len(platforms()) >= 10
    set_language("zh")
    box = empty_window.form.platform
    assert box.count() == len(platforms())
    box.setEditText("某平台")
    assert empty_window.form.session["platform"] == "某平台"
