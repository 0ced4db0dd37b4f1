"""What must hold whatever dies and however many come at once, tried on servers as they are really run."""
