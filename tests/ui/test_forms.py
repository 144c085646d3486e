"""The forms of a case in a real window: begun, filled in, mended or justified, sealed, printed; templates of the bureau's own."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from inspector_app.domain.records import Form, Justification
from inspector_app.i18n import tr
from inspector_app.ui.panes.forms_fields import FieldBox
from inspector_app.ui.panes.forms_room import FormsRoom
from inspector_app.ui.shell.window import MainWindow


@pytest.fixture
def room(qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FormsRoom:
    """The forms in view, with the templates read and no form yet."""
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "data"))
    window.go(4)
    window.bench.dossier.open_room("forms")
    room = window.bench.dossier.forms
    qtbot.waitUntil(lambda: room.list.kinds.count() >= 10)
    return room


def begin(qtbot: QtBot, room: FormsRoom, template: str) -> Form:
    """Begins a form from the list and waits until it is shown."""
    room.list.kinds.setCurrentIndex(room.list.kinds.findData(template))
    room.list.new.click()
    qtbot.waitUntil(lambda: room.editor.view is not None and room.editor.view.form.template == template)
    return room._desk.work.opened.find(Form, order="rowid")[-1]


def box(room: FormsRoom, name: str) -> FieldBox:
    return room.editor._boxes[name]


def stored(room: FormsRoom) -> Form:
    return room._desk.work.opened.find(Form, order="rowid")[-1]


def write(qtbot: QtBot, room: FormsRoom, name: str, words: str) -> None:
    line = box(room, name).findChild(QLineEdit, f"field {name}")
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.setText(words)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def test_that_a_new_form_shows_what_the_case_filled_in_and_what_is_blank(qtbot: QtBot, room: FormsRoom) -> None:
    form = begin(qtbot, room, "file_note")
    assert form.state == "draft"
    view = room.editor.view
    assert view is not None
    origins = {one.field.name: one.origin for one in view.fields}
    assert "case" in origins.values()
    blank = next(one for one in view.fields if one.origin == "blank" and one.field.required)
    assert box(room, blank.field.name).origin.text() == tr("ui.forms.origin_blank")
    assert view.open_problems > 0
    assert not room.editor.seal_button.isEnabled()
    qtbot.waitUntil(lambda: room.preview.shows_pages)


def test_that_a_field_saves_itself_when_it_is_left_and_can_be_undone(qtbot: QtBot, room: FormsRoom, window: MainWindow) -> None:
    begin(qtbot, room, "site_record")
    write(qtbot, room, "place", "云路一号")
    assert stored(room).fields["place"] == "云路一号"
    qtbot.waitUntil(lambda: box(room, "place").view.origin == "own")
    window.undo()
    assert "place" not in stored(room).fields
    qtbot.waitUntil(lambda: box(room, "place").view.origin == "blank")


def test_that_what_the_lint_names_stands_beside_its_field_and_is_justified_in_place(qtbot: QtBot, room: FormsRoom) -> None:
    begin(qtbot, room, "site_record")
    write(qtbot, room, "place", "非法经营场所")
    qtbot.waitUntil(lambda: any(one["code"] == "form.judging" for one in box(room, "place").view.problems))
    problem = next(one for one in box(room, "place").view.problems if one["code"] == "form.judging")
    box(room, "place").justify.emit(problem)
    assert room.editor.ask.isVisible()
    qtbot.keyClicks(room.editor.ask.field, "a name")
    qtbot.keyClick(room.editor.ask.field, Qt.Key.Key_Return)
    assert room._desk.work.opened.find(Justification)[0].text == "a name"
    qtbot.waitUntil(lambda: all(one["justified"] for one in box(room, "place").view.problems))


def test_that_a_form_without_problems_is_sealed_and_locked(qtbot: QtBot, room: FormsRoom) -> None:
    begin(qtbot, room, "file_note")
    work = room._desk.work
    view = room.editor.view
    assert view is not None
    for one in [*view.rest, *(problem for field in view.fields for problem in field.problems)]:
        room._desk.do("form.justify", code=one["code"], place=one["place"], text="样例")
    qtbot.waitUntil(room.editor.seal_button.isEnabled)
    room.editor.seal_button.click()
    qtbot.waitUntil(lambda: stored(room).state == "sealed")
    qtbot.waitUntil(lambda: room.editor.view is not None and room.editor.view.form.state == "sealed")
    assert (work.opened.folder / stored(room).path).is_file()
    assert not any(one.editor.isEnabled() for one in room.editor._boxes.values())
    assert not room.editor.seal_button.isVisible()


def test_that_rows_of_a_table_are_added_and_taken_away(qtbot: QtBot, room: FormsRoom) -> None:
    begin(qtbot, room, "extraction_record")
    view = room.editor.view
    assert view is not None
    field = next(one.field for one in view.fields if one.field.type == "table")
    editor = box(room, field.name).editor
    before = len(stored(room).fields.get(field.name, []))
    editor._add()
    editor.table.item(before, 0).setText("另一个文件")
    assert stored(room).fields[field.name][before][field.columns[0].name] == "另一个文件"
    editor.table.setCurrentCell(before, 0)
    editor._remove()
    assert len(stored(room).fields.get(field.name, [])) == before


def test_that_a_discarded_form_leaves_the_list_but_not_the_case(qtbot: QtBot, room: FormsRoom) -> None:
    begin(qtbot, room, "file_note")
    qtbot.waitUntil(lambda: room.list.list.count() == 1)
    room.editor._drop.click()
    qtbot.waitUntil(lambda: room.list.list.count() == 0)
    assert stored(room).state == "discarded"
    room.list.discarded.setChecked(True)
    assert room.list.list.count() == 1


def test_that_a_slip_in_a_template_is_named_with_its_line_and_never_saved(qtbot: QtBot, room: FormsRoom, tmp_path: Path) -> None:
    room.list.kinds.setCurrentIndex(room.list.kinds.findData("site_record"))
    room.list._edit.click()
    editor = room.template
    text = editor.text.toPlainText()
    line = next(place for place, words in enumerate(text.split("\n"), 1) if words.startswith("layout:"))
    editor.text.setPlainText(text.replace("layout: record", "layout: recrd"))
    editor.check()
    assert editor.problem.text() == tr("ui.template.at", line=line, words=tr("ui.template.unknown_layout", value="recrd"))
    assert not editor.save_button.isEnabled()
    editor.text.setPlainText(text.replace("title: 现场笔录", "title: 现场检查笔录"))
    editor.check()
    editor.save_button.click()
    own = tmp_path / "data" / "bureau" / "forms" / "site_record.form"
    assert "title: 现场检查笔录" in own.read_text(encoding="utf-8")
    editor._reset.click()
    assert not own.exists()
    assert editor.text.toPlainText() == text


def test_that_a_broken_template_of_the_bureau_hides_no_other(qtbot: QtBot, room: FormsRoom, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "bureau" / "forms"
    folder.mkdir(parents=True)
    (folder / "site_record.form").write_text("---\nformat: 1\n", encoding="utf-8")
    room.refresh()
    qtbot.waitUntil(lambda: "site_record" in room.list._shelf.broken)
    room.list.kinds.setCurrentIndex(room.list.kinds.findData("site_record"))
    assert room.list._broken.isVisible()
    assert not room.list.new.isEnabled()
    room.list.kinds.setCurrentIndex(room.list.kinds.findData("file_note"))
    assert room.list.new.isEnabled()
