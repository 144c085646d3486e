"""Runs one command of the command line and gives its exit status (design: cli.md). Rooms are imported when a command needs them."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector_app.domain.errors import InspectorError, Stopped, UsageError
from inspector_app.i18n import language, set_language, tr

from . import show, show_dossier, show_law
from .parser import build
from .terminal import Progress, say, say_error, write_json

if TYPE_CHECKING:
    from inspector_app.commands.registry import Outcome
    from inspector_app.commands.workspace import Workspace

#: the environment's name for the password of a PKCS#12 file: never a word of the command line, which others can read
PASSWORD = "ZHIJIAN_P12_PASSWORD"  # noqa: S105  # a name, not a password
Args = argparse.Namespace
Json = dict[str, Any]


def main(argv: Sequence[str] | None = None, opened: "Callable[[Path], int] | None" = None) -> int:
    """Runs the command in `argv` and returns the exit status; `opened` shows a case in the window where a command ends in one."""
    words = list(sys.argv[1:] if argv is None else argv)
    set_language(_language(words))
    for stream in (sys.stdout, sys.stderr):  # a console of another encoding must not end the work
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    parser = build()
    args = parser.parse_args(words)
    if args.command is None:
        parser.print_help()
        return 2
    try:
        return _run(args, opened)
    except InspectorError as error:
        if args.json:
            write_json({"error": {"code": error.code, **error.facts}})
        say_error(error)
        return error.status
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        say_error(Stopped())
        return Stopped.status


def _language(words: Sequence[str]) -> str:
    for place, word in enumerate(words):
        if word == "--lang" and place + 1 < len(words) and words[place + 1] in ("zh", "en"):
            return words[place + 1]
        if word in ("--lang=zh", "--lang=en"):
            return word[-2:]
    return "en" if os.environ.get("ZHIJIAN_LANG") == "en" else "zh"


def _run(args: Args, opened: "Callable[[Path], int] | None") -> int:
    from inspector_app.commands.workspace import Workspace

    progress = Progress()
    work = Workspace(progress=progress)
    name = f"{args.command} {args.verb}" if getattr(args, "verb", None) else args.command
    if name == "leads" and args.evaluate is not None:
        name = "leads evaluate"
    action, needs_case, writer = _ACTIONS[name]
    with _interruptible(work.stop):
        try:
            if needs_case:
                if args.dir is None:
                    raise UsageError("usage.empty", name="DIR")
                work.open(Path(args.dir), read_only=needs_case == "read")
            outcome = action(work, args)
        finally:
            progress.end()
            work.close()
    if args.json:
        write_json(outcome.data)
    else:
        writer(outcome.data)
    status = _status(name, outcome)
    if name == "demo" and not args.headless and status == 0 and opened is not None:
        return opened(Path(outcome.data["case"]))
    return status


class _interruptible:  # noqa: N801  # reads as a clause: with _interruptible(stop)
    """The first Ctrl+C asks the work to stop where it can go on later; the second ends the program."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._before: Any = None

    def __enter__(self) -> None:
        def on_signal(number: int, _frame: object) -> None:
            if self._stop.is_set():
                raise KeyboardInterrupt
            self._stop.set()
            say(tr("cli.stopping"))
            del number

        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, on_signal)

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)


def _status(name: str, outcome: "Outcome") -> int:
    """1 where a check failed, 3 where nothing of what was given could be taken, else 0."""
    data = outcome.data
    if name in ("verify", "form lint", "law check", "models check", "doctor") and not data["ok"]:
        return 1
    if name == "demo" and not data["verified"]:
        return 1
    if name == "import" and data["refused"]:
        return 3
    return 0


# -- one function per command ------------------------------------------------------------------------------------------------------


def _demo(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import demo

    return demo.run(work, out=Path(args.out))


def _case_new(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import cases
    from inspector_app.domain.people import Officer

    officers = []
    for text in args.officer:
        try:
            officers.append(Officer.parse(text))
        except ValueError as cause:
            raise UsageError("usage.officer", given=text) from cause
    return cases.new(
        work, folder=Path(args.dir), number=args.number, cause=args.cause, party=args.party, officers=officers, legal_basis=args.legal_basis
    )


def _case_info(work: "Workspace", _args: Args) -> "Outcome":
    from inspector_app.commands import cases

    return cases.info(work)


def _case_session(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import cases, sessions

    given = {name: getattr(args, name) for name in ("platform", "room", "account", "host", "started_at")}
    recording = cases.pick_recording(work, args.recording)[0]
    return sessions.set_facts(work, recording_id=recording.id, alone=args.alone, **given)


def _import(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import cases, material

    names = ("platform", "room", "account", "host", "started_at", "zone", "join", "order", "growing")
    words: Json = {name: getattr(args, name) for name in names}
    recording = cases.pick_recording(work, args.recording)[0].id if args.recording else None
    return material.import_files(work, files=[Path(file) for file in args.file], recording=recording, **words)


def _record(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import recording

    if not args.url:
        return recording.take_in(work)
    if args.preflight:
        return recording.preflight(work, url=args.url, lane=args.lane, seconds=args.seconds or 10, servers=args.time_server)
    return recording.capture(
        work,
        url=args.url,
        seconds=args.seconds,
        lane=args.lane,
        servers=args.time_server,
        analyse_with=args.model if args.analyse else "",
        chat=args.chat,
        starts_at=args.starts_at,
        ends_at=args.ends_at,
        priority=args.priority,
    )


def _transcribe(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import transcripts

    return transcripts.run(work, recording=args.recording, model=args.model, quick=args.quick)


def _read_screen(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import screens

    return screens.read(work, recording=args.recording)


def _leads(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import cases, leads

    recording = cases.pick_recording(work, args.recording)[0].id if args.recording else None
    return leads.run(work, recording_id=recording)


def _evaluate(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import lead_measure

    return lead_measure.evaluate(work, folder=Path(args.evaluate) if args.evaluate else None, show=args.show)


def _finding_add(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import cases, findings

    recording = cases.pick_recording(work, args.recording)[0]
    outcome = findings.add(
        work, recording_id=recording.id, start_us=_clock(args.start), end_us=_clock(args.end), articles=args.article, note=args.note
    )
    return findings.show(work, finding_id=outcome.ids[0])


def _clock(text: str) -> int:
    from inspector_app.domain.timebase import parse_clock

    try:
        return parse_clock(text)
    except ValueError as cause:
        raise UsageError("usage.clock", given=text) from cause


def _finding_list(work: "Workspace", _args: Args) -> "Outcome":
    from inspector_app.commands import findings

    return findings.list_findings(work)


def _search(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import searching

    folders = [Path(folder) for folder in args.all] or ([Path(args.dir)] if args.dir else [])
    if not folders:
        raise UsageError("usage.search_where")
    return searching.find(work, query=args.query, folders=folders)


def _dossier(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import dossiers

    return dossiers.build(
        work,
        out=Path(args.out),
        signers=_keys(args.sign),
        tsa=args.tsa,
        edition=args.edition,
        article=args.article,
        html=Path(args.html) if args.html else None,
    )


def _sign(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import dossiers, verifying

    path = Path(args.file)
    folder = Path(args.case) if args.case else verifying.case_of(path)
    if folder is not None:
        work.open(folder)
    return dossiers.sign(work, path=path, signers=_keys(args.sign), tsa=args.tsa)


def _keys(files: list[str]) -> list[tuple[Path, bytes]]:
    """Each PKCS#12 file with its password: from the environment (the second file may have its own), else typed on the terminal."""
    found = []
    for place, file in enumerate(files, 1):
        password = os.environ.get(f"{PASSWORD}_{place}", os.environ.get(PASSWORD))
        if password is None:
            if not sys.stdin.isatty():
                raise UsageError("sign.no_password", file=file, name=PASSWORD)
            from getpass import getpass

            password = getpass(tr("cli.sign.password", file=Path(file).name))
        found.append((Path(file), password.encode()))
    return found


def _form(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import forms

    match args.verb:
        case "list":
            return forms.list_forms(work)
        case "new":
            return forms.new(work, template=args.template, exhibit=args.exhibit, values=_field_values(args.values))
        case "set":
            return forms.fill(work, form_id=args.form, values=_field_values(args.values))
        case "lint":
            return forms.check(work, form_id=args.form)
        case "justify":
            return forms.justify(work, code=args.code, place=args.place, text=args.because)
        case "pdf":
            return forms.pdf(work, form_id=args.form, out=Path(args.out))
    act = {"show": forms.show, "seal": forms.seal, "discard": forms.discard}[args.verb]
    return act(work, form_id=args.form)


def _field_values(words: list[str]) -> Json:
    """`field=value`; rows of a table as JSON, `\\n` for a new line in a text."""
    found: Json = {}
    for text in words:
        name, mark, value = text.partition("=")
        if not mark:
            raise UsageError("usage.field_value", given=text)
        if value.startswith("["):
            try:
                found[name] = json.loads(value)
                continue
            except ValueError as cause:
                raise UsageError("usage.field_value", given=text[:80]) from cause
        found[name] = value.replace("\\n", "\n")
    return found


def _verify(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import verifying

    return verifying.verify(work, path=Path(args.path), case=Path(args.case) if args.case else None, rebuild=bool(args.case))


def _export(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import exports, packages

    if args.kind == "package":
        return packages.write(work, out=Path(args.out))
    return exports.write(work, kind=args.kind, out=Path(args.out), recording=args.recording)


def _review(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import packages, reviews

    match args.verb:
        case "open":
            return packages.open_package(work, path=Path(args.package), into=Path(args.into) if args.into else None)
        case "say":
            finding = reviews.by_number(work, args.finding)
            return reviews.say(work, finding_id=finding.id, verdict=args.verdict, text=args.text, reviewer=args.reviewer)
        case "write":
            return packages.write_reviews(work, out=Path(args.out))
        case _:
            return packages.merge(work, path=Path(args.file))


def _law(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import laws

    match args.verb:
        case "list":
            return laws.list_articles(work, on=args.on)
        case "show":
            return laws.show(work, code=args.code, on=args.on)
        case "find":
            return laws.find(work, words=args.words, on=args.on)
        case "import":
            return laws.import_text(work, file=Path(args.file), source=args.source)
        case "export":
            return laws.export_review(work, out=Path(args.review), words=show_law.review_words(), language=language())
    return laws.check(work)


def _journal(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import history

    return history.rows(work, after=args.after)


def _models(work: "Workspace", args: Args) -> "Outcome":
    from inspector_app.commands import packs

    match args.verb:
        case "list":
            return packs.list_packs(work)
        case "fetch":
            return packs.fetch(work, name=args.name)
        case "add":
            return packs.add(work, folder=Path(args.path), custom=args.custom)
        case "measure":
            return packs.measure(work, name=args.name)
    return packs.check(work)


def _doctor(work: "Workspace", _args: Args) -> "Outcome":
    from inspector_app.commands import doctor

    return doctor.examine(work)


#: name → what runs it, whether it needs the case ("" no, "read", "write"), what prints it for a person
_ACTIONS: dict[str, tuple[Callable[["Workspace", Args], "Outcome"], str, Callable[[Any], None]]] = {
    "demo": (_demo, "", show.demo),
    "case new": (_case_new, "", show.case_new),
    "case info": (_case_info, "read", show.case_info),
    "case session": (_case_session, "write", show.case_session),
    "import": (_import, "write", show.imported),
    "record": (_record, "write", show.recorded),
    "transcribe": (_transcribe, "write", show.transcript),
    "read-screen": (_read_screen, "write", show.texts),
    "leads": (_leads, "write", show.leads),
    "leads evaluate": (_evaluate, "", show.evaluation),
    "finding add": (_finding_add, "write", show.finding),
    "finding list": (_finding_list, "read", show.findings),
    "search": (_search, "", show.hits),
    "dossier": (_dossier, "write", show_dossier.dossier),
    "sign": (_sign, "", show_dossier.signed),
    "form list": (_form, "read", show_dossier.forms),
    "form new": (_form, "write", show_dossier.form),
    "form show": (_form, "read", show_dossier.form),
    "form set": (_form, "write", show_dossier.form),
    "form lint": (_form, "read", show_dossier.slips),
    "form justify": (_form, "write", show_dossier.justified),
    "form seal": (_form, "write", show_dossier.form),
    "form discard": (_form, "write", show_dossier.form),
    "form pdf": (_form, "read", show_dossier.form_pdf),
    "verify": (_verify, "", show_dossier.report),
    "export": (_export, "read", show_dossier.written),
    "review open": (_review, "", show_dossier.opened),
    "review say": (_review, "write", show_dossier.reviewed),
    "review write": (_review, "read", show_dossier.written),
    "review merge": (_review, "write", show_dossier.merged),
    "law list": (_law, "", show_law.articles),
    "law show": (_law, "", show_law.article_cards),
    "law find": (_law, "", show_law.articles),
    "law import": (_law, "", show_law.law_text),
    "law export": (_law, "", show_dossier.written),
    "law check": (_law, "", show_law.law_check),
    "journal": (_journal, "read", show.journal),
    "models list": (_models, "", show.models),
    "models fetch": (_models, "", show.models),
    "models add": (_models, "", show.models),
    "models check": (_models, "", show.models),
    "models measure": (_models, "", show.models),
    "doctor": (_doctor, "", show.checks),
}
