"""Reading the screen of a live room by change, against reading one whole frame a second: cost, captions found, texts nobody showed.

Run by hand: `.venv/bin/python tests/bench/bench_screen.py [--seconds 180] [--landscape] [--gop 2] [--keep FOLDER] [--ours-only]
[--plays 1] [--for SECONDS]`. `--plays 30` reads the drawn 120 s thirty times over as one file of an hour (drawing an hour takes hours); captions are
counted on the first play, which is also all that the plain reading gets. With `--keep` and `--for` the reading by change stops after
so many seconds of wall time and goes on from its last block when the bench is run again; its CPU time is that of all the runs.
The room is drawn at run time with its truth known: a panning and zooming ground with grain, a host who moves, a header, a viewer
number, a seller line, an AI label, a watermark, a price card with a struck price, a countdown that starts again, a stock counter,
captions every few seconds and rolling comments. Both readings see the same file in one
run.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from inspector_app.domain.errors import Stopped
from inspector_app.domain.likeness import edit_distance
from inspector_app.domain.timebase import SECOND
from inspector_app.media.timeline import Timeline, TimelinePart
from inspector_app.vision import worker
from inspector_app.vision.kinds import plain
from inspector_app.vision.merge import ScreenText, merge
from inspector_app.vision.reader import ScreenReader
from inspector_app.vision.sampling import Sample

FONTS = Path(__file__).parents[2] / "resources" / "fonts"
FPS = 25
GOODS = [
    "云感面霜",
    "山茶洗发水",
    "竹纤维毛巾",
    "高山绿茶",
    "手工牛肉干",
    "儿童水杯",
    "纯棉四件套",
    "无线耳机",
    "不粘炒锅",
    "蜂蜜柚子茶",
    "玻尿酸面膜",
    "羊绒围巾",
]
CLAIMS = [
    "今天只要这个价",
    "三天见效看得见",
    "全网最低价放心买",
    "买一送一库存有限",
    "老客户都在回购",
    "明星同款限时抢",
    "最后一百单冲",
    "厂家直供没有中间商",
    "七天无理由退换",
    "下单就送运费险",
    "错过再等一年",
    "宝妈闭眼入不踩雷",
    "国家级实验室认证",
    "喝完睡得特别香",
    "敏感肌也能安心用",
]
PEOPLE = ["小满", "阿杰", "柚子", "老王", "丽丽", "豆豆妈", "青青", "北北", "晓雨", "大鹏"]
SAYINGS = [
    "多少钱一份",
    "三号链接还有吗",
    "已拍等发货",
    "主播讲讲成分",
    "真的有用吗",
    "可以便宜点吗",
    "孕妇能用吗",
    "上次买的不错",
    "什么时候发货",
    "求链接",
]


@dataclass
class Room:
    """What is shown when: (start, end, words) in seconds, all made from one seed."""

    size: tuple[int, int]
    seconds: int
    captions: list[tuple[float, float, str]] = field(default_factory=list)
    comments: list[tuple[float, str]] = field(default_factory=list)
    goods: list[tuple[float, str, int, int]] = field(default_factory=list)
    seller: list[tuple[float, float]] = field(default_factory=list)
    label: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def drawn_up(cls, size: tuple[int, int], seconds: int, seed: int) -> "Room":
        dice, room = random.Random(seed), cls(size, seconds)
        pairs = [(goods, claim) for goods in GOODS for claim in CLAIMS]
        dice.shuffle(pairs)
        at = 1.0
        while at < seconds - 2:
            goods, claim = pairs[len(room.captions) % len(pairs)]
            number = len(room.captions) // len(pairs)
            words = claim if dice.random() < 0.3 and not number else f"{goods}{claim}"[:12] + (f"第{number}场" if number else "")
            shown = dice.uniform(1.6, 6.0)
            room.captions.append((at, min(at + shown, seconds), words))
            at += shown + (0.0 if dice.random() < 0.5 else dice.uniform(0.3, 2.5))
        at = 0.0
        while at < seconds:
            room.comments.append((at, f"{dice.choice(PEOPLE)}：{dice.choice(SAYINGS)}"))
            at += dice.uniform(0.8, 4.0)
        at = 0.0
        while at < seconds:
            price = dice.randrange(19, 400)
            room.goods.append((at, dice.choice(GOODS), price, price * 3 + dice.randrange(50)))
            at += dice.uniform(25, 50)
        room.seller = [(start, start + 40) for start in range(5, seconds, 70)]
        room.label = [(start, start + 25) for start in range(0, seconds, 60)]
        return room

    @property
    def unit(self) -> float:
        """Text sizes are given for a picture whose short side is 1080."""
        return min(self.size) / 1080


def _font(size: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / ("NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"), round(size))


Layer = npt.NDArray[np.uint8]


@lru_cache(maxsize=256)
def _words(text: str, size: int, fill: tuple[int, ...], plate: tuple[int, ...] = (), stroke: int = 0, bold: bool = False) -> Layer:
    """A line of text as BGRA, on a plate or with an outline."""
    face = _font(size, bold)
    pad = size // 3 + stroke
    picture = Image.new("RGBA", (round(face.getlength(text)) + 2 * pad, size * 3 // 2 + 2 * stroke), plate or (*fill[:3], 0))
    edge = (120, 10, 40, 255) if stroke else None
    ImageDraw.Draw(picture).text((pad, stroke), text, font=face, fill=fill, stroke_width=stroke, stroke_fill=edge)
    return np.asarray(picture)[:, :, [2, 1, 0, 3]].copy()


@lru_cache(maxsize=64)
def _card(name: str, price: int, was: int, stock: int, left: int, size: int) -> Layer:
    """The price card: name, price, struck price, stock and the time left."""
    picture = Image.new("RGBA", (size * 13, size * 7), (255, 255, 255, 240))
    draw = ImageDraw.Draw(picture)
    draw.text((size // 2, size // 3), name, font=_font(size), fill=(40, 40, 40))
    draw.text((size // 2, 2 * size), f"直播价 ¥{price}", font=_font(size * 1.2, True), fill=(220, 20, 50))
    draw.text((size * 8, size * 2.2), f"¥{was}", font=_font(size * 0.9), fill=(130, 130, 130))
    x0, y0, x1, y1 = draw.textbbox((size * 8, size * 2.2), f"¥{was}", font=_font(size * 0.9))
    draw.line((x0 - 3, (y0 + y1) // 2, x1 + 3, (y0 + y1) // 2), fill=(130, 130, 130), width=max(2, size // 14))
    draw.text((size // 2, size * 4), f"剩余{stock}件", font=_font(size * 0.9, True), fill=(220, 90, 20))
    draw.rectangle((size * 7, size * 4, size * 12, size * 5.5), fill=(40, 30, 50))
    draw.text((size * 7.4, size * 4), f"00:{left // 60:02d}:{left % 60:02d}", font=_font(size), fill="white")
    return np.asarray(picture)[:, :, [2, 1, 0, 3]].copy()


def _lay(canvas: Layer, layer: Layer, x: int, y: int) -> None:
    part = canvas[max(0, y) : y + layer.shape[0], x : x + layer.shape[1]]
    top = layer[layer.shape[0] - part.shape[0] :, : part.shape[1]]
    if part.size:
        share = top[:, :, 3:].astype(np.uint16)
        part[:] = ((top[:, :, :3] * share + part * (255 - share)) // 255).astype(np.uint8)


def frames(room: Room) -> Iterator[Layer]:
    """The pictures of the room, in order."""
    width, height = room.size
    u = room.unit
    rng = np.random.default_rng(3)
    ground = sum(
        cv2.resize(rng.normal(0, 1, (side, side, 3)).astype(np.float32), (2400, 2400), interpolation=cv2.INTER_CUBIC) * weight
        for side, weight in ((6, 26), (40, 12), (160, 8))
    )
    ground = np.clip(ground + 120, 0, 255).astype(np.uint8)
    grain = [rng.integers(0, 7, (height, width, 3), np.uint8) for _ in range(4)]
    host = np.clip(
        cv2.resize(rng.normal(0, 1, (60, 40, 3)).astype(np.float32), (600, 900), interpolation=cv2.INTER_CUBIC) * 14 + 150, 0, 255
    )
    body = np.zeros((900, 600, 4), np.uint8)
    body[:, :, :3] = host.astype(np.uint8)
    mask = np.zeros((900, 600), np.uint8)
    cv2.ellipse(mask, (300, 180), (120, 160), 0, 0, 360, 255, -1)
    cv2.ellipse(mask, (300, 700), (260, 380), 0, 0, 360, 255, -1)
    body[:, :, 3] = mask
    stock, white = 300, (255, 255, 255, 255)
    for number in range(room.seconds * FPS):
        at = number / FPS
        zoom = 0.9 + 0.08 * np.sin(at / 7)
        shift = np.array([[zoom, 0, -250 - 150 * np.sin(at / 11)], [0, zoom, -150 - 120 * np.cos(at / 9)]], np.float32)
        canvas = cv2.add(cv2.warpAffine(ground, shift, (width, height), borderMode=cv2.BORDER_REFLECT), grain[number % 4])
        _lay(
            canvas,
            body,
            round(width / 2 - 300 + 120 * np.sin(at / 2.3) + 30 * np.sin(at * 2)),
            round(height - 1000 * u - 60 * np.sin(at * 1.7)),
        )
        _lay(canvas, _words("云朵小铺官方直播间", round(34 * u), white, (38, 22, 44, 150), bold=True), round(30 * u), round(40 * u))
        viewers = 8000 + int(at / 3) * 37 % 900
        _lay(canvas, _words(f"{viewers}人在看", round(28 * u), white, (38, 22, 44, 150)), width - round(260 * u), round(44 * u))
        _lay(canvas, _words("云朵优选", round(40 * u), (255, 255, 255, 130)), width - round(230 * u), height - round(120 * u))
        if any(start <= at < end for start, end in room.seller):
            _lay(
                canvas,
                _words("商家：云朵商贸有限公司 营业执照", round(28 * u), (30, 30, 30, 255), (255, 255, 255, 230)),
                round(30 * u),
                round(120 * u),
            )
        if any(start <= at < end for start, end in room.label):
            _lay(canvas, _words("内容由AI生成", round(26 * u), white, (0, 0, 0, 120)), round(30 * u), round(190 * u))
        _, name, price, was = [row for row in room.goods if row[0] <= at][-1]
        _lay(
            canvas,
            _card(name, price, was, stock - int(at / 6) % 200, 300 - int(at) % 300, round(34 * u)),
            width - round(480 * u),
            round(260 * u),
        )
        for start, end, words in room.captions:
            if start <= at < end:
                face = _words(words, round(64 * u), (255, 225, 60, 255), stroke=round(5 * u), bold=True)
                _lay(canvas, face, (width - face.shape[1]) // 2, round(height * 0.6))
        rows = [words for start, words in room.comments if start <= at][-6:]
        for place, words in enumerate(reversed(rows)):
            _lay(canvas, _words(words, round(30 * u), white, (38, 22, 44, 130)), round(30 * u), height - round((140 + 58 * place) * u))
        yield canvas


def film(room: Room, path: Path, gop_s: float) -> None:
    options = {"preset": "veryfast", "crf": "25", "g": str(round(gop_s * FPS)), "threads": "2"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height = room.size
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(frames(room)):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


class Kept:
    """A channel that keeps the blocks, in a file where one is named, and stops the work at `until`."""

    def __init__(self, state: Path | None = None, until: float = float("inf")) -> None:
        self.blocks: list[dict[str, Any]] = []
        self.cpu_s, self.read_with, self._state, self._until = 0.0, "", state, until
        if state is not None and state.exists():
            kept = json.loads(state.read_text(encoding="utf-8"))
            self.blocks, self.cpu_s, self.read_with = kept["blocks"], kept["cpu_s"], kept["read_with"]

    def item(self, kind: str, **data: Any) -> None:
        if kind == "block":
            self.blocks.append(data)
        elif kind == "reader":
            self.read_with = data["options_sha256"]

    def progress(self, done: int, total: int, unit: str) -> None: ...

    def warn(self, code: str, **facts: str | int) -> None:
        print("warning", code, facts)

    def check(self) -> None:
        if time.monotonic() > self._until:
            raise Stopped

    def keep(self) -> None:
        if self._state is not None:
            kept = {"blocks": self.blocks, "cpu_s": self.cpu_s, "read_with": self.read_with}
            self._state.write_text(json.dumps(kept), encoding="utf-8")


def repeated(path: Path, plays: int) -> Path:
    """The same packets so many times one after another, as one file."""
    whole = path.with_name(f"{path.stem}_x{plays}.mp4")
    if plays == 1 or whole.exists():
        return path if plays == 1 else whole
    part = whole.with_suffix(".part.mp4")
    with av.open(str(part), "w") as joined:
        stream, shift = None, 0
        for _ in range(plays):
            with av.open(str(path)) as film:
                source = film.streams.video[0]
                stream = stream or joined.add_stream_from_template(source)
                for packet in film.demux(source):
                    if packet.dts is not None:
                        packet.pts, packet.dts, packet.stream = packet.pts + shift, packet.dts + shift, stream
                        joined.mux(packet)
                shift += source.duration
    part.rename(whole)
    return whole


def by_change(timeline: Timeline, state: Path | None, for_s: float) -> tuple[float, list[dict[str, Any]], dict[str, Any]]:
    """Our reading: CPU seconds, blocks, what it did in this run."""
    channel, began = Kept(state, time.monotonic() + for_s), time.process_time()
    done = {block["ord"]: block for block in channel.blocks}
    spec = {
        "parts": timeline.as_spec(),
        "duration_us": timeline.duration_us,
        "done": sorted(done),
        "done_options_sha256": channel.read_with,
        "last_frames": {str(order): block["frames"][-1] for order, block in done.items()},
    }
    try:
        did = worker.run(spec, channel)
    except Stopped:
        raise SystemExit(f"{len(channel.blocks)} blocks read; run it again to go on") from None
    finally:
        channel.cpu_s += time.process_time() - began
        channel.keep()
    return channel.cpu_s, channel.blocks, did


def one_a_second(timeline: Timeline) -> tuple[float, list[ScreenText]]:
    """Every frame decoded, one a second read whole, without any gating."""
    channel, began = Kept(), time.process_time()
    reader, frames, next_us = ScreenReader(), [], 0
    for part in timeline.parts:
        with av.open(str(part.path)) as container:
            stream = container.streams.video[0]
            for frame in container.decode(stream):
                at_us = round(frame.pts * stream.time_base * SECOND)
                if at_us >= next_us and next_us < timeline.duration_us:
                    sample = Sample(next_us, frame, stream.time_base)
                    work = sample.picture(1280)
                    across = sample.size[0] / work.shape[1]
                    lines = [
                        {"text": line.text, "confidence_pm": line.confidence_pm, "box": [round(edge * across) for edge in line.box]}
                        for line in reader.read(work)
                    ]
                    frames.append({"at_us": next_us, "pts": frame.pts, "size": list(sample.size), "lines": lines})
                    next_us += SECOND
    channel.blocks = [{"frames": frames}]
    return time.process_time() - began, merge(channel.blocks, _size(channel.blocks), SECOND, timeline.duration_us)


def _size(blocks: list[dict[str, Any]]) -> tuple[int, int]:
    width, height = next(frame["size"] for block in blocks for frame in block["frames"])
    return width, height


def words_of(texts: list[ScreenText]) -> set[str]:
    return {plain(words) for text in texts for words in (text.text, *text.readings)}


def like(one: str, other: str) -> bool:
    return edit_distance(one, other) * 8 <= max(len(one), len(other))


def met(wanted: set[str], among: set[str]) -> set[str]:
    """Those of the wanted words that were read, give or take one character in eight."""
    return {words for words in wanted if words in among or any(abs(len(words) - len(one)) <= 2 and like(words, one) for one in among)}


def captions(texts: list[ScreenText]) -> set[str]:
    """Distinct readings of captions and other standing words: what counts and comments set aside."""
    return {plain(text.text) for text in texts if text.kind in ("caption", "label", "price", "struck_price") and text.confidence_pm >= 900}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=180)
    asked.add_argument("--landscape", action="store_true")
    asked.add_argument("--gop", type=float, default=2.0)
    asked.add_argument("--seed", type=int, default=5)
    asked.add_argument("--keep", type=Path)
    asked.add_argument("--ours-only", action="store_true")
    asked.add_argument("--plays", type=int, default=1)
    asked.add_argument("--for", type=float, dest="for_s", default=1e9)
    told = asked.parse_args()
    room = Room.drawn_up((1920, 1080) if told.landscape else (1080, 1920), told.seconds, told.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = (
            told.keep or Path(folder)
        ) / f"room_{'landscape' if told.landscape else 'portrait'}_{told.seconds}_{told.gop:g}_{told.seed}.mp4"
        if not path.exists():
            film(room, path, told.gop)
        once = Timeline.of([TimelinePart(path, 0, told.seconds * SECOND, 0)])
        seconds = told.seconds * told.plays
        whole = repeated(path, told.plays)
        state = told.keep / f"{whole.stem}.json" if told.keep else None
        shown = {plain(words) for _, _, words in room.captions}
        said = {plain(words) for _, words in room.comments}
        cost, blocks, did = by_change(Timeline.of([TimelinePart(whole, 0, seconds * SECOND, 0)]), state, told.for_s)
        texts = merge([block for block in blocks if block["start_us"] < once.duration_us], _size(blocks), SECOND, once.duration_us)
        ours = words_of(texts)
        print(
            f"video               {seconds} s, {room.size[0]}x{room.size[1]}, {whole.stat().st_size / 1e6:.1f} MB, key frame every {told.gop:g} s"
        )
        print(f"by change           {cost / seconds:.4f} CPU s per s = {cost / seconds * 60:.1f} min per hour; {json.dumps(did)}")
        print(f"captions of truth   {len(met(shown, ours))} of {len(shown)}; comments {len(met(said, ours))} of {len(said)}")
        print(f"  not read          {sorted(shown - met(shown, ours))}")
        chat = {plain(text.text) for text in texts if text.kind == "chat"}
        print(
            f"comments as chat    {len(met(said, chat))} of {len(met(said, ours))} read; captions taken for chat {len(met(shown, chat) - said)}"
        )
        if not told.ours_only:
            plain_cost, plain_texts = one_a_second(once)
            theirs = words_of(plain_texts)
            wanted = {words for words in captions(plain_texts) if not any(words in comment for comment in said)}  # pieces of chat are none
            found = met(wanted, ours)
            print(
                f"one frame a second  {plain_cost / told.seconds:.4f} CPU s per s; ratio {plain_cost / told.seconds / (cost / seconds):.1f}"
            )
            print(f"captions of truth   {len(met(shown, theirs))} of {len(shown)}; comments {len(met(said, theirs))} of {len(said)}")
            print(f"distinct captions   {len(found)} of its {len(wanted)} are found by change: {100 * len(found) / len(wanted):.1f} %")
            print(f"  not found         {sorted(wanted - found)}")
            extra = captions(texts) - met(captions(texts), theirs)
            print(f"only by change      {len(extra)} {sorted(extra)}")


if __name__ == "__main__":
    main()
