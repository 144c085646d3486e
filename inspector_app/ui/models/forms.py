"""The forms of a case as the window shows them: the list, and one form field by field with where each value comes from. Reads only; any thread."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector_app.commands import forms as acts
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import InspectorError
from inspector_app.domain.records import Exhibit, Form
from inspector_app.dossier.custody import WITHDRAWN
from inspector_app.dossier.forms import facts
from inspector_app.dossier.forms import template as templates
from inspector_app.dossier.forms.template import Field, Template
from inspector_app.jobs import child
from inspector_app.resources import resource

Json = dict[str, Any]
#: what a draft says above each page: forms are Chinese whatever the window speaks
DRAFT_WORD = "草稿（未定稿）"
#: a sheet about one exhibit names it so
_SHEET = re.compile(r"证据(\d+)")


@dataclass(frozen=True)
class Shelf:
    """The templates that can be read, the names and errors of those that cannot, and the case's forms, newest first."""

    templates: list[Template]
    broken: dict[str, InspectorError]
    forms: list[Form]


@dataclass(frozen=True)
class FieldView:
    """One field: its template, its value, where that comes from (`case`, `own`, or `blank`), and what the lint says of it."""

    field: Field
    value: Any
    origin: str
    problems: list[Json]


@dataclass(frozen=True)
class FormView:
    """A form with its fields, the problems that belong to no field, and the numbers of the case's stills."""

    form: Form
    template: Template
    fields: list[FieldView]
    rest: list[Json]
    stills: list[int]

    @property
    def open_problems(self) -> int:
        """How many things are neither mended nor justified."""
        every = [*self.rest, *(problem for field in self.fields for problem in field.problems)]
        return sum(1 for problem in every if not problem["justified"])


def read_shelf(work: Workspace) -> Shelf:
    """Every template and form; one bad template does not hide the others."""
    found: dict[str, Path] = {}
    for folder in reversed(templates.folders()):
        found |= {path.stem: path for path in sorted(folder.glob(f"*{templates.SUFFIX}"))}
    good, broken = [], {}
    for name, path in found.items():
        try:
            good.append(templates.read(path))
        except InspectorError as error:
            broken[name] = error
    forms = work.opened.find(Form, order="created_at DESC, id DESC") if work.case is not None else []
    return Shelf(sorted(good, key=lambda one: (one.order, one.id)), broken, forms)


def read_form(work: Workspace, form_id: str) -> FormView:
    """One form; BadInput `form.bad_template` where its template cannot be read."""
    shown = acts.show(work, form_id=form_id).data
    form = work.opened.get(Form, form_id)
    template = templates.load(form.template)
    known = facts.gather(work.opened, work.catalogue, exhibit=_sheet_of(work, template, form))
    problems: list[Json] = shown["problems"] if form.state == acts.DRAFT else []
    fields = [
        FieldView(
            field,
            value := form.fields.get(field.name),
            "blank" if not value else "case" if value == acts.of_case(field, known) else "own",
            [one for one in problems if one["field"] == field.name],
        )
        for field in template.fields
    ]
    names = {field.name for field in template.fields}
    stills = [one.number for one in work.opened.find(Exhibit, order="number", kind="still") if one.state != WITHDRAWN]
    return FormView(form, template, fields, [one for one in problems if one["field"] not in names], stills)


def _sheet_of(work: Workspace, template: Template, form: Form) -> int | None:
    """The number of the exhibit that a sheet is about, where it is still in the case."""
    name = next((one.name for one in template.fields if one.source == "exhibit.name"), "")
    match = _SHEET.search(str(form.fields.get(name, "")))
    number = int(match[1]) if match else 0
    return number if number and work.opened.find(Exhibit, number=number) else None


def print_template(work: Workspace, text: str, file: str, values: Json, out: Path) -> Json:
    """The pages of a template that is still being written, filled with `values`, as a PDF at `out`; for the template editor.

    Runs in a child process. Raises BadInput `form.bad_template` with the line, StorageError.
    """
    spec = {
        "template": text,
        "file": file,
        "values": values,
        "out": str(out),
        "draft": DRAFT_WORD,
        "fonts": str(resource("fonts")),
        "case_folder": str(work.opened.folder),
        "stills": [],
    }
    return child.run("form", spec, on_item=lambda *_: None)


def known_values(work: Workspace, template: Template) -> Json:
    """What the case would put into a new form of a template."""
    known = facts.gather(work.opened, work.catalogue)
    return {field.name: value for field in template.fields if (value := acts.of_case(field, known))}
