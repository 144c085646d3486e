"""Renders scripts of the evaluation set to what a camera and a microphone would have kept: a video with sound and a chat log.

    python tests/evaluation/render.py --voice "PYTHON say.py" --out FOLDER [SCRIPT …]

Writes per script `<id>.mp4`, `<id>.csv` (the chat) and `<id>.yaml`: the script again, with the times at which its sentences really came to
lie (a voice speaks slower or faster than the script says) and the boxes its screen lines really filled. What is there already is not made again. Nothing it writes belongs in
the repository.
"""

import argparse
import csv
import functools
import re
import shlex
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
import yaml
from PIL import Image, ImageDraw, ImageFont
from speaking import RATE, lay, speak

ROOT = Path(__file__).parents[2]
SETS = Path(__file__).parent / "sets"
#: different sectors; between them they show every kind of screen text
CHOSEN = ("clothing-cashmere-and-sneakers", "second-hand-luxury-bags", "slimming-fitness-and-shapewear", "digital-host-fish-oil-nightshift")
#: scripts place boxes on 1080 × 1920; a live room is seldom sent larger than this
WIDTH, HEIGHT, FPS = 720, 1280, 6
_SCALE = WIDTH / 1080
#: the ground comes round again after so many frames
_LOOP = 48
_LEAST_FONT = 20

Picture = npt.NDArray[np.uint8]
#: letters, plate (red, green, blue, opacity), outline
_LOOKS: dict[str, tuple[tuple[int, ...], tuple[int, ...], bool]] = {
    "caption": ((255, 225, 60, 255), (0, 0, 0, 0), True),
    "title": ((255, 255, 255, 255), (150, 30, 70, 220), False),
    "card": ((40, 40, 40, 255), (255, 255, 255, 235), False),
    "price": ((215, 20, 50, 255), (255, 255, 255, 240), False),
    "struck_price": ((120, 120, 120, 255), (255, 255, 255, 240), False),
    "countdown": ((255, 255, 255, 255), (40, 30, 50, 235), False),
    "counter": ((255, 255, 255, 255), (215, 95, 25, 235), False),
    "seller": ((30, 30, 30, 255), (255, 255, 255, 220), False),
    "badge": ((255, 255, 255, 255), (30, 80, 160, 230), False),
    "ai_label": ((255, 255, 255, 255), (0, 0, 0, 120), False),
}


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def clock(at_s: float) -> str:
    tenths = round(at_s * 10)
    return f"{tenths // 36000:02d}:{tenths // 600 % 60:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


@functools.cache
def _face(size: int, name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(ROOT / "resources" / "fonts" / name, size)


def _runs(text: str, size: int) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """A line in pieces of one face each: signs that the text face lacks come from the face of signs."""
    faces = _face(size, "NotoSansSC-Bold.ttf"), _face(size, "Symbola.ttf")
    none = bytes(faces[0].getmask("\U000fffff"))
    pieces: list[tuple[str, ImageFont.FreeTypeFont]] = []
    for sign in text:
        face = faces[1] if bytes(faces[0].getmask(sign)) == none else faces[0]
        if pieces and pieces[-1][1] is face:
            pieces[-1] = (pieces[-1][0] + sign, face)
        else:
            pieces.append((sign, face))
    return pieces


def _length(text: str, size: int) -> float:
    return sum(face.getlength(piece) for piece, face in _runs(text, size))


def _broken(text: str, size: int, width: int) -> list[str]:
    """A text in lines that fit a width: between its parts, then between its words, within a word only where it must be."""
    lines: list[str] = []
    for part in re.split(r"\s*｜\s*", text):
        line = ""
        for word in re.findall(r"\S+\s*", part):
            if line and _length(line + word.rstrip(), size) > width:
                lines.append(line.rstrip())
                line = ""
            for sign in word:
                if line and _length(line + sign, size) > width and not sign.isspace():
                    lines.append(line)
                    line = ""
                line += sign
        lines.append(line.rstrip())
    return lines


def _set(text: str, width: int, height: int) -> tuple[list[str], int]:
    """The largest letters with which a text fits its box, in as few lines as they allow; the least size may be higher than the box."""
    for size in range(height * 7 // 10, _LEAST_FONT, -1):
        if _length(text, size) <= width * 0.94:
            return [text], size
        lines = _broken(text, size, round(width * 0.94))
        if len(lines) * size * 1.4 <= height:
            return lines, size
    return _broken(text, _LEAST_FONT, round(width * 0.94)), _LEAST_FONT


@functools.lru_cache(maxsize=64)
def _layer(text: str, kind: str, width: int, height: int) -> Picture:
    """A text in the manner of its kind as RGBA, as large as its box or, where the text needs it, higher."""
    fill, plate, outlined = _LOOKS[kind]
    lines, size = _set(text, width, height)
    step = round(size * 1.4)
    picture = Image.new("RGBA", (width, max(height, step * len(lines))), plate)
    draw = ImageDraw.Draw(picture)
    top = (picture.height - step * len(lines)) // 2
    for place, line in enumerate(lines):
        x = (width - _length(line, size)) / 2
        for piece, face in _runs(line, size):
            stroke = max(2, size // 14) if outlined else 0
            middle = top + place * step + step // 2
            draw.text((x, middle), piece, font=face, fill=fill, anchor="lm", stroke_width=stroke, stroke_fill=(110, 10, 40, 255))
            struck = re.search(r"[￥¥]?\d[\d.,]*", piece) if kind == "struck_price" else None
            if struck:
                left, right = (x + face.getlength(piece[:end]) for end in struck.span())
                draw.line((left - 2, middle, right + 2, middle), fill=fill, width=max(2, size // 14))
            x += face.getlength(piece)
    return np.asarray(picture)


def _now(line: dict[str, Any], at_s: float) -> str:
    """What a line says at a moment: a countdown runs."""
    text = str(line["text"])
    found = re.search(r"\d{1,2}(?::\d{2}){1,2}", text) if line["kind"] == "countdown" else None
    if found is None:
        return text
    left = max(0, int(seconds(("00:" + found[0])[-8:]) - (at_s - line["from"])))
    shown = f"{left // 3600:02d}:{left // 60 % 60:02d}:{left % 60:02d}"[-len(found[0]) :]
    return text.replace(found[0], shown)


def _placed(lines: list[dict[str, Any]]) -> None:
    """Gives each screen line its place in pixels; one whose box is taken while it is shown goes above what is there."""
    for number, line in enumerate(lines):
        left, top, width, height = (round(edge * _SCALE) for edge in line["box"])
        high = _layer(line["text"], line["kind"], width, height).shape[0]
        top = min(top, HEIGHT - high - 4)
        for other in lines[:number]:
            x, y, wide, tall = other["place"]
            together = other["from"] < line["until"] and line["from"] < other["until"]
            if together and x < left + width and left < x + wide and y < top + high and top < y + tall:
                top = y - high - 4
        line["place"] = left, top, width, high


def _ground() -> list[Picture]:
    """A moving ground with a host before it, as a loop."""
    rng = np.random.default_rng(3)
    paper = sum(
        cv2.resize(rng.normal(0, 1, (side, side, 3)).astype(np.float32), (1500, 1700), interpolation=cv2.INTER_CUBIC) * weight
        for side, weight in ((6, 26), (40, 12), (160, 8))
    )
    wide = np.clip(paper + 110, 0, 255).astype(np.uint8)
    loop = []
    for number in range(_LOOP):
        turn = 2 * np.pi * number / _LOOP
        x, y = round(300 + 120 * np.sin(turn)), round(200 + 80 * np.cos(turn))
        picture = wide[y : y + HEIGHT, x : x + WIDTH].copy()
        body = round(WIDTH / 2 + 60 * np.sin(turn)), round(HEIGHT * 0.75 + 20 * np.sin(2 * turn))
        cv2.ellipse(picture, body, (190, 330), 0, 0, 360, (170, 150, 140), -1)
        cv2.ellipse(picture, (body[0], body[1] - 380), (85, 110), 0, 0, 360, (215, 195, 180), -1)
        loop.append(cv2.add(picture, rng.integers(0, 7, picture.shape, np.uint8)))
    return loop


def _frames(lines: list[dict[str, Any]], length_s: float) -> Iterator[Picture]:
    ground = _ground()
    for number in range(round(length_s * FPS)):
        at_s = number / FPS
        picture = ground[number % _LOOP].copy()
        for line in lines:
            if line["from"] <= at_s < line["until"]:
                x, y, wide, tall = line["place"]
                layer = _layer(_now(line, at_s), line["kind"], wide, round(line["box"][3] * _SCALE))
                part = picture[y : y + tall, x : x + wide]
                share = layer[: part.shape[0], : part.shape[1], 3:].astype(np.uint16)
                part[:] = ((layer[: part.shape[0], : part.shape[1], :3] * share + part * (255 - share)) // 255).astype(np.uint8)
        yield picture


def _film(path: Path, lines: list[dict[str, Any]], sound: npt.NDArray[np.int16]) -> None:
    length_s = len(sound) / RATE
    with av.open(str(path), "w") as container:
        options = {"preset": "superfast", "crf": "24", "g": str(2 * FPS)}
        pictures = container.add_stream("libx264", rate=FPS, options=options)
        pictures.width, pictures.height, pictures.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        pictures.thread_count = 1
        voice = container.add_stream("aac", rate=RATE, layout="mono")
        for number, picture in enumerate(_frames(lines, length_s)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(pictures.encode(frame))
            if number % FPS == 0:
                first = number // FPS * RATE
                heard = av.AudioFrame.from_ndarray(sound[np.newaxis, first : first + RATE].copy(), format="s16", layout="mono")
                heard.pts, heard.time_base, heard.sample_rate = first, Fraction(1, RATE), RATE
                container.mux(voice.encode(heard))
        container.mux(pictures.encode())
        container.mux(voice.encode())


def render(script: Path, out: Path, voice: list[str], until_s: float = float("inf")) -> None:
    """One script to `out`, as far as it goes by `until_s`; what is there is left as it is."""
    data = yaml.safe_load(script.read_bytes())
    name = data["id"]
    film = out / f"{name}.mp4"
    if film.exists():
        return
    data["lines"] = [line for line in data["lines"] if seconds(line["at"]) < until_s]
    data["ends"] = clock(min(seconds(data["ends"]), until_s))
    for line in data["lines"]:
        line["to"] = clock(min(seconds(line["to"]), until_s))
    said = [line for line in data["lines"] if line["witness"] == "speech"]
    spoken = speak([line["text"] for line in said], voice, out / "voice" / name)
    sound, places = lay([seconds(line["at"]) for line in said], spoken, seconds(data["ends"]))
    for line, place in zip(said, places, strict=True):
        line["at"], line["to"] = clock(place.start_s), clock(place.end_s)
    data["ends"] = clock(len(sound) / RATE)
    data["lines"].sort(key=lambda line: line["at"])
    with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as log:
        table = csv.writer(log)
        table.writerow(("time", "user", "text"))
        table.writerows((line["at"], line["who"], line["text"]) for line in data["lines"] if line["witness"] == "chat")
    shown = [line | {"from": seconds(line["at"]), "until": seconds(line["to"])} for line in data["lines"] if line["witness"] == "screen"]
    _placed(shown)
    for line, drawn in zip((line for line in data["lines"] if line["witness"] == "screen"), shown, strict=True):
        line["box"] = [round(edge / _SCALE) for edge in drawn["place"]]
    (out / f"{name}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    part = out / f"{name}.part.mp4"
    _film(part, shown, sound)
    part.rename(film)
    print(
        f"{name}: {len(sound) / RATE / 60:.1f} min, {len(said)} sentences spoken, {len(shown)} screen lines, {film.stat().st_size / 1e6:.0f} MB"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--voice", required=True, help='the voice program with its interpreter: "PYTHON say.py"')
    asked.add_argument("--out", type=Path, required=True, help="where the rendered media go (not in the repository)")
    asked.add_argument("--until", type=float, default=float("inf"), metavar="MINUTES", help="only so much of every script")
    asked.add_argument("script", nargs="*", default=CHOSEN, help="ids of scripts; four of different sectors where none is named")
    told = asked.parse_args()
    voice = shlex.split(told.voice)
    absent = [part for part in voice if "/" in part and not Path(part).exists()]
    if absent:
        sys.exit(f"the voice program is not there: {', '.join(absent)}")
    told.out.mkdir(parents=True, exist_ok=True)
    for name in told.script:
        render(SETS / f"{name}.yaml", told.out, voice, told.until * 60)


if __name__ == "__main__":
    main()
