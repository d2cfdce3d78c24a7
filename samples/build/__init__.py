"""Builds the sample library: Markdown sources become the files that the first run loads."""
