"""The programs, a file for each construct."""
