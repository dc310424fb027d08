"""The pages and their addresses.

    GET  /                        the levers at the base, and the base
    POST /designs                 a form: one step of each lever; answers with the address of that design
    GET  /designs/KEY             the levers at a design, and what is known of it; KEY: a digit for each lever
    GET  /designs/KEY/results     that part of the page alone, for the script; ?after=VERSION: 204 if nothing is newer
    GET  /designs/KEY/replay      leads to the replay of the run nearest the mean
    GET  /designs/KEY/replay/OF/BY/RUN/K        frame K of a run of the base or of the design, BY week or day
    GET  /designs/KEY/replay/OF/BY/RUN/K/frame  that frame alone, for the script
    GET  /static/NAME             style, script and icon

Nothing is remembered of a browser: a design is in its address, so it can be kept, shared on this machine and gone back to.
"""

from collections.abc import Collection
from importlib import resources
from urllib.parse import parse_qsl

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sim.errors import UserError
from sim.mesa_model.replay import WEEK
from sim.workshop import texts, views
from sim.workshop.design import Design, Designs
from sim.workshop.desk import Desk
from sim.workshop.guard import Guard, plain
from sim.workshop.pictures import Pictures
from sim.workshop.replay_view import replay_view
from sim.workshop.replays import BY, Replays, chosen_run

MOST_DIGITS = 7  # of a number in an address
_FORM = "application/x-www-form-urlencoded"
#: Name below /static/ -> (package, file in it, type). The style of the report comes first, that of the workshop after it.
STATIC = {
    "report.css": ("sim.report", "style.css", "text/css"),
    "workshop.css": ("sim.workshop", "static/workshop.css", "text/css"),
    "workshop.js": ("sim.workshop", "static/workshop.js", "text/javascript"),
    "icon.svg": ("sim.workshop", "static/icon.svg", "image/svg+xml"),
}


class Pages:
    """Answers requests for a lesson, from what its desk knows."""

    def __init__(self, designs: Designs, desk: Desk) -> None:
        self.designs, self.desk = designs, desk
        self._pictures = Pictures()
        self._replays = Replays((designs.lesson.headline, *designs.lesson.figures))
        loader = PackageLoader("sim.workshop", "templates")
        self._templates = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals["say"] = texts.PAGE
        self._static = {
            name: (resources.files(package).joinpath(file).read_bytes(), kind)
            for name, (package, file, kind) in STATIC.items()
        }

    def first(self, request: Request) -> Response:
        """The page of the base."""
        return self._page(self.designs.base)

    def design(self, request: Request) -> Response:
        """The page of a design."""
        return self._page(self.designs.at(request.path_params["key"]))

    async def choose(self, request: Request) -> Response:
        """Take a form, and lead to the page of its design."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            return self.refusal(texts.WRONG_FORM, 415)
        try:
            text = (await request.body()).decode("ascii")
            pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), max_num_fields=100)
        except ValueError:
            return self.refusal(texts.WRONG_FORM, 400)
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        design = self.designs.chosen(fields)
        self.desk.look(design)
        return RedirectResponse(f"/designs/{design.key}#results", 303)

    def results(self, request: Request) -> Response:
        """The results of a design alone, if there is anything new."""
        design = self.designs.at(request.path_params["key"])
        found = self.desk.look(design)
        if request.query_params.get("after") == str(found.version):
            return Response(status_code=204)
        return HTMLResponse(self._results(design))

    def replay(self, request: Request) -> Response:
        """Lead to the replay of a design's run nearest the mean."""
        design = self.designs.at(request.path_params["key"])
        chosen = chosen_run(self.desk.look(design), self.designs.lesson.headline)
        if chosen is None:
            return self.refusal(texts.REPLAY_FEW, 409)
        return RedirectResponse(f"/designs/{design.key}/replay/{design.key}/{WEEK}/{chosen.run}/1", 303)

    def frame(self, request: Request) -> Response:
        """A frame of a replay, in its page or alone."""
        asked = request.path_params
        design, of = self.designs.at(asked["key"]), self.designs.at(asked["of"])
        known = self.desk.look(design)
        chosen = chosen_run(known, self.designs.lesson.headline)
        if chosen is None:
            return self.refusal(texts.REPLAY_FEW, 409)
        run, k = _whole(asked["run"]), _whole(asked["k"])
        shown = of.key in (design.key, self.designs.base.key) and asked["by"] in BY
        if not shown or not 0 <= run < known.runs:
            return self.refusal(texts.NO_FRAME, 404)
        found = self._replays.of(of, run, asked["by"])
        if not 0 <= k < len(found.frames):
            return self.refusal(texts.NO_FRAME, 404)
        view = replay_view(design, of, found, chosen, run, asked["by"], k)
        part = self._templates.get_template("frame.html").render(view=view)
        if request.url.path.endswith("/frame"):
            return HTMLResponse(part)
        organisations = [
            (name, f"/designs/{design.key}/replay/{one.key}/{asked['by']}/{run}/{k}", one.key == of.key)
            for name, one in ((texts.BASE, self.designs.base), (texts.DESIGN, design))
        ]
        page = self._templates.get_template("replay.html").render(
            lesson=self.designs.lesson,
            view=view,
            frame=Markup(part),
            organisations=organisations if design.key != self.designs.base.key else [],
        )
        return HTMLResponse(page)

    def static(self, request: Request) -> Response:
        """Style, script or icon."""
        name = request.path_params["name"]
        if name not in self._static:
            return self.refusal(texts.NOT_FOUND, 404)
        content, kind = self._static[name]
        return Response(content, media_type=kind)

    def refusal(self, text: str, status: int) -> Response:
        """A page with one sentence, and the way back."""
        page = self._templates.get_template("refusal.html").render(
            title=texts.REFUSED, text=text, home=texts.HOME
        )
        return HTMLResponse(page, status)

    def _results(self, design: Design) -> str:
        view = views.results_view(
            self.designs, design, self.desk.look(design), self.desk.tried(), self._pictures
        )
        template = self._templates.get_template("results.html")
        page = template.render(view=view, words="")
        return template.render(view=view, words=views.glossary(page))

    def _page(self, design: Design) -> Response:
        lesson = self.designs.lesson
        page = self._templates.get_template("page.html").render(
            lesson=lesson,
            levers=views.form_view(self.designs, design),
            is_base=design.key == self.designs.base.key,
            waiting=not self.desk.look(design).runs,
            results=Markup(self._results(design)),
        )
        return HTMLResponse(page)


def _whole(text: str) -> int:
    """A number of an address, -1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < MOST_DIGITS else -1


def make_app(designs: Designs, desk: Desk, hosts: Collection[str]) -> Starlette:
    """The application. hosts: the values of `Host` that it answers."""
    pages = Pages(designs, desk)

    def on_user_error(_: Request, error: Exception) -> Response:
        return pages.refusal(texts.sentence(str(error)), 400)

    def on_http_error(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        text = {404: texts.NOT_FOUND, 405: texts.WRONG_METHOD}.get(status)
        return pages.refusal(text, status) if text else plain(texts.BROKEN, status)

    return Starlette(
        routes=[
            Route("/", pages.first),
            Route("/designs", pages.choose, methods=["POST"]),
            Route("/designs/{key}", pages.design),
            Route("/designs/{key}/results", pages.results),
            Route("/designs/{key}/replay", pages.replay),
            Route("/designs/{key}/replay/{of}/{by}/{run}/{k}", pages.frame),
            Route("/designs/{key}/replay/{of}/{by}/{run}/{k}/frame", pages.frame),
            Route("/static/{name}", pages.static),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={UserError: on_user_error, HTTPException: on_http_error},
    )
