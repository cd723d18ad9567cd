"""The instructor's side: grading many submissions, reports, feedback."""
