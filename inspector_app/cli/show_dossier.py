"""The plain-text face of the commands on dossiers, packages and forms."""

from typing import Any

from inspector_app.i18n import language, tr

from .printing import line, sentence, table
from .terminal import write_line

Json = dict[str, Any]


def dossier(data: Json) -> None:
    line("cli.dossier.made", path=data["pdf"], pages=data["pages"], exhibits=data["exhibits"])
    for path in data["volumes"][1:]:
        write_line(path)
    if data["html"]:
        line("cli.dossier.html_made", path=data["html"], clips=data["clips"])
    _signatures(data["signatures"])
    write_line(f"SHA-256 {data['sha256']}")
    write_line(f"{tr('cli.journal.head')} {data['journal_head']}")


def report(data: Json) -> None:
    counted = "、".join(f"{tr(f'checked.{name}')} {count}" for name, count in data["checked"].items())
    line("cli.verify.ok" if data["ok"] else "cli.verify.broken", checked=counted or "0")
    if data["against"] == "seal":
        line("cli.verify.seal_only")
    if "signatures" in data:
        _signatures(data["signatures"])
    if "rebuilt" in data:
        line(f"verify.rebuilt.{data['rebuilt']['state']}")
        if data["rebuilt"]["state"] == "not_possible":
            write_line(
                f"  {sentence(data['rebuilt']['code'], data['rebuilt'])} {data['rebuilt']['what']} {data['rebuilt']['where']}".rstrip()
            )
    for place, problem in enumerate(data["problems"]):
        mark = "▶" if place == 0 else " "
        write_line(f"{mark} {sentence(problem['code'], problem)} [{problem['code']}] {problem['where']}: {problem['what']}")


def _signatures(found: list[Json]) -> None:
    """Who signed; a chain that nobody checked is never shown as good."""
    for one in found:
        time = one["stamped_at"] or one["claimed_at"]
        by = tr("cli.signature.stamped", by=one["stamped_by"]) if one["stamped_at"] else tr("cli.signature.claimed")
        facts = {name: one[name] for name in ("field", "name", "subject", "issuer", "fingerprint", "digest")}
        line("cli.signature.one", **facts, time=time, by=by)
        chain = "untrusted" if "untrusted" in (one["chain"], one["stamp_chain"]) else one["chain"]
        write_line("  " + tr(f"cli.signature.chain.{'unverified' if one['stamp_chain'] == 'unverified' else chain}"))
        write_line("  " + tr(f"cli.signature.changes.{one['changes']}"))
    if not found:
        line("cli.signature.none")


def signed(data: Json) -> None:
    line("cli.signed", path=data["pdf"], count=len(data["signatures"]))
    _signatures(data["signatures"])
    write_line(f"SHA-256 {data['sha256']}")
    if not data["recorded"]:
        line("cli.signed.not_recorded")


def opened(data: Json) -> None:
    line("cli.review.opened", number=data["number"], path=data["case"], head=data["journal_head"])


def reviewed(data: Json) -> None:
    line("cli.review.said", number=data["number"], verdict=tr(f"ui.opinion.{data['verdict']}"), reviewer=data["reviewer"])


def merged(data: Json) -> None:
    line("cli.review.merged", merged=data["merged"], known=data["known"])
    if data["ignored"]:
        line("cli.review.ignored", acts="、".join(tr(f"act.{name}") for name in data["ignored"]))


def forms(data: Json) -> None:
    english = language() == "en"
    table(
        (tr("cli.head.id"), tr("cli.head.name")), [(one["id"], one["title_en"] if english else one["title"]) for one in data["templates"]]
    )
    write_line()
    head = (tr("cli.head.id"), tr("cli.head.name"), tr("cli.head.state"), tr("cli.head.by"))
    table(head, [(one["id"], one["title"], tr(f"form.state.{one['state']}"), one["by"]) for one in data["forms"]])


def form(data: Json) -> None:
    write_line(f"{data['title']}  {data['id']}  {tr('form.state.' + data['state'])}")
    for one in data["fields"]:
        value = one["value"]
        if isinstance(value, list):
            value = tr("cli.form.rows", count=len(value)) if one["type"] == "table" else "、".join(value)
        label = one["en"] if language() == "en" else one["zh"]
        write_line(f"  {'*' if one['required'] else ' '} {one['name']:14} {label}: {value or '＿＿＿'}")
    slips({"ok": not data["problems"], "problems": data["problems"]})


def slips(data: Json) -> None:
    for one in data["problems"]:
        where = " · ".join(filter(None, (one["title"], one["label_en"] if language() == "en" else one["label"], str(one["line"] or ""))))
        mark = "✓" if one["justified"] else "✗"
        write_line(f"{mark} {where}: {tr('lint.' + one['code'], what=one['what'])} [{one['code']} {one['place']}]")
        if one["justified"]:
            write_line("    " + tr("cli.form.justified", by=one["justified"]["by"], text=one["justified"]["text"]))
    if data["ok"]:
        line("cli.form.clean")


def justified(data: Json) -> None:
    line("cli.form.justified_now", code=data["code"], place=data["place"])


def form_pdf(data: Json) -> None:
    line("cli.form.written", path=data["pdf"], sha256=data["sha256"])


def written(data: Json) -> None:
    for path in data["written"]:
        write_line(path)
