"""Runs rendered scripts through the whole program, as a person would at the command line, and measures the leads beside those of the plain text.

    python tests/evaluation/chain.py --media FOLDER --cases FOLDER [--model base] [SCRIPT …]

`--media` holds what `render.py` wrote; `--cases` gets one case per script (what is there goes on where it stopped). Every script is scored
four times by the key of its plain text: as text, with speech as it was recognised, with the screen as it was read, and through the whole
chain; the differences say where breaches are lost. A lead is held against the lines that were spoken, shown (at that place) or written while
its sources were. It judges no person and no real room.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from inspector_app.casefile.case import Case
from inspector_app.commands.leads import material_of
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.records import Recording
from inspector_app.leads.engine import run
from inspector_app.leads.evaluation import Line, Script, Tally, compared, read_scripts
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import CHAT, SCREEN, SPEECH, ChatMessage, Material, ScreenText, Utterance
from inspector_app.leads.rules import RuleSet

#: a recognised sentence is about a line when they share this much (per cent) of the shorter of them
SHARED_PC = 30


def inspector(*words: object) -> dict[str, object]:
    """What the program answers on its command line."""
    done = subprocess.run([sys.executable, "-m", "inspector_app", *map(str, words), "--json"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"inspector {' '.join(map(str, words))}: {done.returncode}\n{done.stderr}")
    return dict(json.loads(done.stdout))


def work_through(media: Path, folder: Path, name: str, model: str) -> int:
    """A case of one rendered script: import, transcribe, read the screen, run the rules. How many leads the program found."""
    if not (folder / "case.db").exists():
        people = ("--officer", "张敏:粤A-0001", "--officer", "李䶮:粤A-0002")
        inspector("case", "new", folder, "--number", "评测", "--cause", "评测", "--party", name, *people)
    if not inspector("case", "info", folder)["recordings"]:
        inspector("import", folder, media / f"{name}.mp4")
        inspector("import", folder, media / f"{name}.csv")
    inspector("transcribe", folder, "--model", model)
    inspector("read-screen", folder)
    found = inspector("leads", folder)["leads"]
    assert isinstance(found, list)
    return len(found)


def heard_and_read(folder: Path) -> tuple[Material, int]:
    """The three witnesses of a case's only recording, and the width of its picture."""
    work = Workspace(Case(folder, read_only=True))
    try:
        (recording,) = work.opened.find(Recording)
        return material_of(work, recording), recording.width
    finally:
        work.close()


def _together(one: Line, start_us: int, end_us: int) -> bool:
    shared = min(one.end_us, end_us) - max(one.start_us, start_us)
    return shared * 100 >= SHARED_PC * min(one.end_us - one.start_us, end_us - start_us) and shared > 0


def _touch(box: Sequence[int], other: Sequence[int]) -> bool:
    return min(box[2], other[2]) > max(box[0], other[0]) and min(box[3], other[3]) > max(box[1], other[1])


def lines_of(script: Script, material: Material, width: int) -> dict[str, tuple[str, ...]]:
    """The lines of a script that each recognised row is about, by the row's id; `width` of the rendered picture, in pixels."""
    boxes = {text.id: text.box for text in script.material.screen}

    def matching(witness: str, fits: Callable[[Line], bool]) -> tuple[str, ...]:
        return tuple(line.id for line in script.lines if line.witness == witness and fits(line))

    def said(row: Utterance) -> tuple[str, ...]:
        return matching(SPEECH, lambda line: _together(line, row.start_us, row.end_us))

    def shown(row: ScreenText) -> tuple[str, ...]:
        place = [edge * 1080 // width for edge in row.box]
        return matching(SCREEN, lambda line: _together(line, row.start_us, row.end_us) and _touch(boxes[line.id], place))

    def written(row: ChatMessage) -> tuple[str, ...]:
        return matching(CHAT, lambda line: line.text == row.text and abs(line.start_us - row.at_us) < 200_000)

    return (
        {row.id: said(row) for row in material.speech}
        | {row.id: shown(row) for row in material.screen}
        | {row.id: written(row) for row in material.chat}
    )


def held_against(script: Script, leads: Iterable[Lead], lines: dict[str, tuple[str, ...]]) -> Tally:
    """The score of leads whose sources are recognised rows; a row that is about no line stays what it is."""
    return compared(
        script,
        [replace(lead, source_ids=tuple(line for row in lead.source_ids for line in lines.get(row, (row,)) or (row,))) for lead in leads],
    )


def _row(name: str, tally: Tally) -> str:
    shares = "  ".join("    –" if share is None else f"{share:.3f}" for share in (tally.precision, tally.recall, tally.f1))
    return f"  {name:<28}{len(tally.met):5d}{len(tally.missed):7d}{len(tally.false):6d}   {shares}"


def _lost(title: str, before: Tally, after: Tally) -> None:
    """Which breaches the one missed that the other met, and which false alarms are new."""
    met = {(case.at_us, case.category) for case in after.met}
    known = {(case.at_us // 1_000_000, case.category) for case in before.false}
    for case in before.met:
        if (case.at_us, case.category) not in met:
            print(f"    {title}: lost {case.category} {case.at_us / 1e6:7.1f} s {case.text}")
    for case in after.false:
        if (case.at_us // 1_000_000, case.category) not in known:
            print(f"    {title}: false {case.category} {case.at_us / 1e6:7.1f} s {case.text} ({', '.join(case.rules)})")


def measure(script: Script, material: Material, width: int, rules: RuleSet, *, show: bool) -> tuple[Tally, ...]:
    """Prints the four scores of a script and gives them."""
    plain = script.material
    lines = lines_of(script, material, width) | {line.id: (line.id,) for line in script.lines}
    variants = {
        "as text": plain,
        "speech as recognised": replace(plain, speech=material.speech),
        "screen as read": replace(material, speech=plain.speech, chat=plain.chat),
        "through the whole chain": material,
    }
    tallies = {name: held_against(script, run(rules, variant), lines) for name, variant in variants.items()}
    print(f"{script.id}\n  {'':<28}  met missed false  precision recall   F1")
    for name, tally in tallies.items():
        print(_row(name, tally))
    if show:
        _lost("speech", tallies["as text"], tallies["speech as recognised"])
        _lost("screen", tallies["as text"], tallies["screen as read"])
    return tuple(tallies.values())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--media", type=Path, required=True, help="what render.py wrote")
    asked.add_argument("--cases", type=Path, required=True, help="where the cases go")
    asked.add_argument("--model", default="base", help="model pack or its folder")
    asked.add_argument("--show", action="store_true", help="every breach that recognition lost, every false alarm it brought")
    asked.add_argument("script", nargs="*", help="ids of scripts; all that were rendered where none is named")
    told = asked.parse_args()
    rules = Workspace().rules
    sums: list[tuple[Tally, ...]] = []
    for script in read_scripts(told.media):
        if (told.script and script.id not in told.script) or not (told.media / f"{script.id}.mp4").exists():
            continue
        found = work_through(told.media, told.cases / script.id, script.id, told.model)
        sums.append(measure(script, *heard_and_read(told.cases / script.id), rules, show=told.show))
        print(f"  {found} leads in the case")
    if sums:
        print(f"together\n  {'':<28}  met missed false  precision recall   F1")
        for name, tallies in zip(("as text", "speech", "screen", "whole chain"), zip(*sums, strict=True), strict=True):
            whole = Tally(*(tuple(case for tally in tallies for case in getattr(tally, part)) for part in ("met", "missed", "false")))
            print(_row(name, whole))


if __name__ == "__main__":
    main()
