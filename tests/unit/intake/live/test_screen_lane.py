"""The lane that records this machine: real X servers, real windows, real sound programs; the picture that was shown is the one on the disk."""

import itertools
import os
import shutil
import stat
import subprocess
import sys

import av
import pytest
from av.error import FFmpegError

from inspector_app.intake.live.devices import Device, is_device, opening
from inspector_app.intake.live.lane import Broken
from inspector_app.intake.live.looking import PictureWatch, SoundWatch
from inspector_app.intake.live.sounding import RATE, Sound
from inspector_app.intake.live.source import shown

from ....patience import until  # noqa: TID252
from ....xserver import xserver  # noqa: TID252

S = 1_000_000
needs_x = pytest.mark.skipif(shutil.which("Xvfb") is None or shutil.which("ffmpeg") is None, reason="Xvfb is not installed")


@pytest.fixture
def display(monkeypatch):
    """An X server of our own, with a window manager where there is one."""
    with xserver("640x480") as name:
        monkeypatch.setenv("DISPLAY", name)
        manager = (
            subprocess.Popen(["openbox", "--sm-disable"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if shutil.which("openbox")
            else None
        )
        yield name
        if manager is not None:
            manager.kill()
            manager.wait()


PAINTER = """
import sys, tkinter
root = tkinter.Tk(); root.title(sys.argv[1]); root.geometry("320x240+40+60")
canvas = tkinter.Canvas(root, bg="white", highlightthickness=0); canvas.pack(fill="both", expand=True)
def move(n=0):
    canvas.configure(bg=("red", "green", "blue", "yellow")[n % 4]); root.after(100, move, n + 1)
    if n == 2: print("painted", flush=True)
move(); root.mainloop()
"""


@pytest.fixture
def painted(display):
    """A window of known title that changes its colour ten times a second."""
    pytest.importorskip("tkinter")
    process = subprocess.Popen([sys.executable, "-c", PAINTER, "某直播间 全网最低?"], stdout=subprocess.PIPE)
    process.stdout.readline()
    until(lambda: "0x" in asked("-root", "_NET_CLIENT_LIST"), "the window manager knows the window")
    until(lambda: "0x0" not in asked("-root", "_NET_ACTIVE_WINDOW"), "the window has the focus")
    yield display
    process.kill()
    process.wait()
    process.stdout.close()


def asked(*words):
    return subprocess.run(["xprop", *words], capture_output=True, text=True, check=False).stdout


def pictures(path):
    with av.open(str(path)) as container:
        return [(frame.time, frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def heard_so_far(tape):
    try:
        return sum(samples for path in tape.files for _, samples in heard_in(path))
    except (FFmpegError, IndexError):  # nothing but its head lies there as yet
        return 0


def heard_in(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("flac", RATE, 2)
        return [(frame.time, frame.samples) for frame in container.decode(stream)]


def colours(path):
    """The colours, coarsely, that the middle of a growing film has shown so far."""
    try:
        return {tuple(int(value) // 100 for value in picture[120, 160]) for _, picture in pictures(path)}
    except FFmpegError:  # nothing but its head lies there as yet
        return set()


@needs_x
def test_that_a_screen_becomes_matroska_with_the_times_at_which_it_was_seen(display, record):
    colours = subprocess.Popen(
        [sys.executable, "-c", PAINTER, "x"] if shutil.which("openbox") else ["true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        tape = record(f"screen:{display}+16,32?size=320x200&fps=10&sound=off", until=lambda tape: tape.told_us() > 3 * S)
    finally:
        colours.kill()
        colours.wait()
    connect = tape.of("connect")[0]
    assert (connect["lane"], connect["recorded"], connect["encoder"], connect["size"]) == ("screen", "screen", "mpeg4", "320x200")
    assert connect["sound"] == "none" and [one["kind"] for one in tape.of("notice") if one["kind"] == "no_sound"] == ["no_sound"]
    segment = tape.of("segment")[0]
    assert tape.events[-1]["reason"] == "stopped" and segment["keys"] and segment["preamble_bytes"] == 0
    seen = pictures(tape.files[0])
    assert len(seen) >= 2 and seen[0][1].shape == (200, 320, 3)
    assert len(segment["keys"]) <= 1 + len(seen) // 4, "a whole picture only now and then"
    times = [moment for moment, _ in seen]
    assert times == sorted(set(times)) and abs(times[-1] - times[0] - (segment["last_us"] - segment["starts_us"]) / S) < 0.2


@needs_x
@pytest.mark.skipif(shutil.which("openbox") is None or shutil.which("xprop") is None, reason="no window manager")
def test_that_a_window_is_found_by_its_title_and_said_by_name(painted, record):
    def changing(tape):
        named = any(one["window"] for one in tape.of("on_screen")) and tape.state.get("view", {}).get("window")
        return named and tape.files and len(colours(tape.files[-1])) >= 3

    tape = record("window:某直播间?fps=10&sound=off", until=changing)
    connect = tape.of("connect")[0]
    assert connect["window"] == "某直播间 全网最低?" and connect["recorded"] == "window"
    assert any(one["window"] == "某直播间 全网最低?" for one in tape.of("on_screen"))
    assert len(colours(tape.files[-1])) >= 3, "the window's own picture, changing"
    assert not [one for one in tape.of("notice") if one["kind"] == "black_picture"]
    assert tape.state["view"]["window"] == "某直播间 全网最低?"


@needs_x
def test_that_a_black_screen_is_warned_of_at_once(display, record):
    subprocess.run(["xsetroot", "-solid", "black"], check=False) if shutil.which("xsetroot") else None
    tape = record(
        f"screen:{display}?fps=10&sound=off",
        until=lambda tape: any(one["kind"] == "black_picture" for one in tape.of("notice")),
    )
    assert "black_picture" in tape.state["view"]["warnings"]


@needs_x
def test_that_sound_comes_from_the_systems_own_recorder_and_stays_with_the_picture(display, record, tmp_path, monkeypatch):
    """The machine that runs this has no sound: a tone from FFmpeg, paced in real time, stands where the system's recorder would."""
    programs = tmp_path / "bin"
    programs.mkdir()
    tone = programs / "parec"
    tone.write_text(
        f"#!/bin/sh\nexec {shutil.which('ffmpeg')} -v quiet -re -f lavfi -i sine=440:r={RATE} -af volume=4 -ac 2 -f s16le -\n",
        encoding="ascii",
    )
    tone.chmod(tone.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    tape = record(f"screen:{display}?fps=10", until=lambda tape: tape.told_us() > 4 * S and heard_so_far(tape) > 2 * RATE)
    assert tape.of("connect")[0]["sound"] == "parec" and not [one for one in tape.of("notice") if one["kind"] in ("silence", "no_sound")]
    assert -20 <= tape.state["view"]["level_db"] <= 0
    heard = [one for path in tape.files for one in heard_in(path)]
    assert sum(samples for _, samples in heard) > 2 * RATE
    if not [one for one in tape.of("notice") if one["kind"] == "sound_torn"]:
        for (at, samples), (after, _) in itertools.pairwise(heard):
            assert abs(at + samples / RATE - after) < 0.005


def test_that_a_sound_that_ends_or_is_not_there_is_said():
    sound = Sound("no-such-device")

    def ended():
        sound.take()
        return not sound.how

    until(ended, "the sound program ends")
    assert (sound.how, sound.why) == ("", "ended")
    sound.close()
    off = Sound("off")
    assert (off.how, off.why, off.take()) == ("", "off", [])


@needs_x
def test_that_a_display_that_is_not_there_is_refused_with_its_cause(record, spec):
    tape = record("screen::4711?sound=off")
    assert (tape.events[-1]["reason"], tape.events[-1]["cause"]) == ("refused", "live.no_device") and tape.files == []


def test_that_addresses_of_devices_are_read_as_they_are_meant():
    assert Device.of("screen:") == Device("screen", "")
    assert Device.of("screen::0.0+10,20?fps=15&size=640x480&sound=off&encoder=libvpx") == Device(
        "screen", ":0.0+10,20", 15, "640x480", "off", "libvpx"
    )
    assert Device.of("window:今天买吗?真的").name == "今天买吗?真的"
    assert Device.of("camera:/dev/video0?fps=25").name == "/dev/video0"
    for bad in ("camera:", "screen:?fps=0", "screen:?fps=x", "screen:?size=9", "screen:?encoder=h266", "window:?fps=5"):
        with pytest.raises(Broken) as caught:
            Device.of(bad)
        assert caught.value.code == "live.bad_device" and caught.value.final
    assert is_device("window:x") and not is_device("https://a/b")
    assert shown("window:今天买吗?真的") == "window:今天买吗?真的"


@pytest.mark.parametrize(
    ("platform", "url", "format_name", "file"),
    [
        ("windows", "screen:", "gdigrab", "desktop"),
        ("windows", "window:某直播间", "gdigrab", "title=某直播间"),
        ("windows", "card:USB Video", "dshow", "video=USB Video"),
        ("macos", "screen:", "avfoundation", "Capture screen 0:none"),
        ("macos", "camera:FaceTime", "avfoundation", "FaceTime:none"),
        ("linux", "camera:/dev/video0", "v4l2", "/dev/video0"),
    ],
)
def test_that_every_system_gets_its_own_way_in(platform, url, format_name, file):
    way = opening(Device.of(url), platform)
    assert (way.format, way.file, way.options["framerate"]) == (format_name, file, "12")


def test_that_a_picture_is_black_or_frozen_only_after_a_while_and_again_alive_at_once():
    watch = PictureWatch()
    black, bright = bytes(2304), bytes([200]) * 2304
    told = [watch.see(black, bytes([number]), number * S) for number in range(4)]
    assert told == [[], [], [("black_picture", True)], []] and watch.warnings == ["black_picture"]
    assert watch.see(bright, b"x", 5 * S) == [("black_picture", False)]
    told = [watch.see(bright, b"x", (5 + number) * S) for number in range(1, 12)]
    assert [one for one in told if one] == [[("frozen_picture", True)]] and watch.warnings == ["frozen_picture"]
    pointer = bytes(2290) + bytes([255]) * 14
    assert PictureWatch().see(pointer, b"", 0) == [] and watch.see(bright, b"y", 20 * S) == [("frozen_picture", False)]


def test_that_silence_is_told_by_level_and_time():
    watch = SoundWatch()
    quiet, loud = bytes(4000), (b"\x00\x40" * 2000)
    told = [watch.see(quiet, number * S) for number in range(7)]
    assert [one for one in told if one] == [[("silence", True)]] and watch.level_db == -96
    assert watch.see(loud, 8 * S) == [("silence", False)] and watch.level_db == -6
