"""When something was handed in: from nbgrader's file timestamp.txt beside it, whatever people put there."""

import contextlib
import os
import re
from datetime import UTC, datetime, tzinfo

from dateutil import parser, tz

_LONGEST = 1000  # signs

_NOT_KNOWN = (
    "When it was handed in is not known, and it counts as in time: timestamp.txt {}. Write 2026-01-31 18:00:00 UTC."
)


def decode(content: bytes) -> str:
    """Return a file as text: UTF-8, UTF-16 with its mark, or else what Windows writes.

    Raises:
        ValueError: if it is none of them.
    """
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ["utf-16"] if wide else ["utf-8-sig", "cp1252"]:
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise ValueError("unknown encoding")


def read_timestamp(folder: str) -> tuple[datetime | None, str]:
    """Return when a submission was handed in, in UTC without a zone as nbgrader keeps it, and what is wrong with it.

    Args:
        folder: the folder of the submission.
    """
    path = os.path.join(folder, "timestamp.txt")
    if not os.path.lexists(path):
        return None, ""
    if not os.path.isfile(path) or os.path.islink(path):
        return None, _NOT_KNOWN.format("is no file")
    try:
        with open(path, "rb") as file:
            text = " ".join(decode(file.read(_LONGEST)).replace("\0", "").split())
    except (OSError, ValueError):
        return None, _NOT_KNOWN.format("cannot be read")
    if not text:
        return None, _NOT_KNOWN.format("is empty")
    try:
        return _parsed(text), ""
    except (ValueError, OverflowError):
        return None, _NOT_KNOWN.format("holds no time that can be read")


def _parsed(text: str) -> datetime:
    zone: tzinfo = UTC
    if found := re.fullmatch(r"(.+) ([A-Za-z_]+/[A-Za-z_/]+)", text):  # such as Europe/Berlin
        text, zone = found[1], _zone(found[2])
    if not re.search(r"\d{4}", text):  # else a lonely number would be a day of this month
        raise ValueError("no year")

    def said(name: str | None, offset: int | None) -> tzinfo:
        if offset is not None:
            return tz.tzoffset(name, offset)
        return zone if name is None else _zone(name)

    return parser.parse(text, tzinfos=said).astimezone(UTC).replace(tzinfo=None)


def _zone(name: str) -> tzinfo:
    zone = tz.gettz(name)
    if zone is None:
        raise ValueError("an unknown zone")
    return zone
