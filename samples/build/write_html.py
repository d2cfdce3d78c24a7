"""Pages as they would stand in the operator's intranet."""

import html

from samples.build import blocks
from samples.build.blocks import Heading
from samples.build.markup import to_html
from samples.build.source import Source
from samples.build.words import look

_STYLE = """
body{margin:0;background:#f4f6f6;color:#1f2933;line-height:1.75;
font-family:"Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif}
header.site{background:#COLOUR;color:#fff;padding:12px 24px}
header.site a{color:#fff;margin-right:18px;text-decoration:none}
main{max-width:880px;margin:24px auto;padding:24px 40px;background:#fff}
.crumbs,.byline,footer{color:#52606d;font-size:14px}
h1{font-size:26px;line-height:1.35}
h2{font-size:20px;border-left:4px solid #COLOUR;padding-left:10px}
table{border-collapse:collapse;width:100%;margin:16px 0}
th{background:#COLOUR;color:#fff}th,td{border:1px solid #cbd2d9;padding:6px 10px;text-align:left}
blockquote{margin:16px 0;padding:4px 16px;background:#eef5f4}
aside{border-top:1px solid #cbd2d9;margin-top:32px;font-size:14px}
footer{max-width:880px;margin:0 auto 32px;padding:0 40px}
@media(max-width:640px){main{padding:16px;margin:0}table{display:block;overflow-x:auto}}
@media print{header.site,nav,aside,footer{display:none}}
"""
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="author" content="{author}">
<title>{title} - {site}</title>
<style>{style}</style>
</head>
<body>
<header class="site"><strong>{site}</strong>
<nav><a href="/">{home}</a><a href="/solutions/">{solutions}</a>
<a href="/notices/">{notices}</a></nav>
</header>
<main>
<nav class="crumbs"><a href="/">{home}</a> › <a href="/solutions/">{solutions}</a></nav>
<article>
{body}
</article>
<aside>
<h2>{contents}</h2>
<ul>
{links}
</ul>
</aside>
</main>
<footer>{operator} {department}　<time datetime="{date}">{date}</time>　{internal}</footer>
</body>
</html>
"""
_SIMPLIFIED = {
    "site": "岭海通信政企内网",
    "home": "首页",
    "solutions": "方案中心",
    "notices": "通知公告",
    "contents": "本页目录",
    "department": "政企客户部",
    "internal": "内部网站，请勿外传账号。建议使用内网浏览器访问。",
}
_TRADITIONAL = {
    "site": "嶺海通信政企內聯網",
    "home": "主頁",
    "solutions": "方案中心",
    "notices": "通告",
    "contents": "本頁目錄",
    "department": "政企客戶部",
    "internal": "內部網站，請勿外傳帳號。",
}


def write(source: Source) -> bytes:
    """A self-contained UTF-8 page with the navigation and footer of an intranet."""
    style = look(source)
    body = blocks.parse(source.body)
    headings = [block for block in body if isinstance(block, Heading)]
    links = "\n".join(
        f'<li><a href="#s{number}">{html.escape(heading.text)}</a></li>'
        for number, heading in enumerate(headings, 1)
        if heading.level == 2
    )
    page = _PAGE.format(
        language=style.language,
        author=source.author_name,
        title=html.escape(source.title),
        style=_STYLE.replace("COLOUR", style.colour),
        body=to_html(body),
        links=links,
        operator=style.operator,
        date=source.date.isoformat(),
        **(_TRADITIONAL if source.traditional else _SIMPLIFIED),
    )
    return page.encode()
