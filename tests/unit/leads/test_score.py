import json
from pathlib import Path

import pytest

from inspector_app.domain.codes import ArticleCode
from inspector_app.leads.engine import run
from inspector_app.leads.lead import Lead
from inspector_app.leads.material import Material, ScreenText, Utterance
from inspector_app.leads.rules import RuleSet
from inspector_app.leads.score import KeyItem, read_key, score

KEY = Path(__file__).parents[3] / "resources" / "demo" / "key.json"


def lead(start_us: int, end_us: int, article: str, witness: str = "speech") -> Lead:
    return Lead("A01-try", "A01", (article,), witness, start_us, end_us, "", (), "", "", 1, None, ())


def item(name: str, kind: str, start_us: int, end_us: int, *articles: str) -> KeyItem:
    return KeyItem(name, kind, "speech", start_us, end_us, tuple(map(ArticleCode.parse, articles)))


def test_that_a_breach_is_met_by_time_witness_and_article() -> None:
    key = [item("a", "breach", 0, 10, "办法:34-1"), item("b", "breach", 20, 30, "办法:32"), item("c", "near_miss", 40, 50, "办法:32")]
    leads = [lead(5, 8, "办法:34-2"), lead(22, 25, "办法:34"), lead(0, 9, "办法:34", "screen"), lead(41, 42, "办法:32")]
    result = score(leads, key)
    assert [met.id for met in result.met] == ["a"]
    assert [missed.id for missed in result.missed] == ["b"]
    assert result.good == (leads[0],)
    assert result.recall == 0.5
    assert result.precision == 0.25
    assert [near.id for near, _ in result.near_misses_hit] == ["c"]


def test_that_a_risk_counts_for_precision_and_not_for_recall() -> None:
    result = score([lead(0, 5, "办法:31-2")], [item("r", "risk", 0, 10)])
    assert result.precision == 1.0
    assert result.recall is None


def test_that_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="odd"):
        read_key({"items": [{"id": "a", "kind": "odd", "witness": "speech", "start_us": 0, "end_us": 1, "articles": []}]})


def test_that_the_words_of_the_demonstration_are_found_and_its_near_misses_left(lexicon: RuleSet) -> None:
    data = json.loads(KEY.read_text("utf-8"))
    key = [entry for entry in read_key(data) if entry.witness == "speech"]
    said = tuple(Utterance(f"u{n}", one["start_us"], one["end_us"], one["text"]) for n, one in enumerate(data["sentences"]))
    captions = tuple(ScreenText(one["id"], one["start_us"], one["end_us"], one["text"], "caption") for one in data["captions"])
    leads = run(lexicon, Material(data["duration_us"], said, captions))
    result = score([lead for lead in leads if lead.witness == "speech"], key)
    assert result.missed == ()
    assert result.near_misses_hit == ()
    assert result.precision is not None
    assert result.precision >= 0.9
