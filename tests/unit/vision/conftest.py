"""Recordings drawn and encoded at test time, and a channel that keeps what a worker sends."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from inspector_app.domain.errors import Stopped

FONTS = Path(__file__).parents[3] / "resources" / "fonts"
SIZE = (540, 960)

Draw = Callable[[ImageDraw.ImageDraw, float], None]


class KeptChannel:
    """A Channel that keeps everything in lists; `stop_after` frames it asks the worker to stop."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.items: list[tuple[str, dict[str, Any]]] = []
        self.done: list[tuple[int, int, str]] = []
        self.warnings: list[tuple[str, dict[str, str | int]]] = []
        self._left = stop_after

    def item(self, kind: str, **data: Any) -> None:
        self.items.append((kind, data))

    def progress(self, done: int, total: int, unit: str) -> None:
        self.done.append((done, total, unit))

    def warn(self, code: str, **facts: str | int) -> None:
        self.warnings.append((code, facts))

    def check(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise Stopped

    def blocks(self) -> list[dict[str, Any]]:
        return [data for kind, data in self.items if kind == "block"]

    def frames(self) -> list[dict[str, Any]]:
        return [frame for block in self.blocks() for frame in block["frames"]]


def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / ("NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"), size)


def backdrop(size: tuple[int, int] = SIZE) -> Image.Image:
    """A soft, slightly grainy picture without text."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    picture = np.stack([120 + 50 * np.sin(y / 200), 100 + 40 * np.cos(x / 150), 120 + 30 * np.sin((x + y) / 300)], -1)
    grain = np.random.default_rng(7).normal(0, 3, picture.shape)
    return Image.fromarray(np.clip(picture + grain, 0, 255).astype(np.uint8))


def price_card(draw: ImageDraw.ImageDraw, corner: tuple[int, int], price: str, before: str, size: int = 30) -> None:
    """A card with a price and, under it, the struck-through price it is compared with."""
    x, y = corner
    draw.rectangle((x - 16, y - 10, x + 240, y + 3 * size), fill=(255, 242, 240))
    draw.text((x, y), price, font=font(size, bold=True), fill=(220, 20, 40))
    at = (x, y + size + 10)
    draw.text(at, before, font=font(size * 4 // 5), fill=(120, 120, 120))
    x0, y0, x1, y1 = draw.textbbox(at, before, font=font(size * 4 // 5))
    draw.line((x0 - 2, (y0 + y1) // 2, x1 + 2, (y0 + y1) // 2), fill=(120, 120, 120), width=2)


@pytest.fixture(scope="session")
def stage() -> SimpleNamespace:
    """The drawing functions above and the channel; test modules cannot import a conftest."""
    return SimpleNamespace(size=SIZE, font=font, backdrop=backdrop, price_card=price_card, KeptChannel=KeptChannel)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Encodes `seconds` of what `draw(canvas, second)` paints; the name's ending chooses the container, `lying` stores it turned left."""

    def encode(name: str, seconds: float, draw: Draw, fps: int = 5, frames: int | None = None, lying: bool = False) -> Path:
        path = tmp_path_factory.mktemp("录制件 film") / name
        ground = backdrop()
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=fps, options={"preset": "veryfast", "crf": "24", "g": str(2 * fps)})
            stream.width, stream.height = SIZE[::-1] if lying else SIZE
            stream.pix_fmt = "yuv420p"
            for number in range(frames or round(seconds * fps)):
                picture = ground.copy()
                draw(ImageDraw.Draw(picture), number / fps)
                frame = av.VideoFrame.from_image(picture.transpose(Image.Transpose.ROTATE_90) if lying else picture)
                frame.pts, frame.time_base = number, Fraction(1, fps)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path

    return encode
