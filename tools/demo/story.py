"""The story of the demonstration broadcast as typed values, and the answer key derived from it.

Times are integer milliseconds in `story.yaml` and integer microseconds in the key. Nothing here draws.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FRAME_RATE = 25
COMMENT_LINES = 5
_MS = 1000


class Sentence(NamedTuple):
    """One spoken sentence on the video's clock, milliseconds."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Story:
    """Everything that happens: the authored facts (`facts`, as in story.yaml) and the spoken sentences."""

    facts: dict[str, Any]
    sentences: list[Sentence]

    @staticmethod
    def read(script: Path, timing: Path) -> "Story":
        """Reads story.yaml beside this module, the script, and the voice's sentence times; ValueError if voice and script differ."""
        facts = yaml.safe_load((Path(__file__).parent / "story.yaml").read_text(encoding="utf-8"))
        lead = facts["lead_in"]
        spoken = json.loads(timing.read_text(encoding="utf-8"))
        sentences = [Sentence(round(start * _MS) + lead, round(end * _MS) + lead, text) for start, end, text in spoken]
        if [sentence.text for sentence in sentences] != script.read_text(encoding="utf-8").split():
            raise ValueError(f"{timing} was not spoken from {script}")
        if sentences[-1].end > facts["duration"]:
            raise ValueError(f"the voice ends after the video's {facts['duration']} ms")
        return Story(facts, sentences)

    @property
    def frames(self) -> int:
        """Number of pictures in the video."""
        return int(self.facts["duration"]) * FRAME_RATE // _MS

    def captions(self) -> list[dict[str, Any]]:
        """Captions with `id`, `text`, `start`, `end`: each stands while its sentence is spoken."""
        return [
            {
                "id": caption["id"],
                "start": self.sentences[caption["sentence"] - 1].start,
                "end": self.sentences[caption["sentence"] - 1].end,
                "text": caption["text"],
            }
            for caption in self.facts["captions"]
        ]

    def comments(self) -> list[dict[str, Any]]:
        """Comments with `text`, `start`, `end`: each stands until COMMENT_LINES newer ones have come."""
        said = self.facts["comments"]
        ends = [since for since, _, _ in said[COMMENT_LINES:]] + [self.facts["duration"]] * COMMENT_LINES
        return [{"start": since, "end": end, "text": f"{name}：{words}"} for (since, name, words), end in zip(said, ends, strict=True)]

    def badge(self) -> list[dict[str, Any]]:
        """Spans with and without the seller's information, in order and without holes."""
        spans, at = [], 0
        for start, end in self.facts["room"]["seller_absent"]:
            spans += [{"shown": True, "start": at, "end": start}, {"shown": False, "start": start, "end": end}]
            at = end
        return [*spans, {"shown": True, "start": at, "end": self.facts["duration"]}]


def _on_clock(entry: dict[str, Any]) -> dict[str, Any]:
    """`start`, `end` in milliseconds to `start_us`, `end_us`; the rest as it is."""
    return {
        "start_us": entry["start"] * _MS,
        "end_us": entry["end"] * _MS,
        **{name: value for name, value in entry.items() if name not in {"start", "end"}},
    }


def _item(verdict: dict[str, Any], story: Story) -> dict[str, Any]:
    if "sentence" in verdict:
        place = story.sentences[verdict["sentence"] - 1]._asdict()
        if verdict["phrase"] not in place["text"]:
            raise ValueError(f"{verdict['id']}: {verdict['phrase']} is not in its sentence")
        witness = "speech"
    elif "caption" in verdict:
        place = next(caption for caption in story.captions() if caption["id"] == verdict["caption"])
        witness = "screen"
    elif "comment" in verdict:
        place = next(comment for comment in story.comments() if comment["start"] == verdict["comment"])
        witness = "screen"
    else:
        place = verdict
        witness = "screen"
    times = _on_clock({"start": place["start"], "end": place["end"]})
    text = place["text"]
    rest = {name: verdict[name] for name in ("articles", "why", "why_en")}
    return {
        "id": verdict["id"],
        "kind": verdict["kind"],
        "witness": witness,
        **times,
        "text": text,
        "phrase": verdict.get("phrase", text),
        **rest,
    }


def answer_key(story: Story, media: str, sha256: str, duration_us: int) -> dict[str, Any]:
    """The machine-readable key: planted items, reference transcript, badge spans and captions, in microseconds."""
    return {
        "media": media,
        "sha256": sha256,
        "duration_us": duration_us,
        "items": [_item(verdict, story) for verdict in story.facts["verdicts"]],
        "sentences": [_on_clock(sentence._asdict()) for sentence in story.sentences],
        "badge": [_on_clock(span) for span in story.badge()],
        "captions": [_on_clock(caption) for caption in story.captions()],
    }
