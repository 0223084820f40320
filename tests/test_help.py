"""The help: every command has its examples, and every line of the lists of commands fits a narrow terminal."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from flows.cli import cli


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command and those below it, each with the words that call it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))


EVERY = list(commands(cli))


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[" ".join(path) or "claimdrift" for path, _ in EVERY])
def test_every_command_shows_examples_of_itself(path, command):
    said = CliRunner().invoke(cli, [*path, "--help"]).stdout
    assert "Examples:\n" in said
    examples = said.split("Examples:\n")[1].split("\n\n")[0].splitlines()
    assert [line for line in examples if " ".join(("claimdrift", *path)) in line]


@pytest.mark.parametrize("group", [(), ("review",)])
def test_no_line_of_a_list_of_commands_is_cut_off(group):
    said = CliRunner().invoke(cli, [*group, "--help"], terminal_width=80).stdout
    listed = said.split("Commands:\n")[1].split("\n\n")[0]
    assert "..." not in listed
