"""Measures the rules against written scripts of broadcasts (tests/evaluation/README.md): how many planted breaches are met, how many innocent
sentences are flagged, category by category. It measures rules, never a person, and changes nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.leads.engine import run
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import CHAT, SCREEN, SPEECH, WITNESSES, ChatMessage, Material, ScreenText, Utterance
from inspector_app.leads.rules import RuleSet

#: a duty over time is met or missed around its proof: a lead without words may end this long beside the marked line
DUTY_SLACK_US = 5 * SECOND
_SPEAKERS = {"host": "host", "second host": "host", "assistant": "assistant", "guest": "guest"}


@dataclass(frozen=True, slots=True)
class Line:
    """One marked or ordinary line of a script; `others` are the ids of the lines it is read with."""

    id: str
    witness: str
    start_us: Micros
    end_us: Micros
    text: str
    breach: frozenset[str]
    allow: frozenset[str]
    innocent: str
    others: frozenset[str]


@dataclass(frozen=True, slots=True)
class Script:
    """One broadcast as the rules read it, and its key. `half` is A or B, by the digest of its id among the set's."""

    id: str
    material: Material
    lines: tuple[Line, ...]
    absent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """One breach met or missed, or one false alarm. `rules` are the rules that pointed there."""

    script: str
    category: str
    at_us: Micros
    text: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of one set of scripts."""

    met: tuple[Case, ...]
    missed: tuple[Case, ...]
    false: tuple[Case, ...]

    def of(self, category: str) -> "Tally":
        """The part of one category."""
        return Tally(*(tuple(case for case in part if case.category == category) for part in (self.met, self.missed, self.false)))

    @property
    def categories(self) -> list[str]:
        return sorted({case.category for part in (self.met, self.missed, self.false) for case in part})

    @property
    def precision(self) -> float | None:
        """Breaches met, of all places that were pointed at; None where nothing was."""
        return _share(len(self.met), len(self.met) + len(self.false))

    @property
    def recall(self) -> float | None:
        """Breaches met, of all planted; None where none was."""
        return _share(len(self.met), len(self.met) + len(self.missed))

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two, None without both."""
        return _share(2 * len(self.met), 2 * len(self.met) + len(self.missed) + len(self.false))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def read_scripts(folder: Path) -> list[Script]:
    """Every script of a folder, by name. Raises BadInput `leads.no_evaluation` (folder) or `leads.bad_evaluation` (file, problem)."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise BadInput("leads.no_evaluation", folder=str(folder))
    return [_script(path) for path in paths]


def _script(path: Path) -> Script:
    try:
        data = yaml.safe_load(path.read_bytes())
        lines = tuple(_line(number, item) for number, item in enumerate(data["lines"]))
        ends_us = max([_micros(data["ends"])] if "ends" in data else [], default=0)
        duration_us = max([ends_us, *(line.end_us for line in lines)])
        material = _material(data["lines"], lines, duration_us)
        return Script(str(data["id"]), material, lines, frozenset(data.get("absent", ())))
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadInput("leads.bad_evaluation", file=path.name, problem=f"{type(error).__name__}: {error}"[:120]) from error


def _micros(clock: str) -> Micros:
    hours, minutes, seconds = clock.split(":")
    whole, _, part = seconds.partition(".")
    time = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(whole), microseconds=int(part.ljust(6, "0")) if part else 0)
    return time // timedelta(microseconds=1)


def _line(number: int, item: Mapping[str, Any]) -> Line:
    if item["witness"] not in WITNESSES:
        raise ValueError(item["witness"])
    return Line(
        id=str(item.get("id", f"#{number}")),
        witness=item["witness"],
        start_us=_micros(item["at"]),
        end_us=_micros(item["to"]),
        text=str(item["text"]),
        breach=frozenset(item.get("breach", ())),
        allow=frozenset(item.get("allow", ())),
        innocent=str(item.get("innocent", "")),
        others=frozenset(item.get("with", ())),
    )


def _material(items: Sequence[Mapping[str, Any]], lines: Sequence[Line], duration_us: Micros) -> Material:
    both = list(zip(lines, items, strict=True))
    return Material(
        duration_us=duration_us,
        speech=tuple(
            Utterance(line.id, line.start_us, line.end_us, line.text, speaker=_SPEAKERS.get(str(item.get("who")), ""))
            for line, item in both
            if line.witness == SPEECH
        ),
        screen=tuple(
            ScreenText(
                line.id,
                line.start_us,
                line.end_us,
                line.text,
                str(item.get("kind", "")),
                _corners(item.get("box", ())),
                _series(line, item),
            )
            for line, item in both
            if line.witness == SCREEN
        ),
        chat=tuple(ChatMessage(line.id, line.start_us, str(item.get("who", "")), line.text) for line, item in both if line.witness == CHAT),
    )


def _series(line: Line, item: Mapping[str, Any]) -> tuple[tuple[Micros, str], ...]:
    """The readings of a countdown that a script gives once, as it was when it came up: it runs on until it is gone."""
    clock = re.search(r"\d{1,2}(?::\d{2}){1,2}", line.text) if item.get("kind") == "countdown" else None
    if clock is None:
        return ()
    left_us = _micros(("00:" + clock.group())[-8:])
    end = max(0, left_us - (line.end_us - line.start_us)) // SECOND
    return (line.start_us, clock.group()), (line.end_us, f"{end // 3600:02d}:{end // 60 % 60:02d}:{end % 60:02d}")


def _corners(box: Sequence[int]) -> tuple[int, ...]:
    """Left, top, width, height as left, top, right, bottom."""
    return (box[0], box[1], box[0] + box[2], box[1] + box[3]) if len(box) == 4 else ()


def halves(scripts: Sequence[Script]) -> tuple[list[Script], list[Script]]:
    """The scripts in two halves that nobody chose: every other one by the SHA-256 of its id, the first (A) open to development."""
    ordered = sorted(scripts, key=lambda script: sha256(script.id.encode()).hexdigest())
    return ordered[::2], ordered[1::2]


def evaluate(rules: RuleSet, scripts: Iterable[Script]) -> Tally:
    """Runs the rules over every script and compares the leads with its key.

    A breach is one category on one line; a lead of that category on the line, or on a line it is read with, meets it. A false alarm is one
    category on one place (line, or stretch of a duty) that bears neither a breach nor an `allow` of it.
    """
    met: list[Case] = []
    missed: list[Case] = []
    false: list[Case] = []
    for script in scripts:
        one = compared(script, run(rules, script.material))
        met += one.met
        missed += one.missed
        false += one.false
    return Tally(tuple(met), tuple(missed), tuple(false))


def compared(script: Script, leads: Sequence[Lead]) -> Tally:
    """What came of one script: the `source_ids` of the leads must name lines of it."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    duties: dict[str, set[str]] = defaultdict(set)
    false: dict[tuple[str, str], Case] = {}
    by_id = {line.id: line for line in script.lines}
    readers: dict[str, list[Line]] = defaultdict(list)
    for line in script.lines:
        for other in {line.id, *line.others}:
            readers[other].append(line)
    for lead in leads:
        good = False
        places = [] if not lead.matched else [readers.get(source, []) for source in lead.source_ids]
        if not lead.matched:
            places = [
                [
                    line
                    for line in script.lines
                    if lead.start_us - DUTY_SLACK_US <= line.end_us and line.start_us <= lead.end_us + DUTY_SLACK_US
                ]
            ]
            good = lead.category in script.absent
            if good:
                duties[lead.category].add(lead.rule)
        for line in (line for place in places for line in place):
            if lead.category in line.breach:
                found[line.id, lead.category].add(lead.rule)
                good = True
            good = good or lead.category in line.allow
        if not good:
            where = lead.source_ids[0] if lead.matched and lead.source_ids else str(lead.start_us)
            text = by_id[where].text if where in by_id else lead.reason_zh
            earlier = false.get((where, lead.category))
            rules = tuple(sorted({lead.rule, *(earlier.rules if earlier else ())}))
            false[where, lead.category] = Case(script.id, lead.category, lead.start_us, text, rules)
    met: list[Case] = []
    missed: list[Case] = []
    for line in script.lines:
        for category in sorted(line.breach):
            rules = tuple(sorted(found.get((line.id, category), ())))
            (met if rules else missed).append(Case(script.id, category, line.start_us, line.text, rules))
    for category in sorted(script.absent):
        rules = tuple(sorted(duties.get(category, ())))
        (met if rules else missed).append(Case(script.id, category, 0, "", rules))
    return Tally(tuple(met), tuple(missed), tuple(false.values()))
