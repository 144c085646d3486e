"""Every code, title and key that the program uses has its words in both languages, with the same placeholders."""

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import inspector_app
from inspector_app import commands, i18n
from inspector_app.commands.registry import COMMANDS
from inspector_app.domain import errors
from inspector_app.resources import resource

PACKAGE = Path(inspector_app.__file__).parent
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.InspectorError)}
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def words(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(resource("i18n", language).glob("*.json")):
        found |= json.loads(file.read_text(encoding="utf-8"))
    return found


WORDS = {language: words(language) for language in i18n.LANGUAGES}


def calls() -> Iterator[tuple[Path, str, ast.Call]]:
    """Every call in the program: file, the called name's last part, the call."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
                yield file.relative_to(PACKAGE), name, node


def constants(node: ast.expr) -> list[str]:
    """The texts a value may be: a literal, or both sides of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return constants(node.body) + constants(node.orelse) if isinstance(node, ast.IfExp) else []


Sites = dict[str, list[tuple[str, set[str] | None]]]


def raised() -> Sites:
    """Error code → where it is raised and with which facts (None: not to be seen in the source)."""
    found: Sites = {}
    for file, name, call in calls():
        where = f"{file}:{call.lineno}"
        if name in ERRORS and call.args:
            facts = None if any(keyword.arg is None for keyword in call.keywords) else {str(keyword.arg) for keyword in call.keywords}
            for code in constants(call.args[0]):
                found.setdefault(code, []).append((where, facts))
        elif name == "send":
            for code in (code for keyword in call.keywords if keyword.arg == "code" for code in constants(keyword.value)):
                found.setdefault(code, []).append((where, None))
    for where, code in chosen():
        found.setdefault(code, []).append((where, None))
    for name in ERRORS:
        found.setdefault(getattr(errors, name).code, []).append(("domain/errors.py", None))
    return found


def chosen() -> Iterator[tuple[str, str]]:
    """Codes that are put into a variable `code` first and raised later, with their place."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "code" for target in node.targets):
                codes = (code for code in constants(node.value) if re.fullmatch(r"[a-z_]+\.[a-z_.]+", code))
                yield from ((f"{file.relative_to(PACKAGE)}:{node.lineno}", code) for code in codes)


def literals(names: set[str], place: int = 0) -> dict[str, str]:
    """Literal texts given at `place` to calls of these names → where."""
    return {
        text: f"{file}:{call.lineno}"
        for file, name, call in calls()
        if name in names and len(call.args) > place
        for text in constants(call.args[place])
    }


def lacking(keys: dict[str, str]) -> str:
    """Keys that a language has no words for, and where they are used, one a line."""
    return "\n".join(f"{language}: {key} ({where})" for language in WORDS for key, where in keys.items() if not WORDS[language].get(key))


def test_that_both_languages_have_the_same_keys():
    zh, en = WORDS["zh"].keys(), WORDS["en"].keys()
    assert sorted(zh - en) == []
    assert sorted(en - zh) == []


def test_that_no_key_stands_in_two_files():
    for language in i18n.LANGUAGES:
        seen: dict[str, str] = {}
        twice = []
        for file in sorted(resource("i18n", language).glob("*.json")):
            pairs = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=list)
            twice += [f"{language}: {key} in {seen[key]} and {file.name}" for key, _ in pairs if key in seen]
            for key, _ in pairs:
                if seen.setdefault(key, file.name) == file.name and [one for one, _ in pairs].count(key) > 1:
                    twice.append(f"{language}: {key} twice in {file.name}")
        assert twice == []


def test_that_a_sentence_and_its_translation_have_the_same_placeholders():
    """A fact that has an English form of its own is given as `name` and `name_en`."""

    def places(language: str, key: str) -> set[str]:
        return {name.removesuffix("_en") for name in PLACEHOLDER.findall(WORDS[language][key])}

    both = WORDS["zh"].keys() & WORDS["en"].keys()
    different = {key: (places("zh", key), places("en", key)) for key in both if places("zh", key) != places("en", key)}
    assert different == {}


def test_that_english_is_english_and_nothing_is_empty():
    assert [key for language in WORDS for key, text in WORDS[language].items() if not text.strip()] == []
    chinese = re.compile("[\u4e00-\u9fff]")
    kept = re.compile(
        r"直鉴|程序规定|[《〔“「][^》〕”」]*[》〕”」]|办法|广告法|第九条第（三）项|张三:苏A-0001"
    )  # names and what a person types
    chinese_left = [f"{key}: {text}" for key, text in WORDS["en"].items() if "language" not in key and chinese.search(kept.sub("", text))]
    assert not chinese_left, "\n".join(chinese_left)


def test_that_every_error_has_a_cause_and_a_next_step():
    sites = raised()
    assert len(sites) > 40
    spoken = {code: where for code, where in sites.items() if f"warning.{code}" not in WORDS["zh"]}  # the others are only ever told
    assert not (missing := lacking({f"{code}.{part}": where[0][0] for code, where in spoken.items() for part in ("cause", "next")})), (
        missing
    )


def test_that_every_error_gives_the_facts_its_sentence_needs():
    empty = []
    for code, sites in raised().items():
        needed = {name for part in ("cause", "next") for name in PLACEHOLDER.findall(WORDS["zh"].get(f"{code}.{part}", ""))}
        needed -= {"file"} if code.startswith("import.") else set()  # the import adds the name of every file it refuses
        empty += [f"{where}: {code} lacks {sorted(needed - facts)}" for where, facts in sites if facts is not None and needed - facts]
    assert not empty, "\n".join(empty)


def test_that_every_warning_has_words():
    codes = literals({"Warned", "warn"})
    assert not (missing := lacking({f"warning.{code}": where for code, where in codes.items() if f"{code}.cause" not in WORDS["zh"]})), (
        missing
    )


def test_that_every_problem_of_a_check_has_words():
    codes = literals({"Problem"})
    for kind in ("original", "index", "exhibit", "derivative", "dossier"):
        codes |= {f"{kind}.missing": "integrity/verify.py", f"{kind}.altered": "integrity/verify.py"}
        codes |= {f"{kind}.size": "integrity/verify.py"} if kind != "index" else {}
    assert len(codes) > 20
    assert not (missing := lacking({f"warning.{code}": where for code, where in codes.items() if f"{code}.cause" not in WORDS["zh"]})), (
        missing
    )


def test_that_every_command_has_a_title():
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}")
    assert len(COMMANDS) > 30
    assert not (missing := lacking({f"command.{name}": "commands" for name in COMMANDS})), missing


def test_that_every_act_of_the_journal_has_a_title():
    acts = literals({"Act", "commit"}) | literals({"_change"}, 1)
    acts |= {f"job.{state}": "jobs/run.py" for state in ("running", "done", "failed", "stopped", "interrupted")}
    assert len(acts) > 20
    assert not (missing := lacking({f"act.{name}": where for name, where in acts.items()})), missing


def test_that_every_literal_key_has_words():
    keys = literals({"tr", "_line", "word_of"})
    assert not (missing := lacking({key: where for key, where in keys.items() if "." in key})), missing


def test_that_facts_may_hold_braces_and_a_missing_key_shows_itself():
    before = i18n.language()
    try:
        for language in i18n.LANGUAGES:
            i18n.set_language(language)
            cause, step = i18n.explain(errors.CaseError("case.exists", folder="{number} {0}"))
            assert "{number} {0}" in cause and step
            assert i18n.tr("no.such.key") == "no.such.key"
            assert i18n.has("case.exists.cause") and not i18n.has("no.such.key")
    finally:
        i18n.set_language(before)
    with pytest.raises(ValueError, match="de"):
        i18n.set_language("de")
