"""The plain-text face of each command's data, for a person at a terminal."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from inspector_app.domain.timebase import format_clock
from inspector_app.i18n import has, language, tr

from .terminal import write_line

Json = dict[str, Any]


def width(text: str) -> int:
    """Columns a terminal needs: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def word(family: str, name: str) -> str:
    """The word for one of a family of names, such as the witness `speech`."""
    return tr(f"{family}.{name}")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, widest: int = 48) -> None:
    cells = [[str(cell).replace("\n", " ") for cell in row] for row in rows]
    cut = [[_cut(cell, widest) for cell in row] for row in cells]
    columns = [max(width(row[place]) for row in [list(head), *cut]) for place in range(len(head))]
    for row in ([*head], ["─" * size for size in columns], *cut):
        write_line("  ".join(cell + " " * (size - width(cell)) for cell, size in zip(row, columns, strict=True)).rstrip())


def _cut(text: str, widest: int) -> str:
    if width(text) <= widest:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > widest - 1:
            break
        kept += character
    return kept + "…"


def _line(key: str, **facts: object) -> None:
    write_line(tr(key, **facts))


def _words(code: str, facts: Json) -> str:
    """A code's sentence: cause and next step where the catalogue has both, else the one sentence."""
    if has(f"{code}.cause"):
        return f"{tr(f'{code}.cause', **facts)} {tr(f'{code}.next', **facts)}".strip()
    return tr(f"warning.{code}", **facts) if has(f"warning.{code}") else code


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
    _line("cli.demo.score", **data["score"])
    _line("cli.demo.case", path=data["case"])
    _line("cli.demo.dossier", path=data["dossier"], pages=data["pages"], size=f"{data['dossier_bytes'] / 1e6:.1f} MB")
    _line("cli.demo.verified" if data["verified"] else "cli.demo.broken")
    for problem in data["problems"]:
        write_line(f"  {problem['code']}: {problem['what']} ({problem['where']})")


def case_new(data: Json) -> None:
    _line("cli.case.made", number=data["number"], path=data["case"])


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


def imported(data: Json) -> None:
    for one in data["imported"]:
        _line("cli.imported.one", name=one["name"], id=one["id"])
        write_line(f"  SHA-256 {one['sha256']}")
        write_line(f"  SM3     {one['sm3']}")
        for warning in one["warnings"]:
            write_line("  ! " + _words(warning["code"], warning.get("facts", {})))
        if one.get("duplicate"):
            _line("cli.imported.duplicate")
    for one in data["refused"]:
        write_line(f"✗ {one['file']}: {_words(one['code'], one.get('facts', {}))} [{one['code']}]")
    for one in data["left_out"]:
        _line("cli.imported.left_out", folder=one["folder"], count=one["count"], names=", ".join(one["names"]))
    for names in data["proposals"]:
        _line("cli.imported.proposal", names=", ".join(names))


def _analysed(data: Json | None) -> None:
    if data and "error" in data:
        _line("cli.recorded.not_analysed", cause=tr(f"{data['error']}.cause", **data["facts"]))
    elif data:
        _line("cli.recorded.analysed", segments=data["segments"], texts=data["texts"])


def _preflight(data: Json) -> None:
    marks = {"ok": "✓", "warn": "!", "bad": "✗"}
    for one in data["checks"]:
        facts, key = one["facts"], f"preflight.{one['check']}.{one['state']}"
        write_line(f"{marks[one['state']]} {tr(key, **facts)}")
        if facts.get("cause"):
            write_line(f"  {_words(facts['cause'], facts['cause_facts'])}")


def recorded(data: Json) -> None:
    """One capture, what `take_in` found, or a trial."""
    if "checks" in data:
        _preflight(data)
    for one in data.get("taken", [data] if "recording" in data else []):
        _line("cli.recorded.one", id=one["recording"] or "-", time=format_clock(one["duration_us"]), count=one["segments"])
        for gap in one["gaps"]:
            word_of_gap = word("gap", gap["kind"])
            _line("cli.recorded.gap", start=format_clock(gap["start_us"]), end=format_clock(gap["end_us"]), kind=word_of_gap)
        _line("cli.recorded.end", reason=word("capture.reason", one["reason"]), reconnects=one["reconnects"])
        _analysed(one.get("analysis"))
        if one.get("chat"):
            _line("cli.recorded.chat", messages=one["chat"]["messages"], received=one["chat"]["received"], gaps=one["chat"]["gaps"])
        write_line(f"{tr('cli.recorded.chain')} {one['sha256']}")
    for one in data.get("running", []):
        _line("cli.recorded.running", id=one)
    for one in data.get("failed", []):
        write_line(f"✗ {one['capture']}: {_words(one['code'], one['facts'])} [{one['code']}]")


def transcript(data: Json) -> None:
    for one in data["segments"]:
        doubt = f"  ({'、'.join(tr(f'flag.{flag}') for flag in one['flags'])})" if one["flags"] else ""
        write_line(f"{format_clock(one['start_us'])}  {one['text']}{doubt}")
    if data.get("engine"):
        _line("cli.transcript.by", engine=data["engine"], model=data["model"], sha256=data["model_sha256"][:16])


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
    _line("cli.hits", count=len(data["hits"]))
    for one in data["skipped"]:
        write_line(f"! {one['case']}: {_words(one['code'], one)}")


def dossier(data: Json) -> None:
    _line("cli.dossier.made", path=data["pdf"], pages=data["pages"], exhibits=data["exhibits"])
    if data["html"]:
        _line("cli.dossier.html_made", path=data["html"], clips=data["clips"])
    _signatures(data["signatures"])
    write_line(f"SHA-256 {data['sha256']}")
    write_line(f"{tr('cli.journal.head')} {data['journal_head']}")


def report(data: Json) -> None:
    counted = "、".join(f"{tr(f'checked.{name}')} {count}" for name, count in data["checked"].items())
    _line("cli.verify.ok" if data["ok"] else "cli.verify.broken", checked=counted or "0")
    if data["against"] == "seal":
        _line("cli.verify.seal_only")
    if "signatures" in data:
        _signatures(data["signatures"])
    for place, problem in enumerate(data["problems"]):
        mark = "▶" if place == 0 else " "
        write_line(f"{mark} {_words(problem['code'], problem)} [{problem['code']}] {problem['where']}: {problem['what']}")


def _signatures(found: list[Json]) -> None:
    """Who signed; a chain that nobody checked is never shown as good."""
    for one in found:
        time = one["stamped_at"] or one["claimed_at"]
        by = tr("cli.signature.stamped", by=one["stamped_by"]) if one["stamped_at"] else tr("cli.signature.claimed")
        facts = {name: one[name] for name in ("field", "name", "subject", "issuer", "fingerprint", "digest")}
        _line("cli.signature.one", **facts, time=time, by=by)
        chain = "untrusted" if "untrusted" in (one["chain"], one["stamp_chain"]) else one["chain"]
        write_line("  " + tr(f"cli.signature.chain.{'unverified' if one['stamp_chain'] == 'unverified' else chain}"))
        write_line("  " + tr(f"cli.signature.changes.{one['changes']}"))
    if not found:
        _line("cli.signature.none")


def signed(data: Json) -> None:
    _line("cli.signed", path=data["pdf"], count=len(data["signatures"]))
    _signatures(data["signatures"])
    write_line(f"SHA-256 {data['sha256']}")
    if not data["recorded"]:
        _line("cli.signed.not_recorded")


def opened(data: Json) -> None:
    _line("cli.review.opened", number=data["number"], path=data["case"], head=data["journal_head"])


def reviewed(data: Json) -> None:
    _line("cli.review.said", number=data["number"], verdict=tr(f"ui.opinion.{data['verdict']}"), reviewer=data["reviewer"])


def merged(data: Json) -> None:
    _line("cli.review.merged", merged=data["merged"], known=data["known"])
    if data["ignored"]:
        _line("cli.review.ignored", acts="、".join(tr(f"act.{name}") for name in data["ignored"]))


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
        _line("cli.form.clean")


def justified(data: Json) -> None:
    _line("cli.form.justified_now", code=data["code"], place=data["place"])


def form_pdf(data: Json) -> None:
    _line("cli.form.written", path=data["pdf"], sha256=data["sha256"])


def written(data: Json) -> None:
    for path in data["written"]:
        write_line(path)


def articles(data: Json) -> None:
    if not data["articles"]:
        _line("cli.law.none")
        return
    table(
        (tr("cli.head.code"), tr("cli.head.title"), tr("cli.head.edition"), tr("cli.head.summary")),
        [(one["code"], _own(one, "title"), one["edition"]["id"], _own(one, "summary")) for one in data["articles"]],
    )
    if data.get("more"):
        _line("cli.law.more", count=len(data["articles"]))


def _own(one: Json, name: str) -> str:
    return str(one[f"{name}_en"] if language() == "en" else one[name])


def article_cards(data: Json) -> None:
    for one in data["articles"]:
        write_line(f"{one['citation']}  {_own(one, 'title')}")
        write_line(f"{one['edition']['label']} · {tr('cli.law.from', day=one['edition']['in_force_from'])}")
        write_line(f"{tr('cli.law.binds')}: " + "、".join(tr(f"binds.{name}") for name in one["binds"]))
        _words_or_summary(one)
        for element in one["elements"]:
            write_line(f"  ☐ {_own(element, 'statement')} ({'、'.join(tr(f'exhibit.{kind}') for kind in element['exhibits'])})")
        for clause in one["liability"]:
            write_line(
                f"  → {clause['article']} → {'、'.join(clause['penalties']) or '—'}: {_own(clause, 'range')} ({word('condition', clause['condition'])})"
            )
        for exemption in one["exemptions"]:
            basis = f" ({exemption['basis']})" if exemption["basis"] else ""
            write_line(f"  ⊘ {tr('cli.law.exemption')}: {_own(exemption, 'statement')}{basis}")
        for remark in one["remarks"]:
            write_line(f"  ! {_own(remark, 'text')}")
        for note in one["bureau_notes"]:
            source = f" ({note['source']})" if note["source"] else ""
            write_line(f"  § {tr('cli.law.bureau_note')}: {note['text']}{source}")
    for note in data.get("notes", []):
        write_line("! " + tr(f"note.{note['code']}", **note))


def _words_or_summary(one: Json) -> None:
    """The statute's own words where its text was imported; else our summary, said to be one."""
    words = one["verbatim"]
    if words:
        write_line(words["text"])
        source = " · ".join(filter(None, (words["source"], words["origin"])))
        _line("cli.law.verbatim", source=source, sha256=words["sha256"])
        return
    _line("cli.law.summary" if one["summarised"] else "cli.law.heading_only", text=_own(one, "summary"))
    for part in one["parts"]:
        write_line(f"  {part['code']}  {_own(part, 'summary')}")


def review_words() -> dict[str, str]:
    """The words of the review sheet: its title, the heads of its columns, the parties an article binds."""
    from inspector_app.statutes.model import BINDS
    from inspector_app.statutes.review import COLUMNS

    heads = {f"head.{column}": tr(f"cli.law.review.{column}") for column in COLUMNS}
    return {"title": tr("cli.law.review.heading"), **heads, **{f"binds.{party}": tr(f"binds.{party}") for party in BINDS}}


def law_text(data: Json) -> None:
    _line("cli.law.imported", **data)
    for name in ("order", "promulgated", "in_force_from"):
        if data[name]:
            _line(f"cli.law.said.{name}", text=data[name])
    if data["already"]:
        _line("cli.law.already")
    if data["edition"]:
        _line("cli.law.is_edition", edition=data["edition"])
    elif data["differences"] or not data["nearest"]:
        _line("cli.law.no_edition")
    else:
        _line("cli.law.other_day", edition=data["nearest"], day=data["newest_day"] or "—")
    for one in data["differences"]:
        _line(f"cli.law.differs.{one['problem']}", **one)
    if data["compared_with"]:
        _line("cli.law.compared", **data["compared_with"], count=len(data["changes"]))
        for one in data["changes"]:
            _line(f"cli.law.change.{one['kind']}", **one)


def law_check(data: Json) -> None:
    _line("cli.law.sound", **data)
    if data["bureau"]["hot_keys"] or data["bureau"]["notes"] or data["bureau"]["lexicon"]:
        _line("cli.law.bureau_sound", **{**data["bureau"], "lexicon": len(data["bureau"]["lexicon"])})
    for one in data["altered"]:
        _line("cli.law.altered", **one)


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
            _line("cli.models.speed", rate=f"{one['measured']['audio_ms'] / one['measured']['wall_ms']:.1f}")
        for problem in one["problems"]:
            write_line("  " + _words(problem["code"], problem))


def checks(data: Json) -> None:
    for one in data["checks"]:
        mark = "✓" if one["ok"] else "✗" if one["needed"] else "–"
        write_line(f"{mark} {word('doctor', one['name'])}: {one['detail']}")
        if not one["ok"] and one["fix"]:
            write_line(f"    {tr(one['fix'])}")
