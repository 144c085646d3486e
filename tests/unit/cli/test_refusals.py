"""What is refused, with which exit status and words; and what stays off standard output."""

import json
import re
import subprocess
import sys

import pytest

from inspector_app.casefile.case import Case

from .test_commands import NEW, recording_of

# -- wrong usage: 2 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["case", "info", "x", "--jsn"], "--json"),
        (["import", "x", "y", "--platfrom", "z"], "--platform"),
        (["verfy", "x"], "verify"),
        (["transcribe", "x", "--modle", "base"], "--model"),
        (["law", "shw", "办法:34"], "show"),
        (["--vesion"], "--version"),
    ],
)
def test_that_a_slip_is_refused_with_a_suggestion(cli, words, hint):
    ended = cli(*words)
    assert ended.status == 2
    assert ended.out == ""
    assert hint in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "words",
    [
        ["case"],
        ["case", "new", "x"],
        ["import", "x"],
        ["export", "x", "--as", "doc", "--out", "y"],
        ["journal", "x", "--after", "drei"],
        ["verify"],
        ["verify", "a", "b"],
        ["case", "info", "x", "--js"],
        ["law", "list", "--lang", "de"],
    ],
)
def test_that_wrong_words_end_with_two(cli, words):
    ended = cli(*words)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.strip()


def test_that_no_command_shows_the_help(cli):
    ended = cli("--help")
    assert ended.status == 0
    assert "transcribe" in ended.out
    assert cli("case", "new", "--help").status == 0


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("usage.clock", ["--from", "zwei", "--to", "0:02", "--article", "办法:34-1"]),
        ("usage.outside", ["--from", "0:02", "--to", "0:01", "--article", "办法:34-1"]),
        ("usage.outside", ["--from", "0:02", "--to", "9:00:00", "--article", "办法:34-1"]),
    ],
)
def test_that_a_finding_outside_the_recording_is_wrong_usage(refused, bare_case, code, words):
    refused(2, code, "finding", "add", bare_case, "--recording", "1", *words)


def test_that_a_place_no_law_has_is_refused(cli, bare_case):
    for code in ("办法:999", "没有这部法:1", "办法", "广告法:9-1-99"):
        ended = cli("finding", "add", bare_case, "--recording", "1", "--from", "0:00", "--to", "0:01", "--article", code, "--json")
        assert ended.status in (2, 3)
        assert ended.json["error"]["code"].split(".")[0] in ("law", "statutes", "catalogue", "usage")
        assert cli("law", "show", code).status == ended.status
    assert cli("finding", "list", bare_case, "--json").json == {"findings": []}


def test_that_an_unknown_recording_is_named_with_what_there_is(refused, bare_case):
    ended = refused(2, "usage.no_recording", "leads", bare_case, "--recording", "rec_x")
    assert recording_of(bare_case) in ended.json["error"]["known"]


def test_that_case_new_wants_two_different_officers_and_every_word(refused, cli, tmp_path):
    base = ["case", "new", tmp_path / "案", "--number", "1", "--cause", "c", "--party", "p"]
    refused(3, "case.two_officers", *base, "--officer", "张敏:1")
    refused(3, "case.same_officer", *base, "--officer", "张敏:1", "--officer", "李雷:1")
    refused(2, "usage.officer", *base, "--officer", "张敏", "--officer", "李雷:1")
    refused(2, "usage.empty", *base[:-1], " ", "--officer", "张敏:1", "--officer", "李雷:2")
    assert not (tmp_path / "案").exists()


def test_that_search_wants_words_and_a_place(refused, bare_case):
    refused(2, "usage.empty", "search", bare_case, "  ")
    refused(2, "usage.search_where", "search", "最低")


@pytest.mark.parametrize("moment", ["gestern", "2026-06-01T20:00:00", "2026-13-01T20:00:00+08:00"])
def test_that_a_start_without_zone_is_refused(refused, bare_case, clip, moment):
    refused(2, "usage.moment", "import", bare_case, clip, "--started-at", moment)


def test_that_a_day_that_is_none_is_refused(refused):
    refused(2, "usage.day", "law", "list", "--on", "2026-02-30")


def test_that_a_model_nobody_knows_is_refused(refused):
    refused(2, "usage.model", "models", "fetch", "riesig")


# -- bad input: 3 ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [("case", "info"), ("leads",), ("journal",), ("transcribe",), ("read-screen",), ("finding", "list")], ids=" ".join
)
def test_that_a_folder_that_is_no_case_is_bad_input(refused, tmp_path, words):
    refused(3, "case.not_a_case", *words, tmp_path)


def test_that_searching_where_no_case_is_is_bad_input_not_an_empty_answer(refused, tmp_path):
    refused(3, "case.not_a_case", "search", tmp_path, "最低")
    refused(3, "case.not_a_case", "search", "--all", tmp_path / "没有", "最低")


def test_that_verifying_nothing_is_bad_input(refused, tmp_path):
    refused(3, "verify.nothing_there", "verify", tmp_path / "没有")


def test_that_verifying_what_is_no_case_and_no_dossier_fails(cli, tmp_path):
    (tmp_path / "信.txt").write_text("x")
    assert cli("verify", tmp_path / "信.txt", "--json").status == 1
    assert cli("verify", tmp_path, "--json").status == 1


def test_that_a_damaged_case_is_bad_input(refused, tmp_path):
    (tmp_path / "case.db").write_bytes(b"x" * 9000)
    refused(3, "case.damaged", "case", "info", tmp_path)


def test_that_a_case_over_something_is_bad_input(refused, bare_case):
    refused(3, "case.exists", "case", "new", bare_case, *NEW)


def test_that_a_case_at_work_elsewhere_is_held_but_readable(cli, refused, bare_case, clip):
    with Case(bare_case):
        refused(3, "case.held", "import", bare_case, clip)
        assert cli("case", "info", bare_case).status == 0
        assert cli("verify", bare_case).status == 0


def test_that_a_model_that_is_not_there_is_bad_input(cli, bare_case, tmp_path):
    ended = cli("transcribe", bare_case, "--model", tmp_path / "没有", "--json")
    assert ended.status == 3
    assert ended.json["error"]["code"].startswith(("model", "speech"))


def test_that_an_export_that_cannot_be_written_leaves_nothing(refused, bare_case, tmp_path):
    (tmp_path / "文件").write_text("x")
    refused(3, "storage.failed", "export", bare_case, "--as", "srt", "--out", tmp_path / "文件" / "x.srt")


def test_that_a_dossier_of_nothing_fails_its_check(refused, bare_case, tmp_path):
    refused(1, "dossier.no_findings", "dossier", bare_case, "--out", tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


def test_that_a_text_that_is_no_law_is_refused(cli, tmp_path):
    (tmp_path / "信.txt").write_text("不是法律", encoding="utf-8")
    ended = cli("law", "import", tmp_path / "信.txt", "--json")
    assert ended.status == 3
    assert ended.json["error"]["code"]


# -- the streams -----------------------------------------------------------------------------------------------------------------


def test_that_with_json_nothing_else_is_on_standard_output(inspector, bare_case, clip):
    done = inspector("import", bare_case, clip, "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["imported"]
    assert done.stderr.strip()


def test_that_english_words_are_english(cli, tmp_path):
    ended = cli("case", "info", tmp_path, "--lang", "en")
    assert ended.status == 3
    assert not re.search("[\u4e00-\u9fff]", ended.err.replace(str(tmp_path), "")), ended.err
    assert re.search("[\u4e00-\u9fff]", cli("case", "info", tmp_path).err)
    assert cli("--lang", "en", "case", "info", tmp_path).err == ended.err
    assert cli("case", "info", tmp_path, "--lang=en").err == ended.err


def test_that_a_console_of_another_encoding_does_not_end_the_work(full_case):
    done = subprocess.run(
        [sys.executable, "-m", "inspector_app", "finding", "list", str(full_case)],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "PYTHONPATH": ":".join(sys.path), "HOME": str(full_case)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "办法:34-1" in done.stdout.decode()


def test_that_a_reader_that_goes_away_is_no_error(full_case):
    done = subprocess.run(
        f'"{sys.executable}" -m inspector_app journal "{full_case}" --json | head -c 1',
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "{"
    assert "Traceback" not in done.stderr


# -- what is loaded --------------------------------------------------------------------------------------------------------------

HEAVY = ("PySide6", "shiboken6", "cv2", "ctranslate2", "onnxruntime", "faster_whisper", "rapidocr", "torch")
LOOK = f"import sys; print([name for name in {HEAVY!r} if name in sys.modules])"


def loaded_by(code):
    done = subprocess.run([sys.executable, "-c", f"{code}\n{LOOK}"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1]


def test_that_help_loads_nothing_heavy():
    code = "import sys; sys.argv = ['inspector', '--help']\nfrom inspector_app.__main__ import main\ntry: main()\nexcept SystemExit: pass"
    assert loaded_by(code) == "[]"


def test_that_the_commands_load_nothing_heavy():
    code = "import importlib, pkgutil, inspector_app.commands as c\nfor m in pkgutil.iter_modules(c.__path__): importlib.import_module('inspector_app.commands.' + m.name)\nimport inspector_app.jobs.queue, inspector_app.cli.main"
    assert loaded_by(code) == "[]"


def test_that_reading_a_case_loads_nothing_heavy(full_case):
    code = f"from inspector_app.cli.main import main\nassert main(['case', 'info', {str(full_case)!r}]) == 0\nassert main(['leads', {str(full_case)!r}]) == 0"
    assert loaded_by(code) == "[]"
