"""Compiled functions within other libraries, which the group `test` installs."""
