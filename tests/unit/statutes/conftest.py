"""The shipped catalogue, and the statute texts kept beside the project where they are present (they are never part of it)."""

import shutil
from pathlib import Path

import pytest

from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.official import OfficialText, read_official_text

ROOT = Path(__file__).parents[3]
STATUTES = ROOT / "resources" / "statutes"
TEXTS = ROOT.parent / "shared" / "law"

#: edition id → file name of its text
FILES = {
    "办法@2026-02-01": "直播电商监督管理办法.md",
    "广告法@2021-04-29": "广告法.md",
    "反不正当竞争法@2019-04-23": "反不正当竞争法(2019修正-旧).md",
    "反不正当竞争法@2025-10-15": "反不正当竞争法(2025修订).md",
    "价格法@1998-05-01": "价格法.md",
    "价格违法规定@2010-12-04": "价格违法行为行政处罚规定.md",
    "明码标价规定@2022-07-01": "明码标价和禁止价格欺诈规定.md",
    "电子商务法@2019-01-01": "电子商务法.md",
    "消费者权益保护法@2014-03-15": "消费者权益保护法.md",
    "消法实施条例@2024-07-01": "消费者权益保护法实施条例.md",
    "食品安全法@2021-04-29": "食品安全法(2021修正).md",
    "化妆品条例@2021-01-01": "化妆品监督管理条例.md",
    "互联网广告办法@2023-05-01": "互联网广告管理办法.md",
    "行政处罚法@2021-07-15": "行政处罚法.md",
    "程序规定@2022-11-01": "市场监督管理行政处罚程序规定.md",
    "产品质量法@2018-12-29": "产品质量法.md",
    "商标法@2019-11-01": "商标法.md",
    "侵害消费者权益办法@2015-03-15": "侵害消费者权益行为处罚办法.md",
}


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load(STATUTES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue to break."""
    copy = tmp_path / "法规 目录"
    shutil.copytree(STATUTES, copy)
    return copy


@pytest.fixture(scope="session")
def texts() -> dict[str, OfficialText]:
    """Official texts by edition id; the test is skipped where they are absent."""
    if not TEXTS.is_dir():
        pytest.skip("statute texts are not beside the project")
    return {edition: read_official_text(TEXTS / name) for edition, name in FILES.items()}


@pytest.fixture(scope="session")
def text_folder(texts: dict[str, OfficialText]) -> Path:
    return TEXTS
