"""The pages and their addresses.

    GET  /                        the levers at the base, and the base
    POST /designs                 a form: one step of each lever; answers with the address of that design
    GET  /designs/KEY             the levers at a design, and what is known of it; KEY: a digit for each lever
    GET  /designs/KEY/results     that part of the page alone, for the script; ?after=VERSION: 204 if nothing is newer
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
from sim.workshop import texts, views
from sim.workshop.design import Design, Designs
from sim.workshop.desk import Desk
from sim.workshop.guard import Guard, plain
from sim.workshop.pictures import Pictures

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
            Route("/static/{name}", pages.static),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={UserError: on_user_error, HTTPException: on_http_error},
    )
