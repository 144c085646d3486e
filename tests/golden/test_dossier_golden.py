"""A dossier's data of this version, kept as a file, must go on giving the same words in the same order.

`dossier/data.json` is a real `gather` result without pictures; `dossier/expected.txt` is the text of its pages, blanks taken out, without the
section that lists library versions. When the wording is changed on purpose, run this module as a program to write the text anew.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from inspector_app.dossier import worker
from inspector_app.integrity import seal
from inspector_app.resources import resource

GOLDEN = Path(__file__).with_name("dossier")


class Silent:
    def item(self, kind: str, **data: Any) -> None: ...
    def progress(self, done: int, total: int, unit: str) -> None: ...
    def warn(self, code: str, **facts: str | int) -> None: ...
    def check(self) -> None: ...


def words_of_pages(folder: Path) -> str:
    """The text of the golden dossier, one line a printed line, blanks taken out."""
    data = json.loads((GOLDEN / "data.json").read_text(encoding="utf-8"))
    out = folder / "golden.pdf"
    worker.run({"data": data, "case_folder": str(folder), "out": str(out), "fonts": str(resource("fonts"))}, Silent())
    assert seal.check(out) == []
    done = subprocess.run(["pdftotext", "-raw", str(out), "-"], check=True, capture_output=True, text=True, encoding="utf-8")
    lines = ["".join(line.split()) for line in done.stdout.splitlines()]
    head, _, rest = "\n".join(line for line in lines if line).rpartition("八、工具与模型")
    return head + rest[rest.index("九、核验方法") :] + "\n"


def test_that_stored_data_still_gives_the_same_words(tmp_path: Path) -> None:
    found = words_of_pages(tmp_path)
    expected = (GOLDEN / "expected.txt").read_text(encoding="utf-8")
    assert found.splitlines() == expected.splitlines()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        text = words_of_pages(Path(name))
    (GOLDEN / "expected.txt").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(text.splitlines())} lines\n")
