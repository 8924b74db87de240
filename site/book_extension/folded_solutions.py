"""Fold solutions in a native ``<details>``, which needs no script and opens by keyboard."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import depart_solution_node, solution_node, visit_solution_node

FOLDED = "dropdown"


def visit_solution(self: HTML5Translator, node: nodes.Element) -> None:
    """Open the solution's element; a folded one shows its title alone."""
    if FOLDED not in node["classes"]:
        visit_solution_node(self, node)
        return
    title = node.pop(0)
    self.body.append(self.starttag(node, "details", CLASS="admonition"))
    self.body.append(f'<summary class="admonition-title">{self.encode(title.astext())}</summary>\n')


def depart_solution(self: HTML5Translator, node: nodes.Element) -> None:
    """Close what ``visit_solution`` opened."""
    if FOLDED not in node["classes"]:
        depart_solution_node(self, node)
        return
    self.body.append("</details>\n")


def override_solution(app: Sphinx, config: object) -> None:
    """Take over the node once sphinx-exercise has registered its own visitors."""
    app.add_node(solution_node, override=True, html=(visit_solution, depart_solution))


def setup(app: Sphinx) -> None:
    """Connect to Sphinx's events."""
    app.connect("config-inited", override_solution)
