"""What every maker of `Dialog` must do; inherit and give a fixture `dialog`."""

from datetime import UTC, datetime

import pytest

from ivr.dialog import Dialog
from ivr.domain import (
    CallInfo,
    Expect,
    Happening,
    Keys,
    Language,
    Opening,
    OpeningKind,
    Reach,
    Then,
    Utterance,
)
from ivr.errors import EngineRejected


def a_call(call_id: str, language: Language = Language.EN) -> CallInfo:
    return CallInfo(call_id, "", "", "95001", language, datetime(2026, 1, 5, 9, tzinfo=UTC))


def words(text: str, language: Language = Language.EN) -> Utterance:
    return Utterance(text, language, 0.9)


class DialogContract:
    async def test_the_greeting_is_in_the_language_of_the_call(self, dialog: Dialog) -> None:
        for language in Language:
            reply = await dialog.open(a_call(f"greeted-{language}", language), Opening())

            assert reply.prompts
            assert {prompt.language for prompt in reply.prompts} == {language}
            assert reply.listening.language is language
            assert reply.then is Then.LISTEN

    async def test_a_question_is_recognised_in_both_languages(self, dialog: Dialog) -> None:
        await dialog.open(a_call("q-en"), Opening())
        await dialog.open(a_call("q-zh", Language.ZH), Opening())

        english = await dialog.reply("q-en", 1, words("what is my balance"))
        mandarin = await dialog.reply("q-zh", 1, words("我 想 查 余额", Language.ZH))

        assert english.question == mandarin.question == "balance"
        assert english.intent == mandarin.intent == "balance"
        assert english.confidence > 0.5
        assert mandarin.prompts[0].language is Language.ZH

    async def test_an_offer_asks_for_yes_or_no(self, dialog: Dialog) -> None:
        opening = Opening(OpeningKind.OFFER, ("repayment_date",))

        reply = await dialog.open(a_call("offered"), opening)

        assert reply.listening.expect is Expect.YES_NO

    async def test_goodbye_ends_the_call(self, dialog: Dialog) -> None:
        await dialog.open(a_call("bye"), Opening())

        reply = await dialog.reply("bye", 1, words("goodbye"))

        assert reply.then is Then.HANG_UP

    @pytest.mark.parametrize("said", [words("i want to speak to a real person"), Keys("0")])
    async def test_a_person_is_reached_by_voice_and_by_key(
        self, dialog: Dialog, said: Utterance | Keys
    ) -> None:
        await dialog.open(a_call("person"), Opening())

        reply = await dialog.reply("person", 1, said)

        assert reply.then is Then.HAND_OVER
        assert reply.hand_over is not None
        assert reply.hand_over.queue == "service"

    async def test_repeat_says_the_same_again(self, dialog: Dialog) -> None:
        await dialog.open(a_call("repeat"), Opening())
        first = await dialog.reply("repeat", 1, words("what are your opening hours"))

        again = await dialog.reply("repeat", 2, words("please repeat that"))

        assert [prompt.text for prompt in again.prompts] == [p.text for p in first.prompts]

    async def test_repeat_begins_where_the_caller_stopped_hearing(self, dialog: Dialog) -> None:
        await dialog.open(a_call("rest"), Opening())
        first = await dialog.reply("rest", 1, words("what are your opening hours"))
        cut = Reach(unheard=len(first.prompts), letters=7, heard_s=1.0)

        rest = await dialog.reply("rest", 2, words("please repeat that"), cut)

        assert rest.prompts[0].text == first.prompts[0].text[7:]
        assert [p.text for p in rest.prompts[1:]] == [p.text for p in first.prompts[1:]]

    async def test_slower_says_the_same_more_slowly(self, dialog: Dialog) -> None:
        await dialog.open(a_call("slower"), Opening())
        first = await dialog.reply("slower", 1, words("what are your opening hours"))

        slower = await dialog.reply("slower", 2, words("speak slower please"))

        assert [prompt.text for prompt in slower.prompts] == [p.text for p in first.prompts]
        assert all(prompt.speed < 1 for prompt in slower.prompts)

    async def test_the_star_key_changes_the_language(self, dialog: Dialog) -> None:
        await dialog.open(a_call("star"), Opening())

        reply = await dialog.reply("star", 1, Keys("*"))

        assert reply.prompts[0].language is Language.ZH
        assert reply.listening.language is Language.ZH

    async def test_the_language_changes_by_wish(self, dialog: Dialog) -> None:
        await dialog.open(a_call("wish", Language.ZH), Opening())

        reply = await dialog.reply("wish", 1, words("请 说 英语", Language.ZH))

        assert reply.prompts[0].language is Language.EN

    async def test_silence_is_asked_again_and_then_offered_a_person(self, dialog: Dialog) -> None:
        await dialog.open(a_call("silent"), Opening())

        once = await dialog.reply("silent", 1, Happening.SILENCE)
        twice = await dialog.reply("silent", 2, Happening.SILENCE)

        assert once.then is Then.LISTEN
        assert twice.listening.expect is Expect.YES_NO

    async def test_two_misunderstandings_in_a_row_lead_to_a_person(self, dialog: Dialog) -> None:
        await dialog.open(a_call("lost"), Opening())

        once = await dialog.reply("lost", 1, Happening.UNHEARD)
        twice = await dialog.reply("lost", 2, words("qwx zzt"))

        assert once.then is Then.LISTEN
        assert twice.then is Then.HAND_OVER

    async def test_the_same_turn_again_replaces_what_it_caused(self, dialog: Dialog) -> None:
        await dialog.open(a_call("again"), Opening())
        await dialog.reply("again", 1, words("qwx zzt"))

        replaced = await dialog.reply("again", 1, words("qwx zzt bbx"))

        assert replaced.then is Then.LISTEN

    async def test_a_replaced_question_is_forgotten(self, dialog: Dialog) -> None:
        await dialog.open(a_call("replaced"), Opening())
        first = await dialog.reply("replaced", 1, words("i want a refund"))

        second = await dialog.reply("replaced", 1, words("please repeat that"))

        assert first.question == "refund"
        assert second.question == ""

    async def test_no_agent_leads_back_to_the_conversation(self, dialog: Dialog) -> None:
        await dialog.open(a_call("nobody"), Opening())
        await dialog.reply("nobody", 1, words("operator"))

        reply = await dialog.reply("nobody", 2, Happening.AGENT_UNAVAILABLE)

        assert reply.then is Then.LISTEN
        assert reply.prompts

    async def test_calls_do_not_mix(self, dialog: Dialog) -> None:
        await dialog.open(a_call("one"), Opening())
        await dialog.open(a_call("two", Language.ZH), Opening())
        await dialog.reply("one", 1, words("i want a refund"))

        other = await dialog.reply("two", 1, Happening.SILENCE)

        assert other.question == ""
        assert other.prompts[0].language is Language.ZH

    async def test_a_closed_call_is_forgotten(self, dialog: Dialog) -> None:
        await dialog.open(a_call("closed"), Opening())

        await dialog.close("closed")
        await dialog.close("closed")

        with pytest.raises(EngineRejected):
            await dialog.reply("closed", 1, words("goodbye"))

    async def test_it_says_that_it_is_healthy(self, dialog: Dialog) -> None:
        assert await dialog.is_healthy()
