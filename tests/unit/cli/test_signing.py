"""Signing and forms from the command line: passwords, exit statuses, JSON."""

import io
import json
from pathlib import Path

import pytest

from inspector_app.integrity import digests

from ...signing import PASSWORD, Authority  # noqa: TID252


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def keys(authority: Authority, tmp_path: Path) -> list[Path]:
    return [authority.officer(name).p12(tmp_path / f"{name}.p12", authority.root.certificate) for name in ("张敏", "李䶮")]


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_P12_PASSWORD", PASSWORD.decode())


def test_that_a_dossier_is_built_signed_and_verified_in_one_go(cli, full_case, keys, password, authority, tmp_path):
    out = full_case / "exports" / "签名.pdf"
    built = cli("dossier", full_case, "--out", out, "--sign", keys[0], "--sign", keys[1], "--json")
    assert built.status == 0, built.err
    assert built.json["sha256"] == digests.hash_file(out).sha256
    assert [one["name"] for one in built.json["signatures"]] == ["张敏", "李䶮"]
    report = cli("verify", out, "--json").json
    assert report["ok"] and report["unverified"] == ["Officer1", "Officer2"]
    assert "未验证证书链" in cli("verify", out).out, "a chain that nobody checked is never shown as good"
    authority.trust(tmp_path / "用户数据" / "bureau" / "trust")
    assert cli("verify", out, "--json").json["unverified"] == []
    assert "证书链已核验" in cli("verify", out).out
    assert cli("verify", full_case).status == 0


def test_that_the_second_officer_signs_later_and_the_case_is_found(cli, full_case, keys, password):
    out = full_case / "exports" / "证据卷宗.pdf"
    assert cli("sign", out, "--sign", keys[0]).status == 0
    waiting = cli("verify", out, "--json")
    assert waiting.status == 1
    assert [one["code"] for one in waiting.json["problems"]] == ["signature.second_missing"]
    signed = cli("sign", out, "--sign", keys[1], "--json")
    assert signed.json["recorded"] is True
    assert cli("verify", out).status == 0
    assert "dossier.sign" in [one["act"] for one in cli("journal", full_case, "--json").json["rows"]]


def test_that_a_dossier_without_signatures_is_said_to_have_none(cli, full_case):
    shown = cli("verify", full_case / "exports" / "证据卷宗.pdf")
    assert shown.status == 0
    assert "无电子签名" in shown.out


def test_that_each_file_may_have_a_password_of_its_own_and_none_is_asked_without_a_terminal(
    refused, cli, full_case, keys, authority, tmp_path, monkeypatch
):
    out = full_case / "exports" / "证据卷宗.pdf"
    monkeypatch.delenv("ZHIJIAN_P12_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    refused(2, "sign.no_password", "sign", out, "--sign", keys[0])
    other = authority.officer("王五").p12(tmp_path / "王五.p12", password=b"two")
    monkeypatch.setenv("ZHIJIAN_P12_PASSWORD", PASSWORD.decode())
    refused(3, "sign.wrong_password", "sign", out, "--sign", keys[0], "--sign", other)
    monkeypatch.setenv("ZHIJIAN_P12_PASSWORD_2", "two")
    assert cli("sign", out, "--sign", keys[0], "--sign", other).status == 0


def test_that_signing_refuses_what_the_case_did_not_make(refused, full_case, keys, password, tmp_path):
    out = full_case / "exports" / "证据卷宗.pdf"
    refused(3, "verify.nothing_there", "sign", tmp_path / "none.pdf", "--sign", keys[0])
    out.write_bytes(out.read_bytes() + b"\n")
    refused(1, "sign.not_recorded", "sign", out, "--sign", keys[0])


def test_that_a_refused_key_builds_nothing_and_a_silent_authority_leaves_the_unsigned_dossier(refused, full_case, keys, password, tmp_path):
    out = tmp_path / "卷宗.pdf"
    (tmp_path / "x.p12").write_bytes(b"x")
    refused(3, "sign.not_p12", "dossier", full_case, "--out", out, "--sign", tmp_path / "x.p12")
    assert not out.exists()
    refused(3, "sign.tsa_unreachable", "dossier", full_case, "--out", out, "--sign", keys[0], "--tsa", "http://127.0.0.1:9/")
    assert out.exists()


def test_that_forms_are_begun_filled_checked_sealed_and_printed(cli, refused, full_case, tmp_path):
    listed = cli("form", "list", full_case, "--json").json
    assert len(listed["templates"]) == 10
    made = cli("form", "new", full_case, "file_note", "sheets=12", "--json").json
    form = made["id"]
    assert cli("form", "lint", full_case, form).status == 1
    refused(1, "form.not_clean", "form", "seal", full_case, form)
    values = ["missing=无\\n未修改", "binder=张敏", "bound=2026-06-30", "checker=李䶮", "checked=2026-06-30"]
    assert cli("form", "set", full_case, form, *values).status == 0
    assert cli("form", "lint", full_case, form).status == 0
    assert cli("form", "seal", full_case, form, "--json").json["state"] == "sealed"
    assert cli("form", "pdf", full_case, form, "--out", tmp_path / "备考表.pdf").status == 0
    assert (tmp_path / "备考表.pdf").read_bytes().startswith(b"%PDF")
    assert cli("verify", full_case).status == 0
    refused(1, "form.is_sealed", "form", "discard", full_case, form)


def test_that_the_whole_case_is_checked_and_a_problem_is_justified(cli, refused, full_case):
    found = cli("form", "lint", full_case, "--json")
    assert found.status == 1
    one = found.json["problems"][0]
    assert cli("form", "justify", full_case, one["code"], one["place"], "--because", "另案处理").status == 0
    assert "另案处理" in cli("form", "lint", full_case).out
    refused(2, "form.no_problem", "form", "justify", full_case, "form.blank", "x", "--because", "y")
    refused(2, "usage.field_value", "form", "new", full_case, "file_note", "sheets")
    refused(3, "form.no_template", "form", "new", full_case, "无此表")
    rows = json.dumps([{"name": "立案审批表"}], ensure_ascii=False)
    made = cli("form", "new", full_case, "file_contents", f"files={rows}", "--json").json
    assert [field["value"] for field in made["fields"] if field["name"] == "files"] == [[{"name": "立案审批表"}]]
