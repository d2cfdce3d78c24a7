"""A real OpenLDAP server on loopback with a few colleagues, started for one test module."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import ldap3

from tests.integration.command import wait_until

SUFFIX = "dc=lh,dc=example,dc=cn"
READER, READER_PASSWORD = f"cn=zhishi,{SUFFIX}", "只读账号的密码"
PASSWORD = "目录里的密码 2026"
SCHEMAS = ("core", "cosine", "inetorgperson")
PEOPLE = {
    "qianwen": ("钱文", "qianwen@lh.example.cn", "云澜分公司", "知识门户-产品"),
    "sunli": ("孙莉", "sunli@lh.example.cn", "省公司", "其他"),
}


def slapd() -> str:
    """Where the server is; `make test` installs it."""
    found = shutil.which("slapd", path="/usr/sbin:/usr/libexec:/usr/local/libexec:/usr/bin")
    assert found is not None, "slapd is missing: run `sh tools/ldap.sh`"
    return found


@contextmanager
def directory_office(folder: Path, port: int) -> Iterator[str]:
    """The address of a directory that runs while the context lasts."""
    (folder / "data").mkdir()
    config = folder / "slapd.conf"
    config.write_text(_configuration(folder), encoding="utf-8")
    address = f"ldap://127.0.0.1:{port}"
    process = subprocess.Popen(
        [slapd(), "-f", str(config), "-h", address, "-d", "0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _fill(address)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _configuration(folder: Path) -> str:
    includes = [f"include /etc/ldap/schema/{name}.schema" for name in SCHEMAS]
    return "\n".join(
        [
            *includes,
            f"pidfile {folder}/slapd.pid",
            "modulepath /usr/lib/ldap",
            "moduleload back_mdb",
            "database mdb",
            "maxsize 10485760",
            f'suffix "{SUFFIX}"',
            f'rootdn "{READER}"',
            f'rootpw "{READER_PASSWORD}"',
            f"directory {folder}/data",
            # Who is not the reader may prove a password and see nothing.
            "access to attrs=userPassword by anonymous auth by * none",
            "access to * by * none",
            "",
        ]
    )


def _fill(address: str) -> None:
    line = _connected(address)
    line.add(SUFFIX, ["dcObject", "organization"], {"o": "岭海", "dc": "lh"})
    line.add(f"ou=people,{SUFFIX}", "organizationalUnit", {"ou": "people"})
    for login, (name, mail, unit, group) in PEOPLE.items():
        line.add(
            f"uid={login},ou=people,{SUFFIX}",
            "inetOrgPerson",
            {
                "uid": login,
                "cn": name,
                "sn": name[:1],
                "mail": mail,
                "departmentNumber": unit,
                "employeeType": group,
                "userPassword": PASSWORD,
            },
        )
        assert line.result["description"] == "success", line.result
    line.unbind()


def _connected(address: str) -> ldap3.Connection:
    wait_until(lambda: _answers(address))
    server = ldap3.Server(address, get_info=ldap3.NONE)
    return ldap3.Connection(server, READER, READER_PASSWORD, auto_bind=True)


def _answers(address: str) -> bool:
    parts = urlsplit(address)
    try:
        socket.create_connection((parts.hostname or "", parts.port or 0), timeout=2).close()
    except OSError:
        return False
    return True
