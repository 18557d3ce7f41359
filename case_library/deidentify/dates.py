"""Move a date and its time back together.

References
----------
DICOM PS3.5, 6.2: DA, TM and DT
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_DATE = re.compile(r"(\d{4})\.?(\d\d)\.?(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):?(?:(\d\d):?(?:(\d\d)(\.\d{1,6})?)?)?", re.ASCII)
DATE_TIME = re.compile(r"(\d{8})(\d{2,6}(?:\.\d{1,6})?)?(?:[+-]\d{4})?", re.ASCII)


def moved_back(date: str, time: str, offset: timedelta) -> tuple[str, str]:
    """Return date and time moved back, each in the form of PS3.5 6.2; empty where there is no date to move."""
    day = _DATE.fullmatch(date)
    if day is None:
        return "", ""
    year, month, day_of_month = map(int, day.groups())
    clock = _TIME.fullmatch(time)
    hour, minute, second = (int(part or 0) for part in clock.groups()[:3]) if clock else (0, 0, 0)
    try:
        moment = datetime(year, month, day_of_month, hour, minute, min(second, 59))  # noqa: DTZ001
        moment -= offset if clock else timedelta(days=offset.days)
    except (ValueError, OverflowError):
        return "", ""
    if moment.year < 1000:  # strftime would write fewer than four digits
        return "", ""
    return moment.strftime("%Y%m%d"), moment.strftime("%H%M%S") + (clock.group(4) or "") if clock else ""
