"""The seal on real dossiers: whole ones pass, and every kind of damage is named."""

import shutil
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector_app.integrity import seal


@pytest.fixture
def copy(dossier: Any, tmp_path: Path) -> Path:
    return Path(shutil.copy(dossier[0], tmp_path / "抄本.pdf"))


def codes(path: Path) -> list[str]:
    return [problem.code for problem in seal.check(path)]


def test_that_a_whole_dossier_passes(dossier: Any) -> None:
    assert seal.check(dossier[0]) == []


def test_that_the_seal_stands_in_the_file_once_and_literally(dossier: Any) -> None:
    path, item, _, _ = dossier
    content = path.read_bytes()
    assert content.count(seal.MARK) == 1
    assert seal.MARK + item["seal"].encode() in content
    assert seal.PLACEHOLDER not in content


@pytest.mark.parametrize("where", ["first", "middle", "seal", "last"])
def test_that_a_flipped_bit_is_found(copy: Path, where: str) -> None:
    content = bytearray(copy.read_bytes())
    mark = content.index(seal.MARK) + len(seal.MARK)
    place = {"first": 8, "middle": len(content) // 2, "seal": mark + 5, "last": len(content) - 1}[where]
    content[place] = ord("0") if where == "seal" and content[place] != ord("0") else content[place] ^ 1
    copy.write_bytes(content)
    assert codes(copy)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.integers(0, 9999), value=st.integers(1, 255))
def test_that_no_changed_byte_anywhere_passes(dossier: Any, tmp_path: Path, share: int, value: int) -> None:
    content = bytearray(dossier[0].read_bytes())
    content[len(content) * share // 10_000] ^= value
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(content)
    assert codes(altered)


def test_that_bytes_after_the_end_are_found(copy: Path) -> None:
    with copy.open("ab") as file:
        file.write(b"\n")
    assert codes(copy) == ["dossier.altered"]


def test_that_a_cut_file_is_found(copy: Path) -> None:
    content = copy.read_bytes()
    copy.write_bytes(content[:-1])
    assert codes(copy) == ["dossier.altered"]
    copy.write_bytes(content[: len(content) // 2])
    assert codes(copy) == ["dossier.no_seal"]


def test_that_two_seals_are_refused(copy: Path) -> None:
    with copy.open("ab") as file:
        file.write(b"%" + seal.PLACEHOLDER)
    assert codes(copy) == ["dossier.many_seals"]
    with pytest.raises(ValueError, match="2 seals"):
        seal.seal(copy)


def test_that_a_resaved_dossier_has_lost_its_seal(copy: Path, tmp_path: Path) -> None:
    with pikepdf.open(copy) as pdf:
        pdf.save(tmp_path / "resaved.pdf")
    assert codes(tmp_path / "resaved.pdf") == ["dossier.no_seal"]


def test_that_an_empty_file_and_a_broken_seal_count_as_no_seal(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(b"")
    assert codes(path) == ["dossier.no_seal"]
    path.write_bytes(seal.MARK + b"abc")
    assert codes(path) == ["dossier.no_seal"]


def test_that_a_seal_can_be_put_on_any_file_with_one_place_for_it(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"head " + seal.PLACEHOLDER + b" tail")
    digits = seal.seal(path)
    assert len(digits) == 64
    assert seal.check(path) == []
