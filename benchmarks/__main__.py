"""Run every benchmark and write docs/benchmarks.md: what ``make bench`` does."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from benchmarks.report import Report, markdown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
# Of indexing speed more documents say no more, and Whoosh's analyzer takes a minute for 5,000.
THROUGHPUT_DOCS = 1000
_HEAD = """# Benchmarks

Written by `{command}`, never by hand. Each program measures the portal and its peers in one run on
the same documents and queries, and fails when a result is wrong. Times differ from machine to
machine, and from one run to the next where others use the machine too; proportions differ less.
"""


@click.command()
@click.option("--docs", default=20_000, show_default=True, help="Documents to search among.")
@click.option("--queries", default=60, show_default=True, help="How many queries to ask.")
@click.option(
    "--squad", type=click.Path(exists=True, path_type=Path), help="Measure quality on it."
)
@click.option("--cache", type=click.Path(path_type=Path), help="Keep built indexes here.")
@click.option(
    "--kept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A report that a program wrote by --json: it is shown, and the program is not run.",
)
@click.option("--out", type=click.Path(path_type=Path), default=PAGE, help="The page to write.")
def main(
    docs: int,
    queries: int,
    squad: Path | None,
    cache: Path | None,
    kept: tuple[Path, ...],
    out: Path,
) -> None:
    """Run all benchmarks; exits with 1 when a result of any is wrong.

    \b
    Examples:
      python -m benchmarks
      python -m benchmarks --docs 100000 --squad dev.json --cache /var/tmp/bench
      python -m benchmarks --docs 100000 --kept speed.json --kept suggest.json
    """
    reports = [Report.from_json(path.read_text(encoding="utf-8")) for path in kept]
    command = f"python -m benchmarks --docs {docs}"
    done = {report.program for report in reports}
    with tempfile.TemporaryDirectory() as folder:
        # The two programs that search in the same documents share what is built of them.
        built = ["--docs", str(docs), "--queries", str(queries), "--cache", str(cache or folder)]
        programs = {
            "search_speed": built,
            "index_throughput": ["--docs", str(min(docs, THROUGHPUT_DOCS))],
            "suggest": built,
        }
        if squad is not None:
            programs["search_quality"] = ["--squad", str(squad)]
            command += " --squad FILE"
        reports += [
            _run(program, arguments, Path(folder) / f"{program}.json")
            for program, arguments in programs.items()
            if program not in done
        ]
    out.write_text(page(reports, command), encoding="utf-8")
    raise SystemExit(0 if all(report.correct for report in reports) else 1)


def _run(program: str, arguments: Sequence[str], json_file: Path) -> Report:
    # A process of its own, so that no program's memory or caches meet another's.
    command = [sys.executable, "-m", f"benchmarks.{program}", *arguments, "--json", str(json_file)]
    started = time.monotonic()
    code = subprocess.run(command, check=False).returncode
    print(f"{program}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    if not json_file.exists():
        raise SystemExit(f"{program} ended with code {code} and without figures")
    return Report.from_json(json_file.read_text(encoding="utf-8"))


def page(reports: Sequence[Report], command: str) -> str:
    """The page that shows the reports, the machine and the command that made them first."""
    machine, versions = reports[0].machine, reports[0].versions
    lines = [
        _HEAD.format(command=command),
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB memory, "
        f"{machine['system']}, Python {machine['python']}.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        "",
    ]
    return "\n".join(lines) + "\n" + "\n\n".join(markdown(report) for report in reports) + "\n"


if __name__ == "__main__":
    main()
