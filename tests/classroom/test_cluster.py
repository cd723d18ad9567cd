"""Grading on many machines: a Dask cluster, here of processes, and a gradebook on a PostgreSQL server."""

import contextlib
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from classroom import tiny
from classroom.conftest import Course, graded_cells
from classroom.test_round_trip import blank, half_right, hard_coded, noisy, perfect, wrong
from distributed import Client
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from course_utils.classroom import cluster as clusters
from course_utils.classroom import workers
from course_utils.classroom.journal import FOLDER
from course_utils.classroom.report import read_report
from course_utils.classroom.workers import cluster_executor
from course_utils.errors import CourseError

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="The sandbox is Linux's."),
]

SECRET = "known to the instructor alone"
STUDENTS = {
    "ana": perfect,
    "ben": blank,
    "cem": wrong,
    "dia": half_right,
    "eva": perfect,
    "finn": hard_coded,
    "gus": noisy,
    "hana": perfect,
}

SPY = """\
import os, socket
print("I am on", socket.gethostname(), os.getcwd(), os.listdir("."))
"""


def until(condition, seconds=60):
    """Wait until `condition` returns something true, and return that."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def postgres():
    """The address of a database on a PostgreSQL server of these tests alone, which has a socket and no port."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not programs:
        missing = "The server of PostgreSQL is not installed: sudo apt install postgresql"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    binaries = programs[-1].parent
    other = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:  # a socket's path is at most 107 bytes long
        if other:
            shutil.chown(folder, "postgres")

        def run(program, *arguments):
            command = [binaries / program, "-D", f"{folder}/data", *arguments]
            with open(f"{folder}/output", "w") as output:
                done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, timeout=60, **other)
            assert done.returncode == 0, Path(folder, "output").read_text()

        run("initdb", "--username=grader", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        run("pg_ctl", "start", "-w", "-l", f"{folder}/log", "-o", f"-F -c listen_addresses='' -k {folder}")
        yield f"postgresql+psycopg://grader@/postgres?host={folder}"
        run("pg_ctl", "stop", "-w", "-m", "immediate")


class OnPostgres(Course):
    """A course with its gradebook on PostgreSQL."""

    def __init__(self, folder, address):
        super().__init__(folder)
        self.address = address

    def begin(self):
        super().begin()
        with open(self.folder / "nbgrader_config.py", "a") as config:
            config.write(f"c.CourseDirectory.db_url = {self.address!r}\n")

    def gradebook(self):
        return Gradebook(self.address)


class Cluster:
    """A Dask cluster: a scheduler and its workers, each a process in a folder of its own."""

    def __init__(self, folder, environment):
        self.folder = folder
        few = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
        self.environment = environment | few
        self.processes = {}
        described = folder / "scheduler.json"
        place = ("--host", "127.0.0.1", "--port", "0")
        self._start("scheduler", *place, "--scheduler-file", str(described), name="scheduler")
        until(lambda: described.exists() and described.read_text().endswith("}"))
        self.address = json.loads(described.read_text())["address"]
        self.client = Client(self.address, set_as_default=False)

    def _start(self, program, *arguments, name, **variables):
        (self.folder / name).mkdir()
        with open(self.folder / name / "log", "w") as log:
            self.processes[name] = psutil.Popen(
                [sys.executable, "-m", "dask", program, *arguments, "--no-dashboard"],
                cwd=self.folder / name,
                env=self.environment | variables,
                stdout=log,
                stderr=log,
            )

    @contextlib.contextmanager
    def workers(self, *names, options=(), **variables):
        """Start workers, each with a nanny that starts it again if it dies; yield a function that waits for them."""
        common = ("--nworkers", "1", "--nthreads", "1", "--local-directory", ".", *options)
        for name in names:
            self._start("worker", self.address, "--name", name, *common, name=name, **variables)
        try:
            yield lambda: until(lambda: self.addresses().keys() == set(names))
        finally:
            for name in names:
                self.kill(name)
            until(lambda: not self.addresses())

    def addresses(self):
        """Where the workers are, by their names."""
        workers = self.client.scheduler_info()["workers"]
        return {worker["name"]: address for address, worker in workers.items()}

    def kill(self, name):
        """Kill a process and its children at once, as when their machine goes down; return the sandboxes among them."""
        first = self.processes.pop(name, None)
        if first is None:
            return []
        inside = first.children(recursive=True)
        sandboxes = [each for each in inside if "course_utils.classroom.kernel" in command_of(each)]
        for process in (first, *inside):
            if process not in sandboxes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        first.wait(10)
        return sandboxes

    def stop(self):
        self.client.close()
        for name in list(self.processes):
            self.kill(name)


def command_of(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def alive(processes):
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), Course(tmp_path_factory.mktemp("machines")).environment)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def small(with_tiny_chapter, tmp_path_factory):
    """A course with a chapter that is graded in a second, for these tests alone."""
    course = Course(tmp_path_factory.mktemp("small"))
    course.chapter = tiny.CHAPTER
    shutil.copytree(with_tiny_chapter.folder, course.folder)
    return course


@pytest.fixture(scope="module")
def unanswered(small):
    """A run on a cluster that is not there, and its seconds; it begins before others, since most of it is waiting."""

    def run():
        begin = time.monotonic()
        return small.grade("--cluster", "tcp://127.0.0.1:9"), time.monotonic() - begin

    with ThreadPoolExecutor() as pool:
        yield pool.submit(run)


@pytest.fixture(scope="module")
def graded(released, postgres, cluster, unanswered, tmp_path_factory):
    """Two courses with the same class, one graded on this machine, one on a cluster that loses a worker half-way."""
    here, there = Course(tmp_path_factory.mktemp("here")), OnPostgres(tmp_path_factory.mktemp("there"), postgres)
    shutil.copytree(released.folder, here.folder)
    there.begin()
    for student, answers in STUDENTS.items():
        notebook = graded_cells(here, answers(here))
        notebook.cells.insert(0, new_code_cell(SPY))
        for course in (here, there):
            course.submit(student, nbformat.writes(notebook))
    with cluster.workers("one", "two") as wait, ThreadPoolExecutor() as pool:
        run_here = pool.submit(here.grade, "--secret", SECRET)
        release = there.nbgrader("generate_assignment", there.chapter)
        assert release.returncode == 0, release.stderr
        wait()
        lost = cluster.addresses()["one"]
        run = pool.submit(there.grade, "--secret", SECRET, "--cluster", cluster.address)

        def half_way():
            done = list((there.folder / FOLDER).rglob("*.executed.json"))
            return len(done) >= len(STUDENTS) / 2 and cluster.client.processing()[lost]

        until(lambda: run.done() or half_way(), 300)
        there.sandboxes = cluster.kill("one")
        here.run, there.run = run_here.result(), run.result()
    (there.loss,) = (event for _, event in cluster.client.get_events(lost) if event["action"] == "remove-worker")
    return here, there


def test_the_cluster_gives_the_marks_of_one_machine_though_a_worker_was_lost(graded):
    here, there = graded
    for course in graded:
        assert course.run.returncode == 0, course.run.stderr
    assert there.loss["processing-tasks"]
    marks = {student: here.marks(student) for student in STUDENTS}
    assert {student: there.marks(student) for student in STUDENTS} == marks
    assert marks["eva"] == [2, 2, 2, 2, 2]
    assert marks["finn"] == [0, 0, 0, 0, 0]  # his numbers fit the data of everybody, and not those of the secret


def test_the_instructor_is_not_told_of_the_loss(graded):
    for course in graded:
        assert course.run.stderr == ""
        lines = [line for line in course.run.stdout.splitlines() if not line.endswith(" left")]
        assert len(lines) == 1
        assert lines[0].startswith(f"{len(STUDENTS)} graded in ")


def test_students_code_ran_in_sandboxes_and_those_of_the_lost_worker_are_gone(graded):
    _, there = graded
    for student in STUDENTS:
        notebook = nbformat.read(there.path("autograded", student), as_version=4)
        assert notebook.cells[0].outputs[0].text.startswith("I am on sandbox /student [")
    assert there.sandboxes
    until(lambda: not alive(there.sandboxes), 5)


def test_the_class_report_is_the_same_on_both_gradebooks(graded):
    here, there = graded
    reports = [
        read_report(course.folder, course.chapter, url)
        for course, url in ((here, f"sqlite:///{here.folder / 'gradebook.db'}"), (there, there.address))
    ]
    for one, other in zip(*(report.submissions for report in reports), strict=True):
        assert (one.student, one.answers, one.reasons) == (other.student, other.answers, other.reasons)
    assert reports[0].exercises == reports[1].exercises


def test_nbgraders_own_commands_work_with_the_gradebook_on_postgresql(graded):
    _, there = graded
    marks = {student: sum(there.marks(student)) for student in STUDENTS}
    for command in (
        ("autograde", there.chapter, "--student", "dia", "--force"),
        ("generate_feedback", there.chapter, "--student", "dia"),
        ("export", "--to", "marks.csv"),
    ):
        run = there.nbgrader(*command, COURSE_SECRET=SECRET)
        assert run.returncode == 0, run.stderr
    with (there.folder / "marks.csv").open(encoding="utf-8") as file:
        assert {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)} == marks
    assert "Exercise 1" in there.path("feedback", "dia").read_text(encoding="utf-8")


def test_where_nobody_answers_one_line_says_so_soon(unanswered):
    run, seconds = unanswered.result()
    assert seconds < 45  # ten of them for the answer; the start takes long beside all else that runs
    assert (run.returncode, run.stdout) == (2, "")
    (line,) = run.stderr.splitlines()
    assert line.startswith("course grade: No Dask scheduler answers at tcp://127.0.0.1:9 (")


FATAL = """\
import os
from course_utils.classroom import workers

run = vars(workers).setdefault("run", workers.run_notebook)

def run_or_die(job):
    if job.student == "ben":
        os._exit(1)
    return run(job)

workers.run_notebook = run_or_die
"""
"""What makes a worker die of a notebook, as if it had used up the machine's memory."""


def test_a_notebook_that_kills_each_worker_is_named_and_the_others_are_graded(small, cluster, tmp_path):
    (tmp_path / "fatal.py").write_text(FATAL)
    with cluster.workers("mortal", options=("--preload", str(tmp_path / "fatal.py"))) as wait:
        wait()
        run = small.grade("--student", "ben", "--student", "dia", "--cluster", cluster.address)
    assert run.stderr == ""
    assert run.returncode == 1
    (line,) = (line for line in run.stdout.splitlines() if line.startswith("Could not be graded"))
    assert line.startswith("Could not be graded: ben: ")
    assert line.endswith("Each worker that tried to run this notebook died.")
    assert tiny.marks(small) == {"dia": tiny.MARKS["dia"]}


def test_a_worker_without_bubblewrap_says_so_in_one_line(small, cluster, tmp_path):
    for program in ("python", "python3"):
        (tmp_path / program).symlink_to(sys.executable)
    with cluster.workers("bare", PATH=str(tmp_path)) as wait:
        wait()
        run = small.grade("--student", "ana", "--cluster", cluster.address)
    assert (run.returncode, run.stderr) == (1, "")
    (line,) = (line for line in run.stdout.splitlines() if line.startswith("Could not be graded"))
    assert "Students' code runs in a sandbox, and bubblewrap is not installed." in line
    assert "ana" not in tiny.marks(small)


def test_an_address_that_is_none_is_said_to_be_one():
    with pytest.raises(CourseError, match=r"No Dask scheduler answers at lab-1 \(missing port number"):
        cluster_executor("lab-1")


def test_a_cluster_is_asked_for_its_threads_and_missed_when_it_has_none(cluster, monkeypatch):
    with cluster.workers("busy") as wait:
        wait()
        executor = cluster_executor(cluster.address)
        assert executor.at_once == 3  # one for the thread, and two that are ready
    assert executor.at_once == 2  # a worker that starts again takes some seconds
    monkeypatch.setattr(clusters, "PATIENCE_SECONDS", 0)
    with pytest.raises(CourseError, match=rf"All workers of {cluster.address} are gone\. Start some"):
        executor.at_once  # noqa: B018
    executor.shutdown(wait=False)
    monkeypatch.setattr(clusters, "ANSWER_SECONDS", 1)
    with pytest.raises(CourseError, match=f"On each machine: dask worker {cluster.address}"):
        cluster_executor(cluster.address)


class FragilePool(ThreadPoolExecutor):
    """Workers that all die of job 3, as those of one machine do."""

    broken = False

    def submit(self, run, job):
        if self.broken:
            raise BrokenExecutor
        return super().submit(run, self, job)


def run_in_fragile_pool(pool, job):
    pool.broken = pool.broken or job == 3
    if pool.broken:
        raise BrokenExecutor
    return f"{job} has been run"


def test_of_workers_that_die_together_only_the_job_that_killed_them_is_lost(monkeypatch):
    monkeypatch.setattr(workers, "run_notebook", run_in_fragile_pool)
    for at_once in range(1, 6):
        results = list(workers.run_all(iter(range(1, 9)), lambda: FragilePool(2), at_once))
        assert sorted(job for job, _ in results) == list(range(1, 9))
        assert [job for job, result in results if result != f"{job} has been run"] == [3]


def test_another_version_of_the_course_grades_nothing():
    error = clusters._on_worker("another version", len, "")
    assert isinstance(error, CourseError)
    assert "needs the course in the same version as yours" in str(error)


def test_without_dask_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "course_utils.classroom.cluster")
    with pytest.raises(CourseError, match="A cluster needs Dask"):
        cluster_executor("tcp://127.0.0.1:8786")
