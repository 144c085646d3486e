"""Frames, clips, web edition and preview, from a real recording through real commands and real child processes."""

import hashlib
import json
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import av
import pypdf
import pytest

from inspector_app.casefile.case import create
from inspector_app.commands import dossiers, evidence, findings, material
from inspector_app.commands.workspace import Workspace
from inspector_app.domain.errors import BadInput, CheckFailed, UsageError
from inspector_app.domain.people import Officer
from inspector_app.domain.records import Dossier, Exhibit, Finding, Recording
from inspector_app.dossier import clips, strips
from inspector_app.jobs.dossier_preview import DossierPreview
from inspector_app.jobs.dossiers import timelines
from inspector_app.media import stills
from inspector_app.media.timeline import Timeline
from inspector_app.ui.models.dossiers import read_places

HOSTILE = '<script>alert(1)</script> <img src=x onerror="x()"> & "\' {{ 7*7 }} </td>\u202e\u200b\x00终'


def film(path: Path, codec: tuple[str, ...]) -> Path:
    """Forty seconds of a moving test picture with a tone."""
    source = ["-f", "lavfi", "-i", "testsrc2=size=180x320:rate=10:duration=40", "-f", "lavfi", "-i", "sine=frequency=440:duration=40"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", *source, *codec, str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("动态 样本")
    media = film(folder / "直播 一.mp4", ("-c:v", "libx264", "-g", "20", "-pix_fmt", "yuv420p", "-c:a", "aac"))
    create(
        folder / "案件", number="粤〔2026〕1号", cause="涉嫌虚假宣传", party=HOSTILE, officers=[Officer("甲", "A1"), Officer("乙", "A2")]
    ).close()
    workspace = Workspace()
    workspace.open(folder / "案件")
    material.import_files(workspace, files=[media])
    recording = workspace.opened.find(Recording)[0]
    for start in (10_000_000, 24_000_000):
        span = {"start_us": start, "end_us": start + 3_000_000}
        outcome = findings.add(workspace, recording_id=recording.id, **span, articles=["办法:34-1"], note=HOSTILE)
        evidence.contrary(workspace, finding_id=outcome.ids[0], text=HOSTILE)
    yield workspace, folder
    workspace.close()


def test_that_the_frames_of_a_strip_are_those_of_the_original(work: Any, tmp_path: Path) -> None:
    workspace, _ = work
    dossiers.build(workspace, out=tmp_path / "卷.pdf")
    data = json.loads((tmp_path / "卷.json").read_text(encoding="utf-8"))
    case = workspace.opened
    recording = case.find(Recording)[0]
    timeline = Timeline.from_spec(timelines(case)[recording.id])
    told = data["findings"][0]["strip"]
    assert [one["place"] for one in told] == ["before", "start", "exhibit", "end", "after"]
    for one in told:
        frame, _ = stills.frame_on(timeline, one["at_us"])
        assert one["rgb_sha256"] == hashlib.sha256(frame.image.convert("RGB").tobytes()).hexdigest()
        assert (one["pts"], one["shown_us"]) == (frame.stamp.pts, frame.at_us)
    shutil.rmtree(case.folder / strips.FOLDER)  # copies only: without them everything is the same
    dossiers.build(workspace, out=tmp_path / "又.pdf")
    again = json.loads((tmp_path / "又.json").read_text(encoding="utf-8"))
    assert again["findings"] == data["findings"]


def test_that_a_moment_without_a_frame_says_why(work: Any, tmp_path: Path) -> None:
    data = {"findings": [{"recording_id": "rec_x", "strip": [{"at_us": 0, "place": "start", "exhibit": 0}]}]}
    assert strips.take(data, tmp_path, {}, lambda: None) == {}
    assert data["findings"][0]["strip"][0]["error"] == strips.NO_ORIGINAL
    gap = [{"path": str(tmp_path / "x.mp4"), "start_us": 5, "end_us": 9, "zero_us": 0, "index": None}]
    strips.take(data, tmp_path, {"rec_x": gap}, lambda: None)
    assert data["findings"][0]["strip"][0]["error"] == "media.no_picture_in_gap"


def test_that_the_row_of_a_dossier_says_where_everything_stands(work: Any, tmp_path: Path) -> None:
    workspace, _ = work
    made = dossiers.build(workspace, out=tmp_path / "卷.pdf").data
    row = workspace.opened.get(Dossier, made["dossier"])
    assert row.edition == "full"
    assert row.version == made["version"] >= 1
    pages = pypdf.PdfReader(tmp_path / "卷.pdf").pages
    for name, title in (("finding-2", "认定2"), ("exhibit-1", "证据001"), ("coverage", "七、观看")):
        assert title in "".join(pages[row.facts["places"][name] - 1].extract_text().split())


class Seen(HTMLParser):
    """The tags and attributes of a page, and all it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]


def test_that_the_web_edition_is_whole_plays_and_keeps_text_text(work: Any, tmp_path: Path) -> None:
    workspace, _ = work
    made = dossiers.build(workspace, out=tmp_path / "卷.pdf", html=tmp_path / "网页 版").data
    page = Path(made["html"])
    text = page.read_text(encoding="utf-8")
    seen = Seen()
    seen.feed(text)
    assert "script" not in seen.tags
    assert not any(name.startswith("on") for name in seen.attributes)
    assert "{{ 7*7 }}" in text
    assert "&lt;script&gt;" in text
    assert "〔U+202E〕" in text and "\u202e" not in text and "\x00" not in text
    assert "default-src 'none'" in text
    for target in seen.loads:
        assert target.startswith("#") or (page.parent / target).is_file(), target
    listing = json.loads((page.parent / "clips.json").read_text(encoding="utf-8"))["clips"]
    assert made["clips"] == len(listing) == 2
    for clip in listing.values():
        file = page.parent / "clips" / clip["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == clip["sha256"]
        assert clip["method"] == "packets"
        with av.open(str(file)) as opened:
            assert {stream.type for stream in opened.streams} == {"video", "audio"}
            frames = sum(1 for _ in opened.decode(video=0))
        assert abs(frames / 10 - (clip["end_us"] - clip["start_us"]) / 1e6) < 0.5
    assert made["sha256"] in text


def test_that_a_folder_that_holds_something_is_left_alone(work: Any, tmp_path: Path) -> None:
    workspace, _ = work
    (tmp_path / "网页").mkdir()
    (tmp_path / "网页" / "别人的.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match=r"dossier\.folder_taken"):
        dossiers.build(workspace, out=tmp_path / "卷.pdf", html=tmp_path / "网页")
    assert not (tmp_path / "卷.pdf").exists()


def test_that_a_disclosure_has_no_moving_pictures(work: Any, tmp_path: Path) -> None:
    workspace, _ = work
    dossiers.build(workspace, out=tmp_path / "全.pdf")
    made = dossiers.build(workspace, out=tmp_path / "披露.pdf", edition="disclosure", html=tmp_path / "网页").data
    assert made["clips"] == 0
    assert not (tmp_path / "网页" / "clips").exists()
    assert "披露本不附片段" in Path(made["html"]).read_text(encoding="utf-8")


def test_that_what_no_browser_plays_is_encoded_and_labelled(tmp_path: Path) -> None:
    media = film(tmp_path / "a.mkv", ("-c:v", "mpeg2video", "-c:a", "mp2"))
    [part] = Timeline.single(media, 0, 40_000_000).parts
    made = clips.cut(part, 5_000_000, 9_000_000, tmp_path, "x")
    assert (made["method"], made["file"]) == ("encoded", "x.webm")
    with av.open(str(tmp_path / "x.webm")) as opened:
        assert opened.streams.video[0].codec_context.name == "vp8"
        assert 38 <= sum(1 for _ in opened.decode(video=0)) <= 42


def test_that_a_broken_original_gives_no_clip(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no film" * 100)
    [part] = Timeline.single(tmp_path / "a.mp4", 0, 40_000_000).parts
    with pytest.raises(BadInput, match=r"dossier\.clip_unreadable"):
        clips.cut(part, 0, 1_000_000, tmp_path, "x")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_that_the_preview_shows_the_case_as_it_stands(work: Any) -> None:
    workspace, _ = work
    finding = workspace.opened.find(Finding, order="number")[0]
    with DossierPreview(workspace.opened, workspace.catalogue, workspace.actor) as preview:
        preview.warm()
        findings.proves(workspace, finding_id=finding.id, text="第一种说法")
        first = preview.page("finding-1")
        findings.proves(workspace, finding_id=finding.id, text="第二种说法")
        second = preview.page("exhibit-1")
        assert "第一种说法" in text_of(first.pdf)
        assert "第二种说法" in text_of(second.pdf)
        assert second.places["exhibit-1"] == 1
        assert preview.page("record").pages >= 1
        with pytest.raises(BadInput, match=r"dossier\.no_item"):
            preview.page("finding-99")
        assert preview.page("article-1").places["article-1"] == 1
        still = workspace.opened.find(Exhibit, kind="still")[0]
        path = workspace.opened.folder / still.path
        kept = path.read_bytes()
        path.write_bytes(b"")
        with DossierPreview(workspace.opened, workspace.catalogue, workspace.actor) as other, pytest.raises(CheckFailed):
            other.page("finding-1")
        path.write_bytes(kept)


def test_that_a_page_by_itself_says_where_each_item_stands(work: Any) -> None:
    """The window makes places to press from the bookmarks, as it does on the whole dossier."""
    workspace, _ = work
    with DossierPreview(workspace.opened, workspace.catalogue, workspace.actor) as preview:
        page = preview.page("finding-1")
    places = read_places(workspace.opened, page.pdf)
    finding = workspace.opened.find(Finding, number=1)[0]
    own = [one.number for one in workspace.opened.find(Exhibit, finding_id=finding.id)]
    assert {place.target for place in places} == {f"finding:{finding.id}"}
    assert any(place.name.startswith(f"证据 {own[0]:03d}") for place in places)
    assert len({place.box for place in places}) == len(places)


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, check=True, capture_output=True)
    return "".join(done.stdout.decode("utf-8").split())
