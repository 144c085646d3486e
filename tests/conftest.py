"""What every suite shares: a short piece of the sample, a finished case made of it, and the command line as a person starts it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from inspector_app import i18n
from inspector_app.casefile import case as casefile
from inspector_app.commands import dossiers, findings, material
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.people import Officer
from inspector_app.domain.records import Recording
from inspector_app.resources import resource

CLIP_SECONDS = 6
OFFICERS = (Officer("张敏", "粤A-0001"), Officer("李䶮", "粤A-0002"))
NUMBER = "粤市监案〔2026〕1号"
SESSION = {"platform": "示例平台", "room": "云朵小铺", "account": "@yunduo", "host": "小朵", "started_at": "2026-06-01T20:00:00+08:00"}

SUBTITLES = """1
00:00:00,500 --> 00:00:02,000
这款面膜全网最低价

2
00:00:02,000 --> 00:00:04,000
国家级认证，100% 有效 ¥9.9

3
00:00:04,000 --> 00:00:05,500
只剩三单😀赶快下单
"""
CHAT = "时间,用户,内容\n00:00:01,王小二,真的最低吗\n00:00:03,李四,已拍🛒\n"


def settled(path: Path) -> Path:
    """A file nobody can still be writing to: an import waits for very new ones."""
    os.utime(path, (1_780_000_000, 1_780_000_000))
    return path


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of the sample, packet by packet: real picture, real speech."""
    path = tmp_path_factory.mktemp("素材 clip") / "直播 片段🎥.mp4"
    with av.open(str(resource("demo", "live_room.mp4"))) as source, av.open(str(path), "w") as out:
        streams = {stream.index: out.add_stream_from_template(stream) for stream in source.streams if stream.type in ("video", "audio")}
        for packet in source.demux():
            if packet.dts is not None and packet.stream.index in streams and packet.dts * packet.time_base < CLIP_SECONDS:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    return settled(path)


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Subtitles and a chat log that fit the clip."""
    folder = tmp_path_factory.mktemp("文本")
    for name, content in (("字幕.srt", SUBTITLES), ("弹幕.csv", CHAT)):
        (folder / name).write_text(content, encoding="utf-8")
    return [settled(folder / "字幕.srt"), settled(folder / "弹幕.csv")]


@pytest.fixture(scope="session")
def bare_template(tmp_path_factory: pytest.TempPathFactory, clip: Path, texts: list[Path]) -> Path:
    """A closed case with the clip, its subtitles and chat. Nobody may change it: copy it."""
    folder = tmp_path_factory.mktemp("样本") / "案件 素材"
    work = Workspace(casefile.create(folder, number=NUMBER, cause="涉嫌虚假宣传", party="云朵小铺", officers=OFFICERS))
    try:
        material.import_files(work, files=[clip, *texts], **SESSION)
    finally:
        work.close()
    return folder


@pytest.fixture(scope="session")
def full_template(tmp_path_factory: pytest.TempPathFactory, bare_template: Path) -> Path:
    """A closed case with two findings (stills taken), a note, an undone act, and a dossier in it. Nobody may change it: copy it."""
    folder = shutil.copytree(bare_template, tmp_path_factory.mktemp("样本") / "案件 全")
    work = Workspace()
    work.open(folder)
    try:
        recording = work.opened.find(Recording)[0].id
        first = findings.add(work, recording_id=recording, start_us=500_000, end_us=2_000_000, articles=["办法:34-1"], note="首条备注")
        findings.add(work, recording_id=recording, start_us=2_000_000, end_us=4_000_000, articles=["广告法:9-1-3"])
        findings.note(work, finding_id=first.ids[0], text="将被撤销")
        work.opened.undo(work.actor)
        dossiers.build(work, out=folder / "exports" / "证据卷宗.pdf")
    finally:
        work.close()
    return folder


@pytest.fixture
def bare_case(bare_template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(bare_template, tmp_path / "案件 测试 📁")


@pytest.fixture
def full_case(full_template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(full_template, tmp_path / "案件 全 📁")


@pytest.fixture
def workspace(bare_case: Path) -> Iterator[Workspace]:
    """A workspace with the bare case open."""
    work = Workspace()
    work.open(bare_case)
    yield work
    work.close()


def command_line(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "inspector_app", *map(str, words)]


@pytest.fixture(scope="session")
def inspector() -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs the command line in a process of its own and returns how it ended."""

    def run(*words: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command_line(*words), capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)

    return run


@pytest.fixture
def chinese() -> Iterator[None]:
    """Puts the language back after a test that changes it."""
    before = i18n.language()
    yield
    i18n.set_language(before)
