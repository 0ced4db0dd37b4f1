"""An address can be followed, or is refused with the repair that was probably meant."""

from __future__ import annotations

import pytest

from service.domain.documents.addresses import flaw


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("https://example.org", None),
        ("http://example.org:8080/a%20b?c=d&e[]=f".replace("[]", ""), None),
        ("https://en.wikipedia.org/wiki/Mercury_(planet)", None),
        ("https://web.archive.org/web/2020/https://example.org/page", None),
        ("https://de.wikipedia.org/wiki/Brötchen", None),
        ("/files/slides.pdf", None),
        ("#grain", None),
        ("https://a.example(https://b.example/x.pdf)", "write https://b.example/x.pdf alone"),
        ("[slides - slides.pdf](https://b.example/x.pdf)", "write https://b.example/x.pdf alone"),
        ("<https://b.example/x>", "write https://b.example/x alone"),
        ("https://b.example/a b", "write https://b.example/a%20b"),
        ("https://b.example/a[1]", "write %5B"),
        ("https:\\\\b.example", "write %5C"),
        ("//b.example/x", "write https://b.example/x"),
        ("b.example/x", "write https://b.example/x"),
        ("localhost:8000/x", "write https://localhost:8000/x"),
        ("javascript:alert(1)", "not with javascript:"),
        ("mailto:someone@b.example", "not with mailto:"),
        ("ftp://b.example/x", "not with ftp:"),
        ("https:/b.example", "lacks its host"),
        ("https://", "lacks its host"),
        ("https://:80/", "lacks its host"),
        ("https://b.example:port/", "host or port"),
        ("https://me:secret@b.example/", "everybody would see"),
    ],
)
def test_an_address_can_be_followed_or_is_refused_with_its_repair(address: str, says: str | None) -> None:
    found = flaw(address)
    assert found is None if says is None else says in (found or "")
