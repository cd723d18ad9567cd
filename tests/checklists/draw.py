"""Draw the contact sheets that the checklists in this folder are ticked against.

    python tests/checklists/draw.py FOLDER

writes rhythms.png (which stands in the README), one sheet of twelve leads for each rhythm and conduction, one for each
patient of the cast, pathways.png and pressures.png.
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils.plots import plot_ecg, plot_pressures, plot_strips, to_png
from data_generators import (
    CAST,
    CONDUCTIONS,
    PATHWAY_SITES,
    PRESSURE_TRACES,
    RHYTHMS,
    make_accessory_pathways,
    make_ecg,
    make_pressure_damping,
    record_ecg,
)

II = 1


def picture(shown):
    """Return a figure as an image."""
    return Image.open(io.BytesIO(to_png(shown.figure)))


def below_each_other(shown):
    """Return several figures as one image."""
    images = [picture(each) for each in shown]
    sheet = Image.new("RGB", (max(each.width for each in images), sum(each.height for each in images)), "white")
    top = 0
    for each in images:
        sheet.paste(each, (0, top))
        top += each.height
    return sheet


def rhythms():
    """Return lead II of every rhythm."""
    strips = {}
    for rhythm in RHYTHMS:
        X, y = make_ecg(1, rhythm=rhythm, duration=8, random_state=11)
        strips[f"{rhythm}, {y[0]:.0f} bpm"] = X[0, II]
    return picture(plot_strips(strips, caption=""))


def records(options):
    """Return three records of twelve leads."""
    shown = []
    for seed in range(3):
        X, _, truth = make_ecg(1, random_state=seed, return_truth=True, **options)
        numbers = ", ".join(f"{name[:-3].upper()} {truth[name][0]:.0f} ms" for name in ("pr_ms", "qrs_ms", "qt_ms"))
        title = f"{next(iter(options.values()))}, {truth['heart_rate'][0]:.0f} bpm, {numbers}"
        shown.append(plot_ecg(X[0], caption="", title=title))
    return below_each_other(shown)


def pathways():
    """Return two seconds of each site in all leads, repeated, so that there is a jump in each lead."""
    X, y, truth = make_accessory_pathways(200, random_state=1, return_truth=True)
    shown = []
    for number, site in enumerate(PATHWAY_SITES):
        index = np.flatnonzero((y == number) & (truth["pre_excitation"] > 0.6))[0]
        repeated = np.tile(X[index], (1, 5))
        shown.append(
            plot_ecg(repeated, caption="", title=f"{site}, pre-excitation {truth['pre_excitation'][index]:.1f}")
        )
    return below_each_other(shown)


def pressures():
    """Return three traces of each class."""
    X, y, truth = make_pressure_damping(200, random_state=1, return_truth=True)
    shown = []
    for number, name in enumerate(PRESSURE_TRACES):
        chosen = np.flatnonzero(y == number)[:3]
        recorded = {f"{name} {place + 1}": X[index, 0] for place, index in enumerate(chosen)}
        true = {f"{name} {place + 1}": truth["pressure"][index] for place, index in enumerate(chosen)}
        shown.append(plot_pressures(recorded, true, caption=""))
    return below_each_other(shown)


def main(folder):
    """Write all sheets into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    rhythms().save(folder / "rhythms.png", optimize=True)
    for options in [{"rhythm": name} for name in RHYTHMS] + [{"conduction": name} for name in CONDUCTIONS[1:]]:
        records(options).save(folder / f"{next(iter(options.values())).replace(' ', '_')}.png")
    for patient in CAST:
        leads = record_ecg(patient, random_state=0)
        picture(plot_ecg(leads, caption="", title=patient.name)).save(folder / f"{patient.name.split()[-1]}.png")
    pathways().save(folder / "pathways.png")
    pressures().save(folder / "pressures.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
