"""When to visit a site: nightly in the season when reports are published, weekly otherwise.

Bodies publish by 31 January, governments by 31 March (政府信息公开条例 art. 49); the first reports appear in
the first days of January.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

# Runs do not start exactly 24 hours apart; one that starts a little earlier must still find its sites due.
SLACK = timedelta(hours=4)


class Calendar(NamedTuple):
    """The season of nightly visits, by (month, day) of first and last day, and the interval outside it."""

    first: tuple[int, int] = (1, 5)
    last: tuple[int, int] = (4, 10)
    interval_days: float = 7

    def in_season(self, day: date) -> bool:
        """Return whether a day is in the season, which may span the turn of the year."""
        today = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= today <= self.last
        return today >= self.first or today <= self.last

    def is_due(self, visited: datetime | None, now: datetime) -> bool:
        """Return whether a site is due, given its last visit, None for never.

        A visit in the future means that a clock was wrong; the site is due then.
        """
        wait = timedelta(days=1 if self.in_season(now.date()) else self.interval_days)
        return visited is None or visited > now or now - visited >= wait - SLACK

    def newest_year(self, day: date) -> int:
        """Return the newest year whose reports may be published by that day."""
        return day.year - 1 if (day.month, day.day) >= self.first else day.year - 2


def parse_season(text: str) -> Calendar:
    """Parse a season such as 01-05..04-10. Raises ValueError.

    >>> parse_season("12-20..04-10").in_season(date(2026, 1, 2))
    True
    """
    try:
        first, last = (datetime.strptime(f"2024-{end.strip()}", "%Y-%m-%d") for end in text.split(".."))
    except ValueError as error:
        raise ValueError(f"{text} is not a season; write it as 01-05..04-10") from error
    return Calendar((first.month, first.day), (last.month, last.day))
