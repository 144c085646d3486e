"""What importing a large file costs beside the same work by plain library calls, and how soon after the copy it can be used.

    python tests/bench/bench_import.py [--gb 2] [--mb 512] [--folder FOLDER]

One run makes a film of the size asked (packets of a short film repeated, so that making it is quick), copies and digests it by
`shutil.copyfile` and two readings with hashlib, then imports it by the product. Ratios are of CPU time, the two sides measured in the same
run, the plain side first so that it pays for the cold cache.
"""

import argparse
import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from inspector_app.intake import worker
from inspector_app.intake.examining import Place, examine
from inspector_app.integrity.digests import new_sm3

PIECE = 1 << 20


class Watcher:
    """The channel of the import: notes the CPU and wall clock when the last byte of the source has been read."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.read_at: tuple[float, float] | None = None
        self.items: list[str] = []

    def item(self, kind: str, **_: Any) -> None:
        self.items.append(kind)

    def progress(self, done: int, _total: int, _unit: str) -> None:
        if done >= self.size and self.read_at is None:
            self.read_at = (time.process_time(), time.perf_counter())

    def warn(self, *_: Any, **__: Any) -> None: ...

    def check(self) -> None: ...


def make_film(path: Path, size: int, seconds: int = 20) -> None:
    """A film of `size` bytes at about 4 Mbit/s: a short one's packets over and over, their times going on."""
    with tempfile.TemporaryDirectory() as folder:
        short = Path(folder) / "short.mp4"
        inputs = [
            "-f",
            "lavfi",
            "-i",
            f"testsrc2=size=1280x720:rate=30:duration={seconds}",
            "-f",
            "lavfi",
            "-i",
            f"sine=duration={seconds}",
        ]
        rate = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-b:v", "4M", "-minrate", "4M", "-maxrate", "4M", "-bufsize", "4M"]
        subprocess.run(["ffmpeg", "-v", "error", *inputs, *rate, "-x264-params", "nal-hrd=cbr", str(short)], check=True)
        with av.open(str(path), "w", format="mp4") as out:
            streams: dict[int, Any] = {}
            turn = 0
            while not path.exists() or path.stat().st_size < size:
                with av.open(str(short)) as source:
                    for stream in source.streams:
                        if stream.index not in streams:
                            streams[stream.index] = out.add_stream_from_template(stream)
                    for packet in source.demux():
                        if packet.dts is None or packet.pts is None:
                            continue
                        shift = int(Fraction(turn * (seconds * 10 + 1), 10) / packet.time_base)  # a tenth between: sound ends late
                        packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                        packet.stream = streams[packet.stream.index]
                        out.mux(packet)
                turn += 1
    old = time.time() - 3600
    os.utime(path, (old, old))


def plainly(source: Path, target: Path) -> dict[str, float]:
    """CPU seconds of a copy and of each digest, one reading each, as separate library calls."""
    costs = {}
    begun = time.process_time()
    shutil.copyfile(source, target)
    costs["copy"] = time.process_time() - begun
    for name, digest in (("sha256", hashlib.sha256()), ("sm3", new_sm3())):
        begun = time.process_time()
        with source.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
        costs[name] = time.process_time() - begun
    return costs


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gb", type=float, default=0)
    parser.add_argument("--mb", type=int, default=512)
    parser.add_argument("--folder", type=Path)
    args = parser.parse_args()
    size = int(args.gb * (1 << 30)) or args.mb << 20
    with contextlib.ExitStack() as stack:
        folder = args.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        source = folder / "film.mp4"
        make_film(source, size)
        size = source.stat().st_size
        plain = plainly(source, folder / "plain.mp4")
        (folder / "plain.mp4").unlink()
        begun = time.process_time()
        with source.open("rb") as file:
            hashlib.file_digest(file, "sha256")
        again = time.process_time() - begun
        case = folder / "case"
        (case / "originals").mkdir(parents=True)
        (case / "working").mkdir()
        watcher = Watcher(size)
        cpu, wall = time.process_time(), time.perf_counter()
        worker.run({"files": [str(source)], "vault": str(case / "originals"), "working": str(case / "working")}, watcher)
        used, spent = time.process_time() - cpu, time.perf_counter() - wall
        assert watcher.items == ["imported"] and watcher.read_at is not None
        until_read = watcher.read_at[0] - cpu
        after = time.perf_counter() - watcher.read_at[1]
        plain_cpu = sum(plain.values())
        (original,) = (path for path in (case / "originals").iterdir() if path.is_file())
        cpu, wall = time.process_time(), time.perf_counter()
        examine(source, original, Place(case, case / "working" / "again", lambda: None))
        examined, examined_wall = time.process_time() - cpu, time.perf_counter() - wall
        print(f"load average {os.getloadavg()[0]:.1f}; {size / (1 << 20):.0f} MiB")
        print(f"plain: copy {plain['copy']:.2f} + SHA-256 {plain['sha256']:.2f} + SM3 {plain['sm3']:.2f} = {plain_cpu:.2f} s CPU")
        print(f"import, copy and both digests in one reading: {until_read:.2f} s CPU, ratio {until_read / plain_cpu:.2f}")
        print(
            f"import, with the copy read back and compared: + {again:.2f} s (one SHA-256 more), ratio {(until_read + again) / plain_cpu:.2f}"
        )
        print(f"import, whole (scan, index, poster too): {used:.2f} s CPU, ratio {used / plain_cpu:.2f}; {spent:.1f} s wall")
        print(f"examining alone (every packet scanned, index, poster): {examined:.2f} s CPU, {examined_wall:.1f} s wall")
        print(f"from the last byte read to usable: {after:.1f} s wall: the disk's flush, reading back, examining")


if __name__ == "__main__":
    main()
