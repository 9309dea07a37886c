"""What ops write about a lookup over HTTP: where it asks, with what, and which facts it takes.

lookup:
  http:
    url: https://crm.example/api/customers/{{ customer }}/loans
    query: {order: order_number}
    headers: {Authorization: CRM_AUTHORIZATION}
    facts: {balance: data.loan.balance, due_on: "data.loan.instalments[0].due"}
    outcome: {path: data.status, values: {SETTLED: none}}
    not_found: none
  failed: {zh: 暂时查不到。, en: I cannot look that up right now.}
"""

import re
from enum import StrEnum
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, model_validator

from ivr.dialog.parts import NAME, Part

LONGEST_S: Final = 1.0
"""The dialog itself has 1.5 s for a turn, and the failure has to be spoken within them."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
VALUE: Final = re.compile(r"{{\s*([a-z][a-z0-9_]*)\s*}}")

Name = Annotated[str, StringConstraints(pattern=NAME)]
JsonPath = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+|\[[0-9]{1,4}\])*$")
]
"""Keys and places in a JSON answer: `data.loans[0].balance`."""
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,60}$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,60}$")]
"""Name of an environment variable: what it holds never stands in a file."""


class Method(StrEnum):
    """How a lookup asks."""

    GET = "GET"
    POST = "POST"


class OutcomeRule(Part):
    """Which outcome an answer is, by one of its values."""

    path: JsonPath
    """Place in the answer, such as `data.status`."""
    values: dict[str, Name] = Field(min_length=1)
    """The outcome (a key of `otherwise`) by value; any other value is the plain answer."""


class HttpLookup(Part):
    """One request, one JSON answer."""

    url: str = Field(max_length=500)
    """`https`, or `http` to this machine; `{{ slot }}` in its path is filled in."""
    method: Method = Method.GET
    """A POST may be sent twice when the caller talks on: it must be harmless to repeat."""
    writes: bool | None = None
    """Whether it changes something (a promise, an order): then it waits until the caller has surely
    finished, which costs some tenths of a second. None: a POST does, a GET does not."""
    timeout_s: float = Field(default=0.8, gt=0, le=LONGEST_S)
    """Longest wait for the whole answer; the caller hears silence meanwhile."""
    headers: dict[HeaderName, Variable] = Field(default={})
    """Headers by the environment variables that hold their values; no secret in a file."""
    query: dict[str, Name] = Field(default={})
    """Parameters of the address, by the slots that hold their values."""
    body: dict[str, Name] = Field(default={})
    """Keys of the JSON object that a POST sends, by the slots that hold their values."""
    facts: dict[Name, JsonPath] = Field(default={})
    """What sentences may name, by its place in the answer."""
    outcome: OutcomeRule | None = None
    """Where the answer says which outcome it is; without it the outcome is always `ok`."""
    not_found: Name | None = None
    """The outcome that the status 404 is; None: a failure."""

    @model_validator(mode="after")
    def _address_is_safe(self) -> Self:
        address = urlsplit(self.url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("url must begin with https:// and name a host")
        if VALUE.search(address.netloc) or "{" in address.netloc:
            raise ValueError("a slot may stand behind the host only: it could lead anywhere")
        if "{" in address.query:
            raise ValueError("url has a slot behind its question mark; name it under query")
        if "@" in address.netloc:
            raise ValueError("url holds a user or password; use headers and a variable")
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise ValueError("http is for this machine only (127.0.0.1); use https")
        if self.body and self.method is not Method.POST:
            raise ValueError("body needs method: POST")
        _ = address.port  # raises ValueError for a port that cannot be
        return self

    @property
    def changes_something(self) -> bool:
        """Whether it must not be asked with words that may not be the caller's last."""
        return self.method is Method.POST if self.writes is None else self.writes

    @property
    def inputs(self) -> frozenset[str]:
        """The names of all values that are sent."""
        return frozenset({*VALUE.findall(self.url), *self.query.values(), *self.body.values()})

    @property
    def outcomes(self) -> dict[str, frozenset[str]]:
        """The facts of each outcome, "ok" among them."""
        named = set(self.outcome.values.values()) if self.outcome else set[str]()
        found = {outcome: frozenset(self.facts) for outcome in ("ok", *sorted(named))}
        return {**({self.not_found: frozenset[str]()} if self.not_found else {}), **found}
