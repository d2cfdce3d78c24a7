"""Who is reading: the one place that turns a request into a viewer."""

import datetime as dt
import logging
from dataclasses import dataclass

import flask_login
from flask import Flask, abort, g, request, session

from portal import audit
from portal.accounts import events, sessions
from portal.accounts.sessions import Account
from portal.audit import Actor, Origin, Way
from portal.catalogue import Viewer
from portal.db import utcnow
from portal.models import Role, User
from portal.services import Services
from portal.web.afterwards import after_the_answer
from portal.web.context import services

_log = logging.getLogger(__name__)
_ACTING = "acting_person"
# Where Flask-Login keeps whom it has loaded. Its own way there goes through four proxies, and a
# page asks fifteen times.
_SIGNED_IN = "_login_user"
_PROOF = "proof_at"


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in colleague, in the form Flask-Login asks for. ``industries`` are codes.

    ``language`` is the code of the language the person settled on, or empty.
    """

    token: str
    login: str
    name: str
    unit_zh: str
    unit_en: str
    viewer: Viewer
    role: Role
    industries: tuple[str, ...] = ()
    language: str = ""
    is_administrator: bool = False
    toured: bool = False
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @classmethod
    def of(cls, account: Account, token: str) -> "Person":
        """The signed-in form of an account; ``token`` is the session's."""
        return cls(
            token=token,
            login=account.login,
            name=account.name,
            unit_zh=account.unit_zh,
            unit_en=account.unit_en,
            viewer=Viewer.of(account),
            role=account.role,
            industries=account.industries,
            language=account.language,
            is_administrator=account.role == Role.ADMINISTRATOR,
            toured=account.is_toured,
        )

    def get_id(self) -> str:
        """What the cookie remembers."""
        return self.token


def init_app(app: Flask, _services: Services) -> None:
    """Load the person of each request, from whom also comes what is recorded meanwhile."""
    manager = flask_login.LoginManager()
    # The error page of a broken database must not ask the database who is reading.
    manager.init_app(app, add_context_processor=False)
    manager.user_loader(_load)
    app.before_request(_settle_origin)
    app.teardown_request(_leave_origin)
    app.jinja_env.globals.update(current_person=current_person, is_reader=is_reader)


def current_person() -> Person | None:
    """The signed-in colleague, or the one whose token a program shows, or ``None``."""
    found = g.get(_ACTING) or g.get(_SIGNED_IN)
    if found is None:
        found = flask_login.current_user._get_current_object()
    return found if isinstance(found, Person) else None


def current_viewer() -> Viewer:
    """On whose behalf documents are read during this request."""
    person = current_person()
    return person.viewer if person is not None else Viewer.anonymous()


def is_reader() -> bool:
    """Whether this visitor may search and read at all."""
    return services().settings.anonymous_reading or current_person() is not None


def current_user_id() -> int:
    """The number of the colleague who is signed in; 403 for a visitor."""
    user_id = current_viewer().user_id
    if user_id is None:
        abort(403)
    return user_id


def current_token() -> str:
    """The token of the present session; empty for a visitor."""
    person = current_person()
    return person.token if person is not None else ""


def sign_in(token: str) -> None:
    """Take up a session that was just opened; nothing of the visitor's session is carried over."""
    g.person_changed = True
    session.clear()
    flask_login.login_user(_load(token))
    note_proof(utcnow())


def note_proof(now: dt.datetime) -> None:
    """Remember in the session that this person has just shown who they are."""
    session[_PROOF] = now.isoformat()


def has_proof_since(moment: dt.datetime) -> bool:
    """Whether the person of this session has shown who they are since a moment."""
    kept = session.get(_PROOF)
    return kept is not None and dt.datetime.fromisoformat(kept) >= moment


def act_as(user: User) -> None:
    """Let this request be the user's, whose unit is loaded, whatever session comes with it."""
    setattr(g, _ACTING, Person.of(Account.of(user), ""))


def sign_out() -> None:
    """End the session."""
    with services().db.write() as database:
        present = sessions.session_of(database, current_token(), _life(), utcnow())
        if present is not None:
            sessions.end_token(database, current_token())
            user = database.get_one(User, present.account.id)
            events.note(database, events.Act.SIGN_OUT, user)
    forget()


def forget() -> None:
    """Forget who is signed in on this device, where the session itself has ended already."""
    g.person_changed = True
    flask_login.logout_user()
    session.clear()


def log_failure(what: str, error: Exception) -> None:
    """Tell the operators what the person is only told in general."""
    _log.error("%s: %s", what, error)


def _settle_origin() -> None:
    g.origin = audit.acting(_origin)
    g.origin.__enter__()


def _leave_origin(_error: BaseException | None) -> None:
    if "origin" in g:
        g.pop("origin").__exit__(None, None, None)


def _origin() -> Origin:
    person = current_person()
    who = Actor(person.viewer.user_id, person.login, person.role) if person is not None else Actor()
    way = Way.API if request.path.startswith("/api/") else Way.WEB
    return Origin(who, way, request.remote_addr or "")


def _load(token: str) -> Person | None:
    now = utcnow()
    with services().db.look() as database:
        present = sessions.session_of(database, token, _life(), now)
    if present is None:
        return None
    if sessions.is_due(present, now):
        _touch(present.session_id)
    return Person.of(present.account, token)


def _touch(number: int) -> None:
    now = utcnow()
    after_the_answer(lambda database: sessions.touch(database, number, now))


def _life() -> sessions.Life:
    return sessions.Life.of(services().settings)
