"""Importing: every file proven or refused for itself, nothing half-way, nothing altered."""

import hashlib
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from inspector_app.domain.errors import Stopped
from inspector_app.intake import worker
from inspector_app.intake.copying import Incoming, find_source
from inspector_app.integrity.digests import hash_file
from inspector_app.media.index import load_index
from inspector_app.media.probe import Probe

LONG_AGO_NS = 1_700_000_000_123_000_000


@pytest.fixture
def run_import(case, channel):
    def run(*files, known=None):
        spec = {"files": [str(file) for file in files], "vault": str(case / "originals"), "working": str(case / "working")}
        json.dumps(spec)
        result = worker.run(spec | {"known": known or {}}, channel)
        json.dumps(channel.items, allow_nan=False)
        return result, channel.items

    return run


@pytest.fixture
def film(tmp_path, make_film):
    """A film last changed long ago, so that nobody waits for it to settle."""

    def make(name="直播 测试 🎥.MP4", **options):
        path = tmp_path / "来源" / name
        path.parent.mkdir(exist_ok=True)
        make_film(path, **({"frames": 40} | options))
        return _aged(path)

    return make


def _aged(path: Path) -> Path:
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return path


def _files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_that_a_film_is_copied_proven_examined_and_reported(case, film, run_import, channel):
    source = film(container="mp4")
    before = source.read_bytes()
    result, (item,) = run_import(source)
    assert result == {"imported": 1, "duplicates": 0, "refused": 0, "kept": 0}
    digests = hash_file(source)
    assert (item["item"], item["material"], item["duplicate"]) == ("imported", "recording", False)
    assert (item["sha256"], item["sm3"], item["bytes"]) == (digests.sha256, digests.sm3, digests.bytes)
    assert item["path"] == f"originals/{digests.sha256}.mp4"
    assert item["source"] == {
        "name": source.name,
        "path": str(source),
        "resolved_path": str(source),
        "mtime": "2023-11-14T22:13:20.123+00:00",
    }
    original = case / item["path"]
    assert original.read_bytes() == before == source.read_bytes()
    assert original.stat().st_mode & 0o777 == 0o444
    assert Probe.from_json(item["probe"]).duration_us > 1_000_000
    assert len(load_index(case / item["index"]["path"], item["index"]["sha256"])) == item["index"]["frames"] == 40
    assert item["index"]["gaps"] == [] and item["index"]["intervals_us"]["median"] in range(32_000, 35_000)
    assert hashlib.sha256((case / item["poster"]["path"]).read_bytes()).hexdigest() == item["poster"]["sha256"]
    assert item["derivatives"] == [] and item["warnings"] == []
    assert _files(case / "originals") == [original.name]
    assert channel.reports[-1] == (len(before), len(before), "bytes")


def test_that_a_transport_stream_needs_no_copy_for_the_player(case, film, run_import):
    _, (item,) = run_import(film("录播.ts"))
    assert item["derivatives"] == [] and item["parts"][0]["index"]["frames"] > 0


def test_that_one_fault_does_not_stop_the_others_and_what_was_received_is_kept(case, film, tmp_path, run_import):
    empty, text, missing = tmp_path / "空.mp4", tmp_path / "文字.mp4", tmp_path / "不在.mp4"
    empty.touch()
    text.write_text("这不是视频" * 100, encoding="utf-8")
    for path in (empty, text):
        _aged(path)
    cut = film("断电.mp4")
    cut.write_bytes(cut.read_bytes().split(b"moov")[0][:-4])
    _aged(cut)
    unknown = _aged_text(tmp_path / "说明.docx.txt", "读我")
    result, items = run_import(empty, text, missing, cut, unknown, film())
    assert result == {"imported": 1, "duplicates": 0, "refused": 1, "kept": 4}
    kept = {Path(item["source"]["path"]).name: item["code"] for item in items if item["item"] == "kept"}
    assert kept == {
        "空.mp4": "import.empty",
        "文字.mp4": "import.not_media",
        "断电.mp4": "import.no_moov",
        "说明.docx.txt": "import.unknown_kind",
    }
    assert [item["code"] for item in items if item["item"] == "refused"] == ["import.vanished"]
    assert all(item["facts"]["file"] == Path(item["source"]["path"]).name for item in items if item["item"] == "kept")
    assert len(_files(case / "originals")) == 5
    for item in items:
        if item["item"] == "kept":
            assert hash_file(case / item["path"]).sha256 == item["sha256"]
    (taken,) = [item for item in items if item["item"] == "imported"]
    assert {path.name for path in (case / "working").iterdir()} == {taken["sha256"]}


def _aged_text(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return _aged(path)


def test_that_the_same_bytes_are_never_copied_twice(case, film, run_import, channel):
    source = film()
    again = source.with_name("换了名字.mp4")
    again.write_bytes(source.read_bytes())
    result, items = run_import(source, _aged(again))
    assert result == {"imported": 2, "duplicates": 1, "refused": 0, "kept": 0}
    assert [item["duplicate"] for item in items] == [False, True]
    assert items[1]["path"] == items[0]["path"] and items[1]["source"]["name"] == "换了名字.mp4"
    assert items[1]["restored"] is False
    known = {items[0]["sha256"]: items[0]["path"]}
    channel.items.clear()
    _, (item,) = run_import(source, known=known)
    assert item["duplicate"] is True and len(_files(case / "originals")) == 1


def test_that_a_registered_original_gone_from_the_disk_is_put_back(case, film, run_import):
    source = film()
    digest = hash_file(source).sha256
    _, (item,) = run_import(source, known={digest: f"originals/{digest}.mp4"})
    assert item["duplicate"] and item["restored"]
    assert hash_file(case / item["path"]).sha256 == digest


def test_that_a_stopped_import_keeps_its_part_and_goes_on_from_it(case, film, run_import, channel):
    source = film(frames=400, size=(384, 216))
    with source.open("ab") as file:  # a free box makes it three pieces long
        file.write((3_000_000).to_bytes(4, "big") + b"free" + bytes(2_999_992))
    _aged(source)
    channel.stop_when = lambda said: bool(said.reports) and said.reports[-1][0] >= 1 << 20
    with pytest.raises(Stopped):
        run_import(source)
    assert channel.items == [] and _files(case / "working") == []
    incoming = Incoming.of(find_source(source), case / "originals")
    assert 0 < incoming.partial.stat().st_size < source.stat().st_size
    with incoming.partial.open("r+b") as partial:  # a part damaged on the way is noticed and mended
        partial.seek(1000)
        partial.write(b"damaged")
    channel.stop_when = lambda _: False
    _, (item,) = run_import(source)
    assert hash_file(case / item["path"]).sha256 == item["sha256"] == hash_file(source).sha256
    assert _files(case / "originals") == [Path(item["path"]).name]


def test_that_a_part_of_a_file_since_changed_is_thrown_away(case, film, run_import, channel):
    source = film()
    incoming = Incoming.of(find_source(source), case / "originals")
    incoming.partial.parent.mkdir()
    incoming.partial.write_bytes(b"x" * (source.stat().st_size + 5000))
    incoming.note.write_text(json.dumps({"path": str(source), "size": 1, "mtime_ns": 1}))
    _, (item,) = run_import(source)
    assert hash_file(case / item["path"]).sha256 == item["sha256"] == hash_file(source).sha256


def test_that_a_stop_during_examination_leaves_no_registered_file(case, film, run_import, channel):
    source = film("录播.ts", frames=600)
    size = source.stat().st_size
    channel.stop_when = lambda said: bool(said.reports) and said.reports[-1][0] >= size and len(said.reports) > 0
    with pytest.raises(Stopped):
        run_import(source)
    assert channel.items == [] and _files(case / "working") == []
    assert all(name.startswith(".incoming/") for name in _files(case / "originals"))


@pytest.mark.parametrize("change", ["grows", "shrinks", "touched"])
def test_that_a_file_still_being_written_is_refused(case, film, run_import, channel, change):
    source = film(frames=200)

    def disturb(said):
        if said.reports and said.reports[-1][0] and not said.warnings:
            said.warnings.append("disturbed")
            if change == "grows":
                with source.open("ab") as file:
                    file.write(b"more")
            elif change == "shrinks":
                os.truncate(source, 100)
            else:
                os.utime(source)
        return False

    channel.stop_when = disturb
    _, (item,) = run_import(source)
    assert (item["item"], item["code"]) == ("refused", "import.growing")
    assert _files(case) == []


def test_that_a_fresh_file_is_given_time_to_show_whether_it_grows(case, film, run_import, channel):
    source = film()
    os.utime(source)
    waiting = []

    def grow_late(said):
        if said.reports:
            waiting.append(1)
            if len(waiting) == 5:
                with source.open("ab") as file:
                    file.write(b"more")
        return False

    channel.stop_when = grow_late
    _, (item,) = run_import(source)
    assert item["code"] == "import.growing"


def test_that_folders_stand_for_the_material_in_them(case, film, tmp_path, run_import):
    film("b.mp4")
    film("a.flv")
    folder = tmp_path / "来源"
    deep = folder / "子 文件夹"
    deep.mkdir()
    _aged_text(deep / "弹幕.csv", "time,user,text\n1,甲,好\n")
    _aged_text(folder / "Thumbs.db", "x")
    _aged_text(folder / ".hidden.mp4", "x")
    (tmp_path / "空文件夹").mkdir()
    _, items = run_import(folder, tmp_path / "空文件夹")
    assert [(item["count"], item["names"]) for item in items if item["item"] == "left_out"] == [(1, ["Thumbs.db"])]
    told = [item.get("code") or item["source"]["name"] for item in items if item["item"] in ("imported", "refused")]
    assert told == ["import.empty_folder", "a.flv", "b.mp4", "弹幕.csv"]


def test_that_links_are_followed_and_both_names_kept(case, film, tmp_path, run_import):
    source = film()
    link, dangling = tmp_path / "快捷.mp4", tmp_path / "断.mp4"
    link.symlink_to(source)
    dangling.symlink_to(tmp_path / "无.mp4")
    _, items = run_import(link, dangling)
    assert [item["code"] for item in items if item["item"] == "refused"] == ["import.vanished"]
    (item,) = [item for item in items if item["item"] == "imported"]
    assert (item["source"]["path"], item["source"]["resolved_path"]) == (str(link), str(source))
    assert not (case / item["path"]).is_symlink()


def test_that_a_pipe_is_no_file(tmp_path, run_import):
    os.mkfifo(tmp_path / "管.mp4")
    _, (item,) = run_import(tmp_path / "管.mp4")
    assert item["code"] == "import.not_a_file"


def test_that_a_file_that_disappears_while_waiting_its_turn_is_refused(case, film, run_import, channel):
    first, second = film("1.mp4"), film("2.flv")
    channel.stop_when = lambda said: bool(said.reports) and second.unlink(missing_ok=True) is not None
    _, items = run_import(first, second)
    assert [item["item"] for item in items] == ["imported", "refused"] and items[1]["code"] == "import.vanished"


def test_that_a_name_in_another_encoding_is_taken_and_shown(case, film, run_import):
    source = film()
    odd = Path(os.fsdecode(os.fsencode(source.parent) + b"/" + "直播".encode("gb18030") + b".mp4"))
    source.rename(odd)
    _, (item,) = run_import(odd)
    assert item["source"]["name"] == "直播.mp4"


def test_that_a_wrong_extension_is_told_but_content_decides(film, run_import):
    _, (item,) = run_import(film("其实是.mp4", container="matroska"))
    assert item["probe"]["type"] == "matroska"
    assert item["warnings"] == [{"code": "import.extension_mismatch", "facts": {"extension": ".mp4", "type": "matroska"}}]


def test_that_subtitles_and_chat_are_read_into_rows(tmp_path, run_import):
    subtitle = _aged_text(tmp_path / "字幕.srt", "1\n00:00:01,000 --> 00:00:02,000\n你好\n", "gb18030")
    chat = _aged_text(tmp_path / "弹幕.jsonl", '{"time": 1, "user": "甲", "text": "好"}\n坏\n')
    _, (first, second, rows, end) = run_import(subtitle, chat)
    assert (first["material"], first["rows"]) == ("subtitle", [{"start_us": 1_000_000, "end_us": 2_000_000, "text": "你好"}])
    assert (second["material"], second["format"]) == ("chat", "json") and second["path"].endswith(".jsonl")
    assert (rows["item"], rows["upto"], rows["unread"], end["item"]) == ("chat_rows", 2, 1, "chat_end")
    assert [(row["time_us"], row["user"], row["text"]) for row in rows["rows"]] == [(1_000_000, "甲", "好")]


def test_that_unreadable_subtitles_and_chat_are_kept_as_bytes(case, tmp_path, run_import):
    _, items = run_import(_aged_text(tmp_path / "a.vtt", "WEBVTT\n"), _aged_text(tmp_path / "b.csv", "你好\n"))
    assert [(item["item"], item["code"]) for item in items] == [("kept", "import.subtitle_unreadable"), ("kept", "import.chat_unreadable")]
    assert len(_files(case)) == 2


def test_that_a_large_sparse_file_is_streamed(case, film, run_import, channel):
    """A film followed by a hole of 64 MB inside a free box."""
    source = film()
    size = source.stat().st_size
    with source.open("r+b") as file:
        file.seek(size)
        file.write((64 << 20).to_bytes(4, "big") + b"free")
        file.truncate(size + (64 << 20))
    _aged(source)
    _, (item,) = run_import(source)
    assert item["bytes"] == size + (64 << 20) and item["warnings"] == []
    assert len(channel.reports) > 60


@pytest.mark.skipif(os.name != "posix", reason="file size limits are a POSIX matter")
def test_that_a_disk_that_takes_no_large_files_is_named(case, film):
    source = film(frames=400, size=(384, 216))
    assert source.stat().st_size > 30_000
    code = textwrap.dedent(
        """
        import json, resource, sys
        from inspector_app.intake import worker
        class Out:
            def item(self, kind, **data): print(json.dumps({"item": kind} | data))
            def progress(self, *_): pass
            def warn(self, *_, **__): pass
            def check(self): pass
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        worker.run(json.loads(sys.argv[1]), Out())
        """
    )
    spec = {"files": [str(source)], "vault": str(case / "originals"), "working": str(case / "working")}
    done = subprocess.run([sys.executable, "-c", code, json.dumps(spec)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["code"] == "storage.file_too_big"
    assert _files(case) == []


@pytest.fixture
def small_disk(tmp_path):
    """A disk of a few megabytes; skipped where mounting is not allowed."""
    folder = tmp_path / "小盘"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("mounting a small disk is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _grown(source, size):
    at = source.stat().st_size
    with source.open("r+b") as file:
        file.seek(at)
        file.write(size.to_bytes(4, "big") + b"free" + os.urandom(size - 8))
    return _aged(source)


def test_that_a_recording_is_taken_even_where_its_repaired_copy_has_no_room(small_disk, film, channel, monkeypatch):
    monkeypatch.setattr("inspector_app.intake.copying.SPARE_BYTES", 0)
    source = film("录播.ts", frames=60)
    source.write_bytes(2 * source.read_bytes())  # its clock begins anew half-way
    _aged(source)
    worker.run({"files": [str(source)], "vault": str(small_disk / "originals"), "working": str(small_disk / "working")}, channel)
    (item,) = channel.items
    assert item["derivatives"] == []
    assert "import.no_room_for_copy" in [warning["code"] for warning in item["warnings"]]


def test_that_a_copy_that_the_disk_altered_is_refused_and_leaves_nothing(case, film, channel):
    source = film()
    spec = {"files": [str(source)], "vault": str(case / "originals"), "working": str(case / "working")}

    def alter(said):
        if said.reports and said.reports[-1][0] == source.stat().st_size:
            for partial in (case / "originals" / ".incoming").glob("*.partial"):
                with partial.open("r+b") as file:
                    file.seek(1000)
                    file.write(b"\x00\xff\x00\xff")
        return False

    channel.stop_when = alter
    worker.run(spec, channel)
    (item,) = channel.items
    assert (item["item"], item["code"]) == ("refused", "import.copy_differs") and _files(case) == []


@pytest.mark.parametrize("spare", [64 << 20, 0])
def test_that_a_full_disk_is_named_before_or_while_copying_and_left_clean(small_disk, film, channel, monkeypatch, spare):
    monkeypatch.setattr("inspector_app.intake.copying.SPARE_BYTES", spare)
    if spare == 0:  # the room there was is taken by something else meanwhile
        big = _grown(film(), 3 << 20)

        def fill(said):
            if said.reports and not (small_disk / "other").exists():
                (small_disk / "other").write_bytes(bytes((2 << 20) + (512 << 10)))
            return False

        channel.stop_when = fill
    else:
        big = film()
    spec = {"files": [str(big)], "vault": str(small_disk / "originals"), "working": str(small_disk / "working")}
    worker.run(spec, channel)
    (item,) = channel.items
    assert item["code"] == "storage.full" and int(item["facts"]["free_bytes"]) >= 0
    assert [name for name in _files(small_disk) if name != "other"] == []


def test_that_a_source_without_permission_is_refused(case, film, run_import):
    source = film()
    source.chmod(0)
    if os.access(source, os.R_OK):
        pytest.skip("the superuser may read everything")
    _, (item,) = run_import(source)
    assert item["code"] == "import.denied"


def test_that_denial_has_its_own_code(tmp_path):
    from inspector_app.intake.copying import read_failure

    codes = [
        read_failure(error, tmp_path / "a", 5).code for error in (PermissionError(13, "x"), FileNotFoundError(2, "x"), OSError(5, "x"))
    ]
    assert codes == ["import.denied", "import.vanished", "import.read_error"]


def test_that_a_vault_on_a_read_only_disk_is_named(small_disk, film, channel):
    source = film()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    worker.run({"files": [str(source)], "vault": str(small_disk / "originals"), "working": str(small_disk / "working")}, channel)
    assert channel.items[0]["code"] == "storage.read_only"
