"""Notices in words: one sentence for each kind, the same on the page, in mail and in chat.

The texts are those that translators translate; whoever shows them translates and fills them in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.models import NoticeKind
from portal.notices.inbox import NoticeView
from portal.notices.settings import DIGEST

NameOf = Callable[[str, str], str]
"""The name of a facet's code, for people."""


def _(text: str) -> str:
    # Marks a text for the translators.
    return text


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text with places such as ``%(title)s``, and what stands in them."""

    text: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return self.text % self.values


KIND_NAMES: Mapping[str, str] = {
    DIGEST: _("每日简报"),
    NoticeKind.REVIEW_ASKED: _("请我审核"),
    NoticeKind.RETURNED: _("资料被退回"),
    NoticeKind.PUBLISHED: _("审核通过"),
    NoticeKind.COMMENT: _("新评论"),
    NoticeKind.MENTION: _("有人叫我"),
    NoticeKind.APPLIED: _("用了我的资料"),
    NoticeKind.PROBLEM_REPORTED: _("资料有问题"),
    NoticeKind.PROBLEM_ANSWERED: _("问题有了答复"),
    NoticeKind.NEW_VERSION: _("下载过的资料有更新"),
    NoticeKind.REVIEW_DUE: _("资料该核对了"),
    NoticeKind.SLOT_DUE: _("知识地图该更新了"),
    NoticeKind.ALERT: _("保存的搜索有新资料"),
    NoticeKind.REQUEST_ASKED: _("请我补充资料"),
    NoticeKind.REQUEST_ANSWERED: _("求助有了答复"),
    NoticeKind.JOB_FAILED: _("后台任务失败"),
    NoticeKind.WEBHOOK_STOPPED: _("Webhook 停用"),
}
SENTENCES: Mapping[str, str] = {
    NoticeKind.REVIEW_ASKED: _("%(actor)s请您审核《%(title)s》。"),
    NoticeKind.RETURNED: _("%(actor)s退回了《%(title)s》，请修改后再提交。"),
    NoticeKind.PUBLISHED: _("《%(title)s》已通过审核，发布了。"),
    NoticeKind.COMMENT: _("%(actor)s评论了《%(title)s》。"),
    NoticeKind.MENTION: _("%(actor)s在《%(title)s》的评论里叫您来看。"),
    NoticeKind.APPLIED: _("%(actor)s用上了您的《%(title)s》，还写了用来做什么。"),
    NoticeKind.PROBLEM_REPORTED: _("%(actor)s报告《%(title)s》有问题，请看一看。"),
    NoticeKind.PROBLEM_ANSWERED: _("%(actor)s答复了您在《%(title)s》上报告的问题。"),
    NoticeKind.NEW_VERSION: _("您下载过的《%(title)s》有了新版本，可以看看改了什么。"),
    NoticeKind.REVIEW_DUE: _("《%(title)s》到了该核对的日子：内容还有效吗？"),
    NoticeKind.SLOT_DUE: _("知识地图“%(place)s”的资料该更新了。"),
    NoticeKind.ALERT: _("您保存的搜索找到了新资料：《%(title)s》。"),
    NoticeKind.REQUEST_ASKED: _("%(actor)s没搜到“%(text)s”，请您帮忙补充。"),
    NoticeKind.REQUEST_ANSWERED: _("您没搜到的“%(text)s”，有同事答复了。"),
    NoticeKind.JOB_FAILED: _("后台任务“%(job)s”没有成功，请到任务页看看原因。"),
    NoticeKind.WEBHOOK_STOPPED: _("“%(name)s”一直收不下消息，已经停用，请看看对方系统。"),
}
NOBODY = _("同事")
HIDDEN = _("这条通知说到的资料，您现在看不到了。")
REMINDER = _("《%(title)s》等您审核已经超过两个工作日。")
SUPERSEDED = _("您下载过的《%(title)s》已被另一份资料取代。")
ANSWERED_WITH = _("您没搜到的“%(text)s”有了答复：《%(title)s》。")
PROPOSED = _("有份新资料可能正好回答同事没搜到的“%(text)s”，请看一看。")
SEARCH_FOUND = _("您保存的搜索“%(name)s”找到了 %(count)s 份新资料。")
UPDATE_RETURNED = _("%(actor)s退回了《%(title)s》的新版本，请修改后再提交。")
UPDATE_PUBLISHED = _("《%(title)s》的新版本已通过审核，发布了。")
# What these say makes sense without the document, which may have gone.
WITHOUT_DOCUMENT = frozenset(
    {
        NoticeKind.SLOT_DUE,
        NoticeKind.REQUEST_ASKED,
        NoticeKind.REQUEST_ANSWERED,
        NoticeKind.JOB_FAILED,
        NoticeKind.WEBHOOK_STOPPED,
    }
)


def is_hidden(notice: NoticeView, title: str | None) -> bool:
    """Whether the notice is about a document that its reader may not read (any more)."""
    return notice.document_id is not None and title is None and notice.kind not in WITHOUT_DOCUMENT


def phrase_of(notice: NoticeView, title: str | None, name_of: NameOf) -> Phrase:
    """What happened, in one sentence. ``title`` is ``None`` where the reader may not know it."""
    if is_hidden(notice, title):
        return Phrase(HIDDEN, {})
    values = {
        "actor": notice.actor or NOBODY,
        "title": title or "",
        "job": str(notice.data.get("job", "")),
        "place": _place(notice.data, name_of),
        **{key: str(notice.data.get(key, "")) for key in ("name", "count", "text")},
    }
    return Phrase(_text(notice, title), values)


def _text(notice: NoticeView, title: str | None) -> str:
    data = notice.data
    special = {
        NoticeKind.REVIEW_ASKED: REMINDER if data.get("reminder") else "",
        NoticeKind.NEW_VERSION: SUPERSEDED if data.get("successor") else "",
        NoticeKind.ALERT: SEARCH_FOUND if data.get("count") else "",
        NoticeKind.REQUEST_ASKED: PROPOSED if title and data.get("proposed") else "",
        NoticeKind.REQUEST_ANSWERED: ANSWERED_WITH if title else "",
        NoticeKind.RETURNED: UPDATE_RETURNED if data.get("version") else "",
        NoticeKind.PUBLISHED: UPDATE_PUBLISHED if data.get("version") else "",
    }
    kind = NoticeKind(notice.kind)
    return special.get(kind) or SENTENCES[kind]


def _place(data: Mapping[str, Any], name_of: NameOf) -> str:
    facets = ("industry", "stage", "kind")
    return " · ".join(name_of(facet, str(data[facet])) for facet in facets if data.get(facet))
