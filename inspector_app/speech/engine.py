"""The faster-whisper adapter. Runs in the child process only, loads from a folder only, and never reaches the network.

Every option is fixed here and recorded with the transcript. No prompt and no hot words, ever: the engine writes them into silence, and in this
product that would be made-up evidence (speech.md §0.7).
"""

import ctypes
import os
import sys
import zlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from inspector_app.domain.errors import ModelError
from inspector_app.domain.timebase import SECOND, Micros
from inspector_app.speech.device import Device
from inspector_app.speech.gates import Heard
from inspector_app.speech.transcriber import Check
from inspector_app.speech.wav import RATE, Sound

# before faster_whisper is imported: a missing file is an error, not a reason to ask a hub
os.environ["HF_HUB_OFFLINE"] = "1"

QUICK_BEAM = 1
CAREFUL_BEAM = 5
#: The engine samples when it retries with a temperature; a fixed seed makes the same sound give the same text.
SEED = 20_240_501

DECODING: dict[str, Any] = {
    "language": "zh",
    "task": "transcribe",
    "temperature": [0.0, 0.2, 0.4],
    "condition_on_previous_text": False,
    "initial_prompt": None,
    "hotwords": None,
    "vad_filter": False,
    "word_timestamps": False,
    "no_speech_threshold": 0.6,
    "log_prob_threshold": -1.0,
    "compression_ratio_threshold": 2.4,
}
#: The first time stamp of a window lies in its first second (50 steps of 20 ms): the engine's own default.
_FIRST_STAMP = 50
#: What glibc's `mallopt` calls the settings of `_keep_memory`, and values that never end a keeping.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KEEP_ALL, _KEEP_BLOCKS_UP_TO = 2**31 - 1, 2**30
#: `[start_us, end_us, word, probability in per mille]`
Word = tuple[Micros, Micros, str, int]


class WhisperEngine:
    """faster-whisper over CTranslate2."""

    def name(self) -> str:
        return f"faster-whisper {version('faster-whisper')}"

    def recorded(self, device: Device) -> dict[str, str]:
        options = {name: str(value) for name, value in DECODING.items()}
        arithmetic = {"seed": str(SEED), "ctranslate2": version("ctranslate2"), "device": device.kind, "compute": device.compute}
        return options | arithmetic | {"beam_size": str(QUICK_BEAM), "careful_beam_size": str(CAREFUL_BEAM)}

    def open(self, folder: Path, threads: int, device: Device) -> "Whisper":
        return Whisper(folder, threads, device)


class Whisper:
    """One loaded model. ModelError `model.load_failed` (folder, cause) if the folder does not load."""

    def __init__(self, folder: Path, cpu_threads: int, device: Device = Device()) -> None:  # noqa: B008  # frozen
        import ctranslate2
        from faster_whisper import WhisperModel

        class Recognizer(WhisperModel):
            """Notes whether a decoding fell back to sampling: segments do not tell when their window was dropped as silence."""

            sampled = False

            def generate_with_fallback(self, *arguments: Any) -> Any:
                result = super().generate_with_fallback(*arguments)
                self.sampled = self.sampled or result[2] > 0
                return result

        _keep_memory()
        ctranslate2.set_random_seed(SEED)  # type: ignore[attr-defined]  # not in its list of names
        self._folder, self._threads, self._device = folder, cpu_threads, device
        self._weights: Callable[..., Any] = ctranslate2.models.Whisper  # type: ignore[attr-defined]
        self._view: Callable[[Any], Any] = ctranslate2.StorageView.from_array  # type: ignore[attr-defined]
        try:
            self._model = Recognizer(
                str(folder),
                device=device.kind,
                compute_type=device.compute,
                cpu_threads=cpu_threads,
                num_workers=1,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError("model.load_failed", folder=str(folder), cause=str(error)) from error

    def _fresh(self) -> None:
        """Before each sound that may be sampled, so that its text depends on it alone.

        The random numbers of a temperature retry belong to the model's worker thread and are seeded once in its life. A run that was killed
        and resumed would draw others than one that was not; so a model that has drawn some is replaced (0.2 to 1 s for base).
        """
        if self._model.sampled:
            self._model.model = None  # free the old weights before the new ones are read
            self._model.model = self._weights(
                str(self._folder),
                device=self._device.kind,
                compute_type=self._device.compute,
                intra_threads=self._threads,
                inter_threads=1,
            )
            self._model.sampled = False

    def decode(self, sound: Sound, offset_us: Micros, careful: bool, check: Check) -> list[Heard]:
        """What is heard in at most 30 s of 16 kHz sound that begins at `offset_us`; `check` is called between segments."""
        self._fresh()
        segments, _ = self._model.transcribe(sound, beam_size=CAREFUL_BEAM if careful else QUICK_BEAM, **DECODING)
        heard = []
        for segment in segments:
            check()
            heard.append(
                Heard(
                    start_us=offset_us + round(segment.start * SECOND),
                    end_us=offset_us + round(max(segment.start, segment.end) * SECOND),
                    raw=segment.text.strip(),
                    avg_logprob_milli=round(segment.avg_logprob * 1000),
                    no_speech_pm=round(segment.no_speech_prob * 1000),
                    temperature_pm=round((segment.temperature or 0.0) * 1000),
                )
            )
        return heard

    def together(self, sounds: Sequence[tuple[Sound, Micros]], careful: bool, check: Check) -> list[list[Heard] | None]:
        """Decodes several sounds at once: encoded one by one, which is as fast and keeps memory flat, then written down side by side.

        The steps are those of `transcribe` for one window at temperature 0, so the text is the same. A sound that needs more than that (a
        second window, a retry with a temperature, silence) is left to `decode`: None. The library's own batched pipeline stops there
        instead and drops what follows, which is why it is not used.
        """
        features = [self._model.feature_extractor(sound) for sound, _ in sounds]
        lengths = [min(feature.shape[-1] - 1, self._model.feature_extractor.nb_max_frames) for feature in features]
        windows = [
            _window(feature, length, self._model.feature_extractor.nb_max_frames) for feature, length in zip(features, lengths, strict=True)
        ]
        if self._device.kind == "cpu":
            encoded = []
            for window in windows:
                check()
                encoded.append(np.array(self._model.encode(window)))
            states = self._view(np.concatenate(encoded))
        else:
            states = self._model.encode(np.stack(windows))
        check()
        tokenizer = self._tokenizer()
        results = self._model.model.generate(
            states,
            [self._model.get_prompt(tokenizer, [], without_timestamps=False)] * len(sounds),
            beam_size=CAREFUL_BEAM if careful else QUICK_BEAM,
            max_length=self._model.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            suppress_tokens=self._suppressed(tokenizer),
            max_initial_timestamp_index=_FIRST_STAMP,
        )
        return [
            self._accepted(result, tokenizer, length, offset_us)
            for result, length, (_, offset_us) in zip(results, lengths, sounds, strict=True)
        ]

    def _accepted(self, result: Any, tokenizer: Any, length: int, offset_us: Micros) -> list[Heard] | None:
        """The segments of one window, or None where `transcribe` would go on with it: retry, skip or look behind the last time stamp."""
        tokens = result.sequences_ids[0]
        logprob = result.scores[0] * len(tokens) / (len(tokens) + 1)
        data = tokenizer.decode(tokens).strip().encode()
        if logprob < DECODING["log_prob_threshold"] or (
            data and len(data) > DECODING["compression_ratio_threshold"] * len(zlib.compress(data))
        ):
            return None
        step_s = self._model.feature_extractor.time_per_frame
        split: Any = self._model._split_segments_by_timestamps  # noqa: SLF001  # what `transcribe` does with the same tokens
        pieces, seek, _ = split(
            tokenizer=tokenizer, tokens=tokens, time_offset=0.0, segment_size=length, segment_duration=length * step_s, seek=0
        )
        if seek < length:
            return None
        texts = [(piece, tokenizer.decode(piece["tokens"]).strip()) for piece in pieces]
        return [
            Heard(
                start_us=offset_us + round(piece["start"] * SECOND),
                end_us=offset_us + round(max(piece["start"], piece["end"]) * SECOND),
                raw=text,
                avg_logprob_milli=round(logprob * 1000),
                no_speech_pm=round(result.no_speech_prob * 1000),
                temperature_pm=0,
            )
            for piece, text in texts
            if text and piece["start"] != piece["end"]
        ]

    def words(self, sound: Sound, offset_us: Micros, text: str) -> list[Word]:
        """When each word of a known text is spoken in at most 30 s of sound; nothing is recognised anew, the text is laid on the sound."""
        tokenizer = self._tokenizer()
        features = self._model.feature_extractor(sound)
        length = min(features.shape[-1] - 1, self._model.feature_extractor.nb_max_frames)
        encoded = self._model.encode(_window(features, length, self._model.feature_extractor.nb_max_frames))
        end_us = offset_us + len(sound) * SECOND // RATE
        found = self._model.find_alignment(tokenizer, [tokenizer.encode(text)], encoded, length)[0]
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


def _window(features: Any, length: int, full: int) -> Any:
    """The first `length` frames, filled up with zeros to a full window, as the engine wants them."""
    return np.ascontiguousarray(np.pad(features[:, :length], ((0, 0), (0, full - length))))
