"""The rules a bureau may edit: loading, checking and holding them. A rule says where to look and under which articles; it never decides.

A folder holds `vocabulary*.yaml` (see `vocabulary`: word lists and grounds of exemption that rules share) and any number of other `*.yaml`
files with rules. Loading is strict: an unknown key, an unbounded pattern or a rule without examples is an error with file and line.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.leads.exemptions import Exemption
from inspector_app.leads.material import WITNESSES
from inspector_app.leads.patterns import Frame
from inspector_app.leads.reading import Value, read
from inspector_app.leads.text import normalise
from inspector_app.leads.vocabulary import Product, Shared, exemption_of, frames_of, is_shared, patterns_of, together
from inspector_app.speech.sounds import syllables

KINDS = ("terms", "repeat", "presence", "countdown", "stock", "price", "across")
#: kinds whose words are looked for in the text of every witness
TEXT_KINDS = ("terms", "repeat")
SAME_LAST = "same_last"
NEVER_CHARGED = "never_charged"
#: what a rule of the kind `presence` may read besides the words: the same duty as the reading of the screen measured it
TRACKS = ("seller_info", "ai_label")
#: what a rule of a kind may check
CHECKS = {"price": ("compared_without_basis", "spoken_below_shown"), "across": (SAME_LAST, NEVER_CHARGED)}
#: what a reason may name: the words met, how often, over how many seconds, and the two prices of a price rule
PLACEHOLDERS = ("matched", "times", "seconds", "spoken", "shown")
_ID = re.compile(r"[A-F]\d{2}-[a-z0-9]+(?:-[a-z0-9]+)*")

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word to look for: as written, in normal form, and its syllables where it is also listened for (empty: only as written)."""

    written: str
    normal: str
    sound: tuple[str, ...] = ()
    near: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Which fields count depends on `kind`:

    `terms`: `terms`, `patterns` and `frames` in the text of the witnesses; `requires` must be found near by or among the product words.
    `only_when`: and only where one of these was said or shown anywhere in the recording.
    `products`: the goods named before must be of one of these kinds, `other_products`: of none of these.
    `repeat`: the same, but only said `times` within `window_us` (`users`: by that many different senders of one same message).
    `presence`: a screen text that fits `patterns`, or what the `track` of that name measured, must be there; every absence longer than `gap_us`
    is a lead, once `only_when` was met.
    (`any_words`: by as many senders of messages that fit, alike or not; `at_least`: only messages of so many characters.)
    `stock`: a counter that fits `patterns` (its last number) comes back up to `window_us` later and has not fallen.
    `countdown`: a countdown that fits `patterns` shows more time than up to `window_us` before.
    `price`: `compared_without_basis` (a screen text fits `patterns`, none shown with it fits `basis`) or `spoken_below_shown` (group 1 of
    `patterns` in speech is a lower price than group 1 of `basis` on the screen at that time).
    `across`: only a second broadcast of the room shows it: `same_last` (the same number of last pieces in both), `never_charged` (the same
    original price in both, and no price as high was ever asked in either).
    """

    id: str
    category: str
    title_zh: str
    title_en: str
    articles: tuple[ArticleCode, ...]
    witnesses: tuple[str, ...]
    severity: int
    kind: str
    reason_zh: str
    reason_en: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    doubtful: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    patterns: Patterns = ()
    frames: tuple[Frame, ...] = ()
    products: frozenset[str] = frozenset()
    other_products: frozenset[str] = frozenset()
    element: str = ""
    not_heard_as: frozenset[str] = frozenset()
    requires: Patterns = ()
    exemptions: tuple[Exemption, ...] = ()
    as_written: bool = False
    check: str = ""
    times: int = 0
    any_words: bool = False
    at_least: int = 0
    users: int = 0
    window_us: Micros = 0
    gap_us: Micros = 0
    only_when: Patterns = ()
    basis: Patterns = ()
    track: str = ""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Every rule in the order of its id, and the SHA-256 of the files they came from (names and bytes)."""

    rules: tuple[Rule, ...]
    sha256: str
    products: tuple[Product, ...] = ()


def load_rules(folder: Path, *own: Path, refused: list[BadInput] | None = None) -> RuleSet:
    """The rules of a folder and of a bureau's own files, which share its vocabulary.

    Raises BadInput `leads.bad_rules` (file, line, problem, value) or `leads.no_rules` (folder). With `refused`, an error in one of the
    bureau's own files is put there instead, that file is left out whole, and the others stand.
    """
    files = [*sorted(folder.glob("*.yaml")), *sorted(own)]
    digest = hashlib.sha256()
    vocabulary: list[Value] = []
    shared = Shared()
    rules: dict[str, Rule] = {}
    for path in sorted(files, key=lambda file: not is_shared(file)):
        try:
            value, data = read(path)
            if is_shared(path):
                shared = together([*vocabulary, value])
                vocabulary.append(value)
            else:
                rules |= _rules(value, shared, rules)
        except BadInput as error:
            if refused is None or path not in own:
                raise
            refused.append(error)
            continue
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(data).digest())
    if not rules:
        raise BadInput("leads.no_rules", folder=str(folder))
    return RuleSet(tuple(rules[name] for name in sorted(rules)), digest.hexdigest(), tuple(shared.products.values()))


def _rules(value: Value, shared: Shared, known: Mapping[str, Rule]) -> dict[str, Rule]:
    """The rules of one file, none of which may be known already."""
    found: dict[str, Rule] = {}
    for item in value.fields("rules")["rules"].items():
        rule = _rule(item, shared)
        if rule.id in known or rule.id in found:
            raise item.refuse("repeated_rule", rule.id)
        found[rule.id] = rule
    return found


def _exemptions(value: Value, shared: Shared) -> tuple[Exemption, ...]:
    """Each is the id of a shared ground, or a ground of the rule's own."""
    out = []
    for item in value.items():
        if not isinstance(item.node.value, str):
            out.append(exemption_of(item, shared))
        elif item.text() in shared.exemptions:
            out.append(shared.exemptions[item.text()])
        else:
            raise item.refuse("unknown_exemption", item.text())
    return tuple(out)


def _terms(found: dict[str, Value]) -> tuple[Term, ...]:
    """Terms of two or more characters; each listed once."""
    heard = found["pinyin"].flag() if "pinyin" in found else False
    near = set(found["near_sound"].texts()) if "near_sound" in found else set()
    terms: dict[str, Term] = {}
    for key, listened in (("terms", heard), ("terms_as_written", False)):
        for item in found[key].items() if key in found else ():
            written = item.text()
            normal = normalise(written).text
            if len(normal) < 2:
                raise item.refuse("term_too_short", written)
            if normal in terms:
                raise item.refuse("repeated_term", written)
            # 十 sounds as it is written, not as the 10 it becomes
            spoken = "".join(character for character in written if character.isalnum())
            sound = tuple(syllables(spoken)) if listened and len(spoken) > 1 and not spoken.isascii() else ()
            if written in near and len(sound) < 3:
                raise item.refuse("too_short_for_near_sound", written)
            terms[normal] = Term(written, normal, sound, written in near)
    unknown = near - {term.written for term in terms.values()}
    if unknown:
        raise found["near_sound"].refuse("near_sound_is_no_term", min(unknown))
    return tuple(terms.values())


_REQUIRED = "id category title articles witnesses severity reason examples"
_OPTIONAL = "kind terms terms_as_written pinyin near_sound not_heard_as patterns frames products other_products element requires exemptions as_written check basis track times users any_words at_least window_s gap_s only_when"
#: keys that a kind needs, and those that only it may have
_NEEDS = {
    "terms": (),
    "repeat": ("times", "window_s"),
    "presence": ("patterns", "gap_s"),
    "countdown": ("patterns", "window_s"),
    "stock": ("patterns", "window_s"),
    "price": ("check", "patterns", "basis"),
    "across": ("check",),
}
_ONLY = {
    "times": ("repeat",),
    "users": ("repeat",),
    "any_words": ("repeat",),
    "at_least": ("repeat",),
    "window_s": ("repeat", "countdown", "stock"),
    "gap_s": ("presence",),
    "only_when": ("presence", "terms"),
    "check": ("price", "across"),
    "basis": ("price",),
    "track": ("presence",),
}


def _rule(item: Value, shared: Shared) -> Rule:
    found = item.fields(_REQUIRED, _OPTIONAL)
    name = found["id"].text()
    kind = found["kind"].one_of(KINDS) if "kind" in found else "terms"
    _check_keys(item, found, name, kind)

    def patterns(key: str) -> Patterns:
        return patterns_of(found[key], shared, name) if key in found else ()

    title_zh, title_en = found["title"].in_two_languages()
    reason_zh, reason_en = _reason(found["reason"])
    examples = found["examples"].fields("positive negative", "doubtful")
    return Rule(
        id=name,
        category=found["category"].text(),
        title_zh=title_zh,
        title_en=title_en,
        articles=tuple(article.parsed(ArticleCode.parse, "not_an_article") for article in found["articles"].items()),
        witnesses=tuple(witness.one_of(WITNESSES) for witness in found["witnesses"].items()),
        severity=found["severity"].whole(1, 3),
        kind=kind,
        reason_zh=reason_zh,
        reason_en=reason_en,
        positive=_examples(examples["positive"], name),
        negative=_examples(examples["negative"], name),
        doubtful=examples["doubtful"].texts() if "doubtful" in examples else (),
        terms=_terms(found),
        patterns=patterns("patterns"),
        frames=frames_of(found["frames"], shared, name) if "frames" in found else (),
        products=_kinds(found["products"], shared) if "products" in found else frozenset(),
        other_products=_kinds(found["other_products"], shared) if "other_products" in found else frozenset(),
        element=found["element"].text() if "element" in found else "",
        not_heard_as=frozenset(normalise(word).text for word in found["not_heard_as"].texts()) if "not_heard_as" in found else frozenset(),
        requires=patterns("requires"),
        exemptions=_exemptions(found["exemptions"], shared) if "exemptions" in found else (),
        as_written=found["as_written"].flag() if "as_written" in found else False,
        check=found["check"].one_of(CHECKS[kind]) if "check" in found else "",
        times=found["times"].whole(2, 100) if "times" in found else 0,
        any_words=found["any_words"].flag() if "any_words" in found else False,
        at_least=found["at_least"].whole(2, 60) if "at_least" in found else 0,
        users=found["users"].whole(2, 1_000) if "users" in found else 0,
        window_us=found["window_s"].whole(1, 86_400) * SECOND if "window_s" in found else 0,
        gap_us=found["gap_s"].whole(1, 3_600) * SECOND if "gap_s" in found else 0,
        only_when=patterns("only_when"),
        basis=patterns("basis"),
        track=found["track"].one_of(TRACKS) if "track" in found else "",
    )


def _kinds(value: Value, shared: Shared) -> frozenset[str]:
    """Kinds of goods that the vocabulary names."""
    return frozenset(item.one_of(tuple(shared.products)) for item in value.items())


def _check_keys(item: Value, found: dict[str, Value], name: str, kind: str) -> None:
    if not _ID.fullmatch(name) or found["category"].text() != name[:3]:
        raise found["id"].refuse("bad_rule_id", name)
    for key in _NEEDS[kind]:
        if key not in found:
            raise item.refuse("missing_key", key)
    for key, only in _ONLY.items():
        if key in found and kind not in only:
            raise found[key].refuse("key_of_another_kind", key)
    if kind in TEXT_KINDS and not ({"terms", "terms_as_written", "patterns", "frames"} & found.keys()):
        raise item.refuse("missing_key", "terms")


def _reason(value: Value) -> tuple[str, str]:
    """Sentences with placeholders of `PLACEHOLDERS` only."""
    sentences = value.in_two_languages()
    for sentence in sentences:
        try:
            names = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
        except ValueError as error:
            raise value.refuse("bad_placeholder", sentence) from error
        if names - set(PLACEHOLDERS):
            raise value.refuse("bad_placeholder", min(names - set(PLACEHOLDERS)))
    return sentences


def _examples(value: Value, name: str) -> tuple[str, ...]:
    """At least three, so that a rule's reach is shown from both sides."""
    listed = value.texts()
    if len(listed) < 3:
        raise value.refuse("too_few_examples", name)
    return listed
