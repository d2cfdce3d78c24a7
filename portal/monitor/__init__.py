"""What operators watch a running portal by: log lines that belong together, and figures.

Nothing here knows of the database or the pages: every layer above may use it.
"""
