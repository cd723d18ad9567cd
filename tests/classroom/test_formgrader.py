"""The Formgrader's pages without a browser: what is served, who serves it, and what stands in the table of marks."""

import csv
import json
import re
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from classroom.conftest import SETTINGS
from classroom.graded import ESSAY, QUIET, cell_of
from classroom.payloads import put_into
from jupyter_server.extension.config import ExtensionConfigManager
from traitlets.config import Application, Config

from course_utils.classroom.config import configure
from course_utils.classroom.export import CsvExport
from course_utils.classroom.formgrader import policy
from course_utils.classroom.submission_page import SubmissionExporter

pytestmark = QUIET

OURS, THEIRS = "course_utils.classroom.formgrader", "nbgrader.server_extensions.formgrader"


@pytest.fixture
def graded(set_up, tmp_path):
    return set_up.copy(tmp_path)


def test_a_page_has_no_script_but_its_own_and_nothing_that_loads_or_leads_elsewhere(graded):
    graded.hand_in("ana")
    path = graded.path("autograded", "ana")
    notebook = nbformat.read(path, as_version=4)
    put_into(notebook, cell_of(notebook, ESSAY))
    path.write_text(json.dumps(notebook))
    kept = path.read_bytes()
    person = "<script>go()</script>"
    names = dict.fromkeys(("student", "last_name", "first_name", "notebook_path"), person)
    resources = {**names, "assignment_id": "a", "notebook_id": "n", "index": 0, "total": 1, "base_url": ""}
    made, _ = SubmissionExporter(nonce="own").from_filename(str(path), resources=resources)
    page = BeautifulSoup(made, "html.parser")
    assert path.read_bytes() == kept
    assert all(each["nonce"] == "own" for each in page.select("script, style, link"))
    assert not [each for each in page.select("script[src], link") if "static" not in str(each)]
    assert not page.select("iframe, object, embed, svg, form, video, audio, base, meta[http-equiv], template")
    cells = page.select_one("#notebook-container")
    for element in cells.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on")]
        assert element.get("src", "data:image/").startswith("data:image/")
        assert re.match(r"#|https?:|mailto:", element.get("href", "#"))
        assert {"srcset", "poster", "action", "background", "target"}.isdisjoint(element.attrs) or element.name == "a"
    assert {each.name for each in cells.select(".full-credit")} == {"button"}  # nbgrader's own, and no student's
    assert not page.select(".live-notebook script")
    for left_out in ("application/javascript", "text/latex", "application/vnd.jupyter.widget-view+json"):
        assert f"(Not shown here: {left_out}.)" in cells.text


def test_a_link_opens_a_window_of_its_own():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("[a](https://a.example) [b](#b)")])
    page, _ = SubmissionExporter().from_notebook_node(notebook, {"index": 0, "total": 1})
    away, here = BeautifulSoup(page, "html.parser").select("#notebook-container a")
    assert (away["target"], away["rel"]) == ("_blank", ["noopener", "noreferrer"])
    assert "target" not in here.attrs


def test_the_policy_allows_no_script_that_anybody_could_put_into_a_page():
    scripts = re.search(r"script-src ([^;]*)", policy("x"))[1].split()
    assert scripts[:2] == ["'nonce-x'", "'unsafe-hashes'"]
    assert all(each.startswith("'sha256-") for each in scripts[2:])
    for rule in ("default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'", "sandbox "):
        assert f"; {rule}" in f"; {policy('x')}"


def test_the_settings_put_the_courses_formgrader_in_the_place_of_nbgraders(tmp_path):
    folder = tmp_path / "jupyter_server_config.d"
    folder.mkdir()
    (folder / "nbgrader.json").write_text(json.dumps({"ServerApp": {"jpserver_extensions": {THEIRS: True}}}))
    for path in (SETTINGS / "jupyter_server_config.d").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    found = ExtensionConfigManager(read_config_path=[str(tmp_path)]).get_jpserver_extensions()
    assert found == {THEIRS: False, OURS: True}
    assert sorted(found)[0] == OURS  # where somebody turns both on, the first that is loaded answers


def test_the_course_refuses_a_server_with_nbgraders_formgrader_alone(monkeypatch):
    server = SimpleNamespace(jpserver_extensions={THEIRS: True, OURS: True})
    monkeypatch.setattr(Application, "initialized", lambda: True)
    monkeypatch.setattr(Application, "instance", lambda: server)
    configure(Config())
    server.jpserver_extensions[OURS] = False
    with pytest.raises(SystemExit, match=r"^Jupyter is not started: [^\n]*pip install -c lock\.txt -e [^\n]*$"):
        configure(Config())


def test_no_cell_of_the_table_of_marks_is_a_formula(graded, tmp_path):
    names = ("=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1", 'a,"b"\n=1')
    with graded.gradebook() as gradebook:
        for place, name in enumerate(names):
            about = dict.fromkeys(("first_name", "last_name", "email"), name)
            gradebook.update_or_create_student(f"={place}", **about)
        CsvExport(to=str(tmp_path / "grades.csv")).export(gradebook)
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(names)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(tuple("=+-@＝\t\r"))]
    assert {row["student_id"] for row in rows} == {f"'={place}" for place in range(len(names))}
    assert {row["first_name"] for row in rows} >= {"'=1+1", "'=1", 'a,"b" =1'}
