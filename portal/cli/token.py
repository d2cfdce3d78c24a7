"""``portal token``: tokens by which programs act for a person."""

import click

from portal.accounts import AccountError, find_user, tokens
from portal.accounts.tokens import DAYS, SCOPES, TokenError, TokenView
from portal.cli.common import open_services, print_json, split_codes
from portal.db import utcnow

_PROBLEMS = {
    "name": "令牌需要一个名字，最多 60 个字。",
    "scopes": f"没有这样的权限。可用的权限：{'、'.join(SCOPES)}",
    "days": f"有效期只能是 {'、'.join(map(str, DAYS))} 天。",
    "many": "这个人已有 20 个有效的令牌，请先撤销不再使用的。",
}
_STATES = {"": "in force", "revoked": "revoked", "expired": "expired", "owner": "owner left"}


@click.group()
def token() -> None:
    """Make, list and revoke tokens for programs that use /api/v1."""


@token.command()
@click.argument("login")
@click.option("--name", required=True, help="Which program it is for.")
@click.option(
    "--scope",
    multiple=True,
    required=True,
    help=f"What it may do, several times or with commas: {', '.join(SCOPES)}.",
)
@click.option(
    "--days",
    type=click.Choice([str(each) for each in DAYS]),
    default="90",
    show_default=True,
    help="For how many days.",
)
def add(login: str, name: str, scope: tuple[str, ...], days: str) -> None:
    """Make a token that acts for a person, and print it once.

    \b
    Example:
      portal token add linwei --name 客户系统 --scope search,documents:read
    """
    services = open_services()
    with services.db.write() as session:
        user = find_user(session, login)
        if user is None:
            raise AccountError("unknown-login", login=login)
        try:
            made = tokens.make_token(
                session, user.id, name, split_codes(scope), int(days), utcnow()
            )
        except TokenError as error:
            raise click.UsageError(_PROBLEMS[error.reason]) from error
    click.echo(made)


@token.command("list")
@click.argument("login", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def list_tokens(login: str | None, as_json: bool) -> None:
    """List tokens, of one person or of all; the tokens themselves are nowhere kept.

    \b
    Examples:
      portal token list
      portal token list linwei --json
    """
    services = open_services()
    with services.db.read() as session:
        found = tokens.all_tokens(session, utcnow())
    rows = [each for each in found if login in (None, each.owner_login)]
    if as_json:
        print_json([_row(each) for each in rows])
        return
    for each in rows:
        used = f"{each.last_used_at:%Y-%m-%d %H:%M}Z" if each.last_used_at else "never used"
        click.echo(
            f"{each.id}\t{each.owner_login}\t{each.name}\t{each.hint}\t{','.join(each.scopes)}\t"
            f"until {each.expires_at:%Y-%m-%d}\t{used}\t{_STATES[each.ended]}"
        )


@token.command()
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """End the token with a number that `portal token list` shows.

    \b
    Example:
      portal token revoke 7
    """
    services = open_services()
    with services.db.write() as session:
        if not tokens.revoke_token(session, number, utcnow(), owner_id=None, by_id=None):
            raise click.UsageError(f"没有编号为 {number} 的有效令牌。")
    click.echo(f"Revoked {number}.")


def _row(each: TokenView) -> dict[str, object]:
    return {
        "number": each.id,
        "login": each.owner_login,
        "name": each.name,
        "hint": each.hint,
        "scopes": list(each.scopes),
        "created": each.created_at.isoformat(),
        "expires": each.expires_at.isoformat(),
        "last_used": each.last_used_at.isoformat() if each.last_used_at else None,
        "last_used_from": each.last_used_from,
        "state": each.ended or "valid",
    }
