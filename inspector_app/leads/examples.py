"""The examples that every rule carries, turned into material and run: a rule file shows by itself that its rules do what they say.

An example is one or more parts. ` / ` parts them by twenty seconds; ` // ` cuts one stretch of speech into two segments with no pause.
A part is spoken; `画面：` or `弹幕：` before it makes it a screen text (shown to the end; `画面3：` for three seconds) or a chat message (each
from another sender; ` // ` parts messages by a second). ` /// ` parts two broadcasts of one room, for rules that compare them.
"""

from dataclasses import dataclass, replace

from inspector_app.domain.timebase import SECOND
from inspector_app.leads import sessions
from inspector_app.leads.engine import run
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import CHAT, SCREEN, SPEECH, ChatMessage, Material, ScreenText, Utterance
from inspector_app.leads.rules import Rule, RuleSet

STEP_US = 20 * SECOND
SPOKEN_US = 4 * SECOND
SHORT_US = 3 * SECOND
_MARKS = {"画面：": SCREEN, "画面3：": SCREEN, "弹幕：": CHAT, "口播：": SPEECH}


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example that did not come out as the rule says: `expected` is `lead`, `none`, or `doubtful` (a lead with a possible exemption)."""

    rule: str
    example: str
    expected: str
    found: str


def material_of(example: str) -> Material:
    """The recording that an example describes, 20 s for each part and at least a minute."""
    speech: list[Utterance] = []
    screen: list[ScreenText] = []
    chat: list[ChatMessage] = []
    parts = example.split(" / ")
    duration_us = max(len(parts), 3) * STEP_US
    for number, part in enumerate(parts):
        at_us = number * STEP_US
        mark = next((mark for mark in _MARKS if part.startswith(mark)), "口播：")
        words = part.removeprefix(mark)
        if _MARKS[mark] == SCREEN:
            screen.append(ScreenText(f"screen{number}", at_us, at_us + SHORT_US if "3" in mark else duration_us, words))
        elif _MARKS[mark] == CHAT:
            for cut, line in enumerate(words.split(" // ")):
                sent = f"{number}.{cut}"
                chat.append(ChatMessage(f"chat{sent}", at_us + cut * SECOND, f"user{sent}", line.removeprefix(mark)))
        else:
            for cut, segment in enumerate(words.split(" // ")):
                start_us = at_us + cut * SPOKEN_US
                speech.append(Utterance(f"speech{number}.{cut}", start_us, start_us + SPOKEN_US, segment))
    return Material(duration_us, tuple(speech), tuple(screen), tuple(chat))


def check_examples(rules: RuleSet) -> list[ExampleFailure]:
    """Every example of every rule that fails, in order; an example is judged by its own rule alone."""
    return [failure for rule in rules.rules for failure in _failures(rule, rules)]


def _failures(rule: Rule, rules: RuleSet) -> list[ExampleFailure]:
    alone = replace(rules, rules=(rule,))
    out = []
    for expected, examples in (("lead", rule.positive), ("none", rule.negative), ("doubtful", rule.doubtful)):
        for example in examples:
            leads = _compared(rule, example) if rule.kind == "across" else run(alone, material_of(example))
            plain = any(lead.possible_exemption is None for lead in leads)
            found = "lead" if plain else "doubtful" if leads else "none"
            if found != expected:
                out.append(ExampleFailure(rule.id, example, expected, found))
    return out


def _compared(rule: Rule, example: str) -> list[Lead]:
    """The leads of the last of an example's broadcasts, compared with those before."""
    broadcasts = [sessions.broadcast_of("room", "", str(number), material_of(part)) for number, part in enumerate(example.split(" /// "))]
    return list(sessions.leads_of(rule, sessions.across(broadcasts), "", str(len(broadcasts) - 1)))
