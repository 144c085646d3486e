"""A ZIP of material: kept whole, its members originals of their own, and nothing let out that could do harm."""

import stat
import zipfile

import pytest

from inspector_app.domain.errors import Stopped
from inspector_app.intake import archives
from inspector_app.integrity.digests import hash_file

SUBTITLE = "1\n00:00:01,000 --> 00:00:02,000\n全网最低\n"


@pytest.fixture
def pack(tmp_path, aged):
    def make(entries, name="材料.zip"):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, content in entries:
                archive.writestr(entry, content)
        return aged(path)

    return make


class _Gbk(zipfile.ZipInfo):
    """An entry as old Chinese programs write it: the name's bytes in GBK, without a word about the encoding."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def test_that_an_archive_is_kept_and_its_members_come_out_under_their_own_names(pack, ffmpeg, take, case):
    info = _Gbk("直播/字幕.srt".encode("gb18030").decode("cp437"), (2026, 6, 1, 20, 0, 2))
    path = pack([(info, SUBTITLE), ("film.mp4", ffmpeg("a.mp4", seconds=0.5).read_bytes())])
    archive, subtitle, film = take(path)
    assert (archive["material"], subtitle["material"], film["material"]) == ("archive", "subtitle", "recording")
    assert subtitle["source"]["name"] == "字幕.srt"
    assert subtitle["source"]["path"] == f"{path}!/直播/字幕.srt"
    assert subtitle["source"]["mtime"] == "2026-06-01T12:00:02.000+00:00"
    assert hash_file(case / archive["path"]).sha256 == hash_file(path).sha256
    assert not list((case / "working").glob(".unpacked*"))


def test_that_what_could_do_harm_is_named_and_left_in_the_archive(pack, take, case, tmp_path, channel):
    link = zipfile.ZipInfo("link.srt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    entries = [
        ("../../evil.srt", SUBTITLE),
        ("/abs.srt", SUBTITLE),
        ("C:/x.srt", SUBTITLE),
        (link, "/etc/passwd"),
        ("bomb.csv", b"\0" * (65 << 20)),
        ("good.srt", SUBTITLE),
    ]
    with pytest.warns(UserWarning, match="Duplicate"):
        path = pack([*entries, ("good.srt", SUBTITLE + "x")])
    items = take(path)
    refused = {item["file"].split("!/")[1]: item["code"] for item in items if item["item"] == "refused"}
    assert refused == {
        "../../evil.srt": "import.zip_path",
        "abs.srt": "import.zip_path",
        "C:/x.srt": "import.zip_path",
        "link.srt": "import.zip_path",
        "bomb.csv": "import.zip_bomb",
        "good.srt": "import.zip_duplicate",
    }
    assert [item["source"]["name"] for item in items if item["item"] == "imported"] == ["材料.zip", "good.srt"]
    assert not list(tmp_path.rglob("evil.srt"))


def test_that_a_locked_member_and_a_damaged_one_are_named(pack, take, aged):
    path = pack([("a.srt", SUBTITLE), ("b.srt", SUBTITLE * 50)])
    data = bytearray(path.read_bytes())
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):  # the first entry says it has a password
        data[data.index(mark) + (6 if mark == b"PK\x03\x04" else 8)] |= 1
    data[data.rindex(b"b.srt", 0, data.index(b"PK\x01\x02")) + 12] ^= 0xFF
    path.write_bytes(data)
    items = take(aged(path))
    assert [item.get("code") for item in items] == [None, "import.zip_encrypted", "import.zip_unreadable"]


def test_that_an_archive_in_an_archive_is_kept_closed(pack, take):
    inner = pack([("a.srt", SUBTITLE)], "内.zip")
    outer = pack([("内.zip", inner.read_bytes())], "外.zip")
    first, second = take(outer)
    assert [one["code"] for one in second["warnings"]] == ["import.zip_nested"] and first["warnings"] == []


def test_that_too_many_members_are_a_trap(pack, take, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    items = take(pack([(f"{number}.srt", SUBTITLE) for number in range(4)]))
    assert [item.get("code") for item in items] == [None, "import.zip_bomb"]


def test_that_a_broken_archive_is_kept(pack, take, aged):
    path = pack([("a.srt", SUBTITLE)])
    path.write_bytes(path.read_bytes()[:40])
    items = take(aged(path))
    assert [item.get("code") for item in items] == [None, "import.zip_unreadable"]


def test_that_a_stop_in_the_middle_of_unpacking_leaves_nothing_outside(pack, take, case, channel):
    channel.stop_when = lambda said: len(said.items) > 0
    with pytest.raises(Stopped):
        take(pack([("a.srt", SUBTITLE)]))
    assert not list((case / "working").iterdir())
