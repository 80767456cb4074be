"""Weights: raking, post-stratification, diagnostics; replicates and bootstraps."""
