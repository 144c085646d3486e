"""A large dossier (400 frames, 5,000 sentences) to sealed PDF/A-3b, beside WeasyPrint and fpdf2 on the same content; run by hand.

python -m tests.bench.bench_dossier [--small]

Each engine runs in a process of its own, so that its memory is its own. WeasyPrint and fpdf2 get the same pictures, words and rows in a plain
layout without contents, bookmarks, links, conformance or seal: what they need is less than what the dossier needs.
"""

import argparse
import copy
import hashlib
import html
import importlib.util
import json
import resource as limits
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from inspector_app.dossier import archive, fonts, preview, stills
from inspector_app.dossier.render import render
from inspector_app.integrity import seal
from inspector_app.resources import resource

Json = dict[str, Any]
GOLDEN = Path(__file__).parents[1] / "golden" / "dossier" / "data.json"
BARS = {"cpu": 32.0, "rss": 500.0, "mb": 50.0}
LARGE, SMALL = (133, 3, 5000), (4, 2, 60)
FACES = Path(resource("fonts"))


def picture(seed: int) -> Image.Image:
    """A portrait frame of 1080p with as much detail as a broadcast has."""
    image = Image.effect_noise((270, 480), 60).resize((1080, 1920)).convert("RGB").filter(ImageFilter.GaussianBlur(3))
    draw = ImageDraw.Draw(image)
    for step in range(0, 1920, 90):
        draw.rectangle((step * (seed + 3) % 900, step, step * (seed + 3) % 900 + 300, step + 46), fill=(230, 200, seed % 255))
    return image


def content(findings: int, frames: int, rows: int) -> Json:
    """The golden data grown to so many findings, frames a finding and sentences."""
    data: Json = json.loads(GOLDEN.read_text(encoding="utf-8"))
    first = data["findings"][0]
    kinds = {kind: next(one for one in data["exhibits"] if one["kind"] == kind) for kind in ("still", "quote", "screen_text")}
    data["findings"], data["exhibits"], number = [], [], 0
    for place in range(1, findings + 1):
        data["findings"].append({**copy.deepcopy(first), "id": f"fin_{place}", "number": place, "strip": []})
        start = number
        for kind in ["still"] * frames + ["quote", "screen_text"]:
            number += 1
            data["exhibits"].append(
                {**kinds[kind], "number": number, "id": f"exh_{number}", "finding_id": f"fin_{place}", "place": 0, "box": []}
            )
        for element in data["findings"][-1]["elements"]:
            element["exhibits"] = element["exhibits"] and [start + 1, number]
    line = data["annexes"][0]["lines"][0]
    data["annexes"][0]["lines"] = [
        {
            **line,
            "start_us": n * 2_000_000,
            "end_us": n * 2_000_000 + 1_900_000,
            "machine": f"第{n}句：这款面膜今天直播间特价，现在下单立减，大家抓紧时间",
        }
        for n in range(rows)
    ]
    return data


def ours(data: Json, folder: Path, jpegs: list[bytes]) -> tuple[int, Path]:
    shown = [one["number"] for one in data["exhibits"] if one["kind"] == "still"]
    pictures = {number: stills.Still(jpegs[place % len(jpegs)], 1080, 1920) for place, number in enumerate(shown)}
    path = folder / "ours.pdf"
    with tempfile.TemporaryFile(dir=folder) as pages:
        made = render(data, pictures, fonts.load(FACES), pages, lambda: None)
        archive.archive(pages, archive.manifest(data, made.makers), data, path)
    seal.seal(path)
    return made.pages, path


def plain(data: Json) -> list[tuple[str, list[int]]]:
    """A finding's words and the places of its pictures, for the other engines."""
    told = []
    count = 0
    for finding in data["findings"]:
        own = [one for one in data["exhibits"] if one["finding_id"] == finding["id"]]
        frames = sum(one["kind"] == "still" for one in own)
        words = [f"认定 {finding['number']}　{finding['quote']}", *(one["machine"] for one in finding["context"])]
        words += (
            [one["text"] for one in finding["screen"]]
            + [one["statement"] for one in finding["elements"]]
            + [one["text"][:400] for one in own]
        )
        told.append(("\n".join(words), list(range(count, count + frames))))
        count += frames
    return told


def fpdf2(data: Json, folder: Path, jpegs: list[bytes]) -> tuple[int, Path]:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_font("body", fname=str(FACES / f"{fonts.BODY}.ttf"))
    pdf.set_font("body", size=9)
    for words, places in plain(data):
        pdf.add_page()
        pdf.multi_cell(0, 5, words)
        pdf.add_page()
        for at, place in enumerate(places):
            pdf.image(BytesIO(jpegs[place % len(jpegs)]), x=10 + 65 * at, y=20, w=60)
    pdf.add_page()
    with pdf.table(col_widths=(15, 85), first_row_as_headings=False) as table:
        for line in data["annexes"][0]["lines"]:
            row = table.row()
            row.cell(str(line["start_us"]))
            row.cell(line["machine"])
    path = folder / "fpdf2.pdf"
    pdf.output(str(path))
    return pdf.pages_count, path


def weasyprint(data: Json, folder: Path, jpegs: list[bytes]) -> tuple[int, Path]:
    import weasyprint as engine

    for place, jpeg in enumerate(jpegs):
        (folder / f"{place}.jpg").write_bytes(jpeg)
    face = (FACES / f"{fonts.BODY}.ttf").as_uri()
    parts = [f"<style>@font-face{{font-family:b;src:url({face})}}body{{font:9pt b}}section{{break-before:page}}img{{width:55mm}}</style>"]
    for words, places in plain(data):
        images = "".join(f'<img src="{place % len(jpegs)}.jpg">' for place in places)
        parts.append(f"<section><p>{html.escape(words).replace(chr(10), '<br>')}</p>{images}</section>")
    rows = "".join(f"<tr><td>{line['start_us']}<td>{html.escape(line['machine'])}" for line in data["annexes"][0]["lines"])
    page = engine.HTML(string="".join(parts) + f"<table>{rows}</table>", base_url=str(folder) + "/").render()
    path = folder / "weasyprint.pdf"
    page.write_pdf(str(path))
    return len(page.pages), path


ENGINES = {"ours": ours, "fpdf2": fpdf2, "weasyprint": weasyprint}


def one(engine: str, size: tuple[int, int, int]) -> None:
    """Runs one engine in this process and prints its figures as JSON; pictures are made before the clock starts."""
    with tempfile.TemporaryDirectory() as name:
        sides = [stills.LONG_SIDE if seed % size[1] == 0 else stills.SMALL_SIDE for seed in range(min(39, size[0] * size[1]))]
        jpegs = [stills.made(picture(seed), long_side=side).jpeg for seed, side in enumerate(sides)]
        jpegs = [jpeg + bytes([number % 256, number // 256]) for number in range(-(-size[0] * size[1] // len(jpegs))) for jpeg in jpegs]
        data = content(*size)
        cpu, wall = time.process_time(), time.perf_counter()
        pages, path = ENGINES[engine](data, Path(name), jpegs)
        facts = {
            "cpu": round(time.process_time() - cpu, 1),
            "wall": round(time.perf_counter() - wall, 1),
            "rss": round(limits.getrusage(limits.RUSAGE_SELF).ru_maxrss / 1024),
            "mb": round(path.stat().st_size / 1e6, 1),
            "pages": pages,
        }
    sys.stdout.write(json.dumps(facts) + "\n")


def previewed() -> float:
    """Wall seconds of one finding's page from data at hand, fonts loaded (the window's child stays)."""
    with tempfile.TemporaryDirectory() as name:
        data = content(4, 1, 20)
        path = Path(name) / "a.png"
        picture(1).save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        for exhibit in data["exhibits"]:
            if exhibit["kind"] == "still":
                exhibit.update(path="a.png", sha256=digest)
        given = {"case_folder": Path(name), "fonts_folder": FACES, "timelines": {}}
        preview.preview(data, "finding-1", **given)
        start = time.perf_counter()
        preview.preview(data, "finding-2", **given)
        return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--one", choices=ENGINES)
    parser.add_argument("--small", action="store_true")
    args = parser.parse_args()
    size = SMALL if args.small else LARGE
    if args.one:
        one(args.one, size)
        return
    base: Json = {}
    for engine in ENGINES:
        if engine != "ours" and importlib.util.find_spec({"fpdf2": "fpdf"}.get(engine, engine)) is None:
            continue
        call = [sys.executable, "-m", "tests.bench.bench_dossier", "--one", engine, *(["--small"] if args.small else [])]
        done = subprocess.run(call, check=False, capture_output=True, text=True)
        if done.returncode:
            print(f"{engine:>10}  {done.stderr.strip().splitlines()[-1]}")
            continue
        facts = json.loads(done.stdout.splitlines()[-1])
        base = base or facts
        ratio = "  ".join(f"{name} {facts[name]} ({facts[name] / base[name]:.2f}×)" for name in ("cpu", "rss", "mb", "pages", "wall"))
        print(f"{engine:>10}  {ratio}", flush=True)
    if not args.small:
        print("      bars  " + "  ".join(f"{name} ≤ {bar:g} ({base[name] / bar:.2f} of it)" for name, bar in BARS.items()))
    print(f"   preview  {previewed():.2f} s")


if __name__ == "__main__":
    main()
