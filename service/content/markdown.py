"""Turns authors' Markdown into HTML that is safe to show: once, when it is published, never while it is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from service.content.mathematics import to_mathml
from service.content.placeholders import Placeholders
from service.content.sanitising import SCHEMES, sanitised

LANGUAGES = frozenset(
    {
        *("bash", "c", "console", "cpp", "css", "diff", "go", "haskell", "html", "java", "javascript", "js"),
        *("json", "julia", "kotlin", "latex", "lua", "matlab", "ocaml", "perl", "pycon", "py", "python"),
        *("r", "ruby", "rust", "scala", "scheme", "sh", "sql", "swift", "toml", "ts", "typescript", "xml", "yaml"),
    }
)
"""Languages whose code is coloured; any other is shown plain."""
MOST_COLOURED = 3_000
"""Characters of code that are coloured in one text: some lexers are slow on a text that is made to vex them."""

FORMULA = re.compile(r"(?P<dollars>\${1,2})(?![\s$])(?P<latex>(?:\\.|[^\\$])+)(?<!\s)(?P=dollars)(?![\d$])", re.DOTALL)
"""Within a line, as in Pandoc: no space just inside the dollars, and no digit just after them."""
DISPLAY = re.compile(r" *\$\$(?P<latex>(?:\\.|[^\\$])+)\$\$ *$", re.DOTALL | re.MULTILINE)
"""On lines of its own."""
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)

PLAIN = re.compile(r"(?:[^\W\d_]|[0-9]+(?=[ ,%/]|$))(?:[^\W_]|[ ,.;:?!()'/%–—’“”-])*(?<! )")
"""A sentence in which nothing means anything to Markdown or HTML: most texts are one."""


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  the library's name
        """Whether a link may lead to `url`; where not, it stays text."""
        scheme = SCHEME.match(url)
        return scheme is None or scheme[1].lower() in SCHEMES


class _Renderer(RendererHTML):
    """How the parts of a text are written that CommonMark leaves open, or that we write otherwise."""

    def fence(self, tokens: Sequence[Token], index: int, _options: OptionsDict, env: EnvType) -> str:
        language = tokens[index].info.strip().split(" ", 1)[0].lower()
        code = tokens[index].content
        left = env["colour_left"] = env.get("colour_left", MOST_COLOURED) - len(code)
        shown = _coloured(code, language) if language in LANGUAGES and left >= 0 else escape(code)
        return f'<pre class="highlight"><code>{shown}</code></pre>\n'

    def image(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        """A picture from a safe place or the course's own site; of any other only its description."""
        address = str(tokens[index].attrGet("src") or "")
        if address.startswith("https://") or not (SCHEME.match(address) or address.startswith(("//", "\\"))):
            return super().image(tokens, index, options, env)
        return escape(self.renderInlineAsText(tokens[index].children or [], options, env))

    def aligned(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        """A cell of a table, aligned by a class where the library writes a style."""
        style = tokens[index].attrs.pop("style", None)
        if style:
            tokens[index].attrSet("class", str(style).removeprefix("text-align:"))
        return self.renderToken(tokens, index, options, env)

    td_open = th_open = aligned

    def math_inline(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        return _formula(tokens[index].content, display=False)

    def math_display(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        return _formula(tokens[index].content, display=True)

    def math_block(self, tokens: Sequence[Token], index: int, *_: object) -> str:
        return f'<div class="math">{_formula(tokens[index].content, display=True)}</div>\n'


def _formula(latex: str, *, display: bool) -> str:
    return to_mathml(latex.strip(), display=display) or f'<code class="math">{escape(latex.strip())}</code>'


def _coloured(code: str, language: str) -> str:
    return str(highlight(code, get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True)))


def _math_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """`$$…$$` on lines of its own, none of them blank: its `=` and `-` are no headings and no lists."""
    if state.is_code_block(first) or not state.src.startswith("$$", state.bMarks[first] + state.tShift[first]):
        return False
    last = first
    while last + 1 < end and not state.isEmpty(last + 1) and state.sCount[last + 1] >= state.blkIndent:
        last += 1
    found = DISPLAY.match(state.getLines(first, last + 1, state.blkIndent, False))
    if found and not silent:
        state.line = first + found[0].count("\n") + 1
        token = state.push("math_block", "math", 0)
        token.content = found["latex"]
    return found is not None


def _math_inline(state: StateInline, silent: bool) -> bool:
    """`$…$` and `$$…$$` within a line of text; a price is no formula."""
    after_digit = state.pos > 0 and state.src[state.pos - 1].isdigit()
    found = None if after_digit else FORMULA.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("math_inline" if found["dollars"] == "$" else "math_display", "math", 0)
        token.content = found["latex"]
    state.pos = found.end()
    return True


def _parser() -> MarkdownIt:
    parser = _Markdown("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    parser.inline.ruler.before("escape", "math_inline", _math_inline)
    parser.block.ruler.before("fence", "math_block", _math_block)
    return parser


_PARSER = _parser()


def render_markdown(text: str) -> str:
    """The HTML of a Markdown text: CommonMark and tables, `$…$` and `$$…$$` as MathML, raw HTML shown as text.

    Placeholders (`{{ name:.2f }}`) come out as they went in. A formula that cannot be read is shown as its source.
    Takes whatever text the gate lets through, without raising, in time that grows in proportion to it.
    """
    if PLAIN.fullmatch(text):
        return f"<p>{text}</p>\n"
    placeholders = Placeholders(text)
    return placeholders.put_back(sanitised(_PARSER.render(placeholders.text)))
