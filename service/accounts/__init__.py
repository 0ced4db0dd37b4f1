"""People, what they are in which course, and the tokens that speak for them."""
