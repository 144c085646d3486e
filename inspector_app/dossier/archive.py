"""From laid-out pages to the file that leaves the house: PDF/A-3b with the list of digests inside, and the place for the seal.

The conformance is checked with pikepdf's allow-list validator (its catalogue is that of the veraPDF profiles); only a pass is accepted.
Same pages, manifest and sealing time give the same bytes.
"""

import json
from datetime import datetime
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import pikepdf
from pikepdf import pdfa

from inspector_app.domain.errors import BadInput, CheckFailed
from inspector_app.domain.timebase import beijing
from inspector_app.integrity.chain import canonical, digest_of
from inspector_app.integrity.seal import MARK, PLACEHOLDER

from . import volumes
from .text import plain

Json = dict[str, Any]
MANIFEST = "manifest.json"
FLAVOUR = "3b"
#: The last `startxref`, its number and the end mark stand within so many bytes of the end.
_TAIL = 1024


def manifest(data: Json, makers: tuple[tuple[str, str, str], ...]) -> Json:
    """What a verifier needs to compare: digests of the data, every original, exhibit, model and font, and the journal head."""
    recordings = {recording["original_id"]: recording["name"] for recording in data["recordings"]}
    return {
        "format": "zhijian-manifest/1",
        "app": data["app"],
        "case": {"case_id": data["case"]["case_id"], "number": data["case"]["number"]},
        "sealed_at": data["sealed_at"],
        "journal": {"seq": data["journal"]["seq"], "head": data["journal"]["head"]},
        "data_sha256": digest_of(data),
        "originals": [
            {
                **{name: original[name] for name in ("sm3", "bytes", "path")},
                "sha256": original["id"],
                "name": recordings.get(original["id"], ""),
            }
            for original in data["originals"]
        ],
        "exhibits": [
            {
                **{name: exhibit[name] for name in ("number", "kind", "path", "sha256", "bytes", "recording_id", "start_us", "end_us")},
                "text_sha256": exhibit["text_sha256"],
            }
            for exhibit in data["exhibits"]
        ],
        "transcripts": [
            {name: one[name] for name in ("id", "engine", "model_name", "model_sha256", "options_sha256", "wav_sha256")}
            for one in data["transcripts"]
        ],
        "screen_runs": [{name: one[name] for name in ("id", "engine", "models", "options_sha256")} for one in data["screen_runs"]],
        "derivatives": [{name: one[name] for name in ("kind", "sha256", "parent_sha256")} for one in data["derivatives"]],
        "makers": [{"name": name, "version": version, "sha256": digest} for name, version, digest in makers],
    }


def archive(pages: BinaryIO, listing: Json, data: Json, target: Path, span: tuple[int, int] | None = None) -> None:
    """Writes the PDF/A-3b file with the manifest attached and a seal of zeros; raises CheckFailed `dossier.not_pdfa` where it is none.

    `pages` is the file that was laid out, read as it is needed: a volume of pictures is not in memory twice. `span`: first and last page of
    a volume, where the file is to hold those only.
    """
    sealed = beijing(datetime.fromisoformat(data["sealed_at"]))
    pages.seek(0)
    with pikepdf.open(pages) as pdf:
        if span is not None:
            volumes.keep(pdf, *span)
        for page in pdf.pages:
            if "/Trans" in page.obj:  # ReportLab's empty page transition, which PDF/A does not know
                del page.obj["/Trans"]
        _describe(pdf, data, sealed)
        _attach(pdf, listing, sealed)
        pdfa.prepare(pdf, FLAVOUR)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as properties:
            properties["xmp:MetadataDate"] = sealed.isoformat(timespec="seconds")
        whole = BytesIO()  # qpdf ends the process where a disk fills under its hands
        pdf.save(whole, **pdfa.resolve_save_kwargs(FLAVOUR, deterministic_id=True))
    make_seal_place(whole)
    with target.open("wb") as file:
        file.write(whole.getbuffer())
    del whole
    written = pdfa.validate_written(target, FLAVOUR)
    if not written.passed:
        raise CheckFailed("dossier.not_pdfa", cause="; ".join(str(one) for one in written.findings)[:400])


def make_seal_place(file: BinaryIO) -> None:
    """Puts a comment line of zeros before the last `startxref`: a comment there moves no object, so no offset changes."""
    size = file.seek(0, SEEK_END)
    start = file.seek(max(0, size - _TAIL))
    tail = file.read()
    place = tail.rindex(b"startxref")
    file.seek(start + place)
    file.write(b"%" + PLACEHOLDER + b"\n" + tail[place:])


def _describe(pdf: pikepdf.Pdf, data: Json, sealed: datetime) -> None:
    """Document properties; a seal mark in a user's text would read as a second seal."""
    mark = MARK.decode()
    stamp = f"D:{sealed:%Y%m%d%H%M%S}+08'00'"
    case = data["case"]
    info = {
        "/Title": f"{data['words']['title']} {plain(case['number'])}",
        "/Author": "、".join(plain(officer["name"], 40) for officer in data["officers"]),
        "/Subject": plain(case["cause"]),
        "/Creator": f"直鉴 {data['app']}",
        "/Producer": f"pikepdf {pikepdf.__version__}",
    }
    for name in list(pdf.docinfo.keys()):
        del pdf.docinfo[name]
    for name, value in {**info, "/CreationDate": stamp, "/ModDate": stamp}.items():
        pdf.docinfo[name] = value.replace(mark, mark.replace(":", "："))
    pdf.Root["/Lang"] = pikepdf.String("zh-CN")
    pdf.Root["/PageMode"] = pikepdf.Name("/UseOutlines")
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as properties:
        properties.load_from_docinfo(pdf.docinfo)


def _attach(pdf: pikepdf.Pdf, listing: Json, sealed: datetime) -> None:
    stamp = f"D:{sealed:%Y%m%d%H%M%S}+08'00'"
    pdf.attachments[MANIFEST] = pikepdf.AttachedFileSpec(
        pdf,
        canonical(listing).encode(),
        filename=MANIFEST,
        description="原件、证据、模型与操作日志的校验值清单",
        mime_type="application/json",
        creation_date=stamp,
        mod_date=stamp,
        relationship=pikepdf.Name("/Data"),  # type: ignore[call-arg]  # the stub is older than the class
    )


def read_manifest(path: Path) -> Json:
    """The list of digests inside a dossier; raises BadInput `dossier.no_manifest` where there is none that can be read."""
    try:
        with pikepdf.open(path) as pdf:
            content = pdf.attachments[MANIFEST].get_file().read_bytes()
        return cast("Json", json.loads(content))
    except (KeyError, ValueError, pikepdf.PdfError) as cause:
        raise BadInput("dossier.no_manifest", file=path.name) from cause
