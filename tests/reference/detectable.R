# Reference values for tests/stats/test_detectable.py. Run: Rscript tests/reference/detectable.R > tests/reference/detectable.json
suppressMessages({library(pwr); library(jsonlite)})
tight <- .Machine$double.eps^.6
root <- function(f, interval) uniroot(f, interval, tol = 1e-13)$root
means <- lapply(list(c(64, 64, .8, .05), c(500, 120, .9, .05), c(12, 30, .8, .01), c(3, 4, .6, .1), c(2231.5, 1200.25, .95, .05)), function(v) {
  p <- function(d) pwr.t2n.test(n1 = v[1], n2 = v[2], d = d, sig.level = v[4])$power
  d <- root(function(d) p(d) - v[3], c(1e-4, 20)); list(n = v[1:2], power = v[3], alpha = v[4], effect = d)
})
needed_means <- lapply(list(c(.5, .8, .05), c(.2, .9, .05), c(1.5, .8, .01)), function(v) {
  f <- function(n) pwr.t.test(n = n, d = v[1], sig.level = v[3])$power - v[2]
  list(effect = v[1], power = v[2], alpha = v[3], n = root(f, c(2, 1e5)))
})
proportions <- lapply(list(c(500, 50, .8, .05), c(1000, 12.5, .9, .05), c(80, 3, .8, .05), c(240, 61, .8, .01)), function(v) {
  f <- function(p2) power.prop.test(n = v[1], p1 = v[2] / 100, p2 = p2, sig.level = v[4])$power - v[3]
  p <- v[2] / 100
  list(n = v[1], percent = v[2], power = v[3], alpha = v[4], above = 100 * (root(f, c(p + 1e-9, 1 - 1e-9)) - p),
       below = if (f(1e-9) > 0) 100 * (root(f, c(1e-9, p - 1e-9)) - p) else NULL)
})
needed_proportions <- lapply(list(c(50, 55, .8, .05), c(10, 4, .9, .05), c(30, 70, .8, .01)), function(v)
  list(percent = v[1:2], power = v[3], alpha = v[4],
       n = root(function(n) power.prop.test(n = n, p1 = v[1] / 100, p2 = v[2] / 100, sig.level = v[4])$power - v[3], c(2, 1e6))))
correlation <- lapply(list(c(84, .8, .05), c(1000, .9, .05), c(12, .8, .01), c(632.4, .95, .1)), function(v)
  list(n = v[1], power = v[2], alpha = v[3], effect = root(function(r) pwr.r.test(n = v[1], r = r, sig.level = v[3])$power - v[2], c(1e-6, 1 - 1e-9))))
needed_correlation <- lapply(list(c(.3, .8, .05), c(.1, .9, .05), c(.6, .8, .01)), function(v)
  list(r = v[1], power = v[2], alpha = v[3], n = root(function(n) pwr.r.test(n = n, r = v[1], sig.level = v[3])$power - v[2], c(4 + 1e-6, 1e6))))
# Whitehead (1993) as in Hmisc::popower; its example: shares .0945 .4345 .3495 .1215, odds ratio exp(.887), 187 in all at 90 %.
ordinal <- lapply(list(list(c(20, 30, 25, 15, 10), 150, 150, .8, .05), list(c(9.45, 43.45, 34.95, 12.15), 94, 94, .9, .05),
  list(c(60, 40), 400, 90, .8, .05)), function(v) {
    f <- function(l) Hmisc::popower(v[[1]] / 100, exp(l), n1 = v[[2]], n2 = v[[3]], alpha = v[[5]])$power - v[[4]]
    list(percents = v[[1]], n = c(v[[2]], v[[3]]), power = v[[4]], alpha = v[[5]], effect = root(f, c(1e-6, 20)))
  })
needed_ordinal <- lapply(list(list(c(9.45, 43.45, 34.95, 12.15), .887, .9, .05), list(c(20, 30, 25, 15, 10), .5, .8, .05)), function(v) {
  f <- function(n) Hmisc::popower(v[[1]] / 100, exp(v[[2]]), n = n, alpha = v[[4]])$power - v[[3]]
  list(percents = v[[1]], effect = v[[2]], power = v[[3]], alpha = v[[4]], total = root(f, c(4, 1e6)),
       posamsize = Hmisc::posamsize(v[[1]] / 100, exp(v[[2]]), alpha = v[[4]], power = v[[3]])$n)
})
cat(toJSON(list(made_by = R.version.string, pwr = as.character(packageVersion("pwr")), Hmisc = as.character(packageVersion("Hmisc")),
  means = means, needed_means = needed_means, proportions = proportions, needed_proportions = needed_proportions,
  correlation = correlation, needed_correlation = needed_correlation, ordinal = ordinal, needed_ordinal = needed_ordinal),
  auto_unbox = TRUE, digits = NA))
