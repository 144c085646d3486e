"""The words of the command line (design: cli.md). Only argparse and the word catalogue are loaded here, so that `--help` is quick."""

import argparse
import difflib
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from inspector_app import __version__
from inspector_app.i18n import tr


class Parser(argparse.ArgumentParser):
    """Refuses what it does not know with a suggestion, in plain words, with status 2."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "allow_abbrev": False, "add_help": False})
        self.add_argument("-h", "--help", action="help", help=tr("cli.help"))
        self._words: Sequence[str] = ()

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> tuple[Any, list[str]]:  # type: ignore[override]
        """Refuses unknown options where they stand, so that the suggestion comes from the command they were given to."""
        self._words = sys.argv[1:] if args is None else list(args)
        found, unknown = super().parse_known_args(self._words, namespace)
        if unknown:
            self.error(tr("cli.unknown", words=" ".join(unknown)))
        return found, unknown

    def error(self, message: str) -> NoReturn:
        hint = self._suggestion()
        sys.stderr.write(f"{tr('cli.wrong', message=message)}\n")
        if hint:
            sys.stderr.write(f"{tr('cli.suggestion', hint=hint)}\n")
        sys.stderr.write(f"{tr('cli.see', program=self.prog)}\n")
        self.exit(2)

    def _suggestion(self) -> str:
        known = [option for action in self._actions for option in action.option_strings]
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  # argparse has no public name for it
                known += list(action.choices)
        given = [word for word in self._words if word not in known]
        return next((match for word in given for match in difflib.get_close_matches(word.split("=", maxsplit=1)[0], known, 1, 0.6)), "")


def build() -> Parser:
    """The whole parser; the chosen command is in `args.command` (and `args.verb` for groups)."""
    parser = Parser(prog="inspector", description=tr("cli.about"))
    parser.add_argument("--version", action="version", version=f"inspector {__version__}", help=tr("cli.version"))
    parser.add_argument("--lang", choices=("zh", "en"), help=tr("cli.lang"))
    commands = parser.add_subparsers(dest="command", metavar=tr("cli.command"))

    def add(name: str, *, group: Any = commands, key: str | None = None) -> Parser:
        child: Parser = group.add_parser(name, help=tr(f"cli.{key or name}"), description=tr(f"cli.{key or name}"))
        child.add_argument("--json", action="store_true", help=tr("cli.json"))
        child.add_argument("--lang", choices=("zh", "en"), help=tr("cli.lang"))
        return child

    def add_group(name: str) -> Any:
        return add(name).add_subparsers(dest="verb", metavar=tr("cli.verb"), required=True)

    demo = add("demo")
    demo.add_argument("--out", required=True, metavar="DIR", help=tr("cli.demo.out"))
    demo.add_argument("--headless", action="store_true", help=tr("cli.demo.headless"))

    case = add_group("case")
    new = add("new", group=case, key="case.new")
    new.add_argument("dir", metavar="DIR")
    new.add_argument("--number", required=True, metavar="N", help=tr("cli.case.number"))
    new.add_argument("--cause", required=True, metavar="T", help=tr("cli.case.cause"))
    new.add_argument("--party", required=True, metavar="P", help=tr("cli.case.party"))
    new.add_argument("--officer", required=True, action="append", metavar="NAME:CERTIFICATE", help=tr("cli.case.officer"))
    new.add_argument("--legal-basis", default="", metavar="T", help=tr("cli.case.legal_basis"))
    add("info", group=case, key="case.info").add_argument("dir", metavar="DIR")
    session = add("session", group=case, key="case.session")
    session.add_argument("dir", metavar="DIR")
    session.add_argument("--recording", required=True, metavar="ID", help=tr("cli.recording"))
    for name in ("platform", "room", "account", "host", "started-at"):
        session.add_argument(f"--{name}", metavar="T", help=tr(f"cli.import.{name}"))
    session.add_argument("--alone", action="store_true", help=tr("cli.case.session.alone"))

    material = add("import")
    material.add_argument("dir", metavar="DIR")
    material.add_argument("file", nargs="+", metavar="FILE")
    for name in ("platform", "room", "account", "host", "started-at"):
        material.add_argument(f"--{name}", default="", metavar="T", help=tr(f"cli.import.{name}"))
    material.add_argument("--recording", metavar="ID", help=tr("cli.import.recording"))
    material.add_argument("--zone", default="", metavar="+08:00", help=tr("cli.import.zone"))
    material.add_argument("--join", action="store_true", help=tr("cli.import.join"))
    material.add_argument("--order", default="auto", choices=("auto", "name", "container", "given"), help=tr("cli.import.order"))
    material.add_argument("--growing", default="refuse", choices=("refuse", "wait", "snapshot"), help=tr("cli.import.growing"))

    record = add("record")
    record.add_argument("dir", metavar="DIR")
    record.add_argument("url", metavar="URL", nargs="?", default="", help=tr("cli.record.url"))
    record.add_argument("--for", type=int, dest="seconds", default=0, metavar="SECONDS", help=tr("cli.record.for"))
    record.add_argument("--lane", choices=("auto", "flv", "hls", "remux", "screen"), default="auto", help=tr("cli.record.lane"))
    record.add_argument("--from", default="", dest="starts_at", metavar="ISO", help=tr("cli.record.from"))
    record.add_argument("--until", default="", dest="ends_at", metavar="ISO", help=tr("cli.record.until"))
    record.add_argument("--priority", type=int, default=0, metavar="N", help=tr("cli.record.priority"))
    record.add_argument("--preflight", action="store_true", help=tr("cli.record.preflight"))
    record.add_argument("--chat", default="", metavar="ADDRESS", help=tr("cli.record.chat"))
    record.add_argument("--analyse", action="store_true", help=tr("cli.record.analyse"))
    record.add_argument("--model", default="base", metavar="NAME|PATH", help=tr("cli.model"))
    record.add_argument("--time-server", action="append", default=[], metavar="HOST", help=tr("cli.record.time_server"))

    for name in ("transcribe", "read-screen", "leads"):
        work = add(name)
        work.add_argument("dir", metavar="DIR", nargs="?" if name == "leads" else None)
        if name == "leads":
            work.add_argument("--evaluate", nargs="?", const="", default=None, metavar="FOLDER", help=tr("cli.leads.evaluate"))
            work.add_argument("--show", choices=("misses", "false", "both"), default="", help=tr("cli.leads.show"))
        work.add_argument("--recording", metavar="ID", help=tr("cli.recording"))
        if name == "transcribe":
            work.add_argument("--model", default="base", metavar="NAME|PATH", help=tr("cli.model"))
            work.add_argument("--quick", action="store_true", help=tr("cli.quick"))

    finding = add_group("finding")
    entry = add("add", group=finding, key="finding.add")
    entry.add_argument("dir", metavar="DIR")
    entry.add_argument("--recording", required=True, metavar="ID", help=tr("cli.recording"))
    entry.add_argument("--from", required=True, dest="start", metavar="HH:MM:SS.mmm", help=tr("cli.finding.from"))
    entry.add_argument("--to", required=True, dest="end", metavar="HH:MM:SS.mmm", help=tr("cli.finding.to"))
    entry.add_argument("--article", required=True, action="append", metavar="CODE", help=tr("cli.finding.article"))
    entry.add_argument("--note", default="", metavar="T", help=tr("cli.finding.note"))
    add("list", group=finding, key="finding.list").add_argument("dir", metavar="DIR")

    search = add("search")
    search.add_argument("dir", metavar="DIR", nargs="?", help=tr("cli.search.dir"))
    search.add_argument("query", metavar="QUERY")
    search.add_argument("--all", action="append", default=[], metavar="FOLDER", help=tr("cli.search.all"))

    dossier = add("dossier")
    dossier.add_argument("dir", metavar="DIR")
    dossier.add_argument("--out", required=True, metavar="FILE.pdf", help=tr("cli.dossier.out"))
    editions = ("full", "disclosure", "summary", "extract")
    dossier.add_argument("--edition", default="full", choices=editions, help=tr("cli.dossier.edition"))
    dossier.add_argument("--article", default="", metavar="CODE", help=tr("cli.dossier.article"))
    dossier.add_argument("--html", default="", metavar="DIR", help=tr("cli.dossier.html"))
    _add_signing(add, dossier)
    _add_forms(add, add_group)

    verify = add("verify")
    verify.add_argument("path", metavar="PATH", help=tr("cli.verify.path"))
    verify.add_argument("--case", metavar="DIR", help=tr("cli.verify.case"))

    export = add("export")
    export.add_argument("dir", metavar="DIR")
    export.add_argument(
        "--as", required=True, dest="kind", choices=("package", "srt", "vtt", "csv", "json", "txt", "eaf"), help=tr("cli.export.as")
    )
    export.add_argument("--out", required=True, metavar="PATH", help=tr("cli.export.out"))
    export.add_argument("--recording", metavar="ID", help=tr("cli.recording"))

    review = add_group("review")
    pack = add("open", group=review, key="review.open")
    pack.add_argument("package", metavar="PACKAGE")
    pack.add_argument("--into", metavar="DIR", help=tr("cli.review.into"))
    say = add("say", group=review, key="review.say")
    say.add_argument("dir", metavar="DIR")
    say.add_argument("--finding", required=True, type=int, metavar="N", help=tr("cli.review.finding"))
    say.add_argument("--verdict", required=True, choices=("remark", "accepted", "returned", "rejected"), help=tr("cli.review.verdict"))
    say.add_argument("--reviewer", required=True, metavar="NAME", help=tr("cli.review.reviewer"))
    say.add_argument("--text", default="", metavar="T", help=tr("cli.review.text"))
    back = add("write", group=review, key="review.write")
    back.add_argument("dir", metavar="DIR")
    back.add_argument("--out", required=True, metavar="FILE", help=tr("cli.export.out"))
    merge = add("merge", group=review, key="review.merge")
    merge.add_argument("dir", metavar="DIR")
    merge.add_argument("file", metavar="FILE")

    law = add_group("law")
    for verb, word in (("list", None), ("show", "code"), ("find", "words"), ("import", "file"), ("check", None)):
        one = add(verb, group=law, key=f"law.{verb}")
        if word:
            one.add_argument(word, metavar=word.upper())
        if verb in ("list", "show", "find"):
            one.add_argument("--on", metavar="YYYY-MM-DD", help=tr("cli.law.on"))
        if verb == "import":
            one.add_argument("--source", default="", metavar="T", help=tr("cli.law.import.source"))
    add("export", group=law, key="law.export").add_argument(
        "--review", required=True, metavar="FILE.csv|FILE.html", help=tr("cli.law.export.review")
    )

    journal = add("journal")
    journal.add_argument("dir", metavar="DIR")
    journal.add_argument("--after", type=int, default=0, metavar="N", help=tr("cli.journal.after"))

    models = add_group("models")
    add("list", group=models, key="models.list")
    add("fetch", group=models, key="models.fetch").add_argument("name", metavar="NAME")
    model = add("add", group=models, key="models.add")
    model.add_argument("path", metavar="PATH")
    model.add_argument("--custom", action="store_true", help=tr("cli.models.custom"))
    add("check", group=models, key="models.check")
    add("measure", group=models, key="models.measure").add_argument("name", metavar="NAME", nargs="?", default="base")

    add("doctor")
    return parser


def _add_signing(add: Callable[..., Parser], dossier: Parser) -> None:
    sign = add("sign")
    sign.add_argument("file", metavar="FILE.pdf")
    sign.add_argument("--case", metavar="DIR", help=tr("cli.verify.case"))
    for one in (dossier, sign):
        one.add_argument("--sign", required=one is sign, action="append", default=[], metavar="P12", help=tr("cli.sign.p12"))
        one.add_argument("--tsa", default="", metavar="URL", help=tr("cli.sign.tsa"))


def _add_forms(add: Callable[..., Parser], add_group: Callable[[str], Any]) -> None:
    form = add_group("form")
    for verb in ("list", "new", "show", "set", "lint", "justify", "seal", "discard", "pdf"):
        one = add(verb, group=form, key=f"form.{verb}")
        one.add_argument("dir", metavar="DIR")
        if verb == "new":
            one.add_argument("template", metavar="TEMPLATE", help=tr("cli.form.template"))
            one.add_argument("--exhibit", type=int, metavar="N", help=tr("cli.form.exhibit"))
        elif verb == "justify":
            one.add_argument("code", metavar="CODE", help=tr("cli.form.code"))
            one.add_argument("place", metavar="PLACE", help=tr("cli.form.place"))
            one.add_argument("--because", required=True, metavar="T", help=tr("cli.form.because"))
        elif verb != "list":
            one.add_argument("form", metavar="FORM", nargs="?" if verb == "lint" else None, help=tr("cli.form.form"))
        if verb in ("new", "set"):
            one.add_argument("values", metavar="FIELD=VALUE", nargs="*" if verb == "new" else "+", help=tr("cli.form.values"))
        if verb == "pdf":
            one.add_argument("--out", required=True, metavar="FILE.pdf", help=tr("cli.form.out"))
