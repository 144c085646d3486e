"""The vault: `originals/`, each file named by its SHA-256 and read-only. Nothing here ever opens an original for writing."""

from pathlib import Path

ORIGINALS = "originals"
INCOMING = ".incoming"


def sweep(folder: Path, known: set[str]) -> list[Path]:
    """Moves vault files that no row names (the program ended between copy and commit) aside, into `originals/.incoming/`.

    Nothing is deleted; a person can look at them there. Importing the same file again makes its copy anew. Returns the new paths. `known`
    are paths relative to the case.
    """
    vault = folder / ORIGINALS
    aside = vault / INCOMING
    moved = []
    for path in sorted(vault.iterdir()) if vault.is_dir() else ():
        if path.is_file() and path.relative_to(folder).as_posix() not in known:
            aside.mkdir(exist_ok=True)
            moved.append(path.replace(aside / (path.name + ".stray")))
    return moved
