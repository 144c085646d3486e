"""What the rules read: the three witnesses of one recording on its own clock, as plain values. Whoever holds the case fills these in."""

from dataclasses import dataclass

from inspector_app.domain.timebase import Micros

SPEECH = "speech"
SCREEN = "screen"
CHAT = "chat"
WITNESSES = (SPEECH, SCREEN, CHAT)


@dataclass(frozen=True, slots=True)
class Utterance:
    """语句: `text` is what is read and quoted (corrected where a person corrected it), `raw` what the machine wrote; `speaker` is host,
    assistant, guest or nothing."""

    id: str
    start_us: Micros
    end_us: Micros
    text: str
    raw: str = ""
    flags: tuple[str, ...] = ()
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class ScreenText:
    """画面文字 and the time it was shown.

    `kind`: `chat` (a viewer's line in the picture), `struck_price`, `countdown` and others; `series` is [at_us, value] at every change of a
    countdown or counter.
    """

    id: str
    start_us: Micros
    end_us: Micros
    text: str
    kind: str = ""
    box: tuple[int, ...] = ()
    series: tuple[tuple[Micros, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One line of 互动信息."""

    id: str
    at_us: Micros
    user: str
    text: str


@dataclass(frozen=True, slots=True)
class Track:
    """What the reading of the screen measured of one thing over time.

    `kind`: price, countdown (series in seconds), stock, seller_info, ai_label; `name` is the text it was longest seen as, `spans` where it was
    shown, `series` [at_us, value] at every change, `fen` the price where it is one that is asked (not struck through), `unread` what of the
    recording was not read at all.
    """

    kind: str
    name: str
    spans: tuple[tuple[Micros, Micros], ...]
    series: tuple[tuple[Micros, int], ...] = ()
    fen: int | None = None
    unread: tuple[tuple[Micros, Micros], ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """One recording. `product_words` name what is sold where somebody entered it. Lists may be in any order."""

    duration_us: Micros
    speech: tuple[Utterance, ...] = ()
    screen: tuple[ScreenText, ...] = ()
    chat: tuple[ChatMessage, ...] = ()
    product_words: tuple[str, ...] = ()
    tracks: tuple[Track, ...] = ()

    def tracked(self, kind: str) -> tuple[Track, ...]:
        """The tracks of one kind."""
        return tuple(track for track in self.tracks if track.kind == kind)
