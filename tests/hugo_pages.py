"""Pages made by chance of everything a Hugo page may hold, with every word known: those shown, and those hidden."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

SHOWN = (
    "# {}\n",
    "## {} {}\n",
    "### Monday: {}\n",
    "### {}\n",
    "## Class Meetings\n",
    "## Preparation\n",
    "### Supplemental {}\n",
    "**Optional:**\n",
    "- {}\n",
    "- {} {}: {}\n",
    "  - {}\n",
    "    - {} {}\n",
    "1. {}\n",
    "- \n  {}\n",
    "- [ ] {}\n",
    "- Read [{}](https://{}.example/{}) {}\n",
    "- **Watch** {} of [{}](https://{}.example) ({} if needed) {}\n",
    "- *optional*: skim [{}](https://{}.example); extension: [{}](https://{}.example/x)\n",
    "- [{}](https://{}.example) or [{}](https://{}.example)\n",
    "- Read [{}](https://{}.example) and [{}](https://{}.example), see also [{}](https://{}.example)\n",
    "- [{}](https://{}.example) ([pdf](https://{}.example), {})\n",
    "- Read {} {}\n",
    "- Read Chapter 3 of {} (pp. 3-7) {}\n",
    "- Complete {} quiz [{}](https://{}.example) {}\n",
    "- If {}, read [{}](https://{}.example)\n",
    "- [Some {}]([a - a.pdf](https://{}.example/a.pdf))\n",
    "- Friday: {} [{}](https://{}.example)\n",
    "- Homework 3: {}\n",
    "- {}?\n",
    "Read {} [{}](https://{}.example) {}.\n\n",
    "{} {} [{}](https://{}.example) {}.\n\n",
    "Students should be able to:\n\n",
    "{} answer the following questions:\n\n",
    "Choose one {} and read {}:\n\n",
    "> {}\n\n",
    "```\n{}\n```\n",
    "| {} | {} |\n|---|---|\n| {} | {} |\n\n",
    '{{{{% details summary="{}" %}}}}\n\n{}\n\n{{{{% /details %}}}}\n\n',
    '{{{{% details summary="Monday {}" %}}}}\n- {}\n- [{}](https://{}.example)\n\n{{{{% /details %}}}}\n\n',
    "<details><summary>{}</summary>{}</details>\n\n",
    "{{{{< youtube {} >}}}}\n",
    "- {{{{< unheard_of {} >}}}} {}\n",
    "{{{{% unheard_of %}}}}{}{{{{% /unheard_of %}}}}\n",
    "[{}][{}]\n\n",
    '<b>{}</b> <a href="https://{}.example">{}</a>\n',
    "<br>{}\n",
    "![{}](https://{}.example/a.png)\n",
    "**{}**\n",
    "{}:\n",
    "$ {} $\n",
    "---\n",
    "* * *\n",
    "\n",
    "\n\n",
)
HIDDEN = (
    "<!-- {} -->",
    "<!--\n{}\n\n- {}\n-->",
    "{{{{% next-year %}}}}\n## {}\n- {}\n{{{{% /next-year %}}}}\n",
    "{{{{< comment >}}}}{}{{{{< /comment >}}}}",
    "<div hidden>{}</div>",
    "<script>{}</script>",
    "[//]: # ({})\n",
)


@dataclass
class Page:
    """A page, the words on it that readers see, and those that nobody may see."""

    text: str = ""
    shown: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def add(self, shape: str, words: list[str]) -> None:
        """Add a piece with new words, which are of one of the two kinds."""
        slots = shape.replace("{{", "").replace("}}", "").count("{}")
        number = len(self.shown) + len(self.hidden)
        new = [f"word{number + at}x" for at in range(slots)]
        words += new
        self.text += shape.format(*new)


def page_by_chance(seed: int) -> Page:
    """A page of up to 25 pieces."""
    chance = random.Random(seed)
    page = Page()
    if chance.random() < 0.7:
        page.add("---\ntitle: Unit 3, {}\n", page.shown)
        page.add("# {}\nlayout: {}\n---\n", page.hidden)
    for _ in range(chance.randint(1, 25)):
        is_hidden = chance.random() < 0.15
        shape = chance.choice(HIDDEN if is_hidden else SHOWN)
        page.add(shape, page.hidden if is_hidden else page.shown)
    return page
