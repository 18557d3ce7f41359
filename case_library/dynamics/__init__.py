"""What changes over the time of a clip."""
