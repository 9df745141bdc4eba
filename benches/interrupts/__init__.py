"""What Ctrl-C costs: loops with and without their polls."""
