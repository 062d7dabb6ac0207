"""What a command tells on stderr while it works: messages and progress."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import track

MESSAGES = Console(stderr=True, highlight=False, soft_wrap=True)
PROGRESS_FROM = 20


def say(text: str) -> None:
    """Tell the person something, on stderr."""
    MESSAGES.print(escape(text))


Item = TypeVar("Item")


def following(items: Iterable[Item], total: int, doing: str, least: int = PROGRESS_FROM) -> Iterator[Item]:
    """Show progress on stderr while items come in, unless it is no terminal or they are few."""
    quiet = not MESSAGES.is_terminal or total < least
    return iter(track(items, description=doing, total=total, console=MESSAGES, transient=True, disable=quiet))
