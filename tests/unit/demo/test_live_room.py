"""The demonstration sample is a well-formed small video, and its answer key is complete, consistent and about that very file."""

import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from inspector_app.domain.codes import ArticleCode

DEMO = Path(__file__).resolve().parents[3] / "resources" / "demo"
VIDEO = DEMO / "live_room.mp4"


@pytest.fixture(scope="module")
def key() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DEMO / "key.json").read_text(encoding="utf-8"))
    return loaded


def test_that_the_sample_is_small_and_portrait_with_sound() -> None:
    assert sum(path.stat().st_size for path in DEMO.iterdir()) <= 8_000_000
    with av.open(str(VIDEO)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        context = picture.codec_context
        assert (context.name, context.width, context.height, context.pix_fmt) == ("h264", 720, 1280, "yuv420p")
        assert picture.average_rate == 25
        assert sound.codec_context.name == "aac"
        assert container.duration is not None
        assert 60_000_000 <= container.duration <= 120_000_000


def test_that_keyframes_are_two_seconds_apart_and_every_frame_is_there(key: dict[str, Any]) -> None:
    with av.open(str(VIDEO)) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
        assert stream.time_base is not None
        keys = sorted(packet.pts * stream.time_base for packet in packets if packet.is_keyframe and packet.pts is not None)
    assert keys[0] == 0
    assert all(later - earlier <= 2 for earlier, later in pairwise(keys))
    assert len(packets) * 40_000 == key["duration_us"]


def test_that_the_key_is_about_this_file(key: dict[str, Any]) -> None:
    assert key["media"] == VIDEO.name
    assert key["sha256"] == hashlib.sha256(VIDEO.read_bytes()).hexdigest()


def test_that_enough_is_planted_of_every_kind(key: dict[str, Any]) -> None:
    kinds = {kind: [item for item in key["items"] if item["kind"] == kind] for kind in ("breach", "near_miss", "risk")}
    assert sum(map(len, kinds.values())) == len(key["items"])
    assert len({item["id"] for item in key["items"]}) == len(key["items"])
    spoken = [item for item in kinds["breach"] if item["witness"] == "speech"]
    assert len(spoken) >= 8
    assert len(kinds["breach"]) - len(spoken) >= 8
    assert len(kinds["near_miss"]) >= 5
    assert kinds["risk"]
    cited = {ArticleCode.parse(code) for item in kinds["breach"] for code in item["articles"]}
    assert len({(code.law, code.article) for code in cited}) >= 8
    must = (
        "广告法:9-1-3",
        "办法:34-1",
        "办法:32",
        "广告法:17",
        "食品安全法:73-1",
        "化妆品条例:43-2",
        "办法:36",
        "广告法:28-2-2",
        "办法:26-1",
    )
    assert {ArticleCode.parse(code) for code in must} <= cited
    assert all(item["articles"] for item in kinds["breach"])


def test_that_every_time_lies_on_the_video_clock_and_every_code_is_canonical(key: dict[str, Any]) -> None:
    for entry in (*key["items"], *key["sentences"], *key["badge"], *key["captions"]):
        assert type(entry["start_us"]) is int
        assert type(entry["end_us"]) is int
        assert 0 <= entry["start_us"] < entry["end_us"] <= key["duration_us"]
    for item in key["items"]:
        assert item["witness"] in {"speech", "screen"}
        assert item["phrase"] in item["text"]
        assert item["why"] and item["why_en"]
        assert [str(ArticleCode.parse(code)) for code in item["articles"]] == item["articles"]


def test_that_the_reference_transcript_is_the_script_in_order(key: dict[str, Any]) -> None:
    assert [sentence["text"] for sentence in key["sentences"]] == (DEMO / "script.txt").read_text(encoding="utf-8").split()
    assert all(earlier["end_us"] <= later["start_us"] for earlier, later in pairwise(key["sentences"]))
    spoken = {sentence["text"]: sentence for sentence in key["sentences"]}
    for item in key["items"]:
        if item["witness"] == "speech":
            assert (item["start_us"], item["end_us"]) == (spoken[item["text"]]["start_us"], spoken[item["text"]]["end_us"])


def test_that_the_seller_badge_is_away_for_a_third_of_the_broadcast(key: dict[str, Any]) -> None:
    badge = key["badge"]
    assert badge[0]["start_us"] == 0
    assert badge[-1]["end_us"] == key["duration_us"]
    assert all(earlier["end_us"] == later["start_us"] and earlier["shown"] != later["shown"] for earlier, later in pairwise(badge))
    away = sum(span["end_us"] - span["start_us"] for span in badge if not span["shown"])
    assert 25 <= 100 * away / key["duration_us"] <= 40
