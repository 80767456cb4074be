"""How absence is shown: equivalence, Bayes factors, detectable effects, power."""
