"""Changing tiers: ``python -m benches.tiers``."""
