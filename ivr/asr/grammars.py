"""What an answer may sound like: the words and phrases behind each kind of question.

A grammar narrows the ear to the answers that a question asks for. It is a list of phrases in
the model's own words; Vosk makes a bigram model of them, and words that follow each other in
some phrase may follow each other in speech. Answers made of words in an order (digits, amounts,
dates) are therefore given as long phrases in which each word is followed by all that may follow
it: for Mandarin digit strings that took the errors from 17 to 6 of 40, against the bare words.

`[unk]` is always among them: without it everything a caller says is forced into the grammar.
A grammar costs 1 to 2 ms to make.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from ivr.asr.number_grammars import ORDERS, pairs
from ivr.asr.vocabulary import UNKNOWN, Vocabulary
from ivr.domain import Expect, Language, Listening

_EN, _ZH = Language.EN, Language.ZH

YES_NO: Final = {
    _EN: (
        "yes|yeah|yep|yup|sure|right|correct|ok|okay|alright|exactly|agree|yes please|of course|"
        "yes i do|yes it is|yes that's right|that's right|that is right|that's correct|"
        "that is correct|it is|i do|i agree|i am|yes i am|yes i did|yes i have|i have|go ahead|"
        "please do|sounds good|that's fine|that's good|yes thanks|yes thank you|uh yes|um yes|"
        "no|nope|no thanks|no thank you|not now|not really|no i don't|i don't|no it isn't|"
        "it isn't|it's not|no it's not|wrong|incorrect|that's wrong|that is wrong|not correct|"
        "not right|that's not right|that's not correct|no that's wrong|never|no never|cancel|"
        "i'm not|no i'm not|i didn't|no i didn't|i haven't|no i haven't|please don't|don't|"
        "uh no|um no|not yet|no way|goodbye|bye"  # nobody is kept, and "goodbye" is no "good"
    ),
    _ZH: (
        "是|是的|是啊|对|对的|对啊|好|好的|好啊|可以|可以的|行|行的|嗯|嗯对|嗯好|嗯是的|没错|确定|"
        "确认|同意|要|要的|需要|正确|就是|就是这个|是这个|没问题|麻烦你|麻烦你了|请继续|继续|我要|"
        "我需要|我同意|我确认|我确定|是我|我是|有|有的|没问题的|"
        "不|不是|不是的|不对|不要|不用|不用了|不可以|不行|不好|没有|没有了|不需要|不同意|错|错了|"
        "错误|取消|算了|不用谢谢|不用了谢谢|不要了|我不要|我不需要|我不同意|不确定|不正确|不是这个|"
        "还没有|没|没有啊|先不用|不必|再见|拜拜"
    ),
}

NAVIGATION: Final = {
    _EN: (
        "operator|representative|agent|a person|a real person|a human|customer service|"
        "talk to a person|speak to a person|talk to someone|speak to someone|help|repeat|"
        "repeat that|say that again|say it again|again|pardon|sorry|what|slower|slowly|louder|"
        "back|go back|menu|cancel|stop|skip|next|wait|hold on|one moment|goodbye|bye|"
        "english|chinese|mandarin|thank you|thanks|something else|none|nothing|nothing else|"
        "i don't know"
    ),
    _ZH: (
        "人工|人工客服|客服|坐席|转人工|真人|找人工|我要人工|帮助|重复|重复一遍|再说一遍|再说一次|"
        "请再说一遍|没听清楚|听不懂|慢一点|说慢一点|大声一点|返回|上一步|菜单|取消|停|等等|等一下|"
        "稍等|再见|拜拜|英文|英语|中文|普通话|谢谢|其他|没有了|不知道|都不是"
    ),
}

CHOICES: Final = {
    _EN: (
        "one|two|three|four|five|six|seven|eight|nine|zero|star|hash|option one|option two|"
        "option three|option four|number one|number two|number three|the first|the second|"
        "the third|the first one|the second one|the third one|the last one|first|second|third"
    ),
    _ZH: (
        "一|二|三|四|五|六|七|八|九|零|第一|第二|第三|第一个|第二个|第三个|最后一个|选一|选二|选三|"
        "前面那个|后面那个|这个|那个"
    ),
}

_PHRASES: Final[dict[Expect, tuple[dict[Language, str], ...]]] = {
    Expect.YES_NO: (YES_NO,),
    Expect.MENU: (YES_NO, NAVIGATION, CHOICES),
}


_OFTEN: Final = {(Expect.DIGITS, _ZH): 5}
"""How often the phrases of a number are told if not once, `[unk]` once: else too many Mandarin
syllables in a string are taken for something else. Digits of two voices that the ear was not
trained on, per cent of characters wrong (November 2026): told once 23 and 21, 5 times 20 and 19,
20 times 19 of the first. English strings gain nothing, and more of what are no digits is taken
for some."""


@lru_cache(maxsize=256)
def grammar_for(listening: Listening, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Give the phrases to listen for, written in the model's words, `[unk]` last.

    Empty for free speech and when the model knows none of the words. Phrases with a word the
    model does not know are left out (Vosk would only drop that word, and hear half a phrase).
    """
    if listening.expect is Expect.FREE:
        return ()
    texts = [*_fixed(listening), *listening.phrases]
    written = [vocabulary.split(text) for text in texts]
    phrases = [" ".join(words) for words in written if words]
    chains = _chained(listening, vocabulary)
    again = chains * (_OFTEN.get((listening.expect, listening.language), 1) - 1)
    answers = (*dict.fromkeys([*phrases, *chains]), *again)
    return (*answers, UNKNOWN) if answers else ()


def walks(following: Mapping[str, Sequence[str]]) -> list[str]:
    """Give phrases in which each word is followed once by each word that may follow it.

    Few long phrases, not one for each pair: the end of a phrase tells Vosk that an answer likes
    to end there.
    """
    left = {word: list(after) for word, after in following.items()}
    phrases = []
    for start, after in left.items():
        while after:
            phrase = [start]
            while left.get(phrase[-1]):
                phrase.append(left[phrase[-1]].pop(0))
            phrases.append(" ".join(phrase))
    return phrases


def _fixed(listening: Listening) -> list[str]:
    order = ORDERS.get((listening.expect, listening.language))
    lists = [phrases[listening.language] for phrases in _PHRASES.get(listening.expect, ())]
    return "|".join([*lists, order.alone if order else ""]).split("|")


def _chained(listening: Listening, vocabulary: Vocabulary) -> list[str]:
    """Give the phrases of answers that are made of words in an order: digits, amounts, dates."""
    order = ORDERS.get((listening.expect, listening.language))
    if order is None:
        return []
    known = {
        word: vocabulary.known(after) for word, after in pairs(order).items() if word in vocabulary
    }
    return walks(known)
