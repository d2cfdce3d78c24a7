"""``portal search``: the search service from the command line."""

import click
from rich.console import Console
from rich.text import Text

from portal.cli.common import (
    as_option,
    filter_options,
    filters_of,
    json_option,
    match_option,
    open_services,
    print_json,
    viewer_of,
)
from portal.search import SORTS, Match, ResultPage, SearchRequest, Sort, page_as_json

_PLACES = {"page": "第 {} 页", "slide": "幻灯片 {}", "sheet": "工作表", "heading": "", "whole": ""}


@click.command()
@click.argument("query")
@filter_options
@match_option
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@as_option
@json_option
def search(
    query: str,
    match: Match,
    sort: Sort,
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
        filters=filters_of(codes),
        match=match,
        sort=sort,
        page=page,
        page_size=limit,
    )
    found = services.search.search(request, viewer_of(services, login))
    if as_json:
        print_json(page_as_json(found))
    else:
        _print(found)


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
