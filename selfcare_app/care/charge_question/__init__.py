"""Questions about one line of the charges: asked from its receipt, answered or corrected at the desk."""
