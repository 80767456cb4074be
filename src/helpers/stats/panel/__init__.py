"""Countries over time: fixed effects, few clusters, ranks within waves."""
