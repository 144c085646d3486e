"""The reader of official texts: what the files in circulation look like is read, what is not a statute is refused."""

import hashlib
from pathlib import Path

import pytest

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.official import MAX_BYTES, OfficialText, parse_official_text, read_official_text

# A statute of our own invention, with the shapes real ones come in.
PLAIN = """# 样例管理办法

（2030年1月2日样例部门令第9号公布 自2030年3月1日起施行）

## 第一章 总　则

第一条 为了说明样例，制定本办法。

第二条 样例分为下列几种：

（一）第一种，包括：
1. 甲类；
2. 乙类。

（二）第二种。

有下列情形之一的除外：

（一）例外。

第三条第一款规定的样例不在此限。

## 第二章  责  任

第三条　违反本办法
第二条、第一条规定的，予以说明。

第四条 本办法自2030年3月1日起施行。
"""

MARKED = """# 样例管理办法
> 2030年1月2日&emsp;样例部门令第9号公布　自2030年3月1日起施行

<!-- INFO
END -->
## 第一章　总　　则
&emsp;&emsp;**<span id="一">第一条</span>**　为了说明样例&lt;甲&gt;，制定本办法。
&emsp;&emsp;**<span id="二">第二条</span>**　违反<a href="#一">第一条</a>的，
&emsp;&emsp;**<span>第一条</span>**、第二条同时适用。
&emsp;&emsp;（一）予以说明；
&emsp;&emsp;(二) 予以记录。
"""


def _parsed(text: str, encoding: str = "utf-8") -> OfficialText:
    return parse_official_text(text.encode(encoding), "样例.md")


def test_that_plain_text_is_read_into_articles_paragraphs_and_items() -> None:
    text = _parsed(PLAIN)
    assert text.title == "样例管理办法"
    assert [article.number for article in text.articles] == [1, 2, 3, 4]
    assert [article.chapter for article in text.articles] == [1, 1, 2, 2]
    assert text.articles[0].chapter_title == "总则"
    second = text.article(2)
    assert [len(paragraph.items) for paragraph in second.paragraphs] == [2, 1, 0]
    assert second.paragraphs[0].items[0].text == "（一）第一种，包括：\n1. 甲类；\n2. 乙类。"
    assert second.paragraphs[2].text.startswith("第三条第一款规定")
    assert len(text.article(3).paragraphs) == 2
    assert (text.order_number, str(text.stated_in_force)) == ("9", "2030-03-01")
    assert text.head == ("（2030年1月2日样例部门令第9号公布 自2030年3月1日起施行）",)


def test_that_markup_is_taken_off_and_the_words_stay() -> None:
    text = _parsed(MARKED)
    assert text.article(1).paragraphs[0].text == "为了说明样例<甲>，制定本办法。"
    assert [paragraph.text for paragraph in text.article(2).paragraphs] == ["违反第一条的，", "第一条、第二条同时适用。"]
    assert [item.number for item in text.article(2).paragraphs[1].items] == [1, 2]
    assert text.article(1).line == 7


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_that_the_encodings_of_office_files_are_read_and_the_digest_is_of_the_bytes(encoding: str) -> None:
    data = PLAIN.replace("\n", "\r\n").encode(encoding)
    text = parse_official_text(data, "样例.txt")
    assert len(text.articles) == 4
    assert text.source_sha256 == hashlib.sha256(data).hexdigest()


def test_that_words_are_given_by_code() -> None:
    text = _parsed(PLAIN)
    assert text.words(ArticleCode("样例", 1)) == "为了说明样例，制定本办法。"
    assert text.words(ArticleCode("样例", 2, 1, 2)) == "（二）第二种。"
    assert text.words(ArticleCode("样例", 2, 2)).splitlines() == ["有下列情形之一的除外：", "（一）例外。"]
    for wrong in (ArticleCode("样例", 5), ArticleCode("样例", 2, 4), ArticleCode("样例", 2, 1, 3)):
        with pytest.raises(BadInput) as caught:
            text.words(wrong)
        assert caught.value.code == "law.unknown_article"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "law.not_statute_text"),
        ("会议纪要\n\n讨论了第三条的适用。".encode(), "law.not_statute_text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "law.text_encoding"),
        (b"PK\x03\x04\x14\0\x06\0", "law.text_encoding"),
        ("题\n第一条 甲。\n第三条 乙。".encode(), "law.article_order"),
        ("题\n第二条 乙。".encode(), "law.article_order"),
        ("题\n第一条 甲。\n第一条 乙。".encode(), "law.article_order"),
        ("题\n第一条 甲。\n第一条之一 乙。".encode(), "law.article_order"),
        ("题\n第一条\n第二条 乙。".encode(), "law.article_order"),
        (b"x" * (MAX_BYTES + 1), "law.text_too_large"),
    ],
)
def test_that_what_is_not_a_whole_statute_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_official_text(data, "a.md")
    assert caught.value.code == code


def test_that_the_line_of_a_gap_is_named(tmp_path: Path) -> None:
    path = tmp_path / "缺 条.md"
    path.write_text("题\n\n第一条 甲。\n\n第三条 乙。\n", "utf-8")
    with pytest.raises(BadInput) as caught:
        read_official_text(path)
    assert (caught.value.facts["line"], caught.value.facts["expected"], caught.value.facts["found"]) == ("5", "2", "第三条")


@pytest.mark.parametrize(
    "text", ["<!--" * 100_000, "<a" * 100_000, "*" * 200_000, "题\n第" + "9" * 5_000 + "条 甲", "题\n第一条 甲\n（" + "9" * 5_000 + "）乙"]
)
def test_that_a_text_made_to_choke_the_reader_is_answered(text: str) -> None:
    try:
        assert len(_parsed(text).articles) == 1
    except BadInput as refusal:
        assert refusal.code == "law.not_statute_text"
