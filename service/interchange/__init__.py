"""Other people's formats, made unit documents and made of them; every importer accounts for every line it read."""
