"""Feedback pages: what a learner reads first, what nobody reads, and that a page does nothing but show."""

import base64
import re

import pytest
from bs4 import BeautifulSoup
from classroom.graded import ESSAY, QUIET, Graded, cell_of, says
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

pytestmark = QUIET

RULE, ERROR, STEP, FIT, BIAS = Graded.right

WIDGET = "application/vnd.jupyter.widget-view+json"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
TRACE = 'Traceback (most recent call last):\n  File "/home/teacher/course/x.py", line 3, in <module>\n    1 / 0\n'
STATE = {"application/vnd.jupyter.widget-state+json": {"version_major": 2, "version_minor": 0, "state": {"m": {}}}}


def shows(**data):
    kinds = {"html": "text/html", "text": "text/plain", "png": "image/png", "svg": "image/svg+xml"}
    kinds |= {"markdown": "text/markdown", "latex": "text/latex", "script": "application/javascript", "widget": WIDGET}
    return new_output("display_data", {kinds[kind]: content for kind, content in data.items()})


def ana(graded):
    """One exercise is right, one wrong, one stopped, one open, one does not run; the essay waits."""
    typed = {
        ERROR: ["np.mean(misses)"],
        STEP: "def gradient_step(*_):\n    raise ValueError('<img src=http://a.example/x>&amp;`<b>`')",
        FIT: None,
        BIAS: ["np.mean(misses[older]))"],
    }
    notes = [
        {"student": "A cell of a check was gone. It was put back, <b>and</b> `ran`.", "instructor": "x", "look": True},
        {"student": "", "instructor": "for the instructor alone", "look": True},
    ]
    graded.hand_in("ana", typed, spoil=pictures, grading={"seconds": 1, "notes": notes})


def pictures(notebook):
    """What a kernel shows in the widgets' and the quiz's cells, and the state that it saves."""
    view = {"model_id": "m", "version_major": 2, "version_minor": 0}
    first = {"# Question A: run me": 0, "from course_utils.widgets": 0}
    for cell in notebook.cells:
        if cell.source.startswith(tuple(first)) and cell.cell_type == "code":
            still = {} if cell.source.startswith("#") else {"png": PIXEL}
            cell.outputs = [shows(widget=view, text="[interactive picture] A line.", **still)]
    notebook.cells.append(new_code_cell("a_button()", outputs=[shows(widget=view, text="Button(style=ButtonStyle())")]))
    notebook.metadata["widgets"] = STATE


def ben(graded):
    """All is right. Checks were deleted and copied, and later cells print what the kernel remembers of the checks."""

    def edit(notebook):
        notebook.cells.remove(cell_of(notebook, f"{ERROR}_check"))
        check = cell_of(notebook, f"{FIT}_check")
        copied = new_code_cell(check.source, metadata=check.metadata)
        notebook.cells.insert(notebook.cells.index(check), copied)
        notebook.cells.append(new_code_cell("x = 1\n### BEGIN HIDDEN TESTS\nhalf_a_pair = 1"))

    def spoil(notebook):
        check = cell_of(notebook, f"{ERROR}_check")
        hidden = hidden_lines(notebook)
        html = "".join(f"<span>{word}</span> " for word in check.source.split(" "))
        later = [
            new_output("stream", text=check.source),
            new_output("stream", text=repr([check.source])),
            shows(text=check.source.replace("\n", " "), html=f"<pre>{html}</pre>"),
            new_output("error", ename="E", evalue=check.source, traceback=[f"---> {line}" for line in hidden]),
        ]
        notebook.cells.append(new_code_cell("print(In)", outputs=later))
        copied = new_code_cell(check.source, outputs=[new_output("stream", text="✓ Correct. A copy.")])
        notebook.cells.append(copied)

    graded.hand_in("ben", edit=edit, spoil=spoil)


def cyd(graded):
    """All is right, and the notebook is full of what a page must not run, fetch or repeat."""

    def edit(notebook):
        notebook.cells += [
            new_markdown_cell(
                "![x](http://a.example/1) <img src='//a.example/2' onerror='go()'> <script src=http://a.example/3></script>"
                "<iframe src='http://a.example/4'></iframe> <div style=\"background:url(http://a.example/5)\">kept</div>"
                "<link rel=stylesheet href=http://a.example/6> <a href='javascript:go()'>here</a> "
                "<svg><image href='http://a.example/7'/></svg> <form action='http://a.example/8'><input></form> "
                "<video poster='http://a.example/9'></video> <meta http-equiv=refresh content='0;url=http://a.example/10'>"
            ),
            new_markdown_cell("![gone](attachment:gone.png) and **more**"),
            new_raw_cell("<script>go()</script>", metadata={"raw_mimetype": "text/html"}),
            new_code_cell("'</pre><script>go()</script>'", metadata={"tags": ['"><script>go()</script>']}),
        ]

    def spoil(notebook):
        svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="go()"><image href="http://a.example/11"/></svg>'
        outputs = [
            shows(
                html="<img src=http://a.example/12><style>@import 'http://a.example/13'</style><script>go()</script>"
            ),
            shows(html="<table><tr><td>a table</td></tr></table>"),
            shows(html=f'<img src="data:image/png;base64,{PIXEL}" style="width:100%" alt="kept">'),
            shows(script="go()"),
            shows(svg=svg),
            shows(png=f'{PIXEL}"><script>go()</script>'),
            shows(markdown="![x](http://a.example/14)"),
            shows(latex="<script>go()</script>"),
            new_output("stream", text=f"before\n{TRACE}ZeroDivisionError: division by zero\nafter\n"),
            new_output("stream", name="stderr", text="/home/teacher/x.py:4: UserWarning: noise\n  warn('noise')\n"),
            new_output("stream", name="stderr", text="\n".join(f"again {number}" for number in range(900))),
            new_output(
                "error", ename="KeyError", evalue="'x'", traceback=["-----", f"\x1b[0;31m{TRACE}", "KeyError: 'x'"]
            ),
        ]
        notebook.cells.append(new_code_cell("everything()", outputs=outputs))
        notebook.metadata["title"] = "</title><script>go()</script>"

    graded.hand_in("cyd", edit=edit, spoil=spoil)


def dov(graded):
    """Points and words were given by hand."""
    graded.hand_in("dov", {STEP: None, ESSAY: "Mine, <script>go()</script> and **bold**."})
    graded.mark_by_hand("dov", f"{STEP}_check", 2)
    graded.mark_by_hand("dov", ESSAY, 3, "Well *said*, <script>go()</script>")


def eli(graded):
    """A check stops by itself, and the rest is far too long."""

    def spoil(notebook):
        cell_of(notebook, f"{RULE}_check").outputs = [says("Odd.")]
        outputs = [shows(html="<" * 300_000), new_output("stream", text="x" * 300_000), *[shows(text="again")] * 300]
        notebook.cells += [new_code_cell("long()", outputs=outputs), new_markdown_cell("*" * 300_000)]

    graded.hand_in("eli", spoil=spoil)


STUDENTS = (ana, ben, cyd, dov, eli)


@pytest.fixture(scope="module")
def graded(set_up, tmp_path_factory):
    graded = set_up.copy(tmp_path_factory.mktemp("feedback"))
    for student in STUDENTS:
        student(graded)
    graded.give_feedback()
    return graded


@pytest.fixture(scope="module")
def pages(graded):
    names = [student.__name__ for student in STUDENTS]
    return {name: graded.path("feedback", name).read_text(encoding="utf-8") for name in names}


@pytest.fixture
def hidden(graded):
    """The lines of the chapter's hidden tests that say more than a bracket."""
    return hidden_lines(graded.source)


def hidden_lines(notebook):
    sources = "\n".join(cell.source for cell in notebook.cells)
    tests = re.findall(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", sources, re.DOTALL)
    lines = [line.strip() for test in tests for line in test.splitlines() if len(letters(line)) > 10]
    assert len(lines) >= 3
    return lines


def letters(text):
    return re.sub(r"[\W_]", "", text)


def summary(page):
    """The lines at the top of a page: sign, title, points, sentence."""
    return [
        (line.select_one(".sign").text, line.a.text, line.select_one(".points").text, line.p.text)
        for line in BeautifulSoup(page, "html.parser").select(".exercises li")
    ]


def test_a_page_begins_with_the_points_and_a_line_for_each_exercise(pages):
    assert BeautifulSoup(pages["ana"], "html.parser").h1.text == "01 Linear regression: 2 of 14 points"
    found = summary(pages["ana"])
    assert [(sign, title, points) for sign, title, points, _ in found] == [
        ("✓", "Exercise 1: write 220 − age as such a line", "2 of 2 points"),
        ("✗", "Exercise 2: the mean squared error", "0 of 2 points"),
        ("⚠", "Exercise 3: take the step", "0 of 2 points"),
        ("○", "Exercise 4: finish the fit", "0 of 2 points"),
        ("⚠", "Exercise 5: the bias in older patients", "0 of 2 points"),
        ("◐", "Exercise 6: say it in your own words", "up to 4 points"),
    ]
    for (*_, sentence), begin in zip(
        found,
        (
            "Correct. Each ten years cost 10 bpm",
            "Not yet. Misses above and below the line cancel out",
            "Your code in Exercise 3 stopped before it gave an answer.",
            "Not attempted yet. In the cell of Exercise 4, replace every ____",
            "There is one ) too many in return np.mean(misses[older]))",
            "Not marked yet.",
        ),
        strict=True,
    ):
        assert sentence.startswith(begin)


def test_each_line_leads_to_the_answer(pages):
    page = BeautifulSoup(pages["ana"], "html.parser")
    for link, name in zip(page.select(".exercises a"), [*Graded.right, ESSAY], strict=True):
        assert link["href"] == f"#{name}"
        assert page.find(id=name).find_parent(class_="cell").find(class_="label").text.startswith("Your answer")


def test_notes_stand_first_and_what_a_student_typed_is_only_text(pages):
    page = BeautifulSoup(pages["ana"], "html.parser")
    notes = page.select(".notes p")
    assert [note.text for note in notes] == ["A cell of a check was gone. It was put back, <b>and</b> ran."]
    assert [code.text for code in page.select(".notes code")] == ["ran"]
    assert page.select_one(".notes").sourceline < page.select_one(".exercises").sourceline
    assert "(<img src=http://a.example/x>&amp;<b>)" in summary(pages["ana"])[2][3]
    assert not page.select("header img, .exercises b, .notes b")
    assert "instructor" not in pages["ana"]
    assert not BeautifulSoup(pages["ben"], "html.parser").select(".notes")


def test_each_check_shows_its_name_its_points_and_its_sentence_alone(pages):
    for page in pages.values():
        parsed = BeautifulSoup(page, "html.parser")
        for number, name in enumerate(Graded.right, start=1):
            cell = parsed.find("a", attrs={"name": f"{name}_check"}).find_parent(class_="code_cell")
            assert re.match(rf"^Check of exercise {number} \d of 2 points\s+[✓✗⚠○] ", cell.text.strip())
            assert not cell.select(".input_area")


def test_no_page_shows_the_code_of_checks_or_questions(pages):
    for page in pages.values():
        code = "\n".join(area.text for area in BeautifulSoup(page, "html.parser").select(".input_area"))
        assert "def rule_220" in code
        for plumbing in ("with check(", "c.close(", "mistakes=", "mcq(", "course_utils.checks", "course_utils.quiz"):
            assert plumbing not in code


def test_no_page_shows_a_line_of_a_hidden_test(pages, hidden):
    for page in pages.values():
        text = letters(BeautifulSoup(page, "html.parser").text)
        assert not [line for line in hidden if letters(line) in text]
        assert "HIDDEN TESTS" not in page
    assert "It showed a part of the tests" in pages["ben"]
    assert "half_a_pair" not in pages["ben"]
    assert "x = 1" in BeautifulSoup(pages["ben"], "html.parser").text


def test_deleted_and_copied_checks_count_once(pages):
    assert [sign for sign, *_ in summary(pages["ben"])] == ["✓", "✓", "✓", "✓", "✓", "◐"]
    cells = BeautifulSoup(pages["ben"], "html.parser").select(".check, .input_area")
    assert not [cell for cell in cells if "was missing from the submission" in cell.text]


def test_a_widget_is_the_picture_that_it_began_with_or_a_line(pages):
    page = BeautifulSoup(pages["ana"], "html.parser")
    lines = [line.text for line in page.select(".output em")]
    assert lines.count("(A question stands here in the notebook.)") == 1
    assert lines.count("(An interactive picture stands here in the notebook. This is how it begins.)") == 2
    assert lines.count("(Something interactive stands here in the notebook.)") == 1
    assert len([picture for picture in page.select(".output img") if picture["alt"] == "A line."]) == 2
    assert "ButtonStyle" not in pages["ana"]
    assert (
        "widget"
        not in pages["ana"].replace("course_utils.widgets", "").replace("</span>", "").lower().split("<body>")[1]
    )


def test_a_page_runs_nothing_and_asks_nothing_of_the_internet(pages):
    for page in pages.values():
        parsed = BeautifulSoup(page, "html.parser")
        assert "default-src 'none'; img-src data:;" in parsed.find("meta", attrs={"http-equiv": True})["content"]
        assert len(parsed.select("meta[http-equiv]")) == 1
        assert not parsed.select("script, iframe, link, object, embed, svg, form, video, base, input")
        assert "url(" not in page
        assert "@import" not in page
        for element in parsed.find_all(True):
            assert not [name for name in element.attrs if name.startswith("on")]
            assert element.get("src", "data:image/").startswith("data:image/")
            assert re.match(r"#|https?:|mailto:", element.get("href", "#"))
            assert {"srcset", "poster", "action", "background"}.isdisjoint(element.attrs)
    assert "a.example" not in re.sub(r"&lt;.*?&gt;", "", pages["cyd"])


def test_what_does_no_harm_is_shown(pages):
    page = BeautifulSoup(pages["cyd"], "html.parser")
    assert page.find("td", string="a table")
    assert page.find("img", alt="kept")["style"] == "width:100%;"
    assert page.find("div", string="kept")
    assert "![gone](attachment:gone.png) and **more**" in page.text
    assert "<script>go()</script>" in page.text
    (svg,) = [each["src"] for each in page.select("img") if "svg" in each.get("src", "")]
    assert b"onload" in base64.b64decode(svg.partition(",")[2])  # as a picture, it neither runs nor loads anything


def test_no_page_shows_a_stack_trace_or_a_place_on_the_grading_computer(pages):
    text = BeautifulSoup(pages["cyd"], "html.parser").text
    for page in pages.values():
        assert "Traceback" not in BeautifulSoup(page, "html.parser").body.text
        assert "/home/teacher" not in page
    assert "before\n⚠ ZeroDivisionError: division by zero\nafter" in text
    assert "UserWarning: noise" in text
    assert "⚠ This cell stopped (KeyError: 'x')." in text
    assert "(… 862 more lines …)" in text


def test_what_is_too_long_to_read_is_cut(pages):
    page = BeautifulSoup(pages["eli"], "html.parser")
    assert page.text.count("(This is too long to be shown here.)") == 2
    assert f"{'x' * 1000}…" in page.text
    assert len(page.find_all("pre", string="again")) == 48


def test_points_and_words_given_by_hand_are_there(pages):
    found = summary(pages["dov"])
    assert found[2] == ("✓", "Exercise 3: take the step", "2 of 2 points", "The points were given by hand.")
    assert found[5] == ("◐", "Exercise 6: say it in your own words", "3 of 4 points", "Marked by hand.")
    page = BeautifulSoup(pages["dov"], "html.parser")
    assert page.h1.text == "01 Linear regression: 13 of 14 points"
    assert " ".join(page.select_one(".comment").text.split()) == "Your teacher writes: Well said,"
    answer = page.find(id=ESSAY).find_parent(class_="cell")
    assert answer.strong.text == "bold"
    assert "No response" not in pages["dov"]


def test_a_check_that_stops_by_itself_says_so(pages):
    assert summary(pages["eli"])[0] == (
        "⚠", "Exercise 1: write 220 − age as such a line", "0 of 2 points",
        "The check could not judge the answer (CheckFailed: Odd.).",
    )  # fmt: skip


def test_each_outcome_has_its_look_in_the_list_below_its_answer_and_where_a_cell_stopped(pages):
    page = BeautifulSoup(pages["ana"], "html.parser")
    listed = [line["data-course-outcome"] for line in page.select(".exercises li")]
    assert listed == ["passed", "failed", "erred", "not-tried", "erred", "handed-in"]
    below = [
        page.find(id=f"{name}_check").find_parent(class_="code_cell")["data-course-outcome"] for name in Graded.right
    ]
    assert below == listed[:-1]
    stopped = page.find(id=BIAS).find_parent(class_="code_cell").select_one(".output_error")
    assert stopped["data-course-outcome"] == "erred"
    assert not page.select(".check .output_error[data-course-outcome]")
    style = "".join(each.text for each in page.select("style"))
    for look in ("passed", "failed", "erred", "not-tried"):
        assert f'[data-course-outcome="{look}"]' in style
