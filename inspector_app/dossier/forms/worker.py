"""A form's pages in a child process: the fonts are heavy. Reads pictures of the case, writes one PDF, never opens the case."""

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

from inspector_app.domain.files import write_bytes
from inspector_app.domain.work import Channel
from inspector_app.dossier import fonts, stills

from . import template as templates
from .pages import render

Json = dict[str, Any]


def run(spec: Json, channel: Channel) -> Json:
    """Writes the PDF of one form; `spec`: template (the file's text), file (its name), values, out, draft, fonts, case_folder, stills.

    `stills` are rows of still exhibits. Returns path, sha256, bytes, pages, missing_glyphs. The file appears whole or not at all. Raises
    BadInput `form.bad_template`, CheckFailed (see `stills.load`), StorageError.
    """
    found = templates.parse(spec["template"].encode(), spec["file"])
    body = templates.filled(found, spec["values"])
    faces = fonts.load(Path(spec["fonts"]))
    channel.check()
    pictures = {one["number"]: stills.load(Path(spec["case_folder"]), one) for one in spec["stills"]}
    pdf = BytesIO()
    pages, missing = render(found, body, spec["values"], faces, pdf, draft=spec["draft"], pictures=pictures)
    channel.check()
    out = Path(spec["out"])
    write_bytes(out, pdf.getvalue())
    if missing:
        channel.warn("dossier.missing_glyphs", count=missing)
    digest = hashlib.sha256(pdf.getvalue()).hexdigest()
    return {"path": str(out), "sha256": digest, "bytes": len(pdf.getvalue()), "pages": pages, "missing_glyphs": missing}
