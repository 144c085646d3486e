"""The program's window on an X display of its own, driven with real keys, and seen only as a person sees it: by its title."""

import os
import subprocess
import sys
from pathlib import Path

from ..patience import PATIENCE_S, until  # noqa: TID252


class Window:
    """Starts the program with `words` after its name; `title` is what its title holds once it is ready. Settings live in `home`."""

    def __init__(self, display: str, home: Path, *words: str | Path, title: str) -> None:
        self.environment = {**os.environ, "DISPLAY": display, "XDG_CONFIG_HOME": str(home), "QT_QPA_PLATFORM": "xcb"}
        with (home / "window.log").open("wb") as log:
            command = [sys.executable, "-m", "inspector_app", *map(str, words)]
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.id = ""
        self.focus(title)

    def focus(self, title: str) -> None:
        """Waits for a window of the program with this in its title and gives it the focus; keys go there from now on."""
        self.id = until(lambda: self._shown(title), f"a window named {title}")
        self.xdotool("windowfocus", self.id)
        until(lambda: self.xdotool("getwindowfocus") == self.id, "the focus")

    def _shown(self, title: str) -> str:
        assert self.process.poll() is None, "the program has ended"
        found = self.xdotool("search", "--onlyvisible", "--pid", str(self.process.pid)).split()
        return next((one for one in found if title in self.xdotool("getwindowname", one)), "")

    def xdotool(self, *words: str) -> str:
        return subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False).stdout.strip()

    def press(self, *keys: str) -> None:
        """One after the other without a pause: what a quick hand presses must not be lost."""
        self._send("key", "--window", self.id, *keys)

    def _send(self, *words: str) -> None:
        """Asks the display something afterwards: its answer means that it has the keys. A busy display takes those of two callers in any order."""
        self.xdotool(*words, "getmouselocation")

    def close(self) -> int:
        self.press("ctrl+q")
        return self.process.wait(PATIENCE_S)
