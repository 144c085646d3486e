"""The shell around the steps: start screen, one window per person, a case somebody else has, layouts, history, help, and what went wrong."""

import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from inspector_app.casefile import journal
from inspector_app.casefile.case import Case
from inspector_app.commands.registry import COMMANDS
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import CaseError, UsageError
from inspector_app.domain.records import Finding
from inspector_app.i18n import set_language, tr
from inspector_app.resources import resource
from inspector_app.ui.app import come_forward
from inspector_app.ui.bridge.diary import Diary
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.bridge.watchdog import Watchdog
from inspector_app.ui.pages.handbook import HandbookPage, picture_paths, text_of
from inspector_app.ui.pages.log import LogPage
from inspector_app.ui.shell.beside import read_time
from inspector_app.ui.shell.floating import on_a_screen, place_of, restore
from inspector_app.ui.shell.instance import CrashMark, FirstWindow, hand_over
from inspector_app.ui.shell.layouts import LAYOUTS
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.steps.start import CaseCard


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.focusWidget() or window, key, modifiers)


def cards(window: MainWindow) -> list[CaseCard]:
    return [card for card in window.start.findChildren(CaseCard) if not card.isHidden()]


def tag(window: MainWindow, *codes: str) -> None:
    """One finding under the first article, and each other added by an act of its own."""
    desk = window.bench.desk
    made = desk.do("finding.add", recording_id="rec_1", start_us=0, end_us=3_000_000, articles=[codes[0]], picture=False)
    assert made is not None
    for code in codes[1:]:
        desk.do("finding.add_article", finding_id=made.ids[0], article=code)


# -- start screen ------------------------------------------------------------------------------------------------------------------


def test_that_recent_cases_show_their_state_and_are_searched(qtbot: QtBot, window: MainWindow, settings: Settings) -> None:
    window.bench.watch.coding.tap("办法:34-1")
    window.show_start()
    qtbot.waitUntil(lambda: len(cards(window)) == 1)
    [card] = cards(window)
    assert tr("ui.start.findings", count=1) in [label.text() for label in card.findChildren(QLabel)]
    assert tr("ui.start.leads", count=3) in [label.text() for label in card.findChildren(QLabel)]
    for number in range(5):
        settings.remember(Path(f"/nowhere/{number}"), f"别的〔2026〕{number}号", "另一家", "价格")
    window.show_start()
    window.start.search.setText("云朵 147")
    qtbot.waitUntil(lambda: len(cards(window)) == 1)
    window.start.search.setText("没有这样的")
    assert cards(window) == [] and window.start._nothing.isVisible()


def test_that_a_package_is_unpacked_in_the_background_and_opened(
    qtbot: QtBot, empty_window: MainWindow, full_case: Path, tmp_path: Path
) -> None:
    work, package = Workspace(), tmp_path / "送审.zip"
    work.open(full_case)
    COMMANDS["package.write"].run(work, out=package)
    work.close()
    (tmp_path / "坏.zip").write_bytes(package.read_bytes()[:-400])
    empty_window.open_package(tmp_path / "坏.zip")
    qtbot.waitUntil(lambda: "坏.zip" in empty_window.hint.text)
    assert not empty_window.has_case and not empty_window.top.work.isVisible()
    empty_window.open_package(package)
    assert not empty_window.has_case and empty_window.top.work.isVisible()
    qtbot.waitUntil(lambda: empty_window.has_case)
    assert empty_window.bench.desk.work.opened.folder == tmp_path / "送审-审核"


def test_that_a_case_folder_dropped_on_the_start_screen_opens(empty_window: MainWindow, case_folder: Path) -> None:
    empty_window.start.take([case_folder])
    assert empty_window.has_case


def test_that_material_dropped_on_the_start_screen_asks_for_a_case_and_is_imported(
    empty_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = tmp_path / "直播.mp4"
    clip.write_bytes(b"x")
    empty_window.start.take([clip])
    assert empty_window.pages.currentWidget() is empty_window.form
    taken: list[list[Path]] = []
    monkeypatch.setattr(empty_window.bench.intake, "take", taken.append)
    words = {
        "number": "1",
        "cause": "虚假宣传",
        "party": "云朵",
        "officer1": "甲",
        "certificate1": "1",
        "officer2": "乙",
        "certificate2": "2",
    }
    for name, text in {**words, "folder": str(tmp_path / "新案")}.items():
        empty_window.form.fields[name].setText(text)
    empty_window.form.submit()
    assert taken == [[clip]]


# -- one window, safe start --------------------------------------------------------------------------------------------------------


def test_that_a_second_start_hands_its_case_over(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    assert not hand_over(tmp_path, None)
    first = FirstWindow(tmp_path)
    assert first.listening
    heard: list[str] = []
    first.asked.connect(heard.append)
    script = (
        "import sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication; app = QCoreApplication([]);"
        "from inspector_app.ui.shell.instance import hand_over; sys.exit(0 if hand_over(Path(sys.argv[1]), Path(sys.argv[2])) else 3)"
    )
    import subprocess

    second = subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(tmp_path / "案件")], cwd=Path(__file__).parents[2])
    qtbot.waitUntil(lambda: second.poll() is not None)
    assert second.returncode == 0
    assert heard == [str(tmp_path / "案件")]
    first.close()
    assert not hand_over(tmp_path, None)


def test_that_the_window_opens_what_a_later_start_was_given(empty_window: MainWindow, case_folder: Path) -> None:
    come_forward(empty_window, str(case_folder))
    assert empty_window.has_case


def test_that_an_unclean_end_is_known_and_its_case_offered_but_not_opened(
    empty_window: MainWindow, case_folder: Path, tmp_path: Path
) -> None:
    CrashMark(tmp_path).write(str(case_folder))
    left = CrashMark(tmp_path).left
    assert left is not None and left["case"] == str(case_folder)
    empty_window.start.tell_unclean(left["case"], left["since"])
    assert empty_window.start.unclean.isVisible() and not empty_window.has_case
    button = next(b for b in empty_window.start.unclean.findChildren(type(empty_window.start.package)) if b.text())
    button.click()
    assert empty_window.has_case
    mark = CrashMark(tmp_path)
    mark.remove()
    assert CrashMark(tmp_path).left is None


def test_that_a_case_somebody_else_has_is_opened_to_read_and_says_who(qtbot: QtBot, empty_window: MainWindow, case_folder: Path) -> None:
    with Case(case_folder) as other:
        holder = (case_folder / "holder.json").read_text(encoding="utf-8")
        assert empty_window.open_case(case_folder)
        assert empty_window.read_only
        assert empty_window.top.read_only.isVisible()
        assert empty_window.bench.desk.holder["by"] in holder
        assert empty_window.bench.desk.holder["by"] in empty_window.top.read_only.toolTip()
        store = empty_window.bench.store
        qtbot.waitUntil(lambda: store.now is not None and bool(store.now.segments))
        before = other.journal_head()
        empty_window.go(1)
        press(empty_window, Qt.Key.Key_1)
        assert other.journal_head() == before
        assert empty_window.hint.text
        empty_window.bench.desk.close_case()
    assert (case_folder / "case.db").is_file()
    assert empty_window.open_case(case_folder)
    assert not empty_window.read_only and not empty_window.top.read_only.isVisible()


# -- layouts and windows -----------------------------------------------------------------------------------------------------------


def shares(window: MainWindow) -> list[float]:
    sizes = window.bench.watch.top.sizes()
    return [size / sum(sizes) for size in sizes]


def test_that_the_three_layouts_differ_and_are_remembered(window: MainWindow, settings: Settings) -> None:
    seen = {}
    for name in LAYOUTS:
        window.arrange(name)
        seen[name] = shares(window)
    assert seen["video"][0] > seen["watch"][0] >= seen["text"][0]
    assert seen["text"][1] > seen["video"][1]
    window.bench.watch.top.setSizes([500, 500, 300])
    mine = shares(window)
    window.arrange("text")
    window.arrange("video")
    assert shares(window) == pytest.approx(mine, abs=0.02)
    assert Settings(settings.folder / "window.json").get("layout") == "video"
    window.arrange("video")
    assert shares(window) == pytest.approx(seen["video"], abs=0.02)


def test_that_the_video_floats_takes_keys_and_comes_back(qtbot: QtBot, window: MainWindow) -> None:
    watch = window.bench.watch
    window.float_video()
    floating = window.floating
    assert floating is not None and floating.isVisible() and watch.player.window() is floating
    QTest.keyClick(floating, Qt.Key.Key_Tab)
    assert watch.coding.lead_id == "led_1"
    floating.close()
    assert window.floating is None
    assert watch.top.indexOf(watch.player) == 0 and watch.player.isVisible()
    window.float_video()
    window.float_video()
    assert watch.top.indexOf(watch.player) == 0


def test_that_a_window_is_not_restored_where_no_screen_is(qtbot: QtBot, empty_window: MainWindow) -> None:
    empty_window.resize(1000, 700)
    saved = place_of(empty_window)
    assert restore(empty_window, saved)
    empty_window.move(-90_000, -90_000)
    assert not on_a_screen(empty_window)
    gone = bytes(empty_window.saveGeometry().toBase64().data()).decode()
    restore(empty_window, saved)
    before = empty_window.geometry()
    assert restore(empty_window, gone) == on_a_screen(empty_window)
    assert on_a_screen(empty_window) and empty_window.geometry().width() == before.width()
    assert not restore(empty_window, "no geometry") and not restore(empty_window, None) and not restore(empty_window, QByteArray())


# -- history -----------------------------------------------------------------------------------------------------------------------


def test_that_the_history_jumps_to_any_point_and_every_step_is_journaled(qtbot: QtBot, window: MainWindow) -> None:
    desk, case = window.bench.desk, window.bench.desk.work.opened
    tag(window, "办法:34-1", "办法:32", "办法:36")
    window.open_history()
    pane = window.history
    assert pane is not None
    qtbot.waitUntil(lambda: pane.list.count() == 4)
    assert tr("act.finding.add") in pane.list.item(1).text() and "张三" in pane.list.item(1).text()
    rows = case.journal_head()[0]
    pane.list.setCurrentRow(1)
    pane.list.itemActivated.emit(pane.list.item(1))
    qtbot.waitUntil(lambda: len(case.find(Finding)[0].articles) == 1)
    assert [row.act for row in case.read(lambda db: journal.read_all(db, rows))] == ["undo", "undo"]
    undone = tr("ui.history.undone", act="")
    qtbot.waitUntil(lambda: not pane._busy and pane.list.count() == 4 and pane.list.item(3).text().endswith(undone))
    assert pane.list.currentRow() == 1
    pane.list.itemClicked.emit(pane.list.item(3))
    qtbot.waitUntil(lambda: len(case.find(Finding)[0].articles) == 3)
    qtbot.waitUntil(lambda: not pane._busy)
    pane.list.itemClicked.emit(pane.list.item(0))
    qtbot.waitUntil(lambda: case.count(Finding) == 0)
    with pytest.raises(UsageError, match=r"usage\.no_such_step"):
        COMMANDS["history.go"].run(desk.work, place=99)
    QTest.keyClick(pane, Qt.Key.Key_Escape)
    assert not pane.isVisible()


def test_that_the_history_is_the_same_after_a_restart(qtbot: QtBot, window: MainWindow, case_folder: Path) -> None:
    desk = window.bench.desk
    tag(window, "办法:34-1", "办法:32")
    window.undo()
    before = COMMANDS["history.list"].run(desk.work).data
    desk.close_case()
    assert window.open_case(case_folder)
    after = COMMANDS["history.list"].run(desk.work).data
    assert [step.act for step in after["steps"]] == [step.act for step in before["steps"]] == ["finding.add", "finding.add_article"]
    assert (after["place"], [step.done for step in after["steps"]]) == (1, [True, False])


# -- help --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["zh", "en"])
def test_that_the_handbook_has_its_pictures_and_headings(name: str) -> None:
    assert all(path.is_file() for path in picture_paths(name))
    assert text_of(name).count("\n## ") >= 6
    assert resource("handbook").is_dir()


def test_that_the_handbook_is_read_searched_and_follows_the_language(empty_window: MainWindow) -> None:
    press(empty_window, Qt.Key.Key_F1)
    assert empty_window.sheet.isVisible()
    press(empty_window, Qt.Key.Key_F1)
    page = empty_window.pages.currentWidget()
    assert isinstance(page, HandbookPage) and not empty_window.sheet.isVisible()
    assert page.contents.count() >= 6
    page.search.setText("撤销")
    assert page.book.textCursor().selectedText() == "撤销"
    page.go_to(str(page.contents.item(4).data(Qt.ItemDataRole.UserRole)))
    chinese = page.book.toPlainText()
    empty_window.set_language("en")
    assert page.book.toPlainText() != chinese
    empty_window.set_language("zh")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert empty_window.pages.currentWidget() is empty_window.start


def test_that_the_tour_points_at_real_widgets_and_is_led_by_keys(window: MainWindow) -> None:
    window.start_tour()
    tour = window.tour
    assert tour is not None and tour.isVisible()
    seen = []
    while tour.isVisible():
        widget = tour.stop.widget()
        assert widget.isVisible() and not tour._hole().isEmpty()
        assert tour.rect().contains(tour.card.geometry())
        seen.append(tour.stop.name)
        QTest.keyClick(tour, Qt.Key.Key_Right)
    assert len(seen) == len(set(seen)) <= 8
    assert window.settings.get("tour_seen") is True
    window.start_tour()
    QTest.keyClick(tour, Qt.Key.Key_Left)
    QTest.keyClick(tour, Qt.Key.Key_Escape)
    assert not tour.isVisible()


def test_that_a_refusal_is_shown_in_full_with_a_code_to_copy(empty_window: MainWindow, tmp_path: Path) -> None:
    empty_window.open_case(tmp_path)
    QTest.mouseClick(empty_window.hint, Qt.MouseButton.LeftButton)
    notice = empty_window.notice
    assert notice is not None and notice.isVisible()
    notice.copy()
    assert "case.not_a_case" in QApplication.clipboard().text()
    QTest.keyClick(notice, Qt.Key.Key_Escape)
    assert not notice.isVisible()


def test_that_the_log_holds_codes_and_no_words_of_the_case(empty_window: MainWindow, tmp_path: Path) -> None:
    empty_window.bench.desk.complain(CaseError("case.exists", folder="/home/张三/案件"))
    try:
        raise ValueError("云朵小铺")
    except ValueError as error:
        empty_window.diary.crashed(type(error), error.__traceback__)
    empty_window.show_page("log")
    page = empty_window.page("log")
    assert isinstance(page, LogPage)
    text = page.text.toPlainText()
    assert "case.exists (folder)" in text and "ValueError" in text
    assert "张三" not in text and "云朵" not in text and str(tmp_path) not in text
    page.save(tmp_path / "log.txt")
    assert (tmp_path / "log.txt").read_text(encoding="utf-8") == text


def test_that_the_log_does_not_grow_without_end(tmp_path: Path) -> None:
    diary = Diary(tmp_path / "diary.txt")
    for _ in range(3000):
        diary.note("refused", "x" * 120)
    assert diary.path.stat().st_size < 300_000
    assert diary.read().endswith("x\n")


def test_that_times_are_read_as_people_write_them() -> None:
    assert read_time("14:24") == 864_000_000
    assert read_time("1:02:09.5") == 3_729_500_000
    assert read_time("１4") is None or read_time("14") == 14_000_000
    assert read_time("2：05") == 125_000_000
    assert read_time("7.25") == 7_250_000
    assert read_time("later") is read_time("") is None


def test_that_every_page_is_left_by_esc_to_where_the_work_is(window: MainWindow) -> None:
    for name in ("settings", "keys", "handbook", "log", "about"):
        window.show_page(name)
        QTest.keyClick(window.pages.currentWidget(), Qt.Key.Key_Escape)
        assert window.pages.currentWidget() is window.bench and window.bench.place == 1
        assert window.focusWidget() is window.bench.watch


# -- the watchdog ------------------------------------------------------------------------------------------------------------------


def test_that_the_watchdog_names_what_held_the_event_loop(qtbot: QtBot) -> None:
    dog = Watchdog()
    qtbot.wait(50)
    _hold_the_loop()
    qtbot.wait(50)
    stalls = dog.stop()
    assert any("_hold_the_loop" in row for stall in stalls for row in stall.stack)
    assert dog.longest_ms >= 200


def _hold_the_loop() -> None:
    time.sleep(0.3)


def teardown_module() -> None:
    set_language("zh")
