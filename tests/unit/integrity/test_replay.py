"""Tables from the journal, change by change, and what differs between them and the stored ones."""

from hypothesis import given
from hypothesis import strategies as st

from inspector_app.integrity.replay import apply, compare, differing

CELLS = st.none() | st.integers(-2, 2) | st.sampled_from(["", "字", "[]", "{}"])
ROWS = st.fixed_dictionaries({"id": st.just("1")}, optional={"a": CELLS, "b": CELLS})


def change(key, before, after):
    return {"seq": 7, "changes": [{"table": "t", "id": key, "before": before, "after": after}]}


def test_that_changes_make_change_and_remove_rows():
    state = {}
    one, two = {"id": "1", "a": 1}, {"id": "1", "a": 2}
    assert apply(state, change("1", None, one)) is None
    assert apply(state, change("1", one, two)) is None
    assert state == {"t": {"1": two}}
    assert apply(state, change("1", two, None)) is None
    assert state == {"t": {}}


def test_that_a_change_that_does_not_fit_is_named_and_not_made():
    state = {"t": {"1": {"id": "1", "a": 1}}}
    for before in (None, {"id": "1", "a": 2}):
        problem = apply(state, change("1", before, {"id": "1", "a": 3}))
        assert (problem.code, problem.where) == ("journal.change", "journal row 7")
    assert apply(state, change("2", {"id": "2"}, None)).code == "journal.change"
    assert state == {"t": {"1": {"id": "1", "a": 1}}}


def test_that_stored_rows_are_compared_one_by_one():
    state = {"t": {key: {"id": key, "a": 1} for key in "123"}}
    stored = [{"id": "1", "a": 1}, {"id": "2", "a": 9}, {"id": "4", "a": 1}]
    assert [(one.code, one.what) for one in compare(state, "t", stored)] == [
        ("table.changed", "t 2: a"),
        ("table.extra", "t 4"),
        ("table.missing", "t 3"),
    ]
    assert list(compare({}, "t", [])) == []


def test_that_a_column_added_later_must_be_empty_in_older_rows():
    state = {"t": {"1": {"id": "1"}}}
    for empty in (None, "", 0, "[]", "{}"):
        assert list(compare(state, "t", [{"id": "1", "new": empty}])) == []
    assert [one.what for one in compare(state, "t", [{"id": "1", "new": "x"}])] == ["t 1: new"]


def test_that_a_column_gone_is_named():
    state = {"t": {"1": {"id": "1", "a": ""}}}
    assert [one.what for one in compare(state, "t", [{"id": "1"}])] == ["t 1: a"]


@given(ROWS, ROWS)
def test_that_differing_is_mutual_and_nothing_differs_from_itself(one, other):
    assert differing(one, one) == []
    assert sorted(differing(one, other)) == sorted(differing(other, one))
    if one.keys() == other.keys():
        assert bool(differing(one, other)) == (one != other)
