"""The rules of a course, tested without an app and without a database."""
