"""Words become part of a template when it is read, and are not looked up for every page.

A page names some five hundred of them: that was about a tenth of the time in which it was made. A
name that is not among the words is an error as soon as its template is read.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from webapp.words import Words, words

_ALL = "words"


class TemplatesWithWords(Environment):
    """Flask's way of reading templates, for the app's ``jinja_environment``."""

    def _generate(self, source: nodes.Template, *args: Any, **more: Any) -> str:
        return super()._generate(_Saying(source).visit(source), *args, **more)


class _Saying(NodeTransformer):
    """Puts a sentence in place of ``words.part.name``, or of ``say.name`` after
    ``{% set say = words.part %}``; what the names lead to only while a page is made stays."""

    def __init__(self, template: nodes.Template) -> None:
        self._parts: dict[str, Words] = {_ALL: words()}
        bound = Counter(name.name for name in template.find_all(nodes.Name) if name.ctx != "load")
        for assign in template.find_all(nodes.Assign):
            name, part = getattr(assign.target, "name", ""), self._said(assign.node)
            if bound[name] == 1 and isinstance(part, Words):
                self._parts[name] = part

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802, jinja2's name
        said = self._said(node)
        return nodes.Const(said) if isinstance(said, Markup) else self.generic_visit(node)

    visit_Getitem = visit_Getattr

    def _said(self, node: nodes.Node) -> Words | Markup | None:
        if isinstance(node, nodes.Name):
            return self._parts.get(node.name)
        if isinstance(node, nodes.Getattr):
            part, name = self._said(node.node), node.attr
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            part, name = self._said(node.node), node.arg.value
        else:
            return None
        return part[name] if isinstance(part, Words) else None
