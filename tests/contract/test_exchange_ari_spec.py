"""What our ARI client sends and reads exists in the specification that ships with Asterisk."""

import json
from functools import cache
from typing import Any

import pytest

from ivr.telephony import ari_models
from ivr.telephony.ari_models import AriModel, Event
from ivr.telephony.ari_operations import OPERATIONS, Operation
from tests import asterisk

Json = dict[str, Any]  # a specification is any JSON


@cache
def _specs() -> tuple[Json, ...]:
    return tuple(json.loads(file.read_text()) for file in asterisk.binary().rest_api.glob("*.json"))


def _operation(wanted: Operation) -> Json:
    for spec in _specs():
        for api in spec.get("apis", []):
            if api["path"] == wanted.path:
                for operation in api.get("operations", []):
                    if operation["httpMethod"] == wanted.method:
                        return dict(operation)
    pytest.fail(f"Asterisk has no {wanted.method} {wanted.path}")


def _properties(model: str) -> set[str]:
    models = {name: found for spec in _specs() for name, found in spec.get("models", {}).items()}
    own = set(models[model]["properties"])
    parents = (name for name, found in models.items() if model in found.get("subTypes", []))
    return own.union(*(_properties(parent) for parent in parents))


def _models() -> list[type[AriModel]]:
    return [
        found
        for found in vars(ari_models).values()
        if isinstance(found, type) and issubclass(found, AriModel) and found.__name__[0] != "_"
        if found is not AriModel
    ]


def _name(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=_name)
def test_every_request_that_we_send_is_one_that_asterisk_knows(operation: Operation) -> None:
    parameters = _operation(operation).get("parameters", [])

    known = {(each["paramType"], each["name"]) for each in parameters}
    places = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}

    assert {("query", name) for name in operation.query} <= known
    assert {("body", name) for name in operation.body} <= known
    assert {("path", name) for name in places} <= known


@pytest.mark.parametrize("operation", OPERATIONS, ids=_name)
def test_every_parameter_that_asterisk_requires_is_one_that_we_can_send(
    operation: Operation,
) -> None:
    parameters = _operation(operation).get("parameters", [])

    required = {each["name"] for each in parameters if each.get("required")}
    places = {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}

    assert required <= operation.query | operation.body | places


@pytest.mark.parametrize("model", _models(), ids=lambda model: model.__name__)
def test_every_field_that_we_read_is_one_that_asterisk_sends(model: type[AriModel]) -> None:
    name = model.__name__ if model is not Event else "Event"

    assert set(model.model_fields) <= _properties(name)


def test_the_specification_is_that_of_an_asterisk_with_websocket_media() -> None:
    media = _operation(next(each for each in OPERATIONS if each.path.endswith("externalMedia")))

    transports = next(each for each in media["parameters"] if each["name"] == "transport")

    assert "websocket" in transports["allowableValues"]["values"]
