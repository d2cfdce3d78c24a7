"""``portal explain``: how a document's score came about, or why it is not found."""

from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from portal.catalogue import Viewer, document_for
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
from portal.search import Match, SearchRequest
from portal.search.explain import Explanation, Obstacle

TOP_GRAMS = 10
_OBSTACLES = {
    "index": "索引中没有这份文档：可能刚刚入库，或者已被移走",
    "permission": "这位读者没有阅读权限",
    "word": "文中没有“{}”",
    "titles": "标题中没有“{}”",
    "phrases": "文中没有原样出现“{}”",
    "excluded": "文中有要排除的“{}”",
    "authors": "作者不是 {}",
    "after": "不是 {} 或以后发布的",
    "before": "不是 {} 或以前发布的",
}
_FILTERED = "不符合筛选 {}:{}"


@click.command()
@click.argument("query")
@click.argument("document", type=click.IntRange(1), metavar="DOC")
@filter_options
@match_option
@as_option
@json_option
def explain(
    query: str,
    document: int,
    match: Match,
    login: str | None,
    *,
    as_json: bool,
    **codes: tuple[str, ...],
) -> None:
    """Show how the score of the document numbered DOC came about, or what keeps it out.

    The parts add up to the score that `portal search` shows.

    \b
    Examples:
      portal explain "校园 宽带 资费" 12
      portal explain "专线 底价" 7 --as linruoxi
      portal explain 5G专线 12 --industry education --json
    """
    services = open_services()
    viewer = viewer_of(services, login)
    with services.db.read() as session:
        title = document_for(session, Viewer.operator(), document).summary.title
    request = SearchRequest(query, filters_of(codes), match=match)
    explained = services.search.explain(request, viewer, document)
    if as_json:
        print_json({"title": title, **explanation_as_json(explained)})
    else:
        _print(explained, title)


def explanation_as_json(explained: Explanation) -> dict[str, object]:
    """Every number of an explanation, with its sums."""
    body = asdict(explained)
    del body["query"]
    return {
        "query": _query_as_json(explained),
        **body,
        "first_stage": explained.first_stage,
        "second_stage": explained.second_stage,
        "score": explained.score,
    }


def _query_as_json(explained: Explanation) -> dict[str, object]:
    query = explained.query
    return {
        "words": [list(word.options) for word in query.words],
        "phrases": list(query.phrases),
        "excluded": list(query.excluded),
        "titles": list(query.titles),
        "authors": list(query.authors),
        "filters": {facet: list(codes) for facet, codes in query.filters.items()},
        "after": query.after.isoformat() if query.after else None,
        "before": query.before.isoformat() if query.before else None,
    }


def _print(explained: Explanation, title: str) -> None:
    console = Console(highlight=False)
    console.print(f"文档 {explained.document}  [bold]{title}[/bold]")
    console.print(f"查询  {_reading(explained)}", style="cyan")
    for obstacle in explained.obstacles:
        console.print(f"未找到：{_sentence(obstacle)}", style="yellow")
    if explained.missing:
        console.print(f"文中缺少  {'、'.join(explained.missing)}", style="yellow")
    if explained.rank is not None:
        console.print(f"第 {explained.rank} 名，共 {explained.total} 份")
    if not explained.query.has_text:
        console.print("没有词语可以计分，按发布时间排列。")
    elif explained.section is not None:
        console.print(_terms(explained))
        if explained.grams:
            console.print(_grams(explained))
        console.print(
            f"合计  {explained.first_stage:.4f} + {explained.second_stage:.4f}"
            f" = [bold]{explained.score:.4f}[/bold]"
        )


def _reading(explained: Explanation) -> str:
    query = explained.query
    parts = ["/".join(word.options) for word in query.words]
    parts += [f'"{phrase}"' for phrase in query.phrases]
    parts += [f"title:{word}" for word in query.titles]
    parts += [f"-{word}" for word in query.excluded]
    parts += [f"author:{login}" for login in query.authors]
    parts += [f"{facet}:{code}" for facet, codes in query.filters.items() for code in codes]
    parts += [f"after:{query.after}"] if query.after else []
    parts += [f"before:{query.before}"] if query.before else []
    return " · ".join(parts)


def _sentence(obstacle: Obstacle) -> str:
    if obstacle.kind in _OBSTACLES:
        return _OBSTACLES[obstacle.kind].format(obstacle.value)
    return _FILTERED.format(obstacle.kind, obstacle.value)


def _terms(explained: Explanation) -> Table:
    table = Table(title=f"第一阶段：第 {explained.section} 节", title_justify="left")
    for name in ("查询词", "索引词"):
        table.add_column(name)
    for name in ("文档数", "idf", "正文", "标题", "impact", "得分"):
        table.add_column(name, justify="right")
    for term in explained.terms:
        table.add_row(
            term.word,
            term.term,
            str(term.document_frequency),
            f"{term.idf:.4f}" if term.counts else "太常见",
            str(term.frequencies["body"]),
            str(term.frequencies["title"]),
            f"{term.impact:.4f}",
            f"{term.contribution:.4f}",
        )
    if abs(explained.exact) > 1e-4:
        table.add_row("原样出现", "", "", "", "", "", "", f"{explained.exact:.4f}")
    table.add_row("小计", "", "", "", "", "", "", f"{explained.first_stage:.4f}", style="bold")
    return table


def _grams(explained: Explanation) -> Table:
    table = Table(title="第二阶段：连续的字", title_justify="left")
    table.add_column("字")
    for name in ("次数", "得分"):
        table.add_column(name, justify="right")
    for gram in explained.grams[:TOP_GRAMS]:
        table.add_row(gram.gram, str(gram.count), f"{gram.contribution:.4f}")
    rest = explained.grams[TOP_GRAMS:]
    if rest:
        table.add_row(f"其余 {len(rest)} 个", "", f"{sum(each.contribution for each in rest):.4f}")
    table.add_row("小计", "", f"{explained.second_stage:.4f}", style="bold")
    return table
