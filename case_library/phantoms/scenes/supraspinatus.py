"""A shoulder: a full-thickness tear of the supraspinatus tendon over the head of the humerus, in long and short axis.

In long axis medial is to the left. All that lies on the head is told in polar coordinates about its middle: an angle
from straight up, positive to the right, and a radius. From the bone outwards: cartilage, tendon or the fluid that fills
the gap, bursa, deltoid, subcutis, skin. The deltoid dips into the gap. Every number is illustrative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from case_library.phantoms.appearance.bone import bone
from case_library.phantoms.appearance.fluid import gap_content
from case_library.phantoms.appearance.layers import sheet
from case_library.phantoms.appearance.muscle import muscle_long, muscle_short
from case_library.phantoms.appearance.tendon import tendon_long, tendon_short
from case_library.phantoms.scenes.motion import Floats, mixed, smooth, through_layers
from case_library.phantoms.scenes.scene import Body, Moment, Scene
from case_library.phantoms.scenes.tissues import frayed, superficial
from case_library.phantoms.shapes import Region, ellipse_outline, layer
from case_library.phantoms.shapes import ellipse as ellipse_region
from case_library.phantoms.shapes import polygon as polygon_region
from case_library.phantoms.speckle import Transducer
from case_library.phantoms.tissue import Tissue
from case_library.phantoms.truth import FrameTruth, Measure, Rule, line, point, polygon, polyline

HEAD_MM = 25.0  # radius of the bone of the head
CARTILAGE_MM, TENDON_MM, BURSA_MM = 1.0, 7.0, 0.8
DELTOID_TOP_MM = 7.0
SKIN_SIDE_MM = 2.0
_TENDON_DEG = 62.0  # how far to either side the head's surface is told
_SURFACE = HEAD_MM + CARTILAGE_MM


class Humerus:
    """The middle of the head, and the surface of its bone."""

    def __init__(self, centre_mm: tuple[float, float], *, tuberosity: bool) -> None:
        self.centre_mm = centre_mm
        # The greater tuberosity stands out beyond a shallow notch, the anatomical neck.
        self._profile = (
            ((-180.0, HEAD_MM), (30.0, HEAD_MM), (35.0, 24.7), (41.0, 26.2), (47.0, 27.3), (56.0, 28.1), (66.0, 29.2),
             (75.0, 32.0), (85.0, 37.0), (95.0, 43.0))
            if tuberosity
            else ((-180.0, HEAD_MM), (180.0, HEAD_MM))
        )  # fmt: skip

    def bone_mm(self, angle_deg: ArrayLike) -> Floats:
        """Return the radius of the bone's surface."""
        angles = np.asarray(angle_deg, float)
        nearby = np.linspace(-3.0, 3.0, 7)
        at_deg, radius_mm = np.array(self._profile).T
        return np.asarray(np.interp(angles[..., None] + nearby, at_deg, radius_mm).mean(axis=-1))


def at(centre_mm: tuple[float, float], angle_deg: ArrayLike, radius_mm: ArrayLike) -> Floats:
    """Return places from polar coordinates, shape (..., 2)."""
    angle = np.radians(np.asarray(angle_deg, float))
    x, z = centre_mm[0] + radius_mm * np.sin(angle), centre_mm[1] - radius_mm * np.cos(angle)
    return np.stack(np.broadcast_arrays(x, z), axis=-1)


def polar(centre_mm: tuple[float, float], x: Floats, z: Floats) -> tuple[Floats, Floats]:
    """Return angle in degrees and radius in millimetres."""
    dx, up = np.asarray(x, float) - centre_mm[0], centre_mm[1] - np.asarray(z, float)
    return np.degrees(np.arctan2(dx, up)), np.hypot(dx, up)


def angle_of_chord(first_mm: float, second_mm: float, chord_mm: float) -> float:
    """Return the angle in degrees between two radii whose ends are `chord_mm` apart (law of cosines)."""
    cosine = (first_mm**2 + second_mm**2 - chord_mm**2) / (2.0 * first_mm * second_mm)
    return float(np.degrees(np.arccos(cosine)))


def falling_off(outline: Floats, x: Floats) -> Floats:
    """Return the depth of a line along the probe; beyond its ends it falls off steeply."""
    keep = np.concatenate([[True], np.diff(np.maximum.accumulate(outline[:, 0])) > 1e-9])
    within = np.interp(x, outline[keep, 0], outline[keep, 1])
    beyond = np.maximum(outline[keep, 0][0] - x, 0.0) + np.maximum(x - outline[keep, 0][-1], 0.0)
    return np.asarray(within + 3.0 * beyond)


def head(tissue: Tissue, humerus: Humerus, *, cartilage_to_deg: float) -> None:
    """Add the bone of the head and the cartilage on it."""
    angles = np.linspace(-75.0, 95.0 if float(humerus.bone_mm(95.0)) > HEAD_MM else 75.0, 400)
    outline = at(humerus.centre_mm, angles, humerus.bone_mm(angles))
    bone(tissue, lambda x: falling_off(outline, x))

    def within(x: Floats, z: Floats) -> NDArray[np.bool_]:
        angle, radius = polar(humerus.centre_mm, x, z)
        return np.asarray((radius >= HEAD_MM) & (radius < _SURFACE) & (angle > -78.0) & (angle < cartilage_to_deg))

    tissue.fill(Region(within, (-20.0, 90.0, 5.0, 60.0)), -62.0)
    surface = at(humerus.centre_mm, np.linspace(-78.0, cartilage_to_deg, 400), _SURFACE)
    sheet(tissue, surface, level_db=-22.0, thickness_mm=0.15, shine=0.9)


class SupraspinatusLongAxis(Scene):
    """At rest, pressed by the probe, or in active abduction.

    Parameters
    ----------
    pressed, abducted : bool
        What activation means; neither for a still shoulder.
    """

    measures = {
        "gap_LA_mm": Measure("gap", Rule.LENGTH),
        "deltoid_dip_mm": Measure("deltoid_dip", Rule.LENGTH),
        "space_height_mm": Measure("space_height", Rule.LENGTH),
        "stump_excursion_mm": Measure("stump_excursion", Rule.LENGTH),
    }
    firm_mm = 5.0
    GAP_MM: ClassVar = (18.0, 22.0)
    EXCURSION_MM = 9.0
    SPACE_MM: ClassVar = (4.0, 1.5)
    FOOTPRINT_DEG = 46.0
    STUMP_RADIUS_MM = _SURFACE + TENDON_MM / 2.0

    def __init__(self, transducer: Transducer, seed: int, *, pressed: bool = False, abducted: bool = False) -> None:
        super().__init__(transducer, seed)
        self.pressed, self.abducted = pressed, abducted
        self.humerus = Humerus((24.0, 47.0), tuberosity=True)
        self._footprint_mm = float(self.humerus.bone_mm(self.FOOTPRINT_DEG)) + 0.4
        self._stump_deg = self.FOOTPRINT_DEG - angle_of_chord(self.STUMP_RADIUS_MM, self._footprint_mm, self.GAP_MM[0])

    # The state at a moment.

    def _pressure(self, moment: Moment) -> float:
        return moment.activation if self.pressed else 0.0

    def _effort(self, moment: Moment) -> float:
        return moment.activation if self.abducted else 0.0

    def centre(self, moment: Moment) -> tuple[float, float]:
        x, z = self.humerus.centre_mm
        return x, z - 3.0 * self._pressure(moment)

    def stump_deg(self, moment: Moment) -> float:
        excursion = self.EXCURSION_MM * self._effort(moment)
        return self._stump_deg - angle_of_chord(self.STUMP_RADIUS_MM, self.STUMP_RADIUS_MM, excursion)

    def turned_deg(self, moment: Moment) -> float:
        """Return how far the humerus has turned in abduction; the tuberosity comes towards the acromion."""
        gap = float(mixed(*self.GAP_MM, self._effort(moment)))
        apart = angle_of_chord(self.STUMP_RADIUS_MM, self._footprint_mm, gap)
        return self.stump_deg(moment) + apart - self.FOOTPRINT_DEG

    def space_mm(self, moment: Moment) -> float:
        return float(mixed(*self.SPACE_MM, self._pressure(moment)))

    def roof_mm(self, angle_deg: ArrayLike, moment: Moment) -> Floats:
        """Return the radius of the underside of the deltoid: on the tendon, dipped into the gap, on the tuberosity."""
        angle = np.asarray(angle_deg, float)
        stump, foot = self.stump_deg(moment), self.FOOTPRINT_DEG + self.turned_deg(moment)
        middle = (stump + foot) / 2.0
        on_tendon = _SURFACE + TENDON_MM * (1.0 - 0.06 * self._pressure(moment))
        in_gap = _SURFACE + self.space_mm(moment)
        on_bone = self.humerus.bone_mm(angle - self.turned_deg(moment)) + BURSA_MM + 0.4
        dipped = on_tendon + (in_gap - on_tendon) * smooth((angle - stump + 7.0) / (middle - 4.0 - stump + 7.0))
        lifted = smooth((angle - middle - 4.0) / (foot - middle - 4.0))
        return np.asarray(dipped + (on_bone - dipped) * lifted)

    # Motion of the bodies.

    def place_bone(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where bone and cartilage are: they turn as one."""
        angle, radius = polar(self.humerus.centre_mm, x, z)
        x, z = at(self.centre(moment), angle + self.turned_deg(moment), radius).T
        return x, z

    def place_tendon(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where the tendon is: it slides over the head, most at the stump."""
        angle, radius = polar(self.humerus.centre_mm, x, z)
        slides = (self.stump_deg(moment) - self._stump_deg) * np.interp(angle, [-90.0, self._stump_deg], [0.55, 1.0])
        thinner = 1.0 - 0.06 * self._pressure(moment)
        x, z = at(self.centre(moment), angle + slides, _SURFACE + (radius - _SURFACE) * thinner).T
        return x, z

    def place_fluid(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where the contents of the gap are: stretched from stump to footprint, under the deltoid."""
        rest = Moment(0.0, 0.0, sway=False)
        angle, radius = polar(self.humerus.centre_mm, x, z)
        stump, turned = self.stump_deg(moment), self.turned_deg(moment)
        now = np.interp(
            angle, [-180.0, self._stump_deg, self.FOOTPRINT_DEG, 180.0],
            [-180.0 + stump - self._stump_deg, stump, self.FOOTPRINT_DEG + turned, 180.0 + turned],
        )  # fmt: skip
        floor, roof = self._floor_mm(angle), self.roof_mm(angle, rest)
        floor_now, roof_now = self._floor_mm(now - turned), self.roof_mm(now, moment)
        part = np.divide(radius - floor, roof - floor, out=np.zeros_like(radius), where=np.abs(roof - floor) > 0.05)
        x, z = at(self.centre(moment), now, floor_now + part * (roof_now - floor_now)).T
        return x, z

    def place(self, x: Floats, z: Floats, moment: Moment) -> tuple[Floats, Floats]:
        """Return where the deltoid and what lies over it are: between the skin and what is under them."""
        rest = Moment(0.0, 0.0, sway=False)
        below, below_now = self.roof_depth(x, rest), self.roof_depth(x, moment)
        fascia = DELTOID_TOP_MM - 0.8 * self._pressure(moment)
        pulled = -1.2 * self._effort(moment) * np.interp(z, [3.0, DELTOID_TOP_MM, 20.0], [0.0, 1.0, 0.3])
        return np.asarray(x + pulled), through_layers(z, (0.0, DELTOID_TOP_MM, below), (0.0, fascia, below_now))

    def _floor_mm(self, angle_deg: Floats) -> Floats:
        return self.humerus.bone_mm(angle_deg) + CARTILAGE_MM

    def roof_depth(self, x: Floats, moment: Moment) -> Floats:
        """Return the depth of the underside of the deltoid along the probe."""
        angles = np.linspace(-75.0, 95.0, 341)
        return falling_off(at(self.centre(moment), angles, self.roof_mm(angles, moment)), x)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        rest, centre = Moment(0.0, 0.0, sway=False), self.humerus.centre_mm
        above, skeleton, tendon, filling = (self.tissue(random, 16.0) for _ in range(4))
        superficial(above, DELTOID_TOP_MM, septa=0.8)
        muscle_long(above, layer(DELTOID_TOP_MM, lambda x: self.roof_depth(x, rest)), self._along_roof)
        # The fat about the bursa, a bright line under the deltoid.
        sheet(above, lambda x: self.roof_depth(x, rest), level_db=-16.0, thickness_mm=0.6)
        head(skeleton, self.humerus, cartilage_to_deg=33.0)
        shape = polygon_region(self.tendon_outline(rest))
        tendon_long(tendon, shape, self._along_head)
        echoes = tendon.echoes()
        angle, _ = polar(centre, echoes.x_mm, echoes.z_mm)
        frayed(echoes, np.radians(self._stump_deg - angle) * self.STUMP_RADIUS_MM, 1.5)
        gap_content(filling, self._gap_region(shape), 0.2)
        fluid = filling.echoes()

        def filled(moment: Moment) -> float:
            thinner = self.space_mm(moment) / self.SPACE_MM[0]
            wider = float(mixed(*self.GAP_MM, self._effort(moment))) / self.GAP_MM[0]
            return 10.0 * float(np.log10(thinner * wider))

        return [
            Body(above.echoes(), self.place), Body(skeleton.echoes(), self.place_bone),
            Body(echoes, self.place_tendon), Body(fluid, self.place_fluid, filled),
        ]  # fmt: skip

    def _gap_region(self, tendon: Region) -> Region:
        """Return what lies between cartilage and deltoid where there is no tendon, at rest."""
        rest = Moment(0.0, 0.0, sway=False)

        def contains(x: Floats, z: Floats) -> NDArray[np.bool_]:
            angle, radius = polar(self.humerus.centre_mm, x, z)
            between = (radius >= self._floor_mm(angle)) & (radius < self.roof_mm(angle, rest))
            return np.asarray(between & (angle > self._stump_deg - 8.0) & (angle < 80.0))

        return Region(contains, (0.0, 80.0, 5.0, 55.0)) - tendon

    def _along_head(self, x: Floats, z: Floats) -> Floats:
        """Return the slope of fibres that follow the head."""
        angle, _ = polar(self.humerus.centre_mm, x, z)
        return np.asarray(np.tan(np.radians(np.clip(angle, -65.0, 65.0))))

    def _along_roof(self, x: Floats, z: Floats) -> Floats:
        """Return the slope of the deltoid's fibres: level under the skin, along its underside deep down."""
        rest = Moment(0.0, 0.0, sway=False)
        below = self.roof_depth(np.asarray(x), rest)
        slope = (self.roof_depth(np.asarray(x) + 1.0, rest) - self.roof_depth(np.asarray(x) - 1.0, rest)) / 2.0
        part = np.clip((z - DELTOID_TOP_MM) / np.maximum(below - DELTOID_TOP_MM, 1.0), 0.0, 1.0)
        return np.asarray(np.clip(slope, -1.2, 1.2) * part)

    def tendon_outline(self, moment: Moment) -> Floats:
        """Return the outline of the tendon, its stump rounded, shape (n, 2), without sway."""
        rest = Moment(0.0, 0.0, sway=False)
        stump = self._stump_deg
        down = np.linspace(-_TENDON_DEG, stump - 4.0, 40)
        turn = np.linspace(np.pi / 2.0, -np.pi / 2.0, 15)
        height = self.roof_mm(stump - 4.0, rest) - _SURFACE
        cap = at(
            self.humerus.centre_mm,
            stump - 4.0 + 4.0 * np.cos(turn),
            _SURFACE + height / 2.0 * (1.0 + np.sin(turn)),
        )
        upper = at(self.humerus.centre_mm, down, self.roof_mm(down, rest))
        lower = at(self.humerus.centre_mm, down[::-1], _SURFACE)
        whole = np.concatenate([upper, cap, lower])
        return np.stack(self.place_tendon(whole[:, 0], whole[:, 1], moment), axis=1)

    def told(self, moment: Moment) -> FrameTruth:
        centre, stump, turned = self.centre(moment), self.stump_deg(moment), self.turned_deg(moment)
        foot = self.FOOTPRINT_DEG + turned
        rest_centre = self.centre(Moment(0.0, 0.0, sway=False)) if not self.pressed else centre
        ends = [at(centre, stump, self.STUMP_RADIUS_MM), at(centre, foot, self._footprint_mm)]
        before = [at(rest_centre, self._stump_deg, self.STUMP_RADIUS_MM)][0]
        # In the middle of the gap, where the deltoid dips most; the tendon's own surface would be above it.
        middle, space = (stump + foot) / 2.0 - 4.0, self.space_mm(moment)
        dip = TENDON_MM * (1.0 - 0.06 * self._pressure(moment)) - space
        radial = at(centre, middle, _SURFACE + np.array([0.0, space, space + dip]))
        angles = np.linspace(-45.0, 75.0, 61)
        bone = at(centre, angles + turned, self.humerus.bone_mm(angles))
        on_head = np.linspace(-45.0, 33.0, 27)
        fluid_deg = np.linspace(stump, foot, 25)
        floor = at(centre, fluid_deg, self._floor_mm(fluid_deg - turned))
        roof = at(centre, fluid_deg, np.maximum(self.roof_mm(fluid_deg, moment), self._floor_mm(fluid_deg - turned)))
        shapes = {
            "fluid": polygon(np.concatenate([floor, roof[::-1]])),
            "tendon": polygon(self.tendon_outline(moment)),
            "gap": line(*ends),
            "stump": point(*ends[0]),
            "footprint_edge": point(*ends[1]),
            "stump_excursion": line(before, ends[0]),
            "space_height": line(radial[0], radial[1]),
            "deltoid_dip": line(radial[2], radial[1]),
            "cartilage": polyline(at(centre, on_head + turned, _SURFACE)),
            "humeral_head": polyline(bone),
        }
        values = {
            "gap_LA_mm": float(mixed(*self.GAP_MM, self._effort(moment))),
            "deltoid_dip_mm": dip,
            "space_height_mm": space,
            "stump_excursion_mm": self.EXCURSION_MM * self._effort(moment),
        }
        return FrameTruth(values, shapes)


class SupraspinatusShortAxis(Scene):
    """The tendon lies on the head like a tyre on a rim; a part of it is missing. Anterior is to the left."""

    measures = {"gap_SA_mm": Measure("gap", Rule.LENGTH), "deltoid_dip_mm": Measure("deltoid_dip", Rule.LENGTH)}
    firm_mm = 5.0
    GAP_MM, THICK_MM, SPACE_MM = 12.0, 6.0, 3.2
    MIDDLE_DEG = 4.0
    INTERVAL_DEG = -34.0  # the tendon's anterior border; the biceps tendon lies beyond

    def __init__(self, transducer: Transducer, seed: int) -> None:
        super().__init__(transducer, seed)
        self.humerus = Humerus((31.0, 46.0), tuberosity=False)
        self.edge_mm = _SURFACE + self.THICK_MM / 2.0
        self.half_deg = angle_of_chord(self.edge_mm, self.edge_mm, self.GAP_MM) / 2.0

    @property
    def edges_deg(self) -> tuple[float, float]:
        return self.MIDDLE_DEG - self.half_deg, self.MIDDLE_DEG + self.half_deg

    def roof_mm(self, angle_deg: ArrayLike) -> Floats:
        """Return the radius of the underside of the deltoid."""
        off = np.abs(np.asarray(angle_deg, float) - self.MIDDLE_DEG)
        dipped = smooth((self.half_deg + 5.0 - off) / (self.half_deg + 2.0))
        return np.asarray(_SURFACE + self.THICK_MM + (self.SPACE_MM - self.THICK_MM) * dipped)

    def roof_depth(self, x: Floats) -> Floats:
        """Return the depth of the underside of the deltoid along the probe."""
        angles = np.linspace(-75.0, 75.0, 301)
        return falling_off(at(self.humerus.centre_mm, angles, self.roof_mm(angles)), x)

    def make(self, random: np.random.Generator) -> Sequence[Body]:
        tissue = self.tissue(random, 14.0)
        superficial(tissue, DELTOID_TOP_MM, septa=0.8)
        muscle_short(tissue, layer(DELTOID_TOP_MM, self.roof_depth))
        sheet(tissue, self.roof_depth, level_db=-16.0, thickness_mm=0.6)
        head(tissue, self.humerus, cartilage_to_deg=80.0)
        parts = [polygon_region(self.tendon_outline(side)) for side in (0, 1)]
        for part in parts:
            tendon_short(tissue, part)
        # The long head of the biceps in the rotator interval.
        biceps = at(self.humerus.centre_mm, self.INTERVAL_DEG - 8.0, _SURFACE + 2.4)
        oval = ellipse_region(float(biceps[0]), float(biceps[1]), 2.6, 1.7, self.INTERVAL_DEG - 8.0)
        tendon_short(tissue, oval, level_db=2.0)
        centre = self.humerus.centre_mm

        def rest(x: Floats, z: Floats) -> NDArray[np.bool_]:
            angle, radius = polar(centre, x, z)
            return np.asarray((radius >= _SURFACE) & (radius < self.roof_mm(angle)) & (np.abs(angle) < 80.0))

        left_over = Region(rest, (-20.0, 90.0, 5.0, 60.0)) - parts[0] - parts[1] - oval
        gap_content(tissue, left_over, 0.25)
        sheet(tissue, ellipse_outline(float(biceps[0]), float(biceps[1]), 2.6, 1.7, self.INTERVAL_DEG - 8.0),
              level_db=-20.0, thickness_mm=0.3)  # fmt: skip
        return [Body(tissue.echoes(), self.place)]

    def tendon_outline(self, side: int) -> Floats:
        """Return the outline of the anterior (0) or posterior (1) part of the tendon, shape (n, 2)."""
        edge, far = self.edges_deg[side], (self.INTERVAL_DEG, 80.0)[side]
        sign = (-1.0, 1.0)[side]
        back = np.linspace(far, edge + 3.0 * sign, 30)
        turn = np.linspace(np.pi / 2.0, -np.pi / 2.0, 15)
        height = self.roof_mm(edge + 3.0 * sign) - _SURFACE
        centre = self.humerus.centre_mm
        cap = at(centre, edge + 3.0 * sign * (1.0 - np.cos(turn)), _SURFACE + height / 2.0 * (1.0 + np.sin(turn)))
        return np.concatenate([at(centre, back, self.roof_mm(back)), cap, at(centre, back[::-1], _SURFACE)])

    def told(self, moment: Moment) -> FrameTruth:
        centre, (front, rear) = self.humerus.centre_mm, self.edges_deg
        ends = [at(centre, front, self.edge_mm), at(centre, rear, self.edge_mm)]
        radial = at(centre, self.MIDDLE_DEG, _SURFACE + np.array([self.SPACE_MM, self.THICK_MM]))
        angles = np.linspace(-50.0, 50.0, 41)
        gap = np.linspace(front, rear, 21)
        fluid = np.concatenate([at(centre, gap, _SURFACE), at(centre, gap[::-1], self.roof_mm(gap[::-1]))])
        shapes = {
            "fluid": polygon(fluid),
            "anterior_tendon": polygon(self.tendon_outline(0)),
            "posterior_tendon": polygon(self.tendon_outline(1)),
            "gap": line(*ends),
            "anterior_edge": point(*ends[0]),
            "posterior_edge": point(*ends[1]),
            "deltoid_dip": line(radial[1], radial[0]),
            "cartilage": polyline(at(centre, angles, _SURFACE)),
            "humeral_head": polyline(at(centre, angles, HEAD_MM)),
        }
        return FrameTruth({"gap_SA_mm": self.GAP_MM, "deltoid_dip_mm": self.THICK_MM - self.SPACE_MM}, shapes)
