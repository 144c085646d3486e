"""Files written whole or not at all."""

import errno
from pathlib import Path

import pytest

from inspector_app.domain.errors import Stopped, StorageError
from inspector_app.domain.files import replacing, write_text


def test_that_a_file_is_written_as_it_is_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "新 文件夹" / "导出.txt"
    assert write_text(target, "一行\r\n二行\n") == target
    assert target.read_bytes() == "一行\r\n二行\n".encode()
    assert [path.name for path in target.parent.iterdir()] == ["导出.txt"]


def test_that_an_older_file_stays_where_the_writing_stops(tmp_path: Path) -> None:
    target = write_text(tmp_path / "导出.txt", "旧")
    with pytest.raises(Stopped), replacing(target) as partial:
        partial.write_text("新的一半", encoding="utf-8")
        raise Stopped
    assert target.read_text(encoding="utf-8") == "旧"
    assert [path.name for path in tmp_path.iterdir()] == ["导出.txt"]


def test_that_a_full_disk_is_named_and_the_older_file_stays(tmp_path: Path) -> None:
    target = write_text(tmp_path / "导出.txt", "旧")
    with pytest.raises(StorageError) as refused, replacing(target) as partial:
        partial.write_bytes(b"x")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert refused.value.code == "storage.full"
    assert target.read_text(encoding="utf-8") == "旧"
    assert [path.name for path in tmp_path.iterdir()] == ["导出.txt"]
