"""When to visit which site: nightly while reports appear, weekly otherwise, the newest missing year first.

Bodies publish by 31 January, governments by 31 March (政府信息公开条例 art. 49); the first reports appear in
the first days of January.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

# A night is not always 24 hours long: a run that began late must not cost the next one.
SLACK = timedelta(hours=4)


class Calendar(NamedTuple):
    """The season of nightly visits, (month, day) of its first and last day, and the days between others."""

    first: tuple[int, int] = (1, 5)
    last: tuple[int, int] = (4, 10)
    days: float = 7

    def is_season(self, day: date) -> bool:
        """Say whether a day lies in the season, which may run over the end of a year."""
        today = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= today <= self.last
        return today >= self.first or today <= self.last

    def is_due(self, visited: datetime | None, now: datetime) -> bool:
        """Say whether a site is due that was visited last at a time, None: never.

        One that was visited in the future is: some clock was wrong then, and would keep it waiting.
        """
        wait = timedelta(days=1 if self.is_season(now.date()) else self.days)
        return visited is None or visited > now or now - visited >= wait - SLACK

    def newest_year(self, day: date) -> int:
        """Give the newest year for which reports may be out."""
        return day.year - 1 if (day.month, day.day) >= self.first else day.year - 2


def season(text: str) -> Calendar:
    """Read a season such as 01-05..04-10. Raises ValueError.

    >>> season("12-20..04-10").is_season(date(2026, 1, 2))
    True
    """
    try:
        first, last = (datetime.strptime(f"2024-{end.strip()}", "%Y-%m-%d") for end in text.split(".."))
    except ValueError as error:
        raise ValueError(f"{text} is no season; write it as 01-05..04-10") from error
    return Calendar((first.month, first.day), (last.month, last.day))
