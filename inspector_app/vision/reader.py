"""Reads the text of one picture with RapidOCR (PP-OCRv6 small), from the model files inside the rapidocr wheel and nothing else.

Runs only in a child process: importing it is cheap, making a `ScreenReader` loads OpenCV, ONNX Runtime and the models. It must never
let rapidocr fetch a model (rapidocr does so when it is not told a path) and must not know about videos, blocks or kinds of text.

Detection works on a picture scaled down further than the one that is recognised: the detector finds 12-pixel characters of a
720×1280 picture at 480×853 and costs less than half of what it costs at 720×1280. Both can be asked for a part of a picture only: what they
cost is in proportion to its area (`follow` decides where to look).
"""

import hashlib
import importlib.util
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inspector_app.domain.errors import ModelError
from inspector_app.vision.boxes import Box

Picture = npt.NDArray[np.uint8]
#: Four corners of a slanted box: 4×2, x and y.
Quad = npt.NDArray[np.float32]

#: Recognition sees at most this many pixels along the longer side.
LONG_SIDE: Final = 1280
#: Detection sees at most this many pixels along the shorter side.
DETECT_SHORT_SIDE: Final = 480
#: Readings below this confidence (per mille) are noise: patterns on clothes, blurred packaging.
LEAST_CONFIDENCE_PM: Final = 500
#: A line is no higher than this share (per cent) of the picture's shorter side: what is larger is a head or an arm read as 8 or O.
HIGHEST_PC: Final = 40
#: Recognition sees a line this many pixels high.
REC_HEIGHT: Final = 48
#: A line is recognised at this share (per cent) of its width first, which costs as much less; what is then less sure than SURE_PM (per
#: mille) is recognised at its full width too.
SQUEEZE_PC: Final = 66
SURE_PM: Final = 960
MODEL_FILES: Final = {"det": "PP-OCRv6_det_small.onnx", "rec": "PP-OCRv6_rec_small.onnx"}


@dataclass(frozen=True)
class Line:
    """One line of text in a picture; `box` is x0, y0, x1, y1 in its pixels, `struck` a price with a line through it.

    `unread` is a clock that has moved on but was not read in this picture: `text` is what it said in the picture before.
    """

    text: str
    confidence_pm: int
    box: Box
    struck: bool = False
    unread: bool = False


def bundled_models(root: Path | None = None) -> dict[str, Path]:
    """The model files of the installed rapidocr by role, without importing it; ModelError `model.ocr_missing` if one is not there."""
    if root is None:
        spec = importlib.util.find_spec("rapidocr")
        if spec is None or spec.origin is None:
            raise ModelError("model.ocr_missing", name="rapidocr")
        root = Path(spec.origin).parent / "models"
    paths = {role: root / name for role, name in MODEL_FILES.items()}
    for path in paths.values():
        if not path.is_file():
            raise ModelError("model.ocr_missing", name=path.name)
    return paths


def struck_through(crop: Picture) -> bool:
    """Whether one thin line runs through the middle of a line of text (the crop holds just that line, upright).

    Characters leave gaps between them; a strike does not. So the test is a row near the middle whose longest unbroken stretch of ink
    is wider than any one character, in a band of rows too thin to be a background.
    """
    import cv2

    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).astype(np.int16)
    height, width = grey.shape
    if height < 10 or width < height:
        return False
    apart = np.abs(grey - int(np.median(grey)))
    ink = apart > max(24, int(np.percentile(apart, 98)) * 2 // 5)
    need = min(width * 4 // 5, height * 3 // 2)
    crossed = [_longest_stretch(row) >= need for row in ink]
    middle = range(height * 3 // 10, height * 7 // 10 + 1)
    rows = [row for row in middle if crossed[row]]
    return bool(rows) and len(rows) <= max(3, height // 5) and sum(crossed) == len(rows)


def _longest_stretch(row: npt.NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max()) if edges.size else 0


class ScreenReader:
    """One loaded reader. `engine`, `models` (file name to SHA-256) and `options` say what made its readings.

    Raises ModelError `model.ocr_missing` or `model.ocr_broken`.
    """

    def __init__(self, root: Path | None = None) -> None:
        paths = bundled_models(root)
        self.engine = f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}"
        self.models = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths.values()}
        self.options: dict[str, Any] = {
            "long_side": LONG_SIDE,
            "detect_short_side": DETECT_SHORT_SIDE,
            "highest_pc": HIGHEST_PC,
            "squeeze_pc": SQUEEZE_PC,
            "sure_pm": SURE_PM,
            "least_confidence_pm": LEAST_CONFIDENCE_PM,
            "line_direction": False,  # overlays stand upright once the display matrix is applied; the classifier would cost a third more
        }
        self._engine = _load(paths)

    def read(self, image: Picture) -> list[Line]:
        """Lines of text in a whole height×width×3 BGR picture, from top to bottom; boxes in its pixels. Leans on nothing read before."""
        work = _shrink(image, min(1.0, LONG_SIDE / max(image.shape[:2])))
        quads = self.detect(work)
        across, down = image.shape[1] / work.shape[1], image.shape[0] / work.shape[0]
        lines = []
        for quad, line in zip(quads, self.recognise(work, quads), strict=True):
            x0, y0, x1, y1 = rect_of(quad, work.shape[1], work.shape[0])
            lines.append(replace(line, box=(round(x0 * across), round(y0 * down), round(x1 * across), round(y1 * down))))
        return [line for line in lines if is_worth_keeping(line)]

    def detect(self, work: Picture, place: Box | None = None) -> list[Quad]:
        """Slanted boxes (four corners each) of the lines in a picture of working size, or in the part of it at `place`; in its pixels."""
        import cv2

        x0, y0, x1, y1 = place or (0, 0, work.shape[1], work.shape[0])
        scale = min(1.0, DETECT_SHORT_SIDE / min(work.shape[:2]))
        small = _shrink(work[y0:y1, x0:x1], scale)
        height, width = small.shape[:2]
        padded = cv2.copyMakeBorder(small, 0, -height % 32, 0, -width % 32, cv2.BORDER_REPLICATE)
        blob = (padded.astype(np.float32).transpose(2, 0, 1)[np.newaxis] / 255 - 0.5) / 0.5
        found, _ = self._engine.text_det.postprocess_op(self._engine.text_det.session(blob), padded.shape[:2])
        if len(found) == 0:
            return []
        stretch = np.array([(x1 - x0) / width, (y1 - y0) / height], np.float32)
        corner = np.array([x0, y0], np.float32)
        quads = [quad * stretch + corner for quad in self._engine.text_det.sorted_boxes(found).astype(np.float32)]
        return [quad for quad in quads if _thickness(quad) * 100 <= HIGHEST_PC * min(work.shape[:2])]

    def recognise(self, work: Picture, quads: list[Quad]) -> list[Line]:
        """The text in each slanted box; its place is left for the caller to fill in."""
        if not quads:
            return []
        lines = []
        for crop in self._engine.crop_text_regions(work, np.array(quads)):
            text, confidence_pm = self._words(crop, SQUEEZE_PC)
            if confidence_pm < SURE_PM:
                text, confidence_pm = max(((text, confidence_pm), self._words(crop, 100)), key=lambda read: read[1])
            struck = any(character.isdigit() for character in text) and struck_through(crop)
            lines.append(Line(text, confidence_pm, (0, 0, 0, 0), struck))
        return lines

    def _words(self, crop: Picture, width_pc: int) -> tuple[str, int]:
        """Text and confidence (per mille) of a line in a picture of its own, made narrower first.

        One by one, each at its own width: a batch is padded to its widest line and on a processor saves nothing.
        """
        import cv2

        width = max(8, round(REC_HEIGHT * crop.shape[1] * width_pc / (100 * crop.shape[0])))
        blob = np.zeros((1, 3, REC_HEIGHT, max(64, -(-width // 16) * 16)), np.float32)
        way = cv2.INTER_AREA if width < crop.shape[1] else cv2.INTER_LINEAR
        blob[0, :, :, :width] = (
            cv2.resize(crop, (width, REC_HEIGHT), interpolation=way).astype(np.float32).transpose(2, 0, 1) / 255 - 0.5
        ) / 0.5
        text, score = self._engine.text_rec.postprocess_op(self._engine.text_rec.session(blob))[0][0]
        return str(text).strip(), round(float(score) * 1000)


def is_worth_keeping(line: Line) -> bool:
    """Whether a reading has words and is sure enough to be more than a pattern."""
    return bool(line.text) and line.confidence_pm >= LEAST_CONFIDENCE_PM


def _load(paths: dict[str, Path]) -> Any:
    """The rapidocr engine with its sessions made now rather than at first use, so that a bad model file fails here."""
    from rapidocr import RapidOCR

    params = {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Det.model_path": str(paths["det"]),
        "Rec.model_path": str(paths["rec"]),
        # measured: two threads wait for each other and take twice the processor time for the same wall time on a busy machine
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    blank = np.zeros((64, 64, 3), np.uint8)
    try:
        engine = RapidOCR(params=params)
        engine(blank, use_rec=False, use_cls=False)
        engine.recognize_txt([blank])
    except Exception as error:  # the runtime raises its own, undocumented classes for an unreadable model
        raise ModelError("model.ocr_broken", names=", ".join(path.name for path in paths.values()), detail=type(error).__name__) from error
    return engine


def _thickness(quad: Quad) -> float:
    """The shorter side of a slanted box."""
    return float(min(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[1])))


def _shrink(image: Picture, scale: float) -> Picture:
    import cv2

    if scale >= 1.0:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def rect_of(quad: Quad, width: int, height: int) -> Box:
    """The upright rectangle around a slanted box, inside the picture and at least one pixel wide and high."""
    x0, y0 = (int(edge) for edge in np.floor(quad.min(axis=0)))
    x1, y1 = (int(edge) for edge in np.ceil(quad.max(axis=0)))
    x0, y0 = min(max(x0, 0), width - 1), min(max(y0, 0), height - 1)
    return x0, y0, min(max(x1, x0 + 1), width), min(max(y1, y0 + 1), height)
