"""The plain-text face of each command's data, for a person at a terminal; the dossier's and the law's have files of their own."""

from typing import Any

from inspector_app.domain.timebase import format_clock
from inspector_app.i18n import tr

from .printing import line, sentence, table, word
from .terminal import write_line

Json = dict[str, Any]


def demo(data: Json) -> None:
    rows = [
        (
            tr(f"stage.{stage['stage']}"),
            tr(f"cli.demo.done.{stage['stage']}", **stage["facts"]),
            f"{stage['wall_ms'] / 1000:.1f} s",
            f"{stage['cpu_ms'] / 1000:.1f} s",
        )
        for stage in data["stages"]
    ]
    table((tr("cli.demo.stage"), tr("cli.demo.result"), tr("cli.demo.wall"), tr("cli.demo.cpu")), rows, widest=72)
    write_line()
    line("cli.demo.score", **data["score"], cer=f"{data['score']['cer_pm'] / 10:.1f}")
    line("cli.demo.case", path=data["case"])
    line("cli.demo.dossier", path=data["dossier"], pages=data["pages"], size=f"{data['dossier_bytes'] / 1e6:.1f} MB")
    line("cli.demo.verified" if data["verified"] else "cli.demo.broken")
    for problem in data["problems"]:
        write_line(f"  {problem['code']}: {problem['what']} ({problem['where']})")


def case_new(data: Json) -> None:
    line("cli.case.made", number=data["number"], path=data["case"])


def case_info(data: Json) -> None:
    for name in ("number", "cause", "party", "created_at"):
        write_line(f"{tr(f'cli.case.{name}')}: {data[name]}")
    write_line(f"{tr('cli.case.officers')}: " + "; ".join(f"{one['name']} ({one['certificate']})" for one in data["officers"]))
    write_line()
    head = (tr("cli.head.id"), tr("cli.head.name"), tr("cli.head.duration"), tr("cli.head.bytes"), "SHA-256")
    table(
        head,
        [
            (one["id"], one["name"], format_clock(one["duration_us"]), f"{one['bytes'] / 1e6:.1f} MB", one["sha256"][:16] + "…")
            for one in data["recordings"]
        ],
    )
    write_line()
    for name in ("segments", "screen_texts", "chat_messages", "leads", "findings", "exhibits", "dossiers"):
        write_line(f"{tr(f'cli.count.{name}')}: {data[name]}")
    write_line(f"{tr('cli.journal.head')}: {data['journal_head']} ({data['journal_rows']})")


def case_session(data: Json) -> None:
    line("session.kept" if data["recordings"] else "session.same", recordings=data["recordings"])
    if data["day"] != data["day_before"]:
        unknown = tr("session.no_day")
        line("session.day", day=data["day"] or unknown, before=data["day_before"] or unknown, count=data["findings"])
    if data["chats"]:
        line("session.chats", count=data["chats"])


def imported(data: Json) -> None:
    for one in data["imported"]:
        line("cli.imported.one", name=one["name"], id=one["id"])
        write_line(f"  SHA-256 {one['sha256']}")
        write_line(f"  SM3     {one['sm3']}")
        for warning in one["warnings"]:
            write_line("  ! " + sentence(warning["code"], warning.get("facts", {})))
        if one.get("duplicate"):
            line("cli.imported.duplicate")
    for one in data["refused"]:
        write_line(f"✗ {one['file']}: {sentence(one['code'], one.get('facts', {}))} [{one['code']}]")
    for one in data["left_out"]:
        line("cli.imported.left_out", folder=one["folder"], count=one["count"], names=", ".join(one["names"]))
    for names in data["proposals"]:
        line("cli.imported.proposal", names=", ".join(names))


def _analysed(data: Json | None) -> None:
    if data and "error" in data:
        line("cli.recorded.not_analysed", cause=tr(f"{data['error']}.cause", **data["facts"]))
    elif data:
        line("cli.recorded.analysed", segments=data["segments"], texts=data["texts"])


def _preflight(data: Json) -> None:
    marks = {"ok": "✓", "warn": "!", "bad": "✗"}
    for one in data["checks"]:
        facts, key = one["facts"], f"preflight.{one['check']}.{one['state']}"
        write_line(f"{marks[one['state']]} {tr(key, **facts)}")
        if facts.get("cause"):
            write_line(f"  {sentence(facts['cause'], facts['cause_facts'])}")


def recorded(data: Json) -> None:
    """One capture, what `take_in` found, or a trial."""
    if "checks" in data:
        _preflight(data)
    for one in data.get("taken", [data] if "recording" in data else []):
        line("cli.recorded.one", id=one["recording"] or "-", time=format_clock(one["duration_us"]), count=one["segments"])
        for gap in one["gaps"]:
            word_of_gap = word("gap", gap["kind"])
            line("cli.recorded.gap", start=format_clock(gap["start_us"]), end=format_clock(gap["end_us"]), kind=word_of_gap)
        line("cli.recorded.end", reason=word("capture.reason", one["reason"]), reconnects=one["reconnects"])
        _analysed(one.get("analysis"))
        if one.get("chat"):
            line("cli.recorded.chat", messages=one["chat"]["messages"], received=one["chat"]["received"], gaps=one["chat"]["gaps"])
        write_line(f"{tr('cli.recorded.chain')} {one['sha256']}")
    for one in data.get("running", []):
        line("cli.recorded.running", id=one)
    for one in data.get("failed", []):
        write_line(f"✗ {one['capture']}: {sentence(one['code'], one['facts'])} [{one['code']}]")


def transcript(data: Json) -> None:
    for one in data["segments"]:
        doubt = f"  ({'、'.join(tr(f'flag.{flag}') for flag in one['flags'])})" if one["flags"] else ""
        write_line(f"{format_clock(one['start_us'])}  {one['text']}{doubt}")
    if data.get("engine"):
        line("cli.transcript.by", engine=data["engine"], model=data["model"], sha256=data["model_sha256"][:16])


def texts(data: Json) -> None:
    table(
        (tr("cli.head.from"), tr("cli.head.to"), tr("cli.head.kind"), tr("cli.head.text")),
        [(format_clock(one["start_us"]), format_clock(one["end_us"]), tr(f"kind.{one['kind']}"), one["text"]) for one in data["texts"]],
        widest=60,
    )


def leads(data: Json) -> None:
    table(
        (
            tr("cli.head.from"),
            tr("cli.head.witness"),
            tr("cli.head.articles"),
            tr("cli.head.rule"),
            tr("cli.head.quote"),
            tr("cli.head.state"),
        ),
        [
            (
                format_clock(one["start_us"]),
                tr(f"witness.{one['witness']}"),
                "、".join(one["articles"]),
                one["rule"],
                one["quote"],
                tr(f"state.{one['state']}"),
            )
            for one in data["leads"]
        ],
        widest=40,
    )


def evaluation(data: Json) -> None:
    """Precision, recall and F1 by category and in all, then the cases asked for."""
    names = (
        "cli.head.category",
        "cli.head.met",
        "cli.head.missed",
        "cli.head.false",
        "cli.head.precision",
        "cli.head.recall",
        "cli.head.f1",
    )
    table(
        [tr(name) for name in names],
        [
            (
                one["category"] or tr("cli.leads.all"),
                *(str(one[name]) for name in ("met", "missed", "false")),
                *map(_share, one["shares_pm"]),
            )
            for one in (*data["categories"], data["all"])
        ],
    )
    for name in ("missed", "false"):
        for one in data.get(name, ()):
            rules = "、".join(one["rules"])
            write_line(
                f"{tr(f'cli.head.{name}')}  {one['category']}  {one['script']}  {format_clock(one['at_us'])}  {one['text']}  {rules}".rstrip()
            )


def _share(share_pm: int | None) -> str:
    return "–" if share_pm is None else f"{share_pm / 10:.1f}%"


def findings(data: Json) -> None:
    table(
        (
            "#",
            tr("cli.head.from"),
            tr("cli.head.to"),
            tr("cli.head.articles"),
            tr("cli.head.quote"),
            tr("cli.head.elements"),
            tr("cli.head.state"),
        ),
        [_finding_row(one) for one in data["findings"]],
        widest=40,
    )


def _finding_row(one: Json) -> tuple[str, ...]:
    ticked = sum(element["ticked"] for element in one["elements"])
    return (
        f"{one['number']:03d}",
        format_clock(one["start_us"]),
        format_clock(one["end_us"]),
        "、".join(one["articles"]),
        one["quote"],
        f"{ticked}/{len(one['elements'])}",
        tr(f"state.{one['state']}"),
    )


def finding(data: Json) -> None:
    findings({"findings": [data]})
    for one in data["exhibits"]:
        write_line(f"  {tr('cli.exhibit')} {one['number']:03d} {word('exhibit', one['kind'])} {one['sha256']}")


def hits(data: Json) -> None:
    for one in data["hits"]:
        write_line(f"{format_clock(one['start_us'])}  {word('witness', one['witness'])}  {one['text']}")
    line("cli.hits", count=len(data["hits"]))
    for one in data["skipped"]:
        write_line(f"! {one['case']}: {sentence(one['code'], one)}")


def journal(data: Json) -> None:
    for one in data["rows"]:
        facts = " ".join(f"{name}={value}" for name, value in one["facts"].items())
        write_line(f"{one['seq']:5d}  {one['utc']}  {one['actor']['name']}  {word('act', one['act'])}  {facts}  {one['hash'][:16]}")
    write_line(f"{tr('cli.journal.head')} {data['head']}")


def models(data: Json) -> None:
    for one in data["models"]:
        state = tr("cli.models.ok" if one["ok"] else "cli.models.absent" if not one["installed"] else "cli.models.broken")
        write_line(f"{one['name']:10} {state}  {one['bytes'] / 1e6:.0f} MB  {one['path']}")
        if one.get("measured"):
            line("cli.models.speed", rate=f"{one['measured']['audio_ms'] / one['measured']['wall_ms']:.1f}")
        for problem in one["problems"]:
            write_line("  " + sentence(problem["code"], problem))


def checks(data: Json) -> None:
    for one in data["checks"]:
        mark = "✓" if one["ok"] else "✗" if one["needed"] else "–"
        write_line(f"{mark} {word('doctor', one['name'])}: {one['detail']}")
        if not one["ok"] and one["fix"]:
            write_line(f"    {tr(one['fix'])}")
