"""From how much of each tissue a pixel holds to a picture: renderers know the physics of a scanner, and no task."""
