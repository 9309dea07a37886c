"""Shows turns of a mind on trial: what is spoken, and why; as text or as JSON."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from ivr.dialog.trial import TrialTurn

_MARGIN = " " * 10


def show_turn(console: Console, turn: "TrialTurn") -> None:
    """Print a reply and the reason for it."""
    from ivr.dialog.telling import act_of, why

    seen = turn.seen
    _line(console, "hotline", turn.text, "bold cyan")
    console.print(
        Text(f"{_MARGIN}{act_of(seen.decision, seen.after.asking)}", style="green"), soft_wrap=True
    )
    console.print(Text(f"{_MARGIN}{why(seen)}{_after(turn)}", style="dim"), soft_wrap=True)


def show_caller(console: Console, line: str) -> None:
    """Print what the caller did, where it was not typed into the terminal."""
    _line(console, "caller", line or "(silence)", "bold")


def as_json(line: str | None, turn: "TrialTurn") -> dict[str, object]:
    """A turn with its reason, in plain values; `line` is None for the greeting."""
    from ivr.dialog.telling import acts_of, guesses, why

    seen, reply = turn.seen, turn.reply
    return {
        "caller": line,
        "hotline": [prompt.text for prompt in reply.prompts],
        "sentences": [say.key for say in seen.decision.says],
        "acts": list(acts_of(seen.decision, seen.after.asking)),
        "why": why(seen),
        "intents": [
            {"intent": guess.intent, "confidence": round(guess.confidence, 4)}
            for guess in guesses(seen.said)
        ],
        "question": reply.question,
        "slots": dict(seen.after.slots),
        "verified": seen.after.verified,
        "expects": reply.listening.expect.value,
        "language": reply.listening.language.value,
        "then": reply.then.value,
        "queue": reply.hand_over.queue if reply.hand_over else None,
        "ms": round(turn.seconds * 1000, 1),
    }


def _line(console: Console, who: str, text: str, style: str) -> None:
    console.print(Text(f"{who:>8}  ", style=style).append(text, style=""), soft_wrap=True)


def _after(turn: "TrialTurn") -> str:
    """What is known by now, what the ear expects, and the time it took."""
    seen = turn.seen
    parts = []
    if turn.reply.question:
        parts.append(f"about {turn.reply.question}")
    if seen.after.slots:
        parts.append("knows " + ", ".join(f"{k} {v}" for k, v in seen.after.slots.items()))
    if seen.after.verified:
        parts.append("sure who calls")
    if turn.reply.listening.expect != "free" and turn.reply.then == "listen":
        parts.append(f"listens for {turn.reply.listening.expect.value.replace('_', ' or ')}")
    parts.append(f"{turn.seconds * 1000:.0f} ms")
    return " · " + " · ".join(parts)
