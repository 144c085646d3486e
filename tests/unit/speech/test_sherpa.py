"""The second engine, as far as it can be tried without weights: its folders, its refusals, and how its words become segments."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from inspector_app.domain.errors import ModelError
from inspector_app.speech import layouts, packs, sherpa
from inspector_app.speech.device import Device
from inspector_app.speech.transcriber import engine_of


def folder_of(path: Path, mark: bytes, weights: str = "model.int8.onnx") -> Path:
    path.mkdir(parents=True)
    (path / weights).write_bytes(b"onnx" * 4000 + b"model_type" + mark)
    (path / "tokens.txt").write_text("<blk> 0\n好 1\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("mark", "engine"), [(b"sense_voice_ctc", "sense-voice"), (b"paraformer", "paraformer")])
def test_that_a_folder_is_known_by_what_its_model_says(listed: dict[str, Any], tmp_path: Path, mark: bytes, engine: str) -> None:
    pack = packs.add(folder_of(tmp_path / "优盘 模型", mark))
    assert (pack.engine, pack.known, pack.name) == (engine, False, f"{engine}-{pack.sha256[:8]}")
    assert packs.find(pack.name) == pack
    assert packs.check(pack, deep=True) == []
    assert pack.folder is not None
    (pack.folder / "tokens.txt").write_text("x", encoding="utf-8")
    assert [(one.code, one.facts["file"]) for one in packs.check(pack, deep=True)] == [("model.file_size", "tokens.txt")]


def test_that_the_smaller_of_two_models_is_taken(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "a", b"paraformer", "model.onnx")
    assert layouts.other_engine(folder) == ("paraformer", "model.onnx")
    (folder / "model.int8.onnx").write_bytes(b"paraformer")
    assert layouts.other_engine(folder) == ("paraformer", "model.int8.onnx")


def test_that_missing_tokens_and_other_models_are_refused(listed: dict[str, Any], tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "a", b"sense_voice")
    (folder / "tokens.txt").unlink()
    with pytest.raises(ModelError, check=lambda error: (error.code, error.facts["file"]) == ("model.no_tokenizer", "tokens.txt")):
        packs.add(folder)
    with pytest.raises(ModelError, check=lambda error: error.code == "model.file_missing"):
        packs.add(folder_of(tmp_path / "b", b"zipformer"))


def test_that_a_model_that_is_none_is_refused_with_its_folder(tmp_path: Path) -> None:
    pytest.importorskip("sherpa_onnx")
    folder = folder_of(tmp_path / "坏 模型", b"sense_voice")
    code = f"""
from pathlib import Path
from inspector_app.domain.errors import ModelError
from inspector_app.speech.device import Device
from inspector_app.speech.transcriber import engine_of
try:
    engine_of("sense-voice").open(Path({str(folder)!r}), 1, Device())
except ModelError as error:
    print("refused", error.code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0 or "refused model.load_failed" in done.stdout  # this engine may end the process: it is a child


def test_that_the_engine_is_named_with_its_kind() -> None:
    pytest.importorskip("sherpa_onnx")
    engine = engine_of("paraformer")
    assert engine.name().startswith("sherpa-onnx ")
    assert engine.name().endswith("(paraformer)")
    assert engine.recorded(Device("cuda", "float16"))["device"] == "cpu"


def test_that_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sherpa, "PACKAGE", "no-such-package-here")
    with pytest.raises(
        ModelError, check=lambda error: (error.code, error.facts["engine"]) == ("model.engine_missing", "no-such-package-here")
    ):
        engine_of("sense-voice")


def test_that_words_become_segments_at_pauses() -> None:
    tokens, starts = ["全", "网", "最", "低", "价", "▁ok"], [0.1, 0.3, 0.5, 2.0, 2.2, 2.4]
    found = sherpa.segments("全网最低价 ok", tokens, starts, 5_000_000, 3_000_000)
    assert [(one.start_us, one.end_us, one.raw) for one in found] == [(5_100_000, 5_800_000, "全网最"), (7_000_000, 7_700_000, "低价 ok")]
    assert [one.raw for one in sherpa.segments("全网最低价", [], [], 0, 9)] == ["全网最低价"]
    assert sherpa.segments(" ", [], [], 0, 9) == []
