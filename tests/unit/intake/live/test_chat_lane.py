"""Live chat: every message as received in its own chained journal, reconnects as gaps, nothing twice, and what it says beside the raw words."""

import contextlib
import json
import threading
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from inspector_app.intake.live import control
from inspector_app.intake.live.chatlane import ChatRecorder, rows_of
from inspector_app.intake.live.chatsource import FollowedFile, shown, source_of
from inspector_app.intake.live.lane import Broken
from inspector_app.integrity.capturechain import JOURNAL, read


class Chat:
    def __init__(self, folder: Path, working: Path) -> None:
        self.folder, self.working = folder, working

    def of(self, event):
        return [line.said for line in read(self.folder / JOURNAL) if line.event == event]

    @property
    def state(self):
        return control.read_state(self.working)


@pytest.fixture
def keep(spec, watched):
    """Records a chat in this process until `until(chat)` holds."""

    def run(address, until, hello="", **more):
        told = spec(**more)
        chat = Chat(Path(told.folder), Path(told.working))
        recorder = ChatRecorder(told, source_of(address, hello))
        watched(recorder.run, chat.working, lambda: (chat.folder / JOURNAL).exists() and until(chat))
        return chat

    return run


@pytest.fixture
def socket_server():
    """A WebSocket server: `start(handler)` gives its address."""
    servers = []

    def start(handler):
        server = serve(handler, "127.0.0.1", 0)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"ws://127.0.0.1:{server.socket.getsockname()[1]}/chat"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join(5)


def test_that_messages_of_a_socket_are_kept_as_they_came_over_a_broken_connection(socket_server, keep):
    greeted, connections = [], []

    def handler(connection):
        connections.append(1)
        greeted.append(connection.recv())
        number = len(connections)
        connection.send(
            json.dumps(
                {"user": "王小二", "text": f"真的最低吗{number}", "id": f"m{number}", "time": "2026-11-21T20:00:01+08:00"},
                ensure_ascii=False,
            )
        )
        connection.send('{"nickname":"李四","content":"已拍"}\n{"user":"a","type":"gift","text":"玫瑰","num":3}')
        connection.send(b"\x08\xff\xfe")
        if number == 1:
            return  # the server closes
        with contextlib.suppress(ConnectionClosed):
            connection.recv()

    chat = keep(socket_server(handler) + "?token=verysecret", lambda chat: len(chat.of("message")) >= 8, hello='{"join":1}')
    messages = chat.of("message")
    assert greeted == ['{"join":1}', '{"join":1}'] and [one["number"] for one in messages] == list(range(1, 9))
    first = messages[0]
    assert json.loads(first["raw"])["text"] == "真的最低吗1" and first["rows"][0]["text"] == "真的最低吗1"
    assert first["rows"][0]["message_id"] == "m1" and first["rows"][0]["wall"] == "2026-11-21T20:00:01.000+08:00"
    assert messages[1]["rows"][0]["wall"] == "" and messages[1]["rows"][0]["user"] == "李四"
    assert (messages[2]["rows"][0]["kind"], messages[2]["rows"][0]["count"]) == ("gift", 3)
    assert messages[3]["raw_base64"] == "CP/+" and messages[3]["rows"] == []
    gaps = chat.of("gap")
    assert [(gap["class"], gap["kind"], gap["resumed"]) for gap in gaps] == [("chat", "disconnect", 1)]
    assert chat.state["state"] == "stopped" and chat.state["messages"] == 8 and chat.state["last_message_s"] is not None
    assert b"verysecret" not in (chat.folder / JOURNAL).read_bytes()


def test_that_a_file_is_followed_line_by_line_and_nothing_is_taken_twice_after_a_restart(keep, tmp_path):
    log = tmp_path / "弹幕.jsonl"
    log.write_bytes('{"user":"甲","text":"一"}\n{"user":"乙","te'.encode())
    chat = keep(f"follow:{log}", lambda chat: len(chat.of("message")) == 1)
    assert [one["raw"] for one in chat.of("message")] == ['{"user":"甲","text":"一"}']
    # killed, not ended: its last lines are gone and a new recorder goes on
    whole = (chat.folder / JOURNAL).read_bytes().splitlines(keepends=True)
    (chat.folder / JOURNAL).write_bytes(b"".join(whole[:-1]) + b'{"torn')
    (chat.working / control.STOP).unlink()
    with log.open("ab") as file:
        file.write('xt":"二"}\r\n普通一行\n'.encode())
    chat = keep(f"follow:{log}", lambda chat: len(chat.of("message")) == 3)
    assert [one["rows"][0]["text"] for one in chat.of("message")] == ["一", "二", "普通一行"]
    assert [gap["kind"] for gap in chat.of("gap")] == ["process_restart"] and chat.of("end")[0]["messages"] == 3


def test_that_another_file_in_its_place_begins_anew_and_is_a_gap(keep, tmp_path):
    log = tmp_path / "a.jsonl"
    log.write_text('{"user":"甲","text":"一"}\n', encoding="utf-8")
    done = []

    def until(chat):
        if len(chat.of("message")) == 1 and not done:
            done.append(1)
            other = tmp_path / "b.jsonl"
            other.write_text('{"user":"甲","text":"新"}\n', encoding="utf-8")
            other.replace(log)
        return len(chat.of("message")) == 2

    chat = keep(f"follow:{log}", until)
    assert [one["rows"][0]["text"] for one in chat.of("message")] == ["一", "新"]
    assert chat.of("gap")[0]["cause"] == "chat.file_replaced"


def test_that_a_chat_that_is_not_there_is_waited_for_and_a_wrong_address_is_not(keep, tmp_path):
    chat = keep(f"follow:{tmp_path / '还没有'}", lambda chat: chat.state.get("trouble"))
    assert chat.of("end")[0] | {"reason": "stopped", "cause": "live.unreachable"} == chat.of("end")[0]
    with pytest.raises(Broken) as caught:
        source_of("http://a/b")
    assert caught.value.code == "chat.scheme" and caught.value.final
    assert shown("wss://u:p@h/x?k=1") == "wss://h/x" and isinstance(source_of("follow:/a b"), FollowedFile)


def test_that_known_formats_are_read_and_unknown_words_are_kept_raw():
    at = "2026-11-21T12:00:00+00:00"
    douyin = {"method": "WebcastChatMessage", "payload": {"user": {"nickName": "小明"}, "content": "主播好", "common": {"msgId": 7}}}
    assert rows_of(json.dumps(douyin), 1, at)[0] | {"text": "主播好", "user": "小明", "wall": ""} == rows_of(json.dumps(douyin), 1, at)[0]
    assert [row["text"] for row in rows_of('[{"user":"a","text":"1"},{"user":"b","text":"2"}]', 1, at)] == ["1", "2"]
    assert rows_of("[" * 100_000, 1, at)[0]["text"].startswith("[[") and rows_of("7", 1, at) == [] and rows_of('{"x":1}', 1, at) == []
