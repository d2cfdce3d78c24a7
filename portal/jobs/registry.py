"""Which jobs there are, what each does, and when.

A job is an idempotent function of a package below that takes what it needs; here it gets it from
the services. To add one: a function that returns what it counted, and an entry in :data:`JOBS`.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from portal.catalogue import review, validity
from portal.catalogue.history import purge_erased
from portal.catalogue.slot_duties import keep_slots
from portal.db import utcnow
from portal.jobs import intake, lists, pushing, uploads
from portal.models import OutboxEntry
from portal.notices.inbox import purge_notices
from portal.search import querylog
from portal.services import Services
from portal.statistics import refresh_statistics
from portal.timetable import Daily, Every, When, purge_runs
from portal.upkeep import anchor_audit, reconcile, verify_or_raise

KEPT_DONE = dt.timedelta(days=1)
"""Alerts look back in the outbox at what the index has learnt, so done entries stay a day."""
Counts = Mapping[str, int]
"""What a run counted, by English names; portal/web/admin_jobs.py has the words for people."""


@dataclass(frozen=True, slots=True)
class Job:
    """A function of the services that returns what it counted, when it runs, and what it is for.

    ``title`` is a Chinese sentence for administrators. A job never runs beside itself; a run that
    was missed is made up once; one that raises is recorded and harms no other.
    """

    run: Callable[[Services], Counts]
    when: When
    title: str


def _(text: str) -> str:
    # Marks a text for the translators; the page that shows it translates it.
    return text


def _reconcile(services: Services) -> Counts:
    return {"indexed": services.search.documents(), "asked_again": reconcile(services)}


def _slots(services: Services) -> Counts:
    candidates, reminded = keep_slots(services.db, services.taxonomy(), utcnow())
    return {"candidates": candidates, "reminded": reminded}


def _review_reminders(services: Services) -> Counts:
    with services.db.write() as session:
        return {"reminded": review.remind(session, utcnow(), services.settings.timezone)}


def _review_due(services: Services) -> Counts:
    with services.db.write() as session:
        return {"reminded": validity.post_overdue(session, utcnow())}


def _statistics(services: Services) -> Counts:
    return refresh_statistics(services.db, services.settings.timezone, utcnow())


def _audit_anchor(services: Services) -> Counts:
    return {"rows": anchor_audit(services).number}


def _audit(services: Services) -> Counts:
    verdict = verify_or_raise(services)
    return {"rows": verdict.rows, "anchors": verdict.anchors}


def _purge(services: Services) -> Counts:
    """Forget old records of what was indexed and what was searched for."""
    with services.db.write() as session:
        connection = session.connection()
        old = OutboxEntry.done_at < utcnow() - KEPT_DONE
        done = connection.execute(sa.delete(OutboxEntry).where(old))
        searches = querylog.purge_searches(session, utcnow() - querylog.KEPT)
        runs = purge_runs(session)
        notices = purge_notices(session, utcnow())
        purge_erased(session, utcnow().astimezone(services.settings.timezone).date())
    return {"outbox": done.rowcount, "searches": searches, "runs": runs, "notices": notices}


JOBS: Mapping[str, Job] = {
    "newest": Job(lists.newest, Every(60), _("整理各行业最新发布的资料清单。")),
    "hottest": Job(lists.hottest, Every(60), _("整理各行业近期用得最多的资料清单。")),
    "recommended": Job(
        lists.recommended, Every(300), _("给每位同事重新挑选推荐资料，只处理情况有变化的人。")
    ),
    "slots": Job(_slots, Every(3600), _("为知识地图挑选候选资料，提醒行业经理快到期的模板位。")),
    "review-reminders": Job(
        _review_reminders, Every(900), _("资料等审核满两个工作日，提醒审核人一次。")
    ),
    "review-due": Job(_review_due, Every(3600), _("资料过了复核日期，提醒维护人确认是否有效。")),
    "classifier": Job(
        uploads.classifier, Every(6 * 3600), _("从已发布的资料学习分类，给新上传的资料提建议。")
    ),
    "signatures": Job(
        uploads.signatures, Every(600), _("给还没有指纹的资料补上，用来发现相近的资料。")
    ),
    "unfinished-uploads": Job(uploads.unfinished, Every(3600), _("清理一天没有继续的上传。")),
    "alerts": Job(
        pushing.alerts, Every(60), _("看新资料符合谁保存的搜索、能回答谁的求助，告诉他们一次。")
    ),
    "digest": Job(pushing.digest, Daily(dt.time(2)), _("为每位行业经理整理当天的简报。")),
    "notices": Job(
        pushing.notices, Every(60), _("把新通知按各人的设置转成邮件和群消息，安静时段里的往后放。")
    ),
    "deliveries": Job(
        pushing.deliveries, Every(60), _("把到时候的邮件和群消息发出去，没发成的稍后再发。")
    ),
    "webhooks": Job(
        pushing.webhooks, Every(10), _("把资料发布、更新、取代和下架的消息发给订阅的系统。")
    ),
    "reconcile": Job(_reconcile, Every(600), _("逐份核对搜索索引和资料库，对不上的重新收录。")),
    "watch": Job(intake.watch, Every(30), _("收录监控文件夹里新放进来的文件。")),
    "mail": Job(intake.mail, Every(60), _("收录同事发到收件邮箱的附件。")),
    "orphans": Job(
        intake.orphans, Daily(dt.time(3, 45)), _("清理一天以前留下、没有任何资料使用的原件。")
    ),
    "statistics": Job(
        _statistics, Every(900), _("汇总各行业、阶段、单位和作者的使用数据，以及每周的找到用时。")
    ),
    "audit-anchor": Job(
        _audit_anchor, Every(60), _("把审计日志的末尾签名记在数据库之外，以后删改都看得出来。")
    ),
    "audit": Job(_audit, Daily(dt.time(4, 15)), _("从头核对审计日志，有改动、缺失或乱序就报错。")),
    "purge": Job(
        _purge, Daily(dt.time(3, 30)), _("清理过期的搜索记录、任务记录和已经收录完的待办。")
    ),
}
