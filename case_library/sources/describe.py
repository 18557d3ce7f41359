"""What a cleaned DICOM file holds, as a clip of a case."""

from __future__ import annotations

from pydicom.dataset import Dataset

from case_library.dicom.elements import items, number, text
from case_library.model.case import Clip, Machine
from case_library.sources.reader import FrameSource


def describe_clip(
    source: FrameSource, clip_id: str, file: str, file_sha256: str, file_bytes: int, header: Dataset | None = None
) -> Clip:
    """Return the clip that a cleaned file is: all but its title and the digest of what it came from.

    Parameters
    ----------
    source : FrameSource
        With a header that was cleaned: its words are taken as they are.
    file : str
        Path inside the case folder.
    header : Dataset or None
        The cleaned header of a source that was not written yet.
    """
    header = source.header if header is None else header
    depth, index = number(header, "DepthOfScanField"), number(header, "MechanicalIndex")
    regions, region = items(header, "SequenceOfUltrasoundRegions"), source.scale.region
    frequency = number(regions[region - 1], "TransducerFrequency") if region is not None else None
    return Clip(
        clip_id=clip_id,
        file=file,
        file_sha256=file_sha256,
        file_bytes=file_bytes,
        sop_instance_uid=text(header, "SOPInstanceUID"),
        sop_class_uid=text(header, "SOPClassUID"),
        transfer_syntax_uid=source.transfer_syntax_uid,
        frame_count=source.frame_count,
        columns=source.columns,
        rows=source.rows,
        photometric_interpretation=source.photometric_interpretation,
        pixel_aspect=source.pixel_aspect,
        clock=source.clock,
        playback=source.playback,
        regions=source.regions,
        scale=source.scale,
        machine=Machine(
            manufacturer=text(header, "Manufacturer") or None,
            transducer_type=text(header, "TransducerType") or None,
            depth_mm=depth if depth is not None and depth > 0 else None,
            mechanical_index=index if index is not None and index >= 0 else None,
            transducer_frequency_khz=frequency if frequency is not None and frequency > 0 else None,
        ),
        stage=text(header, "StageName") or None,
        view=text(header, "ViewName") or None,
        representative_frame=source.representative_frame,
    )
