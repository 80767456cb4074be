"""Ordered, binary and linear models under a design; marginal effects; mediation."""
