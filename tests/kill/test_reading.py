"""A reading of the screen that is killed, and run again, gives what an undisturbed one gives."""

import json
import shutil
import signal
import sys
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image, ImageDraw, ImageFont

from inspector_app.casefile.case import Case
from inspector_app.domain.records import ScreenBlock
from inspector_app.integrity.verify import verify_case

from .conftest import wait_until

FONT = Path(__file__).parents[2] / "resources" / "fonts" / "NotoSansSC-Bold.ttf"
SECONDS = 50

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kills as a Linux system does")


@pytest.fixture
def long_video(tmp_path: Path) -> Path:
    """Fifty seconds of captions, a countdown and a seller line that goes."""
    path, face = tmp_path / "长直播.mp4", ImageFont.truetype(FONT, 30)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=4, options={"preset": "veryfast", "g": "12"})
        stream.width, stream.height, stream.pix_fmt = 540, 960, "yuv420p"
        for number in range(SECONDS * 4):
            at, picture = number // 4, Image.new("RGB", (540, 960), (90, 110, 130))
            draw = ImageDraw.Draw(picture)
            draw.text((60, 500), f"第{'一二三四五六七八九十'[at // 5]}款今天只要这个价", font=face, fill="yellow")
            draw.text((60, 60), f"00:01:{59 - at:02d}", font=face, fill="white")
            if at < 20:
                draw.text((60, 120), "云朵商贸有限公司", font=face, fill="white")
            frame = av.VideoFrame.from_image(picture)
            frame.pts, frame.time_base = number, Fraction(1, 4)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def blocks_of(folder: Path) -> int:
    with Case(folder, read_only=True) as case:
        return case.count(ScreenBlock)


@pytest.mark.slow
def test_that_a_killed_reading_gives_the_texts_of_an_undisturbed_one(bare_case, long_video, tmp_path, start, inspector):
    taken = inspector("import", bare_case, long_video, "--json")
    assert taken.returncode == 0, taken.stderr
    undisturbed = shutil.copytree(bare_case, tmp_path / "未受干扰")
    before = blocks_of(bare_case)
    process = start(tmp_path, "read-screen", bare_case)
    wait_until(lambda: blocks_of(bare_case) > before + 1 or process.poll() is not None, "two blocks to be kept")
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    killed_at = blocks_of(bare_case)
    read = [json.loads(inspector("read-screen", folder, "--json").stdout) for folder in (bare_case, undisturbed)]
    assert read[0] == read[1]
    assert killed_at < blocks_of(bare_case) == blocks_of(undisturbed)
    seller = [track for track in read[0]["tracks"] if track["kind"] == "seller_info" and track["facts"]["shown_pm"] == 400]
    assert [track["spans"] for track in seller] == [[[0, 20_000_000]]]
    assert verify_case(bare_case).ok
