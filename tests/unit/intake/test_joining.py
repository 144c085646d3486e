"""The pieces of one broadcast on one clock: their order, their gaps, and times that contradict each other."""

import pytest

from inspector_app.domain.errors import BadInput
from inspector_app.intake.joining import Piece, Placed, place, proposals, time_in_name

S = 1_000_000


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("录制-123-20261121-091500-123-标题.flv", "2026-11-21T09:15:00.123000"),
        ("2026-11-21_09-15-00.mp4", "2026-11-21T09:15:00"),
        ("主播_2026年11月21日09时15分00秒.ts", "2026-11-21T09:15:00"),
        ("000123_20261121T091500.123Z_e02.flv", "2026-11-21T09:15:00.123000"),
        ("20261121091500.mp4", "2026-11-21T09:15:00"),
        ("2026-11-21.mp4", None),
        ("20261321-091500.mp4", None),
        ("001.mp4", None),
    ],
)
def test_that_recorders_times_are_found_in_names(name, found):
    moment = time_in_name(name)
    assert (moment.isoformat() if moment else None) == found


def test_that_names_give_order_and_gaps_to_scale():
    pieces = [Piece("r_20261121-092000.flv", 60 * S), Piece("r_20261121-091500.flv", 120 * S), Piece("r_20261121-091701.flv", 120 * S)]
    assert place(pieces) == [
        Placed(1, 0, 120 * S, "name"),
        Placed(2, 120 * S, 240 * S, "name", S),  # a second is what such clocks are good for
        Placed(0, 300 * S, 360 * S, "name"),
    ]


def test_that_creation_times_stand_in_for_names_and_zones_are_heeded():
    pieces = [Piece("a.mp4", 10 * S, "2026-06-01T20:01:00.000+08:00"), Piece("b.mp4", 10 * S, "2026-06-01T12:00:00.000+00:00")]
    assert [(one.piece, one.start_us, one.why) for one in place(pieces)] == [(1, 0, "container"), (0, 60 * S, "container")]


def test_that_without_times_numbers_decide_and_nothing_is_known_of_gaps():
    pieces = [Piece("直播_002.mp4", 10 * S), Piece("直播_001.mp4", 20 * S)]
    assert [(one.piece, one.start_us, one.why) for one in place(pieces)] == [(1, 0, "given"), (0, 20 * S, "given")]
    assert [one.piece for one in place(pieces, "given")] == [0, 1]


@pytest.mark.parametrize(
    ("pieces", "order", "code"),
    [
        ([Piece("a.mp4", S)], "auto", "join.too_few"),
        ([Piece("r_20261121-091500.flv", 60 * S), Piece("r_20261121-091530.flv", 60 * S)], "auto", "join.overlap"),
        ([Piece("r_20261121-091500.flv", 60 * S), Piece("r_20261121-091500.mp4", 60 * S)], "auto", "join.overlap"),
        ([Piece("a.mp4", S), Piece("b_20261121-091500.mp4", S)], "name", "join.no_times"),
    ],
)
def test_that_what_cannot_be_one_recording_is_refused_by_cause(pieces, order, code):
    with pytest.raises(BadInput) as refused:
        place(pieces, order)
    assert refused.value.code == code


def test_that_numbered_files_without_a_hole_are_proposed():
    names = ["x_001.mp4", "x_003.mp4", "直播_002.mp4", "直播_001.mp4", "VID_20261121_091500.mp4", "VID_20261121_092000.mp4", "y.part1.mp4"]
    assert proposals(names) == [["直播_001.mp4", "直播_002.mp4"]]
