"""What can be wrong with an account or with signing in, as codes with a sentence for each."""

import datetime as dt
from collections.abc import Mapping


def _(text: str) -> str:
    # Marks a text for the translators; the page that shows it translates it.
    return text


SENTENCES: Mapping[str, str] = {
    "unknown-login": _("没有登录名为 %(login)s 的用户。"),
    "login-form": _("登录名应为 1 到 %(longest)s 个字符，不含空格。"),
    "login-taken": _("登录名 %(login)s 已被使用。"),
    "name-form": _("姓名应为 1 到 %(longest)s 个字符。"),
    "unknown-role": _("没有“%(role)s”这种角色。可用的角色：%(roles)s。"),
    "unknown-unit": _("没有代码为 %(unit)s 的单位。可用的代码：%(units)s。"),
    "unknown-industry": _("未知的行业代码：%(industries)s。可用的代码：%(known)s。"),
    "address-form": _("“%(address)s”不是邮箱地址。"),
    "address-taken": _("邮箱 %(address)s 已经登记在 %(name)s（%(login)s）名下。"),
    "password-short": _("密码至少需要 %(shortest)s 个字符。"),
    "password-long": _("密码最多 %(longest)s 个字符。"),
    "password-common": _(
        "这个密码太容易被猜到：它是常见的密码，或者由登录名、姓名、连续或重复的字符组成。"
        "可以换成几个互不相干的词。"
    ),
    "password-wrong": _("现在的密码不正确，没有改动。"),
    "password-elsewhere": _("这个账号在公司的统一认证里登录，密码不在门户里修改。"),
    "last-administrator": _("这是最后一位在用的管理员，不能停用，也不能改成别的角色。"),
    "oneself": _("不能停用自己的账号，也不能改自己的角色。请另一位管理员来做。"),
    "deactivated": _("账号 %(login)s 已停用，要先恢复。"),
    "link-gone": _("这个链接已经用过、已经过期，或者不完整。"),
    "code-wrong": _("验证码不正确，或者已经用过。请等手机上换了新的一组再输入。"),
    "file-form": _("文件的格式无法识别，应是 CSV。可以下载模板填写。"),
    "file-empty": _("文件里没有人员。第一行是列名，每人一行。"),
    "file-columns": _("第一行缺少这些列名：%(columns)s。可以下载模板填写。"),
    "file-long": _("一次最多导入 %(most)s 人，请分成几个文件。"),
    "line-twice": _("“%(value)s”和第 %(line)s 行重复。"),
    "no-second-factor": _("还没有开始设置两步验证，或者已经设置好了。"),
}
"""A sentence for each code; ``%(name)s`` stands for a value of the error."""


class AccountError(ValueError):
    """Something about an account cannot be done as asked.

    ``code`` is one of :data:`SENTENCES`, ``values`` what its sentence names. ``str()`` is the
    sentence in Chinese.
    """

    def __init__(self, code: str, **values: object) -> None:
        self.code, self.values = code, values
        super().__init__(self.template % values)

    @property
    def template(self) -> str:
        """The sentence with places for the values, for those who translate it."""
        return SENTENCES[self.code]


class SignInRefused(Exception):
    """Nobody is signed in: login or password are wrong, and neither is told from the other."""


class NotLetIn(Exception):
    """The person proved who they are elsewhere and may still not come in.

    ``reason`` is ``no-account``, ``deactivated``, ``login-taken`` (by an account with a password
    of its own), ``no-login`` or ``profile`` (the provider's words make no account).
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class TooManyAttempts(Exception):
    """So many attempts have failed that the next is let through only at ``until`` (aware)."""

    def __init__(self, until: dt.datetime) -> None:
        self.until = until
        super().__init__(until.isoformat())


class DirectoryUnavailable(Exception):
    """The company's directory did not answer, or refused the portal itself; the message says."""
