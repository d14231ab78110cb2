"""How a person wants the page: one cookie, read for the first paint, and by the page's script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from flask import Request, Response

from webapp.markets.columns import COLUMNS, USUAL_COLUMNS, ranked

COOKIE = "settings"
COOKIE_MAX_AGE_SECONDS = 365 * 24 * 3600
THEME_COOKIE = "theme"  # an older release's; a choice made there counts until another is made

# The usual choice stands first.
CHOICES = {
    "theme": ("system", "light", "dark"),
    "contrast": ("system", "more"),
    "trend": ("green-up", "red-up"),
    "density": ("comfortable", "compact"),
    "flash": ("on", "off"),
}
# The attribute of the page's root by which the style sheets know of a choice.
_ATTRIBUTES = {
    "theme": "data-theme",
    "contrast": "data-contrast",
    "trend": "data-trend-colours",
    "density": "data-density",
    "flash": "data-flashes",
}


@dataclass(frozen=True)
class PersonalSettings:
    """Every value is one of ``CHOICES``; ``columns`` are those that are shown."""

    theme: str = "system"
    contrast: str = "system"
    trend: str = "green-up"
    density: str = "comfortable"
    flash: str = "on"
    columns: tuple[str, ...] = USUAL_COLUMNS

    @classmethod
    def from_fields(cls, fields: Mapping[str, str]) -> PersonalSettings:
        """Read a cookie's or a form's fields; what is unknown is as usual.

        ``columns`` has the names of the shown ones with dots between them.
        """
        chosen: dict[str, Any] = {
            name: fields[name] for name, values in CHOICES.items() if fields.get(name) in values
        }
        if "columns" not in fields:
            return cls(**chosen)
        named = fields["columns"].split(".")
        return cls(**chosen, columns=tuple(column for column in COLUMNS if column in named))

    def attributes(self) -> dict[str, str]:
        """What the page's root carries: each choice that is not the usual one, and the columns."""
        chosen = {name: getattr(self, name) for name in CHOICES}
        return {
            **{
                _ATTRIBUTES[name]: value
                for name, value in chosen.items()
                if value != CHOICES[name][0]
            },
            "data-columns": ranked(self.columns),
        }

    def to_text(self) -> str:
        """The cookie's value, which ``from_fields`` reads once it is decoded."""
        fields = {name: getattr(self, name) for name in CHOICES}
        return quote(urlencode({**fields, "columns": ".".join(self.columns)}), safe="")


def read_settings(request: Request) -> PersonalSettings:
    text = unquote(request.cookies.get(COOKIE, ""))
    fields = dict(parse_qsl(text, keep_blank_values=True))
    fields.setdefault("theme", request.cookies.get(THEME_COOKIE, ""))
    return PersonalSettings.from_fields(fields)


def submitted_settings(request: Request) -> PersonalSettings:
    """What the form asks for; a box that is not ticked is not sent."""
    form = request.form
    fields = {
        **form.to_dict(),
        "flash": form.get("flash", "off"),
        "columns": ".".join(form.getlist("columns")),
    }
    return PersonalSettings.from_fields(fields)


def write_settings(response: Response, settings: PersonalSettings, secure: bool) -> None:
    """Keep the settings in the person's cookie; the page's script reads and writes it too."""
    response.delete_cookie(THEME_COOKIE)
    response.set_cookie(
        COOKIE,
        settings.to_text(),
        max_age=COOKIE_MAX_AGE_SECONDS,
        samesite="Lax",
        secure=secure,
        httponly=False,
    )
