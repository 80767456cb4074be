"""Shares, means, totals, quantiles and crosstabs under a design; summaries of ordered answers."""
