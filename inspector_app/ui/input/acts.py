"""The registry of acts: everything a person can do with a key, a menu or the palette, each by one name with its default keys.

Menus, keys, palette, tool tips, key sheet, key editor and tests all read this one list. An act says nothing of how it is done: acts of scope
`coding` are done by the watch step, acts of scope `window` by the window.
"""

from dataclasses import dataclass
from typing import Final

from inspector_app.i18n import tr


@dataclass(frozen=True)
class Act:
    """`fixed`: its keys are never changed.

    `when`: "" always, "case" with a case open, "write" with a case that may be written, "opinion" with one that takes opinions at least,
    "copy" in a reviewer's copy.
    """

    id: str
    group: str
    keys: tuple[str, ...] = ()
    scope: str = "coding"
    when: str = "case"
    fixed: bool = False

    @property
    def title(self) -> str:
        return tr(f"ui.act.{self.id}")


def _coding(group: str, fixed: frozenset[str] = frozenset(), **keys: str) -> list[Act]:
    return [Act(name, group, tuple(text.split()), fixed=name in fixed) for name, text in keys.items()]


def _window(group: str, when: str, fixed: frozenset[str] = frozenset(), **keys: str) -> list[Act]:
    return [Act(name, group, tuple(text.split()), "window", when, name in fixed) for name, text in keys.items()]


_DIGITS: Final = (*range(1, 10), 0)

_ALL: Final = [
    *_coding(
        "play",
        play="Space",
        shuttle_back="J",
        pause="K",
        shuttle_on="L",
        back="Left",
        on="Right",
        back_far="Shift+Left",
        on_far="Shift+Right",
        frame_back=",",
        frame_on=".",
        slower="[",
        faster="]",
        normal_speed="Backspace",
    ),
    *_coding(
        "move",
        sentence_back="Up",
        sentence_on="Down",
        finding_back="PgUp",
        finding_on="PgDown",
        lead_on="Tab",
        lead_back="Shift+Tab",
        mark_on="'",
        lists="F6",
        go_to="G",
        to_start="Home",
        to_end="End",
    ),
    *(Act(f"tap_{digit}", "tag", (str(digit),)) for digit in _DIGITS),
    *_coding("tag", find_article="T", repeat="R", mark="`", mark_off="Ctrl+'", duty="F7"),
    *_coding(
        "adjust",
        set_in="I",
        set_out="O",
        in_back="Alt+Left",
        in_on="Alt+Right",
        out_back="Alt+Shift+Left",
        out_on="Alt+Shift+Right",
        play_finding="S",
        play_before="Q",
        play_after="W",
        play_first="E",
        play_last="D",
        withdraw="Delete",
    ),
    *_coding("say", note="N", severity="V", still="C", box="B", correct="F2"),
    *_coding("say", speaker=";", confirm="Y", merge="U", restore="Shift+F2", replace="Ctrl+R", elements="F4"),
    *_coding("judge", frozenset({"leave"}), accept="Return", reject="X", accept_other="A", leave="Esc"),
    *_window("file", "", new="Ctrl+N", open="Ctrl+O", sample="", home=""),
    *_window("file", "", frozenset({"saved"}), saved="Ctrl+S"),
    *_window("file", "", quit="Ctrl+Q"),
    *_window("edit", "opinion", frozenset({"undo"}), undo="Ctrl+Z", redo="Ctrl+Shift+Z Ctrl+Y"),
    *_window("edit", "case", history="Ctrl+H", search="Ctrl+F /"),
    *_window("edit", "", palette="Ctrl+K"),
    *_window("view", "case", step_1="Ctrl+1", step_2="Ctrl+2", step_3="Ctrl+3", step_4="Ctrl+4", step_5="Ctrl+5"),
    *_window("view", "case", layout_watch="Alt+1", layout_text="Alt+2", layout_video="Alt+3", float_video="F9"),
    *_window("view", "", scheme="", language=""),
    *_window(
        "work",
        "write",
        bring_in="Ctrl+I",
        record="Ctrl+Shift+R",
        live_mark="Ctrl+Shift+M",
        all="",
        transcribe="",
        read="",
        leads="",
        build="Ctrl+E",
    ),
    *_window("work", "copy", opinion_write=""),
    *_window("work", "write", opinion_merge=""),
    *_window("work", "case", verify=""),
    *_window("help", "", settings="Ctrl+,", keys="", sheet="F1 ?", handbook="Shift+F1", tour="", log="", about=""),
]

ACTS: Final[dict[str, Act]] = {act.id: act for act in _ALL}
#: groups of the watch step and of the window, in the order in which people read them
CODING_GROUPS: Final = ("play", "move", "tag", "adjust", "say", "judge")
WINDOW_GROUPS: Final = ("file", "edit", "view", "work", "help")


def of_group(group: str) -> list[Act]:
    return [act for act in ACTS.values() if act.group == group]
