"""The command group, and what every command shares."""

import getpass
import socket
import sys

import click

from config import Settings, SettingsError
from portal.accounts import AccountError
from portal.audit import Actor, Origin, Way, acting
from portal.catalogue import DocumentNotFound, LifeCycleError, TaxonomyError
from portal.cli.admin import demo, init, publish, reindex, user
from portal.cli.audit import audit
from portal.cli.digest import digest
from portal.cli.explain import explain
from portal.cli.ingest import ingest
from portal.cli.people import list_people as _people  # noqa: F401 - adds to the group `user`
from portal.cli.run import indexer, scheduler, serve
from portal.cli.search import search
from portal.cli.token import token
from portal.cli.upkeep import backup, check, restore
from portal.ingest.manifest import ManifestError
from portal.migrate import DatabaseTooNew, NotMigrated
from portal.monitor import logs
from portal.search import IndexBusy, IndexUnavailable, SearchError
from portal.upkeep import AuditBroken, BackupError, RestoreError

USAGE_ERROR = 2

# What a person can put right by calling differently or by another command first.
_EXPECTED = (
    SettingsError,
    AccountError,
    TaxonomyError,
    SearchError,
    IndexUnavailable,
    DatabaseTooNew,
    NotMigrated,
    BackupError,
    ManifestError,
    RestoreError,
    AuditBroken,
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings are PORTAL_* environment variables; docs/settings.md lists them.",
)
@click.version_option(package_name="knowledge-portal")
def cli() -> None:
    """Knowledge portal: put documents in, find the right page, serve it to colleagues.

    \b
    First steps:
      portal init                          make the database and an empty index
      portal demo                          load the sample library and demo accounts
      portal ingest ./资料 --industry education --work-type customer-sales \\
             --stage solution --publish    take in a folder
      portal search "校园 宽带 资费"        find it
      portal serve                         web server, indexer and scheduler together
    """


for _command in (
    init,
    demo,
    ingest,
    search,
    explain,
    publish,
    serve,
    indexer,
    scheduler,
    reindex,
    check,
    backup,
    restore,
    user,
    token,
    digest,
    audit,
):
    cli.add_command(_command)


def main() -> None:
    """Run the command; an expected error is one sentence and exit code 2."""
    try:
        settings = Settings.from_env()
        process = sys.argv[1] if len(sys.argv) > 1 else "portal"
        logs.configure(settings.log_level, settings.log_format, process)
        with acting(_origin):
            cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except DocumentNotFound as error:
        _fail(f"没有编号为 {error} 的文档。")
    except LifeCycleError:
        _fail("文档现在的状态不能发布：已归档或已被取代的，请先在文档页面恢复。")
    except IndexBusy:
        _fail("另一个进程正在写索引，请先停止它再重试。")
    except _EXPECTED as error:
        _fail(str(error))
    except PermissionError as error:
        _fail(f"没有读写 {error.filename} 的权限。")


def _origin() -> Origin:
    # The machine's own account stands where a network address would.
    return Origin(Actor(), Way.COMMAND, f"{getpass.getuser()}@{socket.gethostname()}")


def _fail(sentence: str) -> None:
    click.echo(f"portal: {sentence}", err=True)
    sys.exit(USAGE_ERROR)


__all__ = ["cli", "main"]
