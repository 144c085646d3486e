"""A dossier built again from its case: the same bytes, or the first page or part that is not the same, or why it could not be done."""

import io
import json
import shutil
import sqlite3
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from inspector_app.cli.main import main
from inspector_app.commands import findings
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.records import Finding
from inspector_app.dossier.archive import make_seal_place
from inspector_app.integrity import seal
from inspector_app.jobs import dossier_rebuild

from .conftest import attack


@pytest.fixture
def case(full_template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(full_template, tmp_path / "案件 重编")


@pytest.fixture
def pdf(case: Path) -> Path:
    return case / "exports" / "证据卷宗.pdf"


def rebuilt(pdf: Path, case: Path) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    with redirect_stdout(out):
        status = main(["verify", str(pdf), "--json", "--case", str(case)])
    return status, json.loads(out.getvalue())


def forged(pdf: Path, **changes: Any) -> None:
    """Saves a dossier anew with another first stream of page 3 (or what `changes` say) and puts a fresh seal on it."""
    with pikepdf.open(pdf, allow_overwriting_input=True) as opened:
        if "title" in changes:
            opened.docinfo["/Title"] = changes["title"]
        else:
            page = opened.pages[changes.get("page", 3) - 1]
            page.contents_add(b"q 1 0 0 rg 100 100 50 50 re f Q")
        whole = io.BytesIO()
        opened.save(whole)
    make_seal_place(whole)
    pdf.write_bytes(whole.getvalue())
    seal.seal(pdf)


def test_that_the_same_bytes_come_out_though_the_case_went_on(case: Path, pdf: Path) -> None:
    work = Workspace()
    work.open(case)
    try:
        first, second = work.opened.find(Finding, order="number")
        findings.note(work, finding_id=first.id, text="封存以后另记")
        findings.withdraw(work, finding_id=second.id, reason="重复")
    finally:
        work.close()
    status, data = rebuilt(pdf, case)
    assert (status, data["problems"]) == (0, [])
    assert data["rebuilt"]["state"] == "same"
    assert data["checked"]["rebuilt"] == 1


def test_that_a_page_drawn_over_and_sealed_again_is_named(case: Path, pdf: Path) -> None:
    forged(pdf, page=3)
    status, data = rebuilt(pdf, case)
    assert status == 1
    assert "dossier.altered" not in [one["code"] for one in data["problems"]]  # the forger sealed it anew
    assert data["rebuilt"] == {"state": "different", "code": "dossier.rebuilt_page", "what": "3", "where": data["rebuilt"]["where"]}
    assert data["rebuilt"]["where"] in ("how", "contents", "record")


def test_that_what_no_page_shows_is_found_too(case: Path, pdf: Path) -> None:
    forged(pdf, title="另一份")
    status, data = rebuilt(pdf, case)
    assert status == 1
    assert data["rebuilt"]["code"] == "dossier.rebuilt_structure"


def test_that_a_case_altered_behind_its_journal_is_found(case: Path, pdf: Path) -> None:
    attack(case, "UPDATE findings SET note = '改过' WHERE number = 1")
    status, data = rebuilt(pdf, case)
    assert status == 1
    assert (data["rebuilt"]["code"], data["rebuilt"]["what"]) == ("dossier.rebuilt_data", "findings[0]")


def test_that_another_version_of_the_program_says_that_it_cannot_tell(case: Path, pdf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dossier_rebuild, "__version__", "99.0")
    status, data = rebuilt(pdf, case)
    assert status == 0
    assert (data["rebuilt"]["state"], data["rebuilt"]["code"]) == ("not_possible", "dossier.rebuilt_version")
    assert "rebuilt" not in data["checked"]


def test_that_a_picture_that_is_gone_is_why_it_cannot_be_built(case: Path, pdf: Path) -> None:
    db = sqlite3.connect(case / "case.db")
    (path,) = db.execute("SELECT path FROM exhibits WHERE kind = 'still' ORDER BY number").fetchone()
    db.close()
    (case / path).unlink()
    _, data = rebuilt(pdf, case)
    assert (data["rebuilt"]["state"], data["rebuilt"]["what"]) == ("not_possible", "dossier.exhibit_missing")
    assert "rebuilt" not in data["checked"]


def test_that_a_dossier_of_another_case_is_not_called_the_same(case: Path, pdf: Path, bare_case: Path) -> None:
    status, data = rebuilt(pdf, bare_case)
    assert status == 1
    assert (data["rebuilt"]["state"], data["rebuilt"]["code"]) == ("not_possible", "dossier.not_in_journal")
