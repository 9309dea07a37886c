"""The part of ARI's REST interface that we use, as data, so that a test can hold it to the spec."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Operation:
    """One request: method, path with {places}, and the query parameters we may send.

    `body` names parameters that travel as JSON in the body instead of the query.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    query: frozenset[str] = frozenset()
    body: frozenset[str] = frozenset()


def _get(path: str, *query: str) -> Operation:
    return Operation("GET", path, frozenset(query))


def _post(path: str, *query: str, body: str = "") -> Operation:
    return Operation("POST", path, frozenset(query), frozenset(body.split()))


def _delete(path: str, *query: str) -> Operation:
    return Operation("DELETE", path, frozenset(query))


PING = _get("/asterisk/ping")
APPLICATION = _get("/applications/{applicationName}")
SUBSCRIBE = _post("/applications/{applicationName}/subscription", "eventSource")
UNSUBSCRIBE = _delete("/applications/{applicationName}/subscription", "eventSource")
ENDPOINT = _get("/endpoints/{tech}/{resource}")
CHANNELS = _get("/channels")
BRIDGES = _get("/bridges")

ANSWER = _post("/channels/{channelId}/answer")
HANG_UP = _delete("/channels/{channelId}", "reason_code", "reason")
CONTINUE = _post("/channels/{channelId}/continue", "context", "extension", "priority")
CREATE = _post(
    "/channels/create", "endpoint", "app", "appArgs", "channelId", "originator", body="variables"
)
DIAL = _post("/channels/{channelId}/dial", "caller", "timeout")
EXTERNAL_MEDIA = _post(
    "/channels/externalMedia",
    *("app", "channelId", "external_host", "encapsulation", "transport", "connection_type"),
    *("format", "data", "transport_data"),
)
GET_VARIABLE = _get("/channels/{channelId}/variable", "variable")
SET_VARIABLE = _post("/channels/{channelId}/variable", "variable", "value")

CREATE_BRIDGE = _post("/bridges/{bridgeId}", "type", "name")
DESTROY_BRIDGE = _delete("/bridges/{bridgeId}")
ADD_CHANNEL = _post("/bridges/{bridgeId}/addChannel", "channel")
REMOVE_CHANNEL = _post("/bridges/{bridgeId}/removeChannel", "channel")
START_MUSIC = _post("/bridges/{bridgeId}/moh", "mohClass")
STOP_MUSIC = _delete("/bridges/{bridgeId}/moh")

OPERATIONS = tuple(value for value in list(globals().values()) if isinstance(value, Operation))
