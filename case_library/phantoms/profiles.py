"""How strongly the tissue acts at each moment of a clip: activation over time, from 0 (rest) to 1 (full effort)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, exp, pi


@dataclass(frozen=True)
class Profile:
    """Activation of one clip, sampled at a regular clock or at one that jitters.

    Attributes
    ----------
    activation_at : callable
        Activation at a time in seconds after the first frame.
    frame_count : int
    frame_rate_fps : float
    jitter_ms : int
        By how much a frame may come early or late, as with a scanner that is busy; 0 is a regular clock. Less than half
        the time between frames.
    """

    activation_at: Callable[[float], float]
    frame_count: int
    frame_rate_fps: float
    jitter_ms: int = 0

    def time_s(self, frame_index: int) -> float:
        if not 0 <= frame_index < self.frame_count:
            raise IndexError(f"frame index {frame_index} outside 0-{self.frame_count - 1}")
        if not self.jitter_ms:
            return frame_index / self.frame_rate_fps
        # Whole milliseconds, so that the times of the truth are exactly those of the file.
        late_ms = (frame_index * frame_index * 7 + frame_index * 3) % (2 * self.jitter_ms + 1) - self.jitter_ms
        return (round(1000.0 * frame_index / self.frame_rate_fps) + (late_ms if frame_index else 0)) / 1000.0

    @property
    def frame_time_vector_ms(self) -> tuple[float, ...] | None:
        """(0018,1065) *Frame Time Vector*: from the frame before, the first 0; None where the clock is regular."""
        if not self.jitter_ms:
            return None
        times_ms = [round(1000.0 * self.time_s(frame_index)) for frame_index in range(self.frame_count)]
        return (0.0, *(float(later - earlier) for earlier, later in zip(times_ms, times_ms[1:], strict=False)))

    def activation(self, frame_index: int) -> float:
        return self.activation_at(self.time_s(frame_index))


def smoothstep(x: float) -> float:
    """Return the cubic from 0 at x <= 0 to 1 at x >= 1 that is level at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


def ramps(*knots: tuple[float, float]) -> Callable[[float], float]:
    """Return an activation that goes from knot to knot by `smoothstep`, and stays level before and after them.

    Parameters
    ----------
    *knots : (time in seconds, activation)
        In order of time; two knots of one activation make a hold.
    """
    times = [time_s for time_s, _ in knots]
    if not knots or any(later <= earlier for earlier, later in zip(times, times[1:], strict=False)):
        raise ValueError(f"the times of the knots must rise, but are {times}")

    def activation_at(time_s: float) -> float:
        if time_s <= times[0]:
            return knots[0][1]
        for (t0, a0), (t1, a1) in zip(knots, knots[1:], strict=False):
            if time_s <= t1:
                return a0 + (a1 - a0) * smoothstep((time_s - t0) / (t1 - t0))
        return knots[-1][1]

    return activation_at


TWITCH_AT_S, TWITCH_WIDTH_S = 0.8, 0.05
SWEEP_S = 4.0  # from one end of the sweep to the other, beyond the last frame

STILL = Profile(lambda time_s: 0.0, frame_count=1, frame_rate_fps=30.0)
STATIC = Profile(lambda time_s: 0.0, frame_count=60, frame_rate_fps=30.0)
# Rest for 1 s (frames 1-31), full effort from 1.5 s to 2.5 s (frames 46-76), rest again from 3 s.
CONTRACT = Profile(ramps((1.0, 0.0), (1.5, 1.0), (2.5, 1.0), (3.0, 0.0)), frame_count=120, frame_rate_fps=30.0)
# A weak effort (frames 28-49), a pause, a strong one (frames 88-109).
TWO_EFFORTS = Profile(
    ramps((0.5, 0.0), (0.9, 0.5), (1.6, 0.5), (2.0, 0.0), (2.5, 0.0), (2.9, 1.0), (3.6, 1.0), (4.0, 0.0)),
    frame_count=150,
    frame_rate_fps=30.0,
)
# Slowly, held from 2 s to 3 s (frames 61-91), and back.
STRETCH = Profile(ramps((0.5, 0.0), (2.0, 1.0), (3.0, 1.0), (4.5, 0.0)), frame_count=150, frame_rate_fps=30.0)
# Pressed and let go twice: 0 at frames 1 and 61, 1 at frames 31 and 91.
PULSE = Profile(lambda time_s: 0.5 * (1.0 - cos(pi * time_s)), frame_count=120, frame_rate_fps=30.0)
# In from 0.5 s to 2.5 s (frame 76), and held there.
INSERT = Profile(ramps((0.5, 0.0), (2.5, 1.0)), frame_count=120, frame_rate_fps=30.0)
# One jerk, greatest at frame 49.
TWITCH = Profile(
    lambda time_s: exp(-(((time_s - TWITCH_AT_S) / TWITCH_WIDTH_S) ** 2)), frame_count=120, frame_rate_fps=60.0
)
# The probe slides at a constant speed: 0 at one end of the way, 1 at the other.
SWEEP = Profile(lambda time_s: time_s / SWEEP_S, frame_count=120, frame_rate_fps=30.0)
