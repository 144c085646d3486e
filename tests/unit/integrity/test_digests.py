"""Digests of files, both in one reading."""

import hashlib

import pytest

from inspector_app.integrity import digests
from inspector_app.integrity.digests import Digests, FileDigests, hash_file

ABC = FileDigests(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",  # GB/T 32905-2016, annex A.1
    3,
)


def test_that_the_published_values_come_out(tmp_path):
    path = tmp_path / "文件.bin"
    path.write_bytes(b"abc")
    assert hash_file(path) == ABC


def test_that_an_interpreter_without_sm3_gives_the_same_value(monkeypatch):
    def refuse(name):
        raise ValueError(name)

    monkeypatch.setattr(digests.hashlib, "new", refuse)
    own = Digests()
    own.update(b"ab")
    own.result()
    own.update(b"c")
    assert own.result() == ABC


@pytest.mark.parametrize("buffer", [7, 4096, 1 << 20])
def test_that_the_piece_size_does_not_matter(tmp_path, buffer):
    content = bytes(range(256)) * 41
    path = tmp_path / "a"
    path.write_bytes(content)
    told = []
    found = hash_file(path, told.append, buffer)
    assert found == FileDigests(hashlib.sha256(content).hexdigest(), hashlib.new("sm3", content).hexdigest(), len(content))
    assert told[-1] == len(content) and told == sorted(told)


def test_that_an_empty_file_has_digests_too(tmp_path):
    (tmp_path / "a").touch()
    assert hash_file(tmp_path / "a").sha256 == hashlib.sha256(b"").hexdigest()
