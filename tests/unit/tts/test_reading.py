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
        ("5-10个工作日", "五到十个工作日"),
        ("300-500元", "三百到五百元"),
        ("1,000～2,000元", "一千到两千元"),
        ("10%-20%", "百分之十到百分之二十"),
        ("9:00-17:00", "九点整到十七点整"),
        ("010-12345678", "零幺零，幺二三四，五六七八"),
        ("0571-8888123", "零五七幺，八八八，八幺二三"),
        ("010-12345678人工服务", "零幺零，幺二三四，五六七八人工服务"),
        ("3-1-2号", "三-一-二号"),
        ("余额为-123.45元", "余额为负一百二十三元四角五分"),
        ("¥-12.50", "负十二元五角"),
        ("-¥12.50", "负十二元五角"),
        ("下降-3%", "下降负百分之三"),
        ("2:00", "两点整"),
        ("下午2点，第2点，12点", "下午两点，第二点，十二点"),
        ("2分钟，12分钟，2周，2秒", "两分钟，十二分钟，两周，两秒"),
        ("星期二个人业务，周二天天有", "星期二个人业务，周二天天有"),
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
        ("in 5-10 days", "in 5 to 10 days"),
        ("3–5 working days", "3 to 5 working days"),
        ("300-500 yuan", "300 to 500 yuan"),
        ("$10-$20", "10 dollars to 20 dollars"),
        ("10%-20%", "10 percent to 20 percent"),
        ("9:00-17:00", "9 o'clock to 5 p m"),
        ("9:00 am - 5:00 pm", "9 a m to 5 p m"),
        ("until 24:00", "until 12 a m"),
        ("call 400-820-8820", "call 4 0 0, 8 2 0, 8 8 2 0"),
    ],
)
def test_english_reads(written: str, spoken: str) -> None:
    assert read_aloud(written, Language.EN) == spoken
