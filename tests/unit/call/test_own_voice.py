"""What our voice rendered, put down once for the measuring of recordings."""

from ivr.call.own_voice import OwnVoice
from ivr.domain import Language, Prompt
from ivr.sim.voice import SimVoice

HELLO = Prompt("Hello, how can I help you?", Language.EN)


async def spoken(voice: OwnVoice, prompt: Prompt) -> bytes:
    return b"".join([pcm async for pcm in voice.say(prompt)])


async def test_it_says_what_the_voice_says() -> None:
    plain = b"".join([pcm async for pcm in SimVoice().say(HELLO)])

    assert await spoken(OwnVoice(SimVoice()), HELLO) == plain


async def test_each_prompt_is_put_down_once() -> None:
    voice = OwnVoice(SimVoice())

    first, again = await spoken(voice, HELLO), await spoken(voice, HELLO)

    assert list(voice.take_rendered()) == [first]
    assert first == again
    assert list(voice.take_rendered()) == []


async def test_half_a_prompt_is_not_put_down() -> None:
    voice = OwnVoice(SimVoice())

    pieces = voice.say(HELLO)
    await anext(pieces)
    await pieces.aclose()

    assert list(voice.take_rendered()) == []
