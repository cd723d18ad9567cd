"""`make mutate`: what the checks say of right answers with one slip in them, by kind and by chapter.

With the name of a chapter it does that one, and shows each slip with what the learner would read. It fails if a wrong
answer passes, or if of those that people make less than half get a sentence of their own.
"""

import json
import os
import re
import sys
from collections import Counter

from notebooks.attempts import Chapter, chapters_with_answers, played
from notebooks.mistakes import is_said, mistakes
from notebooks.mutants import KINDS, PEOPLE_MAKE

from course_utils.chapters import find_chapter

VERDICTS = ("wrong, and passes", "right too", "a sentence of its own", "the hint", "the code stopped")


def judged(chapter):
    """Yield for each right answer with one slip: exercise, kind, answer as JSON, one of `VERDICTS`, and the text."""
    outcomes = played(chapter.name, slips=True).outcomes
    for exercise in chapter.exercises:
        sentences = mistakes(exercise.check.source)
        right_too = [json.dumps(slip) for slip in exercise.answers.get("right_too", [])]
        for (name, slip, _), outcome in outcomes.items():
            if name == exercise.name:
                found = verdict(outcome, slip in right_too, sentences)
                yield name, exercise.mutants[slip], slip, found, outcome.text


def verdict(outcome, right_too, sentences):
    """Return which of `VERDICTS` an outcome is, by what the answers say and by the check's own sentences."""
    if outcome.score:
        return VERDICTS[right_too]
    if any(is_said(sentence, outcome.text) for sentence in sentences):
        return VERDICTS[2]
    return VERDICTS[3 if "✗" in outcome.text else 4]


def table(title, rows):
    """Print counts of verdicts, `rows` by their name, and the share of the wrong that get a sentence of their own."""
    print(f"\n{title:26}{'all':>7}" + "".join(f"{name:>23}" for name in VERDICTS) + f"{'own of wrong':>14}")
    for name, counts in rows.items():
        own = counts[VERDICTS[2]] / max(1, counts.total() - counts[VERDICTS[1]])
        print(f"{name:26}{counts.total():7}" + "".join(f"{counts[each]:23}" for each in VERDICTS) + f"{own:14.0%}")


def main(names):
    by_kind = {kind: Counter() for kind in KINDS}
    by_chapter, stops, passing = {}, Counter(), []
    for chapter in map(Chapter, [find_chapter(name) for name in names] or chapters_with_answers()):
        counts = by_chapter[chapter.name] = Counter()
        for exercise, kind, slip, found, text in judged(chapter):
            by_kind[kind][found] += 1
            counts[found] += kind in PEOPLE_MAKE
            said = text.rpartition("\n")[2]
            if names:
                print(f"{exercise}, {kind}, {found}: {slip}: {said}")
            if found == VERDICTS[0]:
                passing.append(f"{exercise}, {kind}: {slip}")
            if found == VERDICTS[4]:
                stops[re.sub(r"`[^`]*`|\d+", "…", said.partition("gave an answer. ")[2] or said)] += 1
    people = sum((by_kind[kind] for kind in PEOPLE_MAKE), Counter())
    table("Kind", by_kind | {"all": sum(by_kind.values(), Counter()), "those that people make": people})
    table("Those that people make", by_chapter)
    print("\nWhat is said where the code stopped:")
    for said, count in stops.most_common():
        print(f"{count:5} {said}")
    print("\nWrong, and passes:", *(passing or ["none"]), sep="\n    ")
    return bool(passing) or people[VERDICTS[2]] < (people.total() - people[VERDICTS[1]]) / 2


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"  # torch's threads do not survive a fork
    sys.exit(main(sys.argv[1:]))
