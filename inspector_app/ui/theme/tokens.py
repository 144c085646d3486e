"""The palette of the window as named colours, light and dark. Nothing else in the window names a colour by its value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """One scheme. `…_soft` is the quiet background that belongs to a strong colour; all are `#rrggbb`.

    Colours that words are written in (text, muted, faint, accent, lead, finding, good, screen) have a contrast of 4.5 at least on every
    background they are written on (WCAG 2.2, 1.4.3); a test computes it.
    """

    dark: bool
    window: str
    panel: str
    raised: str
    line: str
    line_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_text: str
    accent_soft: str
    lead: str
    lead_soft: str
    finding: str
    finding_soft: str
    good: str
    good_soft: str
    speech: str
    screen: str
    screen_lane: str
    chat: str
    hover: str
    video: str


LIGHT = Tokens(
    dark=False,
    window="#eef1f5",
    panel="#ffffff",
    raised="#f4f6f9",
    line="#e2e6ec",
    line_strong="#c9d0da",
    text="#1a1f28",
    muted="#525d6d",
    faint="#646e7e",
    accent="#1f5fd6",
    accent_text="#ffffff",
    accent_soft="#e5edfc",
    lead="#8f5500",
    lead_soft="#fdf1dc",
    finding="#bf2f23",
    finding_soft="#fcebe9",
    good="#177a43",
    good_soft="#e2f4e8",
    speech="#86a5ea",
    screen="#6438b0",
    screen_lane="#b6a3e6",
    chat="#aab3c0",
    hover="#eef2f8",
    video="#0b0d11",
)

DARK = Tokens(
    dark=True,
    window="#11141a",
    panel="#1a1e26",
    raised="#232834",
    line="#2a303c",
    line_strong="#3d4655",
    text="#e5e9f0",
    muted="#a6b0c0",
    faint="#8590a4",
    accent="#6f9dff",
    accent_text="#0d1424",
    accent_soft="#1f2c4b",
    lead="#e8ab45",
    lead_soft="#33280f",
    finding="#ff766c",
    finding_soft="#401c1b",
    good="#4cc582",
    good_soft="#13301f",
    speech="#4a6cb5",
    screen="#b89df5",
    screen_lane="#6a5a98",
    chat="#5b6474",
    hover="#222732",
    video="#07080b",
)
