"""What the files of a model folder say of themselves: which engine they are for, and whether the weights end where they should.

Reads headers and tails only; it loads no model.
"""

import os
import struct
from pathlib import Path
from typing import BinaryIO

WHISPER = "whisper"
SENSE_VOICE = "sense-voice"
PARAFORMER = "paraformer"
ENGINES = (WHISPER, SENSE_VOICE, PARAFORMER)

#: the file whose digest names a model, by layout: CTranslate2's, then those of sherpa-onnx, the smaller first
WEIGHTS = ("model.bin", "model.int8.onnx", "model.onnx")
TOKENS = "tokens.txt"

#: how a model of sherpa-onnx names its kind in the metadata at the end of its ONNX file
_KINDS = {b"sense_voice": SENSE_VOICE, b"paraformer": PARAFORMER}
_TAIL = 1 << 20


def other_engine(folder: Path) -> tuple[str, str] | None:
    """The engine and the weights' file name of a sherpa-onnx folder; None where it is not one that this program can use."""
    if (folder / WEIGHTS[0]).is_file():
        return None
    for name in WEIGHTS[1:]:
        if (folder / name).is_file():
            tail = _tail(folder / name).lower()
            for mark, engine in _KINDS.items():
                if mark in tail:
                    return engine, name
    return None


def _tail(path: Path) -> bytes:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL))
        return stream.read()


def is_whole_model(path: Path) -> bool:
    """Walks a CTranslate2 model file from header to last alias; False if it is none or ends too early or too late.

    Layout (binary version 6, little endian): version, name and revision of the specification, then every variable as name, shape,
    type, byte count and bytes, then pairs of alias and variable name.
    """
    size = path.stat().st_size
    try:
        with path.open("rb") as stream:
            _number(stream, "I")
            _skip_text(stream, size)
            _number(stream, "I")
            for _ in range(_number(stream, "I")):
                _skip_text(stream, size)
                rank = _number(stream, "B")
                _skip(stream, 4 * rank + 1, size)
                _skip(stream, _number(stream, "I"), size)
            for _ in range(2 * _number(stream, "I")):
                _skip_text(stream, size)
            return stream.tell() == size
    except (struct.error, EOFError):
        return False


def _number(stream: BinaryIO, kind: str) -> int:
    layout = struct.Struct("<" + kind)
    return int(layout.unpack(stream.read(layout.size))[0])


def _skip(stream: BinaryIO, count: int, size: int) -> None:
    if stream.seek(count, os.SEEK_CUR) > size:
        raise EOFError


def _skip_text(stream: BinaryIO, size: int) -> None:
    _skip(stream, _number(stream, "H"), size)
