"""Templates of forms as a bureau keeps them: the text of one, the bureau's own copy of it, and the shipped one again. Touches no case.

An own copy lies in the bureau's folder `forms` and comes before the shipped template of the same name; what is taken away is set aside
under another name, never deleted.
"""

from inspector_app.domain.errors import BadInput, StorageError
from inspector_app.domain.files import write_bytes
from inspector_app.domain.timebase import utc_now
from inspector_app.dossier.forms import template as templates

from .registry import Outcome, always, command
from .workspace import Workspace


@command("form.template_text", when=always)
def text(_: Workspace, *, template: str) -> Outcome:
    """The text of a template as it lies on the disk, sound or not. Data: template, text, own, path. BadInput `form.no_template`."""
    for folder in templates.folders():
        path = folder / f"{template}{templates.SUFFIX}"
        if path.is_file():
            try:
                content = path.read_text(encoding="utf-8", errors="replace")
            except OSError as cause:
                raise StorageError.of(cause, path) from cause
            return Outcome(data={"template": template, "text": content, "own": folder == templates.folders()[0], "path": str(path)})
    known = sorted({path.stem for folder in templates.folders() for path in folder.glob(f"*{templates.SUFFIX}")})
    raise BadInput("form.no_template", name=template, known="、".join(known))


@command("form.template_save", when=always)
def save(_: Workspace, *, template: str, text: str) -> Outcome:
    """Keeps `text` as the bureau's own copy of a template, whole or not at all. Data as `text`.

    Refuses what cannot be read: BadInput `form.bad_template` with file, line, problem and value. StorageError where it cannot be written.
    """
    folder = templates.folders()[0]
    path = folder / f"{template}{templates.SUFFIX}"
    content = text.encode("utf-8")
    found = templates.parse(content, path.name, own=True)
    if found.id != template:
        raise BadInput("form.bad_template", file=path.name, line=1, problem="other_id", value=found.id[:80])
    write_bytes(path, content)
    return Outcome(facts={"title": found.title}, data={"template": template, "text": text, "own": True, "path": str(path)})


@command("form.template_reset", when=always)
def reset(work: Workspace, *, template: str) -> Outcome:
    """Sets the bureau's own copy aside (`….form.<time>`), so that the shipped template holds again. Data as `text`.

    BadInput `form.no_own_template` where the bureau keeps none, `form.no_template` where the program ships none.
    """
    own, shipped = (folder / f"{template}{templates.SUFFIX}" for folder in templates.folders())
    if not own.is_file():
        raise BadInput("form.no_own_template", name=template)
    if not shipped.is_file():
        raise BadInput("form.no_template", name=template, known="、".join(sorted(path.stem for path in shipped.parent.glob("*.form"))))
    try:
        own.replace(own.with_name(f"{own.name}.{utc_now():%Y%m%dT%H%M%S}"))
    except OSError as cause:
        raise StorageError.of(cause, own) from cause
    return text(work, template=template)
