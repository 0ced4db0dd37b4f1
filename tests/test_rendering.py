"""What becomes of authors' Markdown: what students should see is there, and nothing that could harm them."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.content.rendering import render_markdown, render_texts
from service.domain.templates import fill_html

# Written by hand and not taken from the code under test: what a browser may meet in a rendered text.
HARMLESS = {
    "a": {"href", "title", "rel"},
    "code": {"class"},
    "div": {"class"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "pre": {"class"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class"},
}
BARE = re.compile("blockquote|br|em|h[1-6]|hr|li|p|strong|table|tbody|thead|tr|ul")
MATHS = re.compile(
    "math|mrow|m[inos]|mtext|mspace|mfrac|msqrt|mroot|mstyle|mpadded|mphantom|msub|msup|msubsup|munder|mover|munderover"
    "|mtable|mtr|mtd"
)
MATHS_ATTRIBUTES = re.compile(
    "accent|accentunder|columnalign|columnlines|columnspacing|depth|display|displaystyle|fence|form|height|largeop"
    "|linethickness|lspace|mathvariant|maxsize|minsize|movablelimits|rowlines|rowspacing|rspace|scriptlevel|separator"
    "|stretchy|symmetric|voffset|width"
)

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>@import 'https://evil.example'</style>",
    "<base href='https://evil.example/'>",
    "<form action='https://evil.example'><input name=a></form>",
    "<math><mi href='javascript:alert(1)'>x</mi></math>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<details open ontoggle=alert(1)>",
    "<x onpointerenter=alert(1)>x</x>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](feed:javascript:alert(1))",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](javascript:alert(1))",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](http://evil.example/pixel.png)",
    "![x](//evil.example/pixel.png)",
    "![x](\\\\evil.example/pixel.png)",
    '[x](https://example.org "\\" onmouseover=\\"alert(1)")',
    '![x" onerror="alert(1)](https://example.org/x.png)',
    '![x](https://example.org/x.png"onerror="alert(1))',
    '```"onmouseover=alert(1)\nx\n```',
    "```html\n<script>alert(1)</script>\n```",
    '```python x" onclick="alert(1)\nx\n```',
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    '| <script>alert(1)</script> |\n|:--" onclick=alert(1)|\n| x |',
    "| a |\n|:-:|\n| <img src=x onerror=alert(1)> |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "$\\text{<script>alert(1)</script>}$",
    "$\\text{<img src=x onerror=alert(1)>}$",
    "$\\text{</mtext></math><script>alert(1)</script>}$",
    "$\\text{&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;}$",
    "$\\text{&lt;script&gt;}$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\href{https://evil.example}{x}$",
    "$\\style{background:url(https://evil.example)}{x}$",
    '$\\class{x" onclick="alert(1)}{x}$',
    '$\\color{red" onclick="alert(1)}{x}$',
    "$\\textcolor{url(javascript:alert(1))}{x}$",
    '$\\colorbox{"><script>alert(1)</script>}{x}$',
    "$\\unicode{x3c}script\\unicode{x3e}$",
    '$\\hspace{1em" onclick="alert(1)}$',
    '$\\rule{1em" onclick="alert(1)}{1em}$',
    "$\\operatorname{<script>}$",
    "$\\verb|<script>alert(1)</script>|$",
    "$\\tag{<script>alert(1)</script>}$",
    "$\\mbox{<svg onload=alert(1)>}$",
    "$\\hbox{$<b onclick=alert(1)>$}$",
    '$\\begin{array}{l" onclick="alert(1)} x \\end{array}$',
    "$\\begin{<script>} x \\end{<script>}$",
    "$\\def\\x{<script>alert(1)</script>}\\x$",
    "$\\newcommand{\\x}{<img src=x onerror=alert(1)>}\\x$",
    "$\\unknown{<script>alert(1)</script>}$",
    "$<script>alert(1)</script>$",
    "$$\n</math><script>alert(1)</script>\n$$",
    "$&#x3c;script&#x3e;$",
    "{{ a }}<script>{{ b }}</script>",
    "[x]({{ p }}:alert(1))",
    "[x](https://example.org/{{ p }})",
    '{{ a:"onclick=alert(1) }}',
]


class Browser(HTMLParser):
    """Reads HTML as a browser would and remembers everything in it that might do something."""

    def __init__(self) -> None:
        super().__init__()
        self.harm: list[str] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Judge one element."""
        if tag not in HARMLESS and not BARE.fullmatch(tag) and not MATHS.fullmatch(tag):
            self.harm.append(tag)
        for name, value in attrs:
            if MATHS.fullmatch(tag):
                fine = MATHS_ATTRIBUTES.fullmatch(name) is not None
            else:
                fine = name in HARMLESS.get(tag, ())
            if name in ("href", "src"):
                fine = fine and value is not None and leads_somewhere_harmless(tag, value)
            if not fine:
                self.harm.append(f"{tag} {name}={value}")
        if tag == "a" and dict(attrs).get("rel") != "noopener noreferrer":
            self.harm.append("a link without rel")
        if tag not in ("br", "hr", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every end belongs to the element begun last."""
        if not self.open or self.open.pop() != tag:
            self.harm.append(f"stray </{tag}>")

    def handle_data(self, data: str) -> None:
        """What is shown."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """There are none."""
        self.harm.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        """Nor these."""
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        """Nor these."""
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        """Nor these."""
        self.handle_comment(data)


def leads_somewhere_harmless(tag: str, address: str) -> bool:
    """Whether an address has a good scheme or none."""
    before, colon, _ = address.partition(":")
    relative = not colon or not before.replace("+", "").replace("-", "").replace(".", "").isalnum()
    if tag == "img":
        return before == "https" or (relative and not address.startswith(("//", "\\")))
    return relative or before.lower() in ("http", "https", "mailto")


def look_at(html: str) -> Browser:
    """The HTML as it was read."""
    browser = Browser()
    browser.feed(html)
    browser.close()
    return browser


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_an_author_writes_can_act(attack: str) -> None:
    for text in (attack, f"a *{attack}* b", f"- {attack}\n- x", f"> {attack}", f"| a |\n|---|\n| {attack} |"):
        browser = look_at(render_markdown(text))
        assert browser.harm == []
        assert browser.open == []


SHARP = st.lists(
    st.sampled_from(
        [*"<>&\"'`$\\{}[]()!*_|-:#;/ \n", "script", "onerror=", "javascript:", "\\text{", "\\frac", "$$", "{{ a }}",
         "](", "```", "&#x3c;", "<!--", "data:", "https://a", "\\begin{matrix}", "\\end{matrix}", "x", "1"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


@given(SHARP)
@example("$\\text{&#xD800;}$")
@example("$\\text{&#x0;}$")
@example("$\\text{&#xFFFFFF;}$")
def test_no_text_can_act_or_be_too_much(text: str) -> None:
    assert look_at(render_markdown(text)).harm == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*so* **it** is", "<p><em>so</em> <strong>it</strong> is</p>\n"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>\n"),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>\n"),
        ("2. two\n3. three", '<ol start="2">\n<li>two</li>\n<li>three</li>\n</ol>\n'),
        (
            '[there](https://example.org/?a=1&b=2 "Go")',
            '<p><a href="https://example.org/?a=1&amp;b=2" title="Go" rel="noopener noreferrer">there</a></p>\n',
        ),
        ("[unit](/units/2#a)", '<p><a href="/units/2#a" rel="noopener noreferrer">unit</a></p>\n'),
        (
            "<ida@example.org>",
            '<p><a href="mailto:ida@example.org" rel="noopener noreferrer">ida@example.org</a></p>\n',
        ),
        ("![a *b*](https://example.org/x.png)", '<p><img src="https://example.org/x.png" alt="a b"></p>\n'),
        ("![a *b*](http://example.org/x.png)", "<p>a b</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("![plot](/static/plot.png)", '<p><img src="/static/plot.png" alt="plot"></p>\n'),
        (
            "| a | b |\n|--:|---|\n| 1 | 2 |",
            (
                '<table>\n<thead>\n<tr>\n<th class="right">a</th>\n<th>b</th>\n</tr>\n</thead>\n'
                '<tbody>\n<tr>\n<td class="right">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n'
            ),
        ),
        (
            "```python\nx = 'é'\n```",
            (
                '<pre class="highlight"><code><span class="n">x</span> <span class="o">=</span> '
                "<span class=\"s1\">'é'</span>\n</code></pre>\n"
            ),
        ),
        ("```nonesuch\na < b\n```", '<pre class="highlight"><code>a &lt; b\n</code></pre>\n'),
        ("a [[gap-1]] b", "<p>a [[gap-1]] b</p>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_plain_html(text: str, html: str) -> None:
    assert render_markdown(text) == html


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("$x^2$", "<msup><mi>x</mi><mn>2</mn></msup>"),
        ("$a < b$", "<mo>&lt;</mo>"),
        (r"$\frac{1}{n}$ is 3", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac>"),
        (r"$\mathbf{x} \in \mathbb{R}$", "<mi>𝐱</mi><mo>∈</mo><mi>ℝ</mi>"),
        (r"$\mathcal{B}\boldsymbol{\alpha}$", "<mi>ℬ</mi><mrow><mi>𝜶</mi></mrow>"),
        (r"$\mathrm{softmax}(z)$", '<mi mathvariant="normal">softmax</mi>'),
        (r"$\text{if } x$", "<mtext>if&nbsp;</mtext>"),
        (r"$\text{<b>x</b>}$", "<mtext>&lt;b&gt;x&lt;/b&gt;</mtext>"),
        ("$$\na\n= b\n- c\n$$", '<div class="math"><math display="block"><mrow><mi>a</mi><mo>=</mo>'),
        ("so $$a$$ and $$b$$", '<p>so <math display="block"><mrow><mi>a</mi></mrow></math> and <math'),
        (
            "> $$\n> x\n> $$",
            '<blockquote>\n<div class="math"><math display="block"><mrow><mi>x</mi></mrow></math></div>',
        ),
        (r"$p = 50\%$", "<mn>50</mn><mi>%</mi>"),
    ],
)
def test_formulas_become_mathml(text: str, part: str) -> None:
    assert part in render_markdown(text)


@pytest.mark.parametrize(
    "text",
    ["$5 and $10", "US$5 and US$6", r"\$x$ y", "a $ b $ c", "$", "$$", "$ $", "$$a\n\nb$$", "`$x$`", "    $$a$$"],
)
def test_prices_and_lone_dollars_are_no_formulas(text: str) -> None:
    assert "<math" not in render_markdown(text)


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{a}{b", r"a}{b", r"\left( x", r"x^", r"x^2^3", r"\begin{matrix} a", r"\nonesuch{x}", r"\frac", r"\sqrt",
        r"\def\a{\a}\a", r"\href{https://example.org}{x}",
        r"\def\a{x}\a", r"\newcommand{\a}[1]{#1#1#1#1}\a{\a{\a{\a{x}}}}", "{" * 40 + "}" * 40,
        r"\sqrt" * 300 + " x", "x" * 2001, r"\genfrac{}{}{}{}{}{}", r"a \over", r"\mathchoice{a}",
    ],
)  # fmt: skip
def test_a_formula_that_cannot_be_read_is_shown_as_its_source(latex: str) -> None:
    browser = look_at(html := render_markdown(f"before ${latex}$ after"))
    assert '<code class="math">' in html
    assert latex in browser.text


@pytest.mark.parametrize(
    "text",
    [
        "The total is {{ p:.2f }}.", "**{{ p }}** of {{n}}", "$x_{ {{ n }} } < {{ p:.1% }}$", "$\\text{of {{ n }}}$",
        "| a |\n|---|\n| {{ p }} |\n| $y^{{ n }}$ |", "`f({{ n }})`", "```python\nf({{ n }}, {{ p:g }})\n```",
        "# {{ p }}",
        '[{{ p }}](https://example.org "{{ n }}")', "![{{ p }}](https://example.org/x.png)", "$\\nonesuch {{ p }}$",
        "*{{ a }}{{ b }}*{{ a }}", "{{ p:.2f }}{{ p }}",
    ],
)  # fmt: skip
def test_placeholders_survive_as_they_were_written(text: str) -> None:
    assert sorted(re.findall("{{.*?}}", render_markdown(text))) == sorted(re.findall("{{.*?}}", text))


def test_a_value_in_a_formula_is_a_number() -> None:
    assert "<mo>=</mo><mn>{{ n }}</mn>" in render_markdown("$x = {{ n }}$")


def test_an_address_is_never_filled_in() -> None:
    html = render_markdown("[x](https://example.org/{{ p }}) [y]({{ p }}:alert(1))")
    assert fill_html(html, {"p": "javascript"}) == html


@pytest.mark.parametrize(
    "text",
    [r"\{\{ p \}\}", "&#123;{ p }}", r"{\{ p }}", "&#123;&#123; p &#125;&#125;", '![&#123;{ p }}](/x "\\{\\{ p }}")'],
)
def test_braces_made_of_something_else_are_shown_and_never_filled_in(text: str) -> None:
    html = render_markdown(text)
    assert fill_html(html, {}) == html
    assert "{{ p }}" in unescape(html)


@given(
    st.lists(
        st.sampled_from(["{{ p }}", "{{p:.2f}}", "{{ q }}", "*", "a ", "`", "$", "\U000f0000", "&", "\n", "{", "\\"])
    )
)
def test_what_stands_in_a_text_is_what_is_filled_in(parts: list[str]) -> None:
    text = "".join(parts)
    html = render_markdown(text)
    assert html.count("{{") == len(re.findall(r"{{ ?[pq].*?}}", text))
    assert "{{" not in fill_html(html, {"p": "0.5", "q": "<b>"})
    assert look_at(fill_html(html, {"p": "0.5", "q": "<b>"})).harm == []
    assert html.count("\U000f0000") == text.count("\U000f0000")


def test_texts_in_json_get_their_html_beside_them() -> None:
    json = {"a": [{"markdown": "*x*"}, {"markdown": "y", "more": 1}], "b": {"markdown": "z"}, "c": None, "d": "*w*"}
    assert render_texts(json) == {
        "a": [{"markdown": "*x*", "html": "<p><em>x</em></p>\n"}, {"markdown": "y", "more": 1}],
        "b": {"markdown": "z", "html": "<p>z</p>\n"},
        "c": None,
        "d": "*w*",
    }
    assert json["b"] == {"markdown": "z"}


@pytest.fixture
def quiet() -> Iterator[None]:
    """No garbage is collected while times are taken."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    "piece",
    [
        "[", "![", "[a](", "[^", "*a_ ", "*a**", "`", "<", "&", "\\", "$", "$x$ ", "$a ", "${", "$$a\n", "> - ", "|a",
        "| a | b |\n|---|---|\n", "{{ a }}", "{{ ", "[a]: b\n", "a\n=\n", "$\\frac{a}{b}$ ", "$\\sqrt", "$x_",
        "```python\n(\n", "&#x3c;",
    ],
)  # fmt: skip
def test_time_grows_in_proportion_to_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        text = (piece * size)[:size]
        begun = time.process_time()
        render_markdown(text)
        return time.process_time() - begun

    rounds = [(seconds(4_000), seconds(8_000)) for _ in range(5)]
    once, twice = (min(times) for times in zip(*rounds, strict=True))
    assert twice <= 2.5 * once + 0.01
