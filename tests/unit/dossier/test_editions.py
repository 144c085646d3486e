"""Editions and versions of a dossier: what is masked, left out, numbered, and what changed since the last."""

import json
from dataclasses import replace
from typing import Any

import pytest

from inspector_app.casefile.case import Case
from inspector_app.casefile.changes import Act, insert, update
from inspector_app.domain.errors import CheckFailed, UsageError
from inspector_app.domain.people import Actor
from inspector_app.domain.records import Dossier, Exhibit, ScreenText
from inspector_app.dossier import editions

OFFICER = Actor("张敏", "粤A-0001")


def built(builder: Any, data: Any, name: str, article: str = "") -> Any:
    """An edition as the case would keep it."""
    made, facts = editions.edition(builder.case, data, name, article)
    info = made["edition"]
    row = Dossier(
        f"dos_{name}{info['version']}", "卷.pdf", f"{info['version']}" * 64, 1, 1, 1, "ab" * 32, "2026-06-24T01:00:00.000+00:00", "张敏", name,
        info["version"], (), facts,
    )  # fmt: skip
    builder.case.commit(Act("dossier.build", OFFICER, [insert(row)], row.id))
    return made


def test_that_versions_count_and_say_what_changed(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    first, second = builder.finding(), builder.finding("现在下单立减九百")
    one = built(builder, builder.data(catalogue), "full")
    assert one["edition"]["version"] == 1
    assert one["edition"]["previous"] == {}
    exhibit = builder.case.find(Exhibit, number=1)[0]
    elements = {key: {**value, "exhibits": [x for x in value["exhibits"] if x != exhibit.id]} for key, value in first.elements.items()}
    gone = [update(exhibit, replace(exhibit, state="withdrawn", reason="拍摄有误")), update(first, replace(first, elements=elements))]
    builder.case.commit(Act("exhibit.withdraw", OFFICER, gone, exhibit.id))
    builder.case.commit(Act("finding.contrary", OFFICER, [update(second, replace(second, contrary="有检验报告"))], second.id))
    builder.finding("只剩最后三单")
    two = built(builder, builder.data(catalogue), "full")["edition"]
    assert two["version"] == 2
    assert two["number"].endswith("全卷第 2 版")
    assert two["changes"]["added"] == [{"kind": "finding", "number": 3}, {"kind": "exhibit", "number": 5}, {"kind": "exhibit", "number": 6}]
    assert two["changes"]["changed"] == [{"kind": "finding", "number": 1}, {"kind": "finding", "number": 2}]
    assert two["changes"]["withdrawn"] == [{"kind": "exhibit", "number": 1}]
    assert (two["previous"]["version"], two["previous"]["sha256"]) == (1, "1" * 64)


def test_that_a_withdrawn_exhibit_stays_listed_with_its_reason_and_proves_nothing(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    builder.finding()
    exhibit = builder.case.find(Exhibit, number=1)[0]
    builder.case.commit(
        Act("exhibit.withdraw", OFFICER, [update(exhibit, replace(exhibit, state="withdrawn", reason="拍摄有误"))], exhibit.id)
    )
    data = builder.data(catalogue)
    assert [one["number"] for one in data["exhibits"]] == [2]
    assert [(one["number"], one["reason"]) for one in data["withdrawn"]] == [(1, "拍摄有误")]
    assert all(1 not in element["exhibits"] for element in data["findings"][0]["elements"])


PERSONAL = {
    "13812345678": "phone",
    "138 1234 5678": "phone",
    "+86-13812345678": "phone",
    "020-87654321": "phone",
    "微信号：abc_12345": "wechat",
    "加VX yunduo99": "wechat",
    "44010119900307123X": "identity",
    "a.b@example.com": "email",
}


@pytest.mark.parametrize(("text", "what"), PERSONAL.items())
def test_that_a_disclosure_masks_personal_data_wherever_it_stands(new_case: Any, catalogue: Any, text: str, what: str) -> None:
    builder = new_case()
    finding = builder.finding(f"联系{text}下单", note=f"电话{text}")
    lines = [ScreenText("txt_1", "rec_1", "scr_1", finding.start_us, finding.end_us, f"客服 {text}", 950, "caption", (10, 20, 90, 40))]
    builder.commit("screen.block", *lines)
    data = builder.data(catalogue)
    built(builder, data, "full")
    made = built(builder, data, "disclosure")
    digits = text.rsplit("：", maxsplit=1)[-1].rsplit(" ", maxsplit=1)[-1] if what == "wechat" else text
    for part in ("findings", "exhibits", "annexes"):
        assert digits not in json.dumps(made[part], ensure_ascii=False)
    assert what in {one["what"] for one in made["edition"]["masked"]}
    assert [10, 20, 90, 40] in made["findings"][0]["masks"]


def test_that_a_disclosure_covers_viewers_and_certificates_and_names_the_full_one(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    finding = builder.finding()
    chat = [
        ScreenText(f"txt_{y}", "rec_1", "scr_1", finding.start_us, finding.end_us, "晚风：在吗", 950, "chat", (10, y, 200, y + 20))
        for y in (900, 1000)
    ]
    builder.commit("screen.block", *chat)
    data = builder.data(catalogue)
    with pytest.raises(CheckFailed, match=r"dossier\.no_full_edition"):
        editions.edition(builder.case, data, "disclosure")
    built(builder, data, "full")
    made = built(builder, data, "disclosure")
    text = json.dumps({key: value for key, value in made.items() if key != "words"}, ensure_ascii=False)
    assert "粤A-0001" not in text
    assert "晚***" not in text
    assert "观众：在吗" in text
    assert made["edition"]["full"]["sha256"] == "1" * 64
    assert made["edition"]["number"].endswith("披露本第 1 版")
    still = next(one for one in made["exhibits"] if one["kind"] == "still")
    assert [0, 880, 220, 1040] in still["masks"]  # the whole place where viewers' lines stand: they move


def test_that_ordinary_numbers_are_left_alone(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    words = "原价 1999 元，2026-06-21 20:00 开播，国妆特字G20201234，3471人在看，执行 GB 2760-2024"
    builder.finding(words)
    data = builder.data(catalogue)
    built(builder, data, "full")
    assert built(builder, data, "disclosure")["findings"][0]["quote"] == words


def test_that_an_extract_holds_one_article_and_says_what_it_leaves_out(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    builder.finding()
    builder.finding("现在下单立减九百", article="办法:32")
    data = builder.data(catalogue)
    made = built(builder, data, "extract", "办法:32")
    assert [one["number"] for one in made["findings"]] == [2]
    assert {one["finding_id"] for one in made["exhibits"]} == {made["findings"][0]["id"]}
    assert list(made["articles"]) == ["办法:32@2026-06-21"]
    assert made["edition"]["left_out"] == 1
    with pytest.raises(UsageError, match=r"dossier\.extract_article"):
        editions.edition(builder.case, data, "extract", "办法:44")
    with pytest.raises(UsageError, match=r"dossier\.edition"):
        editions.edition(builder.case, data, "half")


@pytest.mark.parametrize("name", ["full", "disclosure", "summary", "extract"])
def test_that_every_edition_becomes_a_pdf_that_says_what_it_is(new_case: Any, catalogue: Any, tmp_path: Any, name: str) -> None:
    import subprocess

    builder = new_case()
    builder.finding()
    data = builder.data(catalogue)
    built(builder, data, "full")
    made = built(builder, data, name, "办法:34-1" if name == "extract" else "")
    item, _ = builder.build(catalogue, tmp_path / "卷.pdf", made)
    words = subprocess.run(
        ["pdftotext", str(tmp_path / "卷.pdf"), "-"], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    flat = "".join(words.split())
    if name == "summary":
        assert item["pages"] == 1
        assert "案件证据情况摘要" in flat
        assert "待补" in flat
    else:
        assert {"full": "全卷第2版", "disclosure": "披露本第1版", "extract": "条款摘录第1版"}[name] in flat
    if name == "disclosure":
        assert "粤A-0001" not in flat
        assert "1" * 64 in flat


def test_that_a_case_opened_for_reading_can_be_laid_out(new_case: Any, catalogue: Any) -> None:
    builder = new_case()
    builder.finding()
    with Case(builder.case.folder, read_only=True) as case:
        assert editions.edition(case, builder.data(catalogue), "summary")[0]["edition"]["version"] == 1
