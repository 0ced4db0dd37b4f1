"""HTTP, and nothing about courses."""
