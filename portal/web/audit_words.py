"""The audit log's codes in the reader's language."""

from collections.abc import Mapping

from portal.audit import Act
from portal.web.messages import LazyText, lazy_gettext

ACTS: Mapping[str, LazyText] = {
    Act.SIGN_IN: lazy_gettext("登录"),
    Act.SIGN_IN_FAILED: lazy_gettext("登录失败"),
    Act.SIGN_OUT: lazy_gettext("退出登录"),
    Act.ACCOUNT_ADDED: lazy_gettext("新建账号"),
    Act.ACCOUNT_CHANGED: lazy_gettext("修改账号"),
    Act.ACCOUNT_DEACTIVATED: lazy_gettext("停用账号"),
    Act.ACCOUNT_REACTIVATED: lazy_gettext("恢复账号"),
    Act.ACCOUNTS_IMPORTED: lazy_gettext("批量导入账号"),
    Act.ACCOUNT_LOCKED: lazy_gettext("登录被暂时限制"),
    Act.PASSWORD_CHANGED: lazy_gettext("修改密码"),
    Act.PASSWORD_RESET_ASKED: lazy_gettext("申请重置密码"),
    Act.PASSWORD_RESET: lazy_gettext("重置密码"),
    Act.SECOND_FACTOR_ON: lazy_gettext("开启两步验证"),
    Act.SECOND_FACTOR_OFF: lazy_gettext("关闭两步验证"),
    Act.SESSION_REVOKED: lazy_gettext("结束登录会话"),
    Act.TOKEN_MADE: lazy_gettext("新建接口令牌"),
    Act.TOKEN_REVOKED: lazy_gettext("撤销接口令牌"),
    Act.WEBHOOK_ADDED: lazy_gettext("新建网络钩子"),
    Act.WEBHOOK_CHANGED: lazy_gettext("修改网络钩子"),
    Act.WEBHOOK_REMOVED: lazy_gettext("删除网络钩子"),
    Act.FEED_ADDRESS_MADE: lazy_gettext("新建订阅地址"),
    Act.FEED_ADDRESS_REVOKED: lazy_gettext("撤销订阅地址"),
    Act.DOCUMENT_SUBMIT: lazy_gettext("提交审核"),
    Act.DOCUMENT_WITHDRAW: lazy_gettext("撤回提交"),
    Act.DOCUMENT_PUBLISH: lazy_gettext("发布资料"),
    Act.DOCUMENT_RETURN: lazy_gettext("退回修改"),
    Act.DOCUMENT_ARCHIVE: lazy_gettext("归档资料"),
    Act.DOCUMENT_SUPERSEDE: lazy_gettext("由新资料取代"),
    Act.DOCUMENT_RESTORE: lazy_gettext("恢复资料"),
    Act.DOCUMENT_NEW_VERSION: lazy_gettext("更新版本"),
    Act.DOCUMENT_PROPOSE_VERSION: lazy_gettext("提交新版本"),
    Act.DOCUMENT_ACCEPT_VERSION: lazy_gettext("通过新版本"),
    Act.DOCUMENT_RETURN_VERSION: lazy_gettext("退回新版本"),
    Act.DOCUMENT_WITHDRAW_VERSION: lazy_gettext("撤回新版本"),
    Act.DOCUMENT_RESTORE_VERSION: lazy_gettext("恢复旧版本"),
    Act.DOCUMENT_REASSIGN: lazy_gettext("转交审核"),
    Act.DOCUMENT_CONFIRM: lazy_gettext("确认仍然有效"),
    Act.DOCUMENT_HAND_OVER: lazy_gettext("更换维护人"),
    Act.DOCUMENT_VISIBILITY: lazy_gettext("修改可见范围"),
    Act.DOCUMENT_DISCARD: lazy_gettext("删除草稿"),
    Act.DOCUMENT_TEMPLATE: lazy_gettext("设为或取消模板"),
    Act.DOCUMENT_DOWNLOADED: lazy_gettext("下载受限资料"),
    Act.SLOT_ADDED: lazy_gettext("新增模板位"),
    Act.SLOT_FILLED: lazy_gettext("填入模板位"),
    Act.SLOT_REPLACED: lazy_gettext("更换模板位的资料"),
    Act.SLOT_CONFIRMED: lazy_gettext("确认模板位"),
    Act.SLOT_CLEARED: lazy_gettext("清空模板位"),
    Act.SLOT_RULE: lazy_gettext("修改模板位的规则"),
    Act.SLOT_RETIRED: lazy_gettext("停用模板位"),
    Act.SYNONYMS_ADDED: lazy_gettext("添加同义词"),
    Act.SYNONYMS_REMOVED: lazy_gettext("移除同义词"),
    Act.WORD_ADDED: lazy_gettext("添加词典词语"),
    Act.WORD_REMOVED: lazy_gettext("移除词典词语"),
    Act.TAXONOMY_ADDED: lazy_gettext("新增分类"),
    Act.TAXONOMY_CHANGED: lazy_gettext("修改分类"),
    Act.TAXONOMY_RETIRED: lazy_gettext("停用分类"),
    Act.REVIEW_PERIODS: lazy_gettext("修改复核周期"),
    Act.INTAKE_RETRIED: lazy_gettext("重试收录"),
    Act.INTAKE_DISMISSED: lazy_gettext("放弃收录"),
    Act.JOB_ASKED: lazy_gettext("手动运行任务"),
    Act.JOB_PAUSED: lazy_gettext("暂停任务"),
    Act.JOB_RESUMED: lazy_gettext("恢复任务"),
    Act.REINDEXED: lazy_gettext("重建索引"),
    Act.BACKED_UP: lazy_gettext("备份"),
    Act.RESTORED: lazy_gettext("从备份恢复"),
    Act.REPAIRED: lazy_gettext("修复索引"),
    Act.AUDIT_EXPORTED: lazy_gettext("导出审计日志"),
}
"""Every act; a test fails where one is missing."""

GROUPS: Mapping[str, LazyText] = {
    "sign-in": lazy_gettext("登录"),
    "account": lazy_gettext("账号"),
    "password": lazy_gettext("密码"),
    "second-factor": lazy_gettext("两步验证"),
    "token": lazy_gettext("接口令牌"),
    "webhook": lazy_gettext("网络钩子"),
    "feed-address": lazy_gettext("订阅地址"),
    "document": lazy_gettext("资料"),
    "slot": lazy_gettext("知识地图"),
    "job": lazy_gettext("任务"),
    "portal": lazy_gettext("备份和维护"),
}
"""Groups of acts that can be asked for as one, by what stands before the full stop."""

SUBJECTS: Mapping[str, LazyText] = {
    "document": lazy_gettext("资料"),
    "user": lazy_gettext("账号"),
    "slot": lazy_gettext("模板位"),
    "synonyms": lazy_gettext("同义词"),
    "word": lazy_gettext("词语"),
    "job": lazy_gettext("任务"),
    "intake": lazy_gettext("收录"),
    "feed-address": lazy_gettext("订阅地址"),
    "token": lazy_gettext("接口令牌"),
    "webhook": lazy_gettext("网络钩子"),
}
"""Kinds of what acts are about."""

WAYS: Mapping[str, LazyText] = {
    "web": lazy_gettext("网页"),
    "api": lazy_gettext("接口"),
    "command": lazy_gettext("命令行"),
    "job": lazy_gettext("后台任务"),
}
"""By which way an act came."""


def act_name(code: str) -> str:
    """The words for an act; a code that a newer release wrote stands for itself."""
    return str(ACTS.get(code, code))


def subject_name(kind: str) -> str:
    """The words for a kind of subject."""
    return str(SUBJECTS.get(kind, kind))


def way_name(code: str) -> str:
    """The words for a way."""
    return str(WAYS.get(code, code))
