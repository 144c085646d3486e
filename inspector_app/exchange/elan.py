"""A transcript as an ELAN document (EAF 3.0): one tier per speaker with the words as shown, one with what the machine heard where it differs.

Times are milliseconds of the recording's clock. The media file is named, not embedded; ELAN asks for it when the document is opened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from inspector_app.domain.files import write_text

from .provenance import Provenance

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_TYPE = "default-lt"
#: what XML 1.0 cannot hold, as a table for `str.translate`
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])


@dataclass(frozen=True)
class Line:
    """One segment: times in microseconds, the words as shown, the machine's own, who speaks ("" where nobody said)."""

    start_us: int
    end_us: int
    words: str
    machine: str
    speaker: str


def write(path: Path, lines: Iterable[Line], provenance: Provenance, *, author: str, made_at: str) -> Path:
    """Writes the document; `made_at` is ISO 8601 with offset. Segments of one speaker that overlap go to a second tier of that speaker."""
    document = ElementTree.Element(
        "ANNOTATION_DOCUMENT",
        {"AUTHOR": author, "DATE": made_at, "FORMAT": "3.0", "VERSION": "3.0", f"{{{_XSI}}}noNamespaceSchemaLocation": _SCHEMA},
    )
    header = ElementTree.SubElement(document, "HEADER", {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"})
    ElementTree.SubElement(
        header, "MEDIA_DESCRIPTOR", {"MEDIA_URL": provenance.recording, "MIME_TYPE": "video/*", "RELATIVE_MEDIA_URL": provenance.recording}
    )
    for name, value in provenance.fields().items():
        ElementTree.SubElement(header, "PROPERTY", {"NAME": name}).text = _text("" if value is None else str(value))
    spoken = [line for line in sorted(lines, key=lambda line: (line.start_us, line.end_us)) if line.words.strip() or line.machine.strip()]
    tiers: list[tuple[str, list[tuple[Line, str]]]] = []
    for speaker in dict.fromkeys(line.speaker for line in spoken):
        mine = [(line, line.words) for line in spoken if line.speaker == speaker]
        tiers += _without_overlaps(speaker or "speech", mine)
    tiers += _without_overlaps("machine", [(line, line.machine) for line in spoken if line.machine != line.words])
    order = ElementTree.SubElement(document, "TIME_ORDER")
    slots = 0
    for name, annotations in tiers:
        tier = ElementTree.SubElement(document, "TIER", {"LINGUISTIC_TYPE_REF": _TYPE, "PARTICIPANT": name, "TIER_ID": name})
        for line, text in annotations:
            for moment in (line.start_us, line.end_us):
                slots += 1
                ElementTree.SubElement(order, "TIME_SLOT", {"TIME_SLOT_ID": f"ts{slots}", "TIME_VALUE": str((moment + 500) // 1000)})
            annotation = ElementTree.SubElement(
                ElementTree.SubElement(tier, "ANNOTATION"),
                "ALIGNABLE_ANNOTATION",
                {"ANNOTATION_ID": f"a{slots // 2}", "TIME_SLOT_REF1": f"ts{slots - 1}", "TIME_SLOT_REF2": f"ts{slots}"},
            )
            ElementTree.SubElement(annotation, "ANNOTATION_VALUE").text = _text(text)
    ElementTree.SubElement(
        document, "LINGUISTIC_TYPE", {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": _TYPE, "TIME_ALIGNABLE": "true"}
    )
    ElementTree.register_namespace("xsi", _XSI)
    ElementTree.indent(document)
    return write_text(path, '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(document, encoding="unicode") + "\n")


def _without_overlaps(name: str, lines: Sequence[tuple[Line, str]]) -> list[tuple[str, list[tuple[Line, str]]]]:
    """The lines over as many tiers as it takes: within a tier of ELAN nothing may overlap."""
    tiers: list[list[tuple[Line, str]]] = []
    for line in lines:
        tier = next((one for one in tiers if one[-1][0].end_us <= line[0].start_us), None)
        if tier is None:
            tiers.append([line])
        else:
            tier.append(line)
    return [(name if place == 1 else f"{name} {place}", tier) for place, tier in enumerate(tiers, 1)]


def _text(text: str) -> str:
    return text.translate(_CONTROLS)
