"""What grading has to say of a submission, kept in the graded notebook beside its marks."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Note:
    """One finding: a sentence for the student, one for the instructor, and whether somebody should look at it."""

    student: str
    instructor: str
    look: bool = False


def begin_notes(notebook: Any, notes: list[Note]) -> None:
    """Put `notes` into a notebook, in place of any that the student may have put there."""
    metadata = notebook.metadata.get("cardiac_ml_course")
    release = metadata.get("release") if isinstance(metadata, dict) else None
    kept = {"release": release} if isinstance(release, str) else {}
    notebook.metadata["cardiac_ml_course"] = {**kept, "grading": {"notes": [asdict(note) for note in notes]}}


def add_notes(notebook: Any, notes: list[Note], seconds: float) -> None:
    """Add `notes` to those that a notebook has, and how long it ran."""
    grading = notebook.metadata.setdefault("cardiac_ml_course", {}).setdefault("grading", {})
    grading["notes"] = [*grading.get("notes", []), *(asdict(note) for note in notes)]
    grading["seconds"] = round(seconds, 2)
