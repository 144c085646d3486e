"""The finished PDF, read back with other programs: text, bookmarks, links, fonts, conformance, determinism, hostile input."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest
from pikepdf import pdfa

from inspector_app.domain.errors import BadInput, CheckFailed, StorageError
from inspector_app.dossier import archive, model
from inspector_app.integrity import seal


def text_of(path: Path) -> str:
    return subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True, text=True, encoding="utf-8").stdout


def joined(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def text(dossier: Any) -> str:
    return text_of(dossier[0])


def test_that_the_item_describes_the_file(dossier: Any) -> None:
    path, item, data, channel = dossier
    content = path.read_bytes()
    assert item["sha256"] == hashlib.sha256(content).hexdigest()
    assert item["bytes"] == len(content)
    assert item["pages"] == len(pypdf.PdfReader(path).pages)
    assert item["exhibits"] == 7
    assert channel.items == [("dossier", item)]
    done, total, unit = channel.steps[-1]
    assert (done, unit) == (total, "items")
    assert [step[0] for step in channel.steps] == list(range(1, total + 1))
    assert channel.checks > item["pages"]
    assert json.loads(Path(item["data_path"]).read_text(encoding="utf-8")) == data
    assert not list(path.parent.glob("*.partial"))


def test_that_the_words_come_back_in_order(text: str) -> None:
    flat = joined(text)
    places = [
        flat.index(words)
        for words in (
            "粤市监案〔2026〕123号",
            "一、阅读说明",
            "三、证据目录画面截图的校验值",
            "已撤回（编号不再使用）",
            "四、事实与条款对照每一条款",
            "五、认定与证据认定1虚假或者引人误解的商业宣传",
            "“这款茶三天见效，血糖一定降下来，全网最低价😀”",
            "第3句人工校订：大家看这一款绛糖茶〔机器听写：第3句机器听写：大家看这一款降糖茶；张敏校订〕",
            "应调取",
            "六、文字记录与画面文字全文机器听写",
            "八、保管链（操作日志摘录）逐行",
        )
    ]
    assert places[:8] == sorted(places[:8])
    assert places[9:] == sorted(places[9:])


def test_that_an_article_is_explained_once_and_its_records_only_named_elsewhere(dossier: Any, text: str) -> None:
    flat = joined(text)
    article = dossier[2]["articles"]["办法:34-1@2026-06-21"]
    assert [finding["articles"][0] for finding in dossier[2]["findings"]].count("办法:34-1@2026-06-21") == 2
    assert flat.count(joined(article["summary"])) == 1
    assert flat.count(joined(article["liability"][0]["range"])) == 1
    assert flat.count(joined(article["exemptions"][0]["statement"])) == 1
    assert flat.count("不少于3年") == sum(bool(one["years"]) for each in dossier[2]["articles"].values() for one in each["records"])


def test_that_a_findings_picture_and_words_stand_together(dossier: Any) -> None:
    """Its heading, its first picture and its quote are on one page, whatever page that is; the rest follows without a gap."""
    path, item, data, _ = dossier
    pages = [joined(page.extract_text()) for page in pypdf.PdfReader(path).pages]
    for finding in data["findings"]:
        first = item["places"][f"finding-{finding['number']}"]
        own = [exhibit for exhibit in data["exhibits"] if exhibit["finding_id"] == finding["id"]]
        together = [[one["number"] for one in own if one["kind"] == kind][:1] for kind in ("still", "quote")]
        assert {item["places"][f"exhibit-{number}"] for numbers in together for number in numbers} <= {first}
        assert all(first <= item["places"][f"exhibit-{one['number']}"] <= first + 1 for one in own)
        for words in (f"认定{finding['number']}", "媒体时间", "播出时钟2026-06-2120:0", "登记张敏"):
            assert words in pages[first - 1]


@pytest.mark.parametrize(
    ("witness", "sentence"),
    [
        ("speech", "证明录制件00:01:40.000—00:01:45.000处，以语音表述“三天见效”。"),
        ("screen", "证明录制件00:01:40.000—00:01:45.000处，画面显示“三天见效”。"),
    ],
)
def test_that_what_nobody_wrote_is_said_by_template(new_case: Any, catalogue: Any, tmp_path: Path, witness: str, sentence: str) -> None:
    builder = new_case()
    builder.finding("三天见效，", proves="")
    data = builder.data(catalogue)
    data["findings"][0]["witness"] = witness
    builder.build(catalogue, tmp_path / "卷.pdf", data)
    words = joined(text_of(tmp_path / "卷.pdf"))
    assert sentence in words
    assert ("口播原话" in words) == (witness == "speech")  # what was shown is not called spoken


def test_that_no_template_characterises() -> None:
    for sentence in model.words()["proves"].values():
        assert not any(word in sentence for word in ("违法", "虚假", "误导", "涉嫌", "欺"))


def test_that_the_annex_prints_every_sentence_once_more(dossier: Any, text: str) -> None:
    annex = joined(text).split("六、文字记录与画面文字全文机器听写")[1].split("七、观看、文字覆盖与持续公示只列")[0]
    for line in dossier[2]["annexes"][0]["lines"]:
        assert joined(line["machine"]) in annex


def test_that_characters_beyond_the_first_plane_are_copied_as_themselves(text: str) -> None:
    """ReportLab alone would give ὠ for 😀: the page and its searchable text would disagree."""
    assert "😀" in text
    assert "👨\u200d👩\u200d👧" in text
    assert "🍵" in text
    assert "ὠ" not in text
    assert "李䶮" in text


def test_that_a_character_no_font_has_is_printed_by_its_code_and_counted(dossier: Any, text: str) -> None:
    _, item, _, channel = dossier
    if item["missing_glyphs"]:
        assert "〔U+20BB7〕" in text
        assert channel.warnings == [("dossier.missing_glyphs", {"count": item["missing_glyphs"]})]
    else:
        assert "𠮷" in text


def test_that_open_elements_show(text: str) -> None:
    assert text.count("未证") >= 6  # matrix and finding, for each of three findings


def test_that_digests_and_the_head_are_printed_whole(dossier: Any, text: str) -> None:
    data, flat = dossier[2], joined(text)
    assert data["journal"]["head"] in flat
    for exhibit in data["exhibits"]:
        assert exhibit["sha256"] in flat
    assert data["originals"][0]["id"] in flat
    assert data["originals"][0]["sm3"] in flat


def test_that_every_page_says_which_it_is(dossier: Any) -> None:
    reader = pypdf.PdfReader(dossier[0])
    total = len(reader.pages)
    for number, page in enumerate(reader.pages, 1):
        words = joined(page.extract_text())
        if number > 1:
            assert f"第{number}页共{total}页" in words
            assert f"日志首值{dossier[2]['journal']['head'][:16]}" in words


def test_that_bookmarks_nest_and_point_at_their_pages(dossier: Any) -> None:
    reader = pypdf.PdfReader(dossier[0])
    outline = reader.outline
    titles = ["" if isinstance(entry, list) else entry.title for entry in outline]
    assert titles[0] == "一、阅读说明"
    findings = outline[titles.index("五、认定与证据") + 1]
    assert findings[0].title.startswith("认定 1")
    assert [entry.title[:6] for entry in findings[1]] == ["证据 002", "证据 001"]
    page = reader.pages[reader.get_destination_page_number(findings[0])]
    assert "这款茶三天见效" in joined(page.extract_text())
    articles = outline[titles.index("四、事实与条款对照") + 1]
    assert articles[0].title.startswith("（一）《直播电商监督管理办法》第三十二条")


def test_that_links_in_the_index_lead_to_the_exhibits_on_the_printed_pages(dossier: Any) -> None:
    reader = pypdf.PdfReader(dossier[0])
    pages = {page.indirect_reference.idnum: place for place, page in enumerate(reader.pages)}
    index = next(page for page in reader.pages[3:] if "三、证据目录" in joined(page.extract_text()))
    links = sorted((note.get_object() for note in index["/Annots"]), key=lambda note: (-note["/Rect"][1], note["/Rect"][0]))
    targets = [pages[link["/Dest"][0].idnum] for link in links if link["/Rect"][0] < 100]
    printed = index.extract_text()
    for exhibit in dossier[2]["exhibits"]:  # links of the section before or after may stand on the same page
        label = f"证据{exhibit['number']:03d}"
        assert any(label in joined(reader.pages[target].extract_text()) and str(target + 1) in printed for target in targets), label


def test_that_every_font_is_embedded(dossier: Any) -> None:
    out = subprocess.run(["pdffonts", str(dossier[0])], check=True, capture_output=True, text=True).stdout
    rows = out.splitlines()[2:]
    assert rows
    for row in rows:
        assert row.split()[-5:-2] == ["yes", "yes", "yes"], row  # embedded, subset, ToUnicode


def test_that_qpdf_finds_nothing_wrong(dossier: Any) -> None:
    done = subprocess.run(["qpdf", "--check", str(dossier[0])], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr


def test_that_the_sealed_file_is_pdfa(dossier: Any) -> None:
    assert pdfa.validate_written(dossier[0], "3b").passed


def test_that_the_manifest_inside_lists_every_digest(dossier: Any) -> None:
    path, item, data, _ = dossier
    listing = archive.read_manifest(path)
    assert listing["journal"] == {"seq": data["journal"]["seq"], "head": data["journal"]["head"]}
    assert [one["sha256"] for one in listing["originals"]] == [one["id"] for one in data["originals"]]
    assert [one["sha256"] for one in listing["exhibits"]] == [one["sha256"] for one in data["exhibits"]]
    assert listing["transcripts"][0]["model_sha256"] == "cd" * 32
    assert listing["data_sha256"] == item["data_sha256"]
    with pikepdf.open(path) as pdf:
        assert pdf.Root.AF[0].AFRelationship == pikepdf.Name("/Data")


def test_that_a_pdf_without_manifest_says_so(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "x.pdf")
    with pytest.raises(BadInput, match=r"dossier\.no_manifest"):
        archive.read_manifest(tmp_path / "x.pdf")


def test_that_the_same_data_gives_the_same_bytes(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    builder = new_case()
    builder.finding()
    data = builder.data(catalogue)
    one, _ = builder.build(catalogue, tmp_path / "一" / "a.pdf", data)
    two, _ = builder.build(catalogue, tmp_path / "二" / "b.pdf", json.loads(json.dumps(data)))
    assert one["sha256"] == two["sha256"]
    later, _ = builder.build(catalogue, tmp_path / "c.pdf", {**data, "sealed_at": "2026-11-22T10:40:05.000+00:00"})
    assert later["sha256"] != one["sha256"]


HOSTILE = {
    "markup": '<b>bold</b> & <a href="http://x">x</a> <onDraw name="x"/> </para> &amp; &#x41; %s {0}',
    "directions": "abc\u202edcba\u202c مرحبا שלום",
    "invisible": "a\u200bb\ufeffc\u2060d\x00e\x07f\x1b[31m",
    "seal": "ZJSEAL1:" + "0" * 64,
    "long": "很长的名字" * 2000,
    "unbroken": "x" * 10_000,
    "lines": "一\n\n二\r\n三\t四",
    "blank": "   ",
    "private": "\ue000\U000f0000\ufffe",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_that_no_text_can_break_or_mark_up_the_pages(new_case: Any, catalogue: Any, tmp_path: Path, hostile: str) -> None:
    builder = new_case(number=hostile, cause=hostile, party=hostile)
    builder.finding(hostile, proves=hostile, note=hostile)
    item, _ = builder.build(catalogue, tmp_path / "卷.pdf")
    path = Path(item["path"])
    assert seal.check(path) == []
    assert subprocess.run(["qpdf", "--check", str(path)], check=False, capture_output=True).returncode == 0
    words = text_of(path)
    if hostile == HOSTILE["markup"]:
        assert joined("<b>bold</b> & <a") in joined(words)
        assert joined("&amp; &#x41;") in joined(words)
    if hostile == HOSTILE["directions"]:
        assert "〔U+202E〕" in words
    if hostile == HOSTILE["invisible"]:
        assert "〔U+0000〕" in words
        assert "〔U+200B〕" in words
    if len(hostile) >= 10_000:
        assert "以下省略" in words
        assert item["pages"] < 40


def test_that_empty_fields_and_a_case_without_findings_make_a_dossier(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    builder = new_case(cause="", party="")
    item, _ = builder.build(catalogue, tmp_path / "空.pdf")
    assert item["exhibits"] == 0
    assert "本卷宗没有认定" in joined(text_of(tmp_path / "空.pdf"))


def test_that_an_altered_still_stops_the_dossier(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    builder = new_case()
    builder.finding()
    data = builder.data(catalogue)
    still = builder.case.folder / data["exhibits"][0]["path"]
    still.write_bytes(still.read_bytes() + b"x")
    with pytest.raises(CheckFailed, match=r"dossier\.exhibit_altered"):
        builder.build(catalogue, tmp_path / "卷.pdf", data)
    still.unlink()
    with pytest.raises(CheckFailed, match=r"dossier\.exhibit_missing"):
        builder.build(catalogue, tmp_path / "卷.pdf", data)
    assert not (tmp_path / "卷.pdf").exists()


def test_that_a_still_outside_the_case_is_not_read(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    builder = new_case()
    builder.finding()
    data = builder.data(catalogue)
    shutil.copy(builder.case.folder / data["exhibits"][0]["path"], tmp_path / "outside.png")
    data["exhibits"][0]["path"] = "../outside.png"
    with pytest.raises(CheckFailed, match=r"dossier\.exhibit_missing"):
        builder.build(catalogue, tmp_path / "卷.pdf", data)


def test_that_a_refusing_disk_leaves_the_old_dossier(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    builder = new_case()
    out = tmp_path / "卷.pdf"
    builder.build(catalogue, out)
    before = out.read_bytes()
    out.with_name(out.name + ".partial").mkdir()  # whatever the account, no file can be written there
    with pytest.raises(StorageError):
        builder.build(catalogue, out)
    assert out.read_bytes() == before


def test_that_a_missing_font_is_named(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    from inspector_app.dossier import fonts

    (tmp_path / "fonts").mkdir()
    with pytest.raises(BadInput, match=r"dossier\.font"):
        fonts.load(tmp_path / "fonts")


def test_that_the_to_unicode_map_is_utf16() -> None:
    from inspector_app.dossier.fonts import to_unicode_map

    lines = to_unicode_map("F", [32, 0x1F600, 0x20BB7, 0x4DAE]).splitlines()
    assert "<01> <D83DDE00>" in lines
    assert "<02> <D842DFB7>" in lines
    assert "<03> <4DAE>" in lines


def test_that_the_words_cover_every_kind_of_exhibit_and_binding() -> None:
    from inspector_app.statutes.model import BINDS, CONDITIONS, DEPARTMENTS, EXHIBITS, GRADES, HOLDERS, KEPT_SINCE

    words = model.words()
    assert set(BINDS) | set(HOLDERS) <= set(words["binds"])
    assert set(EXHIBITS) <= set(words["exhibit_kinds"])
    assert set(CONDITIONS) <= set(words["conditions"])
    assert set(DEPARTMENTS) <= set(words["departments"])
    assert set(GRADES) <= set(words["grades"])
    assert set(KEPT_SINCE) <= set(words["kept_since"])


def test_that_texts_of_the_picture_are_told_once_with_the_times_that_matter(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    """The finding runs from 00:01:40 to 00:01:45."""
    builder = new_case()
    builder.finding()
    data = builder.data(catalogue)
    seconds = {"限时": (90, 120), "全网最低": (101, 103), "最低价": (101, 103), "店名": (0, 900)}
    data["findings"][0]["screen"] = [
        {"text": text, "start_us": start * 1_000_000, "end_us": end * 1_000_000, "kind": kind, "confidence_pm": 990, "box": []}
        for text, (start, end) in seconds.items()
        for kind in ("label" if text == "店名" else "caption",) * 2
    ]
    builder.build(catalogue, tmp_path / "卷.pdf", data)
    words = joined(text_of(tmp_path / "卷.pdf"))
    assert "限时。全网最低；最低价（00:01:41—00:01:43）" in words
    assert words.count("店名") == 1


def test_that_a_dossier_of_hours_is_laid_out(new_case: Any, catalogue: Any, tmp_path: Path) -> None:
    """Thousands of sentences and a text that came and went hundreds of times: nothing may be too tall for a page."""
    builder = new_case()
    builder.finding(sizes=())
    data = builder.data(catalogue)
    (annex,) = data["annexes"]
    line, shown = annex["lines"][0], annex["screen"][0]
    annex["lines"] = [{**line, "start_us": place * 5_000_000, "machine": f"第{place}句。"} for place in range(1500)]
    annex["screen"] = [{**shown, "start_us": place * 9_000_000, "end_us": place * 9_000_000 + 1} for place in range(900)]
    builder.build(catalogue, tmp_path / "卷.pdf", data)
    words = joined(text_of(tmp_path / "卷.pdf"))
    assert all(f"第{place}句。" in words for place in range(1500))
    assert "共900次" in words
