"""Measures the lead rules against written scripts whose breaches are known. It reads no case and changes nothing."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import UsageError
from inspector_app.leads.evaluation import Case, Tally, read_scripts
from inspector_app.leads.evaluation import evaluate as measure

from .leads import read_rules
from .registry import Outcome, always, command
from .workspace import Workspace

#: where a checkout of the source keeps the scripts; an installed program has none
SETS = Path(__file__).parents[2] / "tests" / "evaluation" / "sets"


@command("leads.evaluate", when=always)
def evaluate(work: Workspace, *, folder: Path | None = None, show: str = "") -> Outcome:
    """Precision, recall and F1 of the rules, by category and in all; `show` (misses, false, both) adds the cases behind them.

    Raises UsageError `usage.evaluation_folder` where no folder was given and the program keeps none.
    """
    if folder is None and not SETS.is_dir():
        raise UsageError("usage.evaluation_folder")
    read_rules(work)
    tally = measure(work.rules, read_scripts(folder or SETS))
    data: dict[str, Any] = {
        "all": _counts("", tally),
        "categories": [_counts(category, tally.of(category)) for category in tally.categories],
    }
    if show in ("misses", "both"):
        data["missed"] = _cases(tally.missed)
    if show in ("false", "both"):
        data["false"] = _cases(tally.false)
    return Outcome(facts={"met": len(tally.met), "missed": len(tally.missed), "false": len(tally.false)}, data=data)


def _counts(category: str, tally: Tally) -> dict[str, Any]:
    shares = [None if share is None else round(share * 1000) for share in (tally.precision, tally.recall, tally.f1)]
    return {
        "category": category,
        "met": len(tally.met),
        "missed": len(tally.missed),
        "false": len(tally.false),
        "shares_pm": shares,
    }


def _cases(cases: Sequence[Case]) -> list[dict[str, Any]]:
    ordered = sorted(cases, key=lambda case: (case.category, case.script, case.at_us))
    return [
        {"script": one.script, "category": one.category, "at_us": one.at_us, "text": one.text, "rules": list(one.rules)} for one in ordered
    ]
