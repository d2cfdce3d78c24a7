#!/bin/sh
# First start and every later one: database, sample library, then the portal in the foreground.
set -e
.venv/bin/python -m portal demo
exec .venv/bin/python -m portal serve
