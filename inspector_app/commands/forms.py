"""Forms 文书: begin one from a template with what the case knows, fill it, have it checked, seal it, print it. Each act can be undone."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from inspector_app.casefile.changes import Act, insert, update
from inspector_app.domain.errors import CheckFailed, UsageError
from inspector_app.domain.files import replacing
from inspector_app.domain.ids import new_id
from inspector_app.domain.records import Exhibit, Form, Justification
from inspector_app.domain.timebase import iso, utc_now
from inspector_app.dossier.forms import facts, lint
from inspector_app.dossier.forms import template as templates
from inspector_app.dossier.forms.template import Field, Template
from inspector_app.integrity import digests
from inspector_app.jobs import child
from inspector_app.resources import resource

from .registry import Outcome, always, command
from .workspace import Workspace

Json = dict[str, Any]
DRAFT, SEALED = "draft", "sealed"
#: sealed forms lie here in the case
FOLDER: Final = "exports/文书"


@command("form.templates", when=always)
def list_templates(_: Workspace) -> Outcome:
    """The forms there are, a bureau's own among them. Data: templates[] {id, title, title_en, fields, own}. BadInput `form.bad_template`."""
    return Outcome(data={"templates": [_template_data(one) for one in templates.load_all()]})


@command("form.list")
def list_forms(work: Workspace) -> Outcome:
    """The case's forms. Data: templates (see `list_templates`), forms[] {id, template, title, state, by, created_at, updated_at, path}."""
    forms = [_form_data(form) for form in work.opened.find(Form, order="created_at, id")]
    return Outcome(data={**list_templates(work).data, "forms": forms})


@command("form.show")
def show(work: Workspace, *, form_id: str) -> Outcome:
    """One form with every field (label, help, value) and what its lint says. Data: the form, fields[], problems[]."""
    form = work.opened.get(Form, form_id)
    template = templates.load(form.template)
    fields = [{**_field_data(one), "value": form.fields.get(one.name, [] if one.type == "table" else "")} for one in template.fields]
    return Outcome(data={**_form_data(form), "fields": fields, "problems": _problems(work, form)})


@command("form.new")
def new(work: Workspace, *, template: str, exhibit: int | None = None, values: Mapping[str, Any] | None = None) -> Outcome:
    """Begins a form with what the case knows; what it does not know stays blank. `exhibit`: the number of the one a sheet is about.

    Raises BadInput (`form.no_template`, `form.bad_template`, `form.no_exhibit`), UsageError as `fill`. Data as `show`.
    """
    found = templates.load(template)
    known = facts.gather(work.opened, work.catalogue, exhibit=exhibit)
    filled = {one.name: value for one in found.fields if (value := of_case(one, known))}
    now = iso(utc_now())
    filled |= _values(found, values or {})
    form = Form(new_id("form"), found.id, found.sha256, found.title, DRAFT, work.actor.name, now, now, filled)
    work.opened.commit(Act("form.new", work.actor, [insert(form)], form.id, {"title": form.title}, undoable=True))
    return _changed(work, form)


@command("form.set")
def fill(work: Workspace, *, form_id: str, values: Mapping[str, Any]) -> Outcome:
    """Puts values into fields: texts, lists of chosen options, rows of a table; an empty one clears the field.

    Raises UsageError (`form.no_field` with the name probably meant, `form.bad_value`), CheckFailed `form.is_sealed`. Data as `show`.
    """
    before = _draft(work, form_id)
    template = templates.load(before.template)
    fields = {name: value for name, value in {**before.fields, **_values(template, values)}.items() if value not in ("", [])}
    return _commit(work, "form.set", before, replace(before, fields=fields, template_sha256=template.sha256))


@command("form.lint")
def check(work: Workspace, *, form_id: str | None = None) -> Outcome:
    """What must be mended or justified in one form, or in the case and all its drafts. Data: ok, problems[] {code, form, title, field, label, line, what, place, justified}."""
    if form_id is not None:
        problems = _problems(work, work.opened.get(Form, form_id))
    else:
        problems = _dressed(work, lint.check_case(work.opened, work.catalogue), None, None)
        for form in work.opened.find(Form, state=DRAFT):
            problems += _problems(work, form)
    left = [one for one in problems if not one["justified"]]
    return Outcome(facts={"problems": len(left)}, data={"ok": not left, "problems": problems})


@command("form.justify")
def justify(work: Workspace, *, code: str, place: str, text: str) -> Outcome:
    """Says in writing why a thing the lint names may stand; `code` and `place` as the lint gives them. UsageError `form.no_reason`, `form.no_problem`."""
    if not text.strip():
        raise UsageError("form.no_reason")
    known = {(one["code"], one["place"]) for one in check(work).data["problems"]}
    if (code, place) not in known:
        raise UsageError("form.no_problem", problem=code, place=place)
    row = Justification(new_id("justification"), code, place, text.strip(), work.actor.name, iso(utc_now()))
    work.opened.commit(Act("form.justify", work.actor, [insert(row)], row.id, {"code": code}, undoable=True))
    return Outcome(frozenset({"justifications"}), (row.id,), {"code": code}, {"id": row.id, "code": code, "place": place, "text": row.text})


@command("form.seal")
def seal(work: Workspace, *, form_id: str) -> Outcome:
    """Seals a form: its PDF goes into the case with its digest in the journal, and the fields stay as they are.

    CheckFailed `form.not_clean` (count and first problem) until each problem is mended or justified, `form.is_sealed`. Data as `show`.
    """
    before = _draft(work, form_id)
    left = [one for one in _problems(work, before) if not one["justified"]]
    if left:
        raise CheckFailed(
            "form.not_clean", count=len(left), problem=left[0]["code"], field=left[0]["label"] or left[0]["field"], form=before.title
        )
    path = f"{FOLDER}/{before.title}_{before.id}.pdf"
    made = _print(work, before, work.opened.folder / path, draft="")
    after = replace(before, state=SEALED, path=path, sha256=made["sha256"], bytes=made["bytes"])
    return _commit(work, "form.seal", before, after)


@command("form.discard")
def discard(work: Workspace, *, form_id: str) -> Outcome:
    """Puts a draft aside; it stays in the case, marked so. CheckFailed `form.is_sealed`."""
    before = _draft(work, form_id)
    return _commit(work, "form.discard", before, replace(before, state=lint.DISCARDED))


@command("form.pdf")
def pdf(work: Workspace, *, form_id: str, out: Path, word: str = "草稿（未定稿）") -> Outcome:
    """Writes a form's PDF to `out`: a draft says so above each page (`word`), a sealed form is the file that was sealed, byte for byte.

    Data: pdf, sha256, pages (0 for a sealed one), missing_glyphs. CheckFailed `form.altered` where the sealed file is not as it was.
    """
    form = work.opened.get(Form, form_id)
    if form.state != SEALED:
        made = _print(work, form, out.absolute(), draft=word)
        return Outcome(data={"pdf": made.pop("path"), **made})
    source = work.opened.folder / form.path
    if not source.is_file() or digests.hash_file(source).sha256 != form.sha256:
        raise CheckFailed("form.altered", path=form.path)
    with replacing(out) as partial:
        shutil.copyfile(source, partial)
    return Outcome(data={"pdf": str(out.absolute()), "sha256": form.sha256, "bytes": form.bytes, "pages": 0, "missing_glyphs": 0})


# -- helpers ------------------------------------------------------------------------------------------------------------------------


def _draft(work: Workspace, form_id: str) -> Form:
    form = work.opened.get(Form, form_id)
    if form.state != DRAFT:
        raise CheckFailed("form.is_sealed", form=form.title)
    return form


def _commit(work: Workspace, name: str, before: Form, after: Form) -> Outcome:
    after = replace(after, updated_at=iso(utc_now()))
    work.opened.commit(Act(name, work.actor, [update(before, after)], before.id, {"title": before.title}, undoable=True))
    return _changed(work, after)


def _changed(work: Workspace, form: Form) -> Outcome:
    return Outcome(frozenset({"forms"}), (form.id,), {"title": form.title}, show(work, form_id=form.id).data)


def of_case(field: Field, known: Json) -> Any:
    """What the case knows for a field (`facts`), in the shape of its value: of rows only the columns that it has; None where nothing is known."""
    value = known.get(field.source)
    if field.type != "table" or not isinstance(value, list):
        return value if not isinstance(value, list) else None
    names = [column.name for column in field.columns]
    return [{name: row[name] for name in names if row.get(name)} for row in value]


def _values(template: Template, values: Mapping[str, Any]) -> Json:
    """Values that have the shape of their fields."""
    found: Json = {}
    for name, value in values.items():
        field = template.field(name)
        if field is None:
            near = get_close_matches(name, [one.name for one in template.fields], 1, 0.5)
            raise UsageError("form.no_field", field=name, near=near[0] if near else "、".join(one.name for one in template.fields))
        found[name] = _shaped(field, value)
    return found


def _shaped(field: Field, value: Any) -> Any:
    if field.type == "choices":
        return (
            [str(one) for one in value] if isinstance(value, list) else [one for one in str(value).replace("，", "、").split("、") if one]
        )
    if field.type != "table":
        if not isinstance(value, str):
            raise UsageError("form.bad_value", field=field.name, kind=field.type)
        return value.strip()
    columns = {column.name for column in field.columns}
    if not isinstance(value, list) or any(not isinstance(row, dict) or not set(row) <= columns for row in value):
        raise UsageError("form.bad_value", field=field.name, kind=f"{field.type}: {', '.join(column.name for column in field.columns)}")
    return [{name: str(text) for name, text in row.items()} for row in value]


def _problems(work: Workspace, form: Form) -> list[Json]:
    template = templates.load(form.template)
    others = [(templates.load(one.template), one) for one in work.opened.find(Form) if one.id != form.id]
    known = facts.gather(work.opened, work.catalogue)
    return _dressed(work, lint.check(template, form, known, others), form, template)


def _dressed(work: Workspace, slips: list[lint.Slip], form: Form | None, template: Template | None) -> list[Json]:
    """The slips with the form and field they stand in, and who justified them in which words (None: nobody)."""
    reasons = {(one.code, one.place): one for one in work.opened.find(Justification)}
    found = []
    for slip in slips:
        field = template.field(slip.field) if template is not None else None
        reason = reasons.get((slip.code, slip.place))
        found.append(
            {
                **slip.to_json(),
                "form": form.id if form is not None else "",
                "title": form.title if form is not None else "",
                "label": field.zh if field is not None else "",
                "label_en": field.en if field is not None else "",
                "justified": {"text": reason.text, "by": reason.by, "at": reason.created_at} if reason else None,
            }
        )
    return found


def _print(work: Workspace, form: Form, out: Path, *, draft: str) -> Json:
    """Has a child process write the form's PDF."""
    template = templates.load(form.template)
    path = next(folder / template.file for folder in templates.folders() if (folder / template.file).is_file())
    numbers = [str(form.fields.get(one.name, "")) for one in template.fields if one.type == "still"]
    rows = [one for number in numbers if number.isdigit() for one in work.opened.find(Exhibit, number=int(number), kind="still")]
    spec = {
        "template": path.read_text(encoding="utf-8"),
        "file": template.file,
        "values": form.fields,
        "out": str(out),
        "draft": draft,
        "fonts": str(resource("fonts")),
        "case_folder": str(work.opened.folder),
        "stills": [{"number": one.number, "path": one.path, "sha256": one.sha256} for one in rows if one.sha256],
    }
    return child.run("form", spec, on_item=lambda *_: None, stop=work.stop)


def _form_data(form: Form) -> Json:
    names = ("id", "template", "title", "state", "by", "created_at", "updated_at", "path", "sha256")
    return {name: getattr(form, name) for name in names}


def _template_data(one: Template) -> Json:
    return {
        **{name: getattr(one, name) for name in ("id", "title", "title_en", "layout", "objective", "own", "sha256")},
        "fields": [_field_data(field) for field in one.fields],
    }


def _field_data(one: Field) -> Json:
    names = ("name", "type", "zh", "en", "required", "help_zh", "help_en")
    columns = [{"name": column.name, "zh": column.zh, "en": column.en} for column in one.columns]
    return {**{name: getattr(one, name) for name in names}, "options": list(one.options), "columns": columns}
