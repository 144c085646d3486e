"""How acts of the registry are done: keys, menus and palette all come here by the name of an act. Which key means what, the key map says."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from inspector_app.i18n import tr
from inspector_app.ui.input.acts import ACTS, CODING_GROUPS, WINDOW_GROUPS, Act, of_group
from inspector_app.ui.input.keymap import key_map, shown_keys
from inspector_app.ui.input.keys import refusal

from .topbar import STEPS

if TYPE_CHECKING:
    from .window import MainWindow

#: acts that the palette and menus need not offer: each digit, and Esc
_ONLY_KEYS = frozenset({*(f"tap_{digit}" for digit in range(10)), "leave"})


class Doing(QObject):
    """Every act of scope `window` with what does it, and the way to the watch step for the others."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.calls: dict[str, Callable[[], object]] = {
            "new": window.show_form,
            "open": window.ask_open,
            "sample": window.open_sample,
            "home": window.show_start,
            "saved": window.say_saved,
            "quit": window.close,
            "undo": window.undo,
            "redo": window.redo,
            "history": window.open_history,
            "search": window.search,
            "palette": window.open_palette,
            **{f"step_{place + 1}": lambda place=place: window.go(place) for place in range(len(STEPS))},  # type: ignore[misc]
            "layout_watch": lambda: window.arrange("watch"),
            "layout_text": lambda: window.arrange("text"),
            "layout_video": lambda: window.arrange("video"),
            "float_video": window.float_video,
            "scheme": window.next_scheme,
            "language": window.next_language,
            "all": lambda: self._chain("everything"),
            "transcribe": lambda: self._chain("transcribe"),
            "read": lambda: self._chain("read_screens"),
            "leads": lambda: self._chain("find_leads"),
            "bring_in": lambda: self._intake("ask_files"),
            "record": lambda: self._intake("open_form"),
            "live_mark": self._mark_live,
            "build": window.build,
            "opinion_write": lambda: self._review("ask_write"),
            "opinion_merge": lambda: self._review("ask_merge"),
            "verify": window.verify,
            "settings": lambda: window.show_page("settings"),
            "keys": lambda: window.show_page("keys"),
            "sheet": window.open_sheet,
            "handbook": lambda: window.show_page("handbook"),
            "tour": window.start_tour,
            "log": lambda: window.show_page("log"),
            "about": lambda: window.show_page("about"),
        }
        self._actions: list[QAction] = []
        key_map().changed.connect(self.bind)
        self.bind()

    def bind(self) -> None:
        """Makes the window's shortcuts anew from the key map. A key that writes a letter is left to the field being typed in."""
        for action in self._actions:
            self._window.removeAction(action)
            action.deleteLater()
        self._actions = []
        for act in ACTS.values():
            keys = [key for key in key_map().keys(act.id) if act.fixed or not refusal(key, "window")]
            if act.scope == "window" and keys:
                action = QAction(act.title, self._window)
                action.setShortcuts([QKeySequence(key) for key in keys])
                action.triggered.connect(lambda _=False, act=act: self.do(act.id))
                self._window.addAction(action)
                self._actions.append(action)

    @property
    def actions(self) -> list[QAction]:
        """The shortcuts of the window, for a second window of the same case."""
        return self._actions

    def able(self, act: Act) -> bool:
        """Whether an act can be done now and is worth offering by name."""
        if act.id in _ONLY_KEYS or act.id == "palette":
            return False
        window = self._window
        if act.scope == "coding":
            return window.has_case and act.id in window.bench.watch.coding.able and (not window.read_only or act.group in ("play", "move"))
        if act.when == "" or not window.has_case:
            return act.when == ""
        desk = window.bench.desk
        fits = {"case": True, "write": not desk.read_only, "opinion": desk.takes_opinions, "copy": desk.work.copy is not None}
        return fits[act.when]

    def do(self, name: str) -> None:
        """Does an act by name; without the case it needs, the hint bar says so."""
        act, window = ACTS[name], self._window
        if act.when and not window.has_case:
            window.hint.tell(tr("ui.said.no_case"))
        elif act.scope == "coding":
            window.go(1)
            window.bench.watch.coding.do(name)
        else:
            self.calls[name]()

    def _chain(self, name: str) -> None:
        """Long work over the whole case; the bench is made only when it is asked for."""
        getattr(self._window.bench.chain, name)()

    def _intake(self, name: str) -> None:
        """What is asked in the intake step is asked there."""
        self._window.go(0)
        getattr(self._window.bench.intake, name)()

    def _review(self, name: str) -> None:
        self._window.go(3)
        getattr(self._window.bench.review, name)()

    def _mark_live(self) -> None:
        self._window.bench.intake.mark_live()

    def fill(self, menu: QMenu) -> None:
        """Fills the menu of the window: the groups of the window one after the other, the acts of the watch step in menus of their own."""
        menu.clear()
        for group in WINDOW_GROUPS:
            inner = menu.addMenu(tr(f"ui.sheet.{group}"))
            for act in of_group(group):
                self._add(inner, act)
        menu.addSeparator()
        if self._window.has_case:
            for group in CODING_GROUPS:
                inner = menu.addMenu(tr(f"ui.sheet.{group}"))
                for act in of_group(group):
                    if act.id not in _ONLY_KEYS:
                        self._add(inner, act)

    def _add(self, menu: QMenu, act: Act) -> None:
        keys = shown_keys(act.id)
        action = menu.addAction(f"{act.title}\t{keys}" if keys else act.title)
        action.setEnabled(self.able(act) or act.id == "palette")
        action.triggered.connect(lambda: self.do(act.id))
