"""Articles that a live-commerce file cites in practice must be summarised, not only numbered."""

import pytest

from inspector_app.resources import resource
from inspector_app.statutes.catalogue import Catalogue

CITED = {
    "广告法": "4 8 9 11 12 13 14 15 16 17 18 19 22 23 24 25 28 38 44 46 55 56 57 58 59 61 62",
    "反不正当竞争法": "7 9 11 12 23 25 27 28 41",
    "消费者权益保护法": "8 20 25 45 55 56",
    "消法实施条例": "9 10 12 13 14 15 16 17 19 20 21 50 51",
    "电子商务法": "12 13 15 17 18 19 27 28 29 31 33 35 38 75 76 77 80 81 82 83 85",
    "价格法": "13 14 40 42",
    "价格违法规定": "7 13",
    "明码标价规定": "5 13 16 17 18 19 20 21 22 23 26",
    "产品质量法": "39 49 50 52 53 54",
    "食品安全法": "67 71 73 122 123 124 125 140",
    "化妆品条例": "22 37 43 61 69",
    "互联网广告办法": "6 8 9 13 19 20 25",
    "侵害消费者权益办法": "6 16",
    "商标法": "57 60",
    "行政处罚法": "28 33 36 37 40 41 42 46 47 54 55 56",
    "程序规定": "10 18 19 21 22 23 24 25 26 27 28 29 31 33 34 35 43 44 45 48 49 50 51 52 53 54 55 57 58 62 64 78 79 86",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load(resource("statutes"))


@pytest.mark.parametrize(("law", "numbers"), CITED.items(), ids=CITED)
def test_that_every_article_a_file_cites_is_summarised(catalogue: Catalogue, law: str, numbers: str) -> None:
    assert [number for number in numbers.split() if not catalogue.article(f"{law}:{number}").summarised] == []
