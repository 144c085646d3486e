"""Attacks on the files of a good case: each must be named first for what it is, what must stay sound is shown to stay sound."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from inspector_app.integrity.verify import verify_case

from .conftest import exhibit, first_problem, flip, original, overwrite, rewrite

# -- nothing wrong ---------------------------------------------------------------------------------------------------------------


def test_that_the_untouched_case_is_sound_and_everything_was_looked_at(full_case):
    report = verify_case(full_case)
    assert report.problems == []
    assert report.checked["original_files"] == 3
    assert report.checked["exhibit_files"] == 2
    assert {"database", "journal_rows", "table_rows", "index_files", "dossier_files"} <= report.checked.keys()


def test_that_other_file_times_change_nothing(full_case):
    for path in full_case.rglob("*"):
        os.utime(path, (1, 1))
    assert verify_case(full_case).ok


def test_that_the_case_moved_elsewhere_stays_sound(full_case, tmp_path):
    assert verify_case(Path(shutil.move(full_case, tmp_path / "另一处 💾"))).ok


# -- originals and exhibits (evidence 11: 1 to 9) --------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_that_one_flipped_bit_in_an_original_is_named(full_case, share):
    path = original(full_case)
    flip(path, min(int(path.stat().st_size * share), path.stat().st_size - 1), 3)
    assert first_problem(full_case) == ("original.altered", path.stem)


@pytest.mark.parametrize("change", [lambda content: content[:-1], lambda content: content + b"\0", lambda content: b""])
def test_that_an_original_cut_or_lengthened_is_named(full_case, change):
    path = original(full_case)
    overwrite(path, change(path.read_bytes()))
    assert first_problem(full_case)[0] == "original.size"


def test_that_two_originals_with_their_contents_swapped_are_both_named(full_case):
    one, two = original(full_case, "subtitle"), original(full_case, "chat")
    contents = one.read_bytes(), two.read_bytes()
    overwrite(one, contents[1])
    overwrite(two, contents[0])
    codes = {problem.where: problem.code for problem in verify_case(full_case).problems}
    assert codes == {path.relative_to(full_case).as_posix(): "original.size" for path in (one, two)}


def test_that_swapped_names_of_files_of_one_size_are_both_named(full_case):
    one, two = sorted((full_case / "working" / "stills").glob("*.png"))
    size = max(one.stat().st_size, two.stat().st_size)
    assert size
    aside = one.with_suffix(".x")
    one.rename(aside)
    two.rename(one)
    aside.rename(two)
    found = [
        problem
        for problem in verify_case(full_case).problems
        if problem.where in {one.relative_to(full_case).as_posix(), two.relative_to(full_case).as_posix()}
    ]
    assert {problem.code for problem in found} <= {"exhibit.size", "exhibit.altered"}
    assert len(found) == 2


def test_that_a_deleted_original_is_named(full_case):
    path = original(full_case)
    path.unlink()
    assert first_problem(full_case) == ("original.missing", path.relative_to(full_case).as_posix())


def test_that_a_deleted_exhibit_is_named(full_case):
    exhibit(full_case).unlink()
    assert first_problem(full_case)[0] == "exhibit.missing"


def test_that_the_whole_vault_gone_is_named(full_case):
    shutil.rmtree(full_case / "originals")
    assert first_problem(full_case)[0] == "original.missing"


def test_that_a_file_slipped_into_the_vault_is_named(full_case):
    (full_case / "originals" / ("ab" * 32 + ".mp4")).write_bytes(b"x")
    assert first_problem(full_case)[0] == "original.unlisted"


@pytest.mark.parametrize("inside", [True, False])
def test_that_an_original_replaced_by_a_link_is_named_though_the_bytes_are_the_same(full_case, tmp_path, inside):
    path = original(full_case)
    elsewhere = path.rename((full_case / "exports" if inside else tmp_path) / "别处.mp4")
    path.symlink_to(elsewhere)
    assert first_problem(full_case)[0] == "original.missing"


def test_that_a_vault_replaced_by_a_link_is_named(full_case, tmp_path):
    (full_case / "originals").rename(tmp_path / "别处")
    (full_case / "originals").symlink_to(tmp_path / "别处")
    assert first_problem(full_case)[0] == "original.missing"


def test_that_an_original_replaced_by_a_folder_is_named(full_case):
    path = original(full_case)
    path.unlink()
    path.mkdir()
    assert first_problem(full_case)[0] == "original.missing"


@pytest.mark.parametrize("place", ["../外面.mp4", "/etc/hostname", "originals/../../外面.mp4", "originals\0x", "x" * 5000, ""])
def test_that_a_path_that_leaves_the_case_is_never_followed(full_case, place):
    """Even where the attacker made the whole chain anew around it."""
    path = original(full_case)
    shutil.copy(path, full_case.parent / "外面.mp4")

    def change(bodies):
        for body in bodies:
            for one in body["changes"]:
                if one["table"] == "originals" and one["id"] == path.stem:
                    one["after"]["path"] = place
        return bodies

    rewrite(full_case, change)
    db = sqlite3.connect(full_case / "case.db")
    db.execute("UPDATE originals SET path = ? WHERE id = ?", (place, path.stem))
    db.commit()
    db.close()
    codes = {problem.code for problem in verify_case(full_case).problems}
    assert codes & {"original.missing", "journal.unreadable"}
    assert not codes & {"original.size", "original.altered"}


@pytest.mark.parametrize("kind", ["original", "exhibit", "index", "dossier"])
def test_that_no_single_byte_of_a_file_can_change_unseen(full_case, kind):
    path = {
        "original": original,
        "exhibit": exhibit,
        "index": lambda folder: next((folder / "working").rglob("index.npz")),
        "dossier": lambda folder: folder / "exports" / "证据卷宗.pdf",
    }[kind](full_case)
    content = path.read_bytes()
    for step in range(24):
        place = (len(content) - 1) * step // 23
        broken = bytearray(content)
        broken[place] ^= 1 << step % 8
        overwrite(path, bytes(broken))
        code, _ = first_problem(full_case)
        assert code == f"{kind}.altered"
    overwrite(path, content)
    assert verify_case(full_case).ok
