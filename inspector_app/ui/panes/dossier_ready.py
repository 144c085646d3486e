"""Before building: which edition, and what is lacking, each with the way to where it is mended or the reason why it may stand."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QWidget

from inspector_app.i18n import has, tr
from inspector_app.ui.models.dossiers import Lack, Standing
from inspector_app.ui.models.words import article_label
from inspector_app.ui.panes.forms_fields import lint_words
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Button, Icon, Say, clear, column, row

EDITIONS = ("full", "disclosure", "summary", "extract")
#: how many of a kind are listed before "all"
_FIRST = 3


class EditionBox(QWidget):
    """Which edition is to be built, with a sentence of what it is; an extract names its article. Signal `picked()`."""

    picked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        box = column(spacing=6)
        self.setLayout(box)
        box.addWidget(Say("ui.edition.title", bold=True))
        line = row(spacing=4)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, Button] = {}
        for name in EDITIONS:
            button = Button(f"ui.edition.{name}", kind="toggle")
            button.setCheckable(True)
            self._group.addButton(button)
            line.addWidget(button)
            self.buttons[name] = button
        self.buttons["full"].setChecked(True)
        line.addStretch(1)
        box.addLayout(line)
        self._about = Say("ui.edition.full_text", tone="muted", size=-1, wrap=True)
        box.addWidget(self._about)
        self.articles = QComboBox()
        box.addWidget(self.articles)
        self._group.buttonClicked.connect(lambda _: self._pick())
        self.articles.activated.connect(lambda _: self.picked.emit())
        self._full = False
        self._pick()

    @property
    def edition(self) -> str:
        return next((name for name, button in self.buttons.items() if button.isChecked()), "full")

    @property
    def article(self) -> str:
        """The article of an extract; "" for the other editions."""
        return str(self.articles.currentData() or "") if self.edition == "extract" else ""

    @property
    def in_the_way(self) -> str:
        """The key of why this edition cannot be built yet; "" where it can."""
        if self.edition == "disclosure" and not self._full:
            return "ui.edition.needs_full"
        return "ui.edition.needs_article" if self.edition == "extract" and not self.article else ""

    def show_standing(self, standing: Standing) -> None:
        self._full = any(one.edition == "full" for one in standing.versions)
        now = self.articles.currentData()
        if [self.articles.itemData(place) for place in range(self.articles.count())] != standing.articles:
            self.articles.clear()
            for code in standing.articles:
                self.articles.addItem(article_label(code), code)
            self.articles.setCurrentIndex(max(0, self.articles.findData(now)))
        self._pick(tell=False)

    def _pick(self, *, tell: bool = True) -> None:
        self.articles.setVisible(self.edition == "extract")
        self.articles.setAccessibleName(tr("ui.edition.article"))
        self._about.say(self.in_the_way or f"ui.edition.{self.edition}_text")
        if tell:
            self.picked.emit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_full"):
            self._pick(tell=False)
        super().changeEvent(event)


class LacksBox(QWidget):
    """Signals: `jump(target)` to where a lack is mended, `justify(problem)` it is to stand with a reason."""

    jump = Signal(str)
    justify = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lacks: list[Lack] | None = None
        self._open: set[str] = set()
        self._box = column(spacing=2)
        self.setLayout(self._box)
        self._box.addWidget(Say("ui.lack.checking", tone="muted", wrap=True))

    def show_lacks(self, lacks: list[Lack]) -> None:
        """What is lacking, the gravest first."""
        if lacks != self._lacks:
            self._lacks = lacks
            self._write()

    def _write(self) -> None:
        focus = self.focusWidget()
        name = focus.objectName() if focus is not None else ""
        clear(self._box)
        lacks = self._lacks or []
        left = sum(1 for lack in lacks if not lack.justified)
        head = row(spacing=8)
        head.addWidget(Say("ui.lack.title", bold=True), 1)
        count = Say(tone="lead" if left else "good", size=-1)
        count.say("ui.lack.count" if left else "ui.lack.nothing", count=left)
        head.addWidget(count)
        self._box.addLayout(head)
        for code in dict.fromkeys(lack.code for lack in lacks):
            self._group(code, [lack for lack in lacks if lack.code == code])
        if name and (again := self.findChild(QWidget, name)) is not None:
            again.setFocus()

    def _group(self, code: str, lacks: list[Lack]) -> None:
        """What is lacking of one kind: a few of it, all of it when asked."""
        lacks = sorted(lacks, key=lambda lack: lack.justified)
        shown = lacks if code in self._open else lacks[:_FIRST]
        for lack in shown:
            self._line(lack)
        if len(lacks) > _FIRST:
            more = Button(kind="flat")
            more.setText(tr("ui.lack.less") if code in self._open else tr("ui.lack.more", count=len(lacks) - _FIRST))
            more.setObjectName(f"more {code}")
            more.clicked.connect(partial(self._unfold, code))
            line = row(look().em + 8)
            line.addWidget(more)
            line.addStretch(1)
            self._box.addLayout(line)

    def _unfold(self, code: str, _: bool = False) -> None:
        self._open ^= {code}
        self._write()

    def _line(self, lack: Lack) -> None:
        line = row(spacing=6)
        done = lack.justified
        top = Qt.AlignmentFlag.AlignTop
        mark = column(0, 5)  # on a level with the first line of words and the buttons
        mark.addWidget(Icon("check" if done else "warning", look().em, "muted" if done else "lead"), 0, top)
        line.addLayout(mark)
        words = Say(tone="muted" if done else "", wrap=True)
        words.setText(self._words(lack))
        words.setContentsMargins(0, 6, 0, 0)
        line.addWidget(words, 1, top)
        problem = lack.problem
        if problem is not None and not done:
            stand = Button("ui.forms.justify", partial(self.justify.emit, problem), kind="flat")
            stand.setAccessibleName(f"{tr('ui.forms.justify')} {words.text()}")
            line.addWidget(stand, 0, top)
        go = Button(kind="flat", icon_name="step-forward", hint="ui.lack.go", act=partial(self.jump.emit, lack.target))
        go.setAccessibleName(f"{tr('ui.lack.go')} {words.text()}")
        go.setObjectName(f"go {lack.code} {lack.target}")
        line.addWidget(go, 0, top)
        self._box.addLayout(line)

    def _words(self, lack: Lack) -> str:
        problem = lack.problem
        if problem is None:
            return tr(f"ui.lack.{lack.code}", what=lack.what)
        words = lint_words(problem)
        if problem["form"]:
            label = problem["label"] or problem["field"]
            words = f"《{lack.what}》{label}{'：' if label else ''}{words}"
        said = problem["justified"]
        return f"{words}\n{tr('ui.forms.justified', by=said['by'], text=said['text'])}" if said else words

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._lacks is not None:
            self._write()
        super().changeEvent(event)


def edition_name(name: str) -> str:
    return tr(f"ui.edition.{name}") if has(f"ui.edition.{name}") else name
