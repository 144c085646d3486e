"""The pattern language of lead rules: regular expressions over normal text with a few shorthands, held to a size that cannot run away.

Rules come from files that a bureau edits. Every repetition is bounded, none is nested in another, and the number of ways a pattern can
try one place is limited when the file is read, so no text can make a rule hang. The check is arithmetic, not a clock: the same file is
accepted or refused on every machine.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from inspector_app.leads.text import normalise

MAX_LENGTH = 1_000
MAX_REPEAT = 60
MAX_WAYS = 500_000

_NUMBER = r"(?:\d{1,7}(?:\.\d{1,2})?|[一二两三四五六七八九十百千万几数多半]{1,4})"
_NAME = re.compile(r"<([a-z][a-z0-9_]{1,30})>")
_GAP = re.compile(r"~(\d{1,2})")
_TOKEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[\u4e00-\u9fff]{2,}|.", re.DOTALL)
_QUANTIFIER = re.compile(r"\{(\d{0,3})(,?)(\d{0,3})\}|[*+?]")
_GROUP_OPEN = re.compile(r"\((?:\?(?::|=|!|<=|<!))?")
_PLAIN_GROUP = re.compile(r"\(\?:([^()\[\]\\?{}.*+^$]{1,8000})\)")


class PatternRefused(Exception):
    """A pattern that cannot be taken; `problem` is a word for messages, `value` the part that caused it."""

    def __init__(self, problem: str, value: str) -> None:
        super().__init__(f"{problem}: {value}")
        self.problem = problem
        self.value = value


def expand(source: str, vocabulary: Mapping[str, tuple[str, ...]]) -> str:
    """A rule's pattern as a regular expression over normal text.

    `<name>` is any word of that vocabulary, `<num>` a number, `~6` up to six characters of the same clause none of which denies (不, 没),
    `.` any character of the same sentence. Words are brought to normal form, so 第一 and 第1 are the same pattern. Raises PatternRefused.
    """

    def words(match: re.Match[str]) -> str:
        name = match.group(1)
        if name == "num":
            return _NUMBER
        if name not in vocabulary:
            raise PatternRefused("unknown_vocabulary", name)
        parts = sorted({normalise(word).text for word in vocabulary[name]}, key=lambda word: (-len(word), word))
        return "(?:" + "|".join(map(re.escape, parts)) + ")"

    tokens = (normalise(token).text if len(token) > 1 and token[0] not in "\\[" else token for token in _TOKEN.findall(source))
    return _GAP.sub(lambda match: rf"[^，\n不没]{{0,{match.group(1)}}}", _NAME.sub(words, "".join(tokens)))


def compile_pattern(source: str, vocabulary: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """The compiled form of a rule's pattern; raises PatternRefused for a pattern that is too long, unbounded, nested or malformed."""
    if len(source) > MAX_LENGTH:
        raise PatternRefused("pattern_too_long", source[:40])
    expanded = expand(source, vocabulary)
    check_size(expanded, source)
    try:
        return re.compile(expanded)
    except re.error as error:
        raise PatternRefused("not_a_pattern", f"{source[:60]} ({error})") from error


@dataclass(frozen=True)
class Frame:
    """Things that make a claim together, in any order: each of `every` in one sentence, each of `near` in it or beside it, none of `none`
    in it."""

    every: tuple[re.Pattern[str], ...]
    near: tuple[re.Pattern[str], ...] = ()
    none: tuple[re.Pattern[str], ...] = ()

    def span(self, sentence: str) -> tuple[int, int] | None:
        """From the first of the words to the last, in a sentence that the frame fits by itself; None where it does not."""
        left, right = len(sentence), 0
        for part in self.every:
            found = part.search(sentence)
            if found is None:
                return None
            left, right = min(left, found.start()), max(right, found.end())
        if right <= left or any(part.search(sentence) for part in self.none):
            return None
        return left, right

    def fits_around(self, around: str) -> bool:
        """Whether what stands around the sentence holds all that it asks for there."""
        return all(part.search(around) for part in self.near)


def compile_frame(source: str, vocabulary: Mapping[str, tuple[str, ...]]) -> Frame:
    """A frame such as `<effect> & <body> & !<careful> & @<product>`; raises PatternRefused as `compile_pattern` does."""
    every: list[re.Pattern[str]] = []
    near: list[re.Pattern[str]] = []
    none: list[re.Pattern[str]] = []
    for part in source.split(" & "):
        words = part.strip()
        kind = {"!": none, "@": near}.get(words[:1], every)
        kind.append(compile_pattern(words if kind is every else words[1:], vocabulary))
    if not every:
        raise PatternRefused("frame_without_words", source[:60])
    return Frame(tuple(every), tuple(near), tuple(none))


def anchors(expression: str) -> frozenset[str]:
    """Strings one of which any text that the expression fits must hold; empty where no such set can be told."""
    return _needed(expression, 0)[0]


def worth(found: frozenset[str]) -> tuple[int, int]:
    """How well a set of anchors sorts texts out. The smaller, the fewer texts hold one of them: two characters are rarer than one, few rarer than many."""
    return (0 if min(map(len, found)) > 1 else 1), len(found)


def _needed(expression: str, at: int) -> tuple[frozenset[str], int]:
    """What one of the alternatives from `at` to the end of their group needs, and where that is."""
    union: set[str] = set()
    certain = True
    while True:
        found, at = _needed_by_sequence(expression, at)
        certain = certain and bool(found)
        union |= found
        if at >= len(expression) or expression[at] == ")":
            return (frozenset(union) if certain else frozenset()), at
        at += 1


def _needed_by_sequence(expression: str, at: int) -> tuple[frozenset[str], int]:
    options: list[frozenset[str]] = []
    run = ""
    while at < len(expression) and expression[at] not in ")|":
        plain = _PLAIN_GROUP.match(expression, at)
        token = _TOKEN.match(expression, at)
        atom: frozenset[str] = frozenset()
        if plain:
            atom, at = (frozenset(plain.group(1).split("|")) if "||" not in plain.group(1) else atom), plain.end()
        elif expression[at] == "(":
            opened = _GROUP_OPEN.match(expression, at)
            assert opened is not None
            atom, at = _needed(expression, opened.end())
            at += 1
            if opened.group() not in ("(", "(?:"):
                continue  # what stands beside is no part of the match
        elif token and token.group()[0] in "\\[":
            at = token.end()
        else:
            atom, at = frozenset({expression[at]} if expression[at].isalnum() else ()), at + 1
        quantifier = _QUANTIFIER.match(expression, at)
        once = not quantifier
        if quantifier:
            at = quantifier.end()
            if quantifier.group() in "*?" or quantifier.group(1) in ("", "0"):
                atom = frozenset()
        if once and len(atom) == 1 and len(next(iter(atom))) == 1:
            run += next(iter(atom))
            continue
        options += [frozenset({run})] if run else []
        options += [atom] if atom and "" not in atom else []
        run = ""
    options += [frozenset({run})] if run else []
    return min(options, key=worth, default=frozenset()), at


def check_size(expression: str, source: str) -> None:
    """Raises PatternRefused when a repetition is unbounded or nested, or the expression can try one place in over `MAX_WAYS` ways."""
    ways, end = _alternatives(expression, 0, source)
    if end != len(expression):
        raise PatternRefused("not_a_pattern", source[:60])
    if ways > MAX_WAYS:
        raise PatternRefused("pattern_too_costly", source[:60])


def _alternatives(expression: str, at: int, source: str) -> tuple[int, int]:
    """Ways of the alternatives from `at` to the end of their group, and where that is. Fixed words beside each other cost one way."""
    total, ways = 0, 1
    while at < len(expression) and expression[at] != ")":
        if expression[at] == "|":
            total = max(total, ways)
            ways, at = 1, at + 1
            continue
        atom, at = _atom(expression, at, source)
        atom, at = _repeated(expression, at, atom, source)
        ways = min(ways * atom, MAX_WAYS + 1)
    return max(total, ways), at


def _atom(expression: str, at: int, source: str) -> tuple[int, int]:
    if expression[at] != "(":
        token = _TOKEN.match(expression, at)
        width = len(token.group()) if token and token.group()[0] in "\\[" else 1
        return 1, at + width
    opened = _GROUP_OPEN.match(expression, at)
    assert opened is not None
    ways, at = _alternatives(expression, opened.end(), source)
    if at >= len(expression):
        raise PatternRefused("not_a_pattern", source[:60])
    return ways, at + 1


def _repeated(expression: str, at: int, ways: int, source: str) -> tuple[int, int]:
    match = _QUANTIFIER.match(expression, at)
    if match is None:
        return ways, at
    if match.group() == "?":
        return ways + 1, match.end()
    least, comma, most = match.groups()
    if match.group() in ("*", "+") or (comma and not most):
        raise PatternRefused("pattern_unbounded", source[:60])
    high = int(most or least)
    low = int(least or 0)
    if high > MAX_REPEAT:
        raise PatternRefused("pattern_unbounded", source[:60])
    if ways > 1 and high > 1:
        raise PatternRefused("pattern_nested", source[:60])
    return ways * (high - low + 1), match.end()
