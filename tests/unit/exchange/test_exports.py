"""What other programs read: subtitles, tables and JSON, whole or not at all."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.commands import exports, findings
from inspector_app.domain.errors import StorageError, UsageError
from inspector_app.domain.files import write_text
from inspector_app.domain.records import Recording
from inspector_app.exchange import subtitles, tables

LINES = st.lists(
    st.tuples(st.integers(0, 10**10), st.integers(0, 10**7), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)),
    max_size=6,
).map(lambda rows: [(start, start + length, words) for start, length, words in rows])


def test_that_srt_is_written_as_players_read_it(tmp_path):
    path = subtitles.write(
        tmp_path / "字幕 文件.srt",
        "srt",
        [(0, 1_500_000, "这款面膜\n全网最低价"), (3_661_042_999, 3_662_000_000, "三单😀"), (5, 6, " ")],
        [],
    )
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig") == (
        "1\r\n00:00:00,000 --> 00:00:01,500\r\n这款面膜 全网最低价\r\n\r\n2\r\n01:01:01,042 --> 01:01:02,000\r\n三单😀\r\n"
    )


def test_that_vtt_escapes_what_would_be_markup(tmp_path):
    path = subtitles.write(tmp_path / "a.vtt", "vtt", [(0, 1_000_000, "<b>1 & 2</b> --> 3")], [])
    assert path.read_text(encoding="utf-8") == "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n&lt;b&gt;1 &amp; 2&lt;/b&gt; --&gt; 3\n"


@given(LINES, st.sampled_from(["srt", "vtt"]))
def test_that_no_words_can_break_the_cues(tmp_path_factory, lines, kind):
    path = subtitles.write(tmp_path_factory.getbasetemp() / f"cues.{kind}", kind, lines, [])
    text = path.read_text(encoding="utf-8-sig")
    spoken = [line for line in lines if line[2].strip()]
    assert len(re.findall(r"^\d\d+:\d\d:\d\d[.,]\d{3} --> ", text, re.MULTILINE)) == len(spoken)
    blocks = [block for block in text.removeprefix("WEBVTT\n").replace("\r", "").split("\n\n") if block.strip()]
    assert len(blocks) == len(spoken)


def finding(**words):
    row = {
        "number": 1,
        "start_us": 0,
        "end_us": 1,
        "articles": ["办法:34-1"],
        "quote": "q",
        "elements": [],
        "state": "draft",
        "by": "张敏",
        "note": "",
    }
    return row | words


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://x")', "+1", "-1", "@x", "\t=1", "\r=1"])
def test_that_a_spreadsheet_runs_nothing_that_a_host_said(tmp_path, formula):
    path = tables.write_findings(tmp_path / "a.csv", [finding(quote=formula, note=formula)], [])
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) == 2
    assert rows[1][4] == rows[1][8] == "'" + formula


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_that_a_table_gives_back_what_was_put_in(tmp_path_factory, quote, note):
    path = tables.write_findings(tmp_path_factory.getbasetemp() / "b.csv", [finding(quote=quote, note=note), finding(number=2)], [])
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert [row[0] for row in rows[1:]] == ["001", "002"]
    assert rows[1][4].removeprefix("'") == quote.removeprefix("'")
    assert rows[1][8].removeprefix("'") == note.removeprefix("'")


def test_that_the_table_of_a_case_has_its_findings(workspace, tmp_path):
    recording = workspace.opened.find(Recording)[0].id
    findings.add(workspace, recording_id=recording, start_us=500_000, end_us=2_000_000, articles=["办法:34-1"], picture=False)
    written = exports.write(workspace, kind="csv", out=tmp_path / "a.csv").data["written"]
    rows = list(csv.reader(io.StringIO(Path(written[0]).read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[1][:5] == ["001", "00:00:00.500", "00:00:02.000", "办法:34-1", "这款面膜全网最低价"]
    document = json.loads(
        Path(exports.write(workspace, kind="json", out=tmp_path / "a.json").data["written"][0]).read_text(encoding="utf-8")
    )
    assert document["findings_list"][0]["quote"] == "这款面膜全网最低价"
    assert [segment["text"] for segment in document["transcripts"][0]["segments"]][2] == "只剩三单😀赶快下单"


def test_that_an_unknown_format_is_refused(workspace, tmp_path):
    with pytest.raises(UsageError) as caught:
        exports.write(workspace, kind="doc", out=tmp_path / "a.doc")
    assert caught.value.code == "usage.format"


def test_that_a_failed_export_leaves_the_older_file(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "alt")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert path.read_text(encoding="utf-8") == "alt"
    (tmp_path / "文件").write_text("x")
    with pytest.raises(StorageError) as caught:
        write_text(tmp_path / "文件" / "b.txt", "x")
    assert caught.value.code == "storage.failed"
    with pytest.raises(StorageError):
        write_text(tmp_path, "x")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.txt", "文件"]
