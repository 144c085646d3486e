"""Every chat format in one row: what was said, by whom, when, and nothing guessed."""

import json
from itertools import islice

import pytest

from inspector_app.intake.chat import formats
from inspector_app.intake.chat.rows import parse_time
from inspector_app.intake.textfiles import encoding_of


@pytest.fixture
def read(tmp_path):
    """The format found by content and every row, None for entries not to be read."""

    def run(content, name="log.bin", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        found = encoding_of(path)
        with path.open(encoding=found, errors="replace") as file:
            head = file.read(65536)
        form = formats.format_of(path, found, head)
        assert form is not None
        return form, list(formats.read(form, path, found))

    return run


def said(rows):
    return [(row.time_us, row.user, row.text, row.kind) for row in rows if row is not None]


# -- XML ---------------------------------------------------------------------------------------------------------------------------

BILIBILI = """<?xml version="1.0" encoding="UTF-8"?>
<i><chatserver>chat.bilibili.com</chatserver>
<d p="1.250,1,25,16777215,1780315201,0,ab12cd,778899">全网最低价&amp;保真</d>
<d p="bad,1,25,16777215,1780315201,0,ab12cd,1">没有时间</d>
<d p="3600.5,4,25,255,1780318800,0,ff00,2">一小时后</d>
"""


def test_that_bilibili_xml_is_read_though_its_end_is_missing(read):
    form, rows = read(BILIBILI)
    assert form == "bilibili-xml"
    assert said(rows) == [(1_250_000, "", "全网最低价&保真", "chat"), (3_600_500_000, "", "一小时后", "chat")]
    assert rows[1] is None
    assert rows[0].wall == "2026-06-01T12:00:01.000+00:00" and rows[0].message_id == "778899"
    assert rows[0].facts == {"colour": "16777215", "sender": "ab12cd"}


def test_that_an_xml_log_cut_in_the_middle_of_an_entry_gives_all_whole_ones(read):
    form, rows = read(BILIBILI + '<d p="3700,1,25,1,17803')
    assert form == "bilibili-xml" and [row.text for row in rows if row][:2] == ["全网最低价&保真", "一小时后"]


def test_that_the_bililive_recorders_gifts_and_paid_messages_are_kept(read):
    form, rows = read(
        '<?xml version="1.0" encoding="utf-8"?><i><BililiveRecorder version="2.0"/>'
        '<BililiveRecorderRecordInfo roomid="1" start_time="2026-06-01T20:00:00.1234567+08:00"/>'
        '<d p="2.0,1,25,1,1780315202123,0,42,0" user="小明" raw="[&quot;x&quot;]">好</d>'
        '<gift ts="3.5" user="小红" uid="7" giftname="小花花" giftcount="20"/>'
        '<sc ts="4" user="老王" uid="8" price="30" time="60">这是真的吗</sc>'
        '<guard ts="5" user="舰长" uid="9" level="3" count="1"/></i>'
    )
    assert form == "bililive-recorder-xml"
    assert said(rows) == [
        (2_000_000, "小明", "好", "chat"),
        (3_500_000, "小红", "小花花", "gift"),
        (4_000_000, "老王", "这是真的吗", "superchat"),
        (5_000_000, "舰长", "guard 3", "gift"),
    ]
    assert rows[0].wall == "2026-06-01T12:00:02.123+00:00"
    assert (rows[1].count, rows[2].price) == (20, "30")


def test_that_biliups_gifts_have_their_moment_and_raw_payloads_are_passed_over(read):
    form, rows = read(
        '<?xml version="1.0" encoding="UTF-8"?>\n<i>\n  <d p="0.5,1,25,16777215,1780315200,0,42,0">来了</d>\n'
        '  <s timestamp="1780315209" uid="1" username="甲" price="30" type="super_chat" num="1" giftname="醒目留言">加油</s>\n'
        '  <o timestamp="1780315209">{"cmd":"x"}</o>\n</i>'
    )
    assert form == "biliup-xml"
    assert said(rows) == [(500_000, "", "来了", "chat"), (None, "甲", "加油", "superchat")]
    assert rows[1].wall == "2026-06-01T12:00:09.000+00:00"


def test_that_xml_fetches_nothing_and_expands_nothing(read, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    _, rows = read(
        f'<?xml version="1.0"?><!DOCTYPE i [<!ENTITY a SYSTEM "file://{secret}"><!ENTITY b "bbbb">]>'
        '<i><d p="1,1,25,1,0,0,0,0">x&a;y&b;</d><d p="2,1,25,1,0,0,0,0">z</d></i>'
    )
    assert all("geheim" not in row.text for row in rows if row)
    assert rows[-1].text == "z"


def test_that_xml_in_gbk_without_a_declaration_is_read(read):
    _, rows = read('<i><d p="1,1,25,1,0,0,0,0">家人们</d></i>', encoding="gb18030")
    assert rows[0].text == "家人们"


# -- JSON --------------------------------------------------------------------------------------------------------------------------


def douyin(method, **body):
    common = {"common": {"method": method, "msgId": "7001", "createTime": 1780315205123}}
    return {"method": method, "payload": {**common, **body}}


def test_that_douyin_captures_keep_combos_by_their_group(read):
    gift = {"gift": {"id": 463, "name": "小心心", "diamondCount": 1}, "user": {"id": 5, "nickName": "小红"}, "groupId": "99"}
    lines = [
        douyin("WebcastChatMessage", user={"nickName": "小明", "id": 1}, content="多少钱"),
        *(douyin("WebcastGiftMessage", repeatCount=count, **gift) for count in (1, 2, 3)),
        douyin("WebcastLikeMessage", user={"nickName": "甲"}, count=5, total=100),
        douyin("WebcastMemberMessage", user={"nickName": "乙"}, memberCount=321),
        douyin("WebcastSocialMessage", user={"nickName": "丙"}, action=1),
        douyin("WebcastRoomUserSeqMessage", total=4567),
        douyin("WebcastRoomStatsMessage", displayLong="4567在线观众"),
        douyin("WebcastUnknownMessage"),
    ]
    form, rows = read("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    assert form == "douyin-json"
    assert [row.kind if row else None for row in rows] == [
        "chat", "gift", "gift", "gift", "like", "enter", "follow", "notice", "notice", None,
    ]  # fmt: skip
    assert {row.wall for row in rows if row} == {"2026-06-01T12:00:05.123+00:00"}
    assert {row.group_key for row in rows[1:4]} == {"99/5/463"} and [row.count for row in rows[1:4]] == [1, 2, 3]
    assert (rows[0].user, rows[0].text, rows[0].message_id) == ("小明", "多少钱", "7001")
    assert rows[1].price == "1 diamonds" and rows[5].facts["membercount"] == "321" and rows[8].text == "4567在线观众"


@pytest.mark.parametrize("indent", [None, 2])
def test_that_a_douyin_capture_may_be_one_array(read, indent):
    lines = [douyin("WebcastChatMessage", user={"nick_name": "小明"}, content=f"第{number}条") for number in range(50)]
    form, rows = read(json.dumps(lines, ensure_ascii=False, indent=indent))
    assert form == "douyin-json" and [row.text for row in rows] == [f"第{number}条" for number in range(50)]


def test_that_an_array_cut_off_is_read_to_its_last_whole_message(read):
    whole = json.dumps([douyin("WebcastChatMessage", content=f"{number}") for number in range(5)])
    _, rows = read(whole[:-30])
    assert [row.text if row else None for row in rows] == ["0", "1", "2", "3", None]


def test_that_youtubes_replay_has_places_and_its_emoji(read):
    text = {
        "id": "abc", "timestampUsec": "1780315205123456", "authorName": {"simpleText": "路人"},
        "message": {"runs": [{"text": "好 "}, {"emoji": {"emojiId": "😀"}}, {"emoji": {"isCustomEmoji": True, "shortcuts": [":笑:"]}}]},
    }  # fmt: skip
    paid = {**text, "purchaseAmountText": {"simpleText": "¥30.00"}}
    lines = [
        {"replayChatItemAction": {"actions": [{"addChatItemAction": {"item": {name: body}}}], "videoOffsetTimeMsec": offset}}
        for name, body, offset in [("liveChatTextMessageRenderer", text, "1500"), ("liveChatPaidMessageRenderer", paid, "-2000")]
    ]
    form, rows = read("\n".join(map(json.dumps, lines)))
    assert form == "youtube-json"
    assert said(rows) == [(1_500_000, "路人", "好 😀:笑:", "chat"), (-2_000_000, "路人", "好 😀:笑:", "superchat")]
    assert rows[0].wall == "2026-06-01T12:00:05.123+00:00" and rows[1].price == "¥30.00"


def test_that_a_twitch_export_is_read_from_its_list(read):
    comment = {
        "_id": "c1", "created_at": "2026-06-01T12:00:03.5Z", "content_offset_seconds": 3.25,
        "commenter": {"display_name": "Leute"}, "message": {"body": "wie viel?", "bits_spent": 100},
    }  # fmt: skip
    form, rows = read(json.dumps({"FileInfo": {}, "comments": [comment]}, indent=1))
    assert form == "twitch-json"
    assert said(rows) == [(3_250_000, "Leute", "wie viel?", "gift")] and rows[0].count == 100


def test_that_plain_objects_with_odd_names_and_broken_lines_are_read(read):
    text = (
        '{"time": 12.345, "user": "小明", "text": "多少钱"}\n不是\n{"timestamp": 1772539445123, "nickname": "路人", "content": "假的吧"}\n'
    )
    form, rows = read(text)
    assert form == "json" and said(rows) == [(12_345_000, "小明", "多少钱", "chat"), (None, "路人", "假的吧", "chat")]
    assert rows[1] is None


def test_that_half_a_surrogate_and_control_marks_do_no_harm(read):
    _, rows = read('{"time": 1, "user": "a\\u202eb", "text": "x\\ud800y\\u0000z"}\n')
    assert rows[0].user == "a\u202eb"
    assert rows[0].text.encode("utf-8") and "y\0z" in rows[0].text
    json.dumps(rows[0].to_json(), ensure_ascii=False).encode("utf-8")


# -- subtitles and tables ----------------------------------------------------------------------------------------------------------

ASS = """[Script Info]
Title: x

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.50,0:00:09.50,R2L,小明,0,0,0,,{\\move(1920,0,-200,0)}价格, 真低\\N吗
Dialogue: 0,0:00:02.00,0:00:10.00,R2L,,0,0,0,,{\\move(1920,30,-200,30)}买了
"""


def test_that_moving_subtitles_are_chat(read):
    form, rows = read(ASS)
    assert form == "danmaku-ass"
    assert said(rows) == [(1_500_000, "小明", "价格, 真低\n吗", "chat"), (2_000_000, "", "买了", "chat")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_that_a_csv_with_titles_above_its_headings_is_read(read, separator):
    lines = [
        ("直播间评论导出",),
        ("时间", "昵称", "内容", "类型"),
        ("2026-06-01 20:00:10", "小明", '"一""二"', "评论"),
        ("x", "a", "b", ""),
    ]
    form, rows = read("\n".join(separator.join(cells) for cells in lines), encoding="gb18030")
    assert form == "table-csv" and rows[1] is None
    assert (rows[0].wall, rows[0].user, rows[0].text, rows[0].line) == ("2026-06-01T20:00:10.000", "小明", '一"二', 3)


def test_that_a_csv_message_over_two_lines_is_one_message(read):
    _, rows = read('time,user,text\n1,a,"上\n下"\n2,b,c\n')
    assert [(row.line, row.text) for row in rows] == [(3, "上\n下"), (4, "c")]


def test_that_a_workbook_gives_its_rows_and_dates_stay_without_a_zone(tmp_path):
    from datetime import datetime, time

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["说明页"])
    sheet = book.create_sheet("评论")
    for row in (["某平台"], ["发送时间", "用户昵称", "评论内容", "数量", "金额"], [datetime.fromisoformat("2026-06-01T20:00:03"), "甲", "真的吗", 2.0, "9.9"],
                [time(0, 1, 2), 123, 456.0, None, None], [None, None, None, None, None]):  # fmt: skip
        sheet.append(row)
    path = tmp_path / "评论.xlsx"
    book.save(path)
    assert formats.format_of(path, None, "") == "table-xlsx"
    rows = list(formats.read("table-xlsx", path, None))
    assert (rows[0].wall, rows[0].user, rows[0].text, rows[0].count, rows[0].price) == ("2026-06-01T20:00:03.000", "甲", "真的吗", 2, "9.9")
    assert (rows[1].time_us, rows[1].user, rows[1].text) == (62_000_000, "123", "456") and len(rows) == 2


def test_that_texts_that_are_no_log_have_no_format(tmp_path):
    for content in ("只是一封信。\n", "<html><body>x</body></html>", "a,b,c\n1,2,3\n"):
        path = tmp_path / "x"
        path.write_text(content, encoding="utf-8")
        assert formats.format_of(path, "utf-8", content) is None


def test_that_a_long_log_is_read_piece_by_piece(tmp_path):
    """An endless log would never be read whole: its first messages come before its last bytes are looked at."""
    path = tmp_path / "long.json"
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number in range(60_000):
            file.write(f'{{"time": {number}, "user": "u", "text": "第{number}条"}},\n')
    first = list(islice(formats.read("json", path, "utf-8"), 3))
    assert [row.text for row in first] == ["第0条", "第1条", "第2条"]
    assert sum(row is not None for row in formats.read("json", path, "utf-8")) == 60_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1:02:03", (3_723_000_000, None)),
        ("90", (90_000_000, None)),
        ("0.1", (100_000, None)),
        ("1772539445", (None, "2026-03-03T12:04:05.000+00:00")),
        ("1772539445123456", (None, "2026-03-03T12:04:05.123+00:00")),
        ("2026/3/3 20:04", (None, "2026-03-03T20:04:00.000")),
        ("2026-03-03T20:04:05+08:00", (None, "2026-03-03T20:04:05.000+08:00")),
        ("2026-03-03T12:04:05Z", (None, "2026-03-03T12:04:05.000+00:00")),
        ("2026-13-03 20:04:05", None),
        ("-5", None),
        ("NaN", None),
        ("1e99", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_that_times_are_places_or_moments_and_nothing_is_guessed(text, found):
    assert parse_time(text) == found
