"""Chat logs (弹幕 / 互动信息) of other programs, each format to one kind of row. Readers only read; placing rows is the parent's act."""
