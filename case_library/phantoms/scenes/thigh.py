"""The front of a thigh: the depths of its layers at rest, in millimetres."""

from __future__ import annotations

DERMIS_MM = 2.0
FASCIA_MM = 9.0
APONEUROSIS_MM = 24.0  # under a wasted rectus femoris
HEALTHY_APONEUROSIS_MM = 30.0
FEMUR_MM = 46.0
BOTTOM_MM = 52.0
