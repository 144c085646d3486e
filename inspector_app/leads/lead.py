"""A lead 线索: a place a person should look at and why. It is a hint; nothing here says that anybody broke a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector_app.domain.timebase import Micros


@dataclass(frozen=True, slots=True)
class Matched:
    """What the rule met: `text` is exactly `quote[start:end]`; `heard_as` is the term it sounds like when it is not written so."""

    text: str
    start: int
    end: int
    heard_as: str | None = None


@dataclass(frozen=True, slots=True)
class PossibleExemption:
    """A ground that may take the words out of the rule (否定、引用、自我比较 …); a person weighs it."""

    id: str
    ground_zh: str
    ground_en: str


@dataclass(frozen=True, slots=True)
class Lead:
    """One rule's hint at one place.

    `quote` is the sentence as it stands in the material; `matched` is empty only for a thing that was *not* there (a continuous duty);
    the first of `matched` is the main one. `severity` 1 … 3. `source_ids` name the segments, screen texts or messages it rests on.
    `doubts` are the flags of those segments. `times` counts how often a repeated claim was met. `product` is the name last used for the goods,
    `product_kind` their kind; `besides` are rules of other categories that point at the same words with less; `element` is the element of
    the duty that the lead would support; `facts` are what a check saw besides (`spoken`, `shown`, `seconds`).
    """

    rule: str
    category: str
    articles: tuple[str, ...]
    witness: str
    start_us: Micros
    end_us: Micros
    quote: str
    matched: tuple[Matched, ...]
    reason_zh: str
    reason_en: str
    severity: int
    possible_exemption: PossibleExemption | None
    source_ids: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    times: int = 1
    product: str = ""
    product_kind: str = ""
    besides: tuple[str, ...] = ()
    element: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def heard_as(self) -> str | None:
        """The term that the main words sound like, None where they are written as the rule has them."""
        return self.matched[0].heard_as if self.matched else None
