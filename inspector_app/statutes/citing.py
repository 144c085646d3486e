"""How a place of the law is written: one canonical code per place, and the citation a Chinese or English document prints."""

from inspector_app.domain.codes import ArticleCode, to_chinese_number
from inspector_app.statutes.model import Edition

_STATE = "中华人民共和国"


def canonical(code: ArticleCode, edition: Edition) -> ArticleCode:
    """The one code of a place: 款 is left out where the article has a single 款 and no 项 is meant."""
    provision = edition.provision(code.article)
    if provision is not None and len(provision.paragraphs) == 1 and code.paragraph == 1 and not code.item:
        return ArticleCode(code.law, code.article)
    return code


def cite(code: ArticleCode, edition: Edition, *, formal: bool = False) -> str:
    """《广告法》第九条第（三）项: 第一款 is left out where the article has a single 款, as documents write it.

    `formal` keeps the name's 中华人民共和国. An edition no longer in force is named behind the title: 《…》（2019年修正）.
    """
    name = edition.name.zh if formal else edition.name.zh.removeprefix(_STATE)
    label = f"（{edition.label.zh}）" if edition.in_force_to is not None else ""
    text = f"《{name}》{label}第{to_chinese_number(code.article)}条"
    if code.paragraph and not _is_single(code, edition):
        text += f"第{to_chinese_number(code.paragraph)}款"
    if code.item:
        text += f"第（{to_chinese_number(code.item)}）项"
    return text


def cite_english(code: ArticleCode, edition: Edition) -> str:
    """`Advertising Law, Article 9, item (3)`: the same place in English, by the same rule on a single 款."""
    label = f" ({edition.label.en})" if edition.in_force_to is not None else ""
    text = f"{edition.name.en}{label}, Article {code.article}"
    if code.paragraph and not _is_single(code, edition):
        text += f", paragraph {code.paragraph}"
    if code.item:
        text += f", item ({code.item})"
    return text


def _is_single(code: ArticleCode, edition: Edition) -> bool:
    provision = edition.provision(code.article)
    return provision is not None and len(provision.paragraphs) == 1
