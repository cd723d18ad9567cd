"""Draw the contact sheets that the checklists in this folder are ticked against.

    python tests/checklists/draw.py FOLDER

writes rhythms.png, echo_normal.png, cmr_short_axis.png and table_1.png (they stand in the README), one sheet of twelve
leads for each rhythm and conduction, one for each patient of the cast, pathways.png, pressures.png, a sheet for each
task of imaging, and the cast by echo, on film and by CT.
"""

import io
import sys
import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from course_utils.plots import plot_ecg, plot_pressures, plot_strips, to_png
from data_generators import (
    CAROTID_PATCHES,
    CAST,
    CMR_WHOLE_HEART,
    CONDUCTIONS,
    CORONARY_SEGMENTS,
    ECHO_CARDIOMYOPATHIES,
    ECHO_VIEWS,
    HEART_CONDITIONS,
    HYPERTROPHIC_VARIANTS,
    PACEMAKER_MODELS,
    PATHWAY_SITES,
    PRESSURE_TRACES,
    RHYTHMS,
    TABLE_1,
    XRAY_DIAGNOSES,
    make_accessory_pathways,
    make_biopsy_heart_failure,
    make_cmr_hcm,
    make_cmr_whole_heart,
    make_ct_agatston,
    make_ct_carotid_bifurcation,
    make_ct_coronary_calcium,
    make_ct_epicardial_fat,
    make_ecg,
    make_echo_cardiomyopathies,
    make_echo_chambers,
    make_echo_lv_volumes,
    make_echo_quality,
    make_echo_views,
    make_pressure_damping,
    make_spect_cad,
    make_xray_bnp,
    make_xray_diagnoses,
    make_xray_pacemakers,
    record_cmr,
    record_ct,
    record_ecg,
    record_echo,
    record_xray,
)

II = 1
SIDE = 128  # pixels of a picture
BRIGHTEST = 1.4  # signal of magnetic resonance that is white
BEAT = 8  # frames in which the cast's hearts beat
END_DIASTOLE, END_SYSTOLE = 0, 3
COLOURS = ((0, 0, 0), (230, 60, 60), (250, 190, 60), (90, 160, 250), (90, 210, 130), (200, 110, 230))


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


def tiles(rows, below=14):
    """Return rows of pictures, each given with the words below it, as one image; `below` are pixels for the words."""
    longest = max(len(row) for row in rows)
    sheet = Image.new("RGB", (longest * (SIDE + 4), len(rows) * (SIDE + below + 4)), "black")
    draw = ImageDraw.Draw(sheet)
    for down, row in enumerate(rows):
        for right, (words, pixels) in enumerate(row):
            place = right * (SIDE + 4), down * (SIDE + below + 4)
            shown = Image.fromarray((255 * np.clip(pixels, 0, 1)).astype(np.uint8)).convert("RGB")
            sheet.paste(shown, place)
            draw.text((place[0] + 2, place[1] + SIDE), words, fill="white")
    return sheet


def short(view):
    """Return a view's name in the letters of a report."""
    letters = {
        "parasternal long axis": "PLAX",
        "parasternal short axis": "PSAX",
        "aortic valve": "AV",
        "papillary muscles": "mid",
        "apical four-chamber": "A4C",
        "apical two-chamber": "A2C",
        "apical three-chamber": "A3C",
    }
    return " ".join(letters.get(part, part) for part in view.split(", "))


def echo_normal():
    """Return every view of a normal heart at end-diastole and at end-systole: four views to a row."""
    rows = []
    for views in (ECHO_VIEWS[:4], ECHO_VIEWS[4:]):
        films = {view: record_echo(CAST[1], view=view, frames=BEAT, size=SIDE, random_state=1)[0] for view in views}
        for moment, words in ((END_DIASTOLE, "diastole"), (END_SYSTOLE, "systole")):
            rows.append([(f"{short(view)}, {words}", film[moment]) for view, film in films.items()])
    return tiles(rows)


def echo_views():
    """Return every view through the beat of one heart, and six hearts as the task shows them."""
    X, y, truth = make_echo_views(200, frames=1, size=SIDE, random_state=2, return_truth=True)
    rows = []
    for number, view in enumerate(ECHO_VIEWS):
        film, _ = record_echo(CAST[0], view=view, frames=BEAT, size=SIDE, random_state=0)
        row = [(f"{short(view)} {moment / BEAT:.2f}", film[moment]) for moment in (END_DIASTOLE, 2, END_SYSTOLE, 4, 6)]
        for index in np.flatnonzero(y == number)[:6]:
            name = HEART_CONDITIONS[truth["condition"][index]]
            row.append((f"{name[:12]} {truth['off_axis'][index]:.0f} deg", X[index, 0]))
        rows.append(row)
    return tiles(rows)


def echo_cardiomyopathies():
    """Return eight hearts of each class; among the normal ones, athletes and the hypertensive."""
    X, y, truth = make_echo_cardiomyopathies(300, size=SIDE, random_state=1, return_truth=True)
    rows = []
    for number in range(len(ECHO_CARDIOMYOPATHIES)):
        chosen = np.flatnonzero(y == number)
        if number == 0:
            by_kind = [chosen[truth["condition"][chosen] == kind] for kind in range(3)]
            chosen = np.concatenate((by_kind[0][:2], by_kind[1][:3], by_kind[2][:3]))
        words = [
            f"{HEART_CONDITIONS[truth['condition'][index]][:9]} {truth['max_wall'][index]:.0f} mm "
            f"{truth['lv_edv'][index]:.0f}"
            for index in chosen[:8]
        ]
        rows.append(list(zip(words, X[chosen[:8], 0], strict=True)))
    return tiles(rows)


def echo_quality():
    """Return pictures from the worst score to the best."""
    X, _, truth = make_echo_quality(400, size=SIDE, random_state=1, return_truth=True)
    order = np.argsort(truth["score"])[np.linspace(0, 399, 24).astype(int)]
    terms = ("gain", "shadow", "depth", "foreshortening", "off_axis")
    shown = []
    for index in order:
        worst = min(terms, key=lambda term: truth[term][index])
        shown.append((f"{truth['score'][index]:.0f} {worst} {truth[worst][index]:.2f}", X[index, 0]))
    return tiles([shown[first : first + 8] for first in range(0, 24, 8)])


def echo_volumes():
    """Return hearts at end-diastole above end-systole."""
    X, y, truth = make_echo_lv_volumes(18, size=SIDE, random_state=1, return_truth=True)
    rows = []
    for first in (0, 9):
        some = range(first, first + 9)
        rows.append([(f"{HEART_CONDITIONS[truth['condition'][k]][:12]} {y[k, 0]:.0f} ml", X[k, 0]) for k in some])
        rows.append([(f"{y[k, 1]:.0f} ml, EF {y[k, 2]:.0f}%", X[k, 1]) for k in some])
    return tiles(rows)


def echo_chambers():
    """Return pictures above the same with LV red, its wall yellow, LA blue, RV green and RA violet."""
    X, y, truth = make_echo_chambers(16, size=SIDE, random_state=1, return_truth=True)
    colour = np.array(COLOURS)[y] / 255
    over = np.where(y[..., None] > 0, 0.6 * X[:, 0, :, :, None] + 0.4 * colour, X[:, 0, :, :, None])
    rows = []
    for first in (0, 8):
        some = range(first, first + 8)
        rows.append([(f"phase {truth['phase'][k]:.2f}", X[k, 0]) for k in some])
        rows.append([(f"{HEART_CONDITIONS[truth['condition'][k]]}", over[k]) for k in some])
    return tiles(rows)


def cast_echo():
    """Return the cast's four-chamber views."""
    rows = [[], []]
    for patient in CAST:
        film, _ = record_echo(patient, frames=BEAT, size=SIDE, random_state=0)
        rows[0].append((patient.name, film[END_DIASTOLE]))
        rows[1].append((f"EF {patient.ejection_fraction:.0f}%", film[END_SYSTOLE]))
    return tiles(rows)


def cmr_short_axis():
    """Return every other slice of a normal, a dilated and a hypertrophic heart, at end-diastole and end-systole."""
    rows = []
    for patient in (CAST[1], CAST[3], CAST[4]):
        stack, _ = record_cmr(patient, size=SIDE, random_state=1)
        for moment, words in enumerate((f"{patient.name}, diastole", f"systole, EF {patient.ejection_fraction:.0f}%")):
            rows.append([(words if k == 1 else "", stack[moment, k] / BRIGHTEST) for k in range(1, 12, 2)])
    return tiles(rows)


def cmr_hypertrophy():
    """Return every other slice of three hearts of each variant, and of three that are not hypertrophic."""
    X, _, truth = make_cmr_hcm(200, size=SIDE, random_state=1, return_truth=True)
    rows = []
    for variant in range(-1, len(HYPERTROPHIC_VARIANTS)):
        for heart in np.flatnonzero(truth["variant"] == variant)[:3]:
            name = HEART_CONDITIONS[truth["condition"][heart]] if variant < 0 else HYPERTROPHIC_VARIANTS[variant]
            words = f"{name}, {truth['max_wall'][heart]:.0f} mm"
            rows.append([(words if k == 1 else "", X[heart, 0, k] / BRIGHTEST) for k in range(1, 12, 2)])
    return tiles(rows)


def cmr_whole_heart():
    """Return slices of the chest from the diaphragm up, blood bright and black, and what their pixels belong to."""
    rows = []
    for blood in ("bright", "black"):
        X, y, truth = make_cmr_whole_heart(60, blood=blood, size=SIDE, random_state=2, return_truth=True)
        order = np.argsort(truth["level"])[2::7][:8]
        rows.append([(f"{truth['level'][k]:+.0f} mm", X[k, 0] / BRIGHTEST) for k in order])
        rows.append([("", y[k] / len(CMR_WHOLE_HEART)) for k in order])
    return tiles(rows)


def xray_diagnoses():
    """Return films of each diagnosis, and of the well: from back to front, from front to back, obese, shallow."""
    X, y, truth = make_xray_diagnoses(600, size=SIDE, portable="random", random_state=1, return_truth=True)
    well = y.sum(axis=1) == 0
    kinds = {
        "well": well & ~truth["is_front_to_back"] & (truth["fat"] < 20),
        "well, AP": well & truth["is_front_to_back"],
        "well, fat": well & (truth["fat"] > 25),
        "well, shallow": well & (truth["breath"] < 0.5),
    }
    kinds |= {name: (y[:, k] == 1) & (y.sum(axis=1) == 1) for k, name in enumerate(XRAY_DIAGNOSES)}
    rows = []
    for name, chosen in kinds.items():
        some = np.flatnonzero(chosen)[:8]
        rows.append([(f"{name} {truth['cardiothoracic_ratio'][k]:.2f}", X[k, 0]) for k in some])
    return tiles(rows)


def xray_bnp():
    """Return films from the least to the most congested patient."""
    X, y, truth = make_xray_bnp(200, size=SIDE, random_state=1, return_truth=True)
    order = np.argsort(truth["congestion"])[np.linspace(0, 199, 16).astype(int)]
    shown = [(f"c {truth['congestion'][k]:.2f}, BNP {y[k]:.0f}", X[k, 0]) for k in order]
    return tiles([shown[:8], shown[8:]])


def xray_pacemakers():
    """Return six films of each model."""
    X, y = make_xray_pacemakers(300, size=SIDE, random_state=1)
    return tiles(
        [[(name, X[k, 0]) for k in np.flatnonzero(y == number)[:6]] for number, name in enumerate(PACEMAKER_MODELS)]
    )


def window(hounsfield, low, high):
    """Return HU as grey, 0 to 1."""
    return (hounsfield - low) / (high - low)


def ct_slices():
    """Return slices with epicardial fat and with calcium, above what their pixels belong to."""
    rows = []
    for make, high in ((make_ct_epicardial_fat, 200), (make_ct_coronary_calcium, 500)):
        X, y = make(10, size=SIDE, random_state=1)
        rows.append([("", window(1000 * X[k, 0], -250, high)) for k in range(10)])
        rows.append([("", y[k] / max(y.max(), 1)) for k in range(10)])
    return tiles(rows)


def ct_carotid():
    """Return patches of each kind: across the neck below, in the middle and above, and along it."""
    X, _, truth = make_ct_carotid_bifurcation(200, random_state=1, return_truth=True)
    rows = []
    for number, kind in enumerate(CAROTID_PATCHES):
        row = []
        for patch in X[np.flatnonzero(truth["kind"] == number)[:3], 0]:
            for words, plane in (
                ("low", patch[1]),
                ("middle", patch[8]),
                ("high", patch[14]),
                ("along", patch[::-1, 8]),
            ):
                row.append((f"{kind[:12]} {words}", np.kron(window(1000 * plane, -100, 600), np.ones((8, 8)))))
        rows.append(row)
    return tiles(rows)


def ct_agatston():
    """Return the brightest of all slices of stacks, from the lowest to the highest score."""
    X, y, truth = make_ct_agatston(200, random_state=1, return_truth=True)
    order = np.argsort(y)[np.linspace(40, 199, 16).astype(int)]
    shown = []
    for k in order:
        brightest = np.kron(window(1000 * X[k, 0].max(axis=0), -150, 500), np.ones((3, 3)))[:SIDE, :SIDE]
        shown.append((f"{y[k]:.0f}, scan {truth['score_as_scanned'][k]:.0f}", brightest))
    return tiles([shown[:8], shown[8:]])


def spect():
    """Return maps under stress above maps at rest."""
    X, y, truth = make_spect_cad(10, random_state=1, return_truth=True)
    large = np.kron(X, np.ones((4, 4))) / 1.4
    names = list(CORONARY_SEGMENTS)
    words = [" ".join(names[k] for k in range(3) if depth[k]) or "no defect" for depth in truth["depth"]]
    return tiles(
        [
            [(f"{'ill' if y[k] else 'well'}: {words[k]}", large[k, 0]) for k in range(10)],
            [("rest", large[k, 1]) for k in range(10)],
        ]
    )


def biopsy():
    """Return patches from the least to the most fibrosis."""
    X, y, truth = make_biopsy_heart_failure(320, size=SIDE, random_state=1, return_truth=True)
    order = np.argsort(truth["fibrosis"])[np.linspace(0, 319, 16).astype(int)]
    shown = [
        (f"{'fails' if y[k] else 'control'} {100 * truth['fibrosis'][k]:.0f}%", X[k].transpose(1, 2, 0)) for k in order
    ]
    return tiles([shown[:8], shown[8:]])


def cast_film_and_slice():
    """Return the cast's films above their slices by CT."""
    films = [(patient.name, record_xray(patient, random_state=0)[0]) for patient in CAST]
    slices = [(f"BNP {patient.bnp:.0f}", window(record_ct(patient, random_state=0)[0], -250, 200)) for patient in CAST]
    return tiles([films, slices])


def curves(signals):
    """Return signals below each other as a picture: rows of numbers as white lines on black."""
    picture = Image.new("L", (SIDE, SIDE))
    pen = ImageDraw.Draw(picture)
    height = SIDE / len(signals)
    for number, signal in enumerate(signals):
        reach = np.abs(signal - np.median(signal)).max() or 1
        middle = (number + 0.5) * height
        down = middle - (signal - np.median(signal)) / reach * 0.45 * height
        pen.line(list(zip(np.linspace(0, SIDE, len(signal)), down, strict=True)), fill=255)
    return np.asarray(picture) / 255


def thumbnail(X):
    """Return one sample of any system as a picture of SIDE by SIDE."""
    if X.ndim == 1:
        return curves([np.repeat(X, 8)])
    if X.ndim == 2:
        return curves(X[:3] if len(X) > 3 else X)
    if X.ndim == 4:  # frames or slices: the one in the middle of the first channel
        X = X[:1, X.shape[1] // 2]
    if len(X) == 3:
        return np.kron(X.transpose(1, 2, 0), np.ones((SIDE // X.shape[1], SIDE // X.shape[1], 1)))
    low, high = np.quantile(X[0], (0.02, 0.995))
    large = np.kron(X[0], np.ones((SIDE // X.shape[1],) * 2))
    return np.pad(window(large, low, high), [(0, SIDE - len(large))] * 2)


def table_1():
    """Return one sample of each of the 21 systems."""
    shown = []
    for system in TABLE_1:
        X, _ = system.make(8, random_state=3)
        clearest = X.reshape(len(X), -1).std(axis=1).argmax()
        shown.append((textwrap.fill(system.task, 22), thumbnail(X[clearest])))
    return tiles([shown[first : first + 7] for first in range(0, 21, 7)], below=44)


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
    for sheet in (
        *(echo_normal, echo_views, echo_cardiomyopathies, echo_quality, echo_volumes, echo_chambers, cast_echo),
        *(cmr_short_axis, cmr_hypertrophy, cmr_whole_heart),
        *(xray_diagnoses, xray_bnp, xray_pacemakers, ct_slices, ct_carotid, ct_agatston, spect, biopsy),
        *(cast_film_and_slice, table_1),
    ):
        sheet().save(folder / f"{sheet.__name__}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
