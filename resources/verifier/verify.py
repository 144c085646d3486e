"""Verifies an evidence package with Python's own library alone: python verify.py PACKAGE.zip

Exit status: 0 nothing altered, 1 altered, 2 something could not be checked, 3 not a package. Written from the published layout, apart from the
program that makes packages.
"""

import hashlib
import json
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path

MARK = b"ZJLOG1\0"


def main():
    if len(sys.argv) != 2:
        print("python verify.py PACKAGE.zip")
        return 3
    try:
        with zipfile.ZipFile(sys.argv[1]) as pack:
            return verify(pack)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as cause:
        print("无法读取 / unreadable:", cause)
        return 3


def verify(pack):
    names = [one.filename for one in pack.infolist()]
    problems = ["重复的文件 / listed twice: " + name for name in sorted(set(names)) if names.count(name) > 1]
    problems += ["名称指向包外 / leads out of the package: " + name for name in names if leads_out(name)]
    digests = {name: sha256(pack, name) for name in names}
    payload, tags = listed(pack, "manifest-sha256.txt"), listed(pack, "tagmanifest-sha256.txt")
    for name, digest in digests.items():
        if name == "tagmanifest-sha256.txt":
            continue
        expected = (payload if name.startswith("data/") else tags).get(name)
        if expected is None:
            problems.append("清单以外的文件 / not listed: " + name)
        elif expected != digest:
            problems.append("被改动 / altered: " + name)
    problems += ["缺失 / missing: " + name for name in sorted(set(payload) | set(tags)) if name not in digests]
    text = pack.read("data/manifest.json").decode("utf-8")
    manifest = json.loads(text)
    if text != json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")):
        problems.append("清单不是规定的写法 / the manifest is not in its one text")
    own = {"data/" + one["path"]: one["sha256"] for one in manifest["files"]}
    for name in sorted(set(own) | {name for name in digests if name.startswith("data/") and name != "data/manifest.json"}):
        if own.get(name) != digests.get(name):
            problems.append("与清单不符 / differs from the manifest: " + name)
    rows, head, broken = journal(pack)
    problems += broken
    if head != manifest["journal"]["head"] or rows != manifest["journal"]["seq"]:
        problems.append("日志末端与清单不符 / the journal's head differs from the manifest")
    print("案件 / case:", manifest["case"]["number"])
    print("文件 / files:", len(digests), "  日志行 / journal rows:", rows)
    print("日志末端 / journal head:", head)
    for problem in problems:
        print("×", problem)
    print("发现改动 / ALTERED" if problems else "未发现改动 / nothing altered")
    return 1 if problems else 0


def leads_out(name):
    parts = name.replace("\\", "/").split("/")
    return name.startswith("/") or ".." in parts or ":" in parts[0]


def sha256(pack, name):
    digest = hashlib.sha256()
    with pack.open(name) as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def listed(pack, name):
    found = {}
    for line in pack.read(name).decode("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        found[path] = digest
    return found


def journal(pack):
    """Walks the chain: number of rows, hash of the last, what is broken."""
    problems, previous, rows = [], "0" * 64, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.db"
        path.write_bytes(pack.read("data/case.db"))
        db = sqlite3.connect(str(path))
        try:
            for seq, body, digest in db.execute("SELECT seq, body, hash FROM journal ORDER BY seq"):
                rows += 1
                data = json.loads(body)
                if seq != rows or data["seq"] != seq or data["prev"] != previous:
                    problems.append("日志链断开 / chain broken at row %s" % seq)
                if hashlib.sha256(MARK + body.encode("utf-8")).hexdigest() != digest:
                    problems.append("日志行被改动 / journal row altered: %s" % seq)
                previous = digest
        except (sqlite3.Error, KeyError, TypeError, ValueError) as cause:
            problems.append("日志无法读取 / journal unreadable: %s" % cause)
        finally:
            db.close()
    return rows, previous, problems


if __name__ == "__main__":
    sys.exit(main())
