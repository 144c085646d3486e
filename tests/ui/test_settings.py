"""Options, the settings file, profiles of a bureau, and the settings page."""

import json
import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from inspector_app.domain.errors import BadInput
from inspector_app.i18n import LANGUAGES, explain, has, language, set_language, tr
from inspector_app.statutes import bureau
from inspector_app.ui.bridge import profiles
from inspector_app.ui.bridge.options import OPTIONS, SECTIONS
from inspector_app.ui.bridge.settings import Settings
from inspector_app.ui.input.keymap import key_map
from inspector_app.ui.pages.settings import SettingsPage
from inspector_app.ui.panes.articles import HOT
from inspector_app.ui.shell.window import MainWindow
from inspector_app.ui.theme.look import look


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_DATA", str(tmp_path / "数据"))


@pytest.fixture
def page(empty_window: MainWindow) -> SettingsPage:
    empty_window.show_page("settings")
    page = empty_window.page("settings")
    assert isinstance(page, SettingsPage)
    return page


def test_that_every_option_has_words_in_both_languages_and_a_valid_default() -> None:
    before = language()
    for name in LANGUAGES:
        set_language(name)
        for option in OPTIONS.values():
            assert option.problem(option.default) == ""
            assert has(f"ui.option.{option.name}") and has(f"ui.option.{option.name}.why"), option.name
            assert all(has(f"ui.option.{option.name}.{choice or 'system'}") for choice in option.choices if option.name != "key_preset")
        assert all(has(f"ui.settings.{section}") and has(f"ui.settings.{section}.words") for section in SECTIONS)
    set_language(before)


def test_that_a_wrong_value_is_refused_and_what_was_kept_stays(settings: Settings) -> None:
    assert settings.choose("recording.rate", 30) == ""
    assert settings.choose("recording.rate", 600) == "number"
    assert settings.choose("network.timestamp_url", "ftp://x") == "url"
    assert settings.choose("network.sntp", "yes") == "flag"
    assert settings.choose("scheme", "pink") == "choice"
    assert settings.option("recording.rate") == 30
    settings.set("recording.rate", "many")
    assert settings.option("recording.rate") == OPTIONS["recording.rate"].default


def test_that_nothing_of_the_network_is_on_by_itself(settings: Settings) -> None:
    assert settings.option("network.sntp") is False
    assert settings.option("network.timestamp_url") == ""
    assert settings.option("recording.sound") is False


@pytest.mark.parametrize("content", [b"{half", b"[1, 2]", b"\xff\xfe\x00"])
def test_that_a_broken_settings_file_is_set_aside_and_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.set_aside is not None
    assert settings.set_aside.read_bytes() == content
    settings.set("scheme", "dark")
    assert json.loads(path.read_text(encoding="utf-8"))["scheme"] == "dark"
    assert settings.set_aside.read_bytes() == content
    assert list(tmp_path.glob("*.partial")) == []


def test_that_the_window_says_that_its_settings_were_broken(qtbot: QtBot, tmp_path: Path, qapp: object) -> None:
    from inspector_app.ui.app import make_application

    path = tmp_path / "window.json"
    path.write_text("{", encoding="utf-8")
    settings = Settings(path)
    make_application(settings, "zh")
    window = MainWindow(settings)
    qtbot.addWidget(window)
    assert settings.set_aside is not None and settings.set_aside.name in window.hint.text


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_that_a_profile_that_cannot_be_written_is_known(tmp_path: Path) -> None:
    folder = tmp_path / "fest"
    folder.mkdir()
    settings = Settings(folder / "window.json")
    folder.chmod(0o500)
    settings.set("scheme", "dark")
    folder.chmod(0o700)
    assert settings.unwritten
    assert settings.option("scheme") == "dark"


# -- profiles ----------------------------------------------------------------------------------------------------------------------


def test_that_a_profile_comes_back_as_it_was_written(empty_window: MainWindow, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "本局.yaml"
    settings.choose("recording.rate", 24)
    settings.choose("network.timestamp_url", "http://tsa.example.cn/tsr")
    settings.choose("officer1", "张三")
    key_map().bind("note", ("M",))
    profiles.write(path, settings, key_map(), HOT)
    found = profiles.read(path)
    assert found.options["recording.rate"] == 24
    assert found.options["network.sntp"] is False
    assert found.keys["note"] == ["M"]
    assert found.hot == HOT
    assert "张三" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        (["format: 2"], "profile.wrong", "1"),
        (["format: 1", "colour: red"], "profile.unknown", "2"),
        (["format: 1", "options:", "  officer1: 张三"], "profile.unknown", "3"),
        (["format: 1", "options:", "  scheme: dark", "  recording.rate: 500"], "profile.wrong", "4"),
        (["format: 1", "keys:", "  note: [Ctrl+S]"], "profile.wrong", "3"),
        (["format: 1", "keys:", "  note: [M]", "  mark: [M]"], "profile.wrong", "4"),
        (["format: 1", "keys:", "  undo: [U]"], "profile.unknown", "3"),
        (["format: 1", "hot_articles:", "  1: 第一条"], "profile.wrong", "3"),
        (["format: 1", "hot_articles:", "  1: 办法:32"], "profile.wrong", "3"),
        (["format: 1", "options: [a"], "profile.bad_yaml", "3"),
        (["- a"], "profile.wrong", "1"),
    ],
)
def test_that_a_slip_in_a_profile_is_named_by_its_line(tmp_path: Path, rows: list[str], code: str, line: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        profiles.read(path)
    assert (caught.value.code, caught.value.facts["line"]) == (code, line)
    assert all("{" not in sentence for sentence in explain(caught.value))


def test_that_a_profile_with_a_slip_changes_nothing(page: SettingsPage, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("format: 1\noptions:\n  recording.rate: 40\n  scheme: pink\n", encoding="utf-8")
    page.take_file(path)
    assert settings.option("recording.rate") == OPTIONS["recording.rate"].default


def test_that_a_profile_is_taken_in_and_shown(page: SettingsPage, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("format: 1\noptions:\n  recording.rate: 40\n  scheme: dark\nkeys:\n  note: [M]\n", encoding="utf-8")
    page.take_file(path)
    assert settings.option("recording.rate") == 40
    assert look().scheme == "dark"
    assert key_map().coding("M") == "note"
    look().choose("light")


# -- the page ----------------------------------------------------------------------------------------------------------------------


def test_that_controls_keep_what_is_chosen_at_once(page: SettingsPage, settings: Settings) -> None:
    sntp = page.rows["network.sntp"].control
    assert isinstance(sntp, QCheckBox)
    sntp.click()
    assert settings.option("network.sntp") is True
    scheme = page.rows["scheme"].control
    assert isinstance(scheme, QComboBox)
    scheme.activated.emit(2)
    assert look().t.dark
    look().choose("light")
    url = page.rows["network.timestamp_url"].control
    assert isinstance(url, QLineEdit)
    url.setText("not an address")
    url.editingFinished.emit()
    assert settings.option("network.timestamp_url") == ""
    assert url.property("wrong")


def test_that_search_shows_what_fits_and_hides_the_rest(page: SettingsPage) -> None:
    page.search.setText("时间戳")
    assert [name for name, row in page.rows.items() if row.isVisibleTo(page)] and not page.rows["scheme"].isVisibleTo(page)
    assert page.rows["network.timestamp_url"].isVisibleTo(page)
    page.search.clear()
    assert page.rows["scheme"].isVisibleTo(page)


def test_that_hot_articles_are_checked_then_kept_as_the_bureaus(page: SettingsPage, empty_window: MainWindow) -> None:
    page.hot.fields["1"].setText("办法:999")
    page.hot.save()
    assert not (bureau.folder() / bureau.HOT_KEYS).exists()
    assert empty_window.hint.text
    page.hot.fields["1"].setText("办法:34-1")
    page.hot.fields["2"].setText("办法:34-1")
    page.hot.save()
    assert not (bureau.folder() / bureau.HOT_KEYS).exists()
    page.hot.fields["2"].setText("办法:35")
    page.hot.save()
    found = bureau.hot_set(bureau.folder())
    assert found is not None and found.codes[1] == "办法:35"
    page.hot.use_own()
    assert page.hot.codes() == HOT


def test_that_officers_of_the_settings_stand_in_a_new_case(empty_window: MainWindow, settings: Settings, tmp_path: Path) -> None:
    settings.choose("officer1", "张三")
    settings.choose("storage.cases", str(tmp_path / "移动硬盘"))
    empty_window.show_form()
    assert empty_window.form.fields["officer1"].text() == "张三"
    assert empty_window.form.fields["folder"].text().startswith(str(tmp_path / "移动硬盘"))


def test_that_models_and_places_are_listed(qtbot: QtBot, page: SettingsPage) -> None:
    qtbot.waitUntil(lambda: page.models._list.count() > 0)
    assert page.places._grid.count() >= 12
    assert tr("ui.places.models") in [page.places._grid.itemAt(at).widget().property("text") for at in range(page.places._grid.count())]
