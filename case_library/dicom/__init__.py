"""What is DICOM on both sides: decode one frame, write our objects, clock, regions."""

import logging
import warnings

import pydicom

# pydicom's warnings and log lines quote header values, which may be a patient's name.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
warnings.filterwarnings("ignore", module=r"pydicom\b")
logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
