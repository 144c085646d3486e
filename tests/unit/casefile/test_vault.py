"""The vault: files that no row names are set aside, never deleted, and never in the way."""

from inspector_app.casefile import vault
from inspector_app.casefile.case import Case
from inspector_app.domain.records import Original
from inspector_app.integrity.verify import verify_case


def test_that_a_file_left_by_a_crash_is_set_aside_on_opening(bare_case):
    stray = bare_case / "originals" / ("ab" * 32 + ".mp4")
    stray.write_bytes(b"copied but never registered")
    stray.chmod(0o444)
    assert [problem.code for problem in verify_case(bare_case).problems] == ["original.unlisted"]
    with Case(bare_case) as case:
        kept = {case.folder / row.path for row in case.find(Original)}
    assert not stray.exists()
    assert all(path.is_file() for path in kept)
    aside = bare_case / "originals" / ".incoming" / (stray.name + ".stray")
    assert aside.read_bytes() == b"copied but never registered"
    assert verify_case(bare_case).ok


def test_that_the_same_stray_twice_is_set_aside_twice(tmp_path):
    (tmp_path / "originals").mkdir()
    for content in (b"1", b"2"):
        (tmp_path / "originals" / "x").write_bytes(content)
        (tmp_path / "originals" / "x").chmod(0o444)
        assert [path.read_bytes() for path in vault.sweep(tmp_path, set())] == [content]


def test_that_reading_a_case_moves_nothing(bare_case):
    stray = bare_case / "originals" / "x"
    stray.touch()
    Case(bare_case, read_only=True).close()
    assert stray.exists()


def test_that_a_folder_without_a_vault_is_swept_too(tmp_path):
    assert vault.sweep(tmp_path, set()) == []
