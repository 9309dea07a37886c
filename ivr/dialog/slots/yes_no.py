"""Yes and no in all their forms: 对对对, "yeah right", 没错, "not really", 不是, "no problem".

A sentence is read phrase by phrase, the longest first, so that "not right" is not a "right" and
没问题 not a 没. The last plain yes or no counts; polite words ("no, ok, thanks") change nothing.
Many a 是, "I have" or "I can't" is part of another sentence (还是, "I can't log in"), so beside
other words only the few count that are an answer wherever they stand first or last.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from ivr.dialog.slots.heard import Heard, listed
from ivr.dialog.slots.match import Match
from ivr.domain import Language

YES: Final = "yes"
NO: Final = "no"


class _Kind(Enum):
    YES = YES
    NO = NO
    MILD = "mild"  # a yes only where nothing says no
    UNSURE = "unsure"
    FILLER = "filler"


_PHRASES: Final = {
    Language.ZH: {
        _Kind.YES: (
            "是|是的|是啊|是呀|是吧|是哦|是滴|就是|就是的|就是这个|是这个|是我|我是|对|对的|"
            "对啊|对呀|对哦|对了|没错|没有错|不错|正确|准确|确定|确认|同意|我同意|我确认|"
            "我确定|可以|可以的|可以啊|行|行啊|行的|行吧|要|要的|我要|想|想要|我想|需要|我需要|"
            "有|有的|没问题|没有问题|当然|当然了|当然可以|必须的|肯定|肯定的|愿意|我愿意|"
            "同意的|那是|好呀|好啊|好吧|成|中|使得|好嘞|麻烦你了|麻烦你|麻烦您|请继续|没毛病|"
            "yes|yeah|ok|okay|对头|妥|妥妥的|得嘞|没得问题|没意见|百分之百|是这样|是这样的|是这么回事|"
            "就这样|就按这个|就按这个来|好滴"
        ),
        _Kind.NO: (
            "不|不不|不是|不是的|不是啊|不是吧|不是我|不是这个|不对|不对的|不太对|不正确|不要|"
            "不要了|不用|不用了|不必|不必了|不需要|不可以|不行|不行的|不好|不想|不想要|不愿意|"
            "不同意|不成|不确认|没|没有|没有了|没有啊|没呢|还没|还没有|没有呢|错|错了|错误|"
            "弄错了|搞错了|取消|算了|算了吧|先不|先不用|先不要|暂时不用|暂时不要|暂时不|我不要|"
            "我不是|我不需要|我不想|我不同意|我没有|不了|免了|不干|不怎么|不太想|不太好|否|"
            "不见得|从来没有|并没有|并不是|怎么可能|不会|不能|拒绝|别|别了|哪有|没必要|没这回事|不方便|"
            "没说过|不这样|no"
        ),
        _Kind.MILD: (
            "好|好的|嗯|嗯嗯|嗯哼|哦|知道了|明白|明白了|继续"
        ),
        _Kind.UNSURE: (
            "不知道|不清楚|不确定|不太确定|不太清楚|不好说|说不准|不记得|忘了|是不是|有没有|"
            "对不对|要不要|行不行|可不可以|好不好|能不能|需不需要|听不清|没听清|没听清楚|"
            "不明白|没听懂|听不懂|不懂|什么"
        ),
        _Kind.FILLER: (
            "啊|呀|哦|呃|额|吧|呢|的|了|嘛|哈|那|就|我|这个|请|您|你|谢谢|谢谢你|谢谢您|都|也|"
            "哎|喂|您好|你好|吗|阿|说|听|说得|说的|讲得|完全|应该|差不多|确实|大概|好像|还|这|数|不用谢|不客气"
        ),
    },
    Language.EN: {
        _Kind.YES: (
            "yes|yeah|yea|yep|yup|yah|aye|sure|surely|right|correct|exactly|indeed|agree|"
            "agreed|i agree|affirmative|absolutely|definitely|certainly|totally|true|of course|"
            "please do|go ahead|do it|i do|i did|i am|i have|i would|i will|i can|we do|it is|"
            "it was|it does|that is|that's it|that's me|this is|sounds good|sounds right|"
            "no problem|not a problem|no objection|no doubt|why not|you bet|by all means|"
            "i think so|i guess so|i suppose so|i believe so|i confirm|confirm|confirmed|"
            "not wrong|nothing wrong|no mistake|spot on|uh huh|mm hmm|mhm|aha|ya|you got it|got it|"
            "all right then|be my guest|with pleasure|yes please|that's right|that is right|"
            "that's correct|that is correct|it's right|it's correct|that's the one|that works|"
            "works for me|that will do|that'll do|go for it|let's do it|let's do that|"
            "i'd like that|i would like that|i'd like to|i'd love to|very much so|"
            "hundred percent|one hundred percent|a hundred percent"
        ),
        _Kind.NO: (
            "no|nope|nah|naw|never|negative|wrong|incorrect|false|no way|no thanks|"
            "no thank you|not|not now|not yet|not really|not at all|not quite|not exactly|"
            "not today|not correct|not right|not true|not me|not this|not that|not necessary|"
            "not needed|not interested|of course not|absolutely not|definitely not|"
            "certainly not|i don't|i do not|i don't think so|i do not think so|don't think so|"
            "i don't believe so|i don't want|i don't want to|i don't need|i don't agree|"
            "i didn't|i did not|i haven't|i have not|i'm not|i am not|i won't|i will not|"
            "i can't|i wouldn't|i'd rather not|rather not|it isn't|it is not|it's not|"
            "that isn't|that is not|that's not|that's not it|that's wrong|that is wrong|"
            "that's not right|that's not correct|that is not correct|that is not right|isn't|"
            "don't|do not|please don't|please do not|cancel|forget it|forget about it|"
            "never mind|i disagree|disagree|none|no sir|no ma'am|no it isn't|doubt it|"
            "i doubt it|it doesn't|it does not|that's incorrect|it wasn't|hardly|nothing|"
            "i'm good|i'm fine|i'm okay|i'm ok|i am good|no need|"
            "i didn't say that|i did not say that|didn't say that|not right now|"
            "won't be necessary|don't bother|misheard|misunderstood|wasn't|won't|not the one"
        ),
        _Kind.MILD: (
            "ok|okay|fine|good|great|alright|all right|it's okay|it's ok|that's fine|"
            "that's good|that's okay|that's ok|perfect|i see|please|all good"
        ),
        _Kind.UNSURE: (
            "not sure|i'm not sure|i am not sure|i don't know|don't know|i do not know|no idea|"
            "i have no idea|maybe|perhaps|not certain|i'm not certain|i don't understand|"
            "i don't remember|i can't remember|can't say|hard to say|i forgot|either|"
            "i can't hear|i can't hear you|what"
        ),
        _Kind.FILLER: (
            "uh|um|er|mm|hmm|oh|ah|well|thanks|thank you|hi|hello|so|just|that|that's|"
            "it|it's|this|i|you|the|really|very|much|is|sir|madam|ma'am|then|a|one|like|think|"
            "guess|said|i said|i mean|i think|i guess|of|to|i want|want|do|am|did|quite|sorry|"
            "actually|dear|about|would|be|sounds|looks|seems|all|by|me|you're|are|was|got|you've|"
            "heard|have|believe|afraid|i'm|unfortunately|that'll|will"
        ),
    },
}  # fmt: skip

_CLEAR: Final = {
    Language.ZH: frozenset(
        listed(
            "是的|是啊|是呀|对的|对啊|对呀|没错|好的|可以的|可以啊|行的|没问题|当然|当然可以|"
            "不是|不是的|不对|不用|不用了|不要|不要了|不行|不行的|不了|不同意|不需要|算了|"
            "算了吧|同意|不对的"
        )
    ),
    Language.EN: frozenset(
        listed(
            "yes|yeah|yea|yep|yup|sure|correct|exactly|absolutely|definitely|of course|"
            "yes please|that's right|that's correct|that is right|that is correct|it's correct|"
            "sounds good|no problem|no|nope|nah|no thanks|no thank you|not really|not at all|"
            "of course not|absolutely not|definitely not|i don't think so|i think so|no way|"
            "never mind|that's wrong|that's not right|that's not correct|that is wrong|"
            "incorrect"
        )
    ),
}
"""What answers even beside other words ("yes, and what is my balance"), first or last."""

_KIND_OF: Final = {
    language: {phrase: kind for kind, text in kinds.items() for phrase in text.split("|")}
    for language, kinds in _PHRASES.items()
}
_KIND_OF[Language.EN] |= {
    f"{head} what i {verb}": kind
    for kind, heads in (
        (_Kind.YES, "that's|that is|it's|it is|this is"),
        (_Kind.NO, "not|isn't|wasn't|that's not|that is not|it's not|that isn't|that wasn't"),
    )
    for head in heads.split("|")
    for verb in listed("said|meant|want|wanted|asked|asked for|need")
}


def _pattern(language: Language) -> re.Pattern[str]:
    words = sorted(_KIND_OF[language], key=len, reverse=True)
    choices = "|".join(re.escape(word) for word in words)
    if language is Language.ZH:
        return re.compile(f"(?:{choices})")
    return re.compile(rf"(?<![a-z'])(?:{choices})(?![a-z'])")


_PATTERN: Final = {language: _pattern(language) for language in Language}


def yes_no(heard: Heard) -> Match | None:
    """Yes or no, or None where neither or both might be meant."""
    said = list(_said(heard))
    if any(kind is _Kind.UNSURE for kind, _ in said):
        return None
    said = _without_denied(heard, said)
    for wanted in ((_Kind.YES, _Kind.NO), (_Kind.MILD,)):
        counts = [(kind, match) for kind, match in said if kind in wanted]
        if counts:
            kind, match = counts[-1]
            return Match(YES if kind is _Kind.MILD else kind.value, *match.span())
    return None


_DENIES: Final = {
    Language.ZH: re.compile("(?:[不没别]|不是|没有|不想|不太想|不愿意)我?$"),
    Language.EN: re.compile("(?:n't|not)$"),
}
"""Ends of a no that reach on to what follows: "that isn't | right", 暂时不 | 需要."""
_PARTICLES: Final = frozenset("啊呀哦呃额吧呢的了嘛哈吗")
_STANDS_ALONE: Final = frozenset(listed("是的|是啊|是呀|对的|对啊|对呀|好的|没错|没问题|yes|ok"))
"""A yes that no 不 before it takes back: 不, 是的."""


def _without_denied(
    heard: Heard, said: list[tuple[_Kind, re.Match[str]]]
) -> list[tuple[_Kind, re.Match[str]]]:
    """What was said without a yes that the no right before it denies: "I don't think that's right".

    Little words between them change nothing, but a particle (的, 了) ends the no.
    """
    kept: list[tuple[_Kind, re.Match[str]]] = []
    before: tuple[_Kind, re.Match[str]] | None = None
    for kind, match in said:
        is_denied = (
            kind in (_Kind.YES, _Kind.MILD)
            and match.group() not in _STANDS_ALONE
            and before is not None
            and before[0] is _Kind.NO
            and _DENIES[heard.language].search(before[1].group()) is not None
        )
        if not is_denied:
            kept.append((kind, match))
        if kind is not _Kind.FILLER or match.group() in _PARTICLES:
            before = (kind, match)
    return kept


def _said(heard: Heard) -> Iterator[tuple[_Kind, re.Match[str]]]:
    """The phrases that may count: all, where nothing else is said, else those at both ends."""
    found = list(_PATTERN[heard.language].finditer(heard.text))
    kinds = _KIND_OF[heard.language]
    gaps = _gaps(heard, found)
    first, last = (gaps[0], gaps[-1]) if gaps else (len(heard.text), 0)
    for match in found:
        kind = kinds[match.group()]
        at_an_end = match.end() <= first or match.start() >= last
        is_clear = at_an_end and match.group() in _CLEAR[heard.language]
        if not gaps or kind is _Kind.UNSURE or is_clear:
            yield kind, match


def _gaps(heard: Heard, found: list[re.Match[str]]) -> list[int]:
    """Places of words that are no phrase at all."""
    begins = [0, *(match.end() for match in found)]
    ends = [*(match.start() for match in found), len(heard.text)]
    pairs = zip(begins, ends, strict=True)
    return [begin for begin, end in pairs if heard.text[begin:end].strip()]
