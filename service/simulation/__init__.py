"""A class that does not exist: students with abilities and habits, who work through a course for people to look at."""
