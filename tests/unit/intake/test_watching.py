"""A watched folder tells each finished file once."""

import os

import pytest

from inspector_app.intake.watching import Watch

SECOND = 1_000_000_000


@pytest.fixture
def clock():
    now = [0]

    def tick(seconds=0):
        now[0] += int(seconds * SECOND)
        return now[0]

    return tick


def test_that_a_file_is_told_once_it_has_stood_for_two_seconds(tmp_path, clock):
    watch = Watch(tmp_path, clock=clock)
    film = tmp_path / "直播 1.flv"
    film.write_bytes(b"a")
    assert watch.poll() == [] and watch.waiting == 1
    clock(1.5)
    film.write_bytes(b"ab")
    assert watch.poll() == []
    clock(1.9)
    assert watch.poll() == []
    clock(0.2)
    assert watch.poll() == [film] and watch.waiting == 0
    clock(10)
    assert watch.poll() == []
    film.write_bytes(b"abc")
    watch.poll()
    clock(3)
    assert watch.poll() == [film]  # it is another file now


def test_that_other_kinds_hidden_ones_and_empty_ones_are_passed_over(tmp_path, clock):
    for name, content in (("a.txt", b"x"), (".b.flv", b"x"), ("c.flv", b"")):
        (tmp_path / name).write_bytes(content)
    (tmp_path / "子").mkdir()
    (tmp_path / "子" / "d.flv").write_bytes(b"x")
    watch = Watch(tmp_path, clock=clock)
    watch.poll()
    clock(3)
    assert [path.name for path in watch.poll()] == ["d.flv"]


def test_that_known_files_are_not_told_and_a_folder_that_goes_away_and_comes_back_is_not_new(tmp_path, clock):
    folder = tmp_path / "盘"
    folder.mkdir()
    film = folder / "a.flv"
    film.write_bytes(b"x")
    state = film.stat()
    watch = Watch(folder, {(str(film), state.st_size, state.st_mtime_ns)}, clock=clock)
    watch.poll()
    clock(3)
    assert watch.poll() == []
    folder.rename(tmp_path / "拔出")
    assert watch.poll() == []
    (tmp_path / "拔出").rename(folder)
    clock(3)
    assert watch.poll() == []
    os.utime(film, (1, 1))
    watch.poll()
    clock(3)
    assert watch.poll() == [film]
