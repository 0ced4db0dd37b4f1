"""Sentences without marks are rendered as they are, which must be what the library would make of them."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from service.content import markdown
from service.content.sanitising import sanitised


@given(st.text(st.sampled_from("aZé9 1.,;:?!()'/%–—’“”-*_`<&$#[]{}\\\n\tЖ中"), max_size=30))
@example("12. a")
@example("1) a")
@example("a  b")
@example("a - b")
@example("12")
def test_plain_sentences_are_rendered_as_all_others_would_be(text: str) -> None:
    if markdown.PLAIN.fullmatch(text):
        assert markdown.render_markdown(text) == sanitised(markdown._PARSER.render(text))


def test_most_sentences_are_plain() -> None:
    for text in ("Yes.", "What is it, then?", "12", "12 apples (or pears)", "It’s “plain” – really: 50%!"):
        assert markdown.PLAIN.fullmatch(text), text
    for text in ("", " a", "a ", "12.", "a*b*", "a_b_", "a\nb", "<b>", "&amp;", "$x$", "{{ x }}", "- a", "`a`", "a]("):
        assert not markdown.PLAIN.fullmatch(text), text
