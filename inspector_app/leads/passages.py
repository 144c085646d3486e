"""Joins what was said into passages, so that a claim cut in two by the recogniser is still one claim, and cuts passages into sentences.
Screen texts and chat messages are passages of their own. Nothing is added to the words: a quotation is always a slice of the material.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.leads.material import CHAT, SCREEN, SPEECH, Material, Utterance
from inspector_app.leads.text import STRONG, WEAK, Normal, normalise

#: a silence that ends a passage (speech.md 3.4: segment times of the recogniser are off by up to about half a second)
PASSAGE_GAP_US = SECOND
#: a silence that ends a clause
CLAUSE_GAP_US = SECOND // 5
#: a segment's end ends a sentence too, unless the sentence is still shorter than this, in characters
SENTENCE_LENGTH = 8
PASSAGE_LENGTH = 2_000
#: how much of the neighbouring passages counts as context, in characters
CONTEXT = 60
#: neighbours further away than this are another subject
CONTEXT_GAP_US = 6 * SECOND


@dataclass(frozen=True, slots=True)
class Piece:
    """One source of a passage: its id, times, flags, and the part of the passage's original text that is its own."""

    id: str
    start_us: Micros
    end_us: Micros
    start: int
    end: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Text that is read as one. `starts` are the offsets in normal text where sentences begin; `head` and `tail` are normal text of the
    neighbours; `kind` is a screen text's kind."""

    witness: str
    original: str
    normal: Normal
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]
    kind: str = ""
    head: str = field(default="", compare=False)
    tail: str = field(default="", compare=False)

    @property
    def voice(self) -> str:
        """Whose words these are, as a rule's `witnesses` mean it: a viewer's line read from the picture is chat."""
        return CHAT if self.kind == "chat" else self.witness

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The span in normal text of the sentence, or sentences, that hold `start:end`."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1)
        return self.starts[first], self.starts[last] if last < len(self.starts) else len(self.normal.text)

    def sentences(self) -> Iterator[tuple[int, int]]:
        """The spans in normal text of every sentence, in order."""
        yield from pairwise((*self.starts, len(self.normal.text)))

    def around(self, start: int, end: int) -> str:
        """Normal text from `CONTEXT` characters before `start` to as many after `end`, with what neighbouring passages add."""
        text = self.normal.text
        head = self.head if start < CONTEXT else ""
        tail = self.tail if len(text) - end < CONTEXT else ""
        return head + STRONG + text[max(0, start - CONTEXT) : end + CONTEXT] + STRONG + tail

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original for a sentence's span in normal text, with its brackets and marks, without blanks around it."""
        origin = self.normal.origin
        left = origin[start - 1][1] if start else 0
        right = origin[end][0] if end < len(origin) else len(self.original)
        while left < right and self.original[left].isspace():
            left += 1
        while right > left and self.original[right - 1].isspace():
            right -= 1
        return left, right

    def sources(self, left: int, right: int) -> list[Piece]:
        """The pieces that the original's span `left:right` touches."""
        if len(self.pieces) == 1:
            return [*self.pieces]
        return [piece for piece in self.pieces if piece.start < right and left < piece.end]

    def times(self, left: int, right: int) -> tuple[Micros, Micros]:
        """When the original's span `left:right` was said: within one segment the time is shared out evenly over its characters."""
        pieces = self.sources(left, right)
        first, last = pieces[0], pieces[-1]
        return _within(first, max(left, first.start)), _within(last, min(right, last.end))


def _within(piece: Piece, offset: int) -> Micros:
    return piece.start_us + (piece.end_us - piece.start_us) * (offset - piece.start) // (piece.end - piece.start)


def passages(material: Material) -> list[Passage]:
    """Every passage of a recording: speech in time order, then screen texts, then chat. Empty texts are left out."""
    return [*_spoken(material.speech), *_shown(material), *_typed(material)]


def _spoken(speech: Sequence[Utterance]) -> list[Passage]:
    runs: list[list[Utterance]] = []
    length = 0
    for utterance in sorted(speech, key=lambda item: (item.start_us, item.end_us, item.id)):
        if not utterance.text.strip():
            continue
        if runs and utterance.start_us - runs[-1][-1].end_us < PASSAGE_GAP_US and length < PASSAGE_LENGTH:
            runs[-1].append(utterance)
            length += len(utterance.text)
        else:
            runs.append([utterance])
            length = len(utterance.text)
    return _with_neighbours([_joined(run) for run in runs])


def _joined(run: Sequence[Utterance]) -> Passage:
    """One passage of the utterances of one run of speech."""
    original = ""
    text = ""
    origin: list[tuple[int, int]] = []
    pieces: list[Piece] = []
    starts = [0]
    for index, utterance in enumerate(run):
        begin = len(original)
        if index:
            gap = utterance.start_us - run[index - 1].end_us
            if gap >= CLAUSE_GAP_US and text[-1:] not in (STRONG, WEAK, ""):
                text += WEAK
                origin.append((begin, begin))
            if text[-1:] != STRONG and (gap >= CLAUSE_GAP_US or len(text) - starts[-1] >= SENTENCE_LENGTH):
                starts.append(len(text))
        normal = normalise(utterance.text)
        offset = len(text)
        starts += [offset + at + 1 for at, character in enumerate(normal.text) if character == STRONG]
        original += utterance.text
        text += normal.text
        origin += [(begin + left, begin + right) for left, right in normal.origin]
        pieces.append(Piece(utterance.id, utterance.start_us, utterance.end_us, begin, len(original), utterance.flags))
    return Passage(SPEECH, original, Normal(text, tuple(origin)), tuple(pieces), tuple(sorted(set(starts))))


def _with_neighbours(spoken: list[Passage]) -> list[Passage]:
    out = []
    for index, passage in enumerate(spoken):
        before = spoken[index - 1] if index else None
        after = spoken[index + 1] if index + 1 < len(spoken) else None
        head = before.normal.text[-CONTEXT:] if before and passage.pieces[0].start_us - before.pieces[-1].end_us < CONTEXT_GAP_US else ""
        tail = after.normal.text[:CONTEXT] if after and after.pieces[0].start_us - passage.pieces[-1].end_us < CONTEXT_GAP_US else ""
        out.append(Passage(passage.witness, passage.original, passage.normal, passage.pieces, passage.starts, head=head, tail=tail))
    return out


def _single(witness: str, identity: str, start_us: Micros, end_us: Micros, text: str, kind: str = "") -> Passage:
    normal = normalise(text)
    starts = sorted({0, *(at + 1 for at, character in enumerate(normal.text) if character == STRONG)})
    return Passage(witness, text, normal, (Piece(identity, start_us, end_us, 0, len(text)),), tuple(starts), kind)


def _shown(material: Material) -> Iterable[Passage]:
    for shown in sorted(material.screen, key=lambda item: (item.start_us, item.end_us, item.id)):
        if shown.text.strip():
            yield _single(SCREEN, shown.id, shown.start_us, shown.end_us, shown.text, shown.kind)


def _typed(material: Material) -> Iterable[Passage]:
    for message in sorted(material.chat, key=lambda item: (item.at_us, item.id)):
        if message.text.strip():
            yield _single(CHAT, message.id, message.at_us, message.at_us, message.text)
