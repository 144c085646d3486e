"""What the palette offers: every act of the registry by its name or pinyin initials, and every article that can be tapped."""

from functools import cache
from typing import TYPE_CHECKING

from inspector_app.i18n import language
from inspector_app.ui.models.words import article_label
from inspector_app.ui.shell.overlay import Entry

from .acts import ACTS, Act
from .keymap import shown_keys

if TYPE_CHECKING:
    from inspector_app.ui.shell.bench import Bench
    from inspector_app.ui.shell.window import MainWindow


@cache
def initials(words: str) -> str:
    """The first letters of the pinyin of each character; other letters and digits as they are, in lower case."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER)).casefold().replace(" ", "")


def warm() -> None:
    """Reads the pinyin of every title once, so that the first letter typed is answered at once; any thread."""
    for act in ACTS.values():
        initials(act.title)


def matches(act: Act, text: str) -> bool:
    """Whether the title, the keys or the pinyin initials of an act hold what was typed."""
    wanted = text.casefold()
    if wanted in f"{act.title} {shown_keys(act.id)}".casefold():
        return True
    return wanted.isascii() and wanted.isalnum() and wanted in initials(act.title)


def entries(window: "MainWindow", text: str) -> list[Entry]:
    """Acts that can be done now and fit what was typed; those whose title begins with it come first."""
    able = [act for act in ACTS.values() if window.acts.able(act) and (not text or matches(act, text))]
    if text:
        able.sort(key=lambda act: not (act.title.casefold().startswith(text.casefold()) or initials(act.title).startswith(text.casefold())))
    return [Entry(act.title, shown_keys(act.id), lambda act=act: window.acts.do(act.id)) for act in able]  # type: ignore[misc]


def articles(bench: "Bench", text: str) -> list[Entry]:
    """Articles found by number, words or pinyin initials; without words, every duty."""
    coding, catalogue = bench.watch.coding, bench.desk.work.catalogue
    day = coding.day()
    if text:
        found = [(str(article.code), article.title) for article in catalogue.find(text, day)]
    else:
        found = [(str(duty.code), duty.name) for duty in catalogue.duties(day)]
    return [Entry(words.in_language(language()), article_label(code), lambda code=code: coding.take_article(code)) for code, words in found]  # type: ignore[misc]
