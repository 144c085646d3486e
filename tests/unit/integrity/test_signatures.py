"""Signing sealed dossiers with certificates made for the test: what is written, what is refused, and that a refusal leaves the file."""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.asymmetric import ec
from pikepdf import pdfa

from inspector_app.domain.errors import BadInput, CheckFailed, InspectorError, StorageError, UsageError
from inspector_app.integrity import certificates, seal, signatures

from ...signing import PASSWORD, Answer, Authority, honest, serving  # noqa: TID252
from ..dossier.conftest import CaseBuilder, load_catalogue  # noqa: TID252


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def officers(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> list[certificates.Signer]:
    folder = tmp_path_factory.mktemp("证书")
    pairs = [authority.officer("张敏"), authority.officer("李䶮", key=ec.generate_private_key(ec.SECP256R1()))]
    files = [pair.p12(folder / f"{place}.p12", authority.root.certificate) for place, pair in enumerate(pairs)]
    return [certificates.unlock(file, PASSWORD) for file in files]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished dossier. Nobody may change it: copy it."""
    folder = tmp_path_factory.mktemp("卷宗")
    builder = CaseBuilder(folder / "案件")
    builder.finding()
    catalogue = load_catalogue()
    builder.build(catalogue, folder / "卷宗.pdf", builder.data(catalogue))
    builder.case.close()
    return folder / "卷宗.pdf"


@pytest.fixture
def pdf(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sealed, tmp_path / "卷宗 副本.pdf"))


def stays(path: Path, code: str, act: Callable[[], object]) -> InspectorError:
    """`act` is refused with `code`, and the file and its folder are as they were."""
    before = path.read_bytes(), sorted(one.name for one in path.parent.iterdir())
    with pytest.raises(InspectorError) as caught:
        act()
    assert caught.value.code == code
    assert (path.read_bytes(), sorted(one.name for one in path.parent.iterdir())) == before
    return caught.value


def test_that_two_officers_sign_and_the_sealed_bytes_stay_in_front(pdf, officers, authority, tmp_path):
    sealed = pdf.read_bytes()
    assert pdfa.validate_written(pdf, "3b").passed
    assert signatures.examine(pdf) == ([], [])
    with serving(honest(authority.stamper(), authority.root)) as url:
        signatures.sign(pdf, officers, tsa=url)
    assert pdf.read_bytes().startswith(sealed)
    assert seal.sealed_end(pdf) == len(sealed)
    assert seal.check(pdf, len(sealed)) == []
    found, problems = signatures.examine(pdf, certificates.roots(authority.trust(tmp_path / "trust")))
    assert problems == []
    assert [one["name"] for one in found] == ["张敏", "李䶮"]
    assert {one["chain"] for one in found} == {one["stamp_chain"] for one in found} == {"verified"}
    assert {one["stamped_by"] for one in found} == {"示例时间戳"}
    assert [one["coverage"] for one in found] == ["entire_revision", "entire_file"]
    assert [one["changes"] for one in found] == ["signatures", "none"]
    assert not list(pdf.parent.glob("*.signing"))


def test_that_other_programs_read_the_signatures_too(pdf, officers):
    signatures.sign(pdf, officers)
    for tool in ("pdfsig", "qpdf"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    shown = subprocess.run(["pdfsig", "-nocert", str(pdf)], capture_output=True, text=True, check=False).stdout
    assert shown.count("Signature is Valid") == 2
    assert "Total document signed" in shown
    assert subprocess.run(["qpdf", "--check", str(pdf)], capture_output=True, check=False).returncode == 0


def test_that_the_second_officer_may_sign_later_and_is_missed_until_then(pdf, officers):
    signatures.sign(pdf, officers[:1])
    found, problems = signatures.examine(pdf)
    assert [problem.code for problem in problems] == ["signature.second_missing"]
    assert found[0]["chain"] == "unverified", "no roots, no verdict"
    assert found[0]["stamped_at"] == found[0]["stamp_chain"] == ""
    signatures.sign(pdf, officers[1:])
    assert [one["field"] for one in signatures.examine(pdf)[0]] == ["Officer1", "Officer2"]
    assert signatures.examine(pdf)[1] == []


def test_that_a_certificate_of_another_root_is_not_trusted(pdf, officers, tmp_path):
    signatures.sign(pdf, officers)
    other = certificates.roots(Authority().trust(tmp_path / "trust"))
    codes = [problem.code for problem in signatures.examine(pdf, other)[1]]
    assert codes == ["signature.untrusted", "signature.untrusted"]


def test_that_nobody_signs_twice_and_a_third_has_no_field(pdf, officers, authority, tmp_path):
    stays(pdf, "sign.nobody", lambda: signatures.sign(pdf, []))
    stays(pdf, "sign.same_certificate", lambda: signatures.sign(pdf, [officers[0], officers[0]]))
    pair = authority.officer("张敏")
    twice = [pair, authority.officer("化名", key=pair.key)]  # one key under two certificates
    (tmp_path / "证书").mkdir()
    both = [certificates.unlock(one.p12(tmp_path / "证书" / f"{place}.p12"), PASSWORD) for place, one in enumerate(twice)]
    stays(pdf, "sign.same_certificate", lambda: signatures.sign(pdf, both))
    signatures.sign(pdf, officers[:1])
    stays(pdf, "sign.same_certificate", lambda: signatures.sign(pdf, officers[:1]))
    signatures.sign(pdf, officers[1:])
    third = certificates.unlock(authority.officer("王五").p12(tmp_path / "证书" / "y.p12"), PASSWORD)
    stays(pdf, "sign.no_field_left", lambda: signatures.sign(pdf, [third]))


def test_that_only_a_sealed_dossier_is_signed(pdf, officers):
    content = pdf.read_bytes()
    pdf.write_bytes(content[:-1])
    stays(pdf, "sign.not_sealed", lambda: signatures.sign(pdf, officers))
    pdf.write_bytes(content[:2000] + bytes([content[2000] ^ 1]) + content[2001:])
    stays(pdf, "sign.not_sealed", lambda: signatures.sign(pdf, officers))
    pdf.write_bytes(b"no pdf")
    stays(pdf, "sign.not_sealed", lambda: signatures.sign(pdf, officers))


def test_that_nothing_is_added_to_signatures_that_are_not_sound(pdf, officers):
    signatures.sign(pdf, officers[:1])
    pdf.write_bytes(pdf.read_bytes() + b"\n% more\n")
    error = stays(pdf, "sign.altered", lambda: signatures.sign(pdf, officers[1:]))
    assert isinstance(error, CheckFailed)
    assert error.facts["problem"] == "signature.coverage"


def test_that_a_full_disk_leaves_the_dossier(pdf, officers, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(signatures.os, "fsync", full)
    error = stays(pdf, "storage.full", lambda: signatures.sign(pdf, officers))
    assert isinstance(error, StorageError)


# -- certificates -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("sign.expired", {"days": (-30, -1)}),
        ("sign.not_yet_valid", {"days": (1, 30)}),
        ("sign.key_usage", {"usage": "encipher"}),
    ],
)
def test_that_an_unfit_certificate_is_refused_by_name(authority, tmp_path, code, more):
    file = authority.officer("张敏", **more).p12(tmp_path / "张敏.p12")
    with pytest.raises(BadInput) as caught:
        certificates.unlock(file, PASSWORD)
    assert caught.value.code == code
    assert caught.value.facts["name"] == "张敏"


def test_that_a_wrong_password_another_file_and_no_file_are_told_apart(authority, tmp_path):
    file = authority.officer("张敏").p12(tmp_path / "张敏.p12")
    other = tmp_path / "照片.p12"
    other.write_bytes(b"\xff\xd8 picture")
    for path, password, code in (
        (file, b"wrong", "sign.wrong_password"),
        (file, b"", "sign.wrong_password"),
        (other, PASSWORD, "sign.not_p12"),
        (tmp_path / "none.p12", PASSWORD, "sign.no_file"),
    ):
        with pytest.raises(BadInput) as caught:
            certificates.unlock(path, password)
        assert caught.value.code == code
        assert "口令" not in str(caught.value)


def test_that_a_root_that_is_none_is_named(tmp_path):
    assert certificates.roots(tmp_path / "none") == ()
    (tmp_path / "root.crt").write_bytes(b"not a certificate")
    with pytest.raises(BadInput, match=r"root\.crt"):
        certificates.roots(tmp_path)


# -- time stamps --------------------------------------------------------------------------------------------------------------------


def _changed(body: bytes, **values: object) -> bytes:
    """A request that differs from the one asked."""
    request = tsp.TimeStampReq.load(body)
    for name, value in values.items():
        request[name] = value
    return bytes(request.dump(force=True))


def _liars(authority: Authority) -> dict[str, tuple[str, Callable[[bytes], Answer]]]:
    sound = honest(authority.stamper(), authority.root)
    late = honest(authority.stamper(), authority.root, datetime.now(UTC) + timedelta(hours=9))
    digest = tsp.MessageImprint({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": b"\0" * 32})
    return {
        "html": ("sign.tsa_not_a_reply", lambda _: (200, "text/html", b"<html>log in</html>")),
        "404": ("sign.tsa_refused", lambda _: (404, "text/plain", b"")),
        "rejection": (
            "sign.tsa_refused",
            lambda _: (200, "application/timestamp-reply", bytes.fromhex("30053003020102")),
        ),
        "nonce": ("sign.tsa_nonce", lambda body: sound(_changed(body, nonce=7))),
        "digest": ("sign.tsa_other_digest", lambda body: sound(_changed(body, message_imprint=digest))),
        "time": ("sign.tsa_time", late),
        "certificate": ("sign.tsa_certificate", honest(authority.stamper(stamps=False), authority.root)),
        "no token": (
            "sign.tsa_not_a_reply",
            lambda _: (200, "application/timestamp-reply", bytes.fromhex("30053003020100")),
        ),
        "broken": ("sign.check_failed", lambda body: _broken(sound(body))),
    }


def _broken(answer: Answer) -> Answer:
    """A token whose signature is of something else."""
    response = tsp.TimeStampResp.load(answer[2])
    signer = response["time_stamp_token"]["content"]["signer_infos"][0]
    signer["signature"] = bytes(reversed(signer["signature"].native))
    return answer[0], answer[1], response.dump(force=True)


@pytest.mark.parametrize("lie", ["html", "404", "rejection", "nonce", "digest", "time", "certificate", "no token", "broken"])
def test_that_an_authority_that_lies_is_named_and_nothing_is_written(pdf, officers, authority, lie):
    code, answer = _liars(authority)[lie]
    with serving(answer) as url:
        stays(pdf, code, lambda: signatures.sign(pdf, officers, tsa=url))


def test_that_an_authority_that_hangs_is_given_up(pdf, officers):
    with serving(lambda _: None) as url:
        error = stays(pdf, "sign.tsa_timeout", lambda: signatures.sign(pdf, officers, tsa=url, limit_s=0.3))
    assert error.facts["url"] == url


def test_that_an_address_must_be_one_and_somebody_must_be_there(pdf, officers):
    for url in ("ftp://example.org", "file:///etc/passwd", "time"):
        error = stays(pdf, "sign.tsa_url", lambda url=url: signatures.sign(pdf, officers, tsa=url))
        assert isinstance(error, UsageError)
    with serving(lambda _: None) as url:
        pass
    stays(pdf, "sign.tsa_unreachable", lambda: signatures.sign(pdf, officers, tsa=url))
