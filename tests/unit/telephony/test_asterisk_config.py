"""Asterisk's configuration is a function of our settings."""

from pathlib import Path
from typing import Any

import pytest

from ivr.config.settings import Settings
from ivr.config.telephony import AgentPhone, Telephony, Trunk
from ivr.domain import Language
from ivr.errors import ConfigError
from ivr.telephony import asterisk_config
from ivr.telephony.asterisk_binary import Binary
from ivr.telephony.asterisk_config import AriAccess, Folders, Phone, TrunkLine

BINARY = Binary(("asterisk",), Path("/modules"), Path("/share"))


def values(settings: Settings, **changed: object) -> dict[str, Any]:
    """Give what the templates need, without touching a disk."""
    return {
        "telephony": settings.telephony,
        "recording": settings.recording,
        "limits": settings.limits,
        "binary": BINARY,
        "folders": Folders(Path("/state/asterisk")),
        "modules": asterisk_config.MODULES,
        "ari": AriAccess("127.0.0.1", 8088, "secret-of-ari"),
        "phones": [Phone("6001", "Agent 1", "secret-of-6001")],
        "trunks": [],
        "recordings": Path("/recordings"),
        "lease_s": 15,
        "fallback_queue": "service",
        "sounds": Path("/sounds"),
        **changed,
    }


def test_every_number_is_recorded_then_leads_to_the_controller_then_to_the_agents() -> None:
    text = asterisk_config.rendered(values(Settings()))["extensions.conf"]

    for number, language in (("95000", "zh"), ("95001", "en")):
        block = text.split(f"exten => {number},1,")[1].split("exten =>")[0]
        steps = [
            block.index("MixMonitor("),
            block.index("TIMEOUT(absolute)"),
            block.index(f"Stasis(ivr,{number},{language})"),
            block.index("Goto(agents,"),
        ]
        assert steps == sorted(steps)


def test_a_held_call_without_a_lease_leads_to_the_agents() -> None:
    text = asterisk_config.rendered(values(Settings()))["extensions.conf"]

    assert "exten => T,1,Goto(agents,failed,1)" in text


def test_nothing_is_recorded_when_recording_is_off() -> None:
    off = Settings().recording.model_copy(update={"enabled": False})

    text = asterisk_config.rendered(values(Settings(), recording=off))["extensions.conf"]

    assert ",MixMonitor(" not in text


def test_an_agents_name_cannot_smuggle_in_configuration() -> None:
    name = "Eve\n[evil]\ntype = endpoint ; <6666>"

    text = asterisk_config.rendered(values(Settings(), phones=[Phone("6001", name, "x")]))

    assert "[evil]" not in text["pjsip.conf"]
    assert "callerid = Eve evil type  endpoint  6666 <6001>" in text["pjsip.conf"]


def test_a_trunk_is_data() -> None:
    trunk = TrunkLine("provider", "sip.example.net", "95000", "pw", ("ulaw", "alaw"), True)

    text = asterisk_config.rendered(values(Settings(), trunks=[trunk]))

    assert "server_uri = sip:sip.example.net" in text["pjsip.conf"]
    assert "match = sip.example.net" in text["pjsip.conf"]
    assert "exten => 95000,1,Goto(hotline,95000,1)" in text["extensions.conf"]


def test_an_agent_is_a_member_of_the_queues_it_serves() -> None:
    agents = (AgentPhone(extension="6002", name="Li", queues=("vip",), languages=(Language.ZH,)),)
    telephony = Telephony.model_validate(
        {"agents": agents, "queues": {"service": {}, "vip": {"ring_s": 7}}}
    )

    text = asterisk_config.rendered(values(Settings(telephony=telephony)))["queues.conf"]

    assert "member =>" not in text.split("[vip]")[0]
    assert "member => PJSIP/6002,0,Li,PJSIP/6002" in text.split("[vip]")[1]
    assert "timeout = 7" in text.split("[vip]")[1]


def test_a_media_websocket_speaks_json() -> None:
    text = asterisk_config.rendered(values(Settings()))["chan_websocket.conf"]

    assert "control_message_format = json" in text


def test_a_semicolon_in_a_password_begins_no_comment() -> None:
    trunk = TrunkLine("provider", "sip.example.net", "95000", "a;b;--c", ("ulaw",), True)

    text = asterisk_config.rendered(values(Settings(), trunks=[trunk]))

    assert "password = a\\;b\\;--c\n" in text["pjsip.conf"]


def test_a_trunks_password_is_not_invented(tmp_path: Path) -> None:
    trunk = Trunk(name="provider", host="h", username="u", password_file=tmp_path / "provider")
    settings = Settings(
        state_dir=tmp_path,
        telephony=Telephony(trunks=(trunk,), ari_password_file=tmp_path / "ari"),
    )

    with pytest.raises(ConfigError, match="provider: is missing"):
        asterisk_config.render(settings, BINARY, Folders(tmp_path / "asterisk"))

    assert not (tmp_path / "provider").exists()


def test_a_trunks_host_cannot_smuggle_in_configuration() -> None:
    with pytest.raises(ConfigError, match="no host name"):
        asterisk_config.cleaned_host("good.example\n[evil]")
