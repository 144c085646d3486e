"""A panel around pages: turning, zoom, what is shown, and the states without a page (nothing yet, being made, could not be made)."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import explain, tr
from inspector_app.ui.models.dossiers import Place
from inspector_app.ui.theme.widgets import Button, Empty, Panel, Say

from .dossier_pages import PageView

_EMPTY, _PAGES, _WRONG = range(3)


class PreviewPane(Panel):
    """Signal `followed(target)`: a place on a page was pressed. `empty` names the words for "nothing to show"."""

    followed = Signal(str)

    def __init__(self, title: str, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.view = PageView()
        self.view.followed.connect(self.followed)
        self.view.turned.connect(lambda *_: self._tell())
        self._back = Button(kind="flat", icon_name="step-back", hint="ui.pages.back", act=lambda: self.view.turn(self.view.page - 1))
        self._on = Button(kind="flat", icon_name="step-forward", hint="ui.pages.on", act=lambda: self.view.turn(self.view.page + 1))
        self._page = Say(tone="muted", size=-1)
        self._less = Button(kind="flat", hint="ui.pages.smaller", act=lambda: self.view.zoom_by(-1))
        self._less.setText("−")
        self._more = Button(kind="flat", hint="ui.pages.larger", act=lambda: self.view.zoom_by(1))
        self._more.setText("+")
        self._zoom = Button(kind="flat", hint="ui.pages.fit", act=lambda: self.view.set_zoom(0.0))
        for widget in (self._back, self._page, self._on, self._less, self._zoom, self._more):
            self.head.addWidget(widget)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self.empty = Empty("dossier", empty, f"{empty}_text")
        self.wrong = Empty("warning", "ui.pages.wrong", "")
        for shown in (self.empty, self.view, self.wrong):
            self._stack.addWidget(shown)
        self.body.addWidget(holder, 1)
        self.show_nothing()

    def show_pdf(self, content: bytes, places: list[Place] | None = None, *, keep: bool = False) -> None:
        """Shows a document; one that cannot be read is said to be so."""
        if self.view.show_pdf(content, places, keep=keep):
            self._stack.setCurrentIndex(_PAGES)
        else:
            self.wrong.text.say("ui.pages.unreadable")
            self._stack.setCurrentIndex(_WRONG)
        self._tell()

    def show_error(self, error: InspectorError) -> None:
        """Why there is no page, and what to do."""
        self.wrong.text.setText("\n".join(explain(error)))
        self._stack.setCurrentIndex(_WRONG)
        self._tell()

    def show_nothing(self) -> None:
        self.view.clear()
        self._stack.setCurrentIndex(_EMPTY)
        self._tell()

    @property
    def shows_pages(self) -> bool:
        return self._stack.currentIndex() == _PAGES

    def _tell(self) -> None:
        there = self.shows_pages and self.view.pages > 0
        for widget in (self._back, self._page, self._on, self._less, self._zoom, self._more):
            widget.setVisible(there)
        if there:
            self._page.say("ui.pages.page", page=self.view.page + 1, pages=self.view.pages)
            self._back.setEnabled(self.view.page > 0)
            self._on.setEnabled(self.view.page + 1 < self.view.pages)
            percent = round(self.view.scale() * 72 / 96 * 100)
            self._zoom.setText(f"{percent} %")
            self._zoom.setAccessibleName(tr("ui.pages.fit") + f" {percent} %")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_stack"):
            self.view.setAccessibleName(tr("ui.pages.name"))
            self._tell()
        super().changeEvent(event)
