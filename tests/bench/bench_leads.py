"""How fast the rules read a long broadcast: three hours of speech and screen text with 50,000 chat messages, then a million chat lines, then what
one more sentence costs while recording; and how long the evaluation set takes. Prints figures and asserts nothing.

Run: python tests/bench/bench_leads.py [--million]
"""

import random
import resource
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from inspector_app.domain.timebase import SECOND  # noqa: E402  # after the path
from inspector_app.leads import evaluation  # noqa: E402
from inspector_app.leads.engine import Engine  # noqa: E402
from inspector_app.leads.material import ChatMessage, Material, ScreenText, Utterance  # noqa: E402
from inspector_app.leads.rules import load_rules  # noqa: E402

HOURS_US = 3 * 3600 * SECOND
TALK = [
    "这件衣服有四个颜色，黑白灰蓝",
    "快递三天左右就能到",
    "身高一米六体重一百斤的姐妹拍中码",
    "我再讲一遍，规格是五百毫升",
    "大家打一号链接",
]
TYPED = ["主播晚上好", "多少钱", "有黑色吗", "已拍", "什么时候发货", "666", "刚来讲到几号了", "能用券吗", "上次买的收到了", "喜欢"]


def chat(count: int, pick: random.Random) -> tuple[ChatMessage, ...]:
    """Messages of which a third are of their own kind, the rest repeat one another."""
    return tuple(
        ChatMessage(
            f"c{n}", n * HOURS_US // count, f"user{n % 3_000}", pick.choice(TYPED) + (f" {pick.randrange(10**6)}" if n % 3 == 0 else "")
        )
        for n in range(count)
    )


def measured(name: str, rules: Engine, material: Material) -> None:
    started = time.process_time()
    leads = rules.run(material)
    taken = time.process_time() - started
    characters = sum(len(item.text) for item in (*material.speech, *material.screen, *material.chat))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name}: {characters:,} characters, {len(leads)} leads in {taken:.2f} s CPU, peak memory {peak} MiB", flush=True)


def main() -> None:
    started = time.process_time()
    rules = load_rules(ROOT / "resources" / "lexicon")
    print(f"load: {len(rules.rules)} rules in {time.process_time() - started:.2f} s CPU")
    scripts = evaluation.read_scripts(ROOT / "tests" / "evaluation" / "sets")
    started = time.process_time()
    evaluation.evaluate(rules, scripts)
    print(f"evaluation: {len(scripts)} scripts in {time.process_time() - started:.2f} s CPU")
    pick = random.Random(1)
    lines = [line.text for script in scripts for line in script.lines if line.witness == "speech"]
    said = tuple(
        Utterance(f"u{n}", n * 3 * SECOND, (n * 3 + 3) * SECOND, pick.choice(lines if pick.random() < 0.3 else TALK) + str(n))
        for n in range(3_600)
    )
    shown = tuple(ScreenText(f"s{n}", n * 5 * SECOND, (n * 5 + 20) * SECOND, pick.choice(lines)) for n in range(2_000))
    session = Material(HOURS_US, said, shown, chat(50_000, pick))
    live = Engine(rules)
    measured("3 h, speech", Engine(rules), Material(HOURS_US, said))
    measured("3 h, all three and 50,000 messages", live, session)
    one_more = Utterance("last", HOURS_US - SECOND, HOURS_US, "全国找不出第二家")
    measured("the same and one sentence more", live, Material(HOURS_US, (*said, one_more), shown, session.chat))
    if "--million" in sys.argv:
        measured("1,000,000 messages", Engine(rules), Material(HOURS_US, (), (), chat(1_000_000, pick)))


if __name__ == "__main__":
    main()
