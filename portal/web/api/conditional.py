"""Answers that a program need not fetch again while they are the same."""

from flask import request
from werkzeug.wrappers import Response


def conditional(response: Response) -> Response:
    """The answer with its ETag, or 304 to a program that has it already."""
    response.add_etag()
    # Kept by whoever asked, and asked for again each time: rights can end.
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request.environ)
