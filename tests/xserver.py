"""An X server of a test's own, without a screen of this machine."""

import contextlib
import os
import subprocess
from collections.abc import Iterator


@contextlib.contextmanager
def xserver(size: str = "320x240") -> Iterator[str]:
    """Its name (`:N`), once it answers; it ends with the block."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            yield f":{pipe.readline().strip()}"
    finally:
        server.kill()
        server.wait()
