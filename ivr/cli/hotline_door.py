"""How a command has flows published: by the hotline that runs on this machine, or without one.

The hotline is asked first, also for what the store could tell: it has the libraries loaded that
would cost the command more than a second.
"""

import asyncio
import http.client
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from ivr.config import Settings
from ivr.errors import ConfigError, EngineRejected

if TYPE_CHECKING:
    from ivr.call.publishing_offline import OfflinePublisher

Told = dict[str, Any]  # JSON
_LONGEST_S = 180.0
"""Longest wait for an answer: it may come after a training."""


class NoHotline(Exception):
    """No hotline answers at the address of the settings."""


def ask_hotline(settings: Settings, path: str, wanted: Told) -> Told:
    """Send JSON, with the password of the hotline's state folder; gives the JSON it answers.

    Raises NoHotline, EngineRejected when it says no, ConfigError for another hotline's password.
    """
    file = settings.state_dir / "secrets" / "flows"
    if not file.exists():  # the hotline makes it when it starts
        raise NoHotline
    web = settings.web
    connection = http.client.HTTPConnection(web.local_host, web.port, timeout=_LONGEST_S)
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


def asked(
    settings: Settings,
    path: str,
    wanted: Told,
    offline: "Callable[[OfflinePublisher], Awaitable[Told]]",
) -> tuple[Told, bool]:
    """Have the hotline do something, or do it without one; also whether a hotline did it.

    Raises ConfigError and EngineError with the reason why nothing was done.
    """
    try:
        return ask_hotline(settings, path, wanted), True
    except NoHotline:
        return asyncio.run(_without_hotline(settings, offline)), False


async def _without_hotline(
    settings: Settings, offline: "Callable[[OfflinePublisher], Awaitable[Told]]"
) -> Told:
    from ivr.call.published import PublishingFailed
    from ivr.call.publishing_offline import OfflinePublisher
    from ivr.store.library import SqlLibrary
    from ivr.store.sql import open_store

    async with open_store(settings.store) as store:
        try:
            return await offline(OfflinePublisher(SqlLibrary(store.database), settings))
        except PublishingFailed as error:
            raise EngineRejected("flows", str(error)) from error
