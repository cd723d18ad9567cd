"""What an instructor sees who starts JupyterLab in the root of the course, also where a student would have code run."""

import json
import re
import shutil
from urllib.parse import quote

import nbformat
import pytest
from browser import lab
from classroom.graded import ESSAY, QUIET, Graded, cell_of
from classroom.payloads import MARKUP, put_into, run
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, *QUIET]

CHAPTER = Graded.chapter
CHECK = f"{next(iter(Graded.right))}_check"
PERSON = f'<img src=x: onerror="{run("name")}">'

_SETTLED = 1000  # milliseconds, in which what would run has run


@pytest.fixture(scope="module")
def graded(tmp_path_factory, request):
    """A course in which one student is called as no one should be, and handed in all payloads."""
    graded = Graded.set_up(tmp_path_factory.mktemp("course"))
    shutil.copy(request.config.rootpath / "nbgrader_config.py", graded.folder)
    graded.hand_in(PERSON)
    path = graded.path("autograded", PERSON)
    notebook = nbformat.read(path, as_version=4)
    put_into(notebook, cell_of(notebook, ESSAY))
    path.write_text(json.dumps(notebook))
    (graded.folder / "evil.js").write_text(run("script from a file handed in"))
    with graded.gradebook() as gradebook:
        gradebook.update_or_create_student(PERSON, first_name=PERSON, last_name=PERSON, email=PERSON)
    return graded


@pytest.fixture(scope="module")
def instructor(graded, tmp_path_factory):
    with lab.Instructor(tmp_path_factory.mktemp("home"), graded.folder) as instructor:
        yield instructor


@pytest.fixture(scope="module")
def submission(graded, instructor):
    """The address of the page on which the submission is marked."""
    with graded.gradebook() as gradebook:
        notebook = gradebook.find_submission_notebook(CHAPTER, CHAPTER, PERSON)
        return instructor.at(f"/formgrader/submissions/{notebook.id}/")


@pytest.fixture
def caught(page, instructor):
    """What has run in the page or was fetched for it, whenever it is asked."""
    page.goto(instructor.at("/api/status"))  # which lets the browser in
    return Caught(page)


class Caught:
    def __init__(self, page):
        self.page, self.fetched = page, set()
        page.add_init_script("if (window === window.top) window.hit = []")
        page.on("response", lambda response: self.fetched.add(response.url))

    def names(self):
        """The names of all that ran, once all had time to, and the addresses of what was fetched."""
        self.page.wait_for_timeout(_SETTLED)
        ran = set(self.page.evaluate("window.hit"))
        for place in range(self.page.locator(".click").count()):
            self.page.evaluate("place => document.querySelectorAll('.click')[place]?.click()", place)
            self.page.wait_for_timeout(200)
            ran |= set(self.page.evaluate("window.hit"))
        return ran | set(re.findall(r"hit=([\w-]+)", " ".join(self.fetched)))


def test_the_formgrader_lists_the_chapter_also_in_jupyterlab(page, instructor):
    page.goto(instructor.at("/formgrader"))
    expect(page.get_by_role("heading", name="Manage Assignments")).to_be_visible()
    expect(page.get_by_role("link", name=CHAPTER)).to_be_visible()
    page.get_by_role("link", name="Add new assignment").click()
    expect(page.get_by_role("dialog")).to_be_visible()

    page.goto(instructor.url)
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_be_visible()
    page.wait_for_function("() => window.jupyterapp")
    page.evaluate("jupyterapp.commands.execute('nbgrader:open-formgrader').then(() => true)")
    expect(page.frame_locator("#formgrader-iframe iframe").get_by_role("link", name=CHAPTER)).to_be_visible()
    page.goto("about:blank")


def test_nothing_that_a_student_wrote_runs_where_it_is_marked(page, window, caught, submission, graded):
    answer = page.goto(submission)
    assert "script-src 'nonce-" in answer.headers["content-security-policy"]
    expect(page.locator(f"[id='{CHECK}']")).to_have_attribute("placeholder", "2")  # the page's own scripts have run
    assert caught.names() == set()
    assert page.url.startswith(submission.partition("?")[0])
    assert page.get_by_text("In my own words.").count() == 1
    assert page.locator("a[href^='javascript']").count() == 0

    page.locator(f"[id='{CHECK}']").fill("1")
    with page.expect_response(re.compile("/api/grade/")):
        page.locator(f"[id='{ESSAY}-comment']").fill("Well said.")
    with page.expect_response(re.compile("/api/comment/")):
        page.keyboard.press("Tab")
    page.locator(".glyphicon-eye-open").click()
    expect(page.get_by_text(f"{PERSON}, {PERSON}")).to_be_visible()
    page.locator(".help").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert caught.names() == set()
    with graded.gradebook() as gradebook:
        assert gradebook.find_grade(CHECK, CHAPTER, CHAPTER, PERSON).manual_score == 1
        assert gradebook.find_comment(ESSAY, CHAPTER, CHAPTER, PERSON).manual_comment == "Well said."
    problems = window[1]
    problems[:] = [each for each in problems if "ERR_INVALID_URL (data:image/png" not in each]  # it is no picture


@pytest.mark.parametrize(
    "place",
    [
        "manage_students",
        f"manage_students/{quote(PERSON)}",
        f"manage_students/{quote(PERSON)}/{CHAPTER}",
        f"manage_submissions/{CHAPTER}",
        f"gradebook/{CHAPTER}/{CHAPTER}",
        f"manage_students/{quote('</script><script>' + run('address') + '<', safe='')}",
        f"manage_students/{quote(chr(34) + ';' + run('address') + '//', safe='')}",
        "api/students",
    ],
    ids=("students", "student", "chapter of a student", "chapter", "marking", "script", "quotation mark", "answer"),
)
def test_a_students_name_and_a_page_s_address_are_text_on_each_page(page, caught, instructor, place):
    page.goto(instructor.at(f"/formgrader/{place}"))
    page.wait_for_load_state("networkidle")
    assert caught.names() == set()


@pytest.mark.parametrize("guarded", [False, True])
def test_the_policy_alone_stops_what_gets_through(browser, instructor, submission, guarded):
    """Each payload stands raw in the page. Without the policy nearly all of them run, and with it none."""

    def serve(route):
        answer = route.fetch()
        headers = {name: each for name, each in answer.headers.items() if guarded or name != "content-security-policy"}
        raw = "".join(f"<div>{each}</div>" for each in MARKUP.values())
        route.fulfill(body=answer.text().replace("</nav>", f"</nav>{raw}"), headers=headers)

    context = browser.new_context()
    page = context.new_page()
    page.goto(instructor.at("/api/status"))
    page.route(re.compile("/formgrader/submissions/[^/]+/"), serve)
    caught = Caught(page)
    page.goto(submission)
    if guarded:
        expect(page.locator(".nbgrader_cell .score").first).to_have_attribute("placeholder", re.compile("2"))
        assert caught.names() == set()
    else:
        assert MARKUP.keys() - caught.names() == set()
    context.close()
