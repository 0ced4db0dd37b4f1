"""What a student has done, read off marks and attempts."""
