"""The door: `inspector` opens the window, `inspector CASE` opens that case in it, anything else is the command line."""

import sys
from pathlib import Path


def main() -> int:
    words = sys.argv[1:]
    if words[:1] == ["--worker"]:  # a frozen program starts its child processes as itself
        from inspector_app.jobs.worker import main as work

        return work(words[1])
    if words[:1] == ["--live"]:  # the same for a recorder and its supervisor
        import importlib

        return int(importlib.import_module(f"inspector_app.intake.live.{words[1]}").main(Path(words[2])))
    if not words or (len(words) == 1 and not words[0].startswith("-") and Path(words[0]).exists()):
        return _window(Path(words[0]) if words else None)
    from inspector_app.cli.main import main as command_line

    return command_line(words, opened=_window)


def _window(case: Path | None) -> int:
    from inspector_app.ui.app import run

    return run(case)


if __name__ == "__main__":
    sys.exit(main())
