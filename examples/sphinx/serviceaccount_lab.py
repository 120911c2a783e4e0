"""The directive ``serviceaccount-lab``: the element in HTML, its content everywhere else (PDF, man pages)."""
import html

from docutils import nodes
from docutils.parsers.rst import Directive, directives

WORDS = ["lesson", "step", "version", "view", "theme", "lang", "autorun", "controls", "readonly", "state", "name", "height", "load", "src"]


class Lab(nodes.General, nodes.Element):
    """What stands between the tags."""


class LabDirective(Directive):
    has_content = True
    option_spec = {word: directives.unchanged for word in WORDS}

    def run(self):
        node = Lab(words=self.options)
        self.state.nested_parse(self.content, self.content_offset, node)
        return [node]


def visit_html(self, node):
    words = "".join(f' {name}="{html.escape(value)}"' for name, value in node["words"].items())
    self.body.append(f"<serviceaccount-lab{words}>\n")


def depart_html(self, node):
    self.body.append("</serviceaccount-lab>\n")


def nothing(self, node):
    pass


def setup(app):
    app.add_node(Lab, html=(visit_html, depart_html), latex=(nothing, nothing), text=(nothing, nothing), man=(nothing, nothing), texinfo=(nothing, nothing))
    app.add_directive("serviceaccount-lab", LabDirective)
    app.add_js_file("../lab/serviceaccount-lab.js", type="module")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
