"""What the command line writes: one JSON document on standard output or plain lines; progress and messages on standard error."""

import json
import sys
import time
from typing import Any

from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import explain, tr

_BAR = 24
_EVERY_S = 0.2


class Progress:
    """A bar with rate and time left on a terminal; one quiet line per stage elsewhere."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = 0.0
        self._drawn = 0.0
        self._first = 0

    def __call__(self, stage: str, done: int, total: int, unit: str) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self.end()
            self._stage, self._began, self._drawn, self._first = stage, now, 0.0, done
            if not sys.stderr.isatty():
                sys.stderr.write(tr("cli.stage", stage=tr(f"stage.{stage}")) + "\n")
        if sys.stderr.isatty() and now - self._drawn >= _EVERY_S:
            self._drawn = now
            sys.stderr.write("\r\x1b[K" + self._line(done, total, unit, now - self._began))
            sys.stderr.flush()

    def _line(self, done: int, total: int, unit: str, elapsed: float) -> str:
        moved = done - self._first
        rate = moved / elapsed if elapsed > 0.5 and moved > 0 else 0.0
        text = f"{tr(f'stage.{self._stage}')} {amount(done, unit)}"
        if total:
            filled = _BAR * min(done, total) // total
            text = f"{tr(f'stage.{self._stage}')} [{'█' * filled}{'·' * (_BAR - filled)}] {100 * min(done, total) // total:3d} % {amount(done, unit)}"
        if rate:
            text += f" · {speed(rate, unit)}"
            if total:
                text += " · " + tr("cli.left", time=duration(round((total - done) / rate)))
        return text

    def end(self) -> None:
        if self._stage and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
        self._stage = ""


def amount(value: int, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 1e6:.1f} MB"
    return duration(value // 1_000_000) if unit == "us" else str(value)


def speed(rate: float, unit: str) -> str:
    if unit == "bytes":
        return f"{rate / 1e6:.1f} MB/s"
    return f"{rate / 1e6:.1f}×" if unit == "us" else f"{rate:.1f}/s"


def duration(seconds: int) -> str:
    minutes, seconds = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def write_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def write_line(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


def say_error(error: InspectorError) -> None:
    cause, step = explain(error)
    say(tr("cli.error", code=error.code, cause=cause))
    if step:
        say(tr("cli.next", step=step))
