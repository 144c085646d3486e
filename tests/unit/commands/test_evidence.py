"""A finding as a claim, its exhibits, its review, and what was watched: every act by name."""

import pytest

from inspector_app.commands import evidence, findings, history, reviews, watching
from inspector_app.domain.errors import UsageError
from inspector_app.domain.records import Exhibit, Finding, Recording, Watched
from inspector_app.domain.timebase import Interval
from inspector_app.integrity.verify import verify_case


@pytest.fixture
def recording(workspace):
    return workspace.opened.find(Recording)[0]


@pytest.fixture
def made(workspace, recording):
    outcome = findings.add(workspace, recording_id=recording.id, start_us=500_000, end_us=2_000_000, articles=["办法:34-1"], picture=False)
    return outcome.ids[0]


def exhibit(workspace, made, kind):
    return workspace.opened.find(Exhibit, finding_id=made, kind=kind, order="number")[0]


@pytest.mark.parametrize(
    ("act", "given", "field", "value"),
    [
        (evidence.contrary, {"text": " 当事人出示了检测报告 "}, "contrary", "当事人出示了检测报告"),
        (evidence.correction, {"text": "20:31 主播口头更正"}, "correction", "20:31 主播口头更正"),
        (evidence.viewers, {"count": 12_345}, "viewers", 12_345),
        (evidence.parties, {"parties": ["host", "operator"]}, "parties", ("operator", "host")),
        (
            evidence.exempt,
            {"exemption": "own_range", "applies": False, "why": "未限定比较范围"},
            "exemptions",
            {"own_range": {"applies": 0, "why": "未限定比较范围"}},
        ),
    ],
)
def test_that_a_claims_word_is_kept_and_taken_back(workspace, made, act, given, field, value):
    before = getattr(workspace.opened.get(Finding, made), field)
    act(workspace, finding_id=made, **given)
    assert getattr(workspace.opened.get(Finding, made), field) == value
    history.undo(workspace)
    assert getattr(workspace.opened.get(Finding, made), field) == before


def test_that_saying_the_same_again_writes_nothing(workspace, made):
    evidence.viewers(workspace, finding_id=made, count=5)
    head = workspace.opened.journal_head()
    evidence.viewers(workspace, finding_id=made, count=5)
    assert workspace.opened.journal_head() == head


def test_that_an_exemption_without_a_reason_is_taken_out(workspace, made):
    evidence.exempt(workspace, finding_id=made, exemption="grade", applies=True, why="品种等级")
    evidence.exempt(workspace, finding_id=made, exemption="grade", applies=True, why="  ")
    assert workspace.opened.get(Finding, made).exemptions == {}


def test_that_another_still_proves_what_stills_prove(workspace, made):
    outcome = evidence.still(workspace, finding_id=made, at_us=1_000_000)
    still = workspace.opened.get(Exhibit, outcome.ids[0])
    assert (still.kind, still.number, len(still.sha256)) == ("still", 4, 64)
    before = {key: value["exhibits"] for key, value in workspace.opened.get(Finding, made).elements.items()}
    first = exhibit(workspace, made, "still").id
    assert {key for key, hands in before.items() if first in hands} == {key for key, hands in before.items() if still.id in hands}
    workspace.close()


def test_that_a_withdrawn_exhibit_stays_listed_and_proves_nothing(workspace, made):
    quote = exhibit(workspace, made, "quote")
    rested = [key for key, value in workspace.opened.get(Finding, made).elements.items() if quote.id in value["exhibits"]]
    assert rested
    evidence.withdraw(workspace, exhibit_id=quote.id, reason="与认定 2 重复")
    after = workspace.opened.get(Exhibit, quote.id)
    assert (after.state, after.reason, after.number) == ("withdrawn", "与认定 2 重复", quote.number)
    elements = workspace.opened.get(Finding, made).elements
    assert not any(quote.id in value["exhibits"] for value in elements.values())
    assert not any(value["ticked"] and not value["exhibits"] for value in elements.values())
    with pytest.raises(UsageError) as caught:
        evidence.withdraw(workspace, exhibit_id=quote.id, reason="又一次")
    assert caught.value.code == "usage.exhibit_gone"
    with pytest.raises(UsageError):
        evidence.link(workspace, finding_id=made, element_id=rested[0], exhibit_id=quote.id)
    history.undo(workspace)
    assert workspace.opened.get(Exhibit, quote.id) == quote


def test_that_an_exhibit_is_linked_to_an_element_and_unlinked(workspace, made):
    chat = exhibit(workspace, made, "chat")
    key = next(iter(workspace.opened.get(Finding, made).elements))
    evidence.link(workspace, finding_id=made, element_id=key, exhibit_id=chat.id)
    assert chat.id in workspace.opened.get(Finding, made).elements[key]["exhibits"]
    evidence.link(workspace, finding_id=made, element_id=key, exhibit_id=chat.id, on=False)
    assert chat.id not in workspace.opened.get(Finding, made).elements[key]["exhibits"]


def test_that_a_box_must_lie_in_the_picture(workspace, recording, made):
    still = exhibit(workspace, made, "still")
    evidence.box(workspace, exhibit_id=still.id, box=(10, 20, 300, 400))
    assert workspace.opened.get(Exhibit, still.id).box == (10, 20, 300, 400)
    for wrong in ((300, 20, 10, 400), (0, 0, recording.width + 1, 5), (1, 2, 3)):
        with pytest.raises(UsageError):
            evidence.box(workspace, exhibit_id=still.id, box=wrong)
    evidence.box(workspace, exhibit_id=still.id, box=())
    assert workspace.opened.get(Exhibit, still.id).box == ()


def test_that_stills_are_put_in_order_and_keep_their_numbers(workspace, made):
    first = exhibit(workspace, made, "still")
    second = evidence.still(workspace, finding_id=made, at_us=1_500_000, picture=False).ids[0]
    evidence.order(workspace, finding_id=made, exhibits=[second, first.id])
    assert [(row.place, row.number) for row in workspace.opened.find(Exhibit, kind="still", order="place")] == [(1, 4), (2, 1)]
    with pytest.raises(UsageError):
        evidence.order(workspace, finding_id=made, exhibits=[second])


def test_that_several_findings_change_in_one_act(workspace, recording, made):
    other = findings.add(workspace, recording_id=recording.id, start_us=2_000_000, end_us=3_000_000, articles=["办法:32"], picture=False)
    both = [made, other.ids[0]]
    evidence.bulk(workspace, finding_ids=both, severity=3, parties=["host"])
    assert {(row.severity, row.parties) for row in workspace.opened.find(Finding)} == {(3, ("host",))}
    history.undo(workspace)
    assert {(row.severity, row.parties) for row in workspace.opened.find(Finding)} == {(2, ())}


def test_that_completeness_names_what_is_lacking(workspace, made):
    def now():
        rows = workspace.opened.find(Exhibit, finding_id=made)
        return evidence.completeness(workspace.opened.get(Finding, made), rows)

    assert not now()["still"]
    assert not now()["proves"]
    assert now()["words"]
    findings.take_still(workspace, exhibit(workspace, made, "still").id)
    findings.proves(workspace, finding_id=made, text="证明宣称最低价")
    assert now()["still"]
    assert now()["proves"]


# -- review ----------------------------------------------------------------------------------------------------------------------


def test_that_a_review_stands_beside_the_finding(workspace, made):
    before = workspace.opened.get(Finding, made)
    reviews.say(workspace, finding_id=made, verdict="returned", text="请补取价格页画面", reviewer="周法")
    reviews.say(workspace, finding_id=made, verdict="remark", text="已看", reviewer="周法")
    assert workspace.opened.get(Finding, made) == before
    assert reviews.standing(workspace) == {made: "returned"}
    assert [row["verdict"] for row in reviews.list_reviews(workspace).data["reviews"]] == ["returned", "remark"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"verdict": "returned", "text": "", "reviewer": "周法"}, "usage.empty"),
        ({"verdict": "accepted", "text": "", "reviewer": " "}, "usage.empty"),
        ({"verdict": "fine", "text": "好", "reviewer": "周法"}, "usage.verdict"),
        ({"verdict": "accepted", "text": "", "reviewer": "张敏"}, "review.own_case"),
    ],
)
def test_that_a_review_without_standing_is_refused(workspace, made, given, code):
    with pytest.raises(UsageError) as caught:
        reviews.say(workspace, finding_id=made, **given)
    assert caught.value.code == code


# -- watched ---------------------------------------------------------------------------------------------------------------------


def test_that_watched_spans_are_joined_and_written_once(workspace, recording):
    watching.note(workspace, recording_id=recording.id, spans=[(0, 1_000_000), (900_000, 1_500_000)])
    watching.note(workspace, recording_id=recording.id, spans=[(2_000_000, 3_000_000)])
    head = workspace.opened.journal_head()
    watching.note(workspace, recording_id=recording.id, spans=[(100, 200), (-5, 3)])
    assert workspace.opened.journal_head() == head
    assert watching.watched(workspace, recording.id) == [Interval(0, 1_500_000), Interval(2_000_000, 3_000_000)]
    assert workspace.opened.count(Watched) == 1
    folder = workspace.opened.folder
    workspace.close()
    assert verify_case(folder).ok
