"""What can go wrong on the way to a person."""


class PushError(Exception):
    """Something could not be sent; the message says why, for administrators."""


class ChannelDown(PushError):
    """The mail server or the chat service cannot be used now; this says nothing of the address."""


class Refused(PushError):
    """This one address was refused. ``permanent``: trying again would be refused again."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class NotConfigured(PushError):
    """No mail server is set."""
