"""Simulated respondents from the written model, and the truth behind them."""
