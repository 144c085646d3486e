"""Building the dossier: everything it says is gathered here as data, a child process turns the data into pages and writes the file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.errors import CheckFailed, StorageError
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Dossier, Exhibit, Finding
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.dossier import model
from inspector_app.resources import resource
from inspector_app.statutes.catalogue import Catalogue

if TYPE_CHECKING:
    from .run import Run

Json = dict[str, Any]


def run(run: "Run", params: Json) -> Json:
    """Params: out (path of the PDF). Facts: pdf, pages, exhibits, sha256, bytes, journal_head, dossier."""
    case = run.case
    out = Path(params["out"]).absolute()
    if not any(row.state != "withdrawn" for row in case.find(Finding)):
        raise CheckFailed("dossier.no_findings")
    waiting = [row.number for row in case.find(Exhibit, kind="still", sha256="")]
    if waiting:
        raise CheckFailed("dossier.stills_missing", numbers=", ".join(map(str, waiting)))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise StorageError("storage.failed", path=str(out.parent), cause=cause.strerror or str(cause)) from cause
    sealed_at = utc_now()
    head = case.journal_head()
    data = model.gather(case, Catalogue.load(resource("statutes")), sealed_at=sealed_at, by=run.actor, journal_head=head)
    made: list[Dossier] = []

    def on_item(_kind: str, item: Json) -> None:
        inside = out.is_relative_to(case.folder)
        dossier = Dossier(
            id=new_id("dossier"),
            path=out.relative_to(case.folder).as_posix() if inside else str(out),
            sha256=item["sha256"],
            bytes=item["bytes"],
            pages=item["pages"],
            exhibits=item["exhibits"],
            journal_head=head[1],
            created_at=iso(sealed_at),
            by=run.actor.name,
        )
        case.commit(Act("dossier.build", run.actor, [insert(dossier)], dossier.id, {"pages": dossier.pages, "sha256": dossier.sha256}))
        made.append(dossier)

    spec = {"data": data, "case_folder": str(case.folder), "out": str(out), "fonts": str(resource("fonts"))}
    run.child("dossier", spec, on_item)
    dossier = made[0]
    return {
        "pdf": str(out),
        "pages": dossier.pages,
        "exhibits": dossier.exhibits,
        "sha256": dossier.sha256,
        "bytes": dossier.bytes,
        "journal_head": dossier.journal_head,
        "dossier": dossier.id,
    }
