"""How fast the rules read a long recording: 10,000 segments, 1,000 captions and 2,000 chat messages. Prints figures and asserts nothing.

Run: python tests/bench/bench_leads.py
"""

import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from inspector_app.domain.timebase import SECOND  # noqa: E402  # after the path
from inspector_app.leads.engine import run  # noqa: E402
from inspector_app.leads.material import ChatMessage, Material, ScreenText, Utterance  # noqa: E402
from inspector_app.leads.rules import load_rules  # noqa: E402

PLAIN = [
    "这件衣服有四个颜色，黑白灰蓝",
    "快递三天左右就能到",
    "身高一米六体重一百斤的姐妹拍中码",
    "我再讲一遍，规格是五百毫升",
    "大家打一号链接",
]


def main() -> None:
    started = time.perf_counter()
    rules = load_rules(ROOT / "resources" / "lexicon")
    print(f"load: {len(rules.rules)} rules in {time.perf_counter() - started:.2f} s")
    claims = [
        example for rule in rules.rules for example in (*rule.positive, *rule.negative) if " / " not in example and "：" not in example
    ]
    pick = random.Random(1)
    said = tuple(
        Utterance(f"u{n}", n * 3 * SECOND, (n * 3 + 3) * SECOND, pick.choice(claims if pick.random() < 0.1 else PLAIN))
        for n in range(10_000)
    )
    shown = tuple(ScreenText(f"s{n}", n * 30 * SECOND, (n * 30 + 20) * SECOND, pick.choice(claims)) for n in range(1_000))
    chat = tuple(ChatMessage(f"c{n}", n * 15 * SECOND, f"user{n % 300}", pick.choice(PLAIN)) for n in range(2_000))
    for name, material in (("speech", Material(30_000 * SECOND, said)), ("all", Material(30_000 * SECOND, said, shown, chat))):
        started = time.perf_counter()
        leads = run(rules, material)
        taken = time.perf_counter() - started
        characters = sum(len(item.text) for item in (*material.speech, *material.screen, *material.chat))
        print(f"{name}: {characters} characters, {len(leads)} leads in {taken:.2f} s, {characters / taken:,.0f} characters/s")


if __name__ == "__main__":
    main()
