"""Officers as they are typed, identifiers, and the facts an error carries."""

import pytest

from inspector_app.domain import errors
from inspector_app.domain.ids import KINDS, new_id
from inspector_app.domain.people import Officer


@pytest.mark.parametrize("text", ["张敏:粤A-0001", "张敏：粤A-0001", " 张敏 : 粤A-0001 "])
def test_that_an_officer_is_read_with_either_colon(text):
    assert Officer.parse(text) == Officer("张敏", "粤A-0001")


@pytest.mark.parametrize("text", ["", "张敏", "张敏:", ":粤A-0001", " ： "])
def test_that_an_officer_without_name_or_certificate_is_refused(text):
    with pytest.raises(ValueError):
        Officer.parse(text)


def test_that_identifiers_say_what_they_name_and_do_not_repeat():
    found = [new_id(kind) for kind in KINDS for _ in range(200)]
    assert len(set(found)) == len(found)
    assert len(set(KINDS.values())) == len(KINDS)
    for kind, prefix in KINDS.items():
        name = new_id(kind)
        assert name.startswith(f"{prefix}_")
        assert not set(name.removeprefix(f"{prefix}_")) & set("ilou")


def test_that_an_error_keeps_its_code_facts_and_status():
    error = errors.BadInput("import.empty", file="空.mp4", bytes=0)
    assert (error.code, error.status, error.facts) == ("import.empty", 3, {"file": "空.mp4", "bytes": "0"})
    assert str(error) == "import.empty: file=空.mp4, bytes=0"
    assert errors.BadInput().code == "bad_input"
    assert {kind.status for kind in (errors.CheckFailed, errors.UsageError, errors.CaseError, errors.Stopped)} == {1, 2, 3, 4}
