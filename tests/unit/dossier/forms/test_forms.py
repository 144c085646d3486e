"""The bureau's forms on a real case: templates, what the case fills in, the lint, sealing, pages."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from inspector_app.casefile.case import Case
from inspector_app.commands import forms, history
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import BadInput, CheckFailed, InspectorError, UsageError
from inspector_app.domain.people import Officer
from inspector_app.domain.records import Form
from inspector_app.dossier.forms import lint, template
from inspector_app.integrity.verify import verify_case

from ..conftest import CaseBuilder  # noqa: TID252

NAMES = ["site_record", "evidence_sheet", "extraction_record", "confirmation_letter", "evidence_list", "assistance_letter"]
NAMES += ["investigation_report", "lead_transfer", "file_contents", "file_note"]
SITE = {
    "start": "2026-06-22 10:00",
    "end": "2026-06-22 11:00",
    "place": "示例市云路1号",
    "party_number": "91440000MA0000000X",
    "present": "王小二，店长",
    "recorder": "李䶮",
    "shown": "yes",
    "told": "yes",
    "scene": "10时05分出示执法证件。\n店长说：“我们没有违法。”",
}

LONG = {"scene": "看到的情况。" * 1700, "place": "长" * 2000, "head": "名" * 10_000, "recorder": "录" * 900, "refused": "因" * 2000}


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "用户数据"))
    builder = CaseBuilder(tmp_path / "案件 文书")
    builder.finding()
    builder.case.close()
    work = Workspace()
    work.open(tmp_path / "案件 文书")
    yield work
    work.close()


def own_template(tmp_path: Path, name: str, text: str) -> Path:
    folder = tmp_path / "用户数据" / "bureau" / "forms"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.form").write_text(text, encoding="utf-8")
    return folder / f"{name}.form"


def head(body: str, fields: str = "  - {name: a, type: text, zh: 甲, en: A}\n", name: str = "mine") -> str:
    return f"---\nformat: 1\nid: {name}\ntitle: 自制\ntitle_en: Mine\nlayout: record\nobjective: yes\nfields:\n{fields}---\n{body}\n"


def codes(outcome: Any) -> list[tuple[str, str]]:
    return [(one["code"], one["field"]) for one in outcome.data["problems"]]


def refused(code: str, act: Any, kind: type[InspectorError] = InspectorError) -> InspectorError:
    with pytest.raises(kind) as caught:
        act()
    assert caught.value.code == code
    return caught.value


def text_of(path: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


# -- templates ----------------------------------------------------------------------------------------------------------------------


def test_that_every_form_of_the_bureau_is_there_with_help_in_both_languages(work):
    listed = forms.list_templates(work).data["templates"]
    assert [one["id"] for one in listed] == NAMES
    for one in listed:
        assert one["title_en"] and not one["own"]
        assert all(field["zh"] and field["en"] and bool(field["help_zh"]) == bool(field["help_en"]) for field in one["fields"])


def test_that_objective_forms_carry_no_judgement_themselves(work):
    for name in NAMES:
        found = template.load(name)
        outcome = forms.new(work, template=name)
        judged = [one for one in outcome.data["problems"] if one["code"] == "form.judging"]
        assert judged == [] or not found.objective, (name, judged)


def test_that_a_bureaus_own_copy_comes_first(work, tmp_path):
    own_template(tmp_path, "mine", head("# 自制\n{{ a }}"))
    own_template(tmp_path, "file_note", head("# 本局备考表", name="file_note"))
    listed = {one["id"]: one for one in forms.list_templates(work).data["templates"]}
    assert listed["mine"]["own"] and listed["file_note"]["own"]
    assert listed["file_note"]["title"] == "自制"


@pytest.mark.parametrize(
    ("body", "line", "problem"),
    [
        ("# 甲\n\n{{ a }", 13, "not_a_template"),
        ("# 甲\n{% for x in range(9) %}{% endfor %}", 12, "cannot_fill"),
        ("# 甲\n\n\n{{ unknown }}", 14, "cannot_fill"),
        ("{{ a.__class__.__mro__ }}", 11, "cannot_fill"),
        ("{{ ''.join }}\n{{ a|upper }}", 12, "not_a_template"),
        ("{% include 'x' %}", 11, "cannot_fill"),
        ("# 甲\ue000", 11, "hidden_character"),
    ],
)
def test_that_a_slip_in_a_template_is_named_with_its_line_and_nothing_runs(work, tmp_path, body, line, problem):
    own_template(tmp_path, "mine", head(body))
    error = refused("form.bad_template", lambda: template.load("mine"), BadInput)
    assert (error.facts["file"], error.facts["problem"]) == ("mine.form", problem)
    assert error.facts["line"] == str(line)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ("  - {name: a, type: text, zh: 甲, en: A}\n  - {name: a, type: text, zh: 乙, en: B}\n", "repeated_field"),
        ("  - {name: a, type: number, zh: 甲, en: A}\n", "unknown_type"),
        ("  - {name: a, type: choice, zh: 甲, en: A}\n", "no_options"),
        ("  - {name: a, type: table, zh: 甲, en: A}\n", "no_columns"),
        ("  - {name: a, type: text, zh: 甲}\n", "missing_key"),
        ("  - {name: a, typ: text, zh: 甲, en: A}\n", "unknown_key"),
        ("  - {name: A b, type: text, zh: 甲, en: A}\n", "bad_name"),
        ("  - {name: a, type: text, zh: 甲, en: A\n", "not_yaml"),
    ],
)
def test_that_a_slip_in_the_head_is_named(work, tmp_path, fields, problem):
    own_template(tmp_path, "mine", head("# 甲", fields))
    assert refused("form.bad_template", lambda: template.load("mine")).facts["problem"] == problem


def test_that_a_file_that_is_no_template_is_refused(work, tmp_path):
    for content, problem in (
        (b"# no head", "no_head"),
        (b"---\n\xff\n---\n", "not_utf8"),
        (head("# 甲", name="other").encode(), "other_id"),
    ):
        own_template(tmp_path, "mine", "").write_bytes(content)
        assert refused("form.bad_template", lambda: template.load("mine")).facts["problem"] == problem
    assert "site_record" in refused("form.no_template", lambda: template.load("../mine")).facts["known"]


# -- filling ------------------------------------------------------------------------------------------------------------------------


def test_that_what_the_case_knows_is_filled_in_and_the_rest_stays_blank(work):
    found = {one["name"]: one["value"] for one in forms.new(work, template="extraction_record").data["fields"]}
    assert (found["officer1"], found["certificate2"]) == ("张敏", "粤A-0002")
    assert found["began"] == "2026-06-21 20:00"
    assert found["results"][0]["sha256"] == work.opened.find(Form)[0].fields["results"][0]["sha256"]
    assert len(found["results"][0]["sha256"]) == 64
    assert {name for name, value in found.items() if not value} >= {"place", "start", "end", "clock", "device", "method", "recorder"}


def test_that_forms_are_filled_undone_and_kept_from_wrong_shapes(work):
    form = forms.new(work, template="site_record", values={"place": "云路1号"}).ids[0]
    forms.fill(work, form_id=form, values={"place": "云路2号", "head": "王五"})
    assert work.opened.get(Form, form).fields["place"] == "云路2号"
    history.undo(work)
    assert work.opened.get(Form, form).fields["place"] == "云路1号"
    forms.fill(work, form_id=form, values={"place": " "})
    assert "place" not in work.opened.get(Form, form).fields
    assert refused("form.no_field", lambda: forms.fill(work, form_id=form, values={"plase": "x"}), UsageError).facts["near"] == "place"
    other = forms.new(work, template="evidence_list").ids[0]
    for value in ("text", [{"nubmer": "1"}], ["x"]):
        refused("form.bad_value", lambda value=value: forms.fill(work, form_id=other, values={"exhibits": value}), UsageError)
    forms.discard(work, form_id=form)
    refused("form.is_sealed", lambda: forms.fill(work, form_id=form, values={}), CheckFailed)
    history.undo(work)
    assert work.opened.get(Form, form).state == "draft"


# -- lint and seal ------------------------------------------------------------------------------------------------------------------


def test_that_the_lint_names_each_kind_of_slip(work):
    values = {
        **SITE,
        "scene": "当事人涉嫌违法。\n“擅自”二字是其原话，其经营非法。",
        "end": "2026-06-22 09:00",
        "start": "2999-01-01 00:00",
        "officer2": "",
        "place": "",
    }
    found = codes(forms.new(work, template="site_record", values=values))
    assert ("form.ends_before_start", "end") in found
    assert ("form.in_future", "start") in found
    assert ("form.second_officer", "officer2") in found
    assert ("form.blank", "place") in found
    outcome = forms.new(work, template="site_record", values=values)
    judged = [(one["line"], one["what"]) for one in outcome.data["problems"] if one["code"] == "form.judging"]
    assert judged == [(1, "涉嫌"), (1, "违法"), (2, "非法")], "what stands in quotation marks is somebody's words"


def test_that_electronic_data_needs_method_time_maker_and_digest(work):
    rows = [{"name": "a.mp4", "sha256": "abc"}]
    values = {"start": "2026-06-20 10:00", "end": "bad", "results": rows, "officer2": "张敏", "certificate2": "粤A-0001"}
    found = codes(forms.new(work, template="extraction_record", values=values))
    assert {("form.no_maker", "recorder"), ("form.no_maker", "method"), ("form.no_digest", "results")} <= set(found)
    assert {("form.before_capture", "start"), ("form.bad_time", "end"), ("form.same_officer", "officer2")} <= set(found)
    outcome = forms.new(work, template="evidence_sheet", values={"method": "手抄"})
    assert ("form.not_an_option", "method") in codes(outcome)


def test_that_nobody_is_in_two_places_at_once(work):
    forms.new(work, template="site_record", values=SITE)
    at_the_same_time = {"start": "2026-06-22 10:59", "end": "2026-06-22 11:30"}
    found = forms.new(work, template="extraction_record", values=at_the_same_time)
    assert [one["what"] for one in found.data["problems"] if one["code"] == "form.overlap"] == ["现场笔录"]
    after = forms.fill(work, form_id=found.ids[0], values={"start": "2026-06-22 11:00"})
    assert "form.overlap" not in {one["code"] for one in after.data["problems"]}


def test_that_sealing_waits_until_each_problem_is_mended_or_justified(work):
    form = forms.new(work, template="site_record", values={**SITE, "place": "", "scene": "当事人擅自离开。"}).ids[0]
    error = refused("form.not_clean", lambda: forms.seal(work, form_id=form), CheckFailed)
    assert error.facts["count"] == "2"
    forms.fill(work, form_id=form, values={"place": "示例市云路1号"})
    (left,) = forms.check(work, form_id=form).data["problems"]
    refused("form.no_reason", lambda: forms.justify(work, code=left["code"], place=left["place"], text=" "), UsageError)
    refused("form.no_problem", lambda: forms.justify(work, code="form.blank", place=left["place"], text="x"), UsageError)
    forms.justify(work, code=left["code"], place=left["place"], text="“擅自离开”是执法过程的客观用语。")
    checked = forms.check(work, form_id=form).data
    assert checked["ok"]
    assert checked["problems"][0]["justified"]["by"] == "张敏"
    history.undo(work)
    refused("form.not_clean", lambda: forms.seal(work, form_id=form))
    history.redo(work)
    forms.seal(work, form_id=form)
    row = work.opened.get(Form, form)
    assert row.state == "sealed"
    assert (work.opened.folder / row.path).stat().st_size == row.bytes
    refused("form.is_sealed", lambda: forms.fill(work, form_id=form, values={"place": "x"}))


def test_that_a_sealed_form_is_the_file_and_the_verifier_sees_every_change(work, tmp_path):
    form = forms.new(work, template="site_record", values=SITE).ids[0]
    forms.seal(work, form_id=form)
    row = work.opened.get(Form, form)
    out = forms.pdf(work, form_id=form, out=tmp_path / "出" / "笔录.pdf").data
    assert Path(out["pdf"]).read_bytes() == (work.opened.folder / row.path).read_bytes()
    place = work.opened.folder / row.path
    content = place.read_bytes()
    place.write_bytes(content[:-1] + b"x")
    assert [problem.code for problem in verify_case(work.opened.folder).problems if problem.code.startswith("form.")] == ["form.altered"]
    refused("form.altered", lambda: forms.pdf(work, form_id=form, out=tmp_path / "x.pdf"), CheckFailed)
    place.unlink()
    assert "form.missing" in {problem.code for problem in verify_case(work.opened.folder).problems}
    history.undo(work)
    assert work.opened.get(Form, form).state == "draft"


def test_that_the_whole_case_is_looked_at_too(work):
    found = forms.check(work).data
    assert not found["ok"]
    assert {"case.open_element"} <= {one["code"] for one in found["problems"]}
    opened = [one for one in found["problems"] if one["code"] == "case.open_element"]
    forms.justify(work, code=opened[0]["code"], place=opened[0]["place"], text="另案查明")
    after = forms.check(work).data["problems"]
    assert sum(1 for one in after if one["justified"]) == 1


def test_that_a_case_without_a_second_officer_exhibits_or_text_is_named(work):
    class Alone(Case):
        def officers(self) -> list[Officer]:
            return super().officers()[:1]

    work.opened.__class__ = Alone
    assert "case.second_officer" in {slip.code for slip in lint.check_case(work.opened, work.catalogue)}


# -- pages --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_that_every_form_becomes_pages_with_its_title_and_the_page_numbers(work, tmp_path, name):
    form = forms.new(work, template=name, exhibit=1 if name == "evidence_sheet" else None)
    made = forms.pdf(work, form_id=form.ids[0], out=tmp_path / f"{name}.pdf").data
    text = "".join(text_of(tmp_path / f"{name}.pdf").split())
    assert text.count("〔U+") == made["missing_glyphs"], "what no font has is printed by its code"
    assert form.data["title"] in text
    assert f"共{made['pages']}页" in text
    assert "草稿" in text
    with pikepdf.open(tmp_path / f"{name}.pdf") as opened:
        assert [round(float(side)) for side in opened.pages[0].mediabox[2:]] == [595, 842]


def test_that_what_a_person_typed_stays_text(work, tmp_path):
    nasty = "<b>粗</b> & {{ 7*7 }} {% if %} | # === [签名] \u202e反 \u200b零 \x00空 𠮷😀"
    form = forms.new(work, template="site_record", values={**SITE, "scene": f"# 标题\n| 甲 | 乙 |\n{nasty}", "place": nasty}).ids[0]
    made = forms.pdf(work, form_id=form, out=tmp_path / "x.pdf").data
    text = text_of(tmp_path / "x.pdf")
    assert "<b>粗</b> & {{ 7*7 }}" in text
    assert "49" not in text.split("现场情况")[0]
    assert "〔U+202E〕" in text.replace("\n", "")
    assert made["pages"] >= 1


def test_that_a_very_long_text_and_a_long_list_find_their_pages(work, tmp_path):
    form = forms.new(work, template="site_record", values={**SITE, **LONG}).ids[0]
    assert forms.pdf(work, form_id=form, out=tmp_path / "x.pdf").data["pages"] > 8
    assert "".join(text_of(tmp_path / "x.pdf").split()).count("看到的情况。") == 1700, "nothing is cut"
    rows = [{"number": f"{place:03d}", "name": "画面截图", "proves": "画面显示价格" * 9} for place in range(1, 120)]
    listed = forms.new(work, template="evidence_list", values={"exhibits": rows}).ids[0]
    assert forms.pdf(work, form_id=listed, out=tmp_path / "y.pdf").data["pages"] > 5
    text = text_of(tmp_path / "y.pdf")
    assert text.count("证明对象") == text.count("证据名称") > 4, "the head is repeated on every page"


def test_that_the_same_form_gives_the_same_bytes(work, tmp_path):
    form = forms.new(work, template="file_note").ids[0]
    one, two = (forms.pdf(work, form_id=form, out=tmp_path / f"{name}.pdf").data["sha256"] for name in "ab")
    assert one == two
