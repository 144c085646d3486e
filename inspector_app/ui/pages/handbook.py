"""The inspector's handbook: Markdown shipped with the program, with its contents on the left and a search over the text. Opens no address."""

import re
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextCursor, QTextDocument
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QTextBrowser, QWidget

from inspector_app.i18n import language, tr
from inspector_app.resources import resource
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Say, row

from .page import Page, SearchField

_HEADING = re.compile(r"^(#{1,3}) +(.+)$", re.MULTILINE)
_PICTURE_WIDTH = 900


def text_of(name: str) -> str:
    """The handbook in a language, as Markdown."""
    return resource("handbook", f"{name}.md").read_text(encoding="utf-8")


class Book(QTextBrowser):
    """Shows pictures of the handbook's own folder, no wider than the page; a link to an address is handed to the system."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._follow)
        self.setSearchPaths([str(resource("handbook"))])

    def _follow(self, url: QUrl) -> None:
        if url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)

    def show_markdown(self, text: str) -> None:
        document = self.document()
        document.setBaseUrl(QUrl.fromLocalFile(str(resource("handbook")) + "/"))
        document.setDefaultFont(look().font(1))
        document.setDocumentMargin(look().em * 1.4)
        self.setMarkdown(text)
        self._space()

    def _space(self) -> None:
        """Room between paragraphs, which Markdown itself does not give, and pictures as wide as the page at most."""
        block = self.document().begin()
        width = min(_PICTURE_WIDTH, max(look().em * 20, self.viewport().width() - look().em * 5))
        while block.isValid():
            cursor = QTextCursor(block)
            form = block.blockFormat()
            form.setBottomMargin(look().em * (0.15 if block.textList() else 0.55))
            form.setTopMargin(look().em * (0.9 if form.headingLevel() else 0))
            form.setLineHeight(140, 1)
            cursor.setBlockFormat(form)
            at = block.begin()
            while not at.atEnd():
                piece = at.fragment()
                picture = piece.charFormat().toImageFormat()
                if picture.isValid():
                    picture.setWidth(width)
                    cursor.setPosition(piece.position())
                    cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                    cursor.setCharFormat(picture)
                    break
                at += 1
            block = block.next()


class HandbookPage(Page):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("ui.act.handbook", parent)
        self.search = SearchField("ui.handbook.search")
        self.search.textChanged.connect(lambda text: self.seek(text, anew=True))
        self.search.returnPressed.connect(lambda: self.seek(self.search.text()))
        self._found = Say(tone="muted", size=-1)
        self.head.addWidget(self._found)
        self.head.addWidget(self.search)
        self.head.addWidget(
            Button(kind="flat", icon_name="step-forward", hint="ui.handbook.next", act=lambda: self.seek(self.search.text()))
        )
        self.contents = QListWidget()
        self.contents.setObjectName("nav")
        self.contents.setFixedWidth(look().em * 14)
        self.contents.itemClicked.connect(self._go)
        self.contents.itemActivated.connect(self._go)
        self.book = Book()
        line = row(spacing=8)
        line.addWidget(self.contents)
        line.addWidget(self.book, 1)
        self.body.addLayout(line, 1)
        self._shown = ""

    def show_page(self) -> None:
        self.fill()
        self.search.setFocus()

    def fill(self) -> None:
        if self._shown == language():
            return
        self._shown = language()
        text = text_of(self._shown)
        self.book.show_markdown(text)
        self.book.setAccessibleName(tr("ui.act.handbook"))
        self.contents.setAccessibleName(tr("ui.handbook.contents"))
        self.contents.clear()
        for marks, title in _HEADING.findall(text):
            if len(marks) > 1:
                item = QListWidgetItem(("    " if len(marks) > 2 else "") + title)
                item.setData(Qt.ItemDataRole.UserRole, title)
                item.setSizeHint(QSize(0, look().em + 10))
                self.contents.addItem(item)

    def _go(self, item: QListWidgetItem) -> None:
        self.go_to(str(item.data(Qt.ItemDataRole.UserRole)))

    def go_to(self, title: str) -> None:
        """Scrolls to a heading."""
        block = self.book.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and block.text() == title:
                self.book.setTextCursor(QTextCursor(block))
                top = self.book.document().documentLayout().blockBoundingRect(block).top()
                self.book.verticalScrollBar().setValue(int(top))
                return
            block = block.next()

    def seek(self, text: str, *, anew: bool = False) -> None:
        """The next place that holds the words, round from the end; how many there are is said beside the field."""
        if not text:
            self._found.setText("")
            return
        self._found.setText(tr("ui.transcript.hits", count=self.book.toPlainText().casefold().count(text.casefold())))
        if anew:
            self.book.moveCursor(QTextCursor.MoveOperation.Start)
        if not self.book.find(text):
            self.book.moveCursor(QTextCursor.MoveOperation.Start)
            self.book.find(text, QTextDocument.FindFlag(0))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self.fill()
        super().changeEvent(event)


def picture_paths(name: str) -> list[Path]:
    """The pictures a handbook shows."""
    return [resource("handbook", found) for found in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text_of(name))]
