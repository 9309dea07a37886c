"""Numbers, money, dates and codes are read out as a person would."""

import pytest

from ivr.domain import Language
from ivr.tts.reading import read_aloud


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("余额1,234.50元", "余额一千二百三十四元五角"),
        ("¥12.05", "十二元零五分"),
        ("10005元", "一万零五元"),
        ("100000元", "十万元"),
        ("120000000元", "一亿二千万元"),
        ("2,000元", "两千元"),
        ("¥2万", "两万元"),
        ("$20", "二十美元"),
        ("2026-11-28", "二零二六年十一月二十八日"),
        ("2026年1月2日", "二零二六年一月二日"),
        ("14:05", "十四点零五分"),
        ("9:00", "九点整"),
        ("8.50%", "百分之八点五"),
        ("尾号1789", "尾号幺七八九"),
        ("请拨95188", "请拨九五幺八八"),
        ("13800138000", "幺三八，零零幺三，八零零零"),
        ("400-820-1234", "四零零，八二零，幺二三四"),
        ("共12期，第2期，2笔，22个", "共十二期，第二期，两笔，二十二个"),
        ("按0转人工，按#结束", "按零转人工，按井号结束"),
        ("3.14", "三点一四"),
        ("110", "一百一十"),
    ],
)
def test_mandarin_reads(written: str, spoken: str) -> None:
    assert read_aloud(written, Language.ZH) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("1,234.50 yuan", "1234 point 5 yuan"),
        ("100,000 yuan", "100000 yuan"),
        ("¥12.00", "12 yuan"),
        ("$1,234.50", "1234 dollars and 50 cents"),
        ("$1", "1 dollar"),
        ("£2.01", "2 pounds and 1 penny"),
        ("due 2026-11-28", "due November 28th, 2026"),
        ("on 2026-02-01", "on February 1st, 2026"),
        ("at 14:05", "at 2 oh 5 p m"),
        ("at 9:00", "at 9 o'clock"),
        ("at 9:30 am", "at 9 30 a m"),
        ("8.50%", "8 point 5 percent"),
        ("card ending in 6789", "card ending in 6 7 8 9"),
        ("call 95188", "call 9 5 1 8 8"),
        ("13800138000", "1 3 8, 0 0 1 3, 8 0 0 0"),
        ("code 012345", "code 0 1 2 3 4 5"),
        ("press 0 or #", "press 0 or hash"),
        ("12 instalments in 2026.", "12 instalments in 2026."),
    ],
)
def test_english_reads(written: str, spoken: str) -> None:
    assert read_aloud(written, Language.EN) == spoken
