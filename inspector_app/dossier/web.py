"""The web edition: one folder with a page, its pictures and clips, for a laptop without network and without this program.

The page is the dossier's own data through one Jinja2 template with every value escaped; it has no script, and its content policy lets it
load nothing but what lies beside it. It is written whole or not at all.
"""

import hashlib
import json
import shutil
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import jinja2

from inspector_app.domain.errors import BadInput, StorageError, UsageError
from inspector_app.domain.timebase import beijing, format_clock
from inspector_app.media.timeline import Timeline
from inspector_app.resources import resource

from . import clips, strips
from .editions import DISCLOSURE
from .stills import Still

Json = dict[str, Any]
PAGE = "index.html"
TEMPLATE, STYLE = "edition.html", "edition.css"
#: What a reader should see of a character that has no shape or turns the line round.
_UNSEEN = {
    code: f"〔U+{code:04X}〕"
    for code in (*range(0x20), 0x7F, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
    if code not in (9, 10, 13, 0x200D)
}


def write(
    data: Json,
    pictures: Mapping[int, Still],
    thumbs: Mapping[str, Still],
    timelines: Json,
    folder: Path,
    dossier: Json,
    step: Callable[[], None],
    warn: Callable[..., None],
) -> Json:
    """Writes the edition into `folder`; returns {page, clips, sha256} (of the page).

    `dossier` is {file, sha256} of the PDF it goes with. A disclosure edition has no clips: moving pictures cannot be masked. `warn` hears
    `dossier.clip_failed` where one cannot be cut. Raises UsageError `dossier.folder_taken`, StorageError.
    """
    try:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError("dossier.folder_taken", path=str(folder))
        staging = folder.with_name(folder.name + ".partial")
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        try:
            (staging / "pictures").mkdir()
            for number, still in pictures.items():
                (staging / "pictures" / f"{number:03d}.jpg").write_bytes(still.jpeg)
            for name, still in thumbs.items():
                (staging / "pictures" / f"{name}.jpg").write_bytes(still.jpeg)
            cut = _clips(data, timelines, staging / "clips", step, warn)
            page = rendered(data, pictures, set(thumbs), cut, dossier)
            (staging / PAGE).write_text(page, encoding="utf-8", newline="\n")
            listing = json.dumps({"dossier": dossier, "clips": cut}, ensure_ascii=False, indent=1, sort_keys=True)
            (staging / "clips.json").write_text(listing + "\n", encoding="utf-8", newline="\n")
            if folder.exists():
                folder.rmdir()
            staging.rename(folder)
        finally:
            with suppress(OSError):
                shutil.rmtree(staging)
    except OSError as cause:
        raise StorageError.of(cause, folder) from cause
    return {"page": str(folder / PAGE), "clips": len(cut), "sha256": hashlib.sha256(page.encode()).hexdigest()}


def rendered(data: Json, pictures: Mapping[int, Still], thumbs: set[str], cut: Json, dossier: Json) -> str:
    """The page as HTML; every text of the data is escaped, what cannot be seen is named by its code."""
    folder = resource("dossier")
    style = (folder / STYLE).read_text(encoding="utf-8")
    loader = jinja2.FileSystemLoader(str(folder))
    environment = jinja2.Environment(
        loader=loader, autoescape=True, finalize=_shown, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "clock": format_clock,
        "moment": _moment,
        "seen": _seen,
        "word": lambda name, group: data["words"][group].get(name, name),
    }
    own: dict[str, list[Json]] = {finding["id"]: [] for finding in data["findings"]}
    for exhibit in data["exhibits"]:
        own[exhibit["finding_id"]].append(exhibit)
    return environment.get_template(TEMPLATE).render(
        data=data,
        words=data["words"],
        own=own,
        recordings={one["id"]: one for one in data["recordings"]},
        stills={number: {"width": still.width, "height": still.height, "box": _percent(still)} for number, still in pictures.items()},
        thumbs=thumbs,
        strip_key=strips.key,
        clips=cut,
        clipped=data["edition"]["name"] != DISCLOSURE,
        dossier=dossier,
        style=style,
        style_digest=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _clips(data: Json, timelines: Json, folder: Path, step: Callable[[], None], warn: Callable[..., None]) -> Json:
    """Finding's number → its clip, for those whose recording can be cut."""
    if data["edition"]["name"] == DISCLOSURE:
        return {}
    folder.mkdir()
    cut: Json = {}
    for finding in data["findings"]:
        step()
        start, end = finding["context_us"]
        timeline = Timeline.from_spec(timelines.get(finding["recording_id"], []))
        part = timeline.part_at(finding["start_us"])
        if part is None:
            warn("dossier.clip_failed", number=finding["number"], cause=strips.NO_ORIGINAL)
            continue
        try:
            cut[str(finding["number"])] = clips.cut(part, start, end, folder, f"finding-{finding['number']}")
        except BadInput as error:
            warn("dossier.clip_failed", number=finding["number"], cause=str(error.facts.get("cause", error.code)))
    return cut


def _percent(still: Still) -> str:
    """The box as a place on the picture, in CSS."""
    if not still.box:
        return ""
    x0, y0, x1, y1 = still.box
    shares = (x0 * 1000 // still.width, y0 * 1000 // still.height, (x1 - x0) * 1000 // still.width, (y1 - y0) * 1000 // still.height)
    return " ".join(f"{share // 10}.{share % 10}" for share in shares)


def _moment(at: str) -> str:
    try:
        return f"{beijing(datetime.fromisoformat(at)):%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return at


def _shown(value: Any) -> Any:
    """Every text on its way into the page, whether the template thought of it or not."""
    return _seen(value) if type(value) is str else value


def _seen(text: str) -> str:
    return text.translate(_UNSEEN)
