"""The window around the core loop: starting, making and opening cases, the steps, language and scheme, words, and light starts."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector_app.domain.records import Dossier, Finding, Job, Recording
from inspector_app.i18n import LANGUAGES, has, tr
from inspector_app.resources import resource
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.shell.topbar import STEPS
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.theme.look import look

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: what the case itself says stays as it was recorded, whatever the language
RECORDED = re.compile(r"张三|李四|云朵小铺|沪市监|晚场|办法|广告法|价格法|规定|条例|^中$")


def texts(widget: QWidget) -> list[str]:
    """Every word a person sees in a widget: labels and buttons."""
    found = [each for each in (*widget.findChildren(QLabel), *widget.findChildren(QPushButton)) if each.isVisible()]
    return [each.text() for each in found if each.text()]


def test_that_the_start_screen_is_designed_when_there_is_nothing(empty_window: MainWindow) -> None:
    assert tr("ui.start.none") in texts(empty_window.start)
    assert not empty_window.has_case


def test_that_a_step_without_a_case_is_answered_in_the_hint_bar(empty_window: MainWindow) -> None:
    empty_window.go(1)
    assert empty_window.hint.text == tr("ui.said.no_case")


def test_that_the_form_says_what_is_missing_and_makes_nothing(empty_window: MainWindow, tmp_path: Path) -> None:
    form = empty_window.form
    empty_window.show_form()
    form.fields["folder"].setText(str(tmp_path / "新 案"))
    form.submit()
    assert set(form.problems()) == {"number", "cause", "party", "officer1", "officer2", "certificate1", "certificate2"}
    assert not (tmp_path / "新 案").exists()


def test_that_the_form_refuses_one_officer_twice_and_a_used_folder(empty_window: MainWindow, case_folder: Path) -> None:
    form = empty_window.form
    for name, text in {"certificate1": "沪-1", "certificate2": "沪-1", "folder": str(case_folder)}.items():
        form.fields[name].setText(text)
    assert form.problems()["certificate2"] == "ui.new.same_officer"
    assert form.problems()["folder"] == "ui.new.folder_used"


def test_that_the_form_makes_a_case_and_shows_intake(empty_window: MainWindow, settings: Settings, tmp_path: Path) -> None:
    form = empty_window.form
    empty_window.show_form()
    words = {
        "number": "2026/1 号",
        "cause": "虚假宣传",
        "party": "云朵",
        "officer1": "张三",
        "certificate1": "1",
        "officer2": "李四",
        "certificate2": "2",
        "folder": str(tmp_path / "新 案"),
    }
    for name, text in words.items():
        form.fields[name].setText(text)
    form.submit()
    assert empty_window.has_case
    assert empty_window.bench.place == 0
    assert settings.recent()[0]["number"] == "2026/1 号"
    assert (tmp_path / "新 案" / "case.db").is_file()


def test_that_a_folder_that_is_no_case_is_refused_in_words(empty_window: MainWindow, tmp_path: Path) -> None:
    assert not empty_window.open_case(tmp_path)
    assert empty_window.hint.text
    assert "case.not_a_case" not in empty_window.hint.text


def test_that_an_opened_case_is_remembered_with_number_and_party(window: MainWindow, settings: Settings, case_folder: Path) -> None:
    [row] = settings.recent()
    assert (row["folder"], row["party"]) == (str(case_folder), "云朵小铺")
    window.show_start()
    assert any("云朵小铺" in text for text in texts(window.start))


def test_that_every_step_can_be_shown(qtbot: QtBot, window: MainWindow) -> None:
    for place in range(len(STEPS)):
        window.go(place)
        assert window.bench.place == place
        assert window.top.buttons[place].isChecked()
        qtbot.wait(50)


def test_that_the_language_changes_at_once_everywhere(qtbot: QtBot, window: MainWindow) -> None:
    window.bench.watch.coding.do("lead_on")
    window.set_language("en")
    for place in range(len(STEPS)):
        window.go(place)
        qtbot.wait(250)
        seen = texts(window)
        assert seen
        left = [text for text in seen if CHINESE.search(text) and not RECORDED.search(text)]
        allowed = {row.words for row in window.bench.watch.transcript_model.rows}
        assert [text for text in left if text not in allowed and not any(words[:8] in text for words in allowed)] == []
    window.set_language("zh")
    assert window.top.buttons[0].text() == "1  采集"


def test_that_the_scheme_changes_every_colour(window: MainWindow) -> None:
    look().choose("light")
    light = window.grab().toImage().pixelColor(3, 3)
    look().choose("dark")
    dark = window.grab().toImage().pixelColor(3, 3)
    look().choose("light")
    assert light.lightness() > 200 > 60 > dark.lightness()


def test_that_the_models_are_sound(qtbot: QtBot, window: MainWindow) -> None:
    bench = window.bench
    models = (bench.watch.transcript_model, bench.watch.findings_model, bench.intake.model, bench.review.model)
    testers = [QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal) for model in models]
    bench.watch.coding.tap("办法:34-1")
    qtbot.waitUntil(lambda: bench.watch.findings_model.rowCount() == 1)
    window.undo()
    qtbot.waitUntil(lambda: bench.watch.findings_model.rowCount() == 0)
    for kind in ("speech", "screen", "chat"):
        bench.watch.transcript_model.show_kind(kind, False)
    assert bench.watch.transcript_model.rowCount() == 0
    assert len(testers) == len(models)


def test_that_filters_hide_and_show_kinds_of_lines(window: MainWindow) -> None:
    model = window.bench.watch.transcript_model
    everything = model.rowCount()
    model.show_kind("screen", False)
    assert model.rowCount() == everything - 2
    model.show_kind("screen", True)
    assert model.rowCount() == everything


def test_that_evidence_lists_the_finding_and_ticks_an_element(qtbot: QtBot, window: MainWindow) -> None:
    bench = window.bench
    bench.watch.playback.seek(4_500_000)
    bench.watch.coding.tap("办法:34-1")
    window.go(2)
    qtbot.waitUntil(lambda: len(bench.evidence.claims) == 1)
    [finding] = bench.desk.work.opened.find(Finding)
    element = next(iter(finding.elements))
    before = finding.elements[element]["ticked"]
    qtbot.waitUntil(lambda: any("第三十四条第一款" in text for text in texts(bench.evidence)))
    bench.desk.do("element.tick", finding_id=finding.id, element_id=element, ticked=not before)
    assert bench.desk.work.opened.get(Finding, finding.id).elements[element]["ticked"] == int(not before)


def test_that_review_says_what_is_lacking_and_verifies(qtbot: QtBot, window: MainWindow) -> None:
    bench = window.bench
    bench.watch.coding.tap("办法:34-1")
    window.go(3)
    qtbot.waitUntil(lambda: bench.review.model.rowCount() == 1)
    assert tr("ui.review.lack_proves") in str(bench.review.model.index(0, 6).data())
    bench.review.verify()
    words = (tr("ui.verify.ok"), tr("ui.verify.bad"))
    qtbot.waitUntil(lambda: any(text in words for text in texts(bench.review)))


@pytest.mark.slow
def test_that_a_dossier_is_built_shown_and_verified(qtbot: QtBot, window: MainWindow) -> None:
    bench = window.bench
    bench.watch.coding.tap("办法:34-1")
    window.go(4)
    qtbot.waitUntil(bench.dossier._build.isEnabled)
    bench.dossier.build()
    case = bench.desk.work.opened
    qtbot.waitUntil(lambda: any(job.state in ("done", "failed") for job in case.find(Job, kind="dossier")))
    assert case.count(Dossier) == 1, case.find(Job, kind="dossier")
    qtbot.waitUntil(lambda: bench.dossier.preview.view.pages > 0)
    qtbot.waitUntil(lambda: bool(bench.dossier._shown))
    bench.dossier.verify()
    qtbot.waitUntil(lambda: tr("ui.verify.ok") in texts(bench.dossier))


def test_that_every_word_key_used_in_the_window_is_in_both_languages() -> None:
    used: set[str] = set()
    for file in (ROOT / "inspector_app" / "ui").rglob("*.py"):
        used |= set(re.findall(r"[\"'](ui\.[a-z_0-9.]+[a-z0-9])[\"']", file.read_text(encoding="utf-8")))
    zh, en = (
        {key for file in resource("i18n", name).glob("*.json") for key in json.loads(file.read_text(encoding="utf-8"))}
        for name in LANGUAGES
    )
    assert zh == en
    assert sorted(key for key in used if key not in zh and not any(known.startswith(key + ".") for known in zh)) == []
    assert has("ui.app.name")


def test_that_the_window_process_never_imports_heavy_libraries() -> None:
    code = (
        "import sys, inspector_app.ui.shell.bench, inspector_app.ui.app;"
        "bad = {'cv2', 'ctranslate2', 'faster_whisper', 'onnxruntime', 'rapidocr'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_that_the_start_screen_needs_no_case_rooms() -> None:
    code = "import sys, inspector_app.ui.app; sys.exit(int('inspector_app.casefile.case' in sys.modules or 'numpy' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_that_damaged_settings_count_as_none(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text("{half", encoding="utf-8")
    settings = Settings(path)
    assert settings.recent() == []
    settings.remember(tmp_path, "1", "当事人", "案由")
    assert Settings(path).recent()[0]["party"] == "当事人"


def test_that_a_file_dropped_on_intake_is_imported(qtbot: QtBot, window: MainWindow) -> None:
    clip = ROOT / "resources" / "demo" / "live_room.mp4"
    window.go(0)
    case = window.bench.desk.work.opened
    before = case.count(Recording)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(clip))])
    step = window.bench.intake
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(step, QDragEnterEvent(step.rect().center(), actions, mime, buttons, keys))
    QApplication.sendEvent(step, QDropEvent(QPointF(step.rect().center()), actions, mime, buttons, keys))
    qtbot.waitUntil(lambda: case.count(Recording) == before + 1)
    qtbot.waitUntil(lambda: any(job.state == "done" for job in case.find(Job, kind="import")))
