import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.leads.text import normalise
from inspector_app.speech.sounds import near, syllables

PIECES = st.sampled_from(
    [
        "全网最低价",
        "九块九",
        "百分之百",
        "三百九十九",
        "➕V",
        "加薇",
        "V信",
        "最*好",
        " ",
        "，",
        "。",
        "🔥",
        "第一",
        "10万单",
        "１２",
        "ﬁ",
        "ß",
        "、",
        "19块9",
        "两三天",
        ":",
        "3.5",
        "\n",
        "「",
        "e\u0301",
    ]
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("九十九", "99"),
        ("九块九", "9.9元"),
        ("19块9毛", "19.9元"),
        ("百分之百有效", "100%有效"),
        ("百分之九十八点七", "98.7%"),
        ("三百九十九块", "399块"),
        ("一百二", "120"),
        ("三万五", "35000"),
        ("10万单", "100000单"),
        ("1.2万件", "12000件"),
        ("二零二四年", "2024年"),
        ("一千零五", "1005"),
        ("三天美白", "3天美白"),
        ("世界第一", "世界第1"),
        ("1,500元", "1500元"),
        ("距结束 00:30", "距结束，00:30"),
    ],
)
def test_that_quantities_become_digits(written: str, normal: str) -> None:
    assert normalise(written).text == normal


@pytest.mark.parametrize("word", ["唯一", "千万不要", "万一", "十分好", "两三天", "一起", "统一", "假一赔十", "三七"])
def test_that_a_numeral_inside_a_word_stays(word: str) -> None:
    assert normalise(word).text == word


@pytest.mark.parametrize("written", ["加微信", "加薇", "➕V", "+vx", "加V信", "加 微 信", "加wx", "加威信", "加薇信", "加*微*信"])
def test_that_disguises_of_wechat_are_seen_through(written: str) -> None:
    assert normalise(written).text == "加微信"


@pytest.mark.parametrize("written", ["最佳", "最 佳", "最*佳", "最.佳", "最🔥佳", "「最佳」", "最-佳"])
def test_that_signs_inside_a_word_are_dropped(written: str) -> None:
    assert normalise(written).text == "最佳"


def test_that_a_blank_between_words_is_a_pause() -> None:
    assert normalise("全网最低价 只要九十九").text == "全网最低价，只要99"


def test_that_full_width_and_capitals_are_folded() -> None:
    assert normalise("ＴＯＰ１ NO.1").text == "top1，no1"


@given(TEXTS)
def test_that_every_character_of_normal_text_maps_into_the_original(original: str) -> None:
    normal = normalise(original)
    assert len(normal.origin) == len(normal.text)
    last = 0
    for left, right in normal.origin:
        assert last <= left < right <= len(original) or (left, right) == normal.origin[0]
        last = left


@given(st.lists(PIECES, max_size=6).map("".join), st.lists(PIECES, max_size=6).map("".join))
def test_that_a_word_is_found_where_it_stands(before: str, after: str) -> None:
    original = f"{before}。根治失眠。{after}"
    normal = normalise(original)
    at = normal.text.index("根治失眠")
    left, right = normal.source(at, at + 4)
    assert original[left:right] == "根治失眠"


@given(TEXTS)
def test_that_there_is_one_syllable_for_every_character(original: str) -> None:
    text = normalise(original).text
    assert len(syllables(text)) == len(text)


def test_that_homophones_sound_alike() -> None:
    assert syllables("国家极认证") == syllables("国家级认证")
    assert syllables("一生都推荐") == syllables("医生都推荐")
    assert syllables("第1") == syllables("第一")


@pytest.mark.parametrize(("left", "right"), [("zhi", "zi"), ("xin", "xing"), ("lan", "nan"), ("hua", "fua"), ("jia", "jian")])
def test_that_near_syllables_are_near(left: str, right: str) -> None:
    assert near(left, right)
    assert near(right, left)


@pytest.mark.parametrize(("left", "right"), [("zui", "yi"), ("guo", "bei"), ("ba", "shuang")])
def test_that_far_syllables_are_far(left: str, right: str) -> None:
    assert not near(left, right)
