"""`POST /flows/prepare` and `POST /flows/serve`: the command line tells a running hotline.

    /flows/prepare {"version": "3f2a…"}   train, load and render a kept version; nobody hears it
    /flows/serve   {"number": 17}         send new calls to what was published last

With a password in the head (`Authorization: Bearer …`, the word in `var/secrets/flows`). The
answer comes when it is done, with the seconds of each step, or says in plain words why not (409).
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from aiohttp import web

from ivr.call.publishing import PublishingFailed
from ivr.web.events import knows_the_password, refused

Given = TypeVar("Given")


class Serving(Protocol):
    """What is asked of the hotline."""

    async def prepare(self, name: str) -> Mapping[str, float]:
        """Make a version able to serve. Raises PublishingFailed."""
        ...

    async def serve(self, number: int | None = None) -> Mapping[str, float]:
        """Serve what was published last. Raises PublishingFailed."""
        ...


@dataclass(frozen=True)
class FlowsPage:
    """Answers `POST /flows/…`."""

    hotline: Serving
    password: str

    def routes(self) -> list[web.RouteDef]:
        """Give the routes to mount."""
        return [
            web.post("/flows/prepare", self.prepare),
            web.post("/flows/serve", self.serve),
        ]

    async def prepare(self, request: web.Request) -> web.Response:
        """Make a version able to serve: 200 with seconds, 400, 401, or 409 with the reason."""
        return await self._answer(request, "version", str, self.hotline.prepare)

    async def serve(self, request: web.Request) -> web.Response:
        """Serve what was published: 200 with seconds, 400, 401, or 409 with the reason."""
        return await self._answer(request, "number", int, self.hotline.serve)

    async def _answer(
        self,
        request: web.Request,
        key: str,
        kind: type[Given],
        do: Callable[[Given], Awaitable[Mapping[str, float]]],
    ) -> web.Response:
        if not knows_the_password(request, self.password):
            return refused(401, "send `Authorization: Bearer <the word in var/secrets/flows>`")
        try:
            given = json.loads(await request.read())
            wanted = given[key]
        except (ValueError, LookupError, TypeError, RecursionError):
            return refused(400, f'send {{"{key}": …}}')
        if not isinstance(wanted, kind):
            return refused(400, f"{key} must be {kind.__name__}")
        try:
            took = await do(wanted)
        except PublishingFailed as error:
            return refused(409, str(error))
        return web.json_response({"took_s": dict(took)})
