"""Which thread goes first."""

import sys

from ivr.priority import switch_often


def test_the_event_loop_waits_less_than_a_millisecond_for_another_thread() -> None:
    usual = sys.getswitchinterval()
    try:
        switch_often()
        assert sys.getswitchinterval() < 0.001
    finally:
        sys.setswitchinterval(usual)
