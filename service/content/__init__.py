"""Courses, units and questions: stored as versions, published as rows and rendered answers."""
