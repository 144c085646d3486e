"""Checks over time, for what no single sentence shows: a claim said again and again, a duty to show something that was not met all
along, prices that contradict each other. They report what was seen; a recording whose screen was not read gives no lead about it.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice, pairwise

from rapidfuzz import fuzz

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.leads.claims import Claim, lead_of
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import CHAT, SCREEN, SPEECH, Material
from inspector_app.leads.passages import Passage
from inspector_app.leads.rules import Patterns, Rule
from inspector_app.leads.search import Hit

#: how far from a spoken price the screen still shows the price of the same thing
PRICE_WINDOW_US = 10 * SECOND
#: messages that begin with the same so many characters, or are this much alike (of 100), are one message; compared with this many earlier ones
ALIKE_LENGTH = 8
ALIKE_AT = 80
ALIKE_AMONG = 40
#: a stock counter seen again after this long should have fallen
STOCK_AGAIN_US = 60 * SECOND
#: and so should one that stood on the screen for this long in all
STOCK_STILL_US = 600 * SECOND
#: a countdown of a track that gains this many seconds or fewer was misread
RESTART_S = 3
_CLOCK = re.compile(r"\d{1,2}[:\d]{0,6}")


def repeated(rule: Rule, found: Sequence[Claim], material: Material) -> Iterator[Lead]:
    """A lead for every cluster of `times` claims within the rule's window; for chat, of one message by `users` different senders, alike but
    for numbers, or (`any_words`) of whatever messages fit the rule."""
    senders = {message.id: message.user for message in material.chat}
    groups: dict[str, list[Claim]] = defaultdict(list)
    for claim in sorted(found, key=lambda item: (item.times, item.sources)):
        text = claim.passage.normal.text
        if len(text) < rule.at_least:
            continue
        witness = claim.passage.witness
        groups[_alike(text, groups) if witness == CHAT and not rule.any_words else witness].append(claim)
    for group in groups.values():
        starts = [claim.times[0] for claim in group]
        first = 0
        while first < len(group):
            last = bisect_right(starts, starts[first] + rule.window_us)
            cluster = group[first:last]
            users = {senders.get(source, "") for claim in cluster for source in claim.sources} if rule.users else set()
            if len(cluster) >= rule.times and len(users) >= rule.users:
                first = last
                yield lead_of(rule, cluster[0], cluster)
            else:
                first += 1


def _alike(text: str, groups: dict[str, list[Claim]]) -> str:
    """The group that a message belongs to: the same words but for numbers, or one of the last few groups that differs in a character or two."""
    key = re.sub(r"\d{1,6}", "#", text)
    if key in groups or len(key) < ALIKE_LENGTH:
        return key
    for other in islice(reversed(groups), ALIKE_AMONG):
        if len(other) >= ALIKE_LENGTH and (key[:ALIKE_LENGTH] == other[:ALIKE_LENGTH] or fuzz.ratio(key, other, score_cutoff=ALIKE_AT)):
            return other
    return key


def absent(rule: Rule, read: Sequence[Passage], material: Material) -> Iterator[Lead]:
    """A lead for every stretch longer than the rule's gap in which no screen text fits it.

    Nothing when no screen text was read at all, or when `only_when` was given and never met.
    """
    if not material.screen:
        return
    reason = _first(rule.only_when, read)
    if rule.only_when and reason is None:
        return
    shown = [
        (passage.pieces[0].start_us, passage.pieces[0].end_us)
        for passage in read
        if passage.witness == SCREEN and any(pattern.search(passage.normal.text) for pattern in rule.patterns)
    ]
    for track in material.tracked(rule.track) if rule.track else ():
        shown += [*track.spans, *track.unread]  # what was not read is no absence
    for start_us, end_us in absences(sorted(shown), material.duration_us, rule.gap_us):
        facts = {"matched": "", "times": "1", "seconds": str((end_us - start_us) // SECOND), "spoken": "", "shown": ""}
        yield Lead(
            rule=rule.id,
            category=rule.category,
            articles=tuple(str(article) for article in rule.articles),
            witness=SCREEN,
            start_us=start_us,
            end_us=end_us,
            quote=reason.original if reason else "",
            matched=(),
            reason_zh=rule.reason_zh.format_map(facts),
            reason_en=rule.reason_en.format_map(facts),
            severity=rule.severity,
            possible_exemption=None,
            source_ids=tuple(piece.id for piece in reason.pieces) if reason else (),
        )


def absences(shown: Sequence[tuple[Micros, Micros]], duration_us: Micros, longer_than_us: Micros) -> Iterator[tuple[Micros, Micros]]:
    """The stretches of 0 … `duration_us` longer than `longer_than_us` that no interval of `shown` (sorted) covers."""
    covered = 0
    for start_us, end_us in (*shown, (duration_us, duration_us)):
        if start_us - covered > longer_than_us:
            yield covered, min(start_us, duration_us)
        covered = max(covered, end_us)


def restarted(rule: Rule, read: Sequence[Passage], material: Material) -> Iterator[Lead]:
    """A lead wherever a countdown on the screen shows more time than before: it was run out or set back. Where the reading of the screen told the
    countdowns apart (tracks), each is followed by itself."""
    for readings in _countdowns(rule, read, material):
        for (before_us, before, _), (at_us, left, passage) in pairwise(readings):
            if left > before + RESTART_S * bool(material.tracked("countdown")) and at_us - before_us <= rule.window_us:
                hit = _hit((_CLOCK,), passage) or _whole(passage)
                if hit is not None:
                    lead = lead_of(rule, _claim(passage, hit), shown=f"{before} s → {left} s")
                    yield replace(lead, start_us=before_us, end_us=at_us + SECOND)


def _countdowns(rule: Rule, read: Sequence[Passage], material: Material) -> list[list[tuple[Micros, int, Passage]]]:
    """The readings of every countdown in time: the moment, the seconds left, the text that showed them."""
    tracks = material.tracked("countdown")
    if tracks:
        followed = [[(at_us, left, _shown_at(read, at_us, track.name)) for at_us, left in track.series] for track in tracks]
        return [[(at_us, left, passage) for at_us, left, passage in readings if passage] for readings in followed]
    texts = {passage.pieces[0].id: passage for passage in read if passage.witness == SCREEN}
    readings: list[tuple[Micros, int, Passage]] = []
    for shown in material.screen:
        passage = texts.get(shown.id)
        if passage is None or not (shown.kind == "countdown" or _hit(rule.patterns, passage)):
            continue
        for at_us, value in shown.series or ((shown.start_us, shown.text),):
            left = _seconds(value)
            if left is not None:
                readings.append((at_us, left, passage))
    return [sorted(readings, key=lambda reading: (reading[0], reading[1]))]


def _shown_at(read: Sequence[Passage], at_us: Micros, name: str) -> Passage | None:
    """The screen text of a track at a moment: the one most like its name among those shown then."""
    then = [passage for passage in read if passage.witness == SCREEN and passage.pieces[0].start_us <= at_us <= passage.pieces[0].end_us]
    return max(then, key=lambda passage: fuzz.ratio(passage.original, name), default=None)


def still(rule: Rule, read: Sequence[Passage], material: Material) -> Iterator[Lead]:
    """A lead for every stock counter that was on the screen for `STOCK_STILL_US` in all and never fell."""
    for track in material.tracked("stock"):
        values = [value for _, value in track.series]
        shown_us = sum(end_us - start_us for start_us, end_us in track.spans)
        fell = any(later < earlier for earlier, later in pairwise(values))
        passage = _shown_at(read, track.spans[0][0], track.name) if track.spans else None
        hit = _whole(passage) if passage else None
        if not values or fell or shown_us < STOCK_STILL_US or passage is None or hit is None:
            continue
        lead = lead_of(rule, _claim(passage, hit), shown=f"{values[0]} → {values[-1]}")
        yield replace(lead, end_us=track.spans[-1][1])


def unmoved(rule: Rule, read: Sequence[Passage], material: Material) -> Iterator[Lead]:
    """A lead wherever a stock counter that was gone comes back within the rule's window without having fallen."""
    texts = {passage.pieces[0].id: passage for passage in read if passage.witness == SCREEN}
    last: dict[str, tuple[Micros, int]] = {}
    for shown in sorted(material.screen, key=lambda item: (item.start_us, item.end_us, item.id)):
        passage = texts.get(shown.id)
        hit = _hit(rule.patterns, passage) if passage else None
        if passage is None or hit is None:
            continue
        words = passage.normal.text[hit.start : hit.end]
        number = int(re.findall(r"\d{1,7}", words)[-1])
        name = re.sub(r"\d{1,7}", "#", words)
        ended_us, earlier = last.get(name, (0, -1))
        again = earlier >= 0 and number >= earlier and shown.start_us - ended_us >= STOCK_AGAIN_US
        if again and shown.start_us - ended_us <= rule.window_us:
            lead = lead_of(rule, _claim(passage, hit), shown=f"{earlier} → {number}")
            yield replace(lead, start_us=ended_us)
        last[name] = (shown.end_us, number)


def _seconds(value: str) -> int | None:
    """The time left on a countdown such as `00:30`, `1:02:03`, `30`; None where there is none."""
    numbers = [int(number) for number in re.findall(r"\d{1,3}", value)][-3:]
    seconds = 0
    for number in numbers:
        seconds = seconds * 60 + number
    return seconds if numbers else None


def prices(rule: Rule, read: Sequence[Passage], material: Material) -> Iterator[tuple[str, Lead]]:
    """Leads of a price rule, each with its group for merging."""
    screen = [passage for passage in read if passage.witness == SCREEN]
    if rule.check == "compared_without_basis":
        for passage in screen:
            hit = _whole(passage) if passage.kind == "struck_price" else _hit(rule.patterns, passage)
            if hit is not None and not any(
                _hit(rule.basis, other) for other in _with(screen, passage.pieces[0].start_us, passage.pieces[-1].end_us)
            ):
                yield passage.normal.text, lead_of(rule, _claim(passage, hit))
        return
    for passage in read:
        if passage.witness == SPEECH:
            yield from _below_shown(rule, passage, screen, material)


def _below_shown(rule: Rule, passage: Passage, screen: Sequence[Passage], material: Material) -> Iterator[tuple[str, Lead]]:
    for pattern in rule.patterns:
        for match in pattern.finditer(passage.normal.text):
            claim = _claim(passage, Hit(match.start(), match.end()))
            start_us, end_us = claim.times
            window = start_us - PRICE_WINDOW_US, end_us + PRICE_WINDOW_US
            shown = [*_amounts(rule.basis, _with(screen, *window)), *_asked(material, *window)]
            spoken = Decimal(match.group(1))
            if shown and spoken < min(shown):
                yield f"{start_us}", lead_of(rule, claim, spoken=str(spoken), shown=str(min(shown)))


def _amounts(patterns: Patterns, shown: Sequence[Passage]) -> list[Decimal]:
    return [Decimal(match.group(1)) for passage in shown for pattern in patterns for match in pattern.finditer(passage.normal.text)]


def _asked(material: Material, start_us: Micros, end_us: Micros) -> list[Decimal]:
    """The prices asked, in yuan, that the reading of the screen found on its cards at a time."""
    return [
        Decimal(track.fen) / 100
        for track in material.tracked("price")
        if track.fen and any(first_us <= end_us and start_us <= last_us for first_us, last_us in track.spans)
    ]


def _with(screen: Sequence[Passage], start_us: Micros, end_us: Micros) -> list[Passage]:
    return [passage for passage in screen if passage.pieces[0].start_us <= end_us and start_us <= passage.pieces[0].end_us]


def _claim(passage: Passage, hit: Hit) -> Claim:
    left, right = passage.original_span(*passage.sentence(hit.start, hit.end))
    return Claim(passage, left, right, (hit,))


def _hit(patterns: Patterns, passage: Passage) -> Hit | None:
    for pattern in patterns:
        match = pattern.search(passage.normal.text)
        if match and match.end() > match.start():
            return Hit(match.start(), match.end())
    return None


def _whole(passage: Passage) -> Hit | None:
    """The whole text of a struck-through price, which says by its form what 原价 says in words; None without a number."""
    text = passage.normal.text
    return Hit(0, len(text)) if any(character.isdigit() for character in text) else None


def _first(patterns: Patterns, read: Sequence[Passage]) -> Passage | None:
    return next((passage for passage in read if _hit(patterns, passage)), None)
