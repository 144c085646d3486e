"""The plain-text face of the commands on articles and official texts."""

from typing import Any

from inspector_app.i18n import language, tr

from .printing import line, table, word
from .terminal import write_line

Json = dict[str, Any]


def articles(data: Json) -> None:
    if not data["articles"]:
        line("cli.law.none")
        return
    table(
        (tr("cli.head.code"), tr("cli.head.title"), tr("cli.head.edition"), tr("cli.head.summary")),
        [(one["code"], _own(one, "title"), one["edition"]["id"], _own(one, "summary")) for one in data["articles"]],
    )
    if data.get("more"):
        line("cli.law.more", count=len(data["articles"]))


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
        line("cli.law.verbatim", source=source, sha256=words["sha256"])
        return
    line("cli.law.summary" if one["summarised"] else "cli.law.heading_only", text=_own(one, "summary"))
    for part in one["parts"]:
        write_line(f"  {part['code']}  {_own(part, 'summary')}")


def review_words() -> dict[str, str]:
    """The words of the review sheet: its title, the heads of its columns, the parties an article binds."""
    from inspector_app.statutes.model import BINDS
    from inspector_app.statutes.review import COLUMNS

    heads = {f"head.{column}": tr(f"cli.law.review.{column}") for column in COLUMNS}
    return {"title": tr("cli.law.review.heading"), **heads, **{f"binds.{party}": tr(f"binds.{party}") for party in BINDS}}


def law_text(data: Json) -> None:
    line("cli.law.imported", **data)
    for name in ("order", "promulgated", "in_force_from"):
        if data[name]:
            line(f"cli.law.said.{name}", text=data[name])
    if data["already"]:
        line("cli.law.already")
    if data["edition"]:
        line("cli.law.is_edition", edition=data["edition"])
    elif data["differences"] or not data["nearest"]:
        line("cli.law.no_edition")
    else:
        line("cli.law.other_day", edition=data["nearest"], day=data["newest_day"] or "—")
    for one in data["differences"]:
        line(f"cli.law.differs.{one['problem']}", **one)
    if data["compared_with"]:
        line("cli.law.compared", **data["compared_with"], count=len(data["changes"]))
        for one in data["changes"]:
            line(f"cli.law.change.{one['kind']}", **one)


def law_check(data: Json) -> None:
    line("cli.law.sound", **data)
    if data["bureau"]["hot_keys"] or data["bureau"]["notes"] or data["bureau"]["lexicon"]:
        line("cli.law.bureau_sound", **{**data["bureau"], "lexicon": len(data["bureau"]["lexicon"])})
    for one in data["altered"]:
        line("cli.law.altered", **one)
