"""What a class's answers say of the questions: for those who wrote them."""
