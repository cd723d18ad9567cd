"""The command `course`."""

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from course_utils import chapters, workspace
from course_utils.errors import CourseError
from course_utils.files import is_full

_BAD_INPUT = 2
_STOPPED = 130


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
    learn.add_argument("--chapter", help="the chapter to open, such as 01 (default: the first)")
    learn.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    learn.add_argument("--port", type=_port, help="the port to listen on (default: the first free one from 8888)")
    learn.add_argument(
        "--from", type=_path, dest="archive", metavar="ARCHIVE", help="first bring back a packed archive"
    )
    learn.set_defaults(run=_learn)
    progress = commands.add_parser("progress", help="show how far you are in each chapter")
    progress.set_defaults(run=_progress)
    pack = commands.add_parser("pack", help="put your copies into one archive to take home")
    pack.set_defaults(run=_pack)
    restore = commands.add_parser("restore", help="put one exercise back as it was, and keep what you wrote there")
    restore.add_argument("chapter", help="the chapter, such as 02")
    restore.add_argument("exercise", help="the number of the exercise, such as 3")
    restore.set_defaults(run=_restore)
    for each in (learn, progress, pack, restore):
        each.add_argument(
            "folder",
            nargs="?",
            metavar="DIR",
            help="where your copies are (default: ~/my-cardiac-ml-course)",
        )
    secret = commands.add_parser("secret", help="for instructors: make a secret for a class, once, before it is graded")
    secret.add_argument("--new", action="store_true", help="make another; all are then graded again")
    secret.set_defaults(run=_secret, folder=None)
    release = commands.add_parser(
        "release", help="for instructors: make a chapter without answers to hand out, or again"
    )
    release.add_argument("chapter", help="the chapter to release, such as 02")
    release.add_argument(
        "--remove", action="store_true", help="let marks of exercises that are gone leave the gradebook for a table"
    )
    release.set_defaults(run=_release, folder=None)
    _add_collect(commands.add_parser("collect", help="for instructors: take in what a class has handed in"))
    _add_grade(commands.add_parser("grade", help="for instructors: grade what a class has handed in"))
    _add_report(commands.add_parser("report", help="for instructors: what a class knows, and where it stumbles"))
    _add_feedback(commands.add_parser("feedback", help="for instructors: a page for each student, in one archive"))
    return parser


def _add_collect(collect: argparse.ArgumentParser) -> None:
    collect.add_argument("chapter", help="the chapter that was handed in, such as 02")
    collect.add_argument(
        "source", type=_path, help="what Canvas or Moodle gives away, or a folder of notebooks such as ana.ipynb"
    )
    collect.add_argument(
        "--roster", type=_path, metavar="FILE", help="who is in the class: Canvas's, Moodle's or your own table"
    )
    collect.set_defaults(run=_collect, folder=None)


def _add_feedback(feedback: argparse.ArgumentParser) -> None:
    feedback.add_argument("chapter", help="the chapter, such as 02")
    feedback.set_defaults(run=_feedback, folder=None)


def _add_grade(grade: argparse.ArgumentParser) -> None:
    grade.add_argument("chapter", help="the chapter to grade, such as 02")
    grade.add_argument("--student", action="append", default=[], metavar="NAME", help="this one alone; may be repeated")
    grade.add_argument("--workers", type=_count, help="notebooks at once (default: one for each core)")
    grade.add_argument("--timeout", type=_count, metavar="SECONDS", help="time for a cell (default: 60)")
    grade.add_argument("--memory", type=_count, metavar="MB", help="memory for a student's code (default: 2048)")
    grade.add_argument("--secret", help="in place of $COURSE_SECRET and of what `course secret` has made")
    grade.add_argument("--force", action="store_true", help="grade again what is graded already")
    grade.add_argument(
        "--exercise", type=_count, metavar="NUMBER", help="grade this one again for all, and leave all other marks"
    )
    grade.add_argument("--cluster", metavar="ADDRESS", help="run on a Dask cluster, such as tcp://10.0.0.1:8786")
    grade.add_argument("--no-sandbox", action="store_true", help="run students' code unprotected, with your rights")
    grade.set_defaults(run=_grade, folder=None)


def _add_report(report: argparse.ArgumentParser) -> None:
    report.add_argument("chapter", help="the chapter to report on, such as 02")
    report.add_argument("--names", action="store_true", help="name students; without this they are numbered")
    report.add_argument("--csv", type=_path, metavar="FILE", help="write a row for each student and exercise")
    report.add_argument("--picture", type=_path, metavar="FILE", help="draw the exercises as bars, such as class.png")
    for name in ("Canvas", "Moodle"):
        words = f"copy {name}'s table, with the chapter's points in it"
        report.add_argument(f"--{name.lower()}", type=_path, metavar="FILE", help=words)
    report.add_argument("--column", metavar="TITLE", help="where the points go in Canvas's table, if it is not plain")
    report.set_defaults(run=_report, folder=None)


def _count(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")


def _path(text: str) -> Path:
    return Path(os.path.abspath(os.path.expanduser(text)))


def _learn(arguments: argparse.Namespace, folder: Path) -> int:
    chapter = chapters.find_chapter(arguments.chapter) if arguments.chapter is not None else chapters.chapter_names()[0]
    port = workspace.choose_port(arguments.port)
    if arguments.archive:
        print(*workspace.bring_back(arguments.archive, folder, chapter), sep="\n")
    for line in workspace.prepare_folder(folder, chapter):
        print(line)
    return workspace.open_lab(folder, chapter, port=port, browser=not arguments.no_browser)


def _progress(arguments: argparse.Namespace, folder: Path) -> int:
    print(workspace.read_progress(folder))
    return 0


def _pack(arguments: argparse.Namespace, folder: Path) -> int:
    print(*workspace.pack(folder), sep="\n")
    return 0


def _restore(arguments: argparse.Namespace, folder: Path) -> int:
    print(*workspace.put_back(folder, arguments.chapter, arguments.exercise), sep="\n")
    return 0


def _secret(arguments: argparse.Namespace, _: Path) -> int:
    from course_utils.classroom.secret import make_secret  # here, as below: no learner should wait for nbgrader

    print(*make_secret(Path.cwd(), new=arguments.new), sep="\n")
    return 0


def _release(arguments: argparse.Namespace, _: Path) -> int:
    from course_utils.classroom.publish import publish  # here, as above

    print(*publish(Path.cwd(), arguments.chapter, remove=arguments.remove), sep="\n")
    return 0


def _collect(arguments: argparse.Namespace, _: Path) -> int:
    from course_utils.classroom.collect import collect  # here, as above
    from course_utils.classroom.course import Classroom

    print(collect(Classroom(Path.cwd(), arguments.chapter), arguments.source, arguments.roster))
    return 0


def _feedback(arguments: argparse.Namespace, _: Path) -> int:
    from course_utils.classroom.course import Classroom  # here, as above
    from course_utils.classroom.handback import pack_feedback

    print(*pack_feedback(Classroom(Path.cwd(), arguments.chapter)), sep="\n")
    return 0


def _grade(arguments: argparse.Namespace, _: Path) -> int:
    from course_utils.classroom.workers import begin_imports  # here, as above

    if not arguments.cluster:
        begin_imports()
    from course_utils.classroom.grade import Options, grade

    options = Options(
        students=tuple(arguments.student),
        workers=arguments.workers,
        timeout=arguments.timeout,
        memory_mb=arguments.memory,
        secret=arguments.secret,
        sandbox=not arguments.no_sandbox,
        force=arguments.force,
        exercise=arguments.exercise,
        cluster=arguments.cluster,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as with Ctrl+C, there is something to say at the end
    run = grade(Path.cwd(), arguments.chapter, options)
    print(run)
    if run.stopped:
        print(f"course grade: {run.stopped}", file=sys.stderr)
        return _STOPPED
    return int(bool(run.failed))


def _report(arguments: argparse.Namespace, _: Path) -> int:
    from course_utils.classroom.course import Classroom  # here, as above
    from course_utils.classroom.handback import fill_in
    from course_utils.classroom.picture import save_picture
    from course_utils.classroom.report import read_report, save_file

    classroom = Classroom(Path.cwd(), arguments.chapter)
    report = read_report(classroom.folder, classroom.chapter, classroom.db_url)
    print(report.text(names=arguments.names))
    if arguments.csv:
        save_file(arguments.csv, report.csv(names=arguments.names).encode("utf-8-sig"))  # so that Excel reads the signs
    if arguments.picture:
        save_picture(report, arguments.picture)
    for system in ("canvas", "moodle"):
        if table := getattr(arguments, system):
            print("", *fill_in(classroom, table, system, arguments.column), sep="\n")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command `course` with `arguments` (those of the process by default), and return its exit status."""
    parsed = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without ✓ shows a ? there, beside the word
    try:
        return parsed.run(parsed, _path(parsed.folder) if parsed.folder else workspace.default_folder())
    except CourseError as error:
        print(f"course {parsed.command}: {error}", file=sys.stderr)
        return _BAD_INPUT
    except OSError as error:
        if not is_full(error):
            raise
        print(f"course {parsed.command}: the disk is full. Make room, and run this again.", file=sys.stderr)
        return _BAD_INPUT
    except KeyboardInterrupt:
        print(f"course {parsed.command}: stopped.", file=sys.stderr)
        return _STOPPED
