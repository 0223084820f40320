"""The page's templates, styles and scripts, each in a file of its own, and how they are read."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from flows.wording import many

FOLDER = Path(__file__).parent


@cache
def environment() -> Environment:
    """The templates' environment: everything is escaped unless it is Markup, and a name that is not there is an error."""
    made = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=False)
    made.filters["many"] = many
    return made


def render(template: str, **values: Any) -> Markup:
    """Return a template filled with values."""
    return Markup(environment().get_template(template).render(**values))


def source(name: str) -> Markup:
    """Return a style or script as it lies in this folder."""
    return Markup((FOLDER / name).read_text(encoding="utf-8"))


def script() -> Markup:
    """Return the page's scripts as one, in the order of their numbers, in a scope of its own."""
    parts = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("[0-9]_*.js"))]
    return Markup('"use strict";\n(() => {\n' + "\n".join(parts) + "\n})();\n")
