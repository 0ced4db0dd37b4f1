"""The rules of a course: pure, of the standard library only, without any input or output."""
