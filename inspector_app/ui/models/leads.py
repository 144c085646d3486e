"""Leads for triage: repeats of one claim are one group with its count and times, ranked by weight; and what the card of one lead says beside its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspector_app.domain.records import Lead
from inspector_app.domain.timebase import SECOND
from inspector_app.i18n import has, language, tr

from .listing import Line
from .store import RecordingStore
from .words import article_label, short_clock

STATES = ("open", "accepted", "rejected", "all")
WITNESSES = ("speech", "screen", "chat")
_CONTEXT_US = 15 * SECOND
_LONGEST = 140


@dataclass(frozen=True)
class Wanted:
    """What the list shows; "" takes any. `words` are looked for in what was matched, the quotation, the articles and the reason."""

    words: str = ""
    state: str = "open"
    category: str = ""
    witness: str = ""

    def takes(self, lead: Lead) -> bool:
        if self.state != "all" and lead.state != self.state:
            return False
        if (self.category and lead.category != self.category) or (self.witness and lead.witness != self.witness):
            return False
        articles = " ".join(article_label(code) for code in lead.articles)
        text = f"{lead.matched} {lead.quote} {articles} {lead.rule} {lead.product} {lead.reason_zh} {lead.reason_en} {lead.ruling_reason}"
        return self.words.casefold() in text.casefold()


@dataclass(frozen=True)
class Group:
    """Leads of one claim, in time."""

    key: str
    leads: tuple[Lead, ...]

    @property
    def first(self) -> Lead:
        """The first that is still open, else the first."""
        return next((lead for lead in self.leads if lead.state == "open"), self.leads[0])


def group_key(lead: Lead) -> str:
    """What repeats of one claim share; leads of older rules have no key of their own."""
    return f"{lead.state}|{lead.group_key or f'{lead.rule}|{lead.matched}'}"


def groups(leads: Iterable[Lead], wanted: Wanted) -> list[Group]:
    """Groups of the leads wanted: open before ruled, then the gravest, the most often repeated, the earliest."""
    found: dict[str, list[Lead]] = {}
    for lead in leads:
        if wanted.takes(lead):
            found.setdefault(group_key(lead), []).append(lead)
    made = [Group(key, tuple(rows)) for key, rows in found.items()]
    return sorted(made, key=lambda one: (one.first.state != "open", -one.first.severity, -len(one.leads), one.first.start_us))


def line_of(group: Group, titles: dict[str, str]) -> Line:
    """A group as a row: clock, how often, what was matched, kind, article, witness, state with the reason of a ruling."""
    lead, count = group.first, len(group.leads)
    state = tr(f"ui.leads.{lead.state}") + (f" · {lead.ruling_reason}" if lead.ruling_reason else "")
    times = tr("ui.list.comma").join(short_clock(one.start_us) for one in group.leads[:12]) + ("…" if count > 12 else "")
    cells = (
        short_clock(lead.start_us),
        f"×{count}" if count > 1 else "",
        lead.matched or lead.quote,
        titles.get(lead.rule, lead.category),
        article_label(lead.articles[0]) if lead.articles else "",
        tr(f"witness.{lead.witness}") if has(f"witness.{lead.witness}") else lead.witness,
        state,
    )
    tone = {"open": "lead", "accepted": "good"}.get(lead.state, "plain")
    return Line(group.key, cells, ((6, tone),), f"{lead.quote}\n{times}")


def about(store: RecordingStore, lead: Lead) -> list[str]:
    """What the card says beside the reason: witness, repeats, product, element, prices on the screen; for what was shown or chatted, what was said."""
    now = store.now
    if now is None:
        return []
    repeats = [one for one in now.leads if group_key(one) == group_key(lead)]
    facts = [tr("ui.lead.witness", name=tr(f"witness.{lead.witness}") if has(f"witness.{lead.witness}") else lead.witness)]
    if len(repeats) > 1:
        number = next((place for place, one in enumerate(repeats, 1) if one.id == lead.id), 1)
        facts.append(tr("ui.lead.repeat", number=number, count=len(repeats)))
    if lead.product:
        facts.append(tr("ui.lead.product", name=lead.product))
    if statement := _element(store, lead):
        facts.append(tr("ui.lead.element", name=statement))
    lines = [" · ".join(facts)]
    prices = [row.text for row in now.screen if row.kind in ("price", "struck_price") and _near(row.start_us, row.end_us, lead, 0)]
    if prices and lead.witness == "speech":
        lines.append(tr("ui.lead.prices", text=_cut("　".join(dict.fromkeys(prices)))))
    if lead.witness != "speech":
        said = [row.words for row in now.segments if _near(row.start_us, row.end_us, lead, _CONTEXT_US)]
        lines.append(tr("ui.lead.said", text=_cut(" ／ ".join(said))) if said else tr("ui.lead.nothing_said"))
    return lines


def _element(store: RecordingStore, lead: Lead) -> str:
    """What the element that the lead would support says in the law's catalogue; "" where its articles have none of that name."""
    for code in lead.articles if lead.element else ():
        for element in store.catalogue.article(code).elements:
            if element.key.endswith(f"#{lead.element}"):
                return element.statement.in_language(language())
    return ""


def _near(start_us: int, end_us: int, lead: Lead, margin_us: int) -> bool:
    return start_us < lead.end_us + margin_us and end_us > lead.start_us - margin_us


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def categories(leads: Sequence[Lead]) -> list[str]:
    return sorted({lead.category for lead in leads})
