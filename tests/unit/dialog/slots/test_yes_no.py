"""Yes and no in all their forms."""

import pytest

from ivr.domain import Language
from tests.unit.dialog.slots.asked import YES_NO, heard_as

_YES_ZH = (
    "是|对对对|没错|没问题|好的|行|可以啊|嗯|嗯嗯好|有|确认|好好好|对 没错|不是 是的|"
    "是的 我 要 查 余额"
)
_NO_ZH = (
    "不是|不 是 的|不用 了 谢谢|不好|不行|不对 不对|没有|不要 好的|还是 算了 吧|"
    "那 就 不用 了|我 不 同意|不不不"
)
_YES_EN = (
    "yes|yeah right|of course|no problem|that's right|yes please|sure why not|uh huh|ok|it is|"
    "i guess so|yeah yeah yeah|no yes|yes i want to know my balance|yes that's correct"
)
_NO_EN = (
    "no|nope|not really|of course not|that's not right|i don't think so|no thanks|no that's fine|"
    "absolutely not|never mind|yes no|it's not|no i want a refund"
)


@pytest.mark.parametrize("text", _YES_ZH.split("|"))
def test_mandarin_yes(text: str) -> None:
    assert heard_as(YES_NO, text, Language.ZH) == "yes"


@pytest.mark.parametrize("text", _NO_ZH.split("|"))
def test_mandarin_no(text: str) -> None:
    assert heard_as(YES_NO, text, Language.ZH) == "no"


@pytest.mark.parametrize("text", _YES_EN.split("|"))
def test_english_yes(text: str) -> None:
    assert heard_as(YES_NO, text, Language.EN) == "yes"


@pytest.mark.parametrize("text", _NO_EN.split("|"))
def test_english_no(text: str) -> None:
    assert heard_as(YES_NO, text, Language.EN) == "no"


@pytest.mark.parametrize(
    "text", ["不知道", "是不是", "对不对", "不确定", "", "我 想 查 银行卡", "我 要 转人工"]
)
def test_mandarin_that_is_neither(text: str) -> None:
    assert heard_as(YES_NO, text, Language.ZH) is None


@pytest.mark.parametrize(
    "text",
    ["i'm not sure", "i don't know", "hmm", "", "i want to know my balance", "i can't log in"],
)
def test_english_that_is_neither(text: str) -> None:
    assert heard_as(YES_NO, text, Language.EN) is None
