"""Takes the pictures of the handbook from the real window on a copy of a case. Run as `python tools/handbook_pictures.py CASE`."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from screenshots import settle

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "resources" / "handbook" / "pictures"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from inspector_app.ui.app import make_application
    from inspector_app.ui.bridge.settings import Settings
    from inspector_app.ui.pages.handbook import picture_paths
    from inspector_app.ui.shell.window import MainWindow
    from inspector_app.ui.theme.look import look

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as holder:
        folder = Path(holder) / given.case.name
        shutil.copytree(given.case, folder)
        settings = Settings(Path(holder) / "window.json")
        make_application(settings, "zh")
        look().choose("light")
        window = MainWindow(settings)
        window.resize(1200, 720)
        window.show()
        window.open_case(folder)
        settle(2500)
        for language in ("zh", "en"):
            window.set_language(language)
            wanted = {path.stem.removesuffix(f"_{language}") for path in picture_paths(language)}
            for name, bring in scenes(window).items():
                if name in wanted:
                    bring()
                    settle(900)
                    image = window.grab().toImage()
                    image.convertToFormat(image.Format.Format_RGB888).save(str(OUT / f"{name}_{language}.png"), quality=0)
                    window.sheet.close_overlay()
                    if window.history is not None:
                        window.history.close_overlay()
        window.close()
    return 0


def scenes(window: object) -> dict[str, Callable[[], object]]:
    """What to show for each picture of the handbook."""
    from inspector_app.ui.shell.window import MainWindow

    assert isinstance(window, MainWindow)

    def watch() -> None:
        window.go(1)
        window.bench.watch.coding.do("lead_on")

    def history() -> None:
        window.go(1)
        window.open_history()

    def keys() -> None:
        window.go(1)
        window.open_sheet()

    return {
        "intake": lambda: window.go(0),
        "watch": watch,
        "evidence": lambda: window.go(2),
        "history": history,
        "keys": keys,
        "settings": lambda: window.show_page("settings"),
    }


if __name__ == "__main__":
    sys.exit(main())
