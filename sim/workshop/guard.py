"""What stands before every page: which addresses are answered, which forms are taken, how much is read, what answers say.

- Host: only the addresses that the server was opened with. A page of the internet whose name is made to point at this machine
  (DNS rebinding) has another one.
- Origin: whatever is not GET or HEAD must come from a page of this server, by `Origin` or, where a browser sends none,
  `Sec-Fetch-Site`. There are no cookies here, so there is no session that another page could ride on.
- Size: of the body of a request at most `MOST_BYTES`, whatever its header says; of its target `MOST_TARGET`.
- Answers: a content security policy without inline scripts and styles and without any other host, no guessed types, no framing.
- Whatever goes wrong inside is a sentence with status 500, never a traceback.
"""

import sys
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.workshop import texts

MOST_BYTES = 8 * 1024
MOST_TARGET = 2 * 1024
_SAFE = ("GET", "HEAD")
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Not no-referrer: with it a browser says `Origin: null` of a form of our own.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class TooLargeError(Exception):
    """A body has more bytes than any form of ours."""


class Guard:
    """ASGI middleware, see the module. hosts: the values of `Host` that are answered, with their port."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            return
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refused = self._refused(scope)
        if refused is not None:
            await refused(scope, receive, answer)
            return
        try:
            await self.app(scope, _limited(receive), answer)
        except TooLargeError:
            await plain(texts.TOO_LARGE, 413)(scope, receive, answer)
        except Exception as error:
            print(
                f"Error: {scope['method']} {scope['path'][:80]}: {type(error).__name__}: {error}",
                file=sys.stderr,
            )
            if not started:
                await plain(texts.BROKEN, 500)(scope, receive, answer)

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") not in [[host] for host in self.hosts]:
            return plain(texts.WRONG_HOST, 400)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_TARGET:
            return plain(texts.TOO_LARGE, 414)
        if scope["method"] not in _SAFE and not self._own(headers):
            return plain(texts.WRONG_ORIGIN, 403)
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return plain(texts.TOO_LARGE, 413)
        return None

    def _own(self, headers: Headers) -> bool:
        """Whether a request that changes something comes from a page of this server."""
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site") == "same-origin"
        return origin == f"http://{headers['host']}"


def _limited(receive: Receive) -> Receive:
    """The same body, of which no more than `MOST_BYTES` are read."""
    read = 0

    async def some() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise TooLargeError
        return message

    return some


def plain(text: str, status: int) -> Response:
    """A sentence as plain text."""
    return Response(f"{text}\n", status, media_type="text/plain")


def hosts_of(port: int) -> tuple[str, ...]:
    """The values of `Host` of a server on this machine alone."""
    names = ("127.0.0.1", "localhost")
    return tuple(f"{name}:{port}" for name in names) + (names if port == 80 else ())
