"""Three arrangements of the watch step, each remembered as the person left it: everything at once, mostly words, mostly video."""

from typing import Final

from PySide6.QtWidgets import QSplitter

from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.steps.watch import WatchStep

#: shares of the splitters `top` (player, words, articles), `bottom` (lanes, findings), `split` (top, bottom)
LAYOUTS: Final[dict[str, dict[str, tuple[int, ...]]]] = {
    "watch": {"top": (20, 51, 29), "bottom": (60, 40), "split": (71, 29)},
    "text": {"top": (14, 61, 25), "bottom": (50, 50), "split": (80, 20)},
    "video": {"top": (45, 33, 22), "bottom": (70, 30), "split": (78, 22)},
}


def parts(watch: WatchStep) -> dict[str, QSplitter]:
    return {"top": watch.top, "bottom": watch.bottom, "split": watch.split}


def arrange(watch: WatchStep, settings: Settings, name: str) -> None:
    """Keeps how the arrangement in use was left, and puts another in force; the one in use asked for again goes back to how it came."""
    now = str(settings.get("layout", "watch"))
    kept = settings.get("layouts", {})
    kept = dict(kept) if isinstance(kept, dict) else {}
    if now == name:
        kept.pop(name, None)
    else:
        kept[now] = {part: splitter.sizes() for part, splitter in parts(watch).items()}
    settings.set("layouts", kept)
    settings.set("layout", name)
    for part, splitter in parts(watch).items():
        saved = kept.get(name, {}).get(part) if isinstance(kept.get(name), dict) else None
        fits = isinstance(saved, list) and len(saved) == splitter.count() and all(isinstance(size, int) and size > 0 for size in saved)
        splitter.setSizes(saved if fits and saved is not None else [share * 20 for share in LAYOUTS[name][part]])
        settings.set(f"split.{part}", splitter.sizes())
