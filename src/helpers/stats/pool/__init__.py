"""Several studies together: random effects, meta-regression, funnel limits."""
