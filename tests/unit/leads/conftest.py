from pathlib import Path

import pytest

from inspector_app.leads.rules import RuleSet, load_rules

ROOT = Path(__file__).parents[3]
LEXICON = ROOT / "resources" / "lexicon"

RULE = """\
rules:
  - id: A01-try
    category: A01
    title: {zh: 试, en: Try}
    articles: ["广告法:9-1-3"]
    witnesses: [speech, screen, chat]
    severity: 2
    terms: [全国最佳]
    exemptions: [negation]
    reason: {zh: "出现“{matched}”", en: "“{matched}”"}
    examples:
      positive: [全国最佳, 这是全国最佳, 全国最佳的面膜]
      negative: [你好, 再见, 不能说全国最佳]
"""
VOCABULARY = """\
words:
  goods: [面膜, 茶叶]
exemptions:
  - {id: negation, built_in: negation, ground: {zh: 否定, en: Negation}}
"""


@pytest.fixture(scope="session")
def lexicon() -> RuleSet:
    return load_rules(LEXICON)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small rule folder to change."""
    (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(RULE, encoding="utf-8")
    return tmp_path
