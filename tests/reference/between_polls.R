# Reference values for tests/stats/test_between_polls.py.
# Run: Rscript tests/reference/between_polls.R > tests/reference/between_polls.json
# Newcombe's tenth method from the limits of prop.test of each share; what chance alone gives from the statistic of prop.test of both.
suppressPackageStartupMessages(library(jsonlite))
limits <- function(p, n) as.numeric(suppressWarnings(prop.test(p * n, n, correct = FALSE))$conf.int)
one <- function(p1, n1, p2, n2, deff) {
  m1 <- n1 / deff; m2 <- n2 / deff
  a <- limits(p1, m1); b <- limits(p2, m2)
  x2 <- suppressWarnings(prop.test(c(p1 * m1, p2 * m2), c(m1, m2), correct = FALSE))$statistic
  list(p1 = p1, n1 = n1, p2 = p2, n2 = n2, deff = deff,
       low = p1 - p2 - sqrt((p1 - a[1])^2 + (b[2] - p2)^2),
       high = p1 - p2 + sqrt((a[2] - p1)^2 + (p2 - b[1])^2),
       chance = qnorm(0.975) * abs(p1 - p2) / sqrt(as.numeric(x2)))
}
# The first case is (a) of Newcombe (1998), whose paper prints 0.0524 to 0.3339.
cases <- list(c(56 / 70, 70, 48 / 80, 80), c(10 / 10, 10, 0.2, 20), c(0.764, 2400, 0.694, 1100),
              c(0.47, 2400, 0.488, 1100), c(0.01, 300, 0.03, 8000))
cat(toJSON(list(made_by = R.version.string, cases = unlist(lapply(cases, function(k) lapply(c(1, 1.5, 2.5), function(d) one(k[1], k[2], k[3], k[4], d))),
                  recursive = FALSE)), auto_unbox = TRUE, digits = NA))
