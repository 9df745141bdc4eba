"""What the site makes of the code and of committed figures when it is built."""
