"""Who cannot use a mouse, sees little, or reads with a screen reader: names, focus, contrast, keys, and input methods kept out of coding."""

import re
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from inspector_app.i18n import LANGUAGES
from inspector_app.ui.shell.topbar import STEPS
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.theme.sheet import style_sheet
from inspector_app.ui.theme.tokens import DARK, LIGHT, Tokens

CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit, QAbstractItemView)
PAGES = ("settings", "keys", "handbook", "log", "about")
#: what is written in a colour → the grounds it is written on
WRITTEN = {
    "text": ("window", "panel", "raised", "hover", "accent_soft", "lead_soft", "good_soft", "finding_soft"),
    "muted": ("window", "panel", "raised", "hover", "accent_soft"),
    "faint": ("window", "panel", "raised"),
    "accent": ("window", "panel", "raised", "accent_soft"),
    "lead": ("window", "panel", "lead_soft", "accent_soft"),
    "finding": ("window", "panel", "finding_soft", "accent_soft"),
    "good": ("window", "panel", "good_soft", "accent_soft"),
    "screen": ("panel", "accent_soft"),
    "accent_text": ("accent",),
}


def name_of(widget: QWidget) -> str:
    """What a screen reader says of a control: its name, its words, or its tool tip."""
    words = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or words or widget.toolTip()


def own(widget: QWidget) -> bool:
    """Whether a widget is one of ours and not an inner part of a Qt control."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView)):
            return False
        parent = parent.parentWidget()
    return not widget.objectName().startswith("qt_")


def nameless(root: QWidget) -> list[str]:
    found = [widget for kind in CONTROLS for widget in root.findChildren(kind) if widget.isVisible() and own(widget)]
    focusable = [
        widget
        for widget in root.findChildren(QWidget)
        if widget.isVisible() and own(widget) and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget, CONTROLS)
    ]
    every = dict.fromkeys([*found, *focusable])
    return [_path(widget) for widget in every if not name_of(widget).strip()]


def _path(widget: QWidget) -> str:
    parent = widget.parentWidget()
    return f"{type(parent).__name__ if parent else ''}/{type(widget).__name__}#{widget.objectName()}"


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_that_words_stand_out_from_every_ground_they_are_written_on(tokens: Tokens) -> None:
    weak = {
        f"{front} on {back}": round(contrast(getattr(tokens, front), getattr(tokens, back)), 2)
        for front, backs in WRITTEN.items()
        for back in backs
        if contrast(getattr(tokens, front), getattr(tokens, back)) < 4.5
    }
    assert weak == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_that_focus_is_seen_and_every_colour_is_a_token(tokens: Tokens) -> None:
    assert contrast(tokens.accent, tokens.panel) >= 3 and contrast(tokens.accent, tokens.window) >= 3
    sheet = style_sheet(tokens)
    for kind in (
        "QPushButton:focus",
        'QPushButton[kind="step"]:focus',
        "QLineEdit:focus",
        "QCheckBox:focus",
        "#card:focus",
        "QListWidget:focus",
    ):
        assert kind in sheet
    known = {getattr(tokens, field.name) for field in fields(tokens)}
    assert {word.strip(";,") for word in sheet.split() if re.fullmatch(r"#[0-9a-f]{6}[;,]?", word)} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_every_control_of_every_step_has_a_name(qtbot: QtBot, window: MainWindow, language: str) -> None:
    window.set_language(language)
    window.bench.watch.coding.tap("办法:34-1")
    found: dict[str, list[str]] = {}
    for place, name in enumerate(STEPS):
        window.go(place)
        qtbot.wait(250)
        if missing := nameless(window):
            found[name] = missing
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_every_control_of_every_page_and_overlay_has_a_name(qtbot: QtBot, window: MainWindow, language: str) -> None:
    window.set_language(language)
    found: dict[str, list[str]] = {}
    for name in PAGES:
        window.show_page(name)
        qtbot.wait(50)
        if missing := nameless(window):
            found[name] = missing
    window.show_start()
    found |= {"start": missing} if (missing := nameless(window)) else {}
    window.show_form()
    found |= {"form": missing} if (missing := nameless(window)) else {}
    window.go(1)
    for name, bring in (("palette", window.open_palette), ("sheet", window.open_sheet), ("history", window.open_history)):
        bring()
        if missing := nameless(window):
            found[name] = missing
    assert found == {}


def focusable(root: QWidget) -> Iterator[QWidget]:
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            yield widget


def test_that_no_widget_of_coding_mode_takes_input_methods(qtbot: QtBot, window: MainWindow) -> None:
    watch = window.bench.watch
    for act in ("lead_on", "accept", "lead_on", "reject", "leave", "finding_on"):
        watch.coding.do(act)
        qtbot.wait(30)
        takers = [
            _path(widget)
            for widget in (*focusable(watch), *focusable(window.top), *focusable(window.hint))
            if widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        ]
        assert takers == [], act
    window.float_video()
    assert window.floating is not None
    takers = [_path(widget) for widget in focusable(window.floating) if widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)]
    assert takers == []
    window.float_video()


def test_that_steps_read_only_to_keys_take_no_input_methods_unless_they_are_fields(qtbot: QtBot, window: MainWindow) -> None:
    window.bench.watch.coding.tap("办法:34-1")
    for place in range(len(STEPS)):
        window.go(place)
        qtbot.wait(150)
        takers = [
            _path(widget)
            for widget in focusable(window)
            if widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
            and not isinstance(widget, (QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox))
        ]
        assert takers == [], STEPS[place]


def test_that_tab_walks_the_start_screen_and_pages_and_comes_round(qtbot: QtBot, empty_window: MainWindow) -> None:
    empty_window.activateWindow()
    for bring in (empty_window.show_start, lambda: empty_window.show_page("settings"), lambda: empty_window.show_page("keys")):
        bring()
        qtbot.wait(50)
        seen: list[QWidget | None] = []
        for _ in range(400):
            QTest.keyClick(empty_window.focusWidget() or empty_window, Qt.Key.Key_Tab)
            now = empty_window.focusWidget()
            if now in seen:
                break
            seen.append(now)
        assert len(seen) >= 4
        assert all(one is not other for one, other in pairwise(seen))
        assert all(widget is not None and widget.isVisible() for widget in seen)


def test_that_a_case_is_found_opened_and_tagged_without_a_mouse(qtbot: QtBot, window: MainWindow) -> None:
    press = QTest.keyClick
    window.show_start()
    window.bench.desk.close_case()
    window.show_start()
    qtbot.wait(50)
    card = window.start._grid.itemAt(0).widget()
    card.setFocus()
    press(card, Qt.Key.Key_Return)
    store = window.bench.store
    qtbot.waitUntil(lambda: store.now is not None and bool(store.now.segments))
    assert window.has_case and window.bench.place == 1
    press(window.focusWidget() or window, Qt.Key.Key_Tab)
    press(window.focusWidget() or window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.bench.watch.findings_model.rowCount() == 1)
    press(window.focusWidget() or window, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    assert window.bench.place == 4
    assert isinstance(QApplication.instance(), QApplication)


def test_that_what_went_wrong_is_told_by_a_sign_too(window: MainWindow) -> None:
    window.hint.tell("出错了", "bad")
    bad = window.hint.grab().toImage()
    window.hint.tell("出错了", "")
    plain = window.hint.grab().toImage()
    ground = plain.pixelColor(plain.width() - 3, 3)

    def left_end(image: object) -> int:
        from PySide6.QtGui import QImage

        assert isinstance(image, QImage)
        row = image.height() // 2
        return min(
            x for x in range(image.width() * 2 // 3, image.width()) for y in (row - 2, row, row + 2) if image.pixelColor(x, y) != ground
        )

    assert left_end(bad) < left_end(plain)
