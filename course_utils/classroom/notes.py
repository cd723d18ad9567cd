"""What grading has to say of a submission, kept in the graded notebook beside its marks."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Note:
    """One finding: a sentence for the student, one for the instructor, and whether somebody should look at it."""

    student: str
    instructor: str
    look: bool = False


def begin_notes(notebook: Any, notes: list[Note], handed_in: dict[str, int]) -> None:
    """Put into a notebook what is noted of it, in place of any notes that the student may have put there.

    Args:
        notebook: the notebook.
        notes: the notes.
        handed_in: for each answer of which not one cell was handed in, by its grade_id, how many were.
    """
    metadata = notebook.metadata.get("cardiac_ml_course")
    release = metadata.get("release") if isinstance(metadata, dict) else None
    kept = {"release": release} if isinstance(release, str) else {}
    grading = {"notes": [asdict(note) for note in notes], "handed_in": handed_in}
    notebook.metadata["cardiac_ml_course"] = {**kept, "grading": grading}


def add_notes(notebook: Any, notes: list[Note], seconds: float) -> None:
    """Add `notes` to those that a notebook has, and how long it ran."""
    grading = notebook.metadata.setdefault("cardiac_ml_course", {}).setdefault("grading", {})
    grading["notes"] = [*grading.get("notes", []), *(asdict(note) for note in notes)]
    grading["seconds"] = round(seconds, 2)


def handed_in(notebook: Any, answer: str) -> int:
    """Return how many cells of an answer were handed in."""
    content: Any = notebook.metadata
    for key in ("cardiac_ml_course", "grading", "handed_in", answer):
        content = content.get(key) if isinstance(content, dict) else None
    return content if isinstance(content, int) else 1
