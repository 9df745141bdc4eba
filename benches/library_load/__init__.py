"""What a library function adds to the first call of a function that uses it."""
