"""The office's own 仿宋: taken where it may be embedded and is complete, refused with the reason otherwise."""

import shutil
import struct
from pathlib import Path

import pytest

from inspector_app.dossier import fonts, fontslot
from inspector_app.resources import resource

BODY = Path(resource("fonts")) / "NotoSerifSC-Regular.ttf"


def with_rights(path: Path, bits: int) -> Path:
    """A copy of the body font whose licence bits say something else."""
    shutil.copy(BODY, path)
    content = bytearray(path.read_bytes())
    for at in range(12, 12 + 16 * struct.unpack(">H", content[4:6])[0], 16):
        if content[at : at + 4] == b"OS/2":
            place = struct.unpack(">I", content[at + 8 : at + 12])[0] + 8
            content[place : place + 2] = struct.pack(">H", bits)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("bits", [0x0002, 0x0100, 0x0200])
def test_that_a_font_without_embedding_rights_is_refused(tmp_path: Path, bits: int) -> None:
    slot = fontslot.examine(with_rights(tmp_path / "simfang.ttf", bits))
    assert (slot.code, dict(slot.facts)["bits"]) == ("dossier.font_rights", f"0x{bits:04X}")
    assert slot.usable is None


@pytest.mark.parametrize("bits", [0x0000, 0x0004, 0x0008])
def test_that_a_font_that_may_be_embedded_is_taken(tmp_path: Path, bits: int) -> None:
    assert fontslot.examine(with_rights(tmp_path / "fs.ttf", bits)).usable == tmp_path / "fs.ttf"


def test_that_a_font_without_common_characters_is_refused() -> None:
    slot = fontslot.examine(BODY.with_name("Symbola.ttf"))
    assert slot.code == "dossier.font_coverage"
    assert dict(slot.facts)["count"] > 3000


@pytest.mark.parametrize("content", [b"", b"OTTO" + bytes(60), b"no font at all" * 20])
def test_that_what_is_no_font_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.ttf").write_bytes(content)
    assert fontslot.examine(tmp_path / "x.ttf").code == "dossier.font_unreadable"
    assert fontslot.find(str(tmp_path / "none.ttf")).code == "dossier.font_unreadable"


def test_that_the_offices_font_stands_in_the_body_and_the_shipped_one_helps_out(tmp_path: Path) -> None:
    own = with_rights(tmp_path / "FangSong.ttf", 0)
    faces = fonts.load(Path(resource("fonts")), own)
    try:
        assert faces.digests[0][0] == "FangSong"
        assert fonts.HELPER in faces.names
        assert faces.for_character("茶", fonts.BODY) == fonts.BODY
    finally:
        fonts.load(Path(resource("fonts")))
