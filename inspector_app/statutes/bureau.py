"""What a bureau keeps of its own beside the program: hot keys, discretion notes, lead terms, dossier words. A newcomer looks here first.

The folder is `bureau` in the user's data folder (`ZHIJIAN_DATA` overrides where that lies) and holds, each only where wanted:

    hot_keys.yaml       format: 1                          notes.yaml    format: 1
                        hot_keys:                                        notes:
                          1: 办法:34-1                                     - article: 办法:34-1
                          …   (1 to 9 and 0, ten in all)                     text: 首次违法且危害后果轻微的……
                                                                             source: 粤市监规〔2026〕1号   (may be left out)
    lexicon/*.yaml      lead rules as in resources/lexicon; their meaning is checked where leads are found
    dossier.yaml        format: 1, then `dossier:` with any of office (printed above the title), title, record_note, matrix_note,
                        annex_note, custody_note: the bureau's wording of what resources/dossier/words.json says, and font: the file of its own 仿宋

Nothing is ever repaired or half read: a slip is refused with file, line, column and what was expected. A set of hot keys is known by
the SHA-256 of its file, and `keep` puts a copy aside under that name which is never written again, so that a finding tagged with it can
always be read with it.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from inspector_app.domain.codes import ArticleCode
from inspector_app.domain.errors import BadInput, StorageError
from inspector_app.domain.files import write_bytes
from inspector_app.statutes.catalogue import Catalogue
from inspector_app.statutes.shelf import user_folder
from inspector_app.statutes.strict_yaml import Node, read_yaml

HOT_KEYS = "hot_keys.yaml"
NOTES = "notes.yaml"
LEXICON = "lexicon"
DOSSIER = "dossier.yaml"
#: the words of a dossier that a bureau may put its own way; the rest is what the dossier claims and how it is checked
DOSSIER_WORDS = ("office", "title", "record_note", "matrix_note", "annex_note", "custody_note", "font")
VERSIONS = "versions"
FORMAT = "1"
#: the digit keys in the order they lie on a keyboard
DIGITS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0")

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class HotSet:
    """The codes on the digit keys 1 … 9, 0, and the SHA-256 (hex) of the file they come from."""

    codes: tuple[str, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class DiscretionNote:
    """The bureau's own note on an article, and the document it rests on (empty where none is given)."""

    article: ArticleCode
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class BureauFiles:
    """What `check` found sound: the hot keys where there are any, how many notes, the files of lead terms."""

    hot: HotSet | None
    notes: tuple[DiscretionNote, ...]
    lexicon: tuple[Path, ...]


def folder() -> Path:
    """Where the bureau's files lie; it need not be there."""
    return user_folder("bureau")


def hot_set(where: Path) -> HotSet | None:
    """The hot keys of a bureau's folder, None without a file. BadInput with a code of `_Entry` or `bureau.bad_yaml`."""
    path = where / HOT_KEYS
    return _hot_set(path) if path.is_file() else None


def discretion_notes(where: Path) -> tuple[DiscretionNote, ...]:
    """The notes of a bureau's folder, none without a file; errors as `hot_set`."""
    path = where / NOTES
    return tuple(note for note, _ in _notes(path)) if path.is_file() else ()


def dossier_words(where: Path) -> dict[str, str]:
    """The bureau's own words for its dossiers, none without a file; errors as `hot_set`. A dossier's data hold the words it was made with."""
    path = where / DOSSIER
    if not path.is_file():
        return {}
    return {name: entry.text() for name, entry in _of_format(path, "dossier").fields((), DOSSIER_WORDS).items()}


def check(where: Path, catalogue: Catalogue) -> BureauFiles:
    """Reads every file and looks every place up in the catalogue; errors as `hot_set`, and `bureau.unknown_article`."""
    hot = hot_set(where)
    if hot is not None:
        for entry in _hot_entries(where / HOT_KEYS):
            _need_article(entry, catalogue)
    notes = _notes(where / NOTES) if (where / NOTES).is_file() else []
    for _, entry in notes:
        _need_article(entry, catalogue)
    dossier_words(where)
    lexicon = tuple(sorted((where / LEXICON).glob("*.yaml")))
    for path in lexicon:
        _opened(path).mapping()
    return BureauFiles(hot, tuple(note for note, _ in notes), lexicon)


def keep(where: Path, hot: HotSet) -> Path:
    """Puts a copy of the file a set came from under its digest; a copy that is there stays. BadInput `bureau.changed_meanwhile`, StorageError."""
    target = where / VERSIONS / f"{hot.sha256}.yaml"
    try:
        if target.exists():
            return target
        content = (where / HOT_KEYS).read_bytes()
        if hashlib.sha256(content).hexdigest() != hot.sha256:
            raise BadInput("bureau.changed_meanwhile", file=HOT_KEYS)
        write_bytes(target, content)
        target.chmod(0o444)
    except OSError as cause:
        raise StorageError("storage.failed", path=str(where), cause=cause.strerror or str(cause)) from cause
    return target


def kept(where: Path, sha256: str) -> HotSet:
    """The set of that digest from the copies put aside; BadInput `bureau.no_version`, or `bureau.version_altered`."""
    path = where / VERSIONS / f"{sha256}.yaml"
    if not _DIGEST.fullmatch(sha256) or not path.is_file():
        raise BadInput("bureau.no_version", sha256=sha256[:64], folder=str(where / VERSIONS))
    found = _hot_set(path)
    if found.sha256 != sha256:
        raise BadInput("bureau.version_altered", file=str(path))
    return found


# --- reading ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """A value of a bureau's file; every refusal names file, line, column and, in the sentence of its code, what was expected."""

    path: Path
    node: Node
    key: str = ""

    def facts(self, found: object) -> dict[str, str | int]:
        return _facts(self.path, self.node.line, found)

    def key_facts(self) -> dict[str, str | int]:
        """The place of this value's key, which may stand on a line before."""
        rows = _rows(self.path)[: self.node.line]
        begins = re.compile(rf"[\s-]*[\"']?{re.escape(self.key)}[\"']?\s*:")
        line = next((at for at in range(len(rows), 0, -1) if begins.match(rows[at - 1])), self.node.line)
        return _facts(self.path, line, self.key)

    def mapping(self) -> "dict[str, _Entry]":
        if not isinstance(self.node.value, dict):
            raise BadInput("bureau.not_a_mapping", **self.facts(self.node.value or self.key))
        return {key: _Entry(self.path, node, key) for key, node in self.node.value.items()}

    def fields(self, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> "dict[str, _Entry]":
        found = self.mapping()
        known = "、".join(required + optional)
        for name, entry in found.items():
            if name not in required + optional:
                raise BadInput("bureau.unknown_field", **entry.key_facts(), known=known)
        for name in required:
            if name not in found:
                raise BadInput("bureau.missing_field", **{**self.facts(""), "found": name}, known=known)
        return found

    def items(self) -> "list[_Entry]":
        if not isinstance(self.node.value, list):
            raise BadInput("bureau.not_a_list", **self.facts(self.node.value or self.key))
        return [_Entry(self.path, node, self.key) for node in self.node.value]

    def text(self) -> str:
        if not isinstance(self.node.value, str) or not self.node.value.strip():
            raise BadInput("bureau.not_text", **self.key_facts())
        return self.node.value.strip()

    def code(self) -> ArticleCode:
        try:
            return ArticleCode.parse(self.text())
        except ValueError as cause:
            raise BadInput("bureau.bad_code", **self.facts(self.node.value)) from cause


def _facts(path: Path, line: int, found: object) -> dict[str, str | int]:
    """File, line, column (both from 1) and what stood there; the column is the line's first letter where the value isn't on the line."""
    shown = found if isinstance(found, str) else ""
    row = "".join(_rows(path)[line - 1 : line])
    at = row.find(shown) if shown else -1
    column = at + 1 if at >= 0 else len(row) - len(row.lstrip()) + 1
    return {"file": path.name, "line": line, "column": column, "found": shown[:80]}


def _rows(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):  # it is being refused already, and not for this
        return []


def _opened(path: Path) -> _Entry:
    try:
        return _Entry(path, read_yaml(path, code="bureau.bad_yaml"))
    except BadInput as error:
        line = int(error.facts["line"])
        column = _facts(path, line, error.facts["value"])["column"]
        raise BadInput(
            "bureau.bad_yaml", file=path.name, line=line, column=column, problem=error.facts["problem"], found=error.facts["value"]
        ) from error
    except OSError as cause:
        raise StorageError("storage.failed", path=str(path), cause=cause.strerror or str(cause)) from cause


def _of_format(path: Path, name: str) -> _Entry:
    found = _opened(path).fields(("format", name))
    if found["format"].text() != FORMAT:
        raise BadInput("bureau.other_format", **found["format"].facts(found["format"].text()), known=FORMAT)
    return found[name]


def _hot_set(path: Path) -> HotSet:
    content = path.read_bytes()
    codes = tuple(str(entry.code()) for entry in _hot_entries(path))
    return HotSet(codes, hashlib.sha256(content).hexdigest())


def _hot_entries(path: Path) -> list[_Entry]:
    """The ten values in the order of the keys; each digit once, each place once."""
    entries = _of_format(path, "hot_keys")
    found = entries.fields(DIGITS)
    seen: dict[ArticleCode, str] = {}
    for digit in DIGITS:
        code = found[digit].code()
        if code in seen:
            raise BadInput("bureau.repeated", **found[digit].facts(found[digit].node.value), known=seen[code])
        seen[code] = digit
    return [found[digit] for digit in DIGITS]


def _notes(path: Path) -> list[tuple[DiscretionNote, _Entry]]:
    found = []
    for item in _of_format(path, "notes").items():
        fields = item.fields(("article", "text"), ("source",))
        source = fields["source"].text() if "source" in fields else ""
        found.append((DiscretionNote(fields["article"].code(), fields["text"].text(), source), fields["article"]))
    return found


def _need_article(entry: _Entry, catalogue: Catalogue) -> None:
    code = entry.code()
    try:
        catalogue.resolve(code)
    except BadInput as error:
        near = error.facts.get("near", "") or error.facts.get("known", "")
        raise BadInput("bureau.unknown_article", **entry.facts(entry.node.value), known=near) from error
