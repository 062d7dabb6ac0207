"""Read annual reports on government information disclosure, whatever their format."""

from parsers.parse import parse
from parsers.report import Fact, Figure, Finding, Publisher, Report, Section, Unreadable

__all__ = ["Fact", "Figure", "Finding", "Publisher", "Report", "Section", "Unreadable", "parse"]
