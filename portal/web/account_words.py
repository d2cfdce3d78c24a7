"""The sentences about accounts in the reader's language."""

import datetime as dt
from collections.abc import Mapping

from portal.accounts import AccountError, NotLetIn, TooManyAttempts
from portal.db import utcnow
from portal.models import Role, SignInMethod
from portal.web.messages import LazyText, from_now, gettext, lazy_gettext

ROLE_NAMES: Mapping[Role, LazyText] = {
    Role.INDUSTRY_MANAGER: lazy_gettext("行业经理"),
    Role.ACCOUNT_MANAGER: lazy_gettext("客户经理"),
    Role.PRODUCT_MANAGER: lazy_gettext("产品经理"),
    Role.BUSINESS_MANAGER: lazy_gettext("综合业务经理"),
    Role.ADMINISTRATOR: lazy_gettext("管理员"),
}
METHOD_NAMES: Mapping[SignInMethod, LazyText] = {
    SignInMethod.LOCAL: lazy_gettext("密码"),
    SignInMethod.DIRECTORY: lazy_gettext("公司目录"),
    SignInMethod.OPENID: lazy_gettext("统一认证"),
}
_NOT_LET_IN: Mapping[str, LazyText] = {
    "no-account": lazy_gettext("公司认证通过了，但您在门户里还没有账号。请联系管理员开通。"),
    "deactivated": lazy_gettext("您在门户里的账号已停用。如果工作需要，请联系管理员恢复。"),
    "login-taken": lazy_gettext(
        "门户里已有同名账号，并且另设了密码。请先用那个密码登录，或请管理员清除它的密码。"
    ),
    "no-login": lazy_gettext("公司认证没有给出您的登录名，无法登录。请联系管理员检查配置。"),
    "profile": lazy_gettext("公司认证给出的资料建不成账号，无法登录。请联系管理员检查配置。"),
}


def sentence(error: AccountError) -> str:
    """What is wrong, in the reader's language."""
    return gettext(error.template, **error.values)


def not_let_in(error: NotLetIn) -> str:
    """Why somebody whom a provider knows does not come in."""
    return str(_NOT_LET_IN[error.reason])


def wait_sentence(error: TooManyAttempts) -> str:
    """When to try again."""
    return gettext("试的次数太多了，请%(when)s再试。", when=from_now(_rounded(error)))


def wait_header(error: TooManyAttempts) -> dict[str, str]:
    """The header that says the same to programs, in seconds."""
    return {"Retry-After": str(max(1, round((error.until - utcnow()).total_seconds())))}


def _rounded(error: TooManyAttempts) -> dt.timedelta:
    """The wait in what will be shown as whole minutes: whoever waits so long gets through."""
    left = max(dt.timedelta(seconds=1), error.until - utcnow())
    minute = dt.timedelta(minutes=1)
    return -(-left // minute) * minute if left > minute else left
