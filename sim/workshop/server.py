"""The server: one address on this machine, until somebody stops it."""

import os
import socket
from collections.abc import Callable

import uvicorn

from sim.errors import UserError
from sim.workshop.app import make_app
from sim.workshop.design import Designs
from sim.workshop.desk import Desk
from sim.workshop.guard import hosts_of
from sim.workshop.lesson import Lesson

HOST = "127.0.0.1"
MOST_CONNECTIONS = 64
IDLE_SECONDS = 5  # an idle connection is closed after
GRACE_SECONDS = 1  # requests in flight have when the server ends


def serve(lesson: Lesson, port: int, say: Callable[[str], None], workers: int | None = None) -> bool:
    """Serve a lesson on *port* (0: any free one) until Ctrl-C or SIGTERM; *say* is told the address.

    Returns whether everything has ended: False if the engine is being compiled, which cannot be stopped. Raises `UserError` if
    the lesson cannot be built or the port cannot be had.
    """
    listening = listen(port)
    try:
        designs = Designs(lesson)
    except UserError:
        listening.close()
        raise
    bound = listening.getsockname()[1]
    desk = Desk(designs, workers=workers)
    config = uvicorn.Config(
        make_app(designs, desk, hosts_of(bound)),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        desk.start()
        say(f"http://{HOST}:{bound}/")
        # uvicorn ends in order on both signals, and then lets the signal through.
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
        ended = desk.close()
    return ended


def listen(port: int) -> socket.socket:
    """A socket on this machine alone. Raises `UserError`."""
    try:
        return socket.create_server((HOST, port), backlog=MOST_CONNECTIONS)
    except OSError as error:
        raise UserError(
            f"--port {port}: {HOST}:{port} cannot be opened ({os.strerror(error.errno or 0)}); use another port, "
            "or --port 0 for any free one"
        ) from None
