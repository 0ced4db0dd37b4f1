"""The tests: one file a feature, the rules of the domain apart, and the acceptance runs beside them."""
