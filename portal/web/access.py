"""Which permission each page wants, and the gate that asks for it. A page without a rule is shut.

The table of permissions itself is :mod:`portal.permissions`; what a person may do with a single
document is for the services to say.
"""

from collections.abc import Mapping

from flask import Flask, abort, redirect, request, url_for
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from portal.permissions import Permission, allows
from portal.services import Services
from portal.web.addresses import here
from portal.web.bearer import REALM
from portal.web.confirm import is_due, to_confirm
from portal.web.context import services
from portal.web.viewer import current_person

_PAGES: Mapping[Permission, str] = {
    # Where a token stands in the address, it says who reads; a signed link says for whom.
    Permission.ENTER: """
        static offline.manifest offline.worker offline.page
        accounts.sign_in accounts.code language.choose
        health.health health.ready health.metrics
        api.description api_page.show reports.take
        opensearch.description unsubscribe.stop
        passwords.forgotten passwords.new single_sign_on.begin single_sign_on.done
        feeds.personal_industry feeds.personal_opml feeds.saved_search
        """,
    Permission.READ: """
        front.home help.show search.results suggest.suggestions opensearch.suggestions
        api.search api.document_list api.document api.sections api.versions api.original
        api.version_original api.taxonomy
        documents.show documents.original versions.history versions.compare_two versions.original
        knowledge_map.radar knowledge_map.show slots.show recommendations.show
        feeds.industry feeds.mine feeds.show
        """,
    Permission.TAKE_PART: """
        accounts.sign_out help.toured
        upload.show upload.send upload.begin upload.append upload.finish upload.discard
        drafts.edit drafts.save drafts.adopt drafts.separate
        drafts.ask_to_discard drafts.discard
        templates.mark templates.ask templates.fill_in
        lifecycle.take lifecycle.still_valid lifecycle.steward lifecycle.take_back
        lifecycle.choose_successor lifecycle.supersede versions.add versions.restore
        review.queue review.show review.decide review.hand_on
        social.favourite social.vote social.comment social.edit_comment social.delete_comment
        social.use social.remove_use social.report social.answer social.people social.favourites
        social.problem_list
        notices.show notices.follow notices.read notices.read_all
        settings.show settings.switch settings.stop_channel settings.quiet settings.chat
        settings.test_chat history.show history.erase history.erase_all
        own_account.show own_account.password own_account.end_session own_account.end_others
        confirm.show
        second_step.show second_step.turn_on second_step.turn_off second_step.renew_codes
        digest.index digest.show feeds.renew feeds.revoke
        recommendations.refuse recommendations.restore
        requests.show requests.make requests.detail requests.reply requests.take_back
        saved_searches.show saved_searches.new saved_searches.save saved_searches.change
        saved_searches.stop saved_searches.remove
        tokens.show tokens.make tokens.revoke
        api.take_in api.change_draft api.proposals api.submit api.add_version api.record
        """,
    Permission.KEEP_MAP: """
        slots.fill slots.confirm slots.clear slots.rule slots.retire slots.add
        """,
    Permission.SEE_FIGURES: """
        statistics.show statistics.export_xlsx statistics.export_csv
        """,
    Permission.ADMINISTER: """
        admin.home admin_audit.show admin_audit.export admin_deliveries.show
        admin_intake.show admin_intake.retry admin_intake.retry_all admin_intake.dismiss
        admin_jobs.show admin_jobs.runs admin_jobs.run admin_jobs.pause admin_jobs.resume
        admin_people.show admin_people.new admin_people.edit admin_people.link
        admin_people.deactivate admin_people.reactivate admin_people.sign_out admin_people.two_step
        admin_roster.show admin_roster.look admin_roster.add admin_roster.blank
        admin_review_periods.show admin_review_periods.save admin_searches.show
        admin_status.show
        admin_tokens.show admin_tokens.revoke
        admin_webhooks.show admin_webhooks.add admin_webhooks.one admin_webhooks.renew
        admin_webhooks.stop admin_webhooks.start admin_webhooks.remove admin_webhooks.test
        admin_webhooks.again
        admin_vocabulary.show admin_vocabulary.add admin_vocabulary.remove design.show
        """,
}
RULES: Mapping[str, Permission] = {
    endpoint: permission for permission, pages in _PAGES.items() for endpoint in pages.split()
}
"""Permission by endpoint. `make check` fails for a page that is missing here."""

CONFIRMED = frozenset(
    {
        *(f"admin_people.{name}" for name in ("new", "edit", "link", "two_step")),
        *(f"admin_people.{name}" for name in ("deactivate", "reactivate", "sign_out")),
        *(f"admin_roster.{name}" for name in ("show", "look", "add")),
    }
)
"""What asks for the password again when it was given too long ago."""
LONGEST_KEPT = 3000
"""Bytes of an address to come back to: quoted once more it still has to fit a line of HTTP."""
PROGRAMS = frozenset({"opensearch.suggestions", "suggest.suggestions", "feeds.industry"})
"""What programs ask for, beside the interface that is made for them."""


def init_app(app: Flask, _services: Services) -> None:
    """Ask before every request; it must come after the module that says who reads."""
    app.before_request(_gate)


def _gate() -> Response | None:
    # A request without an endpoint is on its way to a 404 or 405, which tells nothing.
    if request.endpoint is None:
        return None
    wanted = RULES.get(request.endpoint)
    person = current_person() if wanted != Permission.ENTER else None
    is_open = services().settings.anonymous_reading
    if wanted is not None and allows(wanted, person.role if person else None, is_open=is_open):
        return to_confirm() if request.endpoint in CONFIRMED and is_due() else None
    if person is not None or wanted is None:
        abort(403)
    if is_program():
        raise Unauthorized(www_authenticate=_ways_in())
    return to_sign_in()


def is_program() -> bool:
    """Whether a program asks: it gets JSON, and is told to sign in where a person is led there."""
    return request.blueprint == "api" or request.endpoint in PROGRAMS


def _ways_in() -> list[WWWAuthenticate]:
    """How a program can say for whom it asks."""
    cookie = WWWAuthenticate("cookie", {"form-action": "/login"})
    if request.blueprint != "api":
        return [cookie]
    return [WWWAuthenticate("bearer", {"realm": REALM}), cookie]


def to_sign_in() -> Response:
    """The answer that sends a visitor to the sign-in page, and back afterwards."""
    wanted = here() if request.method in ("GET", "HEAD") else None
    if wanted is not None and len(wanted) > LONGEST_KEPT:
        wanted = None
    return redirect(url_for("accounts.sign_in", next=wanted), 303)
