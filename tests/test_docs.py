"""The documents say what the program does."""

import re
from pathlib import Path

import click
import pytest

from db.across import rules
from nianbao.cli import main
from parsers.forms import forms

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
FINDINGS = (ROOT / "docs" / "findings.md").read_text("utf-8")
COMMANDS = ROOT / "docs" / "commands.md"


def helps() -> str:
    """Write every command's help, as docs/commands.md must hold it."""
    parts = ["# Commands\n\nWhat `--help` prints; a test keeps this page up to date.\n"]
    parent = main.make_context("nianbao", ["findings"], max_content_width=100, terminal_width=100)
    for name, command in main.commands.items():
        context = click.Context(command, parent, info_name=name)
        parts.append(f"## nianbao {name}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def test_the_commands_page_is_up_to_date() -> None:
    assert COMMANDS.read_text("utf-8") == helps(), "write it anew: python -m tests.test_docs"


@pytest.mark.parametrize("name", main.commands)
def test_the_readme_shows_every_command(name: str) -> None:
    assert f"nianbao {name}" in README


def test_every_rule_is_explained() -> None:
    told = set(re.findall(r"`([A-Z]\d?[A-Z0-9]*-[A-Z0-9]+)`", FINDINGS))
    in_forms = {s.rule for form in forms() for table in form.tables for s in table.sums}
    in_code = {
        rule
        for path in (ROOT / "parsers").rglob("*.py")
        for rule in re.findall(r"[\"']([A-Z]\d?-[A-Z0-9]+)[\"']", path.read_text("utf-8"))
    }
    in_data = set(
        re.findall(r'rule = "([^"]+)"', (ROOT / "parsers" / "checks" / "check.toml").read_text("utf-8"))
    )
    assert in_forms | in_code | in_data | set(rules()) | {"S3-SUBTOTAL"} == told


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    named = re.findall(r"`((?:nianbao|parsers|db|docs|tests|scraper|benchmarks)/[\w./-]*)`", text)
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    for path in (*(ROOT / name for name in named), *(page.parent / link.split("#")[0] for link in linked)):
        assert path.exists() or [*path.parent.glob(path.name)], path


if __name__ == "__main__":
    COMMANDS.write_text(helps(), "utf-8")
