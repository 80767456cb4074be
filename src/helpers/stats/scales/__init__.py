"""Scales: polychoric correlations, reliability, factors, item bias."""
