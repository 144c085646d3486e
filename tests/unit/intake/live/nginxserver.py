"""A real media server on the loopback: nginx with its RTMP module, and FFmpeg that broadcasts into it."""

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
CONF = """load_module {module};
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
rtmp {{ server {{ listen 127.0.0.1:{rtmp}; chunk_size 4096; application live {{ live on; hls on; hls_path {folder}/hls; hls_fragment 2s;
 hls_playlist_length 12s; wait_key on; }} }} }}
http {{ access_log off; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4;
 scgi_temp_path {folder}/t5; types {{ application/vnd.apple.mpegurl m3u8; video/mp2t ts; }} server {{ listen 127.0.0.1:{http}; root {folder}; }} }}
"""


def available() -> bool:
    return shutil.which("nginx") is not None and MODULE.exists()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def serving(folder: Path, source: Path) -> Iterator[tuple[str, str]]:
    """The RTMP and the HLS address of `source` broadcast in a loop."""
    rtmp, http = free_port(), free_port()
    (folder / "hls").mkdir(parents=True)
    conf = folder / "nginx.conf"
    conf.write_text(CONF.format(module=MODULE, folder=folder, rtmp=rtmp, http=http), encoding="utf-8")
    with (folder / "out").open("wb") as log:
        server = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(conf)], stdout=log, stderr=log)
        address = f"rtmp://127.0.0.1:{rtmp}/live/room"
        _listening(rtmp)
        words = ["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(source), "-c", "copy", "-f", "flv", address]
        sender = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        yield address, f"http://127.0.0.1:{http}/hls/room.m3u8"
    finally:
        for process in (sender, server):
            process.terminate()
            process.wait()


def _listening(port: int) -> None:
    for _ in range(1200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("nginx did not start")
