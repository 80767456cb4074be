"""What follows from the data: estimates and tests. Nothing here draws."""
