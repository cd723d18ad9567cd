"""Grade classes beside plain nbgrader, and one of a thousand: `make study`. `make bench` prints the figures by chapter.

python tests/benchmarks/grading.py faster      # 60 submissions beside plain nbgrader
python tests/benchmarks/grading.py sixty       # a class of 60 with its hostile ones, killed once, by both routes
python tests/benchmarks/grading.py thousand    # is the cost linear?
"""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))
from classroom import hostile, tiny
from classroom.conftest import Course
from classroom.test_round_trip import PLAIN
from classroom.test_teaching import CHAPTER, COMMANDS, commands_for
from notebooks.attempts import Chapter

from course_utils.classroom.journal import FOLDER

HOSTILE = 20  # of the 60
TIMES_FASTER = 4
LINEAR = 1.3  # a submission of a class of 1,000 may cost this much more than one of 100


def honest_submissions(name, number):
    """Yield (student, notebook): right and wrong answers of the chapter's tests in all mixtures, the last one blank."""
    chapter = Chapter(name)
    for student in range(number):
        notebook = nbformat.from_dict(chapter.release)
        for place, exercise in enumerate(chapter.exercises):
            right, wrong = exercise.answers["right"], exercise.answers["wrong"]
            kind = 3 if student == number - 1 else (student + place) % 4 if student else 0
            attempt = wrong[student % len(wrong)] if kind == 2 else right[student % len(right)]
            (cell,) = (
                each for each in notebook.cells if each.metadata.get("nbgrader", {}).get("grade_id") == exercise.name
            )
            if kind != 3:
                cell.source = exercise.filled(attempt if kind != 2 else attempt.get("cell") or attempt["typed"])
        yield f"student-{student:04}", notebook


def new_course(folder, name, submissions):
    """Return a course in `folder`, with `name` released and the submissions collected."""
    folder.mkdir()
    course = Course(folder)
    course.chapter = name
    course.begin()
    done = course.nbgrader("generate_assignment", name)
    assert done.returncode == 0, done.stderr
    for student, notebook in submissions:
        course.submit(student, nbformat.writes(notebook))
    return course


class Memory(threading.Thread):
    """The largest memory (MB) of a process and all that it started, shared pages counted once."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self._process, self.peak = psutil.Process(pid), 0.0
        self.start()

    def run(self):
        while self._process.is_running():
            total = 0
            try:
                for process in (self._process, *self._process.children(recursive=True)):
                    total += process.memory_full_info().pss
            except psutil.Error:
                continue
            finally:
                self.peak = max(self.peak, total / 2**20)
            time.sleep(1)  # each look costs the system more than a little


def timed(course, command):
    """Run a command in the course's folder; return its seconds, its peak memory in MB, and its output."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=course.folder, env=course.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    memory = Memory(process.pid)
    output, _ = process.communicate()
    assert process.returncode == 0, output
    return time.perf_counter() - start, memory.peak, output


def by_plain_nbgrader(course):
    """Grade a course unprotected, with nbgrader's own command and steps alone."""
    with open(course.folder / "nbgrader_config.py", "a") as config:
        config.write(PLAIN)
    return timed(course, [sys.executable, "-m", "nbgrader", "autograde", course.chapter])


def by_the_course(course):
    """Grade a course with the course's command."""
    return timed(course, [Path(sys.executable).parent / "course", "grade", course.chapter])


def all_marks(course):
    """Return every student's mark in every check."""
    from nbgrader.api import Grade

    with course.gradebook() as gradebook:
        return {(each.student.id, each.name): each.auto_score for each in gradebook.db.query(Grade)}


def compare_marks(one, other):
    """Fail with the marks that differ between two courses."""
    marks, others = all_marks(one), all_marks(other)
    different = {key: (marks.get(key), others.get(key)) for key in marks | others if marks.get(key) != others.get(key)}
    assert not different, different


def side_by_side(name, number):
    """Grade one class by both routes; return how many times faster the course's is, and both memory peaks in MB."""
    with tempfile.TemporaryDirectory() as folder:
        courses = [
            new_course(Path(folder, route), name, honest_submissions(name, number)) for route in ("plain", "ours")
        ]
        plain, plain_memory, _ = by_plain_nbgrader(courses[0])
        ours, our_memory, _ = by_the_course(courses[1])
        compare_marks(*courses)
        return plain, ours, plain_memory, our_memory


def stages(name, number):
    """Return the median seconds that one submission spends in each stage."""
    from course_utils.classroom.course import Classroom
    from course_utils.classroom.grade import Options, grade

    seconds = {"prepare": [], "save": []}

    def clocked(stage):
        original = getattr(Classroom, stage)

        def step(*given):
            start = time.perf_counter()
            try:
                return original(*given)
            finally:
                seconds[stage].append(time.perf_counter() - start)

        setattr(Classroom, stage, step)
        return original

    with tempfile.TemporaryDirectory() as folder:
        course = new_course(Path(folder, "stages"), name, honest_submissions(name, number))
        originals = {stage: clocked(stage) for stage in seconds}
        try:
            grade(course.folder, name, Options(), lambda line: None)
        finally:
            for stage, original in originals.items():
                setattr(Classroom, stage, original)
        graded = (nbformat.read(path, as_version=4) for path in course.folder.glob("autograded/*/*/*.ipynb"))
        seconds["run"] = [notebook.metadata.cardiac_ml_course.grading.seconds for notebook in graded]
    return {stage: statistics.median(seconds[stage]) for stage in ("prepare", "run", "save")}


def teach(course, lines, **options):
    """Start commands of TEACHING.md, as they are written there, for the course's chapter."""
    commands = commands_for(course.chapter, "\n".join(lines))
    return subprocess.Popen(["bash", "-e", "-c", commands], cwd=course.folder, env=course.environment, **options)


def sixty():
    """Follow TEACHING.md with 60 students, 20 of them hostile; kill the grading once; compare with nbgrader."""
    lines = COMMANDS.splitlines()
    begin, middle, end = lines[:6], lines[:2] + lines[6:7], lines[:2] + lines[6:]
    chapter = Course.chapter
    with tempfile.TemporaryDirectory() as folder:
        course = new_course(Path(folder, "guide"), chapter, [])
        with open(course.folder / "nbgrader_config.py", "a") as config:
            config.write("c.Execute.timeout = 10\n")  # so that loops without an end are not waited for long
        (course.folder / ".venv").symlink_to(sys.prefix)
        handed_in = course.folder / "handed-in"
        handed_in.mkdir()
        expected = {}
        for student, notebook in honest_submissions(chapter, 60 - HOSTILE):
            nbformat.write(notebook, handed_in / f"{student}.ipynb")
        kinds = list(hostile.KINDS)
        for name in kinds[:: len(kinds) // HOSTILE][:HOSTILE]:
            (handed_in / f"{name}.ipynb").write_bytes(hostile.KINDS[name].content(course))
            expected[name] = list(hostile.KINDS[name].marks)
        assert teach(course, begin).wait() == 0
        Path(folder, "second").mkdir()
        second = Course(Path(folder, "second"))
        shutil.copytree(course.folder, second.folder, symlinks=True)

        start = time.perf_counter()
        first_run = teach(course, middle, stdout=subprocess.DEVNULL, start_new_session=True)
        while len(list((course.folder / FOLDER).rglob("*.saved.json"))) < 20:
            assert first_run.poll() is None, "the grading ended before it could be killed"
            time.sleep(0.2)
        os.killpg(first_run.pid, signal.SIGKILL)
        print(f"killed after {time.perf_counter() - start:.0f} s", flush=True)
        assert teach(course, end).wait() == 0
        print(f"guide followed to its end after {time.perf_counter() - start:.0f} s", flush=True)
        assert teach(second, [*lines[:2], f"nbgrader autograde {CHAPTER}"]).wait() == 0
        print(f"and by nbgrader autograde after {time.perf_counter() - start:.0f} s", flush=True)
        compare_marks(second, course)
        assert len({student for student, _ in all_marks(course)}) == 60
        for name, right in expected.items():
            assert course.marks(name) == right, name
        assert len(list((course.folder / "marked").glob("*.html"))) == 60
        assert (course.folder / "marked" / "grades.csv").read_text().count("\n") == 61


def faster():
    """Grade 60 submissions of chapter 02 by both routes, the plain one unprotected, and compare the times."""
    plain, ours, plain_memory, our_memory = side_by_side("02_logistic_regression", 60)
    print(f"nbgrader autograde, unprotected: {plain:.0f} s, peak {plain_memory:.0f} MB")
    print(f"course grade, in the sandbox: {ours:.0f} s, peak {our_memory:.0f} MB: {plain / ours:.1f} times faster")
    assert plain > TIMES_FASTER * ours


def thousand():
    """Grade 100 and 1,000 submissions of a chapter that costs next to nothing, and compare the cost of one."""
    cost = {}
    for number in (100, 1000):
        with tempfile.TemporaryDirectory() as folder:
            course = Course(Path(folder))
            course.begin()
            shutil.rmtree(course.folder / "notebooks")
            tiny.add_chapter(course)
            answers = list(tiny.ANSWERS.values())
            tiny.hand_in(course, {f"student-{each:04}": answers[each % len(answers)] for each in range(number)})
            seconds, memory, _ = by_the_course(course)
            assert len(tiny.marks(course)) == number
            cost[number] = seconds / number
            print(
                f"{number} submissions: {seconds:.0f} s, {seconds / number:.3f} s each, peak {memory:.0f} MB",
                flush=True,
            )
    assert cost[1000] < LINEAR * cost[100], "the cost of a submission grows with the class"


if __name__ == "__main__":
    for part in sys.argv[1:]:
        {"faster": faster, "sixty": sixty, "thousand": thousand}[part]()
