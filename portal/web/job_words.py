"""Jobs in the words that administrators use."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from portal.models import RunState
from portal.timetable import JobView
from portal.web.messages import LazyText, date, gettext, lazy_gettext, ngettext, number
from portal.web.wording import lasted

STATE_NAMES: Mapping[str, LazyText] = {
    RunState.RUNNING: lazy_gettext("运行中"),
    RunState.OK: lazy_gettext("成功"),
    RunState.FAILED: lazy_gettext("失败"),
    RunState.INTERRUPTED: lazy_gettext("中断"),
}
# What jobs count, by the names in portal/jobs.
COUNT_NAMES: Mapping[str, LazyText] = {
    "alerts": lazy_gettext("保存的搜索"),
    "added": lazy_gettext("收录"),
    "anchors": lazy_gettext("锚点"),
    "asked": lazy_gettext("待发送"),
    "asked_again": lazy_gettext("重新收录"),
    "bytes": lazy_gettext("字节"),
    "candidates": lazy_gettext("候选资料"),
    "documents": lazy_gettext("资料"),
    "due": lazy_gettext("情况有变的人"),
    "entries": lazy_gettext("条目"),
    "failed": lazy_gettext("没有成功"),
    "files": lazy_gettext("文件"),
    "indexed": lazy_gettext("已收录"),
    "kept": lazy_gettext("此前已有"),
    "made": lazy_gettext("新做"),
    "matches": lazy_gettext("符合"),
    "notices": lazy_gettext("通知"),
    "outbox": lazy_gettext("收录待办"),
    "people": lazy_gettext("人"),
    "periods": lazy_gettext("统计周期"),
    "proposed": lazy_gettext("提议"),
    "rows": lazy_gettext("日志行"),
    "refused": lazy_gettext("没有计入"),
    "reminded": lazy_gettext("提醒"),
    "removed": lazy_gettext("清理"),
    "runs": lazy_gettext("任务记录"),
    "searches": lazy_gettext("搜索"),
    "sent": lazy_gettext("发出"),
    "silent": lazy_gettext("没有新内容"),
    "taken": lazy_gettext("收录"),
    "versions": lazy_gettext("版本"),
    "waiting": lazy_gettext("等待收录"),
    "weeks": lazy_gettext("周"),
    "withdrawn": lazy_gettext("撤回"),
}


def schedule_words(job: JobView) -> str:
    """When a job runs by itself."""
    if job.daily_at is not None:
        return gettext("每天 %(time)s", time=f"{job.daily_at:%H:%M}")
    seconds = job.every_seconds or 0
    if seconds and seconds % 86400 == 0:
        return ngettext("每 %(num)s 天", "每 %(num)s 天", seconds // 86400)
    if seconds and seconds % 3600 == 0:
        return ngettext("每 %(num)s 小时", "每 %(num)s 小时", seconds // 3600)
    if seconds and seconds % 60 == 0:
        return ngettext("每 %(num)s 分钟", "每 %(num)s 分钟", seconds // 60)
    return ngettext("每 %(num)s 秒", "每 %(num)s 秒", seconds)


def counts_words(counts: Mapping[str, Any]) -> str:
    """What a run counted, zeros left out where anything else was counted."""
    told = {name: count for name, count in counts.items() if count} or counts
    return " · ".join(
        f"{COUNT_NAMES.get(name, name)} {number(count) if isinstance(count, int) else count}"
        for name, count in told.items()
    )


def length_words(seconds: float) -> str:
    """How long a run took: exact below ten seconds, as people say it above."""
    if seconds < 0.095:
        return gettext("不到 0.1 秒")
    if seconds < 9.95:
        return gettext("%(seconds)s 秒", seconds=number(seconds, "0.0"))
    return lasted(seconds)


def moment_words(moment: dt.datetime) -> str:
    """A moment to the second, in the portal's time zone."""
    return date(moment, "yyyy-MM-dd HH:mm:ss")
