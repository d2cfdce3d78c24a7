"""``portal token``: made and shown once, listed without it, revoked."""

from portal.accounts import tokens
from portal.db import utcnow
from portal.services import Services
from tests.integration.command import Command

SCOPES = "search,documents:read"
PERSON = ("--name", "刘杰", "--role", "account-manager", "--password", "岭海-通信-2026-口令")


def test_a_token_is_made_listed_and_revoked(portal: Command, services: Services) -> None:
    portal("user", "add", "liujie", *PERSON)
    made = portal("token", "add", "liujie", "--name", "客户系统", "--scope", SCOPES, "--days", "30")
    assert made.code == 0, made.err
    token = made.out.strip()
    assert tokens.is_token(token)

    (row,) = portal("token", "list", "liujie", "--json").json
    assert (row["name"], row["state"]) == ("客户系统", "valid")
    assert row["scopes"] == ["search", "documents:read"]
    listed = portal("token", "list").out
    assert "客户系统" in listed
    assert token not in listed
    assert portal("token", "list", "somebody", "--json").json == []

    for allowed in (True, False):
        with services.db.read() as session:
            assert (tokens.bearer(session, token, utcnow()) is not None) == allowed
        portal("token", "revoke", str(row["number"]))


def test_what_cannot_be_made_or_revoked_is_said(portal: Command) -> None:
    portal("user", "add", "liujie", *PERSON)
    for arguments, says in (
        (("add", "nobody", "--name", "x", "--scope", "search"), "nobody"),
        (("add", "liujie", "--name", "x", "--scope", "everything"), "documents:read"),
        (("add", "liujie", "--name", " ", "--scope", "search"), "名字"),
        (("revoke", "99"), "99"),
    ):
        refused = portal("token", *arguments)
        assert refused.code == 2
        assert says in refused.err
