"""Measurements of the portal's search beside its peers; see docs/benchmarks.md for the figures."""
