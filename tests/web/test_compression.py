"""Pages and static files travel compressed, and their length tells nothing of what they hold."""

import gzip

from tests.web.visitor import Visitor

GZIP = {"Accept-Encoding": "gzip"}


def test_pages_and_styles_are_sent_compressed(guest: Visitor) -> None:
    for address in ("/", "/search?q=校园", "/static/parts.css", "/static/upload.js"):
        plain, packed = guest.get(address), guest.get(address, headers=GZIP)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert len(packed.data) < len(plain.data) / 2
        assert gzip.decompress(packed.data)[:500] == plain.data[:500]


def test_originals_are_sent_as_they_are(guest: Visitor) -> None:
    link = next(iter(guest.get("/search?q=学年价").links(".hit h2 a").values()))
    original = guest.get(f"{link.partition('?')[0].partition('#')[0]}/original", headers=GZIP)
    assert "Content-Encoding" not in original.headers
    assert original.data.startswith(b"PK")


def test_the_length_of_a_page_does_not_repeat(guest: Visitor) -> None:
    lengths = {len(guest.get("/login", headers=GZIP).data) for _ in range(20)}
    assert len(lengths) > 5


def test_a_style_that_has_not_changed_is_not_sent_again(guest: Visitor) -> None:
    first = guest.get("/static/parts.css", headers=GZIP)
    again = guest.get("/static/parts.css", headers={**GZIP, "If-None-Match": first.headers["ETag"]})
    assert again.status == 304
