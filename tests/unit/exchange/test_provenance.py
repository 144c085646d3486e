"""Every export says where its text comes from; ELAN and plain text are written as their readers want them."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from inspector_app.commands import exports
from inspector_app.exchange import elan, plaintext
from inspector_app.exchange.provenance import FILE, MACHINE, NONE, Provenance

MADE = Provenance("直播.mp4", "a" * 64, "faster-whisper 1.2.1", "base", "d" * 64, "2026-06-01T12:00:00+00:00", True, True, 978, 40, 2, 50)


def test_that_the_lines_name_engine_digest_date_coverage_and_share_checked():
    text = "\n".join(MADE.lines())
    for word in (MACHINE, "faster-whisper 1.2.1", "d" * 64, "2026-06-01T12:00:00+00:00", "97.8 %", "4.0 %", "2/50", "a" * 64):
        assert word in text
    assert Provenance("x", "a").notice == NONE
    assert Provenance("x", "a", "subtitle file", machine=False).notice == FILE
    assert "未知 unknown" in "\n".join(Provenance("x", "a", "e", machine=False).lines())
    assert "-->" not in "\n".join(Provenance("a --> b\n\nc", "a").lines())


@pytest.mark.parametrize("kind", exports.FORMATS)
def test_that_every_format_carries_the_notice(workspace, tmp_path, kind):
    path = Path(exports.write(workspace, kind=kind, out=tmp_path / f"a.{kind}").data["written"][0])
    assert FILE in path.read_text(encoding="utf-8-sig")
    if kind == "json":
        assert json.loads(path.read_text(encoding="utf-8"))["notice"] == MACHINE


def test_that_an_elan_document_has_tiers_without_overlaps_and_times_in_order(tmp_path):
    lines = [
        elan.Line(0, 2_000_000, "全网最低价", "全网最低驾", "host"),
        elan.Line(1_500_000, 3_000_400, "真的\x0b吗 <b>&", "真的\x0b吗 <b>&", "host"),
        elan.Line(3_000_000, 4_000_000, "对", "对", ""),
    ]
    path = elan.write(tmp_path / "标注 文件.eaf", lines, MADE, author="张敏", made_at="2026-06-01T12:00:00+08:00")
    document = ElementTree.parse(path).getroot()
    slots = {one.get("TIME_SLOT_ID"): int(one.get("TIME_VALUE", "")) for one in document.iter("TIME_SLOT")}
    tiers = {
        tier.get("TIER_ID"): [
            (slots[one.get("TIME_SLOT_REF1")], slots[one.get("TIME_SLOT_REF2")], one.findtext("ANNOTATION_VALUE"))
            for one in tier.iter("ALIGNABLE_ANNOTATION")
        ]
        for tier in document.iter("TIER")
    }
    assert tiers == {
        "host": [(0, 2000, "全网最低价")],
        "host 2": [(1500, 3000, "真的吗 <b>&")],
        "speech": [(3000, 4000, "对")],
        "machine": [(0, 2000, "全网最低驾")],
    }
    assert {one.get("NAME"): one.text for one in document.iter("PROPERTY")}["notice"] == MACHINE
    assert [child.tag for child in document] == ["HEADER", "TIME_ORDER", "TIER", "TIER", "TIER", "TIER", "LINGUISTIC_TYPE"]


def test_that_plain_text_shows_speaker_machine_words_and_doubts(tmp_path):
    lines = [plaintext.Line(61_000_000, "全网最低价", "host", "全网最低驾"), plaintext.Line(62_000_000, "", doubts=("unrecognised",))]
    said = plaintext.write(tmp_path / "a.txt", lines, MADE).read_text(encoding="utf-8-sig").splitlines()
    assert said[0] == MACHINE
    assert said[-2:] == [
        "[00:01:01.000] host: 全网最低价 〔机器 machine: 全网最低驾〕",
        "[00:01:02.000] …… 〔存疑 doubtful: unrecognised〕",
    ]
