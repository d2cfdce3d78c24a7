"""Adding many people from a CSV file: read it, say what is wrong by line, then all or nothing."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.accounts.errors import AccountError
from portal.accounts.events import Act, note
from portal.accounts.mail_addresses import checked_address, set_address
from portal.accounts.service import (
    add_user,
    check_login,
    check_name,
    industries_by_code,
    unit_by_code,
)
from portal.models import Role, TaxonomyTerm, Unit
from portal.permissions import Permission, demand

MOST_PEOPLE = 2000
MOST_BYTES = 256 * 1024
# The names of columns in the template, and those that programs write.
COLUMNS: Mapping[str, str] = {
    "login": "登录名",
    "name": "姓名",
    "role": "角色",
    "unit": "单位",
    "industries": "行业",
    "email": "邮箱",
}
_REQUIRED = ("login", "name", "role", "unit")
_ROLES: Mapping[str, Role] = {
    "行业经理": Role.INDUSTRY_MANAGER,
    "客户经理": Role.ACCOUNT_MANAGER,
    "产品经理": Role.PRODUCT_MANAGER,
    "综合业务经理": Role.BUSINESS_MANAGER,
    "管理员": Role.ADMINISTRATOR,
}
_SEPARATORS = str.maketrans("、，；,;/", "      ")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A person as a line of the file gives it. ``unit`` and ``industries`` are codes."""

    line: int
    login: str
    name: str
    role: str
    unit: str
    industries: tuple[str, ...]
    email: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, which counts from 1; line 0 is the file itself."""

    line: int
    error: AccountError


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file holds. Nothing may be written while there are ``faults``."""

    people: tuple[Newcomer, ...]
    faults: tuple[Fault, ...]


def decode_roster(data: bytes) -> str:
    """The file's text; Chinese Excel writes GB18030 where it is not told to write UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def template() -> str:
    """A file to fill in, with one example; it begins so that Excel sees UTF-8."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(COLUMNS.values())
    lines.writerow(
        ["zhangsan", "张三", "客户经理", "yunlan", "教育、医疗卫生", "zhangsan@example.com"]
    )
    return "\ufeff" + written.getvalue()


def read_roster(session: Session, text: str) -> Roster:
    """Read and check a file against what is there already; writes nothing."""
    demand(Permission.ADMINISTER)
    try:
        lines = [
            (number, [cell.strip() for cell in cells])
            for number, cells in enumerate(csv.reader(io.StringIO(text), strict=True), 1)
            if any(cell.strip() for cell in cells)
        ]
    except csv.Error:
        return Roster((), (Fault(0, AccountError("file-form")),))
    fault = _file_fault(lines)
    if fault is not None:
        return Roster((), (fault,))
    names = _names(session)
    places = _places(lines[0][1])
    people = tuple(_newcomer(number, cells, places, names) for number, cells in lines[1:])
    return Roster(people, _faults(session, people))


def import_roster(session: Session, roster: Roster) -> list[int]:
    """Add everybody; return their numbers in the file's order.

    Raises :class:`AccountError` where somebody cannot be added, with which all are undone.
    """
    demand(Permission.ADMINISTER)
    if roster.faults:
        raise roster.faults[0].error
    added = []
    for person in roster.people:
        user = add_user(
            session,
            login=person.login,
            name=person.name,
            role=Role(person.role),
            unit=person.unit,
            industries=person.industries,
        )
        set_address(session, user.login, person.email)
        added.append(user.id)
    note(session, Act.ACCOUNTS_IMPORTED, None, people=len(added))
    return added


def _file_fault(lines: list[tuple[int, list[str]]]) -> Fault | None:
    if not lines:
        return Fault(0, AccountError("file-empty"))
    places = _places(lines[0][1])
    missing = [COLUMNS[column] for column in _REQUIRED if column not in places]
    if missing:
        return Fault(lines[0][0], AccountError("file-columns", columns="、".join(missing)))
    if len(lines) == 1:
        return Fault(0, AccountError("file-empty"))
    if len(lines) > MOST_PEOPLE + 1:
        return Fault(0, AccountError("file-long", most=MOST_PEOPLE))
    return None


def _places(head: list[str]) -> dict[str, int]:
    known = {title: column for column, title in COLUMNS.items()} | {each: each for each in COLUMNS}
    return {known[cell]: at for at, cell in enumerate(head) if cell in known}


def _names(session: Session) -> dict[str, str]:
    """Codes of units and industries by their Chinese names."""
    terms = sa.select(TaxonomyTerm.zh, TaxonomyTerm.code).where(TaxonomyTerm.facet == "industry")
    units = sa.select(Unit.zh, Unit.code)
    return {row.zh: row.code for query in (terms, units) for row in session.execute(query)}


def _newcomer(
    number: int, cells: list[str], places: Mapping[str, int], names: Mapping[str, str]
) -> Newcomer:
    def cell(column: str) -> str:
        at = places.get(column, len(cells))
        return cells[at] if at < len(cells) else ""

    def code(value: str) -> str:
        return names.get(value, value)

    industries = tuple(map(code, cell("industries").translate(_SEPARATORS).split()))
    return Newcomer(
        line=number,
        login=cell("login"),
        name=cell("name"),
        role=_ROLES.get(cell("role"), cell("role")),
        unit=code(cell("unit")),
        industries=industries,
        email=cell("email").lower(),
    )


def _faults(session: Session, people: tuple[Newcomer, ...]) -> tuple[Fault, ...]:
    found: list[Fault] = []
    logins: dict[str, int] = {}
    addresses: dict[str, int] = {}
    for person in people:
        try:
            _check(session, person)
            _check_once(logins, person.login, person.line)
            _check_once(addresses, person.email, person.line)
        except AccountError as error:
            found.append(Fault(person.line, error))
    return tuple(found)


def _check(session: Session, person: Newcomer) -> None:
    check_login(session, person.login)
    check_name(person.name)
    if person.role not in set(Role):
        raise AccountError("unknown-role", role=person.role, roles="、".join(_ROLES))
    unit_by_code(session, person.unit)
    industries_by_code(session, person.industries)
    checked_address(session, person.email, None)


def _check_once(seen: dict[str, int], value: str, line: int) -> None:
    if value and value in seen:
        raise AccountError("line-twice", value=value, line=seen[value])
    seen[value] = line
