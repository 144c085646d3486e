"""The list of leads: repeats of one claim as one row, ranked, filtered by state, kind, witness and words. Ruled ones stay listed with the reason."""

from dataclasses import replace

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from inspector_app.i18n import tr
from inspector_app.ui.models.leads import STATES, WITNESSES, Group, Wanted, categories, groups, line_of
from inspector_app.ui.models.listing import Listing
from inspector_app.ui.models.store import RecordingStore
from inspector_app.ui.theme.widgets import Empty

from .choice import Choice
from .sheets import FilterField, Sheet
from .tables import Table

_HEADS = tuple(f"ui.leads.{name}" for name in ("at", "times", "matched", "kind", "article", "witness", "state"))
_WIDTHS = (4.2, 3.0, 0.0, 5.0, 5.2, 3.8, 4.4)


class LeadList(Sheet):
    """Signal `chosen(lead id)` by a press: the first open lead of the group, and each press the next of it."""

    chosen = Signal(str)

    def __init__(self, store: RecordingStore, parent: QWidget | None = None) -> None:
        super().__init__("leads", parent)
        self._store = store
        self.wanted = Wanted()
        self.groups: list[Group] = []
        #: names of the rules, read in the background
        self.titles: dict[str, str] = {}
        self.model = Listing(_HEADS, self)
        self.table = Table(self.model, _WIDTHS, fixed=frozenset({0, 1}))
        self.table.clicked.connect(lambda index: self._press(index.row()))
        self.search = FilterField("ui.leads.search")
        self.search.changed.connect(lambda words: self._want(replace(self.wanted, words=words.strip())))
        self.search.typing.connect(self.typing)
        self.state, self.kind, self.witness = Choice(""), Choice(""), Choice("")
        self.state.chosen.connect(lambda value: self._want(replace(self.wanted, state=value)))
        self.kind.chosen.connect(lambda value: self._want(replace(self.wanted, category=value)))
        self.witness.chosen.connect(lambda value: self._want(replace(self.wanted, witness=value)))
        for tool in (self.state, self.kind, self.witness, self.search):
            self.line.addWidget(tool)
        holder = QWidget(self)
        self._stack = QStackedLayout(holder)
        self._empty = Empty("lead", "ui.leads.empty", "ui.leads.empty_text")
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        self.body.addWidget(holder, 1)
        store.loaded.connect(self.refresh)
        store.leads.connect(self.refresh)
        self._offer()
        self.refresh()

    @property
    def count(self) -> int:
        now = self._store.now
        return sum(1 for lead in now.leads if lead.state == "open") if now else 0

    def _want(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.refresh()

    def refresh(self) -> None:
        """Lists the groups anew."""
        now = self._store.now
        leads = now.leads if now else []
        if [value for value, _ in self._kinds()] != self._offered:
            self._offer()
        self.groups = groups(leads, self.wanted)
        self.model.show([line_of(group, self.titles) for group in self.groups])
        self._stack.setCurrentWidget(self.table if leads else self._empty)

    def _kinds(self) -> list[tuple[str, str]]:
        """Categories met, each with the name of one of its rules."""
        leads = self._store.now.leads if self._store.now else []
        names = {lead.category: self.titles.get(lead.rule, lead.category) for lead in leads}
        return [("", tr("ui.leads.any_kind")), *((one, f"{one} {names[one]}") for one in categories(leads))]

    def _offer(self) -> None:
        kinds = self._kinds()
        self._offered = [value for value, _ in kinds]
        self.state.offer([(name, tr(f"ui.leads.{name}")) for name in STATES], tr("ui.leads.state"))
        self.kind.offer(kinds, tr("ui.leads.kind"))
        self.witness.offer(
            [("", tr("ui.leads.any_witness")), *((name, tr(f"witness.{name}")) for name in WITNESSES)], tr("ui.leads.witness")
        )

    def name_rules(self, titles: dict[str, str]) -> None:
        self.titles = titles
        self._offer()
        self.refresh()

    def _press(self, place: int) -> None:
        """The next lead of the group: a press on the row at hand goes on to the repeat."""
        if not 0 <= place < len(self.groups):
            return
        leads = [lead for lead in self.groups[place].leads if lead.state == "open"] or list(self.groups[place].leads)
        ids = [lead.id for lead in leads]
        at = ids.index(self._lead_id) + 1 if self._lead_id in ids else 0
        self.chosen.emit(ids[at % len(ids)])

    _lead_id = ""

    def choose(self, lead_id: str) -> None:
        """The lead at hand: its group is the row chosen."""
        self._lead_id = lead_id
        place = next((place for place, group in enumerate(self.groups) if any(lead.id == lead_id for lead in group.leads)), -1)
        self.table.choose(place)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "_stack"):
            self.model.retranslate()
            self._offer()
            self.refresh()
        super().changeEvent(event)
