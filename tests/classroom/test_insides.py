"""What the course takes from inside nbgrader and its like is as it was when it was read, and all of it is named."""

import importlib
import re
from importlib.metadata import version

import pytest
from classroom import insides
from nbgrader.preprocessors import Execute

ROWS, READ_IN = insides.table()
FILES = {name: [file for file in row if file != "digest"] for name, row in ROWS.items()}

METHOD = "nbgrader.preprocessors.getgrades:GetGrades._get_score"
OPTION = "nbgrader.converters.autograde:Autograde.autograde_preprocessors"
FUNCTION = "nbgrader.utils:determine_grade"
TEMPLATE = "nbconvert/templates/classic/base.html.j2"


@pytest.mark.parametrize("name", ROWS)
def test_what_is_inside_is_as_it_was_when_it_was_read(name):
    assert insides.digest_of(name), f"{name} is not there."
    sentence = insides.complaint(name, ROWS[name], READ_IN)
    assert not sentence, sentence


def change(monkeypatch, name, old, new):
    """Let the source of what `name` stands for be another."""
    module = name.partition(":")[0]
    source = insides.source_of(module)
    assert old in source
    monkeypatch.setattr(insides, "source_of", {module: source.replace(old, new)}.__getitem__)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (METHOD, "= grade.score", "= grade.auto_score"),
        (METHOD, "def _get_score", "def _find_score"),
        (METHOD, "class GetGrades", "class FindGrades"),
        (OPTION, "        IgnorePattern,\n", ""),
        (FUNCTION, "'error' or", "'error' and"),
        (TEMPLATE, "output.text | ansi2html", "output.text"),
    ],
)
def test_another_source_is_told_in_a_sentence_that_names_it_and_the_files_of_the_course(monkeypatch, name, old, new):
    change(monkeypatch, name, old, new)
    sentence = insides.complaint(name, ROWS[name], READ_IN)
    package = re.match(r"\w+", name)[0]
    assert sentence.startswith(f"{name} is not in {package} {version(package)} what it was in {READ_IN[package]}: ")
    assert all(file in sentence for file in FILES[name])
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (METHOD, "grade.score\n", "grade.score  # a comment\n\n"),
        (METHOD, "'score'", '"score"'),
        (METHOD, "def _get_comment", "def _get_words"),
        (METHOD, "ResourcesDict) -> None:\n", 'ResourcesDict) -> None:\n        """A docstring."""\n'),
        ("nbgrader.preprocessors.clearsolutions:ClearSolutions", "solutions regions are", "regions of solutions are"),
    ],
)
def test_other_words_or_neighbours_are_no_other_source(monkeypatch, name, old, new):
    digest = insides.digest_of(name)
    change(monkeypatch, name, old, new)
    assert insides.digest_of(name) == digest


def test_each_override_in_the_course_is_named_and_no_other():
    found = {
        (name, str(path.relative_to(insides.COURSE)))
        for module, path in insides.modules().items()
        for name in insides.overrides(importlib.import_module(module), path)
    }
    sentences = {(name, file): ROWS[name][file] for name, files in FILES.items() for file in files}
    named = {each for each, sentence in sentences.items() if sentence.startswith("Overridden")}
    assert found - named == set(), "Say in insides.toml why these are overridden."
    assert named - found == set(), "These are no longer overridden: take them out of insides.toml."


def test_an_override_is_found_whatever_its_kind(tmp_path):
    source = (
        "class Own(Execute):\n    timeout = 1\n    answer = 42\n\n    def on_cell_executed(self): ...\n\n"
        "    @default('kernel_name')\n    def _python(self): ...\n\n    async def _async_poll_kernel_alive(self): ...\n"
    )
    path = tmp_path / "own.py"
    path.write_text(source)
    own = type("own", (), {"Own": type("Own", (Execute,), {})})
    assert set(insides.overrides(own, path)) == {
        "nbclient.client:NotebookClient._async_poll_kernel_alive",
        "nbclient.client:NotebookClient.kernel_name",
        "nbgrader.preprocessors.execute:Execute.on_cell_executed",
        "nbgrader.preprocessors.execute:Execute.timeout",
    }


def test_each_private_name_that_is_not_the_courses_own_is_named():
    named = {re.split(r"[:.]", name)[-1] for name in ROWS}
    assert insides.private_names(insides.modules().values()) - named == set(), "Say in insides.toml what these are for."


def test_the_files_that_are_named_are_there():
    assert [file for files in FILES.values() for file in files if not (insides.COURSE / file).is_file()] == []


def test_renewing_writes_what_is_installed_and_leaves_every_word(monkeypatch, tmp_path, capsys):
    text = insides.TABLE.read_text(encoding="utf-8")
    table = tmp_path / "insides.toml"
    table.write_text(text.replace(ROWS[METHOD]["digest"], "0" * 12).replace('"' + READ_IN["nbgrader"] + '"', '"0.1"'))
    monkeypatch.setattr(insides, "TABLE", table)
    insides.renew()
    assert capsys.readouterr().out == f"{METHOD}\n"
    assert table.read_text(encoding="utf-8").replace(version("nbgrader"), READ_IN["nbgrader"]) == text
