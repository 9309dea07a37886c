"""SIP on the wire, as much of RFC 3261 as a phone on the same machine needs."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

Header = tuple[str, str]
_SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "c": "content-type"}


@dataclass(frozen=True, slots=True)
class Message:
    """A request (`INVITE sip:… SIP/2.0`) or a response (`SIP/2.0 200 OK`)."""

    start: str
    headers: tuple[Header, ...]
    body: str = ""

    def __bytes__(self) -> bytes:
        body = self.body.encode()
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        return ("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])).encode() + body

    def get(self, name: str) -> str:
        """Give the first header of that name, "" when there is none."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        """Give every header of that name, in order."""
        wanted = name.lower()
        return [value for known, value in self.headers if known.lower() == wanted]

    @property
    def is_response(self) -> bool:
        """Whether it answers a request."""
        return self.start.startswith("SIP/2.0")

    @property
    def status(self) -> int:
        """Status of a response, 0 for a request."""
        return int(self.start.split()[1]) if self.is_response else 0

    @property
    def method(self) -> str:
        """Method of a request, or of the request that a response answers."""
        return self.get("CSeq").split()[1] if self.is_response else self.start.split()[0]

    @property
    def branch(self) -> str:
        """The transaction (RFC 3261 17.1.3)."""
        return parameter(self.get("Via"), "branch")


def parse(datagram: bytes) -> Message | None:
    """Read a datagram; None for keep-alives and for what is not SIP."""
    head, _, body = datagram.decode("utf-8", "replace").partition("\r\n\r\n")
    start, *lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    if "SIP/2.0" not in start:
        return None
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip()
        headers.append((_SHORT.get(name.lower(), name), value.strip()))
    return Message(start, tuple(headers), body)


def parameter(value: str, name: str) -> str:
    """Give `;name=…` of a header, "" when absent."""
    found = re.search(rf";\s*{name}=\"?([^;,\s\"]+)", value)
    return found[1] if found else ""


def address(value: str) -> str:
    """Give the URI of `"name" <uri>;tag=…`."""
    found = re.search(r"<([^>]+)>", value)
    return found[1] if found else value.partition(";")[0].strip()


def respond(request: Message, status: int, reason: str, tag: str, *more: Header) -> Message:
    """Answer a request; `tag` is ours for the dialog."""
    to = request.get("To")
    if status > 100 and not parameter(to, "tag"):
        to += f";tag={tag}"
    copied: list[Header] = [("Via", via) for via in request.all("Via")]
    copied += [("From", request.get("From")), ("To", to), ("Call-ID", request.get("Call-ID"))]
    copied += [("CSeq", request.get("CSeq"))]
    return Message(f"SIP/2.0 {status} {reason}", (*copied, *more))


def new_branch() -> str:
    """Give a new transaction's branch, with RFC 3261's magic cookie."""
    return "z9hG4bK" + secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a phone is."""

    user: str
    password: str = field(repr=False)

    def authorize(self, challenge: str, method: str, uri: str) -> str:
        """Answer a digest challenge (RFC 2617, MD5, with and without qop)."""
        given = dict(re.findall(r'(\w+)="?([^",]+)', challenge.removeprefix("Digest")))
        secret = _md5(f"{self.user}:{given['realm']}:{self.password}")
        request = _md5(f"{method}:{uri}")
        nonce, client = given["nonce"], secrets.token_hex(8)
        if "qop" in given:
            response = _md5(f"{secret}:{nonce}:00000001:{client}:auth:{request}")
            extra = f', qop=auth, nc=00000001, cnonce="{client}"'
        else:
            response, extra = _md5(f"{secret}:{nonce}:{request}"), ""
        opaque = f', opaque="{given["opaque"]}"' if "opaque" in given else ""
        return (
            f'Digest username="{self.user}", realm="{given["realm"]}", nonce="{nonce}", '
            f'uri="{uri}", response="{response}", algorithm=MD5{opaque}{extra}'
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Sdp:
    """Where a party wants its audio; payload 0 is µ-law, 8 A-law, 9 G.722 (RFC 3551)."""

    host: str
    port: int
    payloads: tuple[int, ...]
    event_payload: int = 101

    def __str__(self) -> str:
        names = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000"}
        listed = " ".join(str(payload) for payload in (*self.payloads, self.event_payload))
        maps = [f"a=rtpmap:{payload} {names[payload]}" for payload in self.payloads]
        lines = [
            *("v=0", f"o=- 1 1 IN IP4 {self.host}", "s=phone", f"c=IN IP4 {self.host}", "t=0 0"),
            *(f"m=audio {self.port} RTP/AVP {listed}", *maps),
            *(f"a=rtpmap:{self.event_payload} telephone-event/8000", "a=ptime:20", "a=sendrecv"),
        ]
        return "\r\n".join(lines) + "\r\n"


def parse_sdp(text: str) -> Sdp:
    """Read the other side's offer or answer."""
    host = re.search(r"^c=IN IP4 (\S+)", text, re.M)
    media = re.search(r"^m=audio (\d+) \S+ ([\d ]+)", text, re.M)
    if not host or not media:
        raise ValueError("an SDP without audio")
    event = re.search(r"^a=rtpmap:(\d+) telephone-event", text, re.M)
    known = tuple(int(payload) for payload in media[2].split() if payload in ("0", "8", "9"))
    return Sdp(host[1], int(media[1]), known, int(event[1]) if event else 101)
