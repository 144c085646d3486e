"""How a recording is cut up for reading its screen; shared by the child that reads and the job that keeps what it read."""

from typing import Final

from inspector_app.domain.timebase import SECOND

#: One sample a second, in blocks of a quarter of a minute: what a kill loses, and how far live reading lags behind.
INTERVAL_US: Final = SECOND
BLOCK_US: Final = 15 * SECOND
