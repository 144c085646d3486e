"""Two officers' signatures with time stamps on dossiers of growing size: run by hand, prints seconds and what the signatures add.

python -m tests.bench.bench_signing
"""

import os
import tempfile
import time
from io import BytesIO
from pathlib import Path

import pikepdf

from inspector_app.dossier.archive import make_seal_place
from inspector_app.integrity import certificates, seal, signatures
from tests.signing import PASSWORD, Authority, honest, serving

PAGES = 325
BAR_S = 3.0


def sealed(path: Path, megabytes: int) -> Path:
    """A sealed file of `PAGES` pages, each with its bookmark, and pictures of so many megabytes."""
    out = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(PAGES):
            page = pdf.add_blank_page(page_size=(595, 842))
            noise = pikepdf.Stream(pdf, os.urandom(megabytes * 1_000_000 // PAGES))
            noise["/Type"], noise["/Subtype"] = pikepdf.Name("/XObject"), pikepdf.Name("/Image")
            page.obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I0=noise))
        with pdf.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(f"证据 {number:03d}", number) for number in range(PAGES))
        pdf.save(out)
    make_seal_place(out)
    path.write_bytes(out.getvalue())
    seal.seal(path)
    return path


def main() -> None:
    authority = Authority()
    with tempfile.TemporaryDirectory() as name, serving(honest(authority.stamper(), authority.root)) as url:
        folder = Path(name)
        keys = [authority.officer(one).p12(folder / f"{one}.p12", authority.root.certificate) for one in ("甲", "乙")]
        roots = certificates.roots(authority.trust(folder / "trust"))
        print(f"{'file':>8}  {'sign wall':>10}  {'sign CPU':>9}  {'of bar':>7}  {'examine':>8}  {'added':>8}")
        for megabytes in (3, 47):
            path = sealed(folder / f"{megabytes}.pdf", megabytes)
            size, wall, cpu = path.stat().st_size, time.perf_counter(), time.process_time()
            signatures.sign(path, [certificates.unlock(key, PASSWORD) for key in keys], tsa=url)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            start = time.perf_counter()
            found, problems = signatures.examine(path, roots)
            assert len(found) == 2 and not problems, problems
            added = path.stat().st_size - size
            print(
                f"{megabytes:5} MB  {wall:8.2f} s  {cpu:7.2f} s  {wall / BAR_S:6.2f}×  {time.perf_counter() - start:6.2f} s  {added / 1000:5.0f} kB"
            )


if __name__ == "__main__":
    main()
