"""What a command prints on stderr while it works: messages and progress bars."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich import progress
from rich.console import Console
from rich.markup import escape

MESSAGES = Console(stderr=True, highlight=False, soft_wrap=True)
PROGRESS_FROM = 20


def say(text: str) -> None:
    """Print a message for the user on stderr."""
    MESSAGES.print(escape(text))


Item = TypeVar("Item")


def track(items: Iterable[Item], total: int, description: str, least: int = PROGRESS_FROM) -> Iterator[Item]:
    """Show a progress bar on stderr while items are processed, unless it is no terminal or they are few."""
    quiet = not MESSAGES.is_terminal or total < least
    bar = progress.track(
        items, description=description, total=total, console=MESSAGES, transient=True, disable=quiet
    )
    return iter(bar)
