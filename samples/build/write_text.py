"""Markdown and plain text: the body as written."""

from samples.build.source import Source, SourceError


def write(source: Source) -> bytes:
    """The body in the encoding of the front matter; UTF-16 gets a byte order mark."""
    try:
        return source.body.encode(source.encoding)
    except UnicodeEncodeError as error:
        wrong = source.body[error.start : error.end]
        raise SourceError(f"{source.slug}: {wrong!r} is not in {source.encoding}") from error
