"""What an instructor sees who starts JupyterLab in the root of the course."""

import shutil

import pytest
from browser import lab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_formgrader_lists_the_chapter(page, tmp_path, request):
    course = tmp_path / "course"
    shutil.copytree(request.config.rootpath / "notebooks", course / "notebooks")
    shutil.copy(request.config.rootpath / "nbgrader_config.py", course)
    with lab.Instructor(tmp_path, course) as instructor:
        page.goto(instructor.at("/formgrader"))
        expect(page.get_by_role("heading", name="Manage Assignments")).to_be_visible()
        expect(page.get_by_role("link", name=lab.CHAPTER)).to_be_visible()

        page.goto(instructor.url)
        expect(page.get_by_role("menuitem", name="Nbgrader")).to_be_visible()
        page.goto("about:blank")
