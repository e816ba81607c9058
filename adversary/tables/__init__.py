"""The behaviours as data: one entry each, by what they are about. Loads nothing but attrs."""
