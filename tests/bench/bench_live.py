"""How long after the words a lead is there while a broadcast is recorded: the whole program on a loopback broadcast in real time.

Run by hand: `.venv/bin/python tests/bench/bench_live.py [FILM] [--seconds 90] [--from 0] [--model base]`. FILM is any video with speech (the
sample where none is named; better a rendered script of the evaluation set). The case is looked into twice a second; a row's delay is the
time from the reception of its last moment (by the recording's own clock) to the first look that found it, so half a second of it is ours.
"""

import argparse
import json
import runpy
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

from inspector_app.casefile.case import Case
from inspector_app.domain.broadcast import broadcast_time
from inspector_app.domain.records import Lead, Recording, ScreenText, Segment
from inspector_app.resources import resource

flvserver = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "unit" / "intake" / "live" / "flvserver.py")))
_LOOK_EVERY_S = 0.5


def film_of(source: Path, start_s: float, seconds: int, path: Path) -> Path:
    """A piece of a video as a broadcaster would send it: a key frame every second, AAC."""
    encoded = ["-c:v", "libx264", "-preset", "ultrafast", "-force_key_frames", "expr:gte(t,n_forced)", "-c:a", "aac", "-ar", "44100"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-ss", str(start_s), "-i", str(source), "-t", str(seconds), *encoded, "-f", "flv", str(path)], check=True
    )
    return path


def told(name: str, delays: Iterable[float]) -> None:
    found = sorted(delays)
    if found:
        places = {"least": 0, "median": len(found) // 2, "9 of 10": len(found) * 9 // 10, "most": len(found) - 1}
        print(f"{name:<22}{len(found):4d}  " + "  ".join(f"{word} {found[place]:5.1f} s" for word, place in places.items()))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("film", type=Path, nargs="?", default=resource("demo", "live_room.mp4"))
    asked.add_argument("--seconds", type=int, default=90)
    asked.add_argument("--from", type=float, dest="start_s", default=0)
    asked.add_argument("--model", default="base")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as holder:
        case, flv = Path(holder) / "case", film_of(given.film, given.start_s, given.seconds, Path(holder) / "room.flv")
        program = [sys.executable, "-m", "inspector_app"]
        people = ["--officer", "张敏:粤A-0001", "--officer", "李䶮:粤A-0002"]
        subprocess.run(
            [*program, "case", "new", str(case), "--number", "测", "--cause", "测", "--party", "测", *people],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        server = flvserver.Server(flvserver.Script(flvserver.Film.read(flv)))
        record = [*program, "record", str(case), server.url, "--for", str(given.seconds - 2), "--analyse", "--model", given.model, "--json"]
        recorder = subprocess.Popen(record, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        seen: dict[str, float] = {}
        over = False
        while not over:
            over = recorder.poll() is not None
            with Case(case, read_only=True) as opened:
                for table in (Segment, ScreenText, Lead):
                    for row in opened.find(table):
                        seen.setdefault(row.id, time.time())
            time.sleep(_LOOK_EVERY_S)
        server.end()
        answer, complaint = recorder.communicate()
        if recorder.returncode:
            sys.exit(complaint)
        if json.loads(answer)["analysis"].get("error"):
            sys.exit(answer)
        with Case(case, read_only=True) as opened:
            (recording,) = opened.find(Recording)

            def delay(row: Segment | ScreenText | Lead) -> float:
                received = broadcast_time(recording.clock, row.end_us)
                assert received is not None
                return seen[row.id] - received.utc.timestamp()

            print(f"{recording.duration_us / 1e6:.0f} s received; delays from the last moment of what a row is about")
            told("sentences", map(delay, opened.find(Segment)))
            told("screen texts", map(delay, opened.find(ScreenText)))
            for witness in ("speech", "screen"):
                told(f"leads from {witness}", map(delay, opened.find(Lead, witness=witness)))


if __name__ == "__main__":
    main()
