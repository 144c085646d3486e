"""The player's figures: exact seeks per container, proxy, steps, playing, a long file; Qt's player and OpenCV beside it in the same run.

Run by hand as `python tests/bench/bench_player.py [--long-hours 3]`. Films are made once into a temporary folder. Wall times depend on the
load; compare the columns of one run. CPU is this process's, all threads.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer, QUrl
from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink

from inspector_app.domain.timebase import SECOND
from inspector_app.media.frames import Frames, Shown
from inspector_app.media.index import TimeIndex, build_index, save_index
from inspector_app.media.peaks import build_peaks
from inspector_app.media.picture import Display, picture
from inspector_app.media.probe import probe
from inspector_app.media.proxy import make_piece
from inspector_app.media.scan import scan_packets
from inspector_app.media.strip import build_strip
from inspector_app.media.timeline import Timeline, TimelinePart
from inspector_app.ui.panes.playback import Playback

BITS = 16
SECONDS = 40
SEEKS = 200
BOX = (640, 720)
CONTAINERS = {
    "MP4": ("a.mp4", []),
    "MKV": ("b.mkv", []),
    "MKV, live": ("c.mkv", ["-live", "1", "-cluster_time_limit", "1000"]),
    "FLV": ("d.flv", ["-flvflags", "no_duration_filesize"]),
    "TS": ("e.ts", []),
}


def make_films(folder: Path, seconds: int) -> None:
    """1080p30 H.264 with B-frames, GOP 2 s and 10 s, every picture's number as a bar code; the containers share the same packets."""
    pipe = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", "32x18", "-r", "30", "-i", "-"]
    scale = [
        "-f",
        "lavfi",
        "-i",
        "sine=440:r=48000",
        "-vf",
        "scale=1920:1080:flags=neighbor,noise=alls=6:allf=t,format=yuv420p",
        "-shortest",
    ]
    for gop in (60, 300):
        code = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0"]
        out = folder / f"gop{gop}.mp4"
        command = [*pipe, *scale, *code, "-b:v", "4M", "-c:a", "aac", "-t", str(seconds), str(out)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            for number in range(seconds * 30):
                process.stdin.write(_code(number).tobytes())
            process.stdin.close()
    for name, options in CONTAINERS.values():
        copy = ["ffmpeg", "-v", "error", "-y", "-i", str(folder / "gop60.mp4"), "-c", "copy", *options, str(folder / name)]
        subprocess.run(copy, check=True)


def _code(number: int) -> np.ndarray:
    rows = np.full((18, 32), 90, np.uint8)
    for bit in range(BITS):
        rows[:9, bit * 2 : bit * 2 + 2] = 235 if number >> (BITS - 1 - bit) & 1 else 16
    return rows


def number_of(pixels: np.ndarray) -> int:
    grey = pixels if pixels.ndim == 2 else pixels[:, :, 1]
    height, width = grey.shape
    band = grey[height // 8 : height * 3 // 8]
    block = width / BITS
    bits = [band[:, int(bit * block + block / 4) : int((bit + 1) * block - block / 4)].mean() > 128 for bit in range(BITS)]
    return int("".join("1" if bit else "0" for bit in bits), 2)


def indexed(path: Path) -> tuple[Timeline, TimeIndex]:
    index = build_index(scan_packets(path), 0)
    save_index(index, path.with_name(path.name + ".npz"))
    return Timeline.single(path, index.zero_us, index.duration_us, path.with_name(path.name + ".npz")), index


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def line(name: str, *cells: object) -> None:
    print(f"| {name} | " + " | ".join(f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |", flush=True)


def median(values: list[float]) -> float:
    return statistics.median(values)


def worst(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


# -- exact seeks -----------------------------------------------------------------------------------------------------------------


def ours(path: Path, moments: list[int]) -> tuple[int, list[float], list[float]]:
    timeline, index = indexed(path)
    frames, display = Frames(timeline, cache_bytes=2**20), Display()
    exact, walls, cpus = 0, [], []
    for at in moments:
        seen: list[Shown] = []
        wall, cpu = timed(lambda at=at, seen=seen: seen.append(frames.frame_at(at)) or display.pixels(seen[0].frame, BOX, smooth=True))  # type: ignore[misc]
        walls.append(wall)
        cpus.append(cpu)
        expected = index.at(at)
        exact += number_of(np.asarray(picture(seen[0].frame))) == expected == seen[0].number  # type: ignore[arg-type]
    frames.close()
    return exact, walls, cpus


def opencv(path: Path, moments: list[int], index: TimeIndex) -> tuple[int, list[float], list[float]]:
    import cv2

    capture = cv2.VideoCapture(str(path))
    exact, walls, cpus = 0, [], []
    for at in moments:
        got: list[tuple[bool, np.ndarray]] = []

        def seek(at: int = at, got: list[tuple[bool, np.ndarray]] = got) -> None:
            capture.set(cv2.CAP_PROP_POS_MSEC, at / 1000)
            got.append(capture.read())

        wall, cpu = timed(seek)
        walls.append(wall)
        cpus.append(cpu)
        exact += got[0][0] and number_of(got[0][1]) == index.at(at)
    return exact, walls, cpus


def qt_player(path: Path, moments: list[int], index: TimeIndex) -> tuple[int, list[float], list[float]]:
    player, sink = QMediaPlayer(), QVideoSink()
    player.setVideoSink(sink)
    frames: list[QVideoFrame] = []
    sink.videoFrameChanged.connect(frames.append)
    player.setSource(QUrl.fromLocalFile(str(path)))
    player.pause()
    until(lambda: bool(frames), 10)
    exact, walls, cpus = 0, [], []
    for at in moments:
        frames.clear()

        def seek(at: int = at) -> None:
            player.setPosition(at // 1000)
            until(lambda: bool(frames), 3)

        wall, cpu = timed(seek)
        walls.append(wall)
        cpus.append(cpu)
        until(lambda: False, 0.05)
        if frames:
            image = frames[-1].toImage().convertToFormat(frames[-1].toImage().Format.Format_Grayscale8)
            grey = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[:, : image.width()]
            exact += number_of(grey) == index.at(at)
    player.stop()
    return exact, walls, cpus


def until(holds: Callable[[], bool], seconds: float) -> bool:
    end, loop = time.monotonic() + seconds, QEventLoop()
    while not holds() and time.monotonic() < end:
        QTimer.singleShot(2, loop.quit)
        loop.exec()
    return holds()


def seeks(folder: Path, count: int, wanted: str) -> None:
    print(f"\n## {count} random seeks, 1080p30, B-frames (exact; wall median, 95th; CPU median; milliseconds)\n")
    print("| film and player | exact | wall median | wall 95 % | CPU median | wall to ours |\n|---|---|---|---|---|---|")
    chance = random.Random(1)
    films = {f"{name}, GOP 2 s": folder / file for name, (file, _) in CONTAINERS.items()} | {"MP4, GOP 10 s": folder / "gop300.mp4"}
    for name, path in films.items():
        if wanted not in name:
            continue
        index = build_index(scan_packets(path), 0)
        moments = [chance.randrange(int(index.times_us[0]), int(index.times_us[-1])) for _ in range(count)]
        base = 0.0
        for who, result, times in (
            ("ours", lambda n, path=path, moments=moments: ours(path, moments[:n]), count),
            ("OpenCV", lambda n, path=path, moments=moments, index=index: opencv(path, moments[:n], index), 20),
            ("QMediaPlayer", lambda n, path=path, moments=moments, index=index: qt_player(path, moments[:n], index), 20),
        ):
            exact, walls, cpus = result(times)  # type: ignore[no-untyped-call]
            base = base or median(walls)
            line(f"{name}: {who}", f"{exact}/{times}", median(walls), worst(walls), median(cpus), f"{median(walls) / base:.2f}")


# -- the rest --------------------------------------------------------------------------------------------------------------------


def previews(folder: Path) -> None:
    timeline, _ = indexed(folder / "a.mp4")
    print("\n## Previews\n\n| what | wall | CPU |\n|---|---|---|")
    duration = timeline.duration_us
    frames = Frames(timeline, 2**24)
    wall, cpu = timed(lambda: make_piece(frames, 0, duration, folder / "proxy.mp4"))
    line("proxy, ms a second of recording", wall * SECOND / duration, cpu * SECOND / duration)
    wall, cpu = timed(lambda: build_strip(frames, folder))
    line(f"strip, ms a cell ({min(180, duration // (2 * SECOND))})", wall / (duration // (2 * SECOND)), cpu / (duration // (2 * SECOND)))
    wall, cpu = timed(lambda: build_peaks(timeline, duration, folder / "x.peaks"))
    line("waveform, ms a minute of recording", wall * 60 * SECOND / duration, cpu * 60 * SECOND / duration)
    proxy = Frames(Timeline.of([TimelinePart(folder / "proxy.mp4", 0, duration, 0)]), cache_bytes=2**20)
    proxy.frame_at(0)
    display = Display()
    moments = random.Random(3).sample(range(duration), SEEKS)
    walls = [timed(lambda at=at: display.pixels(proxy.frame_at(at).frame, BOX, smooth=False))[0] for at in moments]  # type: ignore[misc,arg-type]
    print(f"\nProxy picture, {SEEKS} random moments: median {median(walls):.1f} ms, 95th {worst(walls):.1f} ms (bar 50)")


def steps(folder: Path) -> None:
    timeline, index = indexed(folder / "a.mp4")
    frames, display = Frames(timeline), Display()
    at = int(index.times_us[119])
    frames.frame_at(at)
    walls = []
    for by in [-1] * 50 + [1] * 50:

        def step(by: int = by) -> None:
            nonlocal at
            at = frames.step(at, by)
            display.pixels(frames.frame_at(at).frame, BOX, smooth=True)  # type: ignore[arg-type]

        walls.append(timed(step)[0])
    print(f"\nStep from the cache, ready to paint: median {median(walls):.1f} ms, 95th {worst(walls):.1f} ms (bar 16)")


def playing(folder: Path, seconds: int = 20) -> None:
    timeline, _ = indexed(folder / "a.mp4")
    print(
        "\n## Playing 1080p30, offscreen\n\n| speed | shown | left out | CPU % of a core | longest turn of the window ms |\n|---|---|---|---|---|"
    )
    for percent in (100, 200, 300):
        playback = Playback(output=lambda: None)
        playback.pictures.fit(*BOX)
        playback.load(timeline, timeline.duration_us, has_sound=False)
        until(lambda: playback.shown is not None, 5)  # noqa: B023
        turns: list[float] = []
        timer = QTimer(interval=5)
        timer.timeout.connect(lambda: turns.append(time.perf_counter()))  # noqa: B023
        timer.start()
        playback.set_speed(percent)
        playback.play()
        length = min(seconds, SECONDS * 100 // percent - 1)
        wall, cpu = timed(lambda: until(lambda: False, length))  # noqa: B023
        playback.pause()
        pictures = playback.pictures
        line(f"{percent / 100:g}×", pictures.played, pictures.dropped, cpu / wall * 100, float(np.diff(turns).max() * 1000))
        playback.close()


def long_file(folder: Path, hours: float) -> None:
    turns = round(hours * 3600 / SECONDS)
    path = folder / "long.mkv"
    loop = ["ffmpeg", "-v", "error", "-y", "-stream_loop", str(turns - 1), "-i", str(folder / "a.mp4"), "-c", "copy", str(path)]
    subprocess.run(loop, check=True)
    made: list[TimeIndex] = []
    wall, cpu = timed(lambda: made.append(build_index(scan_packets(path), 0)))
    print(f"\n## A file of {made[0].duration_us / 3.6e9:.2f} h, {path.stat().st_size / 1e9:.2f} GB, {len(made[0])} pictures\n")
    print(f"- packet index: wall {wall / 1000:.1f} s, CPU {cpu / 1000:.1f} s")
    saved = path.with_name("long.npz")
    save_index(made[0], saved)
    timeline = Timeline.single(path, made[0].zero_us, made[0].duration_us, saved)
    frames: list[Frames] = []
    wall, cpu = timed(lambda: frames.append(Frames(timeline)) or frames[0].frame_at(0))
    print(f"- opened with its index, first picture: {wall:.0f} ms (CPU {cpu:.0f} ms)")
    walls = [timed(lambda at=at: frames[0].frame_at(at))[0] for at in random.Random(5).sample(range(timeline.duration_us), 50)]  # type: ignore[misc]
    print(f"- 50 random seeks over it: median {median(walls):.0f} ms, 95th {worst(walls):.0f} ms")
    frames[0].close()
    path.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long-hours", type=float, default=3.0)
    parser.add_argument("--seeks", type=int, default=SEEKS)
    parser.add_argument("--film", default="", help="only films whose name holds this")
    parser.add_argument("--part", choices=("steps", "seeks", "previews", "playing", "long"), action="append")
    given = parser.parse_args()
    app = QCoreApplication(sys.argv[:1])
    folder = Path(tempfile.mkdtemp(prefix="bench player "))
    parts: dict[str, Callable[[], None]] = {
        "steps": lambda: steps(folder),
        "seeks": lambda: seeks(folder, given.seeks, given.film),
        "previews": lambda: previews(folder),
        "playing": lambda: playing(folder),
        "long": lambda: long_file(folder, given.long_hours),
    }
    try:
        make_films(folder, SECONDS)
        rate = probe(folder / "a.mp4").bytes * 8 / SECONDS / 1e6
        print(f"Film: {rate:.1f} Mbit/s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
        for name in given.part or parts:
            parts[name]()
        print(f"\nLoad at the end {os.getloadavg()[0]:.1f}")
    finally:
        shutil.rmtree(folder)
        del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
