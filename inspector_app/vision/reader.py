"""Reads the text of one picture with RapidOCR (PP-OCRv6 small), from the model files inside the rapidocr wheel and nothing else.

Runs only in a child process: importing it is cheap, making a `ScreenReader` loads OpenCV, ONNX Runtime and the models. It must never
let rapidocr fetch a model (rapidocr does so when it is not told a path) and must not know about videos, blocks or kinds of text.

Detection works on a picture scaled down further than the one that is recognised: the detector finds 12-pixel characters of a
720×1280 picture at 832 lines and costs a third of what it costs at 1280. A line whose pixels have not changed since it was last
recognised keeps its text, because recognition is the dear half and most screen text stands still while the host moves.
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
from inspector_app.vision.boxes import Box, overlap

Picture = npt.NDArray[np.uint8]

#: Recognition sees at most this many pixels along the longer side.
LONG_SIDE: Final = 1280
#: Detection sees at most this many lines (and at most LONG_SIDE columns).
DETECT_HEIGHT: Final = 832
#: Readings below this confidence (per mille) are noise: patterns on clothes, blurred packaging.
LEAST_CONFIDENCE_PM: Final = 500
#: Two cut-outs of a line differ if the mean grey of any SPOT×SPOT square of pixels, wherever it lies, moved by a SPOT_SHARE-th of the
#: line's contrast, and by SPOT_STEP (of 255) at least. Measured on H.264 at CRF 23-34 with a contrast of 120: the closest pair of digits (8
#: and 9) in 14-pixel text moves a square by 10 or more, in 18-pixel text by 19; a still scene at CRF 23-28 moves it by a twentieth of the
#: contrast. Squares on a fixed grid, or larger ones, miss a changed digit. A false alarm only costs another reading.
SPOT: Final = 5
SPOT_SHARE: Final = 16
SPOT_STEP: Final = 8
#: Where no text was found, new text is what matters: it moves the mean of a whole TILE×TILE square of a fixed grid by more than TILE_STEP,
#: which the noise of a still scene (8 or 9 at CRF 23-28, over all 14,400 squares) does not.
TILE: Final = 8
TILE_STEP: Final = 10

MODEL_FILES: Final = {"det": "PP-OCRv6_det_small.onnx", "rec": "PP-OCRv6_rec_small.onnx"}


@dataclass(frozen=True)
class Line:
    """One line of text in a picture; `box` is x0, y0, x1, y1 in its pixels, `struck` a price with a line through it."""

    text: str
    confidence_pm: int
    box: Box
    struck: bool = False


@dataclass(frozen=True)
class _Known:
    """A line as it was last recognised, with the grey picture it was recognised in (working scale)."""

    line: Line
    rect: Box
    grey: Picture

    @property
    def rows(self) -> slice:
        return slice(self.rect[1], self.rect[3])

    @property
    def columns(self) -> slice:
        return slice(self.rect[0], self.rect[2])


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


def _same_line(one: Picture, other: Picture) -> bool:
    """Whether two grey cut-outs of one place show the same text, to the last digit."""
    import cv2

    apart = cv2.subtract(one, other, dtype=cv2.CV_16S)
    contrast = int(one.max()) - int(one.min())
    return bool(np.abs(cv2.blur(apart, (SPOT, SPOT))).max() < max(SPOT_STEP, contrast // SPOT_SHARE))


def _same_scene(one: Picture, other: Picture) -> bool:
    """Whether two grey pictures of the same shape show the same scene; too coarse for a single changed character."""
    import cv2

    size = (max(1, one.shape[1] // TILE), max(1, one.shape[0] // TILE))
    return int(cv2.absdiff(*(cv2.resize(grey, size, interpolation=cv2.INTER_AREA) for grey in (one, other))).max()) < TILE_STEP


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

    def __init__(self, threads: int = 2, root: Path | None = None) -> None:
        paths = bundled_models(root)
        self.engine = f"rapidocr {version('rapidocr')}, onnxruntime {version('onnxruntime')}"
        self.models = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths.values()}
        self.options: dict[str, Any] = {
            "long_side": LONG_SIDE,
            "detect_height": DETECT_HEIGHT,
            "least_confidence_pm": LEAST_CONFIDENCE_PM,
            "spot": SPOT,
            "spot_share": SPOT_SHARE,
            "spot_step": SPOT_STEP,
            "tile": TILE,
            "tile_step": TILE_STEP,
            "threads": threads,
            "line_direction": False,  # overlays stand upright once the display matrix is applied; the classifier would cost a third more
        }
        self._known: list[_Known] = []
        self._last: Picture | None = None  # grey, working scale
        self._engine = _load(paths, threads)

    def forget(self) -> None:
        """Recognise every line of the next picture, whatever was read before."""
        self._known, self._last = [], None

    def looks_read(self, image: Picture) -> bool:
        """Whether a picture shows what the last one read shows, scene and every line, so that reading it would find the same lines.

        It is compared with the picture last read, not with the one before it: slow change adds up until it is seen.
        """
        _, grey = _working(image)
        if self._last is None or self._last.shape != grey.shape or not _same_scene(self._last, grey):
            return False
        return all(_same_line(known.grey[known.rows, known.columns], grey[known.rows, known.columns]) for known in self._known)

    def read(self, image: Picture) -> list[Line]:
        """Lines of text in a height×width×3 BGR picture, in reading order; boxes in its pixels."""
        work, grey = _working(image)
        quads = self._detect(work)
        rects = [_rect(quad, work.shape[1], work.shape[0]) for quad in quads]
        kept = [self._unchanged(rect, grey) for rect in rects]
        fresh = [index for index, known in enumerate(kept) if known is None]
        recognised = dict(zip(fresh, self._recognise(work, [quads[index] for index in fresh]), strict=True))
        across, down = image.shape[1] / work.shape[1], image.shape[0] / work.shape[0]
        lines = []
        for index, (rect, known) in enumerate(zip(rects, kept, strict=True)):
            box = (round(rect[0] * across), round(rect[1] * down), round(rect[2] * across), round(rect[3] * down))
            # an unchanged line keeps the picture it was recognised in, for the same reason as in `looks_read`
            lines.append(
                replace(known, line=replace(known.line, box=box)) if known else _Known(replace(recognised[index], box=box), rect, grey)
            )
        self._known, self._last = lines, grey
        return [known.line for known in lines if known.line.text and known.line.confidence_pm >= LEAST_CONFIDENCE_PM]

    def _detect(self, work: Picture) -> list[npt.NDArray[np.float32]]:
        """Slanted boxes (four corners each) of the lines in a picture of working size, in its pixels."""
        small = _shrink(work, min(1.0, DETECT_HEIGHT / work.shape[0]))
        found = self._engine(small, use_det=True, use_rec=False, use_cls=False).boxes
        if found is None:
            return []
        scale = np.array([work.shape[1] / small.shape[1], work.shape[0] / small.shape[0]], np.float32)
        return list(found.astype(np.float32) * scale)

    def _unchanged(self, rect: Box, grey: Picture) -> _Known | None:
        """The known line at this place if the pixels under both its old and its new box are as they were."""
        for known in self._known:
            if known.grey.shape != grey.shape or overlap(known.rect, rect) < 0.7:
                continue
            x0, y0 = min(known.rect[0], rect[0]), min(known.rect[1], rect[1])
            x1, y1 = max(known.rect[2], rect[2]), max(known.rect[3], rect[3])
            if _same_line(known.grey[y0:y1, x0:x1], grey[y0:y1, x0:x1]):
                return known
        return None

    def _recognise(self, work: Picture, quads: list[npt.NDArray[np.float32]]) -> list[Line]:
        """The text in each slanted box; its place is left for the caller to fill in."""
        if not quads:
            return []
        crops = self._engine.crop_text_regions(work, np.array(quads))
        result = self._engine.recognize_txt(crops)
        lines = []
        for read, score, crop in zip(result.txts, result.scores, crops, strict=True):
            text = str(read).strip()
            struck = any(character.isdigit() for character in text) and struck_through(crop)
            lines.append(Line(text, round(float(score) * 1000), (0, 0, 0, 0), struck))
        return lines


def _load(paths: dict[str, Path], threads: int) -> Any:
    """The rapidocr engine with its sessions made now rather than at first use, so that a bad model file fails here."""
    from rapidocr import RapidOCR

    params = {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Det.model_path": str(paths["det"]),
        "Det.limit_type": "max",
        "Det.limit_side_len": LONG_SIDE,
        "Rec.model_path": str(paths["rec"]),
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
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


def _working(image: Picture) -> tuple[Picture, Picture]:
    """A picture at the size it is recognised in, in colour and in grey."""
    import cv2

    work = _shrink(image, min(1.0, LONG_SIDE / max(image.shape[:2])))
    return work, cv2.cvtColor(work, cv2.COLOR_BGR2GRAY)  # type: ignore[return-value]


def _shrink(image: Picture, scale: float) -> Picture:
    import cv2

    if scale >= 1.0:
        return image
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _rect(quad: npt.NDArray[np.float32], width: int, height: int) -> Box:
    """The upright rectangle around a slanted box, inside the picture and at least one pixel wide and high."""
    x0, y0 = (int(edge) for edge in np.floor(quad.min(axis=0)))
    x1, y1 = (int(edge) for edge in np.ceil(quad.max(axis=0)))
    x0, y0 = min(max(x0, 0), width - 1), min(max(y0, 0), height - 1)
    return x0, y0, min(max(x1, x0 + 1), width), min(max(y1, y0 + 1), height)
