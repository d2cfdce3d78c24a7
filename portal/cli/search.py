"""``portal search``: the search service from the command line."""

import click
from rich.console import Console
from rich.text import Text

from portal.accounts import AccountError, find_user
from portal.catalogue import Viewer
from portal.cli.common import facet_option, json_option, open_services, print_json
from portal.models import FACETS
from portal.search import SORTS, Hit, HitPlace, ResultPage, SearchRequest
from portal.services import Services

_PLACES = {"page": "第 {} 页", "slide": "幻灯片 {}", "sheet": "工作表", "heading": "", "whole": ""}


@click.command()
@click.argument("query")
@facet_option("industry")
@facet_option("work_type")
@facet_option("stage")
@facet_option("kind")
@facet_option("product")
@facet_option("library")
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--as", "login", metavar="LOGIN", help="Search as this person; default: everything.")
@json_option
def search(
    query: str,
    sort: str,
    page: int,
    limit: int,
    login: str | None,
    *,
    as_json: bool,
    **codes: tuple[str, ...],
) -> None:
    """Find documents and the very page, slide, sheet or heading that answers.

    \b
    Examples:
      portal search "校园 宽带 资费" --industry education
      portal search '"项目建议书" -过期 行业:教育' --stage solution --limit 5
      portal search 5G专线 --json
    """
    services = open_services()
    request = SearchRequest(
        text=query,
        filters={facet: codes[facet] for facet in FACETS if codes.get(facet)},
        sort="newest" if sort == "newest" else "relevance",
        page=page,
        page_size=limit,
    )
    found = services.search.search(request, _viewer(services, login))
    if as_json:
        print_json(page_as_json(found))
    else:
        _print(found)


def _viewer(services: Services, login: str | None) -> Viewer:
    if login is None:
        return Viewer.operator()
    with services.db.read() as session:
        user = find_user(session, login)
        if user is None:
            raise AccountError(f"没有登录名为 {login} 的用户。")
        return Viewer.of(user)


def page_as_json(found: ResultPage) -> dict[str, object]:
    """The documented JSON form of an answer."""
    return {
        "total": found.total,
        "took_ms": round(found.took_ms, 3),
        "page": found.page,
        "pages": found.pages,
        "relaxed": found.relaxed,
        "substring": found.substring,
        "facets": {
            facet: {row.code: row.count for row in rows} for facet, rows in found.facets.items()
        },
        "hits": [_hit_as_json(hit) for hit in found.hits],
    }


def _hit_as_json(hit: Hit) -> dict[str, object]:
    document = hit.document
    published = document.published_at
    return {
        "document": document.id,
        "title": document.title,
        "score": round(hit.score, 4),
        "place": _place_as_json(hit.place),
        "places": [_place_as_json(place) for place in hit.places],
        "snippet": "".join(span.text for span in hit.snippet),
        **{facet: list(codes) for facet, codes in document.keys.items()},
        "status": document.status,
        "format": document.format,
        "version": document.version,
        "author": document.author_login,
        "published": published.isoformat() if published else None,
    }


def _place_as_json(place: HitPlace) -> dict[str, object]:
    return {
        "kind": place.kind,
        "number": place.number,
        "label": place.label,
        "section": place.ordinal,
    }


def _print(found: ResultPage) -> None:
    console = Console(highlight=False)
    if found.relaxed:
        console.print("没有文档包含全部词语，以下文档包含其中大部分：", style="yellow")
    if found.substring:
        console.print("按词语没有找到，以下为文字中直接包含所查内容的文档：", style="yellow")
    for hit in found.hits:
        line = Text(f"{hit.document.id:>5}  ")
        for span in hit.title:
            line.append(span.text, "bold yellow" if span.marked else "bold")
        where = _PLACES[hit.place.kind].format(hit.place.number)
        line.append(f"  [{' '.join(part for part in (where, hit.place.label) if part)}]", "cyan")
        console.print(line)
        passage = Text("       ")
        for span in hit.snippet:
            passage.append(span.text.replace("\n", " "), "yellow" if span.marked else "")
        console.print(passage)
    console.print(f"{found.total} documents, {found.took_ms:.1f} ms", style="dim")
