"""Mandarin reading of numbers: 1234.50元 is 一千二百三十四元五角, 95188 is 九五幺八八."""

import re
from typing import Final

from ivr.tts.rewriting import grouped, rewrite, rules

_DIGITS: Final = "零一二三四五六七八九"
_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_COUNTED: Final = "个笔天次张位条期年月日元块万亿小分秒倍号点岁"
"""First characters of words that make a bare number a quantity, not a code."""
_RANGED: Final = rf"(?:[{_COUNTED}周份种台件名度折%％]|人(?!工)|工作日)"
"""First characters of words before which "5-10" is a range, not a code."""
_TO: Final = r"\s?[-–—~～]\s?"
_TWO_OF: Final = re.compile(
    r"(?<![一二三四五六七八九零十百千万亿点第期周拜])"  # Tuesday is 星期二, whatever follows
    r"二(?=[千个笔天次张位条期年元块万亿小倍周份人种秒]|分钟)"
)


def read_aloud(text: str) -> str:
    """Give the text with every number in characters."""
    return _TWO_OF.sub("两", rewrite(text, _RULES))


def integer(value: int) -> str:
    """Give a quantity: 10 is 十, 110 is 一百一十, 10005 is 一万零五."""
    if value >= 10**12:
        return _one_by_one(str(value))
    words = _large(value)
    return words.removeprefix("一") if words.startswith("一十") else words


def number(text: str) -> str:
    """Give a quantity written in digits, with point and thousands signs."""
    whole, _, fraction = text.replace(",", "").partition(".")
    fraction = fraction.rstrip("0")
    return integer(int(whole)) + ("点" + _one_by_one(fraction) if fraction else "")


def _large(value: int) -> str:
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if value >= size:
            high, low = divmod(value, size)
            gap = "零" if 0 < low < size // 10 else ""
            return _large(high) + unit + gap + (_large(low) if low else "")
    return _small(value)


def _small(value: int) -> str:
    words, gap = "", False
    for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, size)
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + unit
        gap = digit == 0
    return words or "零"


def _one_by_one(digits: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _as_name(digits: str) -> str:
    groups = grouped(re.sub(r"\D", "", digits))
    return "，".join(_one_by_one(group).replace("一", "幺") for group in groups)


def _date(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{_one_by_one(year)}年{integer(int(month))}月{integer(int(day))}日"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    tens = "零" if 0 < minute < 10 else ""
    return ("两" if hour == 2 else integer(hour)) + (
        "点整" if minute == 0 else f"点{tens}{integer(minute)}分"
    )


def _money(match: re.Match[str]) -> str:
    return yuan(match["amount"])


def _range(match: re.Match[str]) -> str:
    """Engines leave a dash out: 5-10天 would be heard as fifty days."""
    low, high = match[1], match[2]
    rises = float(low.replace(",", "")) < float(high.replace(",", ""))
    return f"{number(low)}{'到' if rises else '-'}{number(high)}"


def yuan(amount: str) -> str:
    """Give an amount of yuan: 12.05 is 十二元零五分."""
    whole, _, fraction = amount.replace(",", "").partition(".")
    if len(fraction) > 2:
        return number(amount) + "元"
    jiao, fen = (int(digit) for digit in fraction.ljust(2, "0"))
    words = integer(int(whole)) + "元"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif fen:
        words += "零"
    return words + (_DIGITS[fen] + "分" if fen else "")


_RULES: Final = rules(
    (
        (r"(\d{4})\s?[-/年]\s?(\d{1,2})\s?[-/月]\s?(\d{1,2})日?(?!\d)", _date),
        (r"(?<!\d)([12]\d{3})年", lambda match: _one_by_one(match[1]) + "年"),
        (r"(?<!\d)(\d{1,2})[:：](\d{2})(?:[:：]\d{2})?(?!\d)", _time),
        (r"(?<![\d.第])2点(?!\d)", lambda _: "两点"),
        (rf"(?<![\d.,\-])(?!0\d)({_NUMBER}){_TO}({_NUMBER})(?=\s?{_RANGED})", _range),
        (rf"(?<=[\d%％元]){_TO}(?=\d{{1,2}}[:：]\d{{2}})", lambda _: "到"),
        (rf"(?<=[%％元]){_TO}(?={_NUMBER}\s?[%％元])", lambda _: "到"),
        (rf"(?<![A-Za-z0-9%％)）])[-−](?=[¥￥]?{_NUMBER}\s?[元%％度万亿]|[¥￥])", lambda _: "负"),
        (rf"[¥￥]\s?[-−](?P<amount>{_NUMBER})元?", lambda match: "负" + _money(match)),
        (rf"({_NUMBER})\s?[%％]", lambda match: "百分之" + number(match[1])),
        (
            r"((?:尾号|末四位|后四位|卡号|验证码|密码|编号|单号|工号|号码|热线|电话)"
            r"\s?(?:是|为|：|:)?\s?)(\d[\d\- ]*\d)",
            lambda match: match[1] + _as_name(match[2]),
        ),
        (rf"(?:[¥￥]|RMB|CNY)\s?(?P<amount>{_NUMBER})(?!\s?[万亿])(?:元)?", _money),
        (rf"(?:[¥￥]|RMB|CNY)\s?({_NUMBER})\s?([万亿])元?", lambda m: f"{number(m[1])}{m[2]}元"),
        (rf"[$＄]\s?({_NUMBER})", lambda match: number(match[1]) + "美元"),
        (rf"(?P<amount>{_NUMBER})\s?元", _money),
        (
            r"(?<!\d)(0\d{2,3})-(\d{7,8})(?!\d)",
            lambda match: f"{_as_name(match[1])}，{_as_name(match[2])}",
        ),
        (r"(?<!\d)\d{3,4}-\d{3,4}(?:-\d{3,4})*(?!\d)", lambda match: _as_name(match[0])),
        (
            rf"(?<![\d.,])(?:0\d+|\d{{5,}})(?![\d.,]*\d|\s?[{_COUNTED}])",
            lambda match: _as_name(match[0]),
        ),
        (rf"{_NUMBER}", lambda match: number(match[0])),
        (r"#", lambda _: "井号"),
        (r"\*", lambda _: "星号"),
        (r"&", lambda _: "和"),
    )
)
