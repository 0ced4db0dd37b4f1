"""HTTP: how requests are declared, read, answered and described; nothing here knows of courses."""
