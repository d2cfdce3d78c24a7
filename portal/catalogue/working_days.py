"""Working days, Monday to Friday in the portal's time zone. Public holidays are not known here."""

import datetime as dt

SATURDAY = 5


def add_working_days(moment: dt.datetime, days: int, zone: dt.tzinfo) -> dt.datetime:
    """The moment so many working days later, at the same time of the day.

    What happens at a weekend counts as happening on Monday at midnight: two working days after
    Friday 16:00 are Tuesday 16:00, and after Saturday 16:00 Wednesday 0:00.
    """
    local = moment.astimezone(zone)
    if local.weekday() >= SATURDAY:
        monday = local.date() + dt.timedelta(days=7 - local.weekday())
        local = dt.datetime.combine(monday, dt.time(), zone)
    weeks, rest = divmod(days, 5)
    added = 7 * weeks + rest
    if local.weekday() + rest >= SATURDAY:
        added += 2
    return local + dt.timedelta(days=added)
