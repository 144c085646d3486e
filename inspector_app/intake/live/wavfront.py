"""The front of the WAV that grows while a capture is listened to: 16 kHz, mono, 16 bit. Bytes only; it decodes nothing and loads nothing."""

from pathlib import Path
from typing import Final

RATE: Final = 16_000
WIDTH: Final = 2
HEADER: Final = 44


def header(samples: int) -> bytes:
    """As Python's `wave` writes it for so many samples."""
    size = samples * WIDTH
    shape = ((16, 4), (1, 2), (1, 2), (RATE, 4), (RATE * WIDTH, 4), (WIDTH, 2), (8 * WIDTH, 2))
    told = b"".join(value.to_bytes(length, "little") for value, length in shape)
    return b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt " + told + b"data" + size.to_bytes(4, "little")


def close(path: Path, samples: int) -> None:
    """Says in the header how long the finished sound is; a sound that never came is an empty one. Raises OSError."""
    if not path.exists():
        path.write_bytes(header(0))
    with path.open("r+b") as file:
        file.truncate(HEADER + samples * WIDTH)
        file.write(header(samples))
