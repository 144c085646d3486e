"""A real case with real pictures, the shipped catalogue, and dossiers built from them."""

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from inspector_app.casefile.case import Case, create
from inspector_app.casefile.changes import Act, delete, insert
from inspector_app.domain.ids import new_id
from inspector_app.domain.people import Actor, Officer
from inspector_app.domain.records import (
    ChatMessage,
    Exhibit,
    Finding,
    Original,
    Record,
    Recording,
    ScreenRun,
    ScreenText,
    Segment,
    Session,
    Transcript,
)
from inspector_app.dossier import model, worker
from inspector_app.resources import resource
from inspector_app.statutes.catalogue import Catalogue

SEALED = datetime(2026, 11, 21, 10, 40, 5, tzinfo=UTC)
OFFICER = Actor("张敏", "粤A-0001")


def load_catalogue() -> Catalogue:
    return Catalogue.load(resource("statutes"))


class Collected:
    """A channel that keeps what it is told."""

    def __init__(self) -> None:
        self.items: list[tuple[str, dict[str, Any]]] = []
        self.steps: list[tuple[int, int, str]] = []
        self.warnings: list[tuple[str, dict[str, Any]]] = []
        self.checks = 0

    def item(self, kind: str, **data: Any) -> None:
        self.items.append((kind, data))

    def progress(self, done: int, total: int, unit: str) -> None:
        self.steps.append((done, total, unit))

    def warn(self, code: str, **facts: str | int) -> None:
        self.warnings.append((code, facts))

    def check(self) -> None:
        self.checks += 1


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


def picture(size: tuple[int, int], shade: int) -> bytes:
    image = Image.new("RGB", size, (40 + shade % 90, 60, 110))
    draw = ImageDraw.Draw(image)
    for step in range(0, size[1], 40):
        draw.rectangle((step % size[0], step, step % size[0] + 160, step + 24), fill=(230, 210 - shade % 150, 160))
    draw.ellipse((size[0] // 4, size[1] // 4, size[0] // 4 * 3, size[1] // 2), outline=(255, 255, 255), width=8)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


class CaseBuilder:
    """Fills a new case through real commits."""

    def __init__(self, folder: Path, **wording: str) -> None:
        wording = {"number": "粤市监案〔2026〕123号", "cause": "涉嫌虚假宣传", "party": "示例健康科技有限公司"} | wording
        officers = [Officer("张敏", "粤A-0001"), Officer("李䶮", "粤A-0002")]
        self.case: Case = create(folder, officers=officers, **wording)
        self.numbers = 0
        self.catalogue = load_catalogue()
        self._recording()

    def commit(self, act: str, *records: Record, **facts: str | int) -> None:
        self.case.commit(Act(act, OFFICER, [insert(record) for record in records], records[0].id, facts, undoable=True))

    def _recording(self) -> None:
        content = b"not decoded here" * 64
        digest = hashlib.sha256(content).hexdigest()
        path = f"originals/{digest}.mp4"
        (self.case.folder / path).write_bytes(content)
        original = Original(
            digest, "ab" * 32, len(content), path, "video", "直播回放 0621.mp4", "D:/录制", "", "2026-06-22T01:00:00.000+00:00"
        )
        session = Session("ses_1", "示例平台", "健康好物直播间", "@jiankang", "小𠮷", "2026-06-21T20:00:00.000+08:00")
        self.recording = Recording(
            "rec_1", "ses_1", digest, "直播回放 0621.mp4", "imported", 3_600_000_000, 0, 720, 1280, 0, 1, 1, "", "",
            gaps=({"start_us": 60_000_000, "end_us": 61_000_000},),
        )  # fmt: skip
        self.commit("import", original, session, self.recording, name=self.recording.name)
        self.transcript = Transcript(
            "tra_1", "rec_1", "faster-whisper 1.2.1", "base", "cd" * 32, "ef" * 32, "12" * 32, 3_000_000_000, "done",
            "2026-06-22T02:00:00.000+00:00", {"beam_size": 5, "language": "zh"},
        )  # fmt: skip
        self.run = ScreenRun("scr_1", "rec_1", "rapidocr 3.8", "34" * 32, "done", "2026-06-22T03:00:00.000+00:00", {"det": "56" * 32}, {})
        self.commit("transcript.plan", self.transcript, recording=self.recording.name)
        self.commit("screen.start", self.run, recording=self.recording.name)

    def still(self, finding: str, at: int, size: tuple[int, int]) -> Exhibit:
        self.numbers += 1
        content = picture(size, self.numbers * 17)
        path = f"exports/exhibits/证据{self.numbers:03d}.png"
        (self.case.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.case.folder / path).write_bytes(content)
        return Exhibit(
            new_id("exhibit"), self.numbers, finding, "rec_1", "still", at, at, "", path, hashlib.sha256(content).hexdigest(), len(content),
            at * 9 // 100, "1/90000", {"tool": "PyAV"},
        )  # fmt: skip

    def quote(self, finding: str, at: int, text: str) -> Exhibit:
        self.numbers += 1
        return Exhibit(new_id("exhibit"), self.numbers, finding, "rec_1", "quote", at, at + 5_000_000, text)

    def finding(
        self,
        quote: str = "这款茶三天见效，血糖一定降下来，全网最低价😀",
        *,
        article: str = "办法:34-1",
        sizes: tuple[tuple[int, int], ...] = ((720, 1280),),
        proves: str = "主播口播宣称商品具有降血糖功效",
        note: str = "",
    ) -> Finding:
        """A finding with its transcript lines, screen text, chat, stills and quote; the last element stays open."""
        number = self.case.next_number(Finding)
        at = 100_000_000 * number
        name = new_id("finding")
        lines = [
            Segment(
                new_id("segment"), "rec_1", "tra_1", "", at + step * 5_000_000, at + step * 5_000_000 + 4_800_000, f"第{step}句机器听写",
                f"第{step}句机器听写：大家看这一款降糖茶", 912 - step, "", "第3句人工校订：大家看这一款绛糖茶" if step == 3 else None,
                "张敏" if step == 3 else None,
            )
            for step in range(-3, 5)
        ]  # fmt: skip
        shown = ScreenText(
            new_id("screen_text"), "rec_1", "scr_1", at, at + 4_000_000, "原价 ¥999 现价 ¥99", 957, "price", (10, 10, 300, 60)
        )
        chat = ChatMessage(new_id("chat_message"), "rec_1", self.recording.original_id, at + 1_000_000, "用户王小二", "真的三天见效吗？🍵")
        stills = [self.still(name, at + place * 1_000_000, size) for place, size in enumerate(sizes)]
        spoken = self.quote(name, at, quote)
        keys = [element.key for element in self.catalogue.article(article, date(2026, 6, 21)).elements]
        proof = {key: {"exhibits": [spoken.id, *(still.id for still in stills)], "ticked": int(key == keys[0])} for key in keys[:-1]}
        finding = Finding(
            name, number, "rec_1", at, at + 5_000_000, quote, proves, note, 2, "open", "张敏", "2026-06-23T01:00:00.000+00:00",
            articles=(article,), elements=proof,
        )  # fmt: skip
        self.commit("finding.add", finding, *lines, shown, chat, *stills, spoken, number=number)
        return finding

    def withdraw(self, number: int) -> None:
        found = self.case.find(Exhibit, number=number)[0]
        self.case.commit(Act("undo", OFFICER, [delete(found)], found.id, {"number": number}))

    def data(self, catalogue: Catalogue) -> dict[str, Any]:
        with Case(self.case.folder, read_only=True) as case:
            return model.gather(case, catalogue, sealed_at=SEALED, by=OFFICER, journal_head=case.journal_head())

    def build(self, catalogue: Catalogue, out: Path, data: dict[str, Any] | None = None) -> tuple[dict[str, Any], Collected]:
        channel = Collected()
        spec = {
            "data": data or self.data(catalogue),
            "case_folder": str(self.case.folder),
            "out": str(out),
            "fonts": str(resource("fonts")),
        }
        return worker.run(spec, channel), channel


@pytest.fixture
def new_case(tmp_path: Path) -> Any:
    built: list[CaseBuilder] = []

    def make(**wording: str) -> CaseBuilder:
        builder = CaseBuilder(tmp_path / f"案件 {len(built)}", **wording)
        built.append(builder)
        return builder

    yield make
    for builder in built:
        builder.case.close()


Maker = Callable[..., CaseBuilder]


@pytest.fixture(scope="session")
def dossier(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Any:
    """A finished dossier: (path, item, data, channel). Nobody may change the file: copy it first."""
    folder = tmp_path_factory.mktemp("卷宗 样本")
    builder = CaseBuilder(folder / "案件")
    builder.finding()
    builder.finding("现在下单立减九百，原价九百九十九", article="办法:32", sizes=((1280, 720), (1280, 720)), note="价格页另行截图")
    builder.finding("𠮷祥茶由䶮先生监制，👨‍👩‍👧 全家可喝，只剩最后三单", sizes=((720, 1280), (720, 1280)))
    builder.withdraw(builder.numbers)
    out = folder / "卷宗.pdf"
    data = builder.data(catalogue)
    item, channel = builder.build(catalogue, out, data)
    builder.case.close()
    return out, item, data, channel
