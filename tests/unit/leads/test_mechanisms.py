"""Frames, anchors, goods named before, categories chosen, broadcasts compared, scripts measured."""

from pathlib import Path

import pytest

from inspector_app.domain.errors import BadInput
from inspector_app.domain.timebase import SECOND
from inspector_app.leads.engine import Engine, run
from inspector_app.leads.evaluation import evaluate, halves, read_scripts
from inspector_app.leads.material import ChatMessage, Material, ScreenText, Utterance
from inspector_app.leads.patterns import PatternRefused, anchors, compile_frame
from inspector_app.leads.rules import RuleSet
from inspector_app.leads.sessions import NEVER_CHARGED, SAME_LAST, Broadcast, Place, across

SETS = Path(__file__).parents[2] / "evaluation" / "sets"
S = SECOND


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("全国最佳", {"全国最佳"}),
        ("(?:全国|全网)最佳", {"最佳"}),
        (r"[^\n]{0,4}便宜", {"便宜"}),
        (r"\d{1,3}", set()),
        ("(?:甲乙)?丙丁", {"丙丁"}),
        ("(?:甲乙|丙丁)", {"甲乙", "丙丁"}),
        ("(?!不)(?:甲乙|)", set()),
    ],
)
def test_that_anchors_are_what_every_match_holds(pattern: str, needed: set[str]) -> None:
    assert anchors(pattern) == needed


def test_that_a_frame_of_refusals_only_is_refused() -> None:
    with pytest.raises(PatternRefused):
        compile_frame("!不要 & @面膜", {})


def spoken(*texts: str) -> Material:
    lines = tuple(Utterance(f"u{n}", n * 5 * S, n * 5 * S + 4 * S, text) for n, text in enumerate(texts))
    return Material(len(texts) * 5 * S + 60 * S, lines)


@pytest.mark.parametrize(
    ("named", "category"),
    [("先看这款蓝帽子鱼油软胶囊", "A04"), ("先看这个桑叶茶", "A03"), ("这支药膏药房都有", "A05"), ("这瓶面霜", "A06")],
)
def test_that_the_goods_named_before_decide_the_article(lexicon: RuleSet, named: str, category: str) -> None:
    leads = run(lexicon, spoken(named, "用了一个月，老毛病湿疹断根了"))
    assert {lead.category for lead in leads} == {category}
    assert leads[0].product


def test_that_words_of_two_categories_are_one_lead_that_names_the_other(lexicon: RuleSet) -> None:
    leads = run(lexicon, spoken("安排几个人去他评论区发烂脸图"))
    assert [lead.category for lead in leads] == ["C04"]
    assert any(rule.startswith("C01") for rule in leads[0].besides)


def test_that_a_growing_recording_ends_with_the_leads_of_the_whole(lexicon: RuleSet) -> None:
    texts = ["今天讲三款面膜", "全国找不出第二家", "最后十单了啊", "价格不上屏，想要的私我", "真的最后十单", "加我微信", "还是最后十单"]
    whole = spoken(*texts)
    live = Engine(lexicon)
    for count in range(1, len(texts) + 1):
        now = live.run(Material(whole.duration_us, whole.speech[:count]))
    assert now == run(lexicon, whole)


def test_that_near_copies_by_two_accounts_are_a_lead(lexicon: RuleSet) -> None:
    lines = ("吃了第三盒效果真不错全家都在吃", "吃了第五盒效果真不错全家都在喝")
    chat = tuple(ChatMessage(f"c{n}", n * S, f"甲{n}", text) for n, text in enumerate(lines))
    rules = {lead.rule for lead in run(lexicon, Material(60 * S, (), (), chat))}
    assert "C01-twin-messages" in rules


def test_that_a_stock_that_comes_back_unmoved_names_both_numbers(lexicon: RuleSet) -> None:
    shown = tuple(ScreenText(f"s{n}", at * S, (at + 5) * S, "M码 库存 5 件", "counter") for n, at in enumerate((10, 200)))
    (lead,) = [lead for lead in run(lexicon, Material(300 * S, (), shown)) if lead.rule == "B03-stock"]
    assert (lead.start_us, lead.facts["shown"]) == (15 * S, "5 → 5")


def test_that_marks_of_direction_and_control_hide_nothing_and_are_quoted_as_they_stand(lexicon: RuleSet) -> None:
    text = "全国\u202e最\u200b佳\u0007的面膜"
    quotes = {lead.quote for lead in run(lexicon, spoken(text)) if lead.category == "A01"}
    assert quotes == {text}


def broadcast(case: str, *said: tuple[str, str]) -> Broadcast:
    rows = tuple((Place(case, "r", f"{case}{n}", "speech", n * S, words), kind) for n, (words, kind) in enumerate(said))
    return Broadcast("云朵直播间", case, "r", rows)


def test_that_two_broadcasts_show_what_one_does_not() -> None:
    found = across(
        [
            broadcast("甲", ("真的最后十单", ""), ("原价 999", "struck_price"), ("直播价 ¥99", "price")),
            broadcast("乙", ("就剩最后十单了", ""), ("¥999", "struck_price"), ("到手价99", "price")),
        ]
    )
    assert {(one.what, one.words) for one in found} == {(SAME_LAST, "最后10单"), (NEVER_CHARGED, "原价999")}
    assert {place.case for one in found for place in one.places} == {"甲", "乙"}


def test_that_a_price_once_charged_or_a_single_broadcast_is_no_lead() -> None:
    charged = [broadcast("甲", ("原价 199", ""), ("到手价199", "")), broadcast("乙", ("原价 199", ""), ("到手价99", ""))]
    assert across(charged) == []
    assert across([broadcast("甲", ("最后十单", ""), ("最后十单", ""))]) == []


def test_that_the_scripts_are_read_and_measured(lexicon: RuleSet) -> None:
    scripts = read_scripts(SETS)
    first, second = halves(scripts)
    assert len(first) == len(second) == 9
    tally = evaluate(lexicon, scripts)
    assert sum(len(line.breach) for script in scripts for line in script.lines) + sum(len(script.absent) for script in scripts) == len(
        tally.met
    ) + len(tally.missed)
    assert tally.recall is not None
    assert tally.precision is not None


def test_that_a_script_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read_scripts(tmp_path)
    assert refused.value.code == "leads.no_evaluation"
    (tmp_path / "x.yaml").write_text("lines: [{at: nine}]", encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        read_scripts(tmp_path)
    assert refused.value.code == "leads.bad_evaluation"


def test_that_ordinary_talk_of_a_room_brings_no_lead(lexicon: RuleSet) -> None:
    lines = SETS.with_name("ordinary_talk.txt").read_text(encoding="utf-8").splitlines()
    said = tuple(Utterance(str(n), n * 5 * S, n * 5 * S + 4 * S, line) for n, line in enumerate(lines))
    assert [(lead.rule, lead.quote) for lead in run(lexicon, Material(len(lines) * 5 * S, said))] == []


def test_that_a_viewer_who_asks_is_told_from_staff_who_claim(lexicon: RuleSet) -> None:
    def found(text: str) -> set[str]:
        return {lead.category for lead in run(lexicon, Material(60 * S, chat=(ChatMessage("c", S, "甲", text),)))}

    assert found("这个茶喝了血糖能降下来吗") == set()
    assert "A03" in found("客服：这个茶喝半个月血糖就降下来了")
    assert "A03" in found("我妈喝了两盒血糖降下来了")


def test_that_a_comment_is_first_of_all_a_comment(lexicon: RuleSet) -> None:
    comment = ChatMessage("c", S, "甲", "祖传秘方包治鼻炎，加我主页")
    assert {lead.category for lead in run(lexicon, Material(60 * S, chat=(comment,)))} == {"E07"}
