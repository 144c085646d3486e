import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from inspector_app.domain.errors import ModelError
from inspector_app.speech import packs


def refused(code: str, file: str | None = None) -> Any:
    def matches(error: ModelError) -> bool:
        return error.code == code and (file is None or error.facts["file"] == file)

    return pytest.raises(ModelError, check=matches)


def test_that_the_manifest_names_packs_with_digest_and_licence() -> None:
    known = {pack.name: pack for pack in packs.catalogue()}
    assert known["base"].sha256 == "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
    for pack in known.values():
        assert pack.licence
        assert pack.source
        assert len({file.name for file in pack.files}) == len(pack.files)
        assert all(len(file.sha256) == 64 and file.size > 0 for file in pack.files)
        assert {"model.bin", "config.json", "tokenizer.json"} < {file.name for file in pack.files}


def test_that_a_folder_from_a_stick_becomes_a_pack(listed: dict[str, Any], model_folder: Path) -> None:
    pack = packs.add(model_folder)
    assert (pack.name, pack.known) == ("mini", True)
    assert packs.installed() == [pack]
    assert packs.find("mini") == pack
    assert pack.folder is not None
    assert packs.check(pack, deep=True) == []
    assert json.loads((pack.folder / "pack.json").read_text(encoding="utf-8"))["origin"] == "imported"


def test_that_adding_a_pack_again_replaces_it(listed: dict[str, Any], model_folder: Path) -> None:
    first = packs.add(model_folder)
    assert first.folder is not None
    (first.folder / "config.json").unlink()
    assert packs.check(packs.add(model_folder), deep=True) == []
    assert [path.name for path in packs.packs_dir().iterdir()] == ["mini"]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("model.bin", "model.file_missing"),
        ("config.json", "model.file_missing"),
        ("tokenizer.json", "model.no_tokenizer"),
        ("vocabulary.txt", "model.file_missing"),
    ],
)
def test_that_a_missing_file_is_named(listed: dict[str, Any], model_folder: Path, file: str, code: str) -> None:
    (model_folder / file).unlink()
    with refused(code, file):
        packs.add(model_folder)
    assert packs.installed() == []
    assert not list(packs.packs_dir().glob(".*"))


def test_that_a_damaged_file_is_named_and_leaves_no_half_pack(listed: dict[str, Any], model_folder: Path) -> None:
    (model_folder / "tokenizer.json").write_bytes(b'{"model": []}')
    with refused("model.file_hash", "tokenizer.json"):
        packs.add(model_folder)
    (model_folder / "tokenizer.json").write_bytes(b"{}")
    with refused("model.file_size", "tokenizer.json"):
        packs.add(model_folder)
    assert list(packs.packs_dir().iterdir()) == []


def test_that_weights_of_a_listed_size_with_other_bytes_are_taken_for_damaged(
    kit: SimpleNamespace, listed: dict[str, Any], model_folder: Path
) -> None:
    (model_folder / "model.bin").write_bytes(kit.model_bytes(fill=8))
    with refused("model.file_hash", "model.bin"):
        packs.add(model_folder)
    assert not packs.add(model_folder, custom=True).known


def test_that_half_a_model_file_is_refused(kit: SimpleNamespace, listed: dict[str, Any], model_folder: Path) -> None:
    (model_folder / "model.bin").write_bytes(kit.files["model.bin"][:90])
    with refused("model.file_cut", "model.bin"):
        packs.add(model_folder)


@pytest.mark.parametrize("data", [b"", b"no model", b"\x06\0\0\0" + b"\xff" * 90])
def test_that_a_file_that_is_no_model_is_refused(listed: dict[str, Any], model_folder: Path, data: bytes) -> None:
    (model_folder / "model.bin").write_bytes(data)
    with refused("model.file_cut", "model.bin"):
        packs.add(model_folder)


def test_that_a_whole_model_nobody_listed_is_taken_as_custom(listed: dict[str, Any], model_folder: Path) -> None:
    packs.MANIFEST.write_text('{"format": 1, "packs": []}', encoding="utf-8")
    pack = packs.add(model_folder)
    assert (pack.name, pack.title, pack.known) == (f"custom-{pack.sha256[:8]}", "语音 模型", False)
    assert pack.folder is not None
    (pack.folder / "config.json").write_bytes(b"[]")
    assert [(problem.code, problem.facts["file"]) for problem in packs.check(pack, deep=True)] == [("model.file_hash", "config.json")]
    assert packs.check(pack, deep=False) == []


def test_that_the_manifest_rules_over_the_note_beside_a_listed_pack(
    kit: SimpleNamespace, listed: dict[str, Any], model_folder: Path
) -> None:
    pack = packs.add(model_folder)
    assert pack.folder is not None
    (pack.folder / "model.bin").write_bytes(kit.model_bytes(fill=9))
    note = json.loads((pack.folder / "pack.json").read_text(encoding="utf-8"))
    note["files"][0]["sha256"] = packs.file_sha256(pack.folder / "model.bin")
    (pack.folder / "pack.json").write_text(json.dumps(note), encoding="utf-8")
    assert [problem.code for problem in packs.check(packs.find("mini"), deep=True)] == ["model.file_hash"]


def test_that_an_unknown_name_is_missing_and_a_folder_is_found_by_path(listed: dict[str, Any], model_folder: Path, tmp_path: Path) -> None:
    with refused("model.missing"):
        packs.find("base")
    assert packs.find(model_folder).name == "mini"
    with refused("model.not_a_folder"):
        packs.add(tmp_path / "nothing")


def test_that_a_copy_that_never_finished_is_no_pack(kit: SimpleNamespace, listed: dict[str, Any], model_folder: Path) -> None:
    (packs.packs_dir() / "mini").mkdir(parents=True)
    (packs.packs_dir() / "mini" / "model.bin").write_bytes(kit.files["model.bin"])
    (packs.packs_dir() / ".new-mini-1").mkdir()
    assert packs.installed() == []
    assert packs.add(model_folder).name == "mini"


def test_that_light_modules_load_no_engine() -> None:
    import subprocess
    import sys

    modules = "packs, fetching, plan, gates, hearing, clean, wav"
    heavy = "{'faster_whisper', 'ctranslate2', 'onnxruntime', 'opencc'}"
    code = f"import sys; from inspector_app.speech import {modules}; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
