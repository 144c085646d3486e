"""What a dossier says of a finding as a claim: for and against, who is meant, exemptions weighed, the reviewer's word, frames around it.

Pure reading of the case; it weighs nothing itself.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from inspector_app.casefile.case import Case
from inspector_app.domain.records import Exhibit, Finding, Review
from inspector_app.domain.timebase import SECOND

Json = dict[str, Any]
REMARK = "remark"
#: How long before and after a finding the first and last frame of its strip stand.
AROUND_US = 3 * SECOND
#: A strip has three to seven frames.
MOST_FRAMES = 7


def of_finding(case: Case, finding: Finding, articles: Iterable[Json], exhibits: Sequence[Exhibit], duration_us: int) -> Json:
    """What is added to a finding's own fields: `contrary correction viewers parties exemptions reviews ruling strip`.

    `exemptions`: those of the articles and any other one considered, [{key, statement, basis, considered, applies, why}]. `reviews`:
    [{verdict, text, by, at}] in time; `ruling` is the last that is no remark, "" where nobody ruled. `strip`: see `strip`.
    """
    reviews = case.find(Review, order="rowid", finding_id=finding.id)
    return {
        **{name: getattr(finding, name) for name in ("contrary", "correction", "viewers")},
        "parties": list(finding.parties),
        "exemptions": _exemptions(finding, articles),
        "reviews": [{"verdict": one.verdict, "text": one.text, "by": one.by, "at": one.created_at} for one in reviews],
        "ruling": next((one.verdict for one in reversed(reviews) if one.verdict != REMARK), ""),
        "strip": strip(finding.start_us, finding.end_us, duration_us, [one for one in exhibits if one.kind == "still"]),
    }


def _exemptions(finding: Finding, articles: Iterable[Json]) -> list[Json]:
    known = {one["key"]: one for article in articles for one in article["exemptions"]}
    others = {key: {"key": key, "statement": key, "basis": ""} for key in finding.exemptions if key not in known}
    found = []
    for key, exemption in {**known, **others}.items():
        told = finding.exemptions.get(key)
        found.append(
            {
                **{name: exemption[name] for name in ("key", "statement", "basis")},
                "considered": told is not None,
                "applies": bool(told and told["applies"]),
                "why": str(told["why"]) if told else "",
            }
        )
    return found


def strip(start_us: int, end_us: int, duration_us: int, stills: Sequence[Exhibit]) -> list[Json]:
    """The moments of a finding's strip in time, [{at_us, place, exhibit}]: before, start, end, after, and its stills between (at most 7).

    `place` is before, start, end, after or exhibit (then `exhibit` is the number, else 0). Moments that fall together are told once.
    """
    moments = {
        max(0, start_us - AROUND_US): ("before", 0),
        min(duration_us, end_us + AROUND_US): ("after", 0),
        end_us: ("end", 0),
        start_us: ("start", 0),
    }
    for one in sorted(stills, key=shown_order)[: MOST_FRAMES - len(moments)]:
        moments[one.start_us] = ("exhibit", one.number)
    return [{"at_us": at, "place": place, "exhibit": number} for at, (place, number) in sorted(moments.items())]


def shown_order(exhibit: Exhibit) -> tuple[bool, int, int]:
    """Stills stand as a person ordered them, those made later behind, by number."""
    return (exhibit.place == 0, exhibit.place, exhibit.number)
