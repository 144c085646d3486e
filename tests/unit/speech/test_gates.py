from collections.abc import Sequence

import pytest

from inspector_app.domain.timebase import Interval
from inspector_app.speech import gates
from inspector_app.speech.gates import Heard, Segment
from inspector_app.speech.hearing import hear
from inspector_app.speech.plan import Chunk

SECOND = 1_000_000
SENTENCE = "今天给大家带来这款面膜全网最低价只要九十九块钱"


def heard(text: str, start_s: float = 0, end_s: float = 6, logprob: int = -350, no_speech: int = 20) -> Heard:
    return Heard(round(start_s * SECOND), round(end_s * SECOND), text, logprob, no_speech)


def seconds(*edges: float) -> list[Interval]:
    return [Interval(round(a * SECOND), round(b * SECOND)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def assessed(one: Heard, speech: Sequence[Interval] | None = None) -> Segment:
    return gates.assess(one, seconds(0, 6) if speech is None else speech)


def test_that_clear_speech_carries_no_flag() -> None:
    segment = assessed(heard(SENTENCE))
    assert (segment.flags, segment.confidence_pm) == ((), 705)
    assert gates.level(segment.confidence_pm, segment.flags) == "high"


def test_that_the_loop_with_perfect_confidence_is_flagged_and_not_trusted() -> None:
    # the real segment: log-probability -0.07, no_speech 0.87, compression ratio 14.0
    text = "四星" + "统" * 200
    segment = assessed(heard(text, end_s=28, logprob=-70, no_speech=870), seconds(0, 28))
    assert gates.REPETITION_LOOP in segment.flags
    assert segment.confidence_pm <= gates.INVENTED_AT_MOST_PM
    assert gates.level(segment.confidence_pm, segment.flags) == "low"
    assert segment.raw == text


@pytest.mark.parametrize("text", ["人 人, 人 人 人", "无人机飞了无人机飞了无人机飞了无人机飞了无人机飞了", "沙" * 30])
def test_that_a_repeated_phrase_is_a_loop(text: str) -> None:
    assert gates.REPETITION_LOOP in assessed(heard(text)).flags


@pytest.mark.parametrize("text", [SENTENCE, "来来来三二一上链接", "买它买它买它", "好"])
def test_that_the_talk_of_a_sale_is_no_loop(text: str) -> None:
    assert gates.REPETITION_LOOP not in assessed(heard(text)).flags


@pytest.mark.parametrize("text", ["請不吝點贊 訂閱 轉發 打賞支持明鏡與點點欄目", "字幕由 Amara.org 社区提供", "谢谢观看"])
def test_that_closing_lines_learnt_by_heart_are_flagged(text: str) -> None:
    assert gates.FILLER_CREDITS in assessed(heard(text)).flags


def test_that_thanks_within_a_sentence_are_no_filler() -> None:
    assert gates.FILLER_CREDITS not in assessed(heard("谢谢观看我们直播间的所有家人们")).flags


def test_that_text_without_speech_under_it_is_flagged_and_stays_in_its_chunk() -> None:
    segment = assessed(heard(SENTENCE, 2, 9), seconds(0, 3, 4, 4.2, 8, 8.5))
    assert gates.NO_SPEECH_UNDER in segment.flags
    between = assessed(heard("谢谢大家", 3.2, 3.8), seconds(0, 3, 4, 6))
    assert gates.NO_SPEECH_UNDER in between.flags
    assert (between.start_us, between.end_us) == (3_200_000, 3_800_000)


def test_that_what_the_engine_itself_takes_for_silence_is_flagged() -> None:
    assert gates.NO_SPEECH_UNDER in assessed(heard(SENTENCE, no_speech=700, logprob=-600)).flags
    assert gates.NO_SPEECH_UNDER not in assessed(heard(SENTENCE, no_speech=700, logprob=-400)).flags


def test_that_nobody_speaks_ten_characters_a_second() -> None:
    assert gates.IMPOSSIBLE_RATE in assessed(heard(SENTENCE, 0, 2)).flags


def test_that_a_few_words_over_long_speech_are_flagged_as_sparse() -> None:
    segment = assessed(heard("好的", 0, 6))
    assert segment.flags == (gates.SPARSE_TEXT,)
    assert gates.is_short([segment], seconds(0, 6))


def test_that_segments_are_moved_onto_the_speech_they_overlap() -> None:
    segment = assessed(heard(SENTENCE, 0, 10), seconds(0.5, 4, 5, 8.2))
    assert (segment.start_us, segment.end_us) == (500_000, 8_200_000)


def test_that_speech_without_text_becomes_a_visible_segment() -> None:
    speech = seconds(0, 6, 7, 10.5, 11, 12)
    found = gates.with_unrecognised([assessed(heard(SENTENCE), speech)], speech)
    assert [(one.start_us, one.end_us, one.text, one.flags) for one in found[1:]] == [(7_000_000, 12_000_000, "", (gates.UNRECOGNISED,))]
    assert gates.level(found[1].confidence_pm, found[1].flags) == "low"


def test_that_the_edges_of_segments_are_not_shown_as_unrecognised() -> None:
    speech = seconds(0, 6.8)
    assert [one.flags for one in gates.with_unrecognised([assessed(heard(SENTENCE), speech)], speech)] == [()]


def test_that_a_short_word_the_engine_missed_is_shown_when_nothing_else_was_heard() -> None:
    assert [one.flags for one in gates.with_unrecognised([], seconds(3, 3.4))] == [(gates.UNRECOGNISED,)]


class Script:
    """What is heard at each call, and the calls that were made."""

    def __init__(self, *answers: list[Heard]) -> None:
        self.answers = list(answers)
        self.calls: list[tuple[Interval, bool]] = []

    def __call__(self, span: Interval, wide: bool) -> list[Heard]:
        self.calls.append((span, wide))
        return self.answers[len(self.calls) - 1]


def chunk(*edges: float) -> Chunk:
    spans = tuple(seconds(*edges))
    return Chunk(0, spans[0].start_us, spans[-1].end_us, spans)


def test_that_a_good_chunk_is_heard_once() -> None:
    script = Script([heard(SENTENCE)])
    outcome = hear(chunk(0, 6), script, wide=True)
    assert script.calls == [(Interval(0, 6 * SECOND), True)]
    assert (outcome.speech_us, outcome.covered_us, outcome.metrics["tries"]) == (6 * SECOND, 6 * SECOND, 1)


@pytest.mark.parametrize("wide", [True, False])
def test_that_dropped_speech_is_heard_again_with_the_wide_search_and_then_in_two_halves(wide: bool) -> None:
    whole = chunk(0, 6, 6.5, 9, 10, 16)
    searches = [True] if wide else [False, True]
    script = Script(*([heard(SENTENCE)] for _ in searches), [heard(SENTENCE, 0, 9)], [heard(SENTENCE, 10, 16)])
    outcome = hear(whole, script, wide)
    assert script.calls == [
        *((Interval(0, 16 * SECOND), search) for search in searches),
        (Interval(0, 9 * SECOND), True),
        (Interval(10 * SECOND, 16 * SECOND), True),
    ]
    assert outcome.metrics["tries"] == outcome.metrics["taken"] == len(searches) + 1
    assert outcome.covered_us == outcome.speech_us
    assert [one.text for one in outcome.segments] == [SENTENCE, SENTENCE]


def test_that_an_unlikely_text_is_heard_again() -> None:
    outcome = hear(chunk(0, 6), Script([heard(SENTENCE, logprob=-1100)], [heard(SENTENCE[::-1])]), wide=False)
    assert ([one.text for one in outcome.segments], outcome.metrics["taken"]) == ([SENTENCE[::-1]], 2)


def test_that_a_chunk_that_says_one_thing_again_and_again_is_doubted_as_a_whole() -> None:
    again = [heard(SENTENCE, 2 * number, 2 * number + 2) for number in range(8)]
    outcome = hear(chunk(0, 16), Script(again), wide=True)
    assert {(one.text, one.flags[0], one.confidence_pm) for one in outcome.segments} == {(SENTENCE, gates.REPETITION_LOOP, 200)}


def test_that_a_loop_is_heard_again_and_the_better_text_is_taken() -> None:
    outcome = hear(chunk(0, 6), Script([heard("统" * 40, logprob=-70)], [heard(SENTENCE)]), wide=False)
    assert [one.text for one in outcome.segments] == [SENTENCE]


def test_that_speech_nobody_can_make_out_is_left_visible() -> None:
    outcome = hear(chunk(0, 6), Script([]), wide=True)
    assert [one.flags for one in outcome.segments] == [(gates.UNRECOGNISED,)]
    assert (outcome.covered_us, outcome.metrics["characters"]) == (0, 0)
