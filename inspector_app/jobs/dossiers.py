"""Building the dossier: everything it says is gathered here as data, a child process turns the data into pages and writes the file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act, insert
from inspector_app.casefile.timelines import timeline_of
from inspector_app.domain.errors import CheckFailed, StorageError, UsageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Dossier, Exhibit, Finding, Recording
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.dossier import editions, model
from inspector_app.resources import resource
from inspector_app.statutes import bureau
from inspector_app.statutes.catalogue import Catalogue

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]


def run(run: "Run", params: Json) -> Json:
    """Params: out (path of the PDF), and optionally edition (`dossier.editions.EDITIONS`; full), article (of
    an extract) and html (a folder for the web edition).

    Facts: pdf, volumes (every file, the first is pdf), data (the JSON beside it), pages, exhibits, sha256, bytes, journal_head, dossier, edition, version, places (see
    `dossier.worker.run`), html (the page, "" without), clips.
    """
    case = run.case
    out = Path(params["out"]).absolute()
    if not any(row.state != "withdrawn" for row in case.find(Finding)):
        raise CheckFailed("dossier.no_findings")
    waiting = [row.number for row in case.find(Exhibit, kind="still", sha256="", state="")]
    if waiting:
        raise CheckFailed("dossier.stills_missing", numbers=", ".join(map(str, waiting)))
    html = Path(params["html"]).absolute() if params.get("html") else None
    if html is not None and html.exists() and (not html.is_dir() or any(html.iterdir())):
        raise UsageError("dossier.folder_taken", path=str(html))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise StorageError("storage.failed", path=str(out.parent), cause=cause.strerror or str(cause)) from cause
    sealed_at = utc_now()
    head = case.journal_head()
    whole = model.gather(case, Catalogue.load(resource("statutes")), sealed_at=sealed_at, by=run.actor, journal_head=head)
    data, kept = editions.edition(case, whole, params.get("edition") or editions.FULL, params.get("article") or "")
    info = data["edition"]
    made: list[Dossier] = []
    files: list[str] = []

    def on_item(_kind: str, item: Json) -> None:
        inside = out.is_relative_to(case.folder)
        files.extend(one["path"] for one in item["volumes"])
        rows = [
            Dossier(
                id=new_id("dossier"),
                path=Path(one["path"]).relative_to(case.folder).as_posix() if inside else one["path"],
                sha256=one["sha256"],
                bytes=one["bytes"],
                pages=one["pages"],
                exhibits=item["exhibits"],
                journal_head=head[1],
                created_at=iso(sealed_at),
                by=run.actor.name,
                edition=info["name"],
                version=info["version"],
                facts={**kept, "places": item["places"], "volume": number, "of": len(files)},
            )
            for number, one in enumerate(item["volumes"], 1)
        ]
        dossier = rows[0]
        said: dict[str, str | int] = {
            "pages": item["pages"],
            "sha256": dossier.sha256,
            "edition": dossier.edition,
            "version": dossier.version,
        }
        case.commit(Act("dossier.build", run.actor, [insert(row) for row in rows], dossier.id, said))
        made.append(dossier)

    spec = {
        "data": data,
        "case_folder": str(case.folder),
        "out": str(out),
        "fonts": str(resource("fonts")),
        "timelines": timelines(case),
        "html": str(html or ""),
        "office_font": office_font(),
    }
    done = run.child("dossier", spec, on_item)
    dossier = made[0]
    return {
        "pdf": str(out),
        "volumes": files,
        "pages": done["pages"],
        "exhibits": dossier.exhibits,
        "sha256": dossier.sha256,
        "bytes": dossier.bytes,
        "journal_head": dossier.journal_head,
        "dossier": dossier.id,
        "data": str(out.with_suffix(".json")),
        "edition": dossier.edition,
        "version": dossier.version,
        "places": dossier.facts["places"],
        "html": done.get("html", ""),
        "clips": done.get("clips", 0),
    }


def timelines(case: Case) -> Json:
    """Recording id → `Timeline.as_spec()` of the recordings that have a picture: where a child process takes frames and clips."""
    return {one.id: timeline_of(case, one).as_spec() for one in case.find(Recording) if one.has_video}


def office_font() -> str:
    """The file of the 仿宋 font that the bureau names in its dossier.yaml; "" without."""
    return bureau.dossier_words(bureau.folder()).get("font", "")
