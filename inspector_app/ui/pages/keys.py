"""The key editor: every act by group with its keys; record, take, swap, reset, presets and files. A key that may not be given away says why."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import explain, tr
from inspector_app.ui.input.acts import ACTS, CODING_GROUPS, WINDOW_GROUPS, Act, of_group
from inspector_app.ui.input.keymap import PRESETS, key_map, preset_title
from inspector_app.ui.input.keys import key_text, refusal, shown
from inspector_app.ui.input.palette import matches
from inspector_app.ui.theme.asking import ask_file, ask_target
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Chip, Say, clear, column, row, rule

from .page import Page, SearchField, card, scroll


class Recorder(QPushButton):
    """A button that, pressed, takes the next key for itself. Signal `recorded(key text)`."""

    recorded = Signal(str)
    recording = False

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "flat")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(tr("ui.keys.record_of", act=title))
        self.clicked.connect(self.begin)
        self._write()

    def _write(self) -> None:
        self.setText(tr("ui.keys.press") if self.recording else tr("ui.keys.record"))

    def begin(self) -> None:
        self.recording = True
        self._write()
        self.setFocus()

    def end(self) -> None:
        self.recording = False
        self._write()

    def event(self, event: QEvent) -> bool:
        """While recording, no shortcut of the window may have the key, and Tab is a key as any other."""
        if self.recording and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        key = key_text(event)
        if not key:  # a modifier on its own: the key is still to come
            return
        self.end()
        if key != "Esc":
            self.recorded.emit(key)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.end()
        super().focusOutEvent(event)


class ActRow(QFrame):
    """One act: title, keys, record, reset; below it the question a recorded key raises."""

    def __init__(self, act: Act, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.act = act
        box = column(0, 2, 0, 2, spacing=2)
        self.setLayout(box)
        line = row(spacing=8)
        self.title = Say(f"ui.act.{act.id}")
        self.title.setMinimumWidth(look().em * 5)
        line.addWidget(self.title, 1)
        self._caps = QHBoxLayout()
        self._caps.setSpacing(4)
        line.addLayout(self._caps)
        self.recorder = Recorder(act.title)
        self.recorder.recorded.connect(self.offer)
        self._reset = Button(kind="flat", icon_name="undo", hint="ui.keys.reset", act=self._put_back)
        line.addWidget(self.recorder)
        line.addWidget(self._reset)
        box.addLayout(line)
        self._question = QWidget()
        self._asked = row(spacing=6)
        self._question.setLayout(self._asked)
        self._question.hide()
        box.addWidget(self._question)
        for button in (self.recorder, self._reset):
            button.setEnabled(not act.fixed)
        if act.fixed:
            self.recorder.setToolTip(tr("ui.keys.refused.fixed"))
        self.refresh()

    def refresh(self) -> None:
        clear(self._caps)
        keys = key_map().keys(self.act.id)
        for key in keys:
            cap = QLabel(shown(key))
            cap.setProperty("chip", "key")
            cap.setFont(look().font(-1))
            cap.setFixedHeight(look().em + 4)
            self._caps.addWidget(cap)
            cap.show()  # at once: what is added to a page in sight is else shown an event later
        if not keys:
            none = Say("ui.keys.none", tone="muted", size=-1)
            self._caps.addWidget(none)
            none.show()
        self._reset.setVisible(key_map().is_changed(self.act.id))

    def offer(self, key: str) -> None:
        """A recorded key: taken where it is free, refused in words where it may not be had, else asked about."""
        why = refusal(key, self.act.scope)
        other = key_map().owner(key)
        if why:
            self._ask(tr("ui.keys.refused", combo=shown(key), why=tr(f"ui.keys.refused.{why}")))
        elif other and other != self.act.id:
            words = tr("ui.keys.taken", combo=shown(key), act=ACTS[other].title)
            if ACTS[other].fixed:
                self._ask(words)
            else:
                self._ask(words, swap=lambda: key_map().swap(self.act.id, key), take=lambda: self._bind(key))
        else:
            self._bind(key)

    def _bind(self, key: str) -> None:
        self.leave()
        key_map().bind(self.act.id, (key,), take=True)

    def _put_back(self) -> None:
        other = key_map().reset(self.act.id)
        if other:
            self._ask(tr("ui.keys.reset_taken", act=ACTS[other].title))

    def _ask(self, words: str, **answers: Callable[[], object]) -> None:
        clear(self._asked)
        chip = Chip(tone="lead")
        chip.setText(words)
        self._asked.addWidget(chip)
        for name, act in answers.items():
            self._asked.addWidget(Button(f"ui.keys.{name}", partial(self._answer, act), kind="flat"))
        self._asked.addWidget(Button("ui.close", self.leave, kind="flat"))
        self._asked.addStretch(1)
        self._question.show()

    def _answer(self, act: Callable[[], object]) -> None:
        self.leave()
        act()

    def leave(self) -> None:
        self._question.hide()
        self.recorder.setFocus()


class KeysPage(Page):
    """Signal `said(text, tone)` for the hint bar."""

    said = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ui.act.keys", parent)
        self.search = SearchField("ui.keys.search")
        self.search.textChanged.connect(self._filter)
        self.preset = QComboBox()
        self.preset.activated.connect(lambda place: key_map().use_preset(PRESETS[place]))
        self.head.addWidget(self.search)
        self.head.addWidget(self.preset)
        self.head.addWidget(Button("ui.keys.import", self.ask_import, icon_name="import"))
        self.head.addWidget(Button("ui.keys.export", self.ask_export, icon_name="export"))
        self.head.addWidget(Button("ui.keys.reset_all", lambda: key_map().reset_all(), icon_name="undo"))
        self.rows: dict[str, ActRow] = {}
        self._groups: list[tuple[QFrame, list[ActRow]]] = []
        inner = QWidget()
        across = row(0, 0, 6, 0, spacing=8)
        inner.setLayout(across)
        for groups in ((*CODING_GROUPS[:2], *CODING_GROUPS[4:]), (*CODING_GROUPS[2:4], *WINDOW_GROUPS[:2]), WINDOW_GROUPS[2:]):
            down = column(spacing=8)
            for group in groups:
                down.addWidget(self._group(group))
            down.addStretch(1)
            across.addLayout(down, 1)
        self.body.addWidget(scroll(inner), 1)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._refresh)
        key_map().changed.connect(self._soon.start)
        self._fill_presets()

    def _group(self, group: str) -> QFrame:
        frame, box = card()
        box.setSpacing(1)
        box.addWidget(Say(f"ui.sheet.{group}", bold=True, tone="muted", size=-1))
        box.addWidget(rule())
        rows = [ActRow(act) for act in of_group(group)]
        for each in rows:
            self.rows[each.act.id] = each
            box.addWidget(each)
        self._groups.append((frame, rows))
        return frame

    def _fill_presets(self) -> None:
        self.preset.clear()
        self.preset.addItems([preset_title(name) for name in PRESETS])
        self.preset.setCurrentIndex(PRESETS.index(key_map().preset))
        self.preset.setAccessibleName(tr("ui.option.key_preset"))
        self.preset.setToolTip(tr("ui.option.key_preset.why"))

    def _refresh(self) -> None:
        for each in self.rows.values():
            each.refresh()
        self.preset.setCurrentIndex(PRESETS.index(key_map().preset))

    def _filter(self, text: str) -> None:
        for frame, rows in self._groups:
            seen = [not text.strip() or matches(each.act, text.strip()) for each in rows]
            for each, see in zip(rows, seen, strict=True):
                each.setVisible(see)
            frame.setVisible(any(seen))

    def show_page(self) -> None:
        self.search.setFocus()

    # -- files ---------------------------------------------------------------------------------------------------------------

    def ask_export(self) -> None:
        if (path := ask_target(self, tr("ui.keys.export"), "zhijian-keys.json", "JSON (*.json)")) is not None:
            self.export(path)

    def export(self, path: Path) -> None:
        try:
            key_map().export(path)
        except InspectorError as error:
            self.said.emit(" ".join(explain(error)), "bad")
        else:
            self.said.emit(tr("ui.keys.exported", file=path.name), "good")

    def ask_import(self) -> None:
        if (path := ask_file(self, tr("ui.keys.import"), "JSON (*.json)")) is not None:
            self.take_file(path)

    def take_file(self, path: Path) -> None:
        try:
            key_map().take_file(path)
        except InspectorError as error:
            self.said.emit(" ".join(explain(error)), "bad")
        else:
            self.said.emit(tr("ui.keys.imported", file=path.name), "good")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "rows"):
            self._fill_presets()
            for each in self.rows.values():
                each.recorder.setAccessibleName(tr("ui.keys.record_of", act=each.act.title))
                each.recorder.end()
                each.refresh()
        super().changeEvent(event)
