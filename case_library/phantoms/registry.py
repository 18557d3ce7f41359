"""Every synthetic clip of the ten example cases: its scene, its motion, its seed and what its header says.

Every number of a scene is illustrative; none was measured on a patient.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from case_library.phantoms import profiles
from case_library.phantoms.profiles import Profile
from case_library.phantoms.scenes.achilles import Achilles, AchillesMotion
from case_library.phantoms.scenes.calf_long import ContractingCalf, Gastrocnemius, TornCalf
from case_library.phantoms.scenes.calf_short import CalfSection, CalfShortAxis
from case_library.phantoms.scenes.hamstring import HamstringShortAxis, HamstringTear
from case_library.phantoms.scenes.hematoma_age import AGES, Age, AgingHematoma, AgingHematomaShortAxis
from case_library.phantoms.scenes.hernia import MuscleHernia
from case_library.phantoms.scenes.popliteal_vein import PoplitealVein
from case_library.phantoms.scenes.rectus_femoris import RectusFemoris
from case_library.phantoms.scenes.rectus_femoris_hematoma import RectusFemorisHematoma
from case_library.phantoms.scenes.rectus_femoris_torn import Tear, TornRectusFemoris
from case_library.phantoms.scenes.scene import Scene
from case_library.phantoms.scenes.supraspinatus import SupraspinatusLongAxis, SupraspinatusShortAxis
from case_library.phantoms.scenes.thigh_short import ThighShortAxis
from case_library.phantoms.scenes.trigger_point import Act, TriggerPoint
from case_library.phantoms.speckle import Transducer

SceneMaker = Callable[[Transducer, int], Scene]

_UID_NAMESPACE = uuid.UUID("5b0d9c1e-6f0f-4d9a-9d52-2c1f6a6b7a31")
_LONG, _SHORT, _IN_PLANE = "LONG AXIS", "SHORT AXIS", "IN PLANE"
_REST, _EFFORT, _PRESS, _STRETCH = "REST", "ISOM CONTRACTION", "COMPRESSION", "PASSIVE STRETCH"


@dataclass(frozen=True, kw_only=True)
class Phantom:
    """One synthetic clip that can be built.

    Attributes
    ----------
    clip_id : str
        As in the clinical reference, for example `C01-2`.
    case_slug : str
        Of the example case it belongs to.
    stage, view : str
        (0008,2120) *Stage Name*, (0008,2127) *View Name*.
    sway : bool
        Whether the hand with the probe is a little unsteady.
    representative_frame : int
        Frame number from 1.
    quality : int
        Of the JPEG encoder, 1-100.
    """

    clip_id: str
    case_slug: str
    title: str
    stage: str
    view: str
    profile: Profile
    scene: SceneMaker
    seed: int
    representative_frame: int
    laterality: str
    body_part: str
    sway: bool = True
    transducer: Transducer = field(default_factory=Transducer)
    quality: int = 80


@dataclass(frozen=True)
class ExampleCase:
    """What the generator knows about an example case.

    Attributes
    ----------
    slug : str
        The folder's name and the `case_id`.
    number : str
        Of the clinical reference: `C01`.
    clip_ids : tuple of str
        Its phantoms, in order; keys of `PHANTOMS`.
    """

    slug: str
    number: str
    clip_ids: tuple[str, ...]
    created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    @property
    def study_instance_uid(self) -> str:
        return fixed_uid(f"{self.number}/study")


def fixed_uid(name: str) -> str:
    """Return the fixed UID of something of ours (PS3.5 B.2, UUID Derived UID)."""
    return f"2.25.{uuid.uuid5(_UID_NAMESPACE, name).int}"


def _clips(
    slug: str, body_part: str, side: str, *clips: tuple[str, str, str, str, Profile, int, SceneMaker]
) -> list[Phantom]:
    """Return the clips of one case, each (id, title, stage, view, profile, representative frame, scene)."""
    return [
        Phantom(
            clip_id=clip_id,
            case_slug=slug,
            title=title,
            stage=stage,
            view=view,
            profile=profile,
            scene=scene,
            seed=_seed(clip_id),
            representative_frame=frame,
            laterality=side if clip_id not in _OTHER_SIDE else {"L": "R", "R": "L"}[side],
            body_part=body_part,
            sway=clip_id != "C09-4",
            transducer=_TRANSDUCERS.get(clip_id[:3], Transducer()),
        )
        for clip_id, title, stage, view, profile, frame, scene in clips
    ]


# By case: C05 was examined at a higher gain, C10 at a greater depth.
_TRANSDUCERS = {"C05": Transducer(white_db=-8.15), "C10": Transducer(mm_per_px=0.15)}
_OTHER_SIDE = {"C01-5", "C05-2", "C05-4", "C06-5"}


def _seed(clip_id: str) -> int:
    """Return a seed that no other clip has and that stays: C01-2 has 102."""
    case, _, clip = clip_id[1:].partition("-")
    letter = clip[-1] if clip[-1].isalpha() else ""
    return 100 * int(case) + int(clip.rstrip(letter)) + (10 * (ord(letter) - ord("a") + 1) if letter else 0)


def _torn(proximal_mm: float, distal_mm: float) -> SceneMaker:
    tear = Tear(proximal_shift_mm=proximal_mm, distal_shift_mm=distal_mm)
    return lambda transducer, seed: TornRectusFemoris(transducer, seed, tear)


def _thigh(area_cm2: float, thickness_mm: float, *, hematoma: bool = False, sweep: bool = False) -> SceneMaker:
    return lambda t, seed: ThighShortAxis(t, seed, area_cm2, thickness_mm, hematoma=hematoma, sweep=sweep)


def _calf(muscle: Gastrocnemius) -> SceneMaker:
    return lambda transducer, seed: ContractingCalf(transducer, seed, muscle)


def _calf_section(section: CalfSection) -> SceneMaker:
    return lambda transducer, seed: CalfShortAxis(transducer, seed, section)


def _achilles(gap_mm: float, proximal_mm: float = 0.0, distal_mm: float = 0.0) -> SceneMaker:
    motion = AchillesMotion(gap_mm, proximal_mm, distal_mm)
    return lambda transducer, seed: Achilles(transducer, seed, motion)


def _trigger_point(act: Act) -> SceneMaker:
    return lambda transducer, seed: TriggerPoint(transducer, seed, act)


def _aging(age: Age) -> SceneMaker:
    return lambda transducer, seed: AgingHematoma(transducer, seed, age)


def _aging_short(age: Age) -> SceneMaker:
    return lambda transducer, seed: AgingHematomaShortAxis(transducer, seed, age)


def _hematoma_clips() -> list[tuple[str, str, str, str, Profile, int, SceneMaker]]:
    clips: list[tuple[str, str, str, str, Profile, int, SceneMaker]] = []
    for number, age in enumerate(AGES, start=1):
        day, name = f"day {age.day}", f"C10-{number}"
        clips += [
            (name, f"Long axis, {day}", _REST, _LONG, profiles.STATIC, 1, _aging(age)),
            (f"{name}s", f"Short axis, {day}", _REST, _SHORT, profiles.STILL, 1, _aging_short(age)),
            (f"{name}c", f"Compression, {day}", _PRESS, _LONG, profiles.PULSE, 31, _aging(age)),
        ]
    return clips


_WASTED = Gastrocnemius(top_mm=9.0, thickness_mm=(8.0, 8.4), pennation_deg=(13.0, 15.0), fat=0.8)
_SOUND = Gastrocnemius(top_mm=6.0, thickness_mm=(13.5, 14.0), pennation_deg=(19.0, 31.0))

PHANTOMS: Mapping[str, Phantom] = {
    phantom.clip_id: phantom
    for phantom in (
        *_clips(
            "missed-rectus-femoris-tear", "THIGH", "R",
            ("C01-1", "Dynamic examination: full-thickness tear with atrophy", _EFFORT, _LONG, profiles.CONTRACT, 61,
             _torn(11.0, 3.0)),
            ("C01-2", "Very small defect becomes a complete tear on contraction", _EFFORT, _LONG, profiles.CONTRACT, 61,
             _torn(11.0, 3.0)),
            ("C01-3", "Complete tear with a large hematoma", _PRESS, _LONG, profiles.PULSE, 1, RectusFemorisHematoma),
            ("C01-3b", "The hematoma in short axis", _REST, _SHORT, profiles.STATIC, 1,
             _thigh(6.3, 15.0, hematoma=True)),
            ("C01-4", "Separation of the muscle ends: a weak and a strong effort", _EFFORT, _LONG, profiles.TWO_EFFORTS,
             98, _torn(12.5, 3.5)),
            ("C01-5", "The other side at the same level", _EFFORT, _LONG, profiles.CONTRACT, 61, RectusFemoris),
        ),
        *_clips(
            "normal-rectus-femoris", "THIGH", "L",
            ("C02-1", "Rest", _REST, _LONG, profiles.STATIC, 1, RectusFemoris),
            ("C02-2", "Isometric contraction", _EFFORT, _LONG, profiles.CONTRACT, 61, RectusFemoris),
            ("C02-3", "Sweep in short axis", "SWEEP", _SHORT, profiles.SWEEP, 61, _thigh(9.8, 21.0, sweep=True)),
        ),
        *_clips(
            "tennis-leg", "CALF", "L",
            ("C03-1", "Rest in long axis", _REST, _LONG, profiles.STATIC, 1, TornCalf),
            ("C03-2", "Passive stretch by dorsiflexion of the ankle", _STRETCH, _LONG, profiles.STRETCH, 76, TornCalf),
            ("C03-3", "Area of the tear in short axis", _REST, _SHORT, profiles.STATIC, 1,
             _calf_section(CalfSection(6.0, 13.0, 5.0, tear_area_cm2=1.2))),
            ("C03-4", "Compression of the popliteal vein", _PRESS, _SHORT, profiles.PULSE, 31, PoplitealVein),
        ),
        *_clips(
            "hamstring-tear-hematoma", "THIGH", "R",
            ("C04-1", "Rest in long axis", _REST, _LONG, profiles.STATIC, 1,
             lambda t, s: HamstringTear(t, s, compressed=False)),
            ("C04-2", "Rest in short axis", _REST, _SHORT, profiles.STATIC, 1, HamstringShortAxis),
            ("C04-3", "Resisted flexion of the knee", _EFFORT, _LONG, profiles.CONTRACT, 61,
             lambda t, s: HamstringTear(t, s, compressed=False)),
            ("C04-4", "Compression", _PRESS, _LONG, profiles.PULSE, 31,
             lambda t, s: HamstringTear(t, s, compressed=True)),
        ),
        *_clips(
            "calf-atrophy-fatty-change", "CALF", "R",
            ("C05-1", "Right calf at rest in short axis", _REST, _SHORT, profiles.STATIC, 1,
             _calf_section(CalfSection(9.0, 8.0, 3.4, echo_mean_u8=138.0, fat=0.805))),
            ("C05-2", "Left calf at rest in short axis, for reference", "CONTRALATERAL", _SHORT, profiles.STATIC, 1,
             _calf_section(CalfSection(6.0, 13.5, 6.0, echo_mean_u8=62.0))),
            ("C05-3", "Right calf: effort in plantarflexion", _EFFORT, _LONG, profiles.CONTRACT, 61, _calf(_WASTED)),
            ("C05-4", "Left calf: effort in plantarflexion", "CONTRALATERAL", _LONG, profiles.CONTRACT, 61,
             _calf(_SOUND)),
        ),
        *_clips(
            "achilles-tear-calf-squeeze", "ANKLE", "L",
            ("C06-1", "Neutral, at rest", _REST, _LONG, profiles.STATIC, 1, _achilles(7.0)),
            ("C06-2", "Passive plantarflexion: the ends meet", _STRETCH, _LONG, profiles.STRETCH, 76,
             _achilles(7.0, -1.0, 6.0)),
            ("C06-3", "Passive dorsiflexion: the ends part", _STRETCH, _LONG, profiles.STRETCH, 76,
             _achilles(7.0, 1.0, -6.0)),
            ("C06-4", "Squeeze of the calf: only the proximal end moves", "CALF SQUEEZE", _LONG, profiles.PULSE, 31,
             _achilles(7.0, 6.0, 0.2)),
            ("C06-5", "Squeeze of the other calf: the tendon moves as one", "CONTRALATERAL", _LONG, profiles.PULSE, 31,
             _achilles(0.0, 6.0, 6.0)),
        ),
        *_clips(
            "supraspinatus-tear", "SHOULDER", "R",
            ("C07-1", "Long axis, modified Crass position", _REST, _LONG, profiles.STATIC, 1, SupraspinatusLongAxis),
            ("C07-2", "Short axis", _REST, _SHORT, profiles.STATIC, 1, SupraspinatusShortAxis),
            ("C07-3", "Compression by the probe", _PRESS, _LONG, profiles.PULSE, 31,
             lambda t, s: SupraspinatusLongAxis(t, s, pressed=True)),
            ("C07-4", "Active abduction", "ACTIVE MOTION", _LONG, profiles.CONTRACT, 61,
             lambda t, s: SupraspinatusLongAxis(t, s, abducted=True)),
        ),
        *_clips(
            "biceps-muscle-hernia", "ARM", "L",
            ("C08-1", "Rest: nothing to see but a gap in the fascia", _REST, _SHORT, profiles.STATIC, 1,
             lambda t, s: MuscleHernia(t, s, compression=False)),
            ("C08-2", "Resisted flexion: the muscle comes through", _EFFORT, _SHORT, profiles.CONTRACT, 61,
             lambda t, s: MuscleHernia(t, s, compression=False)),
            ("C08-3", "Compression while the effort is held", _PRESS, _SHORT, profiles.PULSE, 31,
             lambda t, s: MuscleHernia(t, s, compression=True)),
        ),
        *_clips(
            "trigger-point-needling", "SHOULDER", "R",
            ("C09-1", "Before needling", _REST, _LONG, profiles.STATIC, 1, _trigger_point(Act.BEFORE)),
            ("C09-2", "Sonopalpation", "SONOPALPATION", _LONG, profiles.PULSE, 31, _trigger_point(Act.PALPATION)),
            ("C09-3", "The needle enters in plane at 30 degrees", "NEEDLE", _IN_PLANE, profiles.INSERT, 91,
             _trigger_point(Act.INSERTION)),
            ("C09-4", "Local twitch", "NEEDLE", _IN_PLANE, profiles.TWITCH, 49, _trigger_point(Act.TWITCH)),
            ("C09-5", "After needling", "AFTER", _LONG, profiles.STATIC, 1, _trigger_point(Act.AFTER)),
        ),
        *_clips("hematoma-four-dates", "THIGH", "L", *_hematoma_clips()),
    )
}  # fmt: skip

EXAMPLE_CASES: Mapping[str, ExampleCase] = {
    slug: ExampleCase(slug, clip_ids[0].partition("-")[0], clip_ids)
    for slug in dict.fromkeys(phantom.case_slug for phantom in PHANTOMS.values())
    for clip_ids in [tuple(clip_id for clip_id, phantom in PHANTOMS.items() if phantom.case_slug == slug)]
}
