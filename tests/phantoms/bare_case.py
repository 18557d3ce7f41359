"""An example case as its files alone would tell it: no picture is rendered."""

from datetime import UTC, datetime

from case_library.model.calibration import RegionCalibration, scale_of
from case_library.model.case import Case, Clip, Source, Status
from case_library.model.timing import Clock, ClockOrigin
from case_library.phantoms.registry import EXAMPLE_CASES, PHANTOMS, fixed_uid


def bare_case(slug: str) -> Case:
    example = EXAMPLE_CASES[slug]
    clips = tuple(_clip(phantom, number) for number, phantom in enumerate(example.clip_ids, start=1))
    made = datetime(2026, 1, 1, tzinfo=UTC)
    return Case(
        case_id=slug,
        source=Source.SYNTHETIC,
        status=Status.PUBLISHED,
        created_at=made,
        changed_at=made,
        study_instance_uid=example.study_instance_uid,
        clips=clips,
    )


def _clip(phantom: str, number: int) -> Clip:
    entry = PHANTOMS[phantom]
    transducer, profile = entry.transducer, entry.profile
    region = RegionCalibration(
        number=1, min_x=0, min_y=0, max_x=transducer.columns - 1, max_y=transducer.rows - 1, spatial_format=1,
        data_type=1, unit_x=3, unit_y=3, delta_x=transducer.mm_per_px / 10, delta_y=transducer.mm_per_px / 10,
    )  # fmt: skip
    count = profile.frame_count
    clock = (
        Clock(origin=ClockOrigin.STILL, trusted=False, why=".", frame_count=1)
        if count == 1
        else Clock(
            origin=ClockOrigin.FRAME_TIME, trusted=True, why=".", frame_count=count,
            frame_time_s=1 / profile.frame_rate_fps,
        )
    )  # fmt: skip
    return Clip(
        clip_id=f"clip-{number}",
        file=f"media/clip-{number}.dcm",
        file_sha256="0" * 64,
        file_bytes=1,
        sop_instance_uid=fixed_uid(f"{phantom}/instance"),
        sop_class_uid="1.2.840.10008.5.1.4.1.1.3.1",
        transfer_syntax_uid="1.2.840.10008.1.2.4.50",
        frame_count=count,
        columns=transducer.columns,
        rows=transducer.rows,
        photometric_interpretation="MONOCHROME2",
        clock=clock,
        regions=(region,),
        scale=scale_of((region,), transducer.columns, transducer.rows),
        phantom=phantom,
    )
