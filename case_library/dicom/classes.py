"""Whether a DICOM object is a picture of ultrasound, by its SOP class."""

from __future__ import annotations

from pydicom.dataset import Dataset
from pydicom.uid import UID

from case_library.dicom.elements import text
from case_library.errors import RefusedInputError

ULTRASOUND_CLASSES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.6.1",  # Ultrasound Image
        "1.2.840.10008.5.1.4.1.1.3.1",  # Ultrasound Multi-frame Image
        "1.2.840.10008.5.1.4.1.1.6",  # the same, retired
        "1.2.840.10008.5.1.4.1.1.3",
    )
)
SECONDARY_CAPTURE_CLASSES = frozenset(
    ("1.2.840.10008.5.1.4.1.1.7", *(f"1.2.840.10008.5.1.4.1.1.7.{kind}" for kind in (1, 2, 3, 4)))
)
ENHANCED_US_VOLUME = "1.2.840.10008.5.1.4.1.1.6.2"


def require_ultrasound(header: Dataset, force: bool) -> None:
    """Accept ultrasound objects and secondary captures of ultrasound; with `force` all that has pixels.

    Raises
    ------
    RefusedInputError
        For anything else; the reason names what it is.
    """
    uid = text(header, "SOPClassUID")
    if uid in ULTRASOUND_CLASSES:
        return
    if uid == ENHANCED_US_VOLUME:
        raise RefusedInputError("an Enhanced US Volume (3D) is not opened here")
    if uid in SECONDARY_CAPTURE_CLASSES and text(header, "Modality") == "US":
        return
    if not force:
        name = UID(uid).name if UID(uid).is_valid and UID(uid).name != uid else "an object of unknown kind"
        raise RefusedInputError(f"not an ultrasound image but {name}; --force imports it all the same")
