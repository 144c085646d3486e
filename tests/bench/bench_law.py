"""How fast the law is: loading, finding over everything, reading and comparing official texts. Prints figures and asserts nothing.

Run: python tests/bench/bench_law.py [FOLDER OF OFFICIAL TEXTS]. Finding is meant to stay under 20 ms.
"""

import dataclasses
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from inspector_app.statutes.catalogue import Catalogue  # noqa: E402  # after the path
from inspector_app.statutes.comparing import changes  # noqa: E402
from inspector_app.statutes.finder import find_places  # noqa: E402
from inspector_app.statutes.official import read_official_text  # noqa: E402

QUERIES = [
    "34-1",
    "第二十六条第二款",
    "办法34",
    "虚假宣传",
    "xjxc",
    "gg",
    "平台",
    "主播 虚假",
    "广告法 17",
    "price comparison",
    "的",
    "a",
    "一",
]
RUNS = 20


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """The first time and the median of the others, in milliseconds."""
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return taken[0], statistics.median(taken[1:])


def main() -> None:
    started = time.perf_counter()
    catalogue = Catalogue.load(ROOT / "resources" / "statutes")
    newest = [editions[-1] for editions in catalogue.laws.values()]
    articles = sum(len(edition.provisions) for edition in newest)
    print(f"load: {len(newest)} laws, {articles} articles in {(time.perf_counter() - started) * 1000:.0f} ms")
    # the same laws once more under other names, until there are 2,000 articles: what finding costs when the catalogue has grown
    grown, place = list(newest), 0
    while sum(len(edition.provisions) for edition in grown) < 2_000:
        grown.append(dataclasses.replace(newest[place % len(newest)], law=f"样例{place}"))
        place += 1
    print(f"{'query':24} {'hits':>4} {'first':>8} {'median':>8} {'2,000 articles':>16}   {'with article cards':>18}")
    for query in QUERIES:
        first, median = timed(lambda query=query: find_places(newest, query))
        _, large = timed(lambda query=query: find_places(grown, query))
        _, cards = timed(lambda query=query: catalogue.find(query))
        print(f"{query:24} {len(find_places(newest, query)):4} {first:7.1f}  {median:7.2f}  {large:15.2f}   {cards:17.2f} ms")
    if len(sys.argv) > 1:
        read(Path(sys.argv[1]))


def read(folder: Path) -> None:
    for path in sorted(folder.glob("*")):
        started = time.perf_counter()
        try:
            text = read_official_text(path)
        except Exception as error:  # a bench goes on
            print(f"{path.name}: {error}")
            continue
        taken = (time.perf_counter() - started) * 1000
        started = time.perf_counter()
        changes(text, text)
        print(
            f"{path.name}: {len(text.articles)} articles read in {taken:.0f} ms, compared in {(time.perf_counter() - started) * 1000:.0f} ms"
        )


if __name__ == "__main__":
    main()
