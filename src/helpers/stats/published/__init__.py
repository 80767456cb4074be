"""Estimates from printed percentages and counts."""
