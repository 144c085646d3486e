"""The settings page: sections on the left, options with their explanations on the right, one search over all of it.

A value is checked when it is given and kept at once; a wrong one stays visible in its field with what is wanted, and what was kept stays.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLineEdit, QListWidget, QSpinBox, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import explain, tr
from inspector_app.ui.bridge.options import OPTIONS, SECTIONS, Option
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.input.keymap import key_map, preset_title
from inspector_app.ui.theme.asking import ask_file, ask_target
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, column, row, rule

from .page import Page, SearchField, card, scroll

if TYPE_CHECKING:
    from inspector_app.ui.bridge.desk import Desk


class OptionRow(QFrame):
    """One option: title and explanation on the left, its control on the right. Signal `chosen(name, value)` for what needs more than keeping."""

    chosen = Signal(str, object)

    def __init__(self, option: Option, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option, self._settings = option, settings
        line = row(0, 5, 0, 5, spacing=16)
        self.setLayout(line)
        words = column(spacing=1)
        self._title = Say(f"ui.option.{option.name}")
        self._why = Say(f"ui.option.{option.name}.why", tone="muted", size=-1, wrap=True)
        self._wrong = Say(tone="bad", size=-1)
        self._wrong.hide()
        for label in (self._title, self._why, self._wrong):
            words.addWidget(label)
        line.addLayout(words, 1)
        self.control = self._control()
        self.control.setMinimumWidth(look().em * 13 if option.kind != "flag" else 0)
        line.addWidget(self.control, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.refresh()

    def _control(self) -> QWidget:
        match self.option.kind:
            case "choice":
                combo = QComboBox()
                combo.activated.connect(lambda place: self._take(self.option.choices[place]))
                return combo
            case "flag":
                box = QCheckBox()
                box.toggled.connect(self._take)
                return box
            case "number":
                spin = QSpinBox()
                spin.setRange(self.option.low, self.option.high)
                spin.valueChanged.connect(self._take)
                return spin
        field = QLineEdit()
        field.editingFinished.connect(lambda: self._take(field.text().strip()))
        return field

    def refresh(self) -> None:
        """Shows what is kept, in the language in force."""
        value = self._settings.option(self.option.name)
        control = self.control
        control.blockSignals(True)
        if isinstance(control, QComboBox):
            control.clear()
            for choice in self.option.choices:
                name = self.option.name
                control.addItem(preset_title(choice) if name == "key_preset" else tr(f"ui.option.{name}.{choice or 'system'}"))
            control.setCurrentIndex(self.option.choices.index(value))
        elif isinstance(control, QCheckBox):
            control.setChecked(value)
            control.setText(tr("ui.option.on") if value else tr("ui.option.off"))
        elif isinstance(control, QSpinBox):
            control.setValue(value)
        elif isinstance(control, QLineEdit):
            control.setText(value)
        control.blockSignals(False)
        control.setAccessibleName(tr(f"ui.option.{self.option.name}"))
        control.setAccessibleDescription(tr(f"ui.option.{self.option.name}.why"))

    def _take(self, value: object) -> None:
        problem = self._settings.choose(self.option.name, value)
        self._wrong.setText(tr(f"ui.option.wrong.{problem}", low=self.option.low, high=self.option.high) if problem else "")
        self._wrong.setVisible(bool(problem))
        self.control.setProperty("wrong", bool(problem))
        self.control.style().unpolish(self.control)
        self.control.style().polish(self.control)
        if problem:
            return
        if isinstance(self.control, QCheckBox):
            self.control.setText(tr("ui.option.on") if value else tr("ui.option.off"))
        self.chosen.emit(self.option.name, value)

    def words(self) -> str:
        return f"{self._title.text()} {self._why.text()} {self.option.name}".casefold()


class SettingsPage(Page):
    """Signals: `chosen(name, value)`, `said(text, tone)`, `ask_keys()`."""

    chosen = Signal(str, object)
    said = Signal(str, str)
    ask_keys = Signal()

    def __init__(self, settings: Settings, desk: "Desk", parent: QWidget | None = None) -> None:
        from .shelves import HotArticles, Models, Places  # they read the law and the models: only when the page is opened

        super().__init__("ui.act.settings", parent)
        self._settings = settings
        self.search = SearchField("ui.settings.search")
        self.search.textChanged.connect(self._filter)
        self.head.addWidget(self.search)
        self.head.addWidget(Button("ui.profile.import", self.ask_import, icon_name="import", hint="ui.profile.import_hint"))
        self.head.addWidget(Button("ui.profile.export", self.ask_export, icon_name="export", hint="ui.profile.export_hint"))
        self.rows: dict[str, OptionRow] = {}
        self.hot, self.models, self.places = HotArticles(desk.work), Models(desk), Places(settings, desk)
        self.hot.said.connect(self.said)
        self.models.said.connect(self.said)
        extra: dict[str, list[QWidget]] = {
            "look": [Say("ui.settings.scale", tone="muted", size=-1, wrap=True)],
            "keys": [self._keys_row(), self.hot],
            "models": [self.models],
            "privacy": [Say("ui.settings.privacy_line", tone="muted", size=-1, wrap=True)],
            "storage": [self.places],
        }
        self.nav = QListWidget()
        self.nav.setFixedWidth(look().em * 9)
        self.nav.setObjectName("nav")
        inner = QWidget()
        down = column(0, 0, 6, 0, spacing=8)
        inner.setLayout(down)
        self._sections: list[tuple[str, QFrame, list[OptionRow], list[QWidget]]] = []
        for name in SECTIONS:
            frame, rows, others = self._section(name, extra.get(name, []))
            down.addWidget(frame)
            self._sections.append((name, frame, rows, others))
        down.addStretch(1)
        self._area = scroll(inner)
        line = row(spacing=8)
        line.addWidget(self.nav)
        line.addWidget(self._area, 1)
        self.body.addLayout(line, 1)
        self._warn = Say(tone="bad", wrap=True)
        self.body.addWidget(self._warn)
        self.nav.currentRowChanged.connect(self._go)
        self._write()

    def _keys_row(self) -> QWidget:
        line = row(0, 4, 0, 4)
        holder = QWidget()
        holder.setLayout(line)
        line.addWidget(Say("ui.settings.keys_line", tone="muted", size=-1), 1)
        line.addWidget(Button("ui.act.keys", self.ask_keys.emit, icon_name="settings"))
        return holder

    def _section(self, name: str, others: list[QWidget]) -> tuple[QFrame, list[OptionRow], list[QWidget]]:
        frame, box = card()
        box.setSpacing(2)
        box.addWidget(Say(f"ui.settings.{name}", size=1, bold=True))
        rows = [OptionRow(option, self._settings) for option in OPTIONS.values() if option.section == name]
        for each in rows:
            box.addWidget(rule())
            box.addWidget(each)
            each.chosen.connect(self._chosen)
            self.rows[each.option.name] = each
        for widget in others:
            box.addWidget(rule())
            box.addWidget(widget)
        return frame, rows, others

    def _chosen(self, name: str, value: object) -> None:
        if name == "key_preset":
            key_map().use_preset(str(value))
        self._tell_unwritten()
        self.chosen.emit(name, value)

    def _tell_unwritten(self) -> None:
        cause = self._settings.unwritten
        self._warn.setText(tr("ui.settings.unwritten", cause=cause) if cause else "")
        self._warn.setVisible(bool(cause))

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._sections):
            frame = self._sections[place][1]
            self._area.verticalScrollBar().setValue(frame.y())

    def _filter(self, text: str) -> None:
        """Options whose title, explanation or name hold the words; a section whose own name holds them shows all of itself."""
        wanted = text.strip().casefold()
        for place, (name, frame, rows, others) in enumerate(self._sections):
            whole = not wanted or wanted in tr(f"ui.settings.{name}").casefold() or wanted in tr(f"ui.settings.{name}.words").casefold()
            seen = [whole or wanted in each.words() for each in rows]
            for each, see in zip(rows, seen, strict=True):
                each.setVisible(see)
            for widget in others:
                widget.setVisible(whole)
            frame.setVisible(whole or any(seen))
            item = self.nav.item(place)
            if item is not None:
                item.setHidden(not (whole or any(seen)))

    def show_page(self) -> None:
        for each in self.rows.values():
            each.refresh()
        self.hot.refresh()
        self.models.refresh()
        self.places.refresh()
        self._tell_unwritten()
        self.search.setFocus()

    def _write(self) -> None:
        at = max(0, self.nav.currentRow())
        self.nav.blockSignals(True)
        self.nav.clear()
        self.nav.addItems([tr(f"ui.settings.{name}") for name in SECTIONS])
        for place in range(self.nav.count()):
            self.nav.item(place).setSizeHint(QSize(0, look().em + 10))
        self.nav.setCurrentRow(at)
        self.nav.blockSignals(False)
        self.nav.setAccessibleName(tr("ui.settings.sections"))
        for each in self.rows.values():
            each.refresh()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_warn"):
            self._write()
        super().changeEvent(event)

    # -- profiles ------------------------------------------------------------------------------------------------------------

    def ask_export(self) -> None:
        if (path := ask_target(self, tr("ui.profile.export"), "zhijian-profile.yaml", "YAML (*.yaml)")) is not None:
            self.export(path)

    def ask_import(self) -> None:
        if (path := ask_file(self, tr("ui.profile.import"), "YAML (*.yaml *.yml)")) is not None:
            self.take_file(path)

    def export(self, path: Path) -> None:
        from inspector_app.ui.bridge import profiles

        try:
            profiles.write(path, self._settings, key_map(), self.hot.codes())
        except InspectorError as error:
            self.said.emit(" ".join(explain(error)), "bad")
        else:
            self.said.emit(tr("ui.profile.exported", file=path.name), "good")

    def take_file(self, path: Path) -> None:
        """Takes a profile in, all of it or nothing."""
        from inspector_app.ui.bridge import profiles

        try:
            profile = profiles.read(path)
            if profile.hot:
                self.hot.write(profile.hot)
        except InspectorError as error:
            self.said.emit(" ".join(explain(error)), "bad")
            return
        for name, value in profile.options.items():
            self._settings.choose(name, value)
        if profile.keys:
            self._settings.set("keys", profile.keys)
        key_map().read_settings()
        self.show_page()
        for name, value in profile.options.items():
            self.chosen.emit(name, value)
        self.said.emit(tr("ui.profile.imported", file=path.name), "good")
