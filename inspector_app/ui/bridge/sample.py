"""The sample case in the user's documents: the shipped recording goes through what an inspector's own would go through."""

import json
from pathlib import Path

import platformdirs

from inspector_app.commands.demo import NUMBER, SESSION
from inspector_app.domain.people import Officer
from inspector_app.i18n import tr
from inspector_app.resources import resource

from .chain import Chain
from .desk import Desk


def sample_folder() -> Path:
    return platformdirs.user_documents_path() / "直鉴示例案件"


def make_sample(desk: Desk, chain: Chain, folder: Path) -> bool:
    """Makes the sample case and asks for import, speech, screen text and leads; False when it was refused."""
    made = desk.new_case(
        folder=folder,
        number=NUMBER,
        cause=tr("ui.sample.cause"),
        party=tr("ui.sample.party"),
        officers=[Officer("示例甲", "示-0001"), Officer("示例乙", "示-0002")],
    )
    if made:
        key = json.loads(resource("demo", "key.json").read_text(encoding="utf-8"))
        chain.import_files([str(resource("demo", key["media"]))], and_all=True, session=dict(SESSION))
    return made
