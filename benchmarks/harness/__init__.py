"""Runs log agents against a counting receiver and measures them; see README.md."""
