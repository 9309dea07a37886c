"""How Mandarin is written and said: text to words, words to sounds.

Sounds are initials and finals of pinyin. The models hear no tones, so tone sandhi changes
nothing here (3-3 -> 2-3, 一 and 不 keep their syllable); what does change with the
neighbours is the syllable itself (还钱 huan, 还有 hai), which pypinyin's phrase list knows.
Latin letters are said the way Chinese callers spell them out: A P P -> ei pi pi.
"""

import re
import unicodedata
from functools import cache

from ivr.asr.build.pronunciation import Guess, Reading

_DIGITS = "零一二三四五六七八九"
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")
_WHOLE = {
    "yi": "i", "ya": "ia", "yo": "io", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian",
    "yin": "in", "yang": "iang", "ying": "ing", "yong": "iong", "wu": "u", "wa": "ua",
    "wo": "uo", "wai": "uai", "wei": "ui", "wan": "uan", "wen": "un", "wang": "uang",
    "weng": "ueng", "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn",
}  # fmt: skip
_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "ei|bi|xi|di|yi|ai fu|ji|ai chi|ai|zhei|kai|ai lu|ai mu|en|ou|pi|kiu|a er|ai si|ti|you|wei|"
        "da bu liu|ai ke si|wai|zei".split("|"),
        strict=True,
    )
)
# Readings that pypinyin gives one of, or gives wrongly out of context.
_SEVERAL = {
    "还": "hai|huan", "了": "le|liao", "那": "na|nei", "这": "zhe|zhei", "哪": "na|nei",
    "谁": "shei|shui", "得": "de|dei", "一": "yi", "幺": "yao", "两": "liang", "俩": "lia",
    "行": "xing", "号": "hao", "长": "chang", "地": "di|de", "都": "dou", "为": "wei",
    "差": "cha", "没": "mei", "着": "zhe", "几": "ji", "降": "jiang", "嗯": "en", "哦": "o|ou",
    "喂": "wei", "的": "de", "吗": "ma", "呢": "ne", "吧": "ba", "啊": "a",
    "好": "hao", "只": "zhi",
    "数": "shu", "分": "fen", "说": "shuo", "给": "gei", "要": "yao", "教": "jiao", "种": "zhong",
}  # fmt: skip
# Words of a lender that general phrase lists read wrongly.
_TRADE = {
    "还款": "huán kuǎn", "还有": "hái yǒu", "还是": "hái shì",
    "还钱": "huán qián", "还清": "huán qīng", "还贷": "huán dài",
    "还上": "huán shàng", "还完": "huán wán", "归还": "guī huán", "偿还": "cháng huán",
    "重置": "chóng zhì", "重发": "chóng fā", "行号": "háng hào", "开户行": "kāi hù háng",
    "长度": "cháng dù", "降额": "jiàng é", "调额": "tiáo é", "率": "lǜ",
    "嗯嗯": "ēn ēn",
}  # fmt: skip
# Characters with two everyday syllables: their reading in a word no list knows is a guess.
_AMBIGUOUS = frozenset("行长重还乐降调参校藏弹角朝圈露薄")
_FINALS = frozenset(
    "a o e ai ei ao ou an en ang eng er i ih ia ie iao iu ian in iang ing iong u ua uo uai ui "
    "uan un uang ong v ve van vn io ueng".split()
)
_WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[a-z]+|\d+|[^\s\w]|\w")


# --- text to words -----------------------------------------------------------------------


def cardinal(number: int) -> str:
    """A whole number as it is said: 2350 -> 两千三百五十."""
    if number < 10:
        return _DIGITS[number]
    if number < 20:
        return "十" + (_DIGITS[number % 10] if number % 10 else "")
    for size, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number < size:
            continue
        head, rest = divmod(number, size)
        first = "两" if head == 2 and size >= 1000 else cardinal(head)
        if not rest:
            return first + name
        gap = "零" if size > 10 and rest < size // 10 else ""
        tail = cardinal(rest)
        return first + name + gap + ("一" if tail.startswith("十") else "") + tail
    raise AssertionError(number)


def words(text: str, known: frozenset[str] | set[str]) -> tuple[list[str], list[str]]:
    """The words of a sentence, and the pieces that no one can say.

    Blanks in the text are word boundaries; a run of characters is cut into the fewest words of
    `known`, and what is not known into single characters. Figures are read out.
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"[¥$](\d[\d,.]*)", r"\1元", plain)
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", plain)
    plain = re.sub(r"(\d+)%", r"百分之\1", plain)
    said: list[str] = []
    lost: list[str] = []
    for piece in _WORD.findall(plain):
        if piece.isascii() and piece.isdigit():
            said += list(_figures(piece))
        elif piece.isascii() and piece.isalpha():
            said.append(piece)
        elif _is_han(piece[0]):
            said += cut(piece, known)
        elif unicodedata.category(piece[0]) in ("So", "Ll", "Lo", "Cn", "Co", "Sk"):
            lost.append(piece)
    return said, lost


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u4dbf" or "\u4e00" <= character <= "\u9fff"


def _figures(piece: str) -> str:
    if len(piece) > 6 or (len(piece) > 1 and piece[0] == "0"):
        return "".join(_DIGITS[int(digit)] for digit in piece)
    return cardinal(int(piece))


def is_word(piece: str) -> bool:
    """Whether a piece between blanks looks like one word: two to four characters."""
    return 2 <= len(piece) <= 4 and all(map(_is_han, piece))


_LONGEST = 8


def cut(run: str, known: frozenset[str] | set[str]) -> list[str]:
    """A run of characters as the cheapest chain of words (dynamic programming).

    A known word costs 1, a known character alone 1.2 and an unknown one 2, so that few long
    words win and unknown characters never hide a known word.
    """
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(run) + 1):
        choices = [(best[end - 1][0] + (1.2 if run[end - 1] in known else 2.0), end - 1)]
        for begin in range(max(0, end - _LONGEST), end - 1):
            if run[begin:end] in known:
                choices.append((best[begin][0] + 1.0, begin))
        best.append(min(choices))
    pieces: list[str] = []
    end = len(run)
    while end:
        pieces.append(run[best[end][1] : end])
        end = best[end][1]
    return pieces[::-1]


# --- words to sounds ---------------------------------------------------------------------


def pronounce(word: str) -> Guess:
    """The readings of a word of characters or of Latin letters."""
    if word in _SEVERAL:
        return Guess(
            tuple(_sounds(reading.split()) for reading in _SEVERAL[word].split("|")), sure=True
        )
    if word.isascii():
        spelled = " ".join(_LETTERS.get(letter, "") for letter in word).split()
        return Guess((_sounds(spelled),), sure=False)
    reading = _sounds(_pinyin(word))
    alone = {piece for piece in cut(word, _phrases()) if len(piece) == 1}
    doubtful = len(word) > 1 and bool(_AMBIGUOUS & alone)
    return Guess((reading,) if reading else (), sure=bool(reading) and not doubtful)


@cache
def _phrases() -> frozenset[str]:
    """Phrases whose reading is known as a whole; tells pypinyin those of our trade."""
    # Here, since a hotline only cuts texts into words: the lists are 0.3 s and 50 MB.
    from pypinyin import load_phrases_dict  # noqa: PLC0415
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415

    load_phrases_dict({word: [[s] for s in said.split()] for word, said in _TRADE.items()})
    return frozenset(PHRASES_DICT)


def _pinyin(word: str) -> list[str]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  # as above

    _phrases()
    found = lazy_pinyin(word, style=Style.NORMAL, errors="ignore", v_to_u=False)
    return found if len(found) == len(word) else []


def _sounds(syllables: list[str]) -> Reading:
    """Initials and finals of toneless syllables; nothing if one of them is no syllable."""
    sounds: list[str] = []
    for syllable in syllables:
        parts = split_syllable(syllable)
        if not parts:
            return ()
        sounds += parts
    return tuple(sounds)


def split_syllable(syllable: str) -> Reading:
    """shui -> sh, ui; zhi -> zh, ih; xue -> x, ve; empty for what is no syllable of pinyin."""
    plain = syllable.lower().replace("ü", "v").rstrip("012345")
    if plain in _WHOLE:
        return (_WHOLE[plain],)
    initial = next((i for i in _INITIALS if plain.startswith(i) and len(plain) > len(i)), "")
    final = plain[len(initial) :]
    if initial in ("zh", "ch", "sh", "r", "z", "c", "s") and final == "i":
        final = "ih"
    if initial and initial in "jqx" and final.startswith("u"):
        final = "v" + final[1:]
    final = {"ue": "ve", "uen": "un", "uei": "ui", "iou": "iu"}.get(final, final)
    if final not in _FINALS:
        return ()
    return (initial, final) if initial else (final,)
