"""A dossier in several volumes: one numbering, one contents, each volume whole in itself and known to those after it; all written or none."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from inspector_app.commands.verifying import verify
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import StorageError
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Dossier
from inspector_app.dossier import archive, volumes
from inspector_app.dossier.archive import make_seal_place
from inspector_app.integrity import seal
from inspector_app.integrity.verify import verify_case
from inspector_app.jobs import run as jobs


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "MOST_PICTURES", 2)


@pytest.fixture
def built(few: None, new_case: Any, catalogue: Any, tmp_path: Path) -> Any:
    builder = new_case()
    for words in ("三天见效", "全网最低价", "只剩最后三单"):
        builder.finding(words, sizes=((90, 160), (90, 160)))
    out = tmp_path / "册" / "卷宗.pdf"
    item, _ = builder.build(catalogue, out)
    return builder, out, item


def text_of(path: Path) -> list[str]:
    done = subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True, encoding="utf-8")
    return ["".join(page.split()) for page in done.stdout.split("\f")[:-1]]


def test_that_findings_are_never_parted_and_volumes_hold_no_more_than_they_may(few: None) -> None:
    def data(*counts: int) -> dict[str, Any]:
        findings = [{"id": f"f{number}", "number": number} for number in range(1, len(counts) + 1)]
        exhibits = [{"finding_id": f"f{number}", "kind": "still"} for number, count in enumerate(counts, 1) for _ in range(count)]
        return {"findings": findings, "exhibits": exhibits, "edition": {"name": "full"}}

    assert volumes.begins(data(1, 1)) == []
    assert volumes.begins(data(1, 1, 1)) == [3]
    assert volumes.begins(data(5, 1, 0, 1, 2)) == [2, 5]
    assert volumes.begins(data(0, 5)) == []
    assert volumes.begins({**data(2, 2), "edition": {"name": "summary"}}) == []


def test_that_numbering_and_contents_run_through_all_volumes(built: Any) -> None:
    _, out, item = built
    files = [Path(one["path"]) for one in item["volumes"]]
    assert files == [out, out.with_name("卷宗-第2册.pdf"), out.with_name("卷宗-第3册.pdf")]
    pages = [page for file in files for page in text_of(file)]
    assert len(pages) == item["pages"] == sum(one["pages"] for one in item["volumes"])
    for number, page in enumerate(pages, 1):
        cover = number in [one["first_page"] for one in item["volumes"]]
        assert (f"第{number}页共{len(pages)}页" in page) != cover
    for number, file in enumerate(files, 1):
        first, second, *_ = text_of(file)
        assert f"第{number}册共3册" in first
        assert f"第{number}册共3册" in second  # the running header
    contents = pages[item["places"]["contents"] - 1]
    assert re.search(rf"第2册[.]+{item['volumes'][1]['first_page']}", contents)
    assert "认定300:0" in contents


def test_that_bookmarks_and_links_of_a_volume_stay_in_it(built: Any) -> None:
    for one in built[2]["volumes"]:
        with pikepdf.open(one["path"]) as pdf:
            own = {page.obj.objgen for page in pdf.pages}
            links = [note.Dest[0].objgen for page in pdf.pages for note in page.obj.get("/Annots", [])]
            assert set(links) <= own
        reader = pypdf.PdfReader(one["path"])
        assert len(reader.pages) == one["pages"]
        assert reader.outline
        assert len(reader.trailer["/Root"]["/Pages"]["/Kids"]) <= one["pages"]  # type: ignore[index]


def test_that_volumes_know_those_before_them(built: Any, tmp_path: Path) -> None:
    _, out, item = built
    files = [Path(one["path"]) for one in item["volumes"]]

    def wrong(path: Path) -> list[tuple[str, str]]:
        return [(one.code, one.what) for one in volumes.problems(path, archive.read_manifest(path), archive.read_manifest)]

    assert [wrong(file) for file in files] == [[], [], []]
    assert [one["sha256"] for one in archive.read_manifest(files[2])["volume"]["before"]] == [one["sha256"] for one in item["volumes"][:2]]
    kept = shutil.copy(files[1], tmp_path / "kept.pdf")
    with pikepdf.open(files[1], allow_overwriting_input=True) as pdf:
        pdf.docinfo["/Title"] = "换过的一册"
        pdf.save(files[1])
    with files[1].open("r+b") as file:
        make_seal_place(file)
    seal.seal(files[1])
    assert wrong(out) == [("dossier.volume_differs", "卷宗-第2册.pdf")]
    files[1].unlink()
    assert wrong(files[2]) == [("dossier.volume_missing", "卷宗-第2册.pdf")]
    shutil.copy(kept, files[1])
    files[2].unlink()
    assert wrong(out) == [("dossier.volume_missing", "卷宗-第3册.pdf")]


def test_that_all_volumes_are_written_or_none(built: Any, catalogue: Any) -> None:
    builder, out, item = built
    last = Path(item["volumes"][2]["path"])
    before = out.read_bytes()
    last.unlink()
    last.mkdir()
    (last / "占用").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError):
        builder.build(catalogue, out)
    assert out.read_bytes() == before
    assert not [*out.parent.glob("*.partial"), *out.parent.glob("*.old")]


def test_that_a_case_knows_each_volume_and_finds_them_sound(new_case: Any, tmp_path: Path) -> None:
    """With the real limit: 401 small pictures."""
    builder = new_case()
    builder.finding("三天见效", sizes=((8, 14),) * 400)
    builder.finding("全网最低价", sizes=((8, 14),))
    case = builder.case
    facts = jobs.execute(case, Actor("张敏", "粤A-0001"), "dossier", {"out": str(case.folder / "exports" / "卷宗.pdf")})
    assert [Path(one).name for one in facts["volumes"]] == ["卷宗.pdf", "卷宗-第2册.pdf"]
    rows = case.find(Dossier, order="rowid")
    assert [(row.version, row.facts["volume"], row.facts["of"], row.path) for row in rows] == [
        (1, 1, 2, "exports/卷宗.pdf"),
        (1, 2, 2, "exports/卷宗-第2册.pdf"),
    ]
    assert sum(row.pages for row in rows) == facts["pages"]
    assert verify_case(case.folder).problems == []
    for path in facts["volumes"]:
        data = verify(Workspace(), path=Path(path)).data
        assert (data["problems"], data["against"]) == ([], "case")
    again = verify(Workspace(), path=Path(facts["volumes"][1]), case=case.folder, rebuild=True).data
    assert (again["problems"], again["rebuilt"]["state"]) == ([], "same")
