"""The registry of acts, the key map over it, the key editor, and files of keys."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from inspector_app.domain.errors import BadInput
from inspector_app.domain.records import Exhibit, Finding, Mark
from inspector_app.i18n import explain, has, tr
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.input.acts import ACTS, CODING_GROUPS, WINDOW_GROUPS
from inspector_app.ui.input.keymap import PRESETS, KeyMap, key_map, preset_keys, shown_keys
from inspector_app.ui.input.keys import INPUT_METHOD, RESERVED, refusal
from inspector_app.ui.input.palette import entries, initials
from inspector_app.ui.pages.keys import KeysPage
from inspector_app.ui.shell.window import MainWindow

STEP_US = 3_500_000
#: the table of the product's keys, act by act
TABLE = {
    "play": "Space", "shuttle_back": "J", "pause": "K", "shuttle_on": "L", "back": "Left", "on": "Right", "back_far": "Shift+Left",
    "on_far": "Shift+Right", "frame_back": ",", "frame_on": ".", "slower": "[", "faster": "]", "normal_speed": "Backspace",
    "sentence_back": "Up", "sentence_on": "Down", "finding_back": "PgUp", "finding_on": "PgDown", "lead_on": "Tab", "lead_back": "Shift+Tab",
    "go_to": "G", "find_article": "T", "repeat": "R", "mark": "`", "set_in": "I", "set_out": "O", "in_back": "Alt+Left", "in_on": "Alt+Right",
    "out_back": "Alt+Shift+Left", "out_on": "Alt+Shift+Right", "play_finding": "S", "play_before": "Q", "play_after": "W", "play_first": "E",
    "play_last": "D", "note": "N", "severity": "V", "still": "C", "box": "B", "accept": "Return", "reject": "X", "accept_other": "A",
    "undo": "Ctrl+Z", "redo": "Ctrl+Shift+Z", "search": "Ctrl+F", "palette": "Ctrl+K", "sheet": "F1", "build": "Ctrl+E", "saved": "Ctrl+S",
}  # fmt: skip


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.focusWidget() or window, key, modifiers)


def tagged(qtbot: QtBot, window: MainWindow) -> Finding:
    """A finding on the second sentence, at hand."""
    window.bench.watch.playback.seek(STEP_US + 1_000_000)
    press(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: window.bench.watch.findings_model.rowCount() == 1)
    [finding] = window.bench.desk.work.opened.find(Finding)
    return finding


# -- the registry ------------------------------------------------------------------------------------------------------------------


def test_that_every_key_of_the_products_table_is_an_act() -> None:
    assert {act: ACTS[act].keys[0] for act in TABLE} == TABLE
    assert [ACTS[f"tap_{digit}"].keys for digit in range(10)] == [(str(digit),) for digit in range(10)]


def test_that_every_act_has_a_title_and_a_group_and_its_default_keys_clash_with_none() -> None:
    assert [act.id for act in ACTS.values() if not has(f"ui.act.{act.id}")] == []
    assert {act.group for act in ACTS.values()} == {*CODING_GROUPS, *WINDOW_GROUPS}
    keys = [key for act in ACTS.values() for key in act.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", PRESETS)
def test_that_a_preset_gives_no_key_twice_and_none_that_may_not_be_given(name: str) -> None:
    owner: dict[str, str] = {}
    for act, keys in preset_keys(name).items():
        for key in keys:
            assert owner.setdefault(key, act) == act
            assert key in ACTS[act].keys or not refusal(key, ACTS[act].scope)
    assert all(preset_keys(name)[act] == ACTS[act].keys for act in ACTS if ACTS[act].fixed)


def test_that_every_act_is_done_by_somebody(window: MainWindow) -> None:
    coding = window.bench.watch.coding.able
    assert {act.id for act in ACTS.values() if act.scope == "coding"} - coding <= {"box"}
    assert {act.id for act in ACTS.values() if act.scope == "window"} == set(window.acts.calls)


def test_that_menu_palette_and_tool_tips_speak_of_the_same_keys(window: MainWindow) -> None:
    menu = QMenu()
    window.acts.fill(menu)
    lines = [action.text() for inner in menu.findChildren(QMenu) for action in inner.actions()]
    assert f"{tr('ui.act.undo')}\tCtrl+Z" in lines
    assert any(entry.title == tr("ui.act.undo") and entry.note == "Ctrl+Z" for entry in entries(window, tr("ui.act.undo")))
    assert "Ctrl+2" in window.top.buttons[1].toolTip()
    key_map().bind("undo", ("Ctrl+Z",))
    key_map().bind("search", ("F3",))
    assert shown_keys("search") == "F3"
    press(window, Qt.Key.Key_F3)
    assert window.focusWidget() is window.bench.watch.transcript.field


def test_that_the_palette_finds_by_pinyin_initials(window: MainWindow) -> None:
    assert initials("标记待看") == "bjdk"
    assert [entry.title for entry in entries(window, "bjdk")] == ["标记待看"]
    assert tr("ui.act.transcribe") in [entry.title for entry in entries(window, "yyzx")]


# -- what the new keys do ----------------------------------------------------------------------------------------------------------


def test_that_g_goes_to_a_time_typed(window: MainWindow) -> None:
    press(window, Qt.Key.Key_G)
    window.palette_.field.setText("0:07.5")
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)
    assert window.bench.watch.playback.position_us == 7_500_000
    assert window.focusWidget() is window.bench.watch


def test_that_alt_arrows_move_the_ends_by_a_frame(qtbot: QtBot, window: MainWindow) -> None:
    before = tagged(qtbot, window)
    alt, shift = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
    case = window.bench.desk.work.opened
    press(window, Qt.Key.Key_Right, alt)
    assert before.start_us < case.get(Finding, before.id).start_us <= before.start_us + 200_000
    press(window, Qt.Key.Key_Left, alt | shift)
    assert before.end_us - 200_000 <= case.get(Finding, before.id).end_us < before.end_us


def test_that_v_goes_round_the_severities_and_c_adds_a_still(qtbot: QtBot, window: MainWindow) -> None:
    before = tagged(qtbot, window)
    case = window.bench.desk.work.opened
    press(window, Qt.Key.Key_V)
    assert case.get(Finding, before.id).severity == before.severity % 3 + 1
    press(window, Qt.Key.Key_C)
    assert case.count(Exhibit, finding_id=before.id, kind="still") == 2
    qtbot.waitUntil(lambda: all(row.sha256 for row in case.find(Exhibit, kind="still")))


def test_that_the_mark_key_marks_the_place_and_undo_takes_it_back(window: MainWindow) -> None:
    window.bench.watch.playback.seek(5_000_000)
    window.bench.watch.coding.press("`")
    case = window.bench.desk.work.opened
    assert [row.at_us for row in case.find(Mark)] == [5_000_000]
    window.undo()
    assert case.count(Mark) == 0


@pytest.mark.parametrize("key", [Qt.Key.Key_Q, Qt.Key.Key_W, Qt.Key.Key_E, Qt.Key.Key_D])
def test_that_the_edges_of_a_finding_are_played(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    before = tagged(qtbot, window)
    press(window, key)
    near = before.start_us if key in (Qt.Key.Key_Q, Qt.Key.Key_E) else before.end_us
    assert abs(window.bench.watch.playback.position_us - near) <= 1_100_000
    window.bench.watch.playback.pause()


# -- the key map -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def keys(settings: Settings, qapp: object) -> KeyMap:
    return KeyMap(settings)


def test_that_a_key_that_is_taken_is_named_and_swapped(keys: KeyMap, settings: Settings) -> None:
    assert keys.bind("note", ("V",)) == "severity"
    assert keys.keys("note") == ("N",)
    keys.swap("note", "V")
    assert (keys.keys("note"), keys.keys("severity")) == (("V",), ("N",))
    again = KeyMap(Settings(settings.folder / "window.json"))
    assert (again.coding("V"), again.coding("N")) == ("note", "severity")


def test_that_a_key_taken_leaves_the_other_act_without_it_and_reset_brings_both_back(keys: KeyMap) -> None:
    assert keys.bind("note", ("V",), take=True) == ""
    assert keys.keys("severity") == ()
    assert keys.reset("severity") == "note"
    assert keys.reset("note") == ""
    assert keys.reset("severity") == ""
    assert (keys.coding("V"), keys.coding("N")) == ("severity", "note")


def test_that_what_every_program_shares_can_never_be_given_away(keys: KeyMap) -> None:
    for key in RESERVED:
        assert refusal(key, "window") == refusal(key, "coding") == "reserved"
    assert {refusal(key, "coding") for key in INPUT_METHOD} == {"input_method"}
    assert refusal("F10", "window") == "f10"
    assert refusal("M", "window") == "types"
    assert refusal("Ctrl+M", "window") == refusal("M", "coding") == ""
    assert keys.bind("note", ("Ctrl+Z",), take=True) == "undo"


def test_that_the_keys_of_a_file_are_taken_whole_or_not_at_all(keys: KeyMap, tmp_path: Path) -> None:
    path = tmp_path / "按键.json"
    keys.bind("note", ("M",))
    keys.export(path)
    keys.reset_all()
    keys.take_file(path)
    assert keys.keys("note") == ("M",)
    before = {act: keys.keys(act) for act in ACTS}
    for body, code in (
        ('{"format": 1,\n "keys": {\n  "note": ["Ctrl+S"]}}', "keymap.refused"),
        ('{"format": 1,\n "keys": {\n  "notes": ["M"]}}', "keymap.unknown_act"),
        ('{"format": 1,\n "keys": {\n  "note": ["M"], "mark": ["M"]}}', "keymap.taken"),
        ('{"format": 1,\n "keys": {\n  "note" ["M"]}}', "keymap.not_json"),
        ('{"format": 7, "keys": {}}', "keymap.other_format"),
        ('{"format": 1,\n "keys": {\n  "undo": ["U"]}}', "keymap.refused"),
    ):
        path.write_text(body, encoding="utf-8")
        with pytest.raises(BadInput) as caught:
            keys.take_file(path)
        assert caught.value.code == code
        if code != "keymap.other_format":
            assert caught.value.facts["line"] == "3"
        assert all("{" not in sentence for sentence in explain(caught.value))
        assert {act: keys.keys(act) for act in ACTS} == before


def test_that_damaged_keys_in_the_settings_are_left_out(settings: Settings, qapp: object) -> None:
    settings.set("keys", {"note": ["Ctrl+S", "M"], "gone": ["K"], "mark": "x", "undo": ["U"]})
    keys = KeyMap(settings)
    assert keys.keys("note") == ("M",)
    assert (keys.keys("undo"), keys.keys("mark")) == (("Ctrl+Z",), ("`",))


# -- the key editor ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def editor(empty_window: MainWindow) -> KeysPage:
    empty_window.show_page("keys")
    page = empty_window.page("keys")
    assert isinstance(page, KeysPage)
    return page


def test_that_a_recorded_key_is_bound_and_no_shortcut_fires_meanwhile(empty_window: MainWindow, editor: KeysPage) -> None:
    row = editor.rows["note"]
    row.recorder.click()
    QTest.keyClick(row.recorder, Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
    assert row.recorder.recording
    QTest.keyClick(row.recorder, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    assert key_map().keys("note") == ("Ctrl+M",)
    row.recorder.click()
    QTest.keyClick(row.recorder, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert not empty_window.palette_.isVisible()
    assert key_map().owner("Ctrl+K") == "palette"


def test_that_a_conflict_names_the_act_and_offers_to_swap(editor: KeysPage) -> None:
    row = editor.rows["note"]
    row.offer("V")
    assert any(tr("ui.act.severity") in chip.text() for chip in row.findChildren(type(row.title)))
    answers = {button.text(): button for button in row.findChildren(type(row._reset)) if button.text()}
    answers[tr("ui.keys.swap")].click()
    assert (key_map().keys("note"), key_map().keys("severity")) == (("V",), ("N",))


def test_that_a_reserved_key_is_refused_in_words(editor: KeysPage) -> None:
    row = editor.rows["note"]
    row.offer("Ctrl+S")
    assert key_map().keys("note") == ("N",)
    assert any(tr("ui.keys.refused.reserved") in chip.text() for chip in row.findChildren(type(row.title)))
    assert not editor.rows["saved"].recorder.isEnabled()


def test_that_the_editor_finds_and_changes_preset(qtbot: QtBot, editor: KeysPage, settings: Settings, tmp_path: Path) -> None:
    editor.search.setText("rdsz")
    assert [name for name, row in editor.rows.items() if not row.isHidden()] == ["set_in"]
    editor.search.clear()
    key_map().use_preset("boris")
    assert key_map().keys("frame_on")[0] == "Right"
    qtbot.waitUntil(lambda: editor.preset.currentIndex() == PRESETS.index("boris"))
    editor.export(tmp_path / "k.json")
    assert json.loads((tmp_path / "k.json").read_text(encoding="utf-8"))["preset"] == "boris"
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    editor.take_file(tmp_path / "bad.json")
    assert key_map().keys("frame_on")[0] == "Right"
