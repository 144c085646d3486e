"""A broadcaster to record from, and one recording made in this process."""

import runpy
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest

from inspector_app.intake.live import control
from inspector_app.intake.live.control import CaptureSpec
from inspector_app.intake.live.recorder import Recorder
from inspector_app.integrity.capturechain import JOURNAL, read

from ....patience import PATIENCE_S  # noqa: TID252

flvserver = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("flvserver.py"))))


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """12 s at 320×240, a key frame each second."""
    return flvserver.Film.read(flvserver.make_flv(tmp_path_factory.mktemp("片源") / "a.flv"))


@pytest.fixture(scope="session")
def small_film(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return flvserver.Film.read(flvserver.make_flv(tmp_path_factory.mktemp("片源") / "b.flv", size="160x120", seconds=6))


@pytest.fixture
def broadcast() -> Iterator[Callable[..., Any]]:
    """Starts a broadcaster: `broadcast(film, speed=4, …)`, see `flvserver.Script`."""
    servers = []

    def start(film: Any, **script: Any) -> Any:
        servers.append(flvserver.Server(flvserver.Script(film, **script)))
        return servers[-1]

    yield start
    for server in servers:
        server.end()


class Tape:
    """What a recording left: its folder, its journal's events, its state."""

    def __init__(self, folder: Path, working: Path) -> None:
        self.folder = folder
        self.working = working

    @property
    def events(self) -> list[dict[str, Any]]:
        return [line.said for line in read(self.folder / JOURNAL)]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [said for said in self.events if said["event"] == event]

    @property
    def state(self) -> dict[str, Any]:
        return control.read_state(self.working)

    def told_us(self) -> int:
        """How much the last heartbeat says to have recorded, on the container's clock."""
        return max((said["last_us"] or 0 for said in self.of("heartbeat")), default=0)

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if path.name != JOURNAL)

    def received(self) -> bytes:
        """The received bytes of all segments, our preambles taken off."""
        return b"".join(
            (self.folder / said["file"]).read_bytes()[said["preamble_bytes"] :] for said in self.of("segment") + self.of("recovered")
        )

    def frames(self, kind: str = "video") -> list[int]:
        """Decoded frames in each segment."""
        return [decoded(path, kind) for path in self.files]


def decoded(path: Path, kind: str = "video") -> int:
    with av.open(str(path)) as container:
        streams = [stream for stream in container.streams if stream.type == kind]
        return sum(1 for _ in container.decode(streams[0])) if streams else 0


@pytest.fixture
def spec(tmp_path: Path) -> Callable[..., CaptureSpec]:
    def make(**more: Any) -> CaptureSpec:
        folder, working = tmp_path / "录制 📼", tmp_path / "working"
        for place in (folder, working):
            place.mkdir(exist_ok=True)
        facts = {
            "capture": "cap_test",
            "source": "http://127.0.0.1/live",
            "seconds": 0,
            "min_free_bytes": 1 << 20,
            "ballast_bytes": 1 << 20,
        }
        return CaptureSpec(**{**facts, "folder": str(folder), "working": str(working), **more})

    return make


@pytest.fixture
def watched() -> Callable[..., None]:
    """Runs a recorder until `holds()`, a limit of patience, or its own end; a limit passed fails the test by name."""

    def run(recorder: Callable[[], None], working: Path, holds: Callable[[], object]) -> None:
        over = threading.Event()
        failed: list[str] = []
        limit = time.monotonic() + PATIENCE_S

        def watch() -> None:
            try:
                while not over.wait(0.05) and not holds():
                    if time.monotonic() > limit:
                        failed.append(f"waited {PATIENCE_S} s in vain for what the test records")
                        break
            except Exception as cause:  # or the recorder would go on for ever
                failed.append(f"cannot tell whether enough is recorded: {cause!r}")
            if not over.is_set():
                control.stop(working)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            recorder()
        finally:
            over.set()
            watcher.join()
        if failed:
            pytest.fail(f"{failed[0]}; the state at the end: {control.read_state(working)}")

    return run


@pytest.fixture
def record(spec: Callable[..., CaptureSpec], watched: Callable[..., None]) -> Callable[..., Tape]:
    """Records in this process until `until(tape)` holds, or until the recorder ends by itself."""

    def run(url: str, *, until: Callable[[Tape], object] = lambda tape: False, **more: Any) -> Tape:
        told = spec(**more)
        tape = Tape(Path(told.folder), Path(told.working))
        watched(Recorder(told, url).run, tape.working, lambda: (tape.folder / JOURNAL).exists() and until(tape))
        return tape

    return run
