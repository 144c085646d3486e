"""What hangs on the lines of a transcript: leads and findings. A lead or finding more touches the lines it stands on and no other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from inspector_app.domain.records import Finding, Lead

from .rows import Rows


@dataclass
class Marks:
    """Of one line: leads shown, findings that begin on it, and how many findings stand over it."""

    leads: list[Lead] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    over: int = 0


class Marking:
    """`at`: the marks of every line that has any, by place. What was not changed since it was marked is told by being the same object."""

    def __init__(self, rows: Rows, place_of: Callable[[Lead], int]) -> None:
        self._rows, self._place_of = rows, place_of
        self.at: dict[int, Marks] = {}
        self._leads: dict[str, tuple[Lead, int]] = {}
        self._findings: dict[str, tuple[Finding, list[int]]] = {}

    def show_leads(self, wanted: Iterable[Lead]) -> set[int]:
        """Marks these leads and no others; returns the lines whose marks have changed."""
        fresh, changed = {lead.id: lead for lead in wanted} if len(self._rows) else {}, set()
        for lead, place in [known for key, known in self._leads.items() if fresh.get(key) is not known[0]]:
            del self._leads[lead.id]
            self.at[place].leads = [one for one in self.at[place].leads if one is not lead]
            self._let_go(place)
            changed.add(place)
        for lead in fresh.values():
            if lead.id not in self._leads:
                place = self._place_of(lead)
                self._leads[lead.id] = (lead, place)
                on_line = self.at.setdefault(place, Marks()).leads
                on_line.append(lead)
                on_line.sort(key=lambda one: one.start_us)
                changed.add(place)
        return changed

    def show_findings(self, wanted: Iterable[Finding]) -> set[int]:
        """Marks these findings and no others, on the sentences they share time with; returns the lines whose marks have changed."""
        fresh, changed = {finding.id: finding for finding in wanted}, set()
        for finding, places in [known for key, known in self._findings.items() if fresh.get(key) is not known[0]]:
            del self._findings[finding.id]
            for place in places:
                marks = self.at[place]
                marks.over -= 1
                marks.findings = [one for one in marks.findings if one is not finding]
                self._let_go(place)
            changed.update(places)
        for finding in fresh.values():
            if finding.id not in self._findings:
                places = self._sentences(finding)
                self._findings[finding.id] = (finding, places)
                for place in places:
                    self.at.setdefault(place, Marks()).over += 1
                if places:
                    named = self.at[places[0]].findings
                    named.append(finding)
                    named.sort(key=lambda one: one.number)
                changed.update(places)
        return changed

    def place_of_lead(self, lead_id: str) -> int:
        """The line on which a lead is marked; -1 where it is not."""
        return self._leads[lead_id][1] if lead_id in self._leads else -1

    def _let_go(self, place: int) -> None:
        marks = self.at[place]
        if not marks.leads and not marks.over:
            del self.at[place]

    def _sentences(self, finding: Finding) -> list[int]:
        """Places of the sentences under a finding; one begun before it may be the line before its first."""
        first = max(0, self._rows.begun_by(finding.start_us - 1) - 1)
        places = range(first, self._rows.begun_by(finding.end_us - 1))
        return [place for place in places if self._rows.is_speech(place) and self._rows[place].end_us > finding.start_us]
