"""The faster-whisper adapter. Runs in the child process only, loads from a folder only, and never reaches the network.

Every option is fixed here and recorded with the transcript. No prompt and no hot words, ever: the engine writes them into silence, and in this
product that would be made-up evidence (speech.md §0.7).
"""

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from inspector_app.domain.errors import ModelError
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.speech.device import Device
from inspector_app.speech.gates import Heard, Spoken
from inspector_app.speech.sentences import CUT_OVER_US
from inspector_app.speech.transcriber import Check
from inspector_app.speech.wav import RATE, Sound

# before faster_whisper is imported: a missing file is an error, not a reason to ask a hub
os.environ["HF_HUB_OFFLINE"] = "1"

WIDE_BEAM = 5
QUICK_BEAM = 1

#: Temperature 0 only: the same sound always has the same text. A text that is doubtful is searched for otherwise (`hearing.py`), not drawn by lot.
DECODING: dict[str, Any] = {
    "language": "zh",
    "task": "transcribe",
    "temperature": 0.0,
    "condition_on_previous_text": False,
    "initial_prompt": None,
    "hotwords": None,
    "vad_filter": False,
}
#: The first time stamp of a window lies in its first second (50 steps of 20 ms): the engine's own default.
_FIRST_STAMP = 50
#: What glibc's `mallopt` calls the settings of `_keep_memory`, and values that never end a keeping.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KEEP_ALL, _KEEP_BLOCKS_UP_TO = 2**31 - 1, 2**30
#: `[start_us, end_us, word, probability in per mille]`
Word = tuple[Micros, Micros, str, int]


@dataclass(frozen=True)
class _Window:
    """Features of a sound, or of what is left of it, and where they begin; `length` frames of 10 ms that are not padding."""

    features: Any
    offset_us: Micros

    @property
    def length(self) -> int:
        return int(self.features.shape[-1])


class WhisperEngine:
    """faster-whisper over CTranslate2."""

    def name(self) -> str:
        return f"faster-whisper {version('faster-whisper')}"

    def recorded(self, device: Device) -> dict[str, str]:
        options = {name: str(value) for name, value in DECODING.items()}
        arithmetic = {"ctranslate2": version("ctranslate2"), "device": device.kind, "compute": device.compute}
        return options | arithmetic | {"beam_size": str(WIDE_BEAM), "quick_beam_size": str(QUICK_BEAM)}

    def open(self, folder: Path, threads: int, device: Device) -> "Whisper":
        return Whisper(folder, threads, device)


class Whisper:
    """One loaded model. ModelError `model.load_failed` (folder, cause) if the folder does not load."""

    def __init__(self, folder: Path, cpu_threads: int, device: Device = Device()) -> None:  # noqa: B008  # frozen
        import ctranslate2
        from faster_whisper import WhisperModel

        _keep_memory()
        self._device = device
        self._view: Callable[[Any], Any] = ctranslate2.StorageView.from_array  # type: ignore[attr-defined]
        try:
            self._model = WhisperModel(
                str(folder),
                device=device.kind,
                compute_type=device.compute,
                cpu_threads=cpu_threads,
                num_workers=1,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError("model.load_failed", folder=str(folder), cause=str(error)) from error

    @property
    def _full(self) -> int:
        """Frames of a full window."""
        return int(self._model.feature_extractor.nb_max_frames)

    @property
    def _frame_us(self) -> Micros:
        return round(SECOND * float(self._model.feature_extractor.time_per_frame))

    def decode(self, sounds: Sequence[tuple[Sound, Micros]], wide: bool, check: Check) -> list[list[Heard]]:
        """What is heard in each sound (at most 30 s of 16 kHz, with the offset where it begins); what comes of one does not touch another.

        The steps are those of the library's `transcribe` at temperature 0, side by side: each sound is encoded by itself, which is as fast and
        keeps memory flat, then all are written down at once, since the decoder then reads its weights once for all. Where a window ends
        before its sound does, the rest is heard as a window of its own; the library's batched pipeline drops it, and is not used for that.
        """
        windows = [self._window(sound, offset_us) for sound, offset_us in sounds]
        found = self._read(windows, wide, check)
        return [said + self._rest(window, done, wide, check) for window, (said, done) in zip(windows, found, strict=True)]

    def _rest(self, window: _Window, done: int, wide: bool, check: Check) -> list[Heard]:
        """What is heard in a window behind its first `done` frames."""
        heard: list[Heard] = []
        while 0 < done < window.length:
            window = _Window(window.features[:, done:], window.offset_us + done * self._frame_us)
            said, done = self._read([window], wide, check)[0]
            heard += said
        return heard

    def _window(self, sound: Sound, offset_us: Micros) -> _Window:
        features = self._model.feature_extractor(sound)
        return _Window(features[:, : min(features.shape[-1] - 1, self._full)], offset_us)

    def _read(self, windows: Sequence[_Window], wide: bool, check: Check) -> list[tuple[list[Heard], int]]:
        """The segments of each window, and how many of its frames they account for."""
        encoded = []
        for window in windows:
            check()
            states = self._model.encode(self._padded(window))
            encoded.append(np.array(states) if self._device.kind == "cpu" else states)
        check()
        on_cpu = self._device.kind == "cpu"
        together = [self._view(np.concatenate(encoded))] if on_cpu else encoded  # states on a graphics card cannot be joined here
        tokenizer = self._tokenizer()
        count = len(windows) // len(together)
        results = [result for states in together for result in self._generated(states, count, tokenizer, wide)]
        return [
            self._segments(result, tokenizer, window, self._view(states) if on_cpu else states)
            for result, window, states in zip(results, windows, encoded, strict=True)
        ]

    def _generated(self, states: Any, count: int, tokenizer: Any, wide: bool) -> list[Any]:
        """What is written down for `count` encoded windows. No option may depend on the others: a resumed run hears them in other company."""
        found: list[Any] = self._model.model.generate(
            states,
            [self._model.get_prompt(tokenizer, [], without_timestamps=False)] * count,
            beam_size=WIDE_BEAM if wide else QUICK_BEAM,
            max_length=self._model.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed(tokenizer),
            max_initial_timestamp_index=_FIRST_STAMP,
        )
        return found

    def _segments(self, result: Any, tokenizer: Any, window: _Window, states: Any) -> tuple[list[Heard], int]:
        tokens = result.sequences_ids[0]
        logprob = result.scores[0] * len(tokens) / (len(tokens) + 1)
        split: Any = self._model._split_segments_by_timestamps  # noqa: SLF001  # what `transcribe` does with the same tokens
        duration_s = window.length * self._frame_us / SECOND
        pieces, done, _ = split(
            tokenizer=tokenizer, tokens=tokens, time_offset=0.0, segment_size=window.length, segment_duration=duration_s, seek=0
        )
        pieces = [piece for piece in pieces if piece["start"] != piece["end"] and tokenizer.decode(piece["tokens"]).strip()]
        spoken: list[tuple[Spoken, ...]] = [()] * len(pieces)
        if any((piece["end"] - piece["start"]) * SECOND > CUT_OVER_US for piece in pieces):
            spoken = self._aligned(pieces, tokenizer, window, states)
        heard = [
            Heard(
                start_us=window.offset_us + round(piece["start"] * SECOND),
                end_us=window.offset_us + round(max(piece["start"], piece["end"]) * SECOND),
                raw=tokenizer.decode(piece["tokens"]).strip(),
                avg_logprob_milli=round(logprob * 1000),
                no_speech_pm=round(result.no_speech_prob * 1000),
                spoken=words,
            )
            for piece, words in zip(pieces, spoken, strict=True)
        ]
        return heard, done

    def _aligned(self, pieces: Sequence[Any], tokenizer: Any, window: _Window, states: Any) -> list[tuple[Spoken, ...]]:
        """When each character of the pieces is spoken: all of them are laid on the window at once, which is surer than one by one."""
        texts = [[token for token in piece["tokens"] if token < tokenizer.eot] for piece in pieces]
        align: Any = self._model.find_alignment  # takes a list of texts, whatever its annotation says
        found = align(tokenizer, [[token for text in texts for token in text]], states, window.length)[0]
        words: list[list[Spoken]] = [[] for _ in pieces]
        owner = [number for number, text in enumerate(texts) for _ in text]
        at = 0
        for word in found:
            start_us, end_us = (window.offset_us + round(float(word[edge]) * SECOND) for edge in ("start", "end"))
            words[owner[at]].append((start_us, end_us, word["word"]))
            at += len(word["tokens"])
        return [tuple(one) for one in words]

    def words(self, sound: Sound, offset_us: Micros, text: str) -> list[Word]:
        """When each word of a known text is spoken in at most 30 s of sound; nothing is recognised anew, the text is laid on the sound."""
        tokenizer = self._tokenizer()
        window = self._window(sound, offset_us)
        end_us = offset_us + len(sound) * SECOND // RATE
        found = self._model.find_alignment(tokenizer, [tokenizer.encode(text)], self._model.encode(self._padded(window)), window.length)[0]
        return [
            (
                min(end_us, offset_us + round(word["start"] * SECOND)),
                min(end_us, offset_us + round(word["end"] * SECOND)),
                word["word"].strip(),
                round(float(word["probability"]) * 1000),
            )
            for word in found
            if word["word"].strip()
        ]

    def _padded(self, window: _Window) -> Any:
        """The features filled up with zeros to a full window, as the engine wants them."""
        return np.ascontiguousarray(np.pad(window.features, ((0, 0), (0, self._full - window.length))))

    def _tokenizer(self) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        multilingual = self._model.model.is_multilingual
        return Tokenizer(self._model.hf_tokenizer, multilingual, task=DECODING["task"], language=DECODING["language"])

    def _suppressed(self, tokenizer: Any) -> Any:
        from faster_whisper.transcribe import get_suppressed_tokens

        suppress: Any = [-1]  # a list, whatever its annotation says
        return get_suppressed_tokens(tokenizer, suppress)


def _keep_memory() -> None:
    """Tells the C library to keep freed memory for the next chunk instead of giving it back to the system.

    The engine takes and frees tens of megabytes in every layer. Given back each time, the pages have to be mapped and zeroed anew: a fifth of
    all CPU time for base. Kept, the process holds its peak, which is no higher. Where the C library is another one nothing is done.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if set_option is not None:
        set_option(_ARENA_MAX, 1)  # other arenas hold 64 MB at most and would map the big blocks anew
        set_option(_MMAP_THRESHOLD, _KEEP_BLOCKS_UP_TO)
        set_option(_TRIM_THRESHOLD, _KEEP_ALL)
