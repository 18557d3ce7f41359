"""The clock and the wished playback of a DICOM object.

References
----------
DICOM PS3.3, C.7.6.5 Cine Module; C.7.6.6 Multi-frame Module
"""

from __future__ import annotations

from itertools import accumulate

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from case_library.dicom.conversion_mark import mark_of
from case_library.dicom.elements import integer, number, numbers, values
from case_library.model.timing import Clock, ClockOrigin, Playback, PlaybackSequencing

ASSUMED_FPS = 30.0
# Disagreement with Effective Duration from which a clock is no longer trusted.
DURATION_TOLERANCE = 0.05
_FRAME_TIME = Tag("FrameTime")
_FRAME_TIME_VECTOR = Tag("FrameTimeVector")


def clock_of(header: Dataset, frame_count: int) -> Clock:
    """Return the acquisition clock of an object, with where it comes from and why it is trusted or not.

    Trusted is only what (0028,0009) *Frame Increment Pointer* names, is valid, and agrees with (0018,0072) *Effective
    Duration* within 5 % where that exists. The order of belief: Frame Time Vector, Frame Time, Cine Rate, Effective
    Duration over frames, Recommended Display Frame Rate, a stated guess of 30 frames per second. What was converted
    here says itself where its clock comes from.
    """
    if frame_count == 1:
        return Clock(origin=ClockOrigin.STILL, trusted=False, why="A single frame has no clock", frame_count=1)
    clock, mark = _clock_in(header, frame_count), mark_of(header)
    return clock if mark is None else mark.judged_clock(clock)


def _clock_in(header: Dataset, frame_count: int) -> Clock:
    pointer = _pointed(header)
    complaints: list[str] = []
    vector = numbers(header, "FrameTimeVector")
    frame_time_ms = number(header, "FrameTime")
    vector_named = _FRAME_TIME_VECTOR in pointer
    use_vector_first = vector_named or not (_FRAME_TIME in pointer and frame_time_ms)
    candidates = ["vector", "frame_time"] if use_vector_first else ["frame_time", "vector"]
    for candidate in candidates:
        if candidate == "vector" and vector is not None:
            problem = _vector_problem(vector, frame_count)
            if problem is None:
                times = tuple(t / 1000.0 for t in accumulate([0.0, *vector[1:]]))
                return _judged(
                    header, vector_named, complaints, "Frame Time Vector", ClockOrigin.FRAME_TIME_VECTOR, frame_count,
                    frame_times_s=times,
                )  # fmt: skip
            complaints.append(problem)
        if candidate == "frame_time" and frame_time_ms is not None:
            if frame_time_ms > 0:
                return _judged(
                    header, _FRAME_TIME in pointer, complaints, "Frame Time", ClockOrigin.FRAME_TIME, frame_count,
                    frame_time_s=frame_time_ms / 1000.0,
                )  # fmt: skip
            complaints.append(f"Frame Time is {frame_time_ms:g} ms")
    return _fallback(header, frame_count, complaints)


def _pointed(header: Dataset) -> set[int]:
    found = set()
    for value in values(header, "FrameIncrementPointer"):
        try:
            found.add(int(Tag(value)))
        except (TypeError, ValueError, OverflowError):
            continue
    return found


def _vector_problem(vector: list[float], frame_count: int) -> str | None:
    if len(vector) != frame_count:
        return f"Frame Time Vector has {len(vector)} values for {frame_count} frames"
    if any(step < 0 for step in vector[1:]):
        return "Frame Time Vector goes backwards"
    if sum(vector[1:]) <= 0:
        return "Frame Time Vector holds no time"
    return None


def _judged(
    header: Dataset,
    named: bool,
    complaints: list[str],
    name: str,
    origin: ClockOrigin,
    frame_count: int,
    frame_time_s: float | None = None,
    frame_times_s: tuple[float, ...] | None = None,
) -> Clock:
    clock = Clock(
        origin=origin, trusted=True, why=".", frame_count=frame_count,
        frame_time_s=frame_time_s, frame_times_s=frame_times_s,
    )  # fmt: skip
    effective_s = number(header, "EffectiveDuration")
    trusted = named
    if named:
        why = f"{name} of the file, named by its Frame Increment Pointer"
    else:
        why = f"{name} is in the file, but its Frame Increment Pointer does not name it"
    if effective_s is not None and effective_s > 0:
        # From the first to the last frame, or until the last one ends: both are read out of the standard's wording.
        spans = [span for span in (clock.time_s(frame_count - 1), clock.duration_s) if span]
        off = min(abs(span - effective_s) / effective_s for span in spans)
        if off > DURATION_TOLERANCE:
            trusted = False
            why = f"{name} gives {clock.duration_s:.3f} s, but Effective Duration is {effective_s:.3f} s"
        elif named:
            why += ", and Effective Duration agrees"
    if complaints:
        why = "; ".join([*complaints, why])
    return clock.model_copy(update={"trusted": trusted, "why": why})


def _fallback(header: Dataset, frame_count: int, complaints: list[str]) -> Clock:
    def clock(origin: ClockOrigin, frame_time_s: float, why: str) -> Clock:
        return Clock(
            origin=origin, trusted=False, why="; ".join([*complaints, why]), frame_count=frame_count,
            frame_time_s=frame_time_s,
        )  # fmt: skip

    cine_rate = number(header, "CineRate")
    if cine_rate is not None and cine_rate > 0:
        return clock(ClockOrigin.CINE_RATE, 1.0 / cine_rate, "Only a Cine Rate is given, which may be a display rate")
    effective_s = number(header, "EffectiveDuration")
    if effective_s is not None and effective_s > 0:
        return clock(
            ClockOrigin.EFFECTIVE_DURATION, effective_s / frame_count, "Effective Duration, shared out over the frames"
        )
    display = number(header, "RecommendedDisplayFrameRate")
    if display is not None and display > 0:
        return clock(
            ClockOrigin.DISPLAY_RATE, 1.0 / display, "Only a Recommended Display Frame Rate is given, not a clock"
        )
    return clock(
        ClockOrigin.ASSUMED, 1.0 / ASSUMED_FPS, f"The file has no clock; {ASSUMED_FPS:g} frames per second are assumed"
    )


def playback_of(header: Dataset, frame_count: int) -> Playback:
    """Return how the file asks to be played; trims outside the clip or in the wrong order are ignored."""
    rate = number(header, "RecommendedDisplayFrameRate") or number(header, "CineRate")
    start, stop = integer(header, "StartTrim"), integer(header, "StopTrim")
    trimmed = start is not None and stop is not None and 1 <= start <= stop <= frame_count
    sweeping = integer(header, "PreferredPlaybackSequencing") == 1
    return Playback(
        display_rate_fps=rate if rate is not None and rate > 0 else None,
        start_frame=start if trimmed else None,
        stop_frame=stop if trimmed else None,
        sequencing=PlaybackSequencing.SWEEP if sweeping else PlaybackSequencing.LOOP,
    )
