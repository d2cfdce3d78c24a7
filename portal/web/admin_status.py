"""How the portal stands at this moment: each part, its state in words, and what to do about it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, render_template, url_for

from config import Settings
from portal.db import utcnow
from portal.ingest import libreoffice, ocr, scan
from portal.operations import Health, health
from portal.web.context import services
from portal.web.messages import LazyText, from_now, gettext, lazy_gettext, listed, ngettext, number
from portal.web.wording import lasted

LATE_SECONDS = 60.0
BACKUP_DUE = dt.timedelta(days=2)
_GIB = 1024**3
# A page must not wait for a scanner that does not answer.
_PING_SECONDS = 0.3

blueprint = Blueprint("admin_status", __name__, url_prefix="/admin/status")


class State(StrEnum):
    """How one part stands. The value is a CSS class too."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    OFF = "off"


STATE_NAMES: Mapping[State, LazyText] = {
    State.GOOD: lazy_gettext("正常"),
    State.WARNING: lazy_gettext("请留意"),
    State.BAD: lazy_gettext("有问题"),
    State.OFF: lazy_gettext("未启用"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the portal: what is known of it, what to do, and a page that tells more."""

    title: str
    state: State
    fact: str
    advice: str = ""
    url: str = ""


@blueprint.get("")
def show() -> str:
    """Every part, those that need attention counted."""
    now, settings = utcnow(), services().settings
    seen = health(services(), now)
    groups = {
        gettext("运行"): [_indexer(seen), _lag(seen), _scheduler(seen), _jobs(seen)],
        gettext("保管"): [_disk(seen), _backup(seen, now)],
        gettext("往来"): [_intake(seen), _mail(seen, settings, now), _sign_on(settings)],
        gettext("可选程序"): _extras(settings),
    }
    parts = [part for group in groups.values() for part in group]
    return render_template(
        "admin/status.html",
        groups=groups,
        bad=sum(part.state == State.BAD for part in parts),
        warnings=sum(part.state == State.WARNING for part in parts),
        state_names=STATE_NAMES,
        versions=seen.versions,
    )


def _indexer(seen: Health) -> Part:
    title = gettext("索引程序")
    if not seen.indexer_runs:
        advice = gettext("请启动它：portal serve 或 portal indexer。新资料存好了，启动后会收录。")
        return Part(title, State.BAD, gettext("没有在运行"), advice)
    if seen.indexed is None:
        advice = gettext("索引正在建立，完成前不能搜索，通常只要几分钟。")
        return Part(title, State.WARNING, gettext("正在建立索引"), advice)
    fact = ngettext(
        "在运行，可以搜到 %(count)s 份资料",
        "在运行，可以搜到 %(count)s 份资料",
        seen.indexed,
        count=number(seen.indexed),
    )
    return Part(title, State.GOOD, fact)


def _lag(seen: Health) -> Part:
    title, waiting = gettext("等待进入索引"), seen.queues.outbox
    if not waiting:
        return Part(title, State.GOOD, gettext("没有，新资料都能搜到"))
    fact = ngettext(
        "%(count)s 项改动，最早的等了 %(length)s",
        "%(count)s 项改动，最早的等了 %(length)s",
        waiting,
        count=number(waiting),
        length=lasted(seen.queues.lag_seconds),
    )
    if seen.queues.lag_seconds < LATE_SECONDS:
        return Part(title, State.GOOD, fact)
    advice = gettext("大批收录时会这样；如果一直不减少，请看索引程序的日志。")
    return Part(title, State.WARNING, fact, advice)


def _scheduler(seen: Health) -> Part:
    title, url = gettext("调度程序"), url_for("admin_jobs.show")
    if seen.scheduler.is_alive:
        return Part(title, State.GOOD, gettext("在运行"), url=url)
    advice = gettext("请启动它：portal serve 或 portal scheduler。错过的任务启动后会补上。")
    return Part(title, State.BAD, gettext("没有在运行"), advice, url)


def _jobs(seen: Health) -> Part:
    title, url = gettext("任务"), url_for("admin_jobs.show")
    failing = [gettext(job.title).rstrip("。") for job in seen.scheduler.jobs if job.failures]
    if not failing:
        fact = ngettext(
            "%(num)s 个，没有失败的", "%(num)s 个，没有失败的", len(seen.scheduler.jobs)
        )
        return Part(title, State.GOOD, fact, url=url)
    advice = gettext("原因在任务页；改好后点“立即运行”。")
    return Part(title, State.WARNING, gettext("失败：%(jobs)s", jobs=listed(failing)), advice, url)


def _disk(seen: Health) -> Part:
    fact = gettext(
        "剩余 %(free)s GB，共 %(total)s GB",
        free=number(seen.disk.free / _GIB, "#,##0.0"),
        total=number(seen.disk.total / _GIB, "#,##0.0"),
    )
    if seen.disk.is_full:
        advice = gettext("已经不能保存新资料。请马上清理或扩大数据目录所在的磁盘。")
        return Part(gettext("磁盘"), State.BAD, fact, advice)
    if seen.disk.is_low:
        advice = gettext("快满了，请清理或扩大数据目录所在的磁盘。")
        return Part(gettext("磁盘"), State.WARNING, fact, advice)
    return Part(gettext("磁盘"), State.GOOD, fact)


def _backup(seen: Health, now: dt.datetime) -> Part:
    title, backup = gettext("备份情况"), seen.backup
    if backup is None:
        advice = gettext("请每天运行 portal backup，并把文件复制到另一台机器。")
        return Part(title, State.BAD, gettext("从来没有备份过"), advice)
    fact = gettext(
        "%(when)s：%(file)s，%(size)s GB",
        when=from_now(backup.at - now),
        file=backup.file,
        size=number(backup.size / _GIB, "#,##0.00"),
    )
    if backup.problems:
        advice = gettext(
            "备份里缺少 %(count)s 份原件，请运行 portal check。", count=backup.problems
        )
        return Part(title, State.BAD, fact, advice)
    if now - backup.at > BACKUP_DUE:
        return Part(title, State.WARNING, fact, gettext("已超过两天，请检查定时备份。"))
    return Part(title, State.GOOD, fact)


def _intake(seen: Health) -> Part:
    title, url = gettext("自动收录"), url_for("admin_intake.show")
    if not seen.queues.intake:
        return Part(title, State.GOOD, gettext("没有收录失败的文件"), url=url)
    fact = ngettext("%(num)s 个文件没有收录", "%(num)s 个文件没有收录", seen.queues.intake)
    return Part(title, State.WARNING, fact, gettext("请看原因，重试或不再处理。"), url)


def _mail(seen: Health, settings: Settings, now: dt.datetime) -> Part:
    title, url = gettext("邮件和群消息"), url_for("admin_deliveries.show")
    if not settings.smtp_host:
        advice = gettext("设置 PORTAL_SMTP_HOST 后，简报、提醒和找回密码才能发邮件。")
        return Part(title, State.OFF, gettext("没有设置邮件服务器"), advice, url)
    sent = seen.mail_sent_at
    last = (
        gettext("最近一封：%(when)s", when=from_now(sent - now)) if sent else gettext("还没有发过")
    )
    fact = gettext(
        "%(last)s；等待 %(waiting)s，没有发成 %(failed)s",
        last=last,
        waiting=number(seen.queues.deliveries),
        failed=number(seen.queues.undelivered),
    )
    state = State.WARNING if seen.queues.undelivered else State.GOOD
    return Part(title, state, fact, url=url)


def _sign_on(settings: Settings) -> Part:
    title = gettext("统一登录")
    used = [
        name
        for name, address in (
            (f"OpenID Connect（{settings.oidc_issuer}）", settings.oidc_issuer),
            (f"LDAP（{settings.ldap_url}）", settings.ldap_url),
        )
        if address
    ]
    if used:
        return Part(title, State.GOOD, listed(used))
    advice = gettext("设置 PORTAL_OIDC_ISSUER 或 PORTAL_LDAP_URL 后，可以用公司账号登录。")
    return Part(title, State.OFF, gettext("没有设置，用门户自己的密码登录"), advice)


def _extras(settings: Settings) -> list[Part]:
    return [
        _extra(
            "LibreOffice",
            settings.extras and libreoffice.is_present(),
            gettext("能读旧版 Office 文件（doc、xls、ppt）"),
            gettext("安装后能读 doc、xls、ppt；现在请同事另存为新格式。"),
        ),
        _extra(
            "tesseract",
            settings.extras and ocr.is_present(),
            gettext("能识别扫描件和图片里的文字"),
            gettext("安装 tesseract 和 chi_sim 后，扫描件里的文字也能搜到。"),
        ),
        _scanner(settings),
    ]


def _extra(name: str, is_present: bool, fact: str, advice: str) -> Part:
    if is_present:
        return Part(name, State.GOOD, fact)
    return Part(name, State.OFF, gettext("没有安装"), advice)


def _scanner(settings: Settings) -> Part:
    if not settings.clamd:
        advice = gettext("设置 PORTAL_CLAMD 后，每个文件先查病毒再收录。")
        return Part("clamd", State.OFF, gettext("没有设置"), advice)
    if scan.is_answering(settings.clamd, _PING_SECONDS):
        return Part("clamd", State.GOOD, gettext("每个文件都先查病毒"))
    advice = gettext("它不响应时不收录任何文件。请检查 clamd 和 PORTAL_CLAMD。")
    return Part("clamd", State.BAD, gettext("没有响应"), advice)
