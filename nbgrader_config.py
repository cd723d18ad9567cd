"""The repository's root is an nbgrader course: run nbgrader's commands here."""

from course_utils.release import release_preprocessors

c = get_config()  # noqa: F821 - nbgrader puts it here

c.CourseDirectory.course_id = "cardiac-ml-course"
c.CourseDirectory.source_directory = "notebooks"
c.GenerateAssignment.preprocessors = release_preprocessors()
c.OverwriteCells.add_missing_cells = True
c.HTMLExporter.mathjax_url = ""  # feedback pages ask nothing of the internet
c.Execute.timeout = 60
c.Execute.error_on_timeout = {
    "ename": "CheckFailed",  # a check that was stopped has said so itself, and says it once
    "evalue": "",
    "traceback": ["⚠ This cell did not finish in time and was stopped."],
}
