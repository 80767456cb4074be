# Reference values for tests/stats/test_printed.py. Run: Rscript tests/reference/printed.R > tests/reference/printed.json
# Wilson limits: prop.test without continuity correction. Paired difference: the Wald interval of
# mcnemar's table, from the variance of the paired indicator differences of each respondent.
wilson <- lapply(list(c(11070, 18000), c(1448, 1480), c(763, 1100), c(5365, 7363), c(0, 60),
                      c(60, 60), c(1, 7), c(3, 2293), c(91, 95), c(3618, 6800)), function(x) {
  limits <- prop.test(x[1], x[2], correct = FALSE)$conf.int
  sprintf('  {"x": %d, "n": %d, "low": %.15g, "high": %.15g}', x[1], x[2], limits[1], limits[2])
})
paired <- lapply(list(c(700, 500, 1000), c(300, 200, 1000), c(814, 532, 1000), c(90, 950, 1000),
                      c(500, 500, 1000), c(77, 64, 110)), function(x) {
  n <- x[3]; both <- max(0, x[1] + x[2] - n)
  first <- c(rep(1, x[1]), rep(0, n - x[1]))
  second <- c(rep(1, both), rep(0, x[1] - both), rep(1, x[2] - both))
  second <- c(second, rep(0, n - length(second)))
  stopifnot(sum(first) == x[1], sum(second) == x[2], length(second) == n)
  d <- first - second
  se <- sqrt(mean((d - mean(d))^2) / n); z <- qnorm(0.975)
  sprintf('  {"table": [%d, %d, %d], "p1": %.15g, "p2": %.15g, "n": %d, "estimate": %.15g, "se": %.15g, "ci_low": %.15g, "ci_high": %.15g}',
          x[1], x[2], n, 100 * x[1] / n, 100 * x[2] / n, n, mean(d), se, mean(d) - z * se, mean(d) + z * se)
})
cat('{\n "made_by": "', R.version.string, '",\n "wilson": [\n', paste(wilson, collapse = ",\n"),
    '\n ],\n "paired": [\n', paste(paired, collapse = ",\n"), '\n ]\n}\n', sep = "")
