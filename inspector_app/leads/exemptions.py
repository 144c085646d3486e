"""Grounds that take words out of a rule: the host denies them, quotes a ban, compares own goods, names a brand, speaks of service.

A ground answers `CERTAIN` (the lead is not raised), `POSSIBLE` (it is raised and carries the ground for a person to weigh) or nothing.
Sources: 广告绝对化用语执法指南 五, 六 for self-comparison, names and service; the others are about whether a claim was made at all.
Certain needs the ground in the same clause or sentence: silence is the worse failure for an inspection tool.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from inspector_app.leads.material import CHAT
from inspector_app.leads.passages import CONTEXT, Passage
from inspector_app.leads.text import STRONG, WEAK

CERTAIN = "certain"
POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule met something: the passage and the span in its normal text."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.normal.text[self.start : self.end]

    @property
    def clause_before(self) -> str:
        return re.split(f"[{WEAK}{STRONG}]", self.passage.normal.text[max(0, self.start - CONTEXT) : self.start])[-1]

    @property
    def sentence_before(self) -> str:
        return self.passage.normal.text[max(0, self.start - CONTEXT) : self.start].rsplit(STRONG, 1)[-1]

    @property
    def sentence_after(self) -> str:
        return self.passage.normal.text[self.end : self.end + CONTEXT].split(STRONG, 1)[0]

    @property
    def sentence(self) -> str:
        """The sentence, or sentences, that hold the words, as the passage was cut."""
        start, end = self.passage.sentence(self.start, self.end)
        return self.passage.normal.text[start:end]

    @property
    def after(self) -> str:
        text = self.passage.normal.text[self.end : self.end + CONTEXT]
        return text if len(text) >= CONTEXT else text + STRONG + self.passage.tail

    @property
    def around(self) -> str:
        """The sentence, the sentences beside it and what neighbouring passages add, in normal text."""
        before = self.passage.normal.text[max(0, self.start - CONTEXT) : self.start]
        head = self.passage.head if self.start < CONTEXT else ""
        return head + STRONG + before + self.text + self.after


_DENIES_SAYING = re.compile(
    r"(?:不能|不敢|不可以|不可|不准|不让|不许|不允许|不得|不要|不会|不该|不应该|从不|绝不|不(?=说|讲|承诺|保证|宣传|提|吹|夸|标|做)|无法|没法|没办法|没有人|没人|从来没|没有?|别|禁止|严禁)"
    r"(?:去|再|随便|乱|随意|跟大家|跟你们|给大家|给你们|向大家|直接|轻易|用|拿){0,2}"
    r"(?:说|讲|叫|宣传|承诺|保证|写|提|用|出现|宣称|夸|吹|标|打|称)[^，\n]{0,8}$"
)
_DISBELIEVES = re.compile(r"(?:不要|别|不能|不可以|千万别|不|勿)(?:去|再|轻易)?(?:相信|信|听信|轻信|指望|幻想|听)[^，\n]{0,10}$")
#: the match itself begins with what is denied: 不+能治疗, 没+有杀菌作用; 能不能 asks
_VERB_AFTER_NOT = ("能", "可以", "会", "有", "是", "要", "敢", "具有", "加", "做", "卖")
_DENIES_BEING = re.compile(
    r"(?:不是|并非|不算|算不上|称不上|谈不上|说不上|不等于|不属于|不具备|不具有|不含|不包含|不存在|不能|不可以|不会|无法|不可"
    r"|不做|不搞|不追求|不卖|不支持|不主张|拒绝|杜绝|禁止|不需要|没必要|未|不打|不玩)[^，\n]{0,4}$"
    r"|没有(?:任何|什么|获得|拿|得|做|经|通过|过|这种|这么|所谓的?|那么){0,3}$"
)
#: 是不是, 能不能, 有没有 ask or boast; 不仅, 不得不 add or admit: none of them denies
_NOT_DENYING = re.compile(
    r"(?:是不是|能不能|会不会|要不要|有没有|可不可以|可不可|不得不|不能不|没有不|不会不|不仅|不只|不光|不但|特别|区别|分别|差别)[^，\n]{0,8}$"
)
_IF = re.compile(r"(?:如果|要是|假如|但凡|只要|谁|哪个|哪家|哪怕|万一)[^\n]{0,10}$")
_FORFEIT = re.compile(r"^[^\n]{0,10}(?:我|咱|就|都|直接|来找|给你|随时|马上)[^\n]{0,4}(?:退|赔|免单|下播|关播|砸|改姓|倒贴|不姓|双倍|送你)")
_TURN = re.compile(r"但|不过|可是|其实|就是这么|偷偷|悄悄|我跟你|我告诉|我跟大家|可我|反正|然而|懂的")

_SUCH_WORDS = re.compile(
    r"^[^\n]{0,10}(?:这种|这样的?|这些|那种|之类的?|这类|等等?|的)(?:话|词|词语|字眼|用语|说法|宣传|字)[^\n]{0,8}"
    r"(?:不|别|违规|违法|禁|假|虚假|骗|没)"
)
_AUTHORITY = re.compile(
    r"(?:平台|广告法|法律|法规|规定|规则|官方|监管|国家|审核|公司|违禁词|敏感词|极限词|主播|按要求|按规定)[^\n]{0,16}"
    r"(?:不能|不让|不准|禁止|不得|不允许|不许|不可以|严禁|违禁|不可)([^\n]{0,16})$"
)
_OTHERS_SAY = re.compile(
    r"(?:有些|有的|有人|谁|某些|别的|别人|那些|骗子|人家|外面|市面上|网上)[^\n]{0,10}(?:说|讲|吹|宣称|号称|宣传|承诺|写)[^，\n]{0,8}$"
)
_DISBELIEF = re.compile(r"^[^\n]{0,16}(?:不要信|别信|不可信|骗人|不要相信|别相信|不靠谱|违法|违规|都是假|不要上当|别上当|千万别)")

_ASKED = re.compile(r"(?:问|咨询|想知道|私信)[^\n]{0,14}$|(?:能不能|可不可以|会不会|是不是|有没有|算不算|能否|是否)[^，\n]{0,4}$")
_ASKED_INSIDE = re.compile(r"能不能|可不可以|会不会|是不是|有没有|能否|是否")
_ANSWERED_NO = re.compile(
    r"^(?:不能|不可以|不行|没有|不会|做不到)|^[^\n]{0,8}[，\n]{1,2}[^，\n]{0,6}(?:不能|不可以|不行|没有|不会|不是|做不到|这个不|当然不|肯定不|它不|我们不|不好意思|不存在|不建议)"
)

_OWN_RANGE = re.compile(
    r"(?:(?:我们|咱们?|我|自己|自)家|本店|我们店|全店|店里|店铺|本品牌|我们品牌|我们自己|本系列|这个系列|同系列|系列|直播间)"
    r"[^\n]{0,8}(?:里面|里边|里|当中|之中|中|内)[^\n]{0,10}$"
    r"|(?:这|那)(?:\d|几|两|三|四|五)(?:款|个|种|色|件|盒)[^\n]{0,4}(?:里面|里|当中|之中|中|内)?[^\n]{0,6}$"
    r"|(?:本店|全店|店里|我们店|我们家里?|我们品牌)(?:目前|今年|卖得|历史上?|一直以来)?$"
)
_WIDE_RANGE = re.compile(r"全网|全国|全球|世界|行业|业内|同行|国内|市面|市场|全平台|史上|宇宙|亚洲")

_NAMED = re.compile(
    r"(?:名字叫|名字是|名叫|取名|起名|品牌叫|牌子叫|品牌名|店名|公司名|商标是|商标叫|型号是|型号叫|系列叫|系列名|叫做?「|款名|歌名|书名|产品名|名称是|名称叫)[^，\n]{0,4}$"
)
_NAME_BRACKETS = {"「": "」", "『": "』", "《": "》"}
_QUOTES = {"“": "”", '"': '"', "‘": "’"}
_NAME_NEAR = re.compile(r"(?:叫|名|牌|商标|系列|款)[^\n]{0,6}$")

_WISH = re.compile(
    r"(?:争取|希望|力争|努力|目标|愿景|致力|追求|尽力|尽量|尽可能|宗旨|理念|使命|心愿|祝|祝愿|为大家|给大家|给到大家)[^，\n]{0,10}$"
)
_SERVICE = re.compile(r"^的?(?:一面|状态)?的?(?:服务|态度|售后|祝福|心意|诚意|体验感?|陪伴|敬意|祝愿|自己|时光|朋友)")

_CORRECTED = re.compile(
    r"说错|口误|更正|纠正|讲错|说快了|表述有误|表述不当|不该这么说|不能这么说|不应该这么说|收回刚才|刚才那句|说得不准确|说的不准确"
)

_STAFF = re.compile(r"(?:客服|管理员?|场控|助理|助教|运营|店主|店家|主播|掌柜|官方)[^，\n]{0,6}(?:回复|，)")
_VIEWER_ASKS = re.compile(
    r"吗|么(?:$|，|\n)|怎么|为什么|为啥|是不是|能不能|会不会|有没有|可不可以|什么时候|多少|哪里|在哪|求(?!购)|还是|谁知道|真的假的|[呢吧](?:$|，|\n)"
    r"|我怕|感觉|我觉得|不信|骗人|被骗|别信|举报|曝光|投诉|管一下|上次|之前|天天(?:说|喊)|又(?:开始|来)"
)


def negation(place: Place) -> str | None:
    """The host says it is not so, or may not be said: 不能说最好, 不是药, 没有治疗作用."""
    before = place.clause_before
    if _NOT_DENYING.search(before):
        return None
    if _DENIES_SAYING.search(before) or _DISBELIEVES.search(before):
        return CERTAIN
    if before.endswith(("不", "没")) and place.text.startswith(_VERB_AFTER_NOT):
        return None if before[:-1].endswith(place.text[0]) else CERTAIN
    if not _DENIES_BEING.search(before):
        return None
    if _IF.search(before) or _FORFEIT.search(place.sentence_after):
        return None  # 不是全网最低我双倍赔你 is a promise
    return CERTAIN


def quotation(place: Place) -> str | None:
    """A ban, a question's wording or somebody else's boast is quoted: 平台规定不能说…, 有些人吹…大家别信."""
    ban = _AUTHORITY.search(place.sentence_before)
    if ban and not _TURN.search(ban.group(1)):
        return CERTAIN
    if _SUCH_WORDS.search(place.sentence_after) and not _TURN.search(place.sentence_after[:6]):
        return CERTAIN
    if _OTHERS_SAY.search(place.sentence_before):
        return CERTAIN if _DISBELIEF.search(place.after) else POSSIBLE
    return None


def question(place: Place) -> str | None:
    """A viewer's question is read out: certain when the answer that follows is no."""
    asked = _ASKED.search(place.sentence_before) or _ASKED_INSIDE.search(place.text)
    if not asked:
        return None
    return CERTAIN if _ANSWERED_NO.search(place.after) else POSSIBLE if "问" in place.sentence_before else None


def self_comparison(place: Place) -> str | None:
    """Goods of one brand or shop compared with each other (指南 六（一）): 我们家里面最大的一款."""
    before = place.sentence_before
    if _WIDE_RANGE.search(place.text) or _WIDE_RANGE.search(before[-16:]):
        return None
    if _OWN_RANGE.search(before):
        return CERTAIN
    return POSSIBLE if re.search(r"(?:我们家|本店|咱们?家|我家|我们自己)[^，\n]{0,6}$", before) else None


def brand(place: Place) -> str | None:
    """The words are a name (指南 六（四）): 「第一缕晨光」, 牌子叫第一朵云."""
    if _NAMED.search(place.clause_before):
        return CERTAIN
    left, right = place.passage.normal.source(place.start, place.end)
    original = place.passage.original
    for marks, grade in ((_NAME_BRACKETS, CERTAIN), (_QUOTES, POSSIBLE)):
        for opening, closing in marks.items():
            opened = original.rfind(opening, 0, left)
            closed = original.find(closing, right)
            if opened == -1 or closed == -1 or closing in original[opened + 1 : left] or closed - opened > 20:
                continue
            return CERTAIN if grade == POSSIBLE and _NAME_NEAR.search(original[:opened]) else grade
    return None


def service(place: Place) -> str | None:
    """A wish, an aim or the manner of service, not the goods (指南 五（一）（二）): 争取给大家最好的服务."""
    follows = bool(_SERVICE.search(place.sentence_after))
    wishes = bool(_WISH.search(place.clause_before))
    if follows:
        return CERTAIN
    return POSSIBLE if wishes else None


def correction(place: Place) -> str | None:
    """The host takes the words back within the next sentences (办法 三十一条一款): a fact to weigh, never a reason to be silent."""
    return POSSIBLE if _CORRECTED.search(place.after) else None


def viewer(place: Place) -> str | None:
    """A viewer's message that asks, doubts or complains: 这个能治鼻炎吗. What staff write, and praise, are as good as the merchant's own words."""
    if place.passage.voice != CHAT or _STAFF.search(place.sentence):
        return None
    return CERTAIN if _VIEWER_ASKS.search(place.passage.normal.text) else None


BUILT_IN: dict[str, Callable[[Place], str | None]] = {
    "negation": negation,
    "quotation": quotation,
    "question": question,
    "self_comparison": self_comparison,
    "brand": brand,
    "service": service,
    "correction": correction,
    "viewer": viewer,
}


@dataclass(frozen=True, slots=True)
class Exemption:
    """A ground a rule admits: one of `BUILT_IN`, or patterns that must touch the match (`scope` match), lie in its sentence, or near it."""

    id: str
    ground_zh: str
    ground_en: str
    built_in: str = ""
    patterns: tuple[re.Pattern[str], ...] = ()
    scope: str = "match"
    certain: bool = True

    def judge(self, place: Place) -> str | None:
        """CERTAIN, POSSIBLE or None for the words at `place`."""
        if self.built_in:
            return BUILT_IN[self.built_in](place)
        grade = CERTAIN if self.certain else POSSIBLE
        text = place.passage.normal.text
        if self.scope == "match":
            window = slice(max(0, place.start - CONTEXT), place.end + CONTEXT)
            touches = (
                found.start() + window.start < place.end and place.start < found.end() + window.start
                for pattern in self.patterns
                for found in pattern.finditer(text[window])
            )
            return grade if any(touches) else None
        where = place.sentence if self.scope == "sentence" else place.around
        return grade if any(pattern.search(where) for pattern in self.patterns) else None


SCOPES = ("match", "sentence", "near")
