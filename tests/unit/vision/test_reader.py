"""The text reader on drawn pictures, with the models of the wheel and no network (sockets are banned in the whole suite)."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from inspector_app.domain.errors import ModelError
from inspector_app.vision.reader import MODEL_FILES, Picture, ScreenReader, bundled_models

Drawn = Callable[..., Picture]


@pytest.fixture(scope="module")
def reader() -> ScreenReader:
    return ScreenReader()


@pytest.fixture(scope="module")
def drawn(stage: SimpleNamespace) -> Drawn:
    def draw(paint: Callable[[ImageDraw.ImageDraw], None], size: tuple[int, int] = stage.size) -> Picture:
        picture = stage.backdrop(size)
        paint(ImageDraw.Draw(picture))
        return as_bgr(picture)

    return draw


def as_bgr(picture: Image.Image, quality: int = 60) -> Picture:
    """As a decoder would hand it over: after lossy coding."""
    _, coded = cv2.imencode(".jpg", np.asarray(picture)[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def test_that_importing_the_room_loads_no_heavy_library() -> None:
    rooms = "inspector_app.vision.tracks, inspector_app.vision.follow, inspector_app.vision.worker"
    check = f"import sys, {rooms}; print([m for m in ('cv2', 'onnxruntime', 'rapidocr') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_that_text_of_a_large_picture_is_read_with_boxes_in_its_own_pixels(
    reader: ScreenReader, drawn: Drawn, stage: SimpleNamespace
) -> None:
    image = drawn(lambda draw: draw.text((300, 1900), "这款面霜全网最低价", font=stage.font(96, bold=True), fill="white"), (1440, 2560))
    (line,) = reader.read(image)
    x0, y0, x1, y1 = line.box
    assert line.text == "这款面霜全网最低价"
    assert line.confidence_pm > 950
    assert abs(x0 - 300) < 30 and abs(x1 - (300 + 9 * 96)) < 30 and 1900 - 30 < y0 < y1 < 1900 + 170


def test_that_small_licence_text_is_read(reader: ScreenReader, drawn: Drawn, stage: SimpleNamespace) -> None:
    image = drawn(lambda draw: draw.text((60, 100), "食品经营许可证编号", font=stage.font(14), fill="white"))
    assert [line.text for line in reader.read(image)] == ["食品经营许可证编号"]


def test_that_a_part_of_a_picture_is_searched_alone(reader: ScreenReader, drawn: Drawn, stage: SimpleNamespace) -> None:
    def both(draw: ImageDraw.ImageDraw) -> None:
        draw.text((60, 100), "优选好物直播间", font=stage.font(30), fill="white")
        draw.text((60, 700), "三天见效百分百有效", font=stage.font(30), fill="white")

    image = drawn(both)
    quads = reader.detect(image, (0, 660, 540, 780))
    assert [line.text for line in reader.recognise(image, quads)] == ["三天见效百分百有效"]
    assert 690 < quads[0][:, 1].min() < quads[0][:, 1].max() < 750


def test_that_a_picture_without_text_gives_no_lines(reader: ScreenReader, stage: SimpleNamespace) -> None:
    assert reader.read(as_bgr(stage.backdrop())) == []
    assert reader.read(np.zeros((2, 2, 3), np.uint8)) == []


def test_that_a_body_is_not_read_as_a_character(reader: ScreenReader, drawn: Drawn) -> None:
    def host(draw: ImageDraw.ImageDraw) -> None:
        draw.ellipse((130, 475, 410, 960), fill=(140, 150, 170))
        draw.ellipse((207, 350, 333, 512), fill=(180, 195, 215))

    assert not [line for line in reader.read(drawn(host)) if line.box[3] - line.box[1] > 300]


@pytest.mark.parametrize("size", [24, 30, 48])
@pytest.mark.parametrize("dark", [False, True])
def test_that_only_the_price_with_a_line_through_it_is_struck(
    reader: ScreenReader, size: int, dark: bool, drawn: Drawn, stage: SimpleNamespace
) -> None:
    image = drawn(lambda draw: stage.price_card(draw, (200, 300), "到手价99元", "¥399.00", size))
    struck = {line.text.lstrip("¥￥Y"): line.struck for line in reader.read(255 - image if dark else image)}
    assert struck == {"到手价99元": False, "399.00": True}


def test_that_dashes_boxes_and_underlines_are_not_strikes(reader: ScreenReader, drawn: Drawn, stage: SimpleNamespace) -> None:
    def paint(draw: ImageDraw.ImageDraw) -> None:
        draw.text((60, 100), "会员价 99-199元", font=stage.font(30), fill="white")
        draw.rectangle((50, 200, 330, 250), fill=(220, 20, 40))
        draw.text((60, 202), "第二件半价 只要59", font=stage.font(30), fill="white")
        draw.text((60, 300), "满300减40", font=stage.font(30), fill="white")
        draw.line((60, 342, 220, 342), fill="white", width=2)

    lines = reader.read(drawn(paint))
    assert len(lines) == 3
    assert not any(line.struck for line in lines)


def test_that_the_reader_names_its_models_by_digest(reader: ScreenReader) -> None:
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in bundled_models().values()}
    assert reader.models == digests
    assert reader.engine.startswith("rapidocr 3.")


def test_that_a_missing_model_is_an_error_and_never_fetched(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        ScreenReader(root=tmp_path)
    assert (caught.value.code, caught.value.facts) == ("model.ocr_missing", {"name": MODEL_FILES["det"]})
    assert list(tmp_path.iterdir()) == []


def test_that_a_broken_model_is_an_error(tmp_path: Path) -> None:
    for name in MODEL_FILES.values():
        (tmp_path / name).write_bytes(b"not a model")
    with pytest.raises(ModelError) as caught:
        ScreenReader(root=tmp_path)
    assert caught.value.code == "model.ocr_broken"
