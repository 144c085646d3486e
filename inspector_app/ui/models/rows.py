"""The lines of a transcript in the order of time, made when they are asked for: a long broadcast has tens of thousands, and a screen shows forty.

What every line is needed for (when it begins, how long its words are) stands in arrays. Nothing here is changed once it is made.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inspector_app.domain.records import ScreenText, Segment

#: flags of text that the machine most likely invented
INVENTED = frozenset({"repetition_loop", "filler_credits", "no_speech_under", "prompt_like"})


class Message(NamedTuple):
    """What a line of chat shows of a message."""

    id: str
    at_us: int
    user: str
    text: str


class Chat:
    """The messages of a recording in the order of time, with their moments (µs) and lengths (characters) as arrays."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self.messages = list(messages)
        self.at_us: NDArray[np.int64] = np.array([row.at_us for row in self.messages], dtype=np.int64)
        self.lengths: NDArray[np.int64] = np.array([len(row.text) for row in self.messages], dtype=np.int64)

    def within(self, from_us: int, to_us: int) -> list[Message]:
        """The messages from one moment to another, both taken in."""
        return self.messages[np.searchsorted(self.at_us, from_us) : np.searchsorted(self.at_us, to_us, side="right")]


class Row(NamedTuple):
    """One line. `doubtful` text is dimmed and never quoted until a person confirms it; `struck` is what the machine most likely invented.

    `who` is a speaker's label for speech, the sender for chat.
    """

    kind: str
    id: str
    start_us: int
    end_us: int
    who: str
    words: str
    doubtful: bool = False
    corrected: bool = False
    struck: bool = False


class Rows:
    """Sentences, screen texts and messages interleaved by their starts; lines that start together keep this order."""

    def __init__(self, speech: Sequence[Segment] = (), screen: Sequence[ScreenText] = (), chat: Chat | None = None) -> None:
        chat = chat or Chat()
        self._speech, self._screen, self._chat = speech, screen, chat.messages
        starts = np.array([*(row.start_us for row in speech), *(row.start_us for row in screen)], dtype=np.int64)
        lengths = np.array([*(len(row.words) for row in speech), *(len(row.text) for row in screen)], dtype=np.int64)
        begun = np.concatenate((starts, chat.at_us))
        self._order = np.argsort(begun, kind="stable")
        #: when each line begins (µs), and of how many characters its words are
        self.starts: NDArray[np.int64] = begun[self._order]
        self.lengths: NDArray[np.int64] = np.concatenate((lengths, chat.lengths))[self._order]
        self._places = np.empty_like(self._order)
        self._places[self._order] = np.arange(len(self._order))
        self._known = {row.id: number for number, row in enumerate((*speech, *screen))}
        self._messages: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Row]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> Row:
        number = int(self._order[place])
        if number < len(self._speech):
            return _spoken(self._speech[number])
        number -= len(self._speech)
        if number < len(self._screen):
            text = self._screen[number]
            return Row("chat" if text.kind == "chat" else "screen", text.id, text.start_us, text.end_us, "", text.text)
        said = self._chat[number - len(self._screen)]
        return Row("chat", said.id, said.at_us, said.at_us, said.user, said.text)

    def is_speech(self, place: int) -> bool:
        return bool(self._order[place] < len(self._speech))

    def place_of(self, row_id: str) -> int:
        """Where the line of a sentence, screen text or message stands; -1 where it is not listed. Messages are looked through at the first need."""
        number = self._known.get(row_id)
        if number is None:
            if self._messages is None:
                first = len(self._known)
                self._messages = {row.id: first + number for number, row in enumerate(self._chat)}
            number = self._messages.get(row_id)
        return -1 if number is None else int(self._places[number])

    def begun_by(self, at_us: int) -> int:
        """How many lines begin at or before a moment."""
        return int(np.searchsorted(self.starts, at_us, side="right"))


def _spoken(row: Segment) -> Row:
    doubt = bool(row.flags) and row.corrected is None and not row.confirmed_by
    struck = doubt and bool(INVENTED & set(row.flags))
    return Row("speech", row.id, row.start_us, row.end_us, row.speaker, row.words, doubt, row.corrected is not None, struck)
