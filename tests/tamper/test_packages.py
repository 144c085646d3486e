"""Attacks on an evidence package (6–16, 19, 20, 43): each is named, by the program and by the verifier that needs no program."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector_app.commands import packages as commands
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import CheckFailed
from inspector_app.integrity import packages
from inspector_app.integrity.chain import canonical

from .conftest import verify_command

Members = dict[str, bytes]
VERIFIER = Path(__file__).parents[2] / "resources" / "verifier" / "verify.py"


@pytest.fixture(scope="module")
def sound(full_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package") / "案件"
    shutil.copytree(full_template, folder)
    work = Workspace()
    work.open(folder)
    try:
        commands.write(work, out=folder.parent / "证据包.zip")
    finally:
        work.close()
    return folder.parent / "证据包.zip"


def members(path: Path) -> Members:
    with zipfile.ZipFile(path) as pack:
        return {one.filename: pack.read(one) for one in pack.infolist()}


def packed(path: Path, content: Members, *, mode: int = 0o644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as pack:
        for name, data in content.items():
            one = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            one.external_attr = mode << 16
            pack.writestr(one, data)
    return path


def sums(content: Members, *, data: bool) -> bytes:
    chosen = sorted(name for name in content if name.startswith("data/") == data and name != packages.TAGS)
    return "".join(f"{hashlib.sha256(content[name]).hexdigest()}  {name}\n" for name in chosen).encode()


def relisted(content: Members) -> Members:
    """Both lists of the bag made anew, as whoever alters a package would."""
    content[packages.PAYLOAD] = sums(content, data=True)
    content[packages.TAGS] = sums(content, data=False)
    return content


def original(content: Members) -> str:
    return next(name for name in content if name.startswith("data/originals/"))


def flip(content: Members) -> Members:
    name = original(content)
    return {**content, name: content[name][:-1] + bytes([content[name][-1] ^ 1])}


def swap(content: Members) -> Members:
    one, other = [name for name in content if name.startswith("data/originals/")][:2]
    return relisted({**content, one: content[other], other: content[one]})


def manifest_changed(content: Members, change: Callable[[dict], None]) -> Members:
    manifest = json.loads(content[packages.MANIFEST])
    change(manifest)
    return relisted({**content, packages.MANIFEST: canonical(manifest).encode()})


ATTACKS: dict[str, tuple[Callable[[Members], Members], str]] = {
    "a bit of an original": (flip, "package.altered"),
    "a listed file gone": (lambda c: {name: data for name, data in c.items() if name != original(c)}, "package.missing"),
    "a file more in data": (lambda c: {**c, "data/多.txt": b"x"}, "package.unlisted"),
    "a file more beside data": (lambda c: {**c, "多.txt": b"x"}, "package.unlisted"),
    "a file more, listed anew": (lambda c: relisted({**c, "data/多.txt": b"x"}), "package.unlisted"),
    "two originals swapped, listed anew": (swap, "package.altered"),
    "manifest with another digest": (
        lambda c: manifest_changed(c, lambda m: m["files"][0].update(sha256="0" * 64)),
        "package.altered",
    ),
    "manifest with another head": (lambda c: manifest_changed(c, lambda m: m["journal"].update(head="0" * 64)), "package.other_journal"),
    "manifest with a blank more": (
        lambda c: relisted({**c, packages.MANIFEST: c[packages.MANIFEST].replace(b'":', b'": ', 1)}),
        "package.manifest_altered",
    ),
    "manifest gone": (lambda c: {name: data for name, data in c.items() if name != packages.MANIFEST}, "package.not_one"),
    "a path out of the package": (lambda c: relisted({**c, "data/../../x": b"x"}), "package.bad_name"),
    "an absolute path": (lambda c: relisted({**c, "/etc/x": b"x"}), "package.bad_name"),
    "the same name in other letters": (lambda c: relisted({**c, "data/CASE.DB": c["data/case.db"]}), "package.twice"),
    "a device's name": (lambda c: relisted({**c, "data/con.txt": b"x"}), "package.bad_name"),
    "the verifier replaced": (lambda c: {**c, "verify/verify.py": b"print('OK')"}, "package.altered"),
    "the database's words": (
        lambda c: relisted({**c, "data/case.db": c["data/case.db"].replace("最低价".encode(), "最高价".encode())}),
        "package.altered",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_that_an_altered_package_is_named(sound: Path, tmp_path: Path, name: str) -> None:
    attack, code = ATTACKS[name]
    broken = packed(tmp_path / "包.zip", attack(members(sound)))
    status, codes = verify_command(broken)
    assert status == 1
    assert codes[0] == code
    with pytest.raises(CheckFailed) as caught:
        commands.open_package(Workspace(), path=broken)
    assert caught.value.code == "package.altered"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["包.zip"]


def test_that_a_sound_package_passes_and_the_same_case_gives_the_same_bytes(sound: Path, full_case: Path, tmp_path: Path) -> None:
    assert verify_command(sound) == (0, [])
    again = packed(tmp_path / "again.zip", members(sound))
    assert verify_command(again) == (0, [])


@pytest.mark.parametrize(
    "attack",
    [lambda data: b"MZ" + data, lambda data: data + b"tail", lambda data: data[:-30]],
    ids=["before", "behind", "cut"],
)
def test_that_bytes_that_are_no_file_of_it_are_named(sound: Path, tmp_path: Path, attack: Callable[[bytes], bytes]) -> None:
    broken = tmp_path / "包.zip"
    broken.write_bytes(attack(sound.read_bytes()))
    report = packages.check(broken)
    assert not report.ok


def test_that_compressed_linked_and_doubled_members_are_refused(sound: Path, tmp_path: Path) -> None:
    content = members(sound)
    assert packages.check(packed(tmp_path / "link.zip", content, mode=0o120777)).problems[0].code == "package.bad_name"
    squeezed = tmp_path / "small.zip"
    with zipfile.ZipFile(squeezed, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in content.items():
            pack.writestr(name, data)
    assert packages.check(squeezed).problems[0].code == "package.not_stored"
    doubled = tmp_path / "twice.zip"
    with zipfile.ZipFile(doubled, "w", zipfile.ZIP_STORED) as pack, pytest.warns(UserWarning, match="Duplicate"):
        for name, data in [*content.items(), ("bagit.txt", b"x")]:
            pack.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    assert packages.check(doubled).problems[0].code == "package.twice"


@pytest.mark.parametrize("name", [None, *ATTACKS])
def test_that_the_verifier_without_the_program_agrees(sound: Path, tmp_path: Path, name: str | None) -> None:
    path = sound if name is None else packed(tmp_path / "包.zip", ATTACKS[name][0](members(sound)))
    done = subprocess.run([sys.executable, "-I", str(VERIFIER), str(path)], capture_output=True, text=True, encoding="utf-8", check=False)
    assert (done.returncode == 0) == (name is None), done.stdout + done.stderr
