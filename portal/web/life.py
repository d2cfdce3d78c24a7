"""Where a document stands, in the words of its page."""

import datetime as dt
from collections.abc import Mapping

from flask import Flask

from portal.catalogue.life import Life, life_of
from portal.catalogue.transitions import Action, Step
from portal.db import utcnow
from portal.models import Status
from portal.services import Services
from portal.web.context import services
from portal.web.messages import LazyText, date, lazy_gettext
from portal.web.viewer import current_viewer

STATUS_NAMES: Mapping[str, LazyText] = {
    Status.DRAFT: lazy_gettext("草稿"),
    Status.IN_REVIEW: lazy_gettext("审核中"),
    Status.RETURNED: lazy_gettext("已退回"),
    Status.PUBLISHED: lazy_gettext("已发布"),
    Status.SUPERSEDED: lazy_gettext("已被取代"),
    Status.ARCHIVED: lazy_gettext("已归档"),
}
STEP_NAMES: Mapping[str, LazyText] = {
    Action.SUBMIT: lazy_gettext("提交审核"),
    Action.WITHDRAW: lazy_gettext("撤回提交"),
    Action.PUBLISH: lazy_gettext("发布"),
    Action.RETURN: lazy_gettext("退回修改"),
    Action.ARCHIVE: lazy_gettext("归档"),
    Action.SUPERSEDE: lazy_gettext("由另一份资料取代"),
    Action.RESTORE: lazy_gettext("恢复发布"),
    Step.NEW_VERSION: lazy_gettext("上传新版本"),
    Step.PROPOSE_VERSION: lazy_gettext("提交新版本"),
    Step.ACCEPT_VERSION: lazy_gettext("采用新版本"),
    Step.RETURN_VERSION: lazy_gettext("退回新版本"),
    Step.WITHDRAW_VERSION: lazy_gettext("撤回新版本"),
    Step.RESTORE_VERSION: lazy_gettext("恢复旧版本"),
    Step.REASSIGN: lazy_gettext("转交审核"),
    Step.CONFIRM: lazy_gettext("确认仍然有效"),
    Step.HAND_OVER: lazy_gettext("更换维护人"),
}
# Steps after which readers read the version that is named with them.
VERSION_STEPS = frozenset(
    {Action.PUBLISH, Step.NEW_VERSION, Step.ACCEPT_VERSION, Step.RESTORE_VERSION}
)
SENTENCES: Mapping[str, LazyText] = {
    "way": lazy_gettext("这份资料的状态刚刚变了，这一步没有做。请看看它现在的状态，再决定怎么办。"),
    "part": lazy_gettext("这一步要由作者、维护人、审核人或管理员来做。什么都没有改动。"),
    "comment": lazy_gettext("请写一两句退回的原因，作者才知道怎么改。还没有退回。"),
    "person": lazy_gettext("没有找到可以接手的这位同事，什么都没有改动。请核对后再试一次。"),
    "document": lazy_gettext("取代它的应是另一份已经发布、您也能阅读的资料。请换一份再试。"),
    "changed": lazy_gettext("刚刚有了更新的版本，还没有作决定。请看过新的内容再决定。"),
    "version": lazy_gettext("这个版本不能用，什么都没有改动。请从版本历史里另选一个。"),
    "days": lazy_gettext("天数应是 1 到 3650 之间的整数。什么都没有改动。"),
}


def init_app(app: Flask, _services: Services) -> None:
    """Give templates the names of statuses and steps."""
    app.jinja_env.globals.update(
        STATUS_NAMES=STATUS_NAMES,
        STEP_NAMES=STEP_NAMES,
        VERSION_STEPS=VERSION_STEPS,
    )
    app.jinja_env.filters.update(exact_day=exact_day)


def exact_day(moment: dt.datetime) -> str:
    """The date in the portal's time zone."""
    return date(moment, "yyyy-MM-dd")


def life(document_id: int) -> Life:
    """Where a document stands for whoever reads it now."""
    with services().db.read() as session:
        return life_of(
            session, current_viewer(), document_id, utcnow(), services().settings.timezone
        )
