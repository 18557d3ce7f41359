"""The words of musculoskeletal ultrasound as data, with their origin and how far they were reviewed; see README.md."""
