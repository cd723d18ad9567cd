"""The command `course`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

_BAD_INPUT = 2


class _OneLineParser(argparse.ArgumentParser):
    """An argument parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(_BAD_INPUT, f"{self.prog}: {message}. For help: {self.prog} --help\n")


def _port(text: str) -> int:
    if text.isdecimal() and 1024 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port; choose a number from 1024 to 65535")


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="course", description="Machine learning for cardiologists, on simulated data.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    learn = commands.add_parser("learn", help="open your own copy of the course in JupyterLab")
    learn.add_argument("folder", nargs="?", metavar="DIR", help="where your copies are (default: ~/cardiac-ml-course)")
    learn.add_argument("--chapter", help="the chapter to open, such as 01 (default: the first)")
    learn.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    learn.add_argument("--port", type=_port, help="the port to listen on (default: the first free one from 8888)")
    return parser


def _learn(arguments: argparse.Namespace) -> int:
    from course_utils import workspace  # here, so that `course --help` does not wait for nbgrader

    try:
        folder = Path(arguments.folder).expanduser().absolute() if arguments.folder else workspace.default_folder()
        chapter = (
            workspace.find_chapter(arguments.chapter) if arguments.chapter is not None else workspace.chapter_names()[0]
        )
        port = workspace.choose_port(arguments.port)
        workspace.prepare_folder(folder, chapter)
        return workspace.open_lab(folder, chapter, port=port, browser=not arguments.no_browser)
    except workspace.WorkspaceError as error:
        print(f"course learn: {error}", file=sys.stderr)
        return _BAD_INPUT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command `course` with `arguments` (those of the process by default), and return its exit status."""
    return _learn(_parser().parse_args(arguments))
