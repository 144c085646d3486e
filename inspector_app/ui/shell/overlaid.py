"""What lies over the window: palette, article finder, sheet of keys, history, the last refusal, and the video in a window of its own.

Each is made when it is first asked for, and hands the focus back to the step when it is left. What is under them is `window.py`'s.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from inspector_app.ui.bridge.diary import Diary
from inspector_app.ui.bridge.settings import Settings

from .floating import FloatingVideo
from .overlay import Entry, KeySheet, Palette

if TYPE_CHECKING:
    from inspector_app.domain.errors import InspectorError
    from inspector_app.ui.pages.history import HistoryPane
    from inspector_app.ui.pages.notice import Notice

    from .bench import Bench
    from .doing import Doing


class OverlaidWindow(QMainWindow):
    """The layers over `root`; the window gives the rest."""

    acts: "Doing"
    pages: QStackedWidget

    def __init__(self, settings: Settings, diary: Diary) -> None:
        super().__init__()
        self.settings, self.diary = settings, diary
        self.root = QWidget()
        self.root.setObjectName("page")
        self.history: HistoryPane | None = None
        self.notice: Notice | None = None
        self.floating: FloatingVideo | None = None
        self._refused: InspectorError | None = None

    def _make_overlays(self) -> None:
        """Palette and sheet, over everything that `root` holds by now."""
        self.palette_, self.sheet = Palette(self.root), KeySheet(self.root)
        self.palette_.left.connect(self._refocus)
        self.sheet.left.connect(self._refocus)
        self.sheet.edit.connect(lambda: self.show_page("keys"))
        self.sheet.book.connect(lambda: self.show_page("handbook"))

    @property
    @abstractmethod
    def bench(self) -> "Bench": ...

    @property
    @abstractmethod
    def has_case(self) -> bool: ...

    @abstractmethod
    def go(self, place: int) -> None: ...

    @abstractmethod
    def show_page(self, name: str) -> None: ...

    def open_history(self) -> None:
        if self.history is None:
            from inspector_app.ui.pages.history import HistoryPane

            self.history = HistoryPane(self.root, self.bench.desk)
            self.history.left.connect(self._refocus)
        if self.history.isVisible():
            self.history.close_overlay()
        else:
            self.history.open_history()

    def _take_refusal(self, error: "InspectorError") -> None:
        self._refused = error
        self.diary.refused(error)

    def open_notice(self) -> None:
        """The last refusal in full, with its code to copy."""
        if self._refused is None:
            return
        if self.notice is None:
            from inspector_app.ui.pages.notice import Notice

            self.notice = Notice(self.root)
            self.notice.left.connect(self._refocus)
        self.notice.open_notice(self._refused)

    def float_video(self) -> None:
        """The video in its own window, or back."""
        if self.floating is not None:
            self.floating.close()
            return
        self.go(1)
        watch = self.bench.watch
        self.floating = FloatingVideo(watch.player, watch, self.settings)
        self.floating.addActions(self.acts.actions)
        self.floating.left.connect(self._video_back)
        self.floating.show()

    def _video_back(self) -> None:
        floating, self.floating = self.floating, None
        if floating is not None:
            floating.deleteLater()
        self._refocus()

    def ask_time(self) -> None:
        """G: a time typed as 14:24 or 1:02:09.5 is where the play-head goes."""
        from .beside import times

        self.palette_.ask("ui.palette.time", lambda text: times(self.bench, text))

    def open_sheet(self) -> None:
        """The sheet of keys; asked for again, the handbook."""
        if self.sheet.isVisible():
            self.sheet.close_overlay()
            self.show_page("handbook")
        else:
            self.sheet.open_sheet()

    def open_finder(self) -> None:
        """The article finder: number, words or pinyin initials; the article chosen is tapped, or given to the lead being judged."""
        if self.has_case:
            self.palette_.ask("ui.palette.articles", self._articles)

    def _articles(self, text: str) -> Sequence[Entry]:
        from inspector_app.ui.input.palette import articles

        return articles(self.bench, text)

    def _refocus(self) -> None:
        if self.has_case and self.pages.currentWidget() is self.bench:
            self.bench.steps[self.bench.place].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for overlay in (self.palette_, self.sheet, self.history, self.notice):
            if overlay is not None:
                overlay.close_overlay()
