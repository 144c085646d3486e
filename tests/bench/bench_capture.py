"""What recording costs, beside `ffmpeg -c copy` and `streamlink` in the same run; many rooms; killed recorders. Run by hand.

`python tests/bench/bench_capture.py` · `--rooms 16 --minutes 10` · `--kills 20`
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


def kills(folder: Path, source: Path, count: int) -> None:
    server, flv = serve_flv(source)
    rng = random.Random(7)
    with nginx.serving(folder / "nginx", source) as (rtmp, _):
        time.sleep(3)
        for lane, url in (("flv", flv), ("remux", rtmp)):
            opened, lost, torn = 0, [], 0
            for number in range(count):
                process, spec = recorder(folder, f"{lane}{number}", url, lane)
                while not list(Path(spec.folder).glob("0*")):
                    time.sleep(0.05)
                time.sleep(rng.uniform(2.0, 6.0))
                os.kill(process.pid, signal.SIGKILL)
                at = time.monotonic_ns() // 1000
                process.wait()
                lines = read(Path(spec.folder) / JOURNAL)
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
                time.sleep(1.0)
                control.stop(Path(spec.working))
                process.wait(30)
                lines = read(Path(spec.folder) / JOURNAL)
                found = next(line.said for line in lines if line.event == "recovered")
                torn += found["torn_bytes"] > 0 or found["prefix_holds"] is False
                assert lines[-1].event == "end"
            print(f"| {lane} | {opened}/{count} | {sum(lost) / len(lost):.3f} | {max(lost):.3f} | {torn} |")
    server.terminate()
    server.wait()


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seconds", type=int, default=50)
    words.add_argument("--rooms", type=int, default=0)
    words.add_argument("--minutes", type=float, default=10)
    words.add_argument("--kills", type=int, default=0)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        source = flvserver.make_flv(folder / "source.flv", seconds=20, size="1920x1080", rate=30, gop=60, bitrate="4100k")
        if asked.rooms:
            rooms(folder, source, asked.rooms, asked.minutes)
        elif asked.kills:
            kills(folder, source, asked.kills)
        else:
            costs(folder, source, asked.seconds)


if __name__ == "__main__":
    main()
