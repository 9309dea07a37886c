"""How a command asks the hotline that runs on this machine to do something."""

import http.client
import json
from typing import Any

from ivr.config import Settings
from ivr.errors import ConfigError, EngineRejected

_LONGEST_S = 180.0
"""Longest wait for an answer: it may come after a training."""


class NoHotline(Exception):
    """No hotline answers at the address of the settings."""


def ask_hotline(settings: Settings, path: str, wanted: dict[str, Any]) -> dict[str, Any]:  # JSON
    """Send JSON, with the password of the hotline's state folder; gives the JSON it answers.

    Raises NoHotline, EngineRejected when it says no, ConfigError for another hotline's password.
    """
    file = settings.state_dir / "secrets" / "flows"
    if not file.exists():  # the hotline makes it when it starts
        raise NoHotline
    web = settings.web
    host = "127.0.0.1" if web.host in ("0.0.0.0", "::") else web.host  # noqa: S104 - compared
    connection = http.client.HTTPConnection(host, web.port, timeout=_LONGEST_S)
    head = {
        "Authorization": f"Bearer {file.read_text('utf-8').strip()}",
        "Content-Type": "application/json",
    }
    try:
        connection.request("POST", path, json.dumps(wanted), head)
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except ConnectionRefusedError as error:
        raise NoHotline from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EngineRejected("hotline", f"it did not answer ({type(error).__name__})") from error
    finally:
        connection.close()
    if answer.status == 401:
        problem = f"the hotline at port {web.port} is not the one of {settings.state_dir}."
        raise ConfigError(problem, "Use the settings file with which it was started.")
    if answer.status != 200:
        raise EngineRejected("hotline", str(told.get("error", answer.status)))
    return dict(told)
