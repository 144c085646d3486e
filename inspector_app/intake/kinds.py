"""Which files a folder stands for, what an extension promises, and what a file's first bytes say it is."""

from pathlib import Path
from typing import Final

#: What each extension promises, in the probe's words; a mismatch is told, never acted on.
EXTENSIONS: Final = {
    **dict.fromkeys((".mp4", ".m4v", ".mov", ".m4a", ".3gp", ".3g2", ".m4s"), "mp4"),
    **dict.fromkeys((".mkv", ".webm", ".mka"), "matroska"),
    **dict.fromkeys((".ts", ".m2ts", ".mts"), "mpegts"),
    **dict.fromkeys((".mpg", ".mpeg", ".vob"), "mpeg"),
    **dict.fromkeys((".wmv", ".wma", ".asf"), "asf"),
    **dict.fromkeys((".ogg", ".ogv", ".oga", ".opus"), "ogg"),
    ".flv": "flv",
    ".avi": "avi",
    ".mp3": "mp3",
    ".aac": "aac",
    ".wav": "wav",
    ".flac": "flac",
    ".amr": "amr",
    ".caf": "caf",
}
SUBTITLES: Final = frozenset({".srt", ".vtt", ".ass", ".ssa"})
CHATS: Final = frozenset({".jsonl", ".json", ".csv", ".tsv", ".xml", ".xlsx"})
IMAGES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".heic"})
ARCHIVES: Final = frozenset({".zip"})
#: What a folder stands for.
WANTED: Final = EXTENSIONS.keys() | SUBTITLES | CHATS | IMAGES | ARCHIVES

_IMAGE_HEADS: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM")
_STILL_BRANDS: Final = (b"heic", b"heix", b"mif1", b"avif")


def is_image(head: bytes) -> bool:
    """Whether a file is a still picture (a screenshot) by its first bytes."""
    return (
        head.startswith(_IMAGE_HEADS)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS)
    )


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def vault_suffix(path: Path) -> str:
    """The extension an original keeps in the vault: lower case, plain letters and digits only."""
    suffix = path.suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= 8 else ""
