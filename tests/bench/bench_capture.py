"""What recording costs, beside `ffmpeg -c copy` and `streamlink` in the same run; many rooms; killed recorders. Run by hand.

`python tests/bench/bench_capture.py` · `--rooms 16 --minutes 10` · `--kills 20 --lanes flv,hls,remux,screen` · `--screens --seconds 20`
"""

import argparse
import json
import os
import random
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import av

from inspector_app.intake.live import control
from inspector_app.integrity.capturechain import JOURNAL, read

LIVE = Path(__file__).parents[1] / "unit" / "intake" / "live"
flvserver = SimpleNamespace(**runpy.run_path(str(LIVE / "flvserver.py")))
nginx = SimpleNamespace(**runpy.run_path(str(LIVE / "nginxserver.py")))
TICK = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def private_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Private_")) / 1024


def recorder(folder: Path, name: str, url: str, lane: str) -> tuple[subprocess.Popen[bytes], control.CaptureSpec]:
    """A recorder without its supervisor, so that its process is known."""
    spec = control.CaptureSpec(name, str(folder / name), str(folder / f"{name}.w"), "bench", lane, ballast_bytes=1 << 20)
    for place in (spec.folder, spec.working):
        Path(place).mkdir(parents=True, exist_ok=True)
    (Path(spec.working) / "spec.json").write_text(json.dumps(asdict(spec)))
    process = subprocess.Popen(control.program("recorder", str(Path(spec.working) / "spec.json")), stdin=subprocess.PIPE)
    assert process.stdin
    process.stdin.write(url.encode() + b"\n")
    process.stdin.close()
    return process, spec


def serve_flv(source: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = nginx.free_port()
    return subprocess.Popen([sys.executable, str(LIVE / "flvserver.py"), str(source), str(port)]), f"http://127.0.0.1:{port}/live.flv"


def costs(folder: Path, source: Path, seconds: int) -> None:
    server, flv = serve_flv(source)
    with nginx.serving(folder / "nginx", source) as (rtmp, hls):
        time.sleep(8)
        jobs: dict[str, subprocess.Popen[bytes]] = {}
        for name, url, lane in (
            ("verbatim HTTP-FLV", flv, "flv"),
            ("verbatim HLS", hls, "hls"),
            ("remux RTMP to Matroska", rtmp, "remux"),
            ("remux HTTP-FLV to Matroska", flv, "remux"),
        ):
            jobs[name] = recorder(folder, name, url, lane)[0]
        copy = ["ffmpeg", "-v", "error", "-i", flv, "-c", "copy", "-f", "segment", "-segment_time", "10", str(folder / "f%d.mkv")]
        jobs["ffmpeg -c copy (no digest, no sync)"] = subprocess.Popen(copy, stdin=subprocess.DEVNULL)
        link = shutil.which("streamlink") or str(Path(sys.executable).with_name("streamlink"))
        for name, url in (
            ("streamlink HTTP (no digest, no sync)", f"httpstream://{flv}"),
            ("streamlink HLS (no digest, no sync)", f"hls://{hls}"),
        ):
            jobs[name] = subprocess.Popen(
                [link, "-l", "none", "-o", str(folder / name.replace("/", "_")), url, "best"], stdin=subprocess.DEVNULL
            )
        time.sleep(10)
        began, before = time.monotonic(), {name: cpu_s(job.pid) for name, job in jobs.items()}
        time.sleep(seconds)
        passed = time.monotonic() - began
        share = {name: 100 * (cpu_s(job.pid) - before[name]) / passed for name, job in jobs.items() if job.poll() is None}
        base = share["ffmpeg -c copy (no digest, no sync)"]
        print(f"window {passed:.0f} s, load {os.getloadavg()[0]:.1f}, source {source.stat().st_size * 8 / 20e6:.2f} Mbit/s")
        for name, value in share.items():
            print(f"| {name} | {value:.2f} | {value / base:.1f} | {private_mb(jobs[name].pid):.1f} |")
        for job in [*jobs.values(), server]:
            job.terminate()
            job.wait()


def rooms(folder: Path, source: Path, count: int, minutes: float) -> None:
    server, url = serve_flv(source)
    time.sleep(1)
    started = [recorder(folder, f"room{number}", url, "flv") for number in range(count)]
    time.sleep(20)
    cpu, memory = [cpu_s(job.pid) for job, _ in started], [private_mb(job.pid) for job, _ in started]
    began = time.monotonic()
    time.sleep(minutes * 60)
    passed = time.monotonic() - began
    used = [100 * (cpu_s(job.pid) - before) / passed for (job, _), before in zip(started, cpu, strict=True)]
    later = [private_mb(job.pid) for job, _ in started]
    for job, spec in started:
        control.stop(Path(spec.working))
        job.wait(20)
    server.terminate()
    server.wait()
    gaps = lost = received = 0
    for _, spec in started:
        lines = read(Path(spec.folder) / JOURNAL)
        gaps += sum(line.event == "gap" for line in lines)
        received += lines[-1].said["received"]
        segments = [line.said for line in lines if line.event == "segment"]
        lost += sum(one["ends_us"] != two["starts_us"] for one, two in pairwise(segments))
    print(f"rooms {count}, {passed:.0f} s, load {os.getloadavg()[0]:.1f}")
    print(f"CPU a room {sum(used) / count:.2f} % (all {sum(used):.1f} %), private MB {sum(memory) / count:.1f} → {sum(later) / count:.1f}")
    print(f"gaps {gaps}, seams that do not fit {lost}, received {received / 1e6:.0f} MB")


@contextmanager
def sources(folder: Path, source: Path, wanted: list[str]) -> Iterator[dict[str, str]]:
    """Addresses by lane, each with its server started."""
    with ExitStack() as stack:
        found = {}
        if {"remux", "hls"} & set(wanted):
            found["remux"], found["hls"] = stack.enter_context(nginx.serving(folder / "nginx", source))
        if "flv" in wanted:
            server, found["flv"] = serve_flv(source)
            stack.callback(server.wait)
            stack.callback(server.terminate)
        if "screen" in wanted:
            found["screen"] = f"screen:{stack.enter_context(screen(source, '1280x720'))}?fps=12&sound=off"
        time.sleep(8)
        yield {lane: found[lane] for lane in wanted}


@contextmanager
def screen(source: Path, size: str) -> Iterator[str]:
    """An X server of its own on which the film plays."""
    read_end, write_end = os.pipe()
    words = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{size}x24"]
    server = subprocess.Popen(words, pass_fds=(write_end,), stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        display = f":{pipe.readline().strip()}"
    if shutil.which("ffplay"):
        play = ["ffplay", "-v", "quiet", "-an", "-loop", "0", "-x", size.partition("x")[0], str(source)]
    else:
        play = [sys.executable, "-c", PAINTER, size]
    player = subprocess.Popen(play, env={**os.environ, "DISPLAY": display}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield display
    finally:
        for process in (player, server):
            process.kill()
            process.wait()


def kills(folder: Path, source: Path, count: int, wanted: list[str]) -> None:
    rng = random.Random(7)
    print(f"load {os.getloadavg()[0]:.1f}")
    print("| lane | newest file opens | lost mean s | lost max s | torn or unproved | holes after recovery |")
    with sources(folder, source, wanted) as addresses:
        for lane, url in addresses.items():
            opened, lost, torn, holes = 0, [], 0, 0
            for number in range(count):
                process, spec = recorder(folder, f"{lane}{number}", url, lane)
                while not list(Path(spec.folder).glob("0*")):
                    time.sleep(0.05)
                time.sleep(rng.uniform(2.0, 6.0))
                os.kill(process.pid, signal.SIGKILL)
                at = time.monotonic_ns() // 1000
                process.wait()
                lines = read(Path(spec.folder) / JOURNAL)
                if lane != "hls":
                    beats = [line.said for line in lines if line.event == "heartbeat" and line.said["last_us"] is not None]
                    newest = max(Path(spec.folder).glob("0*"))
                    try:
                        with av.open(str(newest)) as container:
                            frames = [frame.time for frame in container.decode(video=0)]
                        opened += 1
                        lost.append(max(0.0, (beats[-1]["last_us"] + at - beats[-1]["mono_us"]) / 1e6 - frames[-1]))
                    except (av.error.FFmpegError, IndexError) as cause:
                        print(f"{lane} run {number}: {cause!r}")
                process, _ = recorder(folder, f"{lane}{number}", url, lane)  # recovery
                time.sleep(4.0 if lane == "hls" else 1.0)
                control.stop(Path(spec.working))
                process.wait(30)
                lines = read(Path(spec.folder) / JOURNAL)
                if lane == "hls":  # what was under way is fetched again: whole segments count, not the last frame
                    opened += all(decodes(Path(spec.folder) / line.said["file"]) for line in lines if line.event == "segment")
                found = [line.said for line in lines if line.event == "recovered"]
                torn += any(said["torn_bytes"] > 0 or said["prefix_holds"] is False for said in found)
                holes += sum(line.event == "gap" and line.said["kind"] == "hls_sequence_hole" for line in lines)
                assert lines[-1].event == "end"
            mean = f"{sum(lost) / len(lost):.3f} | {max(lost):.3f}" if lost else "- | -"
            print(f"| {lane} | {opened}/{count} | {mean} | {torn} | {holes} |", flush=True)


def decodes(path: Path) -> bool:
    try:
        with av.open(str(path)) as container:
            return sum(1 for _ in container.decode(video=0)) > 0
    except av.error.FFmpegError:
        return False


#: where ffplay is missing: bars that move over the whole screen, thirty times a second
PAINTER = """
import sys, tkinter
width, height = map(int, sys.argv[1].split("x"))
root = tkinter.Tk(); root.geometry(f"{width}x{height}+0+0")
canvas = tkinter.Canvas(root, bg="white", highlightthickness=0); canvas.pack(fill="both", expand=True)
bars = [canvas.create_rectangle(x, 0, x + 40, height, fill="#%02x60%02x" % (x % 255, 255 - x % 255), width=0) for x in range(0, width, 80)]
words = [canvas.create_text(80 * n % width, 30 * n, text="last one 9.9 left 3", anchor="w") for n in range(height // 30)]
def move(n=0):
    for one in bars: canvas.move(one, 6 if n % 100 < 50 else -6, 0)
    root.after(33, move, n + 1)
move(); root.mainloop()
"""


def screens(folder: Path, source: Path, seconds: int) -> None:
    """What we cost as an encoder: CPU and pictures of a screen that moves, by size and encoder."""
    print(f"load {os.getloadavg()[0]:.1f}, {seconds} s each")
    print("| size | encoder | asked fps | got fps | CPU % | CPU ms a picture | MB an hour |")
    for size in ("1280x720", "1920x1080"):
        with screen(source, size) as display:
            time.sleep(3)
            for encoder in ("mpeg4", "libx264", "libvpx"):
                process, spec = recorder(folder, f"{encoder}{size}", f"screen:{display}?fps=12&sound=off&encoder={encoder}", "screen")
                while not list(Path(spec.folder).glob("0*")):
                    time.sleep(0.05)
                time.sleep(1)
                began, before = time.monotonic(), cpu_s(process.pid)
                time.sleep(seconds)
                used, passed = cpu_s(process.pid) - before, time.monotonic() - began
                state = control.read_state(Path(spec.working))
                control.stop(Path(spec.working))
                process.wait(30)
                stamps: list[float] = []
                for path in Path(spec.folder).glob("0*"):
                    with suppress(av.error.FFmpegError), av.open(str(path)) as container:  # one that was just begun may be empty
                        stamps += [float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.size]
                fps = (len(stamps) - 1) / (max(stamps) - min(stamps)) if len(stamps) > 1 else 0.001
                rate = state["bytes"] / max(1, state["seconds"]) * 3600 / 1e6
                print(
                    f"| {size} | {encoder} | 12 | {fps:.1f} | {100 * used / passed:.1f} | {1000 * used / passed / fps:.1f} | {rate:.0f} |",
                    flush=True,
                )


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seconds", type=int, default=50)
    words.add_argument("--rooms", type=int, default=0)
    words.add_argument("--minutes", type=float, default=10)
    words.add_argument("--kills", type=int, default=0)
    words.add_argument("--lanes", default="flv,hls,remux,screen")
    words.add_argument("--screens", action="store_true")
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = flvserver.make_flv(folder / "source.flv", seconds=20, size="1920x1080", rate=30, gop=60, bitrate="4100k")
        if asked.rooms:
            rooms(folder, source, asked.rooms, asked.minutes)
        elif asked.kills:
            kills(folder, source, asked.kills, asked.lanes.split(","))
        elif asked.screens:
            screens(folder, source, asked.seconds)
        else:
            costs(folder, source, asked.seconds)


if __name__ == "__main__":
    main()
