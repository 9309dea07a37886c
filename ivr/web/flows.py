"""`POST /flows/…`: the command line has a running hotline publish flows and take them back.

    /flows/history   {"limit": 20}             what was published, digests of what is served, ears
    /flows/prepare   {"files": {…}}            train, load and render; nobody hears it
    /flows/publish   {"files": {…}, by, why}   send new calls there
    /flows/rollback  {"to": "3f2a", by, why}   send new calls to an earlier version

With a password in the head (`Authorization: Bearer …`, the word in `var/secrets/flows`). The
answer comes when it is done, or says in plain words why not (409).
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final, Protocol, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivr.call import ear_state
from ivr.call.ear_state import EarState
from ivr.call.published import Done, Prepared, PublishingFailed, Request
from ivr.dialog.snapshot import MOST_BYTES, digests
from ivr.store import Publication
from ivr.web.events import content_of, knows_the_password, refused

_MOST_BYTES: Final = 4 * MOST_BYTES  # JSON writes some letters in six
_Short = Annotated[str, Field(max_length=1000)]


class Publishing(Protocol):
    """What is asked of the hotline; every method raises PublishingFailed."""

    @property
    def ears(self) -> Sequence[EarState]:
        """How far the ears are with what callers have now."""
        ...

    async def history(self, limit: int) -> Sequence[Publication]:
        """Give the latest publications, newest first."""
        ...

    async def files(self) -> Mapping[str, str]:
        """Give the files that callers have now."""
        ...

    async def prepare(self, files: Mapping[str, str]) -> Prepared:
        """Make flows able to serve."""
        ...

    async def publish(self, files: Mapping[str, str], request: Request) -> Done:
        """Send new calls to these flows."""
        ...

    async def roll_back(self, to: str, request: Request) -> Done:
        """Send new calls to an earlier version."""
        ...


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _History(_Wanted):
    limit: int = Field(default=20, ge=1, le=10_000)


class _Prepare(_Wanted):
    files: dict[str, str]


class _Publish(_Prepare):
    by: _Short
    why: _Short


class _RollBack(_Wanted):
    to: _Short = ""
    by: _Short
    why: _Short


Given = TypeVar("Given", bound=_Wanted)
Told = dict[str, Any]  # JSON


@dataclass(frozen=True)
class FlowsPage:
    """Answers `POST /flows/…`."""

    hotline: Publishing
    password: str

    def routes(self) -> list[web.RouteDef]:
        """Give the routes to mount."""
        return [
            web.post("/flows/history", self._page(_History, self._history)),
            web.post("/flows/prepare", self._page(_Prepare, self._prepare)),
            web.post("/flows/publish", self._page(_Publish, self._publish)),
            web.post("/flows/rollback", self._page(_RollBack, self._roll_back)),
        ]

    async def _history(self, wanted: _History) -> Told:
        made = await self.hotline.history(wanted.limit)
        served = digests(await self.hotline.files())
        publications = [as_values(each) for each in made]
        return {"publications": publications, "served": served, "ears": _ears(self.hotline.ears)}

    async def _prepare(self, wanted: _Prepare) -> Told:
        return asdict(await self.hotline.prepare(wanted.files))

    async def _publish(self, wanted: _Publish) -> Told:
        request = Request(wanted.by, wanted.why)
        return told_of(await self.hotline.publish(wanted.files, request))

    async def _roll_back(self, wanted: _RollBack) -> Told:
        return told_of(await self.hotline.roll_back(wanted.to, Request(wanted.by, wanted.why)))

    def _page(
        self, kind: type[Given], do: Callable[[Given], Awaitable[Told]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Make a page: 200 with what was done, 400, 401, 413, or 409 with the reason."""

        async def page(request: web.Request) -> web.Response:
            if not knows_the_password(request, self.password):
                return refused(401, "send `Authorization: Bearer <the word in var/secrets/flows>`")
            content = await content_of(request, _MOST_BYTES)
            if content is None:
                return refused(413, f"send at most {_MOST_BYTES} bytes")
            try:
                return web.json_response(await do(kind.model_validate_json(content)))
            except ValidationError as error:
                return refused(
                    400, json.dumps(error.errors(include_input=False, include_url=False))
                )
            except PublishingFailed as error:
                return refused(409, str(error))

        return page


def as_values(publication: Publication) -> Told:
    """Give a publication as JSON values."""
    return asdict(publication) | {"at": publication.at.isoformat(timespec="seconds")}


def told_of(done: Done) -> Told:
    """Give what was done as JSON values."""
    made = as_values(done.publication)
    return {"publication": made, "took_s": dict(done.took_s), "ears": _ears(done.ears)}


def _ears(states: Sequence[EarState]) -> list[Told]:
    return [ear_state.as_values(each) for each in states]
