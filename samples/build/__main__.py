"""``python -m samples.build``: build the sample library."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from samples.build.library import Library, build
from samples.build.source import Source, SourceError

_ROOT = Path(__file__).resolve().parent.parent


@click.command()
@click.option("--reprint", is_flag=True, help="Print PDFs again though their sources are the same.")
@click.option("--root", type=click.Path(path_type=Path), default=_ROOT, help="The samples folder.")
def main(reprint: bool, root: Path) -> None:
    """Build samples/library and samples/manifest.json from samples/sources.

    \b
    Examples:
      python -m samples.build
      python -m samples.build --reprint
    """
    console = Console()

    def progress(sources: Sequence[Source]) -> Iterator[Source]:
        yield from track(sources, "Building", console=console)

    start = time.perf_counter()
    try:
        sources = build(Library(root), reprint=reprint, progress=progress)
    except SourceError as error:
        raise click.ClickException(str(error)) from error
    counts = Counter(source.format for source in sources)
    total = sum(path.stat().st_size for path in Library(root).files.rglob("*") if path.is_file())
    formats = "  ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    elapsed = time.perf_counter() - start
    console.print(f"{len(sources)} files ({formats}), {total / 2**20:.2f} MB, {elapsed:.1f} s")


main()
