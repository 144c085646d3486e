"""The player over real files: what is shown is exact, steps and gaps, playing to its end, sound as the clock, and a window that never waits."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from inspector_app.domain.timebase import SECOND
from inspector_app.media.frames import Frames
from inspector_app.media.index import build_index, save_index
from inspector_app.media.listening import RATE, WIDTH
from inspector_app.media.proxy import make_piece
from inspector_app.media.scan import scan_packets
from inspector_app.media.stills import frame_on
from inspector_app.media.timeline import Timeline, TimelinePart
from inspector_app.ui.panes.playback import Playback
from inspector_app.ui.player import pictures
from inspector_app.ui.player.pictures import Picture
from inspector_app.ui.shell.window import MainWindow

BITS = 12
SIZE = (192, 96)


def write_film(path: Path, frames: int, first: int = 0) -> Path:
    """Thirty numbered pictures a second, a key frame every two, and a steady tone."""
    import av

    with av.open(str(path), "w") as out:
        video = out.add_stream("libx264", rate=30, options={"preset": "ultrafast", "x264-params": "bframes=2:keyint=60:scenecut=0"})
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        audio = out.add_stream("aac", rate=48_000)
        audio.layout = "mono"
        sound = 0
        for number in range(frames):
            while sound * 30 < (number + 1) * 48_000:
                tone = (8000 * np.sin(2 * np.pi * 440 * (sound + np.arange(1024)) / 48_000)).astype(np.int16)
                piece = av.AudioFrame.from_ndarray(tone[None], format="s16", layout="mono")
                piece.sample_rate, piece.pts = 48_000, sound
                out.mux(audio.encode(piece))
                sound += 1024
            picture = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
            for bit in range(BITS):
                picture[: SIZE[1] // 2, bit * 16 : bit * 16 + 16] = 235 if (first + number) >> (BITS - 1 - bit) & 1 else 16
            frame = av.VideoFrame.from_ndarray(picture)
            frame.pts = number
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        out.mux(audio.encode(None))
    return path


def number_of(image: QImage | Image.Image) -> int:
    """The number burnt into a picture of any size."""
    if isinstance(image, Image.Image):
        rows = np.asarray(image.convert("L"))
    else:
        grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
        rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())[:, : grey.width()]
    height, width = rows.shape
    band = rows[height // 8 : height * 3 // 8]
    block = width / BITS
    bits = [band[:, int(bit * block + block / 4) : int((bit + 1) * block - block / 4)].mean() > 128 for bit in range(BITS)]
    return int("".join("1" if bit else "0" for bit in bits), 2)


@pytest.fixture(scope="module")
def timeline(tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    """Three files of four seconds; a gap of two seconds before the last. Pictures are numbered through: 0-119, 120-239, 240-359."""
    folder = tmp_path_factory.mktemp("分段")
    parts = []
    for place, (name, start) in enumerate((("1.mp4", 0), ("2.flv", 4 * SECOND), ("3.ts", 10 * SECOND))):
        path = write_film(folder / name, 120, place * 120)
        index = build_index(scan_packets(path), 0)
        save_index(index, folder / f"{name}.npz")
        zero = index.zero_us + int(index.times_us[0])
        parts.append(TimelinePart(path, start, start + 4 * SECOND, zero, folder / f"{name}.npz"))
    return Timeline.of(parts)


class Shelf:
    """Keeps what a playback shows."""

    def __init__(self, playback: Playback) -> None:
        self.pictures: list[Picture] = []
        self.failures: list[str] = []
        playback.picture.connect(self.pictures.append)
        playback.failed.connect(self.failures.append)

    @property
    def last(self) -> Picture | None:
        return self.pictures[-1] if self.pictures else None

    def exact_at(self, at_us: int) -> bool:
        return self.last is not None and self.last.exact and self.last.shown.at_us <= at_us < self.last.shown.until_us


@pytest.fixture
def playback(qtbot: QtBot, timeline: Timeline) -> Iterator[Playback]:
    one = Playback(output=lambda: None)
    one.pictures.fit(400, 400)
    one.load(timeline, timeline.duration_us, has_sound=False)
    yield one
    one.close()


def wait(qtbot: QtBot, holds: Callable[[], bool]) -> None:
    qtbot.waitUntil(holds)


def test_that_opening_shows_the_first_picture(qtbot: QtBot, playback: Playback) -> None:
    shelf = Shelf(playback)
    wait(qtbot, lambda: shelf.exact_at(0))
    assert shelf.last is not None and number_of(shelf.last.image) == 0


def test_that_the_picture_shown_is_the_still_exported(qtbot: QtBot, playback: Playback, timeline: Timeline) -> None:
    shelf, chance = Shelf(playback), random.Random(4)
    for _ in range(25):
        at = chance.choice([0, 4, 10]) * SECOND + chance.randrange(4 * SECOND)
        playback.seek(at)
        wait(qtbot, lambda at=at: shelf.exact_at(at))  # type: ignore[misc]
        frame, part = frame_on(timeline, at)
        assert shelf.last is not None
        shown = shelf.last.shown
        assert number_of(shelf.last.image) == number_of(frame.image) == shown.place * 120 + shown.number
        assert (shown.stamp, timeline.parts[shown.place]) == (frame.stamp, part)
    assert shelf.failures == []


def test_that_the_last_of_many_seeks_wins(qtbot: QtBot, playback: Playback) -> None:
    shelf = Shelf(playback)
    for at in range(0, 3_900_000, 100_000):
        playback.seek(at)
    assert playback.position_us == 3_800_000
    wait(qtbot, lambda: shelf.exact_at(3_800_000))
    qtbot.wait(100)
    assert shelf.exact_at(3_800_000)


def test_that_steps_go_one_picture_at_a_time_both_ways_over_files_and_gaps(qtbot: QtBot, playback: Playback) -> None:
    shelf = Shelf(playback)
    playback.seek(7_900_000)
    wait(qtbot, lambda: shelf.exact_at(7_900_000))
    start = number_of(shelf.pictures[-1].image)
    assert start == 237
    for by, expected in ((1, 238), (1, 239), (1, 240), (1, 241), (-1, 240), (-1, 239), (-1, 238)):
        playback.step(by)
        wait(qtbot, lambda expected=expected: shelf.last is not None and number_of(shelf.last.image) == expected)  # type: ignore[misc]
        wait(qtbot, lambda: shelf.exact_at(playback.position_us))


def test_that_a_gap_has_no_picture_and_is_as_long_as_it_is(qtbot: QtBot, playback: Playback) -> None:
    shelf = Shelf(playback)
    playback.seek(9 * SECOND)
    wait(qtbot, lambda: shelf.last is not None and shelf.last.shown.kind == "gap")
    assert shelf.last is not None and shelf.last.image.isNull()
    assert (shelf.last.shown.at_us, shelf.last.shown.until_us) == (8 * SECOND, 10 * SECOND)


def test_that_playing_runs_through_files_and_gaps_to_the_end_and_rests(qtbot: QtBot, playback: Playback, timeline: Timeline) -> None:
    shelf = Shelf(playback)
    playback.set_speed(300)
    playback.seek(3 * SECOND)
    states: list[bool] = []
    playback.state.connect(states.append)
    playback.play()
    wait(qtbot, lambda: states == [True, False])
    kinds = [picture.shown.kind for picture in shelf.pictures]
    assert "gap" in kinds
    numbers = [number_of(picture.image) for picture in shelf.pictures if not picture.image.isNull() and picture.exact]
    assert numbers[-1] == 359 and {number // 120 for number in numbers} == {0, 1, 2}
    assert playback.position_us == timeline.duration_us - 1


def test_that_pausing_rests_on_the_picture_seen(qtbot: QtBot, playback: Playback) -> None:
    shelf = Shelf(playback)
    playback.play()
    wait(qtbot, lambda: len(shelf.pictures) > 10)
    seen = playback.seen_us
    playback.pause()
    assert not playback.playing and playback.position_us == seen
    wait(qtbot, lambda: shelf.exact_at(playback.position_us))


def test_that_a_span_is_played_and_no_more(qtbot: QtBot, playback: Playback) -> None:
    states: list[bool] = []
    playback.state.connect(states.append)
    playback.play_span(SECOND, 1_300_000)
    wait(qtbot, lambda: states == [True, False])
    assert 1_300_000 <= playback.position_us < 2 * SECOND


def test_that_the_shuttle_runs_back_to_the_start(qtbot: QtBot, playback: Playback) -> None:
    playback.seek(SECOND)
    for _ in range(4):
        playback.shuttle_back()
    wait(qtbot, lambda: playback.position_us == 0)
    playback.shuttle_on()
    assert playback.playing
    playback.shuttle_on()
    assert playback.speed == 150
    playback.pause()


@pytest.fixture(scope="module")
def proxy(timeline: Timeline, tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    """The proxy of the first file only: the rest is still being made."""
    path = tmp_path_factory.mktemp("预览") / "p.mp4"
    make_piece(Frames(timeline), 0, 4 * SECOND, path)
    return Timeline.of([TimelinePart(path, 0, 4 * SECOND, 0)])


def test_that_a_seek_shows_the_proxy_at_once_and_then_the_exact_picture(qtbot: QtBot, playback: Playback, proxy: Timeline) -> None:
    shelf = Shelf(playback)
    wait(qtbot, lambda: shelf.exact_at(0))
    playback.use_proxy(proxy)
    playback.seek(3_500_000)
    wait(qtbot, lambda: shelf.exact_at(3_500_000))
    previews = [picture for picture in shelf.pictures if not picture.exact]
    assert [(picture.shown.stamp, number_of(picture.image)) for picture in previews] in ([(None, 105)], [])  # taken together where quick
    playback.seek(5 * SECOND)  # no proxy of this yet
    wait(qtbot, lambda: shelf.exact_at(5 * SECOND))


def test_that_what_is_too_heavy_is_played_from_the_proxy_and_said(
    qtbot: QtBot, playback: Playback, proxy: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "_TOO_OFTEN", -1)
    shelf = Shelf(playback)
    wait(qtbot, lambda: shelf.exact_at(0))
    playback.use_proxy(proxy)
    shelf.pictures.clear()
    playback.play()
    wait(qtbot, lambda: len(shelf.pictures) > 5)
    assert not any(picture.exact or picture.shown.stamp is not None for picture in shelf.pictures)
    playback.pause()
    wait(qtbot, lambda: shelf.exact_at(playback.position_us))


def test_that_a_recording_that_grows_is_gone_on_with(qtbot: QtBot, timeline: Timeline) -> None:
    playback = Playback(output=lambda: None)
    shelf = Shelf(playback)
    begun = Timeline.of(timeline.parts[:1])
    playback.load(begun, begun.duration_us, has_sound=False)
    wait(qtbot, lambda: shelf.exact_at(0))
    playback.seek(11 * SECOND)
    assert playback.position_us == 4 * SECOND - 1
    playback.extend(timeline, timeline.duration_us)
    playback.seek(11 * SECOND)
    wait(qtbot, lambda: shelf.exact_at(11 * SECOND))
    assert shelf.last is not None and shelf.last.shown.place == 2
    playback.close()


class PacedOutput:
    """A device that plays at its own pace: 10 % slow, so that following it can be told from following the wall clock."""

    made: ClassVar[list["PacedOutput"]] = []

    def __init__(self) -> None:
        self.taken, self.since = bytearray(), time.monotonic()
        self.made.append(self)

    def free(self) -> int:
        return max(0, (self.played() + RATE // 5) * WIDTH - len(self.taken))

    def write(self, data: bytes) -> None:
        self.taken += data

    def played(self) -> int:
        return min(len(self.taken) // WIDTH, int((time.monotonic() - self.since) * RATE * 0.9))

    def stop(self) -> None: ...


def test_that_the_sound_is_the_clock(qtbot: QtBot, timeline: Timeline) -> None:
    PacedOutput.made.clear()
    playback = Playback(output=PacedOutput)
    playback.load(timeline, timeline.duration_us, has_sound=True)
    playback.play()
    wait(qtbot, lambda: playback.position_us > 2 * SECOND)
    [output] = PacedOutput.made
    heard = output.played() * SECOND // RATE
    assert abs(playback.position_us - heard) < 120_000
    samples = np.frombuffer(bytes(output.taken), "<i2")[::2].astype(float)
    assert np.argmax(np.abs(np.fft.rfft(samples[RATE // 2 : RATE]))) * 2 == pytest.approx(440, abs=6)
    playback.set_speed(200)
    wait(qtbot, lambda: len(PacedOutput.made) == 2 and playback.position_us > 5 * SECOND)
    playback.close()


def test_that_the_window_never_waits_for_the_player(qtbot: QtBot, playback: Playback) -> None:
    """A timer on the window's thread goes on ticking while the player is made to work as hard as it can."""
    ticks: list[float] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start()
    playback.play()
    chance = random.Random(8)
    for _ in range(30):
        before = time.thread_time()
        playback.seek(chance.randrange(14 * SECOND))
        playback.step(chance.choice([-3, 1]))
        playback.toggle()
        assert time.thread_time() - before < 0.05
        qtbot.wait(20)
    assert len(ticks) > 30


def test_that_a_file_that_is_gone_is_said_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    playback = Playback(output=lambda: None)
    shelf = Shelf(playback)
    playback.load(Timeline.single(tmp_path / "没有.mp4", 0, SECOND), SECOND, has_sound=False)
    wait(qtbot, lambda: bool(shelf.failures))
    assert "没有.mp4" in shelf.failures[0]
    playback.close()


def test_that_the_pane_names_frame_stamp_file_and_how_sure_the_time_is(qtbot: QtBot, window: MainWindow) -> None:
    watch = window.bench.watch
    watch.playback.seek(12_340_000)
    wait(qtbot, lambda: watch.playback.shown is not None and watch.playback.shown.number == 123)
    wait(qtbot, lambda: "123" in watch.player._media_note.text())
    shown = watch.playback.shown
    assert shown is not None and shown.stamp is not None
    assert str(shown.stamp.pts) in watch.player._media_note.text()
    assert watch.player._file.text()
    assert watch.player._broadcast.text() == "20:00:12.340"
    assert "未校时" in watch.player._broadcast_note.text()
