import pytest

from inspector_app.speech.clean import clean, spoken


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("這個產品是國家級認證,三天美白", "这个产品是国家级认证，三天美白"),
        ("真的嗎? 真的!", "真的吗？真的！"),
        ("只要99.9, 到3:20結束", "只要99.9，到3:20结束"),
        ("直降30%,假一賠十", "直降30%，假一赔十"),
        ("加微信abc.com 下單", "加微信abc.com 下单"),
        ("  今天   上鏈接. ", "今天 上链接。"),
        ("", ""),
    ],
)
def test_that_text_becomes_simplified_with_full_width_marks(raw: str, text: str) -> None:
    assert clean(raw) == text


def test_that_only_what_is_spoken_counts() -> None:
    assert spoken("只要 99 块，三盒！") == "只要99块三盒"
