"""Every command of the contract (design: cli.md) on a small case: status, and at least the fields promised."""

import itertools
import json
from pathlib import Path

import pytest

from inspector_app.casefile.case import Case
from inspector_app.domain.records import Recording
from inspector_app.speech import packs


def recording_of(folder):
    with Case(folder, read_only=True) as case:
        return case.find(Recording)[0].id


def holds(document, *names):
    missing = [name for name in names if name not in document]
    assert not missing, f"{missing} missing from {sorted(document)}"


NEW = (
    "--number",
    "粤市监案〔2026〕9号",
    "--cause",
    "虚假宣传",
    "--party",
    "云朵小铺",
    "--officer",
    "张敏:粤A-1",
    "--officer",
    "李䶮：粤A-2",
)


def test_that_case_new_makes_a_case(cli, tmp_path):
    ended = cli("case", "new", tmp_path / "新 案件", *NEW, "--json")
    assert ended.status == 0
    assert ended.json == {"case": str(tmp_path / "新 案件"), "number": "粤市监案〔2026〕9号"}
    assert cli("verify", tmp_path / "新 案件").status == 0


def test_that_case_info_says_what_the_case_holds(cli, full_case):
    ended = cli("case", "info", full_case, "--json")
    assert ended.status == 0
    holds(ended.json, "number", "recordings", "segments", "screen_texts", "leads", "findings", "exhibits")
    holds(ended.json["recordings"][0], "id", "name", "sha256", "sm3", "bytes", "duration_us", "gaps")
    assert (ended.json["findings"], ended.json["segments"], len(ended.json["officers"])) == (2, 3, 2)


def test_that_import_takes_and_refuses_by_name(cli, bare_case, clip, tmp_path):
    (tmp_path / "空.mp4").touch()
    ended = cli("import", bare_case, clip, tmp_path / "空.mp4", "--json")
    assert ended.status == 3
    holds(ended.json["imported"][0], "id", "sha256", "duration_us", "warnings")
    holds(ended.json["refused"][0], "file", "code", "reason")
    assert [one["code"] for one in ended.json["refused"]] == ["import.empty"]
    again = cli("import", bare_case, clip, "--json", "--platform", "台", "--room", "间", "--account", "@", "--host", "人", "--started-at", "2026-06-01T20:00:00+08:00")  # fmt: skip
    assert (again.status, again.json["imported"][0]["duplicate"]) == (0, True)


def test_that_transcribe_gives_segments_with_their_engine(cli, bare_case, monkeypatch):
    """Read from what is there: subtitles that came with the material are a transcript too. Real speech is heard in tests/kill."""
    if not any(pack.name == "base" for pack in packs.installed()):
        pytest.skip("the base model is not installed")
    ended = cli("export", bare_case, "--as", "json", "--out", bare_case.parent / "x.json", "--json")
    document = json.loads((bare_case.parent / "x.json").read_text(encoding="utf-8"))
    assert ended.status == 0
    holds(document["transcripts"][0], "segments", "engine", "model_sha256")
    holds(document["transcripts"][0]["segments"][0], "id", "start_us", "end_us", "text", "confidence", "flags")


def test_that_leads_are_found_with_rule_article_and_reason(cli, bare_case):
    ended = cli("leads", bare_case, "--json")
    assert ended.status == 0
    leads = ended.json["leads"]
    assert leads, "“全网最低价” and “国家级” are in the words"
    for lead in leads:
        holds(lead, "id", "rule", "articles", "witness", "start_us", "end_us", "quote", "reason")
        assert lead["articles"] and lead["reason"]
    assert cli("leads", bare_case, "--recording", "1", "--json").json == ended.json


def test_that_a_finding_is_made_with_its_exhibits_and_listed(cli, bare_case):
    words = ("--from", "00:00:00.500", "--to", "0:02", "--article", "办法:34-1", "--article", "广告法:9-1-3", "--note", "核对=¥9.9")
    ended = cli("finding", "add", bare_case, "--recording", recording_of(bare_case), *words, "--json")
    assert ended.status == 0, ended.err
    made = ended.json
    holds(made, "id", "articles", "start_us", "end_us", "quote", "elements", "state", "by", "exhibits")
    assert (made["start_us"], made["end_us"], made["articles"]) == (500_000, 2_000_000, ["办法:34-1", "广告法:9-1-3"])
    assert made["quote"] == "这款面膜全网最低价"
    assert {one["kind"] for one in made["exhibits"]} == {"still", "quote", "chat"}
    still = next(one for one in made["exhibits"] if one["kind"] == "still")
    assert len(still["sha256"]) == 64 and still["time_base"]
    listed = cli("finding", "list", bare_case, "--json")
    assert listed.json == {"findings": [made]}


def test_that_search_finds_in_one_case_and_over_many(cli, bare_case, full_case):
    ended = cli("search", bare_case, "最低", "--json")
    assert ended.status == 0
    for hit in ended.json["hits"]:
        holds(hit, "case", "recording", "witness", "start_us", "text")
    assert {hit["witness"] for hit in ended.json["hits"]} == {"speech", "chat"}
    everywhere = cli("search", "--all", bare_case.parent, "最低", "--json")
    assert {hit["case"] for hit in everywhere.json["hits"]} == {str(bare_case), str(full_case)}
    assert cli("search", bare_case, "没有这句", "--json").json["hits"] == []
    (full_case / "case.db").write_bytes(b"x" * 9000)
    rest = cli("search", "--all", bare_case.parent, "最低", "--json")
    assert (rest.status, {hit["case"] for hit in rest.json["hits"]}) == (0, {str(bare_case)})
    assert [(one["case"], one["code"]) for one in rest.json["skipped"]] == [(str(full_case), "case.damaged")]
    assert cli("search", full_case, "最低").status == 3


def test_that_a_dossier_is_built_and_verifies(cli, full_case, tmp_path):
    out = tmp_path / "卷 宗.pdf"
    ended = cli("dossier", full_case, "--out", out, "--json")
    assert ended.status == 0, ended.err
    holds(ended.json, "pdf", "pages", "exhibits", "sha256", "journal_head")
    assert out.read_bytes().startswith(b"%PDF")
    checked = cli("verify", out, "--case", full_case, "--json")
    assert (checked.status, checked.json["problems"]) == (0, [])
    alone = cli("verify", out, "--json")
    assert alone.status == 0
    holds(alone.json, "ok", "checked", "problems")


def test_that_verify_says_what_was_checked(cli, full_case):
    ended = cli("verify", full_case, "--json")
    assert ended.status == 0
    assert ended.json["ok"] is True
    assert ended.json["checked"]["original_files"] == 3
    (full_case / "originals" / "x").touch()
    broken = cli("verify", full_case, "--json")
    assert (broken.status, broken.json["ok"]) == (1, False)
    holds(broken.json["problems"][0], "code", "what", "where")


@pytest.mark.parametrize("kind", ["srt", "vtt", "csv", "json"])
def test_that_exports_are_written(cli, full_case, tmp_path, kind):
    out = tmp_path / "导 出" / f"x.{kind}"
    ended = cli("export", full_case, "--as", kind, "--out", out, "--json")
    assert (ended.status, ended.json) == (0, {"written": [str(out)]})
    assert out.stat().st_size


def test_that_the_law_can_be_listed_shown_found_and_checked(cli):
    listed = cli("law", "list", "--json").json["articles"]
    shown = cli("law", "show", "办法:34-1", "--on", "2026-06-01", "--json")
    found = cli("law", "find", "最低价", "--json")
    assert (shown.status, found.status) == (0, 0)
    for article in (*listed, *shown.json["articles"], *found.json["articles"]):
        holds(article, "code", "title", "binds", "summary", "elements", "liability", "penalty", "edition")
    assert shown.json["articles"][0]["code"] == "办法:34-1"
    checked = cli("law", "check", "--json")
    assert (checked.status, checked.json["ok"]) == (0, True)


def test_that_an_official_text_can_be_imported_and_quoted(cli):
    """The law's own words come from a text that the user brings; the note texts are read in place and only where they are."""
    text = Path(__file__).parents[3].parent / "shared" / "law" / "价格法.md"
    if not text.is_file():
        pytest.skip("no official text at hand")
    ended = cli("law", "import", text, "--json")
    assert ended.status == 0, ended.err
    holds(ended.json, "title", "sha256", "source", "articles")
    assert ended.json["articles"] > 40


def test_that_the_journal_is_listed_with_its_head(cli, full_case):
    ended = cli("journal", full_case, "--json")
    assert ended.status == 0
    rows = ended.json["rows"]
    assert ended.json["head"] == rows[-1]["hash"]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["prev"] == before["hash"] for before, row in itertools.pairwise(rows))
    assert [row["seq"] for row in cli("journal", full_case, "--after", len(rows) - 2, "--json").json["rows"]] == [len(rows) - 1, len(rows)]


def test_that_models_are_listed_and_doctor_looks(cli):
    listed = cli("models", "list", "--json")
    assert listed.status == 0
    for model in listed.json["models"]:
        holds(model, "name", "path", "sha256", "ok")
    doctor = cli("doctor", "--json")
    assert doctor.status in (0, 1)
    for check in doctor.json["checks"]:
        holds(check, "name", "ok", "detail", "fix")
        assert check["ok"] or check["fix"]


def test_that_no_model_is_a_failed_check(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("ZHIJIAN_MODELS", str(tmp_path / "空"))
    ended = cli("models", "check", "--json")
    assert (ended.status, ended.json) == (1, {"models": [], "ok": False})


READABLE = [
    ("case", "info"), ("finding", "list"), ("journal",), ("leads",), ("verify",), ("search",),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("words", READABLE, ids=" ".join)
def test_that_every_command_has_a_face_for_people_in_both_languages(cli, full_case, words, lang):
    rest = ("最低",) if words == ("search",) else ()
    ended = cli(*words, full_case, *rest, "--lang", lang)
    assert ended.status == 0
    assert ended.out.strip()
    assert "cli." not in ended.out + ended.err, "a key without words"
    with pytest.raises(ValueError):
        json.loads(ended.out)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "words", [("law", "list"), ("law", "show", "办法:34-1"), ("law", "find", "低价"), ("law", "check"), ("models", "list"), ("doctor",)]
)
def test_that_commands_without_a_case_have_faces_too(cli, words, lang):
    ended = cli(*words, "--lang", lang)
    assert ended.status in (0, 1)
    for prefix in ("cli.", "doctor.", "binds.", "exhibit.", "condition.", "warning."):
        assert not [word for word in ended.out.split() if word.startswith(prefix)], ended.out


def test_that_case_session_corrects_what_is_known_of_a_broadcast(cli, bare_case, clip):
    assert cli("import", bare_case, clip).status == 0
    ended = cli(
        "case", "session", bare_case, "--recording", "1", "--room", "云朵小铺", "--started-at", "2026-06-01T20:00:00+08:00", "--json"
    )
    assert ended.status == 0
    holds(ended.json, "session", "recordings", "day", "day_before", "findings", "chats")
    [recording] = cli("case", "info", bare_case, "--json").json["recordings"]
    assert (recording["room"], recording["started_at"]) == ("云朵小铺", "2026-06-01T20:00:00+08:00")
