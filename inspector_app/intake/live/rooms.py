"""From a room's page to the address of its stream, by streamlink where it is installed and knows the platform.

It runs as a process of its own for a few seconds (`python -m inspector_app.intake.live.rooms QUALITY`, the page's address on standard input,
one JSON object on standard output), so that a recorder stays small and a page that hangs harms nobody. It keeps no cookies, no cache, and
cracks nothing: what the library cannot resolve is said, with what to do instead.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from .control import program
from .lane import Broken

if TYPE_CHECKING:
    from streamlink.session.session import Streamlink

Json = dict[str, Any]
BEST: Final = "best"
_ASK_S: Final = 40
#: how long to wait before a room that is not on air is asked again
OFFLINE_S: Final = 60.0
#: all of a plugin's headers that a server needs to hear from us; never a cookie
_HEADERS: Final = ("Referer", "Origin", "User-Agent")
#: kinds of streamlink's streams that have one address of their own
_LANES: Final = {"http": "flv", "hls": "hls"}


@dataclass(frozen=True)
class Found:
    """A stream of a room: its address, the lane for it, the name of its quality and all qualities there were."""

    url: str
    lane: str
    quality: str
    plugin: str
    qualities: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def find(session: "Streamlink", page: str, quality: str) -> Found:
    """The stream of a page in the quality asked for, else the best. Raises Broken."""
    from streamlink.exceptions import NoPluginError, StreamlinkError

    session.set_option("no-plugin-cache", True)
    host = urlsplit(page).hostname or "-"
    try:
        name, plugin, url = session.resolve_url_no_redirect(page)
    except NoPluginError as cause:
        raise Broken("resolve_fail", "live.room_unknown", final=True, host=host) from cause
    try:
        streams = plugin(session, url).streams()
    except StreamlinkError as cause:
        raise Broken("resolve_fail", "live.room_failed", wait_s=OFFLINE_S, host=host, plugin=name, cause=type(cause).__name__) from cause
    except Exception as cause:  # a platform changed its page: plugins then fail in every way there is
        raise Broken("resolve_fail", "live.room_failed", wait_s=OFFLINE_S, host=host, plugin=name, cause=type(cause).__name__) from cause
    if not streams:
        raise Broken("resolve_fail", "live.room_offline", wait_s=OFFLINE_S, host=host)
    kinds: dict[str, str] = {key: str(one.__shortname__) for key, one in streams.items()}
    usable = {key: one for key, one in streams.items() if kinds[key] in _LANES}
    if not usable:
        raise Broken("resolve_fail", "live.room_no_lane", final=True, host=host, types=", ".join(sorted(set(kinds.values()))))
    names = tuple(key for key in usable if key not in (BEST, "worst", "best-unfiltered", "worst-unfiltered"))
    best = usable.get(BEST) or usable[names[-1]]
    chosen = usable.get(quality, best)
    told = next((key for key in names if usable[key] is chosen), BEST)
    said = json.loads(chosen.json)
    headers = {key: value for key, value in (said.get("headers") or {}).items() if key in _HEADERS}
    return Found(said["url"], _LANES[str(chosen.__shortname__)], told, name, names, headers)


def ask(page: str, quality: str) -> Found:
    """`find` in a process of its own. Raises Broken."""
    host = urlsplit(page).hostname or "-"
    try:
        done = subprocess.run(
            program("rooms", quality or BEST),
            input=page.encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_ASK_S,
            check=False,
        )
        said = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as cause:
        raise Broken("resolve_fail", "live.room_failed", wait_s=OFFLINE_S, host=host, plugin="-", cause=type(cause).__name__) from cause
    if "broken" in said:
        raise Broken(**said["broken"], **said["facts"])
    return Found(**{**said, "qualities": tuple(said["qualities"])})


class Room:
    """A room's page that is resolved again when its stream's address has expired; the quality of the first time is asked for again."""

    def __init__(self, page: str, finder: Callable[[str, str], Found] = ask) -> None:
        self._page = page
        self._finder = finder
        self.quality = ""
        self.host = ""

    def resolve(self) -> tuple[Found, Json]:
        """The stream and what the journal is to be told: plugin, quality, the server's name, and what of them changed. Raises Broken."""
        found = self._finder(self._page, self.quality)
        host = urlsplit(found.url).hostname or ""
        facts: Json = {"plugin": found.plugin, "quality": found.quality, "host": host, "qualities": list(found.qualities)}
        if self.quality and found.quality != self.quality:
            facts["quality_before"] = self.quality
        if self.host and host != self.host:
            facts["host_before"] = self.host
        self.quality, self.host = self.quality or found.quality, host
        return found, facts


def main(quality: Path) -> int:
    """The process's side of `ask`."""
    page = sys.stdin.readline().strip()
    out, sys.stdout = sys.stdout, sys.stderr
    try:
        try:
            from streamlink.session.session import Streamlink
        except ImportError as cause:
            raise Broken("resolve_fail", "live.room_needs_extra", final=True, host=urlsplit(page).hostname or "-") from cause
        said = asdict(find(Streamlink(), page, str(quality)))
    except Broken as broken:
        said = {"broken": {"kind": broken.kind, "code": broken.code, "final": broken.final, "wait_s": broken.wait_s}, "facts": broken.facts}
    out.write(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
