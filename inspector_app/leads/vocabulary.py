"""The words, frames, kinds of goods and grounds of exemption that lead rules share, from every file named `vocabulary*.yaml`.

A class of words that several files name holds the words of all of them: a bureau adds a file of its own with the few words it misses, and every
rule that uses the class knows them. It holds words; it judges nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from inspector_app.leads.exemptions import BUILT_IN, SCOPES, Exemption
from inspector_app.leads.patterns import Frame, PatternRefused, compile_frame, compile_pattern
from inspector_app.leads.reading import Value
from inspector_app.leads.text import normalise

#: the file that the shipped folder always has; the others are named after it
SHARED = "vocabulary.yaml"


@dataclass(frozen=True, slots=True)
class Product:
    """A kind of goods (food, drug, cosmetics …) and the words that name it in passing."""

    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What the vocabulary gives every rule: classes of words, grounds of exemption, frames and kinds of goods, each by its name."""

    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    exemptions: dict[str, Exemption] = field(default_factory=dict)
    frames: dict[str, tuple[Frame, ...]] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)


def is_shared(path: Path) -> bool:
    """Whether a file holds vocabulary and no rules."""
    return path.name.startswith("vocabulary")


def together(files: Sequence[Value]) -> Shared:
    """What several files say together: every frame and ground knows the words of all of them, whichever file it stands in."""
    known = Shared()
    read = [value.fields("", "words exemptions frames products") for value in files]
    for found in read:
        for name, listed in found["words"].entries() if "words" in found else ():
            known.words[name] = tuple(dict.fromkeys((*known.words.get(name, ()), *listed.texts())))
        for name, listed in found["products"].entries() if "products" in found else ():
            earlier = known.products[name].words if name in known.products else ()
            words = (*earlier, *(normalise(word).text for word in listed.texts()))
            known.products[name] = Product(name, tuple(dict.fromkeys(words)))
    for found in read:
        for name, listed in found["frames"].entries() if "frames" in found else ():
            known.frames[name] = (*known.frames.get(name, ()), *frames_of(listed, known, name))
        for item in found["exemptions"].items() if "exemptions" in found else ():
            exemption = exemption_of(item, known)
            known.exemptions[exemption.id] = exemption
    return known


def frames_of(value: Value, shared: Shared, rule: str) -> tuple[Frame, ...]:
    """Each a frame of its own, or `=name`: all those shared under that name."""
    out: list[Frame] = []
    for item in value.items():
        source = item.text()
        if source.startswith("=") and source[1:] not in shared.frames:
            raise item.refuse("unknown_frames", source)
        try:
            out += shared.frames[source[1:]] if source.startswith("=") else [compile_frame(source, shared.words)]
        except PatternRefused as error:
            raise item.refuse(error.problem, f"{rule}: {error.value}") from error
    return tuple(out)


def patterns_of(value: Value, shared: Shared, rule: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of a list, compiled."""
    out = []
    for item in value.items():
        try:
            out.append(compile_pattern(item.text(), shared.words))
        except PatternRefused as error:
            raise item.refuse(error.problem, f"{rule}: {error.value}") from error
    return tuple(out)


def exemption_of(item: Value, shared: Shared) -> Exemption:
    """A ground of exemption: built in, or patterns with the scope they are looked for in."""
    found = item.fields("id ground", "built_in patterns scope certain")
    name = found["id"].text()
    zh, en = found["ground"].in_two_languages()
    if ("built_in" in found) == ("patterns" in found):
        raise item.refuse("built_in_or_patterns", name)
    if "built_in" in found:
        return Exemption(name, zh, en, built_in=found["built_in"].one_of(tuple(BUILT_IN)))
    return Exemption(
        name,
        zh,
        en,
        patterns=patterns_of(found["patterns"], shared, name),
        scope=found["scope"].one_of(SCOPES) if "scope" in found else "match",
        certain=found["certain"].flag() if "certain" in found else True,
    )
