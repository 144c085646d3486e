"""The kinds of documents a statute comes in, made here: Word, web page, PDF. All must read as the plain text does, or be refused."""

import html
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from inspector_app.domain.errors import BadInput
from inspector_app.resources import resource
from inspector_app.statutes.docx_lines import MAX_PART_BYTES
from inspector_app.statutes.official import OfficialText, parse_official_text, read_official_text

TITLE = "样例监督管理办法"
PARAGRAPHS = [
    "（2030年1月2日样例部门令第9号公布　自2030年3月1日起施行）",
    "第一章　总　则",
    "第一条　为了说明样例，保护使用样例的人的合法权益，规范样例的制定、公布、检查和更正，促进样例工作健康发展，根据有关规定，制定本办法。",
    "第二条　样例分为下列几种：",
    "（一）第一种，包括：",
    "1. 甲类；",
    "2. 乙类。",
    "（二）第二种。",
    "有下列情形之一的，样例应当由制定样例的部门在发现之日起七个工作日内予以更正，并且向社会公布更正的理由和更正以后的全部内容：",
    "（一）文字有错误、有歧义，或者前后不一致，足以使使用样例的人产生误解的；",
    "（二）依据的规定已经修改的。",
    "第二章　责　任",
    "第一节　一般规定",
    "第三条　违反本办法第二条第二款规定的，予以说明；拒不说明的，依照第一条规定的目的处理。",
    "第四条　本办法自2030年3月1日起施行。",
]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture(scope="module")
def plain() -> OfficialText:
    return parse_official_text("\n".join((TITLE, *PARAGRAPHS)).encode(), "样例.txt")


def _same(read: OfficialText, plain: OfficialText) -> bool:
    """Whether two texts hold the same words in the same places."""
    shape = [(article.number, article.chapter, article.section, article.words.replace("\u3000", "")) for article in read.articles]
    wanted = [(article.number, article.chapter, article.section, article.words.replace("\u3000", "")) for article in plain.articles]
    assert shape == wanted
    return (read.title, read.acts, read.order_number) == (plain.title, plain.acts, plain.order_number)


def _refused(read: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        read()
    return {"code": caught.value.code, **caught.value.facts}


# --- Word ------------------------------------------------------------------------------------------------------------------------


def _word(body: str, styles: str = "", *, start: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"{start}<w:document {W}><w:body>{body}</w:body></w:document>")
        if styles:
            archive.writestr("word/styles.xml", f"<w:styles {W}>{styles}</w:styles>")
    return out.getvalue()


def _paragraph(text: str, properties: str = "") -> str:
    half = len(text) // 2  # Word splits sentences into runs as it likes
    runs = "".join(f'<w:r><w:t xml:space="preserve">{html.escape(part)}</w:t></w:r>' for part in (text[:half], text[half:]))
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def _body() -> str:
    return "".join(map(_paragraph, (TITLE, *PARAGRAPHS)))


def test_that_a_word_document_reads_as_the_plain_text(tmp_path: Path, plain: OfficialText) -> None:
    path = tmp_path / "样例 办法.docx"
    path.write_bytes(_word(_body()))
    assert _same(read_official_text(path), plain)


def test_that_tables_line_breaks_and_hidden_words_of_word_are_read_as_they_are_seen(plain: OfficialText) -> None:
    rows = [_paragraph(text) for text in PARAGRAPHS[:-3]]
    table = "<w:tbl><w:tr><w:tc>" + _paragraph(PARAGRAPHS[-3]) + "</w:tc></w:tr></w:tbl>"
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>内部批注</w:t></w:r>"
    broken = f"<w:p><w:r><w:t>{PARAGRAPHS[-2]}</w:t><w:br/><w:t>{PARAGRAPHS[-1]}</w:t></w:r>{hidden}</w:p>"
    assert _same(parse_official_text(_word(_paragraph(TITLE) + "".join(rows) + table + broken), "样例.docx"), plain)


@pytest.mark.parametrize(
    "change",
    [
        '<w:p><w:ins w:id="1" w:author="甲"><w:r><w:t>第五条　新。</w:t></w:r></w:ins></w:p>',
        '<w:p><w:del w:id="1" w:author="甲"><w:r><w:delText>第五条　旧。</w:delText></w:r></w:del></w:p>',
        '<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t>段。</w:t></w:r></w:p>',
        '<w:p><w:moveTo w:id="1"><w:r><w:t>移。</w:t></w:r></w:moveTo></w:p>',
    ],
)
def test_that_tracked_changes_are_refused(change: str) -> None:
    assert _refused(lambda: parse_official_text(_word(_body() + change), "修订.docx"))["code"] == "law.tracked_changes"


def test_that_numbers_word_makes_on_the_fly_are_refused() -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
    found = _refused(lambda: parse_official_text(_word(_body() + _paragraph("自动编号的条文。", numbered)), "自动.docx"))
    assert (found["code"], found["found"]) == ("law.auto_numbering", "自动编号的条文。")
    styles = (
        f'<w:style w:type="paragraph" w:styleId="Base"><w:name w:val="base"/><w:pPr>{numbered}</w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Tiao"><w:name w:val="条"/><w:basedOn w:val="Base"/></w:style>'
    )
    by_style = _body() + _paragraph("条文。", '<w:pStyle w:val="Tiao"/>')
    assert _refused(lambda: parse_official_text(_word(by_style, styles), "自动.docx"))["code"] == "law.auto_numbering"
    switched_off = _body() + _paragraph("第五条　完。", '<w:pStyle w:val="Tiao"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert len(parse_official_text(_word(switched_off, styles), "自动.docx").articles) == 5


def test_that_a_title_style_of_word_marks_the_title() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    body = _paragraph("某某法律汇编办法") + _paragraph(TITLE, '<w:pStyle w:val="T"/>') + "".join(map(_paragraph, PARAGRAPHS))
    assert parse_official_text(_word(body, styles), "a.docx").title == TITLE


@pytest.mark.parametrize(
    "data",
    [
        _word(_body(), start='<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "甲"><!ENTITY b "&a;&a;&a;">]>'),
        _word(_body(), start='<?xml version="1.0"?><!DOCTYPE d SYSTEM "file:///etc/passwd">'),
        _word("<w:p>"),
        _word(_body())[:-60],
        b"PK\x03\x04" + bytes(100),
    ],
    ids=["entities", "outside entity", "broken part", "cut off", "no archive"],
)
def test_that_a_broken_or_hostile_word_document_is_refused(data: bytes) -> None:
    assert _refused(lambda: parse_official_text(data, "坏.docx"))["code"] == "law.docx_broken"


def test_that_a_word_document_that_unpacks_without_end_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (MAX_PART_BYTES + 1))
    assert len(out.getvalue()) < 100_000
    assert _refused(lambda: parse_official_text(out.getvalue(), "弹.docx"))["code"] == "law.text_too_large"


# --- web pages -------------------------------------------------------------------------------------------------------------------


def _page(*, heading: str = f"<h1>{TITLE}</h1>", around: str = "<div class='text'>{}</div>", each: str = "<p>　　{}</p>") -> str:
    body = around.format("".join(each.format(html.escape(text)) for text in PARAGRAPHS))
    return (
        f'<!DOCTYPE html><html><head><meta charset="gb2312"><title>{TITLE}_样例总局</title>'
        '<link rel="canonical" href="https://example.gov.cn/art_1.html"><style>p{color:red}</style></head>'
        "<body><div><ul><li><a href='/'>首页</a></li><li>规章</li></ul><script>var a = '第一条 假。';</script>"
        f"<div class='main'>{heading}<div>{body}</div></div>"
        "<div class='footer'><p>版权所有：样例总局</p><p style='display:none'>第九条 藏。</p></div></div></body></html>"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_that_a_web_page_reads_as_the_plain_text_without_the_sites_own_words(encoding: str, plain: OfficialText) -> None:
    read = parse_official_text(_page().encode(encoding), "样例.html")
    assert _same(read, plain)
    assert read.source_address == "https://example.gov.cn/art_1.html"
    assert "版权" not in "".join(article.words for article in read.articles)


@pytest.mark.parametrize(
    "page",
    [
        _page(heading=""),
        _page(each="　　{}<br>"),
        _page(each="<p>　　<span>{}</span>"),
        _page(each="<div><p><strong></strong>{}</p></div>"),
        _page(around="<table><tr><td>{}</td></tr></table>"),
    ],
    ids=["title only in the head", "line breaks", "paragraphs left open", "nested", "table"],
)
def test_that_pages_are_built_in_many_ways(page: str, plain: OfficialText) -> None:
    assert _same(parse_official_text(page.encode(), "样例.htm"), plain)


def test_that_words_struck_out_on_a_page_are_refused() -> None:
    page = _page(each="<p>{}<del>旧</del></p>")
    assert _refused(lambda: parse_official_text(page.encode(), "a.html"))["code"] == "law.tracked_changes"


@pytest.mark.parametrize(
    "page",
    [
        "<html>" + "<div>" * 5_000,
        "<html>" + "<a" * 500_000,
        "<html>" + "<!--" * 500_000,
        "<html>" + "<a b='" * 300_000,
        "<!doctype html><p>没有条文</p>",
    ],
)
def test_that_a_page_without_articles_is_refused(page: str) -> None:
    assert _refused(lambda: parse_official_text(page.encode(), "a.html"))["code"] == "law.not_statute_text"


# --- PDF -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def font() -> str:
    pdfmetrics.registerFont(TTFont("TestSans", str(resource("fonts", "NotoSansSC-Regular.ttf"))))
    return "TestSans"


def _pdf(font: str, *, indent: int = 2, copies: int = 1) -> bytes:
    """The sample as a PDF with page numbers and a running head; set in 11 points, justified by the line."""
    body = ParagraphStyle("body", fontName=font, fontSize=11, leading=18, wordWrap="CJK", firstLineIndent=11 * indent)
    centred = ParagraphStyle("centred", parent=body, alignment=1, firstLineIndent=0)
    title = ParagraphStyle("title", parent=centred, fontSize=18, leading=30)
    story: list[object] = [Paragraph(TITLE, title)]
    for place, text in enumerate(PARAGRAPHS):
        story.append(Paragraph(html.escape(text), centred if "章　" in text or "节　" in text else body))
        if place % 5 == 4:
            story.append(PageBreak())

    def furnish(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(font, 9)
        canvas.drawCentredString(300, 30, f"— {document.page} —")
        canvas.drawString(72, 810, "样例规章汇编")

    out = io.BytesIO()
    SimpleDocTemplate(out).build(story, onFirstPage=furnish, onLaterPages=furnish)
    return out.getvalue()


def test_that_a_pdf_with_text_reads_as_the_plain_text(tmp_path: Path, font: str, plain: OfficialText) -> None:
    path = tmp_path / "样例 办法.pdf"
    path.write_bytes(_pdf(font))
    assert _same(read_official_text(path), plain)


def test_that_a_pdf_of_scanned_pages_is_refused(font: str) -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.rect(50, 50, 400, 600, fill=1)
    canvas.showPage()
    canvas.save()
    found = _refused(lambda: parse_official_text(out.getvalue(), "扫描.pdf"))
    assert (found["code"], found["page"]) == ("law.pdf_no_text", "1")


def test_that_one_scanned_page_among_others_is_named(font: str) -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont(font, 11)
    canvas.drawString(72, 700, "第一条　甲。")
    canvas.showPage()
    canvas.rect(50, 50, 400, 600, fill=1)
    canvas.showPage()
    canvas.save()
    found = _refused(lambda: parse_official_text(out.getvalue(), "半扫描.pdf"))
    assert (found["code"], found["page"]) == ("law.pdf_no_text", "2")


def test_that_a_pdf_whose_paragraphs_cannot_be_told_is_refused(font: str) -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFont(font, 11)
    lines = [
        "样例办法",
        "第一条　样例应当清楚完整，不得有歧义句子，",
        "样例由有关部门制定，并且应当向社会上公布。",
        "检查结果应当及时公布。",
        "第二条　乙。",
    ]
    for place, text in enumerate(lines):
        canvas.drawString(72, 700 - 20 * place, text)
    canvas.save()
    found = _refused(lambda: parse_official_text(out.getvalue(), "无缩进.pdf"))
    assert (found["code"], found["article"], found["line"]) == ("law.wrapped_lines", "1", "4")


def test_that_a_pdf_with_a_password_or_cut_off_is_refused(font: str) -> None:
    assert _refused(lambda: parse_official_text(_pdf(font)[:2_000], "断.pdf"))["code"] in ("law.pdf_broken", "law.pdf_no_text")
    out = io.BytesIO()
    canvas = Canvas(out, encrypt="secret")
    canvas.drawString(72, 700, "a")
    canvas.save()
    assert _refused(lambda: parse_official_text(out.getvalue(), "密.pdf"))["code"] == "law.pdf_broken"
