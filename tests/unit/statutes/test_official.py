"""The reader of official texts: what the files in circulation look like is read, what is not a statute is refused."""

import hashlib
from pathlib import Path

import pytest

from inspector_app.domain.codes import ArticleCode, to_chinese_number
from inspector_app.domain.errors import BadInput
from inspector_app.statutes.official import MAX_BYTES, OfficialText, parse_official_text, read_official_text

TEXTS = Path(__file__).parents[3].parent / "shared" / "law"

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
    assert [point.text for point in second.paragraphs[0].items[0].points] == ["1. 甲类；", "2. 乙类。"]
    assert second.paragraphs[2].text.startswith("第三条第一款规定")
    # a sentence broken before a cross-reference is one 款
    assert [paragraph.text for paragraph in text.article(3).paragraphs] == ["违反本办法第二条、第一条规定的，予以说明。"]
    assert (text.order_number, str(text.stated_in_force)) == ("9", "2030-03-01")
    assert [(str(act.day), act.act) for act in text.acts] == [("2030-01-02", "promulgated"), ("2030-03-01", "in_force")]
    assert (str(text.promulgated), str(text.newest_day)) == ("2030-01-02", "2030-03-01")
    assert text.head == ("（2030年1月2日样例部门令第9号公布 自2030年3月1日起施行）",)


def test_that_markup_is_taken_off_and_the_words_stay() -> None:
    text = _parsed(MARKED)
    assert text.article(1).paragraphs[0].text == "为了说明样例<甲>，制定本办法。"
    assert [paragraph.text for paragraph in text.article(2).paragraphs] == ["违反第一条的，第一条、第二条同时适用。"]
    assert [item.number for item in text.article(2).paragraphs[0].items] == [1, 2]
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
        (b"PK\x03\x04\x14\0\x06\0", "law.docx_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "law.old_word"),
        (b"%PDF-1.7\nnothing", "law.pdf_broken"),
        ("题\n第一条 甲。\n第三条 乙。".encode(), "law.article_order"),
        ("题\n第二条 乙。".encode(), "law.article_order"),
        ("题\n第一条 甲。\n第一条 乙。".encode(), "law.article_order"),
        ("题\n第一条 甲。\n第一条之一 乙。".encode(), "law.article_order"),
        ("题\n第一条\n第二条 乙。".encode(), "law.empty_article"),
        ("题\n第一条甲。\n第一条乙。".encode(), "law.article_order"),
        ("第一条 甲。\n第二条 乙。".encode(), "law.no_title"),
        ("题\n第一条 甲。\n第二条 乙".encode(), "law.open_end"),
        ("题\n第一条 甲。\n扫一扫在手机打开当前页".encode(), "law.open_end"),
        ("题\n第一章 总则\n第一条 甲。\n第三章 附则\n第二条 乙。".encode(), "law.heading_order"),
        ("题\n第一章 总则\n第一节 一\n第一条 甲。\n第三节 三\n第二条 乙。".encode(), "law.heading_order"),
        ("题\n第二章 总则\n第一条 甲。".encode(), "law.heading_order"),
        ("题\n第一条 如下：\n（一）甲；\n（三）乙。".encode(), "law.item_order"),
        ("题\n第一条 如下：\n（一）甲：\n1. 子；\n3. 丑。".encode(), "law.item_order"),
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
        assert refusal.code in ("law.not_statute_text", "law.open_end")


def _refused(text: str) -> dict[str, str]:
    with pytest.raises(BadInput) as caught:
        _parsed(text)
    return {"code": caught.value.code, **caught.value.facts}


@pytest.mark.parametrize(
    "number",
    ["第二十O条", "第二十〇O条", "第二十l条", "第二+一条", "第廿一条", "笫二十一条", "第二十一條", "第二二十一条", "第二一条", "第2l条"],
)
def test_that_a_number_misread_by_a_scanner_is_refused_at_its_article(number: str) -> None:
    articles = "".join(f"第{to_chinese_number(n)}条　甲{n}。\n" for n in range(1, 21))
    refused = _refused(f"题\n{articles}{number}　乙。\n第二十二条　丙。\n")
    assert (refused["code"], refused["expected"], refused["line"]) == ("law.article_number", "21", "22")
    assert refused["found"] == number


def test_that_a_blank_inside_a_number_is_typesetting_and_no_mistake() -> None:
    articles = "".join(f"第{to_chinese_number(n)}条　甲{n}。\n" for n in range(1, 21))
    text = _parsed(f"题\n{articles}第二十一 条　乙。\n第 二 十 二 条　丙。\n第２３条　丁。")
    assert [article.words for article in text.articles[20:]] == ["乙。", "丙。", "丁。"]


def test_that_a_cross_reference_at_the_start_of_a_line_is_text() -> None:
    text = _parsed(
        "题\n第一条 甲。\n第一条、第三条规定的除外。\n第三条所称样例，见附件。\n"
        "第二条 违反\n第三条要求的，\n第一条的规定不适用。\n第三条 丙。"
    )
    assert [len(article.paragraphs) for article in text.articles] == [3, 1, 1]
    assert text.article(2).words == "违反第三条要求的，第一条的规定不适用。"


def test_that_a_missing_article_in_the_middle_is_named() -> None:
    refused = _refused("题\n第一条 甲。\n第二条 乙。\n第四条 丁。\n第五条 戊。")
    assert (refused["expected"], refused["found"], refused["line"]) == ("3", "第四条", "4")


def test_that_a_table_of_contents_is_not_taken_for_the_chapters() -> None:
    text = _parsed(
        "样例法\n目　录\n第一章 总则\n第一节 甲\n第二章 附 则\n第一章　总　则\n第一节 甲\n第一条 甲。\n第二章\n附　则\n第二条 乙。"
    )
    assert [(article.chapter, article.chapter_title, article.section) for article in text.articles] == [(1, "总则", 1), (2, "附则", 0)]
    assert text.head == ()


def test_that_a_list_inside_an_article_is_no_heading_and_loses_no_word() -> None:
    text = _parsed("样例法\n第一条 分为：\n一、甲类；\n二、乙类。\n第二条 乙。")
    assert [article.words.replace("\n", "") for article in text.articles] == ["分为：一、甲类；二、乙类。", "乙。"]
    listed = _parsed("样例规定\n一、总的要求\n第一条 甲。\n二、具体要求\n第二条 乙。")
    assert [(article.chapter, article.chapter_title) for article in listed.articles] == [(1, "总的要求"), (2, "具体要求")]


def test_that_the_title_is_found_below_the_order_that_promulgates_it() -> None:
    text = _parsed(
        "样例总局令\n第117号\n《样例管理办法》已经2029年12月1日第3次局务会议通过，现予公布，自2030年2月1日起施行。\n局长 某某\n2030年1月1日\n"
        "样例管理办法\n第一条 甲。"
    )
    assert (text.title, text.order_number, str(text.stated_in_force)) == ("样例管理办法", "117", "2030-02-01")
    assert [act.act for act in text.acts] == ["adopted", "in_force", "promulgated"]
    assert str(text.promulgated) == "2030-01-01"


def test_that_a_title_on_several_lines_is_put_together() -> None:
    assert _parsed("最高人民法院\n关于审理样例案件\n适用法律若干问题的规定（一）\n法释〔2030〕8号\n第一条 甲。").title == (
        "最高人民法院关于审理样例案件适用法律若干问题的规定（一）"
    )
    assert _parsed("中华人民共和国\n样例法\n第一条 甲。").title == "中华人民共和国样例法"


def _wrapped(text: str, indent: str) -> str:
    lines = [indent + line for line in text.splitlines()]
    return "\n".join(line[at : at + 20] for line in lines for at in range(0, len(line), 20))


LONG = (
    "第一条 样例应当清楚、完整、准确，不得有错别字和歧义句子。样例由有关部门制定并且公布。\n"
    "有关部门应当每年对样例进行一次全面检查并且及时改正错误。检查结果应当向社会公布，接受社会监督。\n"
    "第二条 违反本办法的，由有关部门责令限期改正，并可以予以通报；拒不改正的，依照其他规定处理。"
)


def test_that_lines_broken_at_a_width_are_put_together_by_their_indents() -> None:
    whole = _parsed("样例办法\n" + LONG)
    broken = _parsed("样例办法\n" + _wrapped(LONG, "　　"))
    assert [article.words for article in broken.articles] == [article.words for article in whole.articles]


def test_that_broken_lines_without_indents_are_refused_where_a_paragraph_cannot_be_told() -> None:
    sentence = "有关部门应当按照规定每年进行一次全面检查。"  # as long as the lines are
    text = (
        "样例办法\n第一条 样例应当清楚完整准确，不得有歧义\n句子。样例由有关部门制定并且向社会公布，并\n且及时改正其中的错误，检查结果应当及时公\n布出来供查。\n"
        + sentence
        + "\n结果公布。\n第二条 乙。"
    )
    refused = _refused(text)
    assert (refused["code"], refused["article"], refused["line"]) == ("law.wrapped_lines", "1", "7")


def test_that_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "巨大.txt"
    with path.open("wb") as file:
        file.truncate(300_000_000)  # sparse: nothing is written
    with pytest.raises(BadInput) as caught:
        read_official_text(path)
    assert caught.value.code == "law.text_too_large"


@pytest.mark.parametrize("name", ["没有.txt", "文件夹"])
def test_that_what_is_no_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "文件夹").mkdir()
    with pytest.raises(BadInput) as caught:
        read_official_text(tmp_path / name)
    assert caught.value.code == "law.unreadable"


# --- the texts beside the project, and the seven traps their README lists -----------------------------------------------------------


def _counts() -> dict[str, str]:
    """File → number of articles, from the table of the README."""
    if not TEXTS.is_dir():
        pytest.skip("statute texts are not beside the project")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in (TEXTS / "README.md").read_text("utf-8").splitlines()]
    return {row[0]: row[4] for row in rows if len(row) == 5 and row[0].endswith(".md")}


def test_that_every_text_has_the_articles_its_readme_counts() -> None:
    counts = _counts()
    assert len(counts) == 27
    for name, count in counts.items():
        if count == "–":  # a guide in items, not articles
            with pytest.raises(BadInput, match="not_statute_text"):
                read_official_text(TEXTS / name)
        else:
            assert len(read_official_text(TEXTS / name).articles) == int(count), name


def _shared(name: str) -> OfficialText:
    if not TEXTS.is_dir():
        pytest.skip("statute texts are not beside the project")
    return read_official_text(TEXTS / f"{name}.md")


def test_that_trap_1_references_in_links_and_bold_start_no_article() -> None:
    text = _shared("反不正当竞争法(2025修订)")
    assert [article.number for article in text.articles] == list(range(1, 42))
    assert "<" not in "".join(article.words for article in text.articles)
    assert "第三十四条" in _shared("直播电商监督管理办法").article(62).words


def test_that_trap_2_files_without_chapters_or_with_listed_sections_are_read() -> None:
    assert {article.chapter for article in _shared("价格违法行为行政处罚规定").articles} == {0}
    assert {article.chapter for article in _shared("互联网广告管理办法").articles} == {0}
    evidence = _shared("最高人民法院关于民事诉讼证据的若干规定")
    assert sorted({article.chapter for article in evidence.articles}) == [1, 2, 3, 4, 5, 6]
    assert evidence.article(1).chapter_title == "当事人举证"


def test_that_trap_3_blanks_inside_headings_are_left_out() -> None:
    for name in ("广告法", "市场监督管理行政处罚程序规定", "食品安全法(2021修正)"):
        assert _shared(name).article(1).chapter_title == "总则"


def test_that_trap_4_paragraphs_are_counted_and_items_stand_under_theirs() -> None:
    measures = _shared("直播电商监督管理办法")
    assert [len(paragraph.items) for paragraph in measures.article(26).paragraphs] == [0, 3]
    assert measures.words(ArticleCode("办法", 26, 2, 2)).startswith("（二）")
    points = [point for article in _parsed(PLAIN).articles for part in article.paragraphs for item in part.items for point in item.points]
    assert [point.number for point in points] == [1, 2]


def test_that_trap_5_numbers_above_a_hundred_are_read() -> None:
    food = _shared("食品安全法(2021修正)")
    assert [food.article(number).number for number in (100, 125, 140, 154)] == [100, 125, 140, 154]


def test_that_trap_6_digits_inside_and_half_width_brackets_are_read() -> None:
    prices = _shared("价格违法行为行政处罚规定")
    assert any(item.text.startswith("(一)") for article in prices.articles for part in article.paragraphs for item in part.items)
    assert "倍" in _shared("消费者权益保护法实施条例").words(ArticleCode("条例", 50))


def test_that_trap_7_amendment_notes_are_data_and_no_text() -> None:
    advertising = _shared("广告法")
    assert [(str(act.day), act.act) for act in advertising.acts] == [
        ("1994-10-27", "adopted"),
        ("2015-04-24", "amended"),
        ("2018-10-26", "amended"),
        ("2021-04-29", "amended"),
    ]
    assert (str(advertising.newest_day), str(advertising.stated_in_force)) == ("2021-04-29", "2015-09-01")
    assert not any("修正" in article.words for article in advertising.articles)
