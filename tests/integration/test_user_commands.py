"""``portal user``: adding, listing, changing and shutting out people from the command line."""

import json

from portal.services import Services
from tests.integration.command import Command

PASSWORD = "岭海-通信-2026-秋"


def add(portal: Command, login: str, role: str) -> int:
    done = portal("user", "add", login, "--name", "林薇", "--role", role, "--password", PASSWORD)
    return int(done.code)


def test_it_works(portal: Command, services: Services) -> None:
    assert add(portal, "linwei", "administrator") == 0
    assert add(portal, "liujie", "account-manager") == 0
    changed = portal("user", "set", "liujie", "--unit", "qingpu", "--industry", "education,finance")
    assert changed.code == 0, changed.err
    (person,) = json.loads(portal("user", "list", "liu", "--json").out)
    assert person["unit"] == "qingpu"
    assert person["industries"] == ["education", "finance"]
    assert person["role"] == "account-manager"
    assert "linwei" in portal("user", "list").out


def test_a_person_is_shut_out_and_let_in(portal: Command, services: Services) -> None:
    add(portal, "linwei", "administrator")
    add(portal, "liujie", "account-manager")
    assert portal("user", "deactivate", "liujie").code == 0
    (person,) = json.loads(portal("user", "list", "--state", "inactive", "--json").out)
    assert person["login"] == "liujie"
    assert portal("user", "reactivate", "liujie").code == 0
    assert json.loads(portal("user", "list", "--state", "inactive", "--json").out) == []


def test_the_last_administrator_stays(portal: Command, services: Services) -> None:
    add(portal, "linwei", "administrator")
    for command in (["deactivate", "linwei"], ["set", "linwei", "--role", "product-manager"]):
        refused = portal("user", *command)
        assert (refused.code, "最后一位" in refused.err) == (2, True)


def test_what_is_wrong_is_one_sentence(portal: Command, services: Services) -> None:
    for command in (["set", "nobody", "--name", "无"], ["deactivate", "nobody"]):
        refused = portal("user", *command)
        assert (refused.code, "nobody" in refused.err) == (2, True)
    weak = portal(
        *("user", "add", "linwei", "--name", "林薇", "--role", "administrator"),
        *("--password", "password1234"),
    )
    assert (weak.code, "太容易被猜到" in weak.err) == (2, True)
