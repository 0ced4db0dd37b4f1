"""From files of text to published courses."""
