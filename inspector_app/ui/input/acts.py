"""What the palette offers: every act of the window and the watch step by its name, and every article that can be tapped."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from inspector_app.i18n import language, tr
from inspector_app.ui.models.words import article_label
from inspector_app.ui.shell.overlay import Entry

from .keys import CODING, GROUPS, shown

if TYPE_CHECKING:
    from inspector_app.ui.shell.bench import Bench
    from inspector_app.ui.shell.window import MainWindow


def entries(window: "MainWindow", text: str) -> list[Entry]:
    """Acts whose title holds what was typed."""
    found = [Entry(title, keys, act) for title, keys, act in _all(window)]
    return [entry for entry in found if text.casefold() in f"{entry.title} {entry.note}".casefold()]


def _all(window: "MainWindow") -> Iterable[tuple[str, str, Callable[[], object]]]:
    yield tr("ui.start.new"), "Ctrl+N", window.show_form
    yield tr("ui.start.open"), "Ctrl+O", window.ask_open
    yield tr("ui.top.scheme"), "", window.next_scheme
    yield tr("ui.top.language_hint"), "", window.next_language
    yield tr("ui.sheet.title"), "F1", window.open_sheet
    if not window.has_case:
        return
    bench = window.bench
    for place, name in enumerate(("intake", "watch", "evidence", "review", "dossier")):
        yield tr(f"ui.step.{name}_hint"), f"Ctrl+{place + 1}", lambda place=place: window.go(place)  # type: ignore[misc]
    yield tr("ui.act.undo"), "Ctrl+Z", window.undo
    yield tr("ui.act.redo"), "Ctrl+Shift+Z", window.redo
    yield tr("ui.act.search"), "Ctrl+F", window.search
    yield tr("ui.intake.all"), "", bench.chain.everything
    yield tr("ui.intake.transcribe"), "", bench.chain.transcribe
    yield tr("ui.intake.read"), "", bench.chain.read_screens
    yield tr("ui.intake.leads"), "", bench.chain.find_leads
    yield tr("ui.verify.run"), "", window.verify
    yield tr("ui.dossier.build"), "", window.build
    keys = {act: shown(key) for key, act in CODING.items()}
    for group in GROUPS.values():
        for act in group.values():
            if not act.startswith("tap_"):
                yield tr(f"ui.act.{act}"), keys[act], lambda act=act: bench.watch.coding.do(act)  # type: ignore[misc]


def articles(bench: "Bench", text: str) -> list[Entry]:
    """Articles found by number, words or pinyin initials; without words, every duty."""
    coding, catalogue = bench.watch.coding, bench.desk.work.catalogue
    day = coding.day()
    if text:
        found = [(str(article.code), article.title) for article in catalogue.find(text, day)]
    else:
        found = [(str(duty.code), duty.name) for duty in catalogue.duties(day)]
    return [Entry(words.in_language(language()), article_label(code), lambda code=code: coding.take_article(code)) for code, words in found]  # type: ignore[misc]
