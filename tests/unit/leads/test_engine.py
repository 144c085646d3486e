import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector_app.domain.timebase import SECOND
from inspector_app.leads.engine import run
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import ChatMessage, Material, ScreenText, Utterance
from inspector_app.leads.rules import RuleSet, load_rules

MINUTE = 60 * SECOND


def spoken(*texts: str, gap_us: int = 0, flags: tuple[str, ...] = ()) -> Material:
    """Texts said one after another, three seconds each."""
    step = 3 * SECOND + gap_us
    said = tuple(Utterance(f"u{number}", number * step, number * step + 3 * SECOND, text, "", flags) for number, text in enumerate(texts))
    return Material(MINUTE, said)


def of_rule(leads: list[Lead], rule: str) -> list[Lead]:
    return [lead for lead in leads if lead.rule == rule]


def test_that_a_claim_split_over_two_segments_is_one_lead(lexicon: RuleSet) -> None:
    (lead,) = of_rule(run(lexicon, spoken("这款面膜是全国", "最佳的补水面膜")), "A01-absolute")
    assert lead.source_ids == ("u0", "u1")
    assert lead.quote == "这款面膜是全国最佳的补水面膜"
    assert (lead.start_us, lead.end_us) == (0, 6 * SECOND)


def test_that_a_long_silence_parts_two_claims(lexicon: RuleSet) -> None:
    assert not of_rule(run(lexicon, spoken("我们在全国", "最佳女主角", gap_us=5 * SECOND)), "A01-absolute")


def test_that_a_rule_gives_one_lead_for_a_sentence(lexicon: RuleSet) -> None:
    (lead,) = of_rule(run(lexicon, spoken("国家级认证的，全国最佳的，世界第一的面膜。")), "A01-absolute")
    assert len(lead.matched) == 3


def test_that_a_homophone_names_the_term_it_is_taken_for(lexicon: RuleSet) -> None:
    (lead,) = of_rule(run(lexicon, spoken("它是国家极认证的产品")), "A01-absolute")
    assert lead.heard_as == "国家级认证"
    assert lead.matched[0].text == "国家极认证"
    assert "国家级认证" in lead.reason_zh


def test_that_one_syllable_may_be_off_where_the_term_is_long(folder: Path) -> None:
    path = folder / "rules.yaml"
    path.write_text(path.read_text("utf-8").replace("terms: [全国最佳]", "terms: [全国最佳]\n    pinyin: true"), encoding="utf-8")
    assert not run(load_rules(folder), spoken("权果醉将"))
    path.write_text(path.read_text("utf-8").replace("pinyin: true", "pinyin: true\n    near_sound: [全国最佳]"), encoding="utf-8")
    (lead,) = run(load_rules(folder), spoken("权国最假的"))
    assert lead.heard_as == "全国最佳"


def test_that_a_caption_shown_long_is_one_lead(lexicon: RuleSet) -> None:
    shown = tuple(ScreenText(f"s{n}", n * 10 * SECOND, (n * 10 + 9) * SECOND, "全网最低价", "caption") for n in range(6))
    (lead,) = of_rule(run(lexicon, Material(MINUTE, (), shown)), "B01-lowest")
    assert (lead.start_us, lead.end_us, len(lead.source_ids), lead.times) == (0, 59 * SECOND, 6, 6)


def test_that_a_caption_shown_again_much_later_is_another_lead(lexicon: RuleSet) -> None:
    shown = tuple(ScreenText(f"s{n}", n * 20 * MINUTE, n * 20 * MINUTE + SECOND, "全网最低价") for n in range(2))
    assert len(of_rule(run(lexicon, Material(30 * MINUTE, (), shown)), "B01-lowest")) == 2


def test_that_a_viewers_words_are_not_taken_for_the_hosts(lexicon: RuleSet) -> None:
    read = ScreenText("s", 0, SECOND, "听说这是全国最佳的面膜", "chat")
    typed = ChatMessage("c", 0, "甲", "听说这是全国最佳的面膜")
    assert not of_rule(run(lexicon, Material(MINUTE, (), (read,), (typed,))), "A01-absolute")


def test_that_chat_is_read_where_a_rule_says_so(lexicon: RuleSet) -> None:
    (lead,) = of_rule(run(lexicon, Material(MINUTE, (), (), (ChatMessage("c", SECOND, "甲", "➕V 领福利"),))), "E07-comments")
    assert "E04-private-deal" in lead.besides
    assert (lead.witness, lead.start_us, lead.source_ids) == ("chat", SECOND, ("c",))


def test_that_the_flags_of_a_segment_are_carried(lexicon: RuleSet) -> None:
    (lead,) = of_rule(run(lexicon, spoken("全网最低价", flags=("loop",))), "B01-lowest")
    assert lead.doubts == ("loop",)


def test_that_an_uncertain_exemption_is_carried(lexicon: RuleSet) -> None:
    (lead,) = of_rule(run(lexicon, spoken("这是全国最佳的面膜。", "不好意思刚才说错了。")), "A01-absolute")
    assert lead.possible_exemption is not None
    assert lead.possible_exemption.id == "correction"


def test_that_words_far_from_the_product_can_be_required(folder: Path) -> None:
    path = folder / "rules.yaml"
    path.write_text(path.read_text("utf-8").replace("terms: [全国最佳]", 'terms: [全国最佳]\n    requires: ["<goods>"]'), encoding="utf-8")
    rules = load_rules(folder)
    assert not run(rules, spoken("全国最佳"))
    assert run(rules, spoken("全国最佳的面膜"))
    said = spoken("全国最佳")
    assert run(rules, Material(said.duration_us, said.speech, product_words=("茶叶",)))


def test_that_words_in_one_segment_are_timed_by_their_place(lexicon: RuleSet) -> None:
    material = Material(MINUTE, (Utterance("u", 0, 10 * SECOND, "今天天气真好呀。这是全网最低价。"),))
    (lead,) = of_rule(run(lexicon, material), "B01-lowest")
    assert lead.quote == "这是全网最低价。"
    assert (lead.start_us, lead.end_us) == (5 * SECOND, 10 * SECOND)


SAID = st.sampled_from(
    [
        "这是「全国最佳」的 面 膜",
        "加 薇 领福利",
        "最后十单，真的！最后时单。",
        "百分之百有效🔥",
        "它能治 疗高血压",
        "国家极认证",
        "你好",
        "　",
        "无效全额退款…",
        "专柜卖三百九，我们直播间一百九",
        "不能说世界第一，",
        "３天美白",
    ]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SAID, max_size=8), st.integers(0, 2))
def test_that_what_matched_is_exactly_that_slice_of_the_quote(lexicon: RuleSet, texts: list[str], gap: int) -> None:
    material = spoken(*texts, gap_us=gap * SECOND)
    screen = tuple(ScreenText(f"s{n}", n, n + 1, text) for n, text in enumerate(texts))
    whole = "".join(texts)
    for lead in run(lexicon, Material(MINUTE, material.speech, screen)):
        assert 0 <= lead.start_us <= lead.end_us <= MINUTE
        assert lead.quote in whole
        assert set(lead.source_ids) <= {item.id for item in (*material.speech, *screen)}
        for matched in lead.matched:
            assert matched.text
            assert lead.quote[matched.start : matched.end] == matched.text


def test_that_the_order_of_the_material_does_not_matter(lexicon: RuleSet) -> None:
    texts = ["全网最低价", "最后十单", "能治高血压", "加微信", "国家级认证", "假一赔十"] * 4
    said = list(spoken(*texts, gap_us=SECOND).speech)
    shown = [ScreenText(f"s{n}", n * SECOND, (n + 2) * SECOND, text) for n, text in enumerate(texts)]
    expected = run(lexicon, Material(5 * MINUTE, tuple(said), tuple(shown)))
    mixed = random.Random(7)
    for _ in range(3):
        mixed.shuffle(said)
        mixed.shuffle(shown)
        assert run(lexicon, Material(5 * MINUTE, tuple(said), tuple(shown))) == expected


def test_that_an_empty_recording_gives_nothing(lexicon: RuleSet) -> None:
    assert run(lexicon, Material(0)) == []
