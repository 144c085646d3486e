"""Attacks on a dossier that two officers signed (evidence 11: 21 to 28, 47 to 56): each is named, with and without the case at hand."""

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner, fields
from pyhanko_certvalidator.registry import SimpleCertificateStore

from inspector_app.casefile.case import Case
from inspector_app.commands import dossiers
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.records import Dossier
from inspector_app.integrity import certificates, seal, signatures

from ..signing import PASSWORD, Authority  # noqa: TID252
from .conftest import verify_command

NAME = generic.pdf_name


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def template(full_template: Path, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case whose dossier both officers signed. Nobody may change it: copy it."""
    folder = tmp_path_factory.mktemp("签名")
    keys = [(authority.officer(name).p12(folder / f"{name}.p12"), PASSWORD) for name in ("张敏", "李䶮")]
    work = Workspace()
    work.open(shutil.copytree(full_template, folder / "案件"))
    try:
        dossiers.sign(work, path=folder / "案件" / "exports" / "证据卷宗.pdf", signers=keys)
    finally:
        work.close()
    return folder / "案件"


@pytest.fixture
def case(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "案件 签名 📁")


@pytest.fixture
def pdf(case: Path) -> Path:
    return case / "exports" / "证据卷宗.pdf"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "用户数据"))


def alone(pdf: Path) -> set[str]:
    """What is found out without the case, by someone who was handed the file only."""
    apart = Path(shutil.copy(pdf, pdf.parents[2] / "另一处.pdf"))
    status, codes = verify_command(apart)
    assert status == (1 if codes else 0)
    return set(codes)


def trust(authority: Authority, tmp_path: Path) -> None:
    authority.trust(tmp_path / "用户数据" / "bureau" / "trust")


def test_that_the_signed_dossier_is_sound_with_and_without_its_case(case, pdf, authority, tmp_path):
    assert verify_command(case) == (0, [])
    assert verify_command(pdf) == (0, [])
    assert alone(pdf) == set()
    trust(authority, tmp_path)
    assert verify_command(pdf) == (0, [])
    with Case(case, read_only=True) as opened:
        assert [one["name"] for one in opened.find(Dossier)[0].signers] == ["张敏", "李䶮"]


# -- bytes --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_that_a_byte_of_the_sealed_part_breaks_seal_and_signatures(pdf, place):
    content = bytearray(pdf.read_bytes())
    content[int(seal.sealed_end(pdf) * place)] ^= 1
    pdf.write_bytes(content)
    codes = verify_command(pdf)[1]
    assert codes[0] == "dossier.altered"
    assert alone(pdf) & {"signature.broken", "signature.unreadable"}


def test_that_no_byte_of_the_signatures_can_change_unseen_by_the_case(pdf):
    content = pdf.read_bytes()
    start = seal.sealed_end(pdf)
    for step in range(60):
        place = start + (len(content) - 1 - start) * step // 59
        broken = bytearray(content)
        broken[place] ^= 1
        pdf.write_bytes(broken)
        assert verify_command(pdf)[0] == 1, place


def test_that_other_data_in_the_padding_is_named(pdf):
    content = bytearray(pdf.read_bytes())
    place = content.rindex(b"00000000>")
    content[place : place + 4] = b"beef"
    pdf.write_bytes(content)
    assert alone(pdf) == {"signature.padding"}


@pytest.mark.parametrize("junk", [b"\n", b"% hello", b"\0" * 100])
def test_that_bytes_after_the_end_are_named(pdf, junk):
    pdf.write_bytes(pdf.read_bytes() + junk)
    assert alone(pdf) == {"signature.coverage"}


def test_that_a_shortened_range_is_named(pdf):
    content = pdf.read_bytes()
    at = content.rindex(b"/ByteRange")
    old = content[at : content.index(b"]", at) + 1]
    numbers = [int(part) for part in old.split(b"[")[1].rstrip(b"]").split()]
    numbers[3] -= 1
    new = b"/ByteRange [" + b" ".join(b"%d" % number for number in numbers) + b"]"
    pdf.write_bytes(content[:at] + new.ljust(len(old)) + content[at + len(old) :])
    assert alone(pdf) & {"signature.coverage", "signature.broken"}


def test_that_a_second_range_is_named(pdf):
    pdf.write_bytes(pdf.read_bytes() + b"%/ByteRange [0 1 2 3]")
    assert {"signature.extra_revision", "signature.coverage"} <= alone(pdf)


# -- revisions ----------------------------------------------------------------------------------------------------------------------


def test_that_a_dropped_second_officer_is_missed(pdf):
    content = pdf.read_bytes()
    end = content.index(b"%%EOF", content.index(b"/ByteRange")) + 6
    pdf.write_bytes(content[:end])
    assert alone(pdf) == {"signature.second_missing"}
    assert set(verify_command(pdf)[1]) == {"signature.second_missing", "signature.removed"}


def test_that_dropping_every_signature_is_known_from_the_journal(case, pdf):
    pdf.write_bytes(pdf.read_bytes()[: seal.sealed_end(pdf)])
    assert alone(pdf) == set(), "an unsigned dossier is one, and is said to be unsigned"
    assert verify_command(pdf)[1] == ["signature.removed", "signature.removed"]
    assert verify_command(case)[0] == 1


def test_that_a_full_rewrite_loses_the_seal(pdf):
    with pikepdf.open(pdf, allow_overwriting_input=True) as opened:
        opened.save(pdf)
    assert "dossier.no_seal" in alone(pdf)


def _appended(pdf: Path, change: Callable[[IncrementalPdfFileWriter], None]) -> None:
    out = io.BytesIO(pdf.read_bytes())
    writer = IncrementalPdfFileWriter(out)
    change(writer)
    writer.write_in_place()
    pdf.write_bytes(out.getvalue())


def _other_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(2)[0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    writer.update_container(page)


def _covering(writer: IncrementalPdfFileWriter) -> None:
    box = generic.ArrayObject([generic.FloatObject(value) for value in (0, 0, 500, 700)])
    note = {NAME("/Type"): NAME("/Annot"), NAME("/Subtype"): NAME("/Square"), NAME("/Rect"): box}
    page = writer.find_page_for_modification(1)[0].get_object()
    page["/Annots"] = generic.ArrayObject([writer.add_object(generic.DictionaryObject(note))])
    writer.update_container(page)


def _other_list(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    stream = names[1]["/EF"]["/F"]
    stream._data, stream._encoded_data = b"{}", None
    writer.mark_update(names[1]["/EF"].raw_get("/F"))


def _other_language(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Lang"] = generic.pdf_string("en")
    writer.update_root()


CHANGES = [_other_page, _covering, _other_list, _other_language]


@pytest.mark.parametrize("change", CHANGES)
def test_that_a_change_after_the_signatures_is_named(pdf, change):
    _appended(pdf, change)
    found = alone(pdf)
    assert {"signature.extra_revision", "signature.changed_after"} <= found


@pytest.mark.parametrize("change", CHANGES)
def test_that_a_change_slipped_in_with_the_first_signature_is_named(pdf, authority, tmp_path, change):
    """An insider with a certificate of the bureau signs a changed document in one go."""
    pdf.write_bytes(pdf.read_bytes()[: seal.sealed_end(pdf)])
    _sign_anyhow(pdf, _unlocked(authority, tmp_path, "内鬼"), change)
    assert "signature.other_changes" in alone(pdf)


def _moved(content: bytes, by: int) -> bytes:
    """A whole PDF with a plain table of objects, written to stand behind `by` other bytes."""
    content = re.sub(rb"(\d{10}) (\d{5}) n", lambda found: b"%010d %s n" % (int(found[1]) + by, found[2]), content)
    return re.sub(rb"startxref\n(\d+)", lambda found: b"startxref\n%d" % (int(found[1]) + by), content)


def test_that_another_document_behind_the_sealed_one_is_named(pdf, authority, tmp_path):
    """The seal of the dead bytes in front is whole, and what is shown is another file."""
    sealed = pdf.read_bytes()[: seal.sealed_end(pdf)]
    other = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed)) as opened:
        del opened.pages[3:]
        opened.save(other, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    pdf.write_bytes(sealed + _moved(other.getvalue(), len(sealed)))
    _sign_anyhow(pdf, _unlocked(authority, tmp_path, "内鬼"))
    with pikepdf.open(pdf) as opened:
        assert len(opened.pages) == 3
    assert "signature.other_changes" in alone(pdf)
    assert "signature.not_in_journal" in verify_command(pdf)[1]


def test_that_another_catalogue_slipped_in_with_the_first_signature_is_named(pdf, authority, tmp_path):
    def other_root(writer: IncrementalPdfFileWriter) -> None:
        root = generic.DictionaryObject(writer.root)
        root["/Lang"] = generic.pdf_string("en")
        writer._root_object = root
        writer._root = writer.add_object(root)

    pdf.write_bytes(pdf.read_bytes()[: seal.sealed_end(pdf)])
    _sign_anyhow(pdf, _unlocked(authority, tmp_path, "内鬼"), other_root)
    assert "signature.other_changes" in alone(pdf)


def test_that_a_visible_signature_over_a_page_is_named(pdf, authority, tmp_path):
    pdf.write_bytes(pdf.read_bytes()[: seal.sealed_end(pdf)])
    _sign_anyhow(pdf, _unlocked(authority, tmp_path, "内鬼"), box=(0, 0, 500, 700))
    assert alone(pdf) & {"signature.visible", "signature.other_changes"}


# -- certificates -------------------------------------------------------------------------------------------------------------------


def test_that_a_look_alike_is_found_by_the_journal_or_by_the_roots(pdf, authority, tmp_path):
    other = Authority()
    pdf.write_bytes(pdf.read_bytes()[: seal.sealed_end(pdf)])
    keys = [(other.officer(name).p12(tmp_path / f"{name}.p12"), PASSWORD) for name in ("张敏", "李䶮")]
    apart = Path(shutil.copy(pdf, tmp_path / "假.pdf"))
    dossiers.sign(Workspace(), path=apart, signers=keys)
    pdf.write_bytes(apart.read_bytes())
    assert set(verify_command(pdf)[1]) == {"signature.removed", "signature.not_in_journal"}
    trust(authority, tmp_path)
    assert alone(pdf) == {"signature.untrusted"}


def test_that_signatures_of_one_certificate_are_one_officer(pdf, authority, tmp_path):
    pdf.write_bytes(pdf.read_bytes()[: seal.sealed_end(pdf)])
    signer = _unlocked(authority, tmp_path, "张敏")
    signatures.sign(pdf, [signer])
    _sign_anyhow(pdf, signer, field="Officer2")
    assert "signature.same_certificate" in alone(pdf)


@pytest.mark.parametrize(("more", "code"), [({"usage": "encipher"}, "signature.key_usage"), ({"days": (-9, -1)}, "signature.expired")])
def test_that_a_certificate_that_may_not_sign_is_named(pdf, authority, tmp_path, monkeypatch, more, code):
    monkeypatch.setattr(certificates, "_refuse_unfit", lambda *_: None)
    pdf.write_bytes(pdf.read_bytes()[: seal.sealed_end(pdf)])
    _sign_anyhow(pdf, _unlocked(authority, tmp_path, "张敏", **more))
    assert code in alone(pdf)


def _unlocked(authority: Authority, folder: Path, name: str, **more: object) -> certificates.Signer:
    return certificates.unlock(authority.officer(name, **more).p12(folder / "内.p12"), PASSWORD)


def _sign_anyhow(
    pdf: Path,
    signer: certificates.Signer,
    change: Callable[[IncrementalPdfFileWriter], None] = lambda _: None,
    *,
    field: str = "Officer1",
    box: tuple[int, int, int, int] | None = None,
) -> None:
    """Signs as another program would: with whatever else is in the revision."""
    out = io.BytesIO(pdf.read_bytes())
    writer = IncrementalPdfFileWriter(out)
    change(writer)
    first = field == "Officer1"
    if first:
        for name in ("Officer1", "Officer2"):
            fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box))
    chain = SimpleCertificateStore.from_certs([signer.certificate])
    about = PdfSignatureMetadata(
        field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=first, name=signer.name,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )  # fmt: skip
    PdfSigner(about, SimpleSigner(signer.certificate, signer.key, chain)).sign_pdf(writer, in_place=True)
    pdf.write_bytes(out.getvalue())
