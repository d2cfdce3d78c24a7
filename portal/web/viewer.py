"""Who is reading: the one place that turns a request into a viewer."""

import hashlib
from dataclasses import dataclass
from typing import Any

import flask_login
from flask import Flask, abort, g, request, session

from portal import audit
from portal.accounts import user_by_id
from portal.audit import Actor, Origin, Way
from portal.catalogue import Viewer
from portal.models import Role, User
from portal.services import Services
from portal.web.context import services


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in colleague, in the form Flask-Login asks for. ``industries`` are codes.

    ``language`` is the code of the language the person settled on, or empty.
    """

    session_id: str
    login: str
    name: str
    unit_zh: str
    unit_en: str
    viewer: Viewer
    role: Role
    industries: tuple[str, ...] = ()
    language: str = ""
    is_administrator: bool = False
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @classmethod
    def of(cls, user: User) -> "Person":
        """The signed-in form of a user whose unit is loaded."""
        return cls(
            session_id=_session_id(user),
            login=user.login,
            name=user.name,
            unit_zh=user.unit.zh,
            unit_en=user.unit.en,
            viewer=Viewer.of(user),
            role=Role(user.role),
            industries=tuple(term.code for term in user.industries),
            language=user.language or "",
            is_administrator=user.role == Role.ADMINISTRATOR,
        )

    def get_id(self) -> str:
        """What the session remembers; it stops fitting when the password changes."""
        return self.session_id


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
    """The signed-in colleague, or ``None``."""
    user: Any = flask_login.current_user
    return user._get_current_object() if user.is_authenticated else None


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


def sign_in(user: User) -> None:
    """Start a new session for the user; nothing of the visitor's session is carried over."""
    session.clear()
    flask_login.login_user(Person.of(user))


def sign_out() -> None:
    """End the session."""
    flask_login.logout_user()
    session.clear()


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


def _load(session_id: str) -> Person | None:
    number = session_id.partition(".")[0]
    if not number.isdecimal():
        return None
    with services().db.read() as database:
        user = user_by_id(database, int(number))
        if user is None or not user.password_hash or _session_id(user) != session_id:
            return None
        return Person.of(user)


def _session_id(user: User) -> str:
    # The stored hash is salted, so a digest of it in a readable cookie tells nothing.
    return f"{user.id}.{hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]}"
