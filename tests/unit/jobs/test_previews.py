"""Previews of a recording in a case: made in a child process, found while and after they are made, not made twice."""

import pytest

from inspector_app.casefile.case import create
from inspector_app.casefile.changes import Act, insert
from inspector_app.domain.people import Actor, Officer
from inspector_app.domain.records import Derivative, Original, Recording, Session
from inspector_app.integrity import digests
from inspector_app.jobs import run
from inspector_app.jobs.previews import previews_of
from inspector_app.media.frames import Frames
from inspector_app.media.peaks import Peaks
from inspector_app.media.probe import probe
from inspector_app.media.strip import Strip

NOW = "2026-06-01T20:00:00.000+08:00"


@pytest.fixture
def case(tmp_path, make_film):
    film = make_film(tmp_path / "a.mp4", frames=150, gop=60)
    digest, facts = digests.hash_file(film), probe(film)
    with create(tmp_path / "案 件", number="1", cause="示例", party="示例", officers=[Officer("甲", "1"), Officer("乙", "2")]) as opened:
        path = opened.folder / "originals" / f"{digest.sha256}.mp4"
        path.write_bytes(film.read_bytes())
        rows = [
            Session("ses_1"),
            Original(digest.sha256, digest.sm3, path.stat().st_size, f"originals/{path.name}", "recording", "a.mp4", "a.mp4", NOW, NOW),
            Recording("rec_1", "ses_1", digest.sha256, "a.mp4", "imported", facts.duration_us, facts.zero_us, 192, 108, 0, 1, 1, "", ""),
        ]
        opened.commit(Act("import", Actor("直鉴", machine=True), [insert(row) for row in rows], "rec_1"))
        yield opened


def test_that_previews_are_made_once_and_found(case):
    actor, recording = Actor("甲"), case.get(Recording, "rec_1")
    empty = previews_of(case, recording)
    assert (empty.peaks, empty.strip, empty.proxy) == (None, None, None)
    facts = run.execute(case, actor, "previews", {"recording": "rec_1", "kinds": ["peaks", "strip"]})
    found = previews_of(case, recording)
    assert facts["made"] >= 3 and found.proxy is None
    assert Peaks.open(found.peaks).done_us == recording.duration_us
    assert Strip.open(found.strip).cells
    assert run.execute(case, actor, "previews", {"recording": "rec_1"})["made"] == 1
    proxy = Frames(previews_of(case, recording).proxy)
    shown = proxy.frame_at(2_000_000)
    assert shown.kind == "picture" and abs(shown.at_us - 2_000_000) < 40_000
    assert run.execute(case, actor, "previews", {"recording": "rec_1"})["made"] == 0
    assert {row.parent_sha256 for row in case.find(Derivative)} == {recording.original_id}


def test_that_a_preview_that_was_damaged_is_made_again(case):
    actor, recording = Actor("甲"), case.get(Recording, "rec_1")
    run.execute(case, actor, "previews", {"recording": "rec_1", "kinds": ["strip"]})
    previews_of(case, recording).strip.write_text("", encoding="utf-8")
    assert run.execute(case, actor, "previews", {"recording": "rec_1", "kinds": ["strip"]})["made"] >= 1
    assert Strip.open(previews_of(case, recording).strip).cells
    paths = [row.path for row in case.find(Derivative)]
    assert len(paths) == len(set(paths))
