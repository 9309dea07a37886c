"""What a phone picks up besides the mouth."""

import numpy as np

from ivr.sim.phone_room import Echo, NoisyRoom

SILENCE = bytes(320)
TONE = (8000 * np.sin(np.arange(160) / 3)).astype("<i2").tobytes()


def level(frame: bytes) -> float:
    return float(np.sqrt(np.mean(np.frombuffer(frame, "<i2").astype(float) ** 2)))


def test_an_echo_is_our_voice_so_much_later_and_weaker() -> None:
    room = NoisyRoom(echo=Echo(loss_db=20, delay_s=0.1))
    heard = bytearray(TONE + SILENCE * 20)

    sent = [room.around(SILENCE, tick, heard) for tick in range(10)]

    assert [tick for tick, frame in enumerate(sent) if level(frame) > 0] == [5]
    assert abs(level(sent[5]) / level(TONE) - 0.1) < 0.002


def test_a_speakerphone_rings_on_after_the_voice() -> None:
    room = NoisyRoom(echo=Echo(loss_db=10, delay_s=0.1, is_speakerphone=True))
    heard = bytearray(TONE + SILENCE * 20)

    sent = [room.around(SILENCE, tick, heard) for tick in range(12)]

    assert [tick for tick, frame in enumerate(sent) if level(frame) > 0] == [5, 6, 7, 8]


def test_a_microphone_that_is_too_close_clips_and_does_not_wrap() -> None:
    sent = NoisyRoom(drive_db=30).around(TONE, 0, bytearray())

    loud = np.abs(np.frombuffer(sent, "<i2").astype(int))
    assert loud.max() == 32767
    assert (
        np.sign(np.frombuffer(sent, "<i2")).tolist() == np.sign(np.frombuffer(TONE, "<i2")).tolist()
    )


def test_a_background_goes_round_and_round() -> None:
    room = NoisyRoom(background=np.arange(1, 321, dtype=np.float32))

    first, again = room.around(SILENCE, 0, bytearray()), room.around(SILENCE, 2, bytearray())

    assert first == again
