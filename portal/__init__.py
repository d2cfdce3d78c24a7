"""A Chinese, search-first knowledge portal that pushes knowledge to people."""
