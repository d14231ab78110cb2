"""Keys at Binance in a person's words: why one is not used, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from webapp.credentials.errors import CannotCheck, TooManyRights, VaultError
from webapp.credentials.rights import READING, label
from webapp.credentials.vault import KeyOverview
from webapp.symbols.listing import MARKETS
from webapp.words import fill, words


class ToldKey(NamedTuple):
    """What a page shows of a key; ``why`` has a sentence for each thing that is wrong with it."""

    key: KeyOverview
    why: list[Markup]


def told_of(key: KeyOverview) -> ToldKey:
    return ToldKey(key, sentences_of(key.reasons))


def sentences_of(reasons: Sequence[str]) -> list[Markup]:
    """The reasons of a ``KeyOverview``, or of ``TooManyRights``, as sentences."""
    say = words().account.keys
    rights, told = [], []
    for reason in reasons:
        market, _, word = reason.rpartition(":")
        if word not in say.refusal or market not in ("", *MARKETS):
            rights.append(reason)  # of whatever name: Binance invents new ones
        elif market:
            name = words().market.name[market]
            told.append(fill(say.of_market, market=name, why=say.refusal[word]))
        else:
            told.append(say.refusal[word])
    return [*_about_rights(rights), *told]


def sentences_of_error(error: VaultError) -> list[Markup]:
    """What to tell somebody whose key was not taken."""
    say = words().account.keys
    if isinstance(error, TooManyRights):
        return sentences_of(error.reasons)
    if isinstance(error, CannotCheck):
        return [fill(say.error.cannot_check, why=str(error).removesuffix("."))]
    if error.word in say.refusal:
        return [say.refusal[error.word]]
    return [say.error[error.word]]


def _about_rights(rights: Sequence[str]) -> list[Markup]:
    say = words().account.keys
    to_untick = [right for right in rights if right != READING]
    sentences = [fill(say.tick, box=label(READING))] if READING in rights else []
    if to_untick:
        boxes = Markup(", ").join(fill(say.box, name=label(right)) for right in to_untick)
        sentences.append(fill(say.untick, boxes=boxes))
    return sentences
