"""Signatures and the outcome of a check in words: who signed, with which certificate, when by whose clock, and whether the chain is trusted."""

from datetime import datetime
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from inspector_app.domain.timebase import beijing
from inspector_app.i18n import has, tr
from inspector_app.ui.theme.look import look
from inspector_app.ui.theme.widgets import Chip, Icon, Say, row

Json = dict[str, Any]
#: how far a certificate's chain was followed → tone of its mark
CHAINS = {"verified": "good", "unverified": "lead", "untrusted": "bad"}


def fill_signatures(box: QVBoxLayout, signatures: list[Json]) -> None:
    """A few lines for each signature."""
    for one in signatures:
        head = row(spacing=6)
        name = Say(bold=True)
        name.setText(str(one.get("name", "")))
        head.addWidget(name)
        for kind in ("chain", "stamp_chain"):
            state = str(one.get(kind, ""))
            if state:
                head.addWidget(Chip(f"ui.signature.{kind}.{state}", CHAINS.get(state, "plain")))
        head.addStretch(1)
        box.addLayout(head)
        stamped = str(one.get("stamped_at", ""))
        facts = [
            tr("ui.signature.issuer", issuer=one.get("issuer", "")),
            tr("ui.signature.stamped", at=_clock(stamped), by=one.get("stamped_by", ""))
            if stamped
            else tr("ui.signature.claimed", at=_clock(str(one.get("claimed_at", "")))),
            tr("ui.signature.fingerprint", digits=str(one.get("fingerprint", ""))[:16]),
        ]
        words = Say(tone="muted", size=-1, wrap=True)
        words.setText("\n".join(facts))
        words.setToolTip(str(one.get("subject", "")))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.addWidget(words)


def _clock(moment: str) -> str:
    """A recorded moment on the Beijing clock to the second; as it is where it cannot be read."""
    try:
        return f"{beijing(datetime.fromisoformat(moment)):%Y-%m-%d %H:%M:%S} UTC+8" if moment else "—"
    except ValueError:
        return moment


def _rebuilt(rebuilt: Json) -> Say:
    """Whether the case gives the same bytes once more; where that could not be tried, why."""
    state = str(rebuilt["state"])
    words = tr(f"verify.rebuilt.{state}")
    if state == "not_possible" and has(f"warning.{rebuilt['code']}"):
        words += f"{tr('warning.' + rebuilt['code'])}　{rebuilt.get('what', '')}".rstrip()
    said = Say(tone={"same": "muted", "different": "bad"}.get(state, "lead"), size=-1, wrap=True)
    said.setText(words)
    return said


def fill_check(box: QVBoxLayout, data: Json) -> None:
    """The outcome of a verification in sentences: sound or not, against what it was checked, its signatures, every problem with its place."""
    problems = list(data.get("problems", ()))
    ok = bool(data.get("ok"))
    only_second = bool(problems) and all(problem.get("code") == "signature.second_missing" for problem in problems)
    tone = "good" if ok else "lead" if only_second else "bad"
    box.addWidget(Chip("ui.verify.ok" if ok else "ui.check.second" if only_second else "ui.verify.bad", tone))
    against = Say(tone="muted", size=-1, wrap=True)
    against.say(f"ui.check.against_{data.get('against', 'seal')}")
    box.addWidget(against)
    signatures = list(data.get("signatures", ()))
    if not signatures:
        box.addWidget(Say("ui.check.unsigned", tone="lead", wrap=True))
    fill_signatures(box, signatures)
    if data.get("unverified"):
        box.addWidget(Say("ui.check.unverified", tone="lead", size=-1, wrap=True))
    if rebuilt := data.get("rebuilt"):
        box.addWidget(_rebuilt(rebuilt))
    for problem in problems:
        line = row(spacing=6)
        line.addWidget(Icon("warning", look().em, "lead" if only_second else "finding"), 0, Qt.AlignmentFlag.AlignTop)
        label = Say(tone="lead" if only_second else "bad", wrap=True)
        code = str(problem.get("code"))
        words = next((tr(key) for key in (f"problem.{code}", f"warning.{code}", code) if has(key)), code)
        label.setText(f"{words}\n{problem.get('where', '')}　{problem.get('what', '')}".strip())
        line.addWidget(label, 1)
        box.addLayout(line)
