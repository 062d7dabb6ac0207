"""Decoding, and reducing text to what labels are compared by."""

import pytest

from parsers import Unreadable
from parsers.text.chinese import TAIWAN_WORDS, letters, simplified
from parsers.text.encoding import as_utf8, decode

PAGE = "<meta charset='{}'>甲市人民政府信息公开年度报告"


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "gbk", "iso-8859-1", "nonsense", "big5"])
@pytest.mark.parametrize("real", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_the_bytes_tell_their_encoding_whatever_they_declare(declared: str, real: str) -> None:
    text = PAGE.format(declared)
    assert decode(text.encode(real)) == text
    assert as_utf8(text.encode(real)).decode("utf-8-sig") == text


def test_big5_is_not_taken_for_gb18030() -> None:
    assert decode("甲市人民政府資訊公開年度報告".encode("big5")) == "甲市人民政府資訊公開年度報告"


def test_a_last_character_cut_in_two_is_dropped() -> None:
    assert decode("政府信息公开".encode()[:-1]) == "政府信息公"


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff\xfe" * 9, bytes(range(128, 256))])
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(Unreadable, match="no text"):
        decode(data)


def test_letters_leave_everything_else_out() -> None:
    assert letters("（一） 予以\n公 开：1２件，公(gong)开\u200b") == "一予以公开件公开"


@pytest.mark.parametrize(
    ("traditional", "plain"),
    [
        ("規範性檔案", "规范性文件"),
        ("無正當理由大量反覆申請", "无正当理由大量反复申请"),
        ("政府資訊", "政府信息"),
        ("檔案館", "档案馆"),
    ],
)
def test_taiwan_words_become_those_of_the_forms(traditional: str, plain: str) -> None:
    assert simplified(traditional) == plain


def test_words_keep_their_length_so_that_places_stay_right() -> None:
    assert all(len(there) == len(here) for there, here in TAIWAN_WORDS.items())
