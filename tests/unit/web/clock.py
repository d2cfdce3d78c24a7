"""Time that stands still until a test moves it."""


class Clock:
    """Stands in for the module ``time``; ``now`` is in seconds and is set by hand."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now
