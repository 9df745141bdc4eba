"""`cumbia completion`: what a shell needs to complete words, made from the parser itself."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from cumbia._command.terminal import Help

__all__ = ["add", "run", "words"]

SHELLS = ("bash", "zsh", "fish")


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "completion", help="a script that has a shell complete commands and options", formatter_class=Help,
        description="Print a script for a shell.",
        epilog='examples:\n  eval "$(cumbia completion bash)"\n  eval "$(cumbia completion zsh)"\n'
        "  cumbia completion fish > ~/.config/fish/completions/cumbia.fish",
    )  # fmt: skip
    made.add_argument("shell", choices=SHELLS)
    made.set_defaults(run=run)


class Words(NamedTuple):
    """What may follow a command.

    Attributes
    ----------
    commands : dict of str to str
        Commands below it, and what they do.
    options : dict of str to str
        Options, and what they do.
    choices : tuple of str
        What its first argument may be, if that is one of few.
    """

    commands: dict[str, str]
    options: dict[str, str]
    choices: tuple[str, ...]


def words() -> dict[tuple[str, ...], Words]:
    """Read all commands and options off the parser.

    Returns
    -------
    dict of tuple of str to Words
        By the commands in front.
    """
    from cumbia import _command

    found: dict[tuple[str, ...], Words] = {}
    _walk(_command.parser(), (), found)
    return found


def _walk(parser: argparse.ArgumentParser, path: tuple[str, ...], found: dict) -> None:
    commands: dict[str, str] = {}
    options: dict[str, str] = {}
    choices: tuple[str, ...] = ()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            told = {one.dest: one.help or "" for one in action._choices_actions}
            for name, below in action.choices.items():
                commands[name] = told.get(name, "")
                _walk(below, (*path, name), found)
        elif action.option_strings:
            for option in action.option_strings:
                options[option] = action.help or ""
        elif action.choices and not choices:
            choices = tuple(map(str, action.choices))
    found[path] = Words(commands, options, choices)


def run(options: Any) -> int:
    """Carry it out."""
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[options.shell](words()), end="")
    return 0


def _bash(found: dict[tuple[str, ...], Words]) -> str:
    cases = "\n".join(
        f"        {' '.join(path)!r}) words={' '.join([*of.commands, *of.choices, *of.options])!r} ;;"
        for path, of in found.items()
    )
    known = " ".join(f"{' '.join(path)!r}" for path in found if path)
    return f"""\
_cumbia() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} path='' next words at known
    local paths=({known})
    for ((at = 1; at < COMP_CWORD; at++)); do
        next="${{path:+$path }}${{COMP_WORDS[at]}}"
        for known in "${{paths[@]}}"; do
            if [[ $known == "$next" ]]; then path=$next; break; fi
        done
    done
    case $path in
{cases}
        *) words='' ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if [[ $current != -* ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}}
complete -o filenames -F _cumbia cumbia
"""


def _zsh(found: dict[tuple[str, ...], Words]) -> str:
    return f"""\
autoload -U +X bashcompinit && bashcompinit
{_bash(found)}"""


def _fish(found: dict[tuple[str, ...], Words]) -> str:
    lines = []
    for path, of in found.items():
        if path:
            condition = " && ".join(f"__fish_seen_subcommand_from {name}" for name in path)
            if of.commands:
                condition += f" && not __fish_seen_subcommand_from {' '.join(of.commands)}"
        else:
            condition = "__fish_use_subcommand"
        begin = f"complete -c cumbia -n {condition!r}"
        lines += [f"{begin} -f -a {name} -d {_quoted(told)}" for name, told in of.commands.items()]
        lines += [f"{begin} -f -a {name}" for name in of.choices]
        for option, told in of.options.items():
            kind = f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
            lines.append(f"{begin} {kind} -d {_quoted(told)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
