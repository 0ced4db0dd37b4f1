"""Hornbook: a folder of plain text as a live reading guide with self-check quizzes and progress."""
