# Reference values for tests/stats/test_pooled_tipping.py. Run: Rscript tests/reference/pooled_tipping.R > tests/reference/pooled_tipping.json
# Studies are the shares of metafor's pritz1997 and of its BCG trials; each turning point is found by uniroot on a fit of bent shares.
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
near <- list(threshold = 1e-12, maxiter = 10000)
options(warn = 2)
turn <- function(value) {
  if (value(0) <= 0) return(0)
  if (value(0.99) > 0) return(NA)
  100 * uniroot(value, c(0, 0.99), tol = 1e-12)$root
}
ends <- function(fit, goal) lapply(c(estimate = "b", low = "ci.lb", high = "ci.ub"), function(end)
  turn(function(x) fit(x)[[end]] - goal))
mean_of <- function(d, deff) function(x) {
  m <- rma(measure = "PLO", xi = xi * (1 - x) / deff, ni = ni / deff, data = d, method = "REML", test = "adhoc", control = near)
  lapply(list(b = m$beta[1], ci.lb = m$ci.lb, ci.ub = m$ci.ub), function(v) 100 * transf.ilogit(v))
}
contrast <- function(d, deff) function(x) {
  p <- d$xi / d$ni * ifelse(d$linked, 1 - x, 1)
  m <- rma(yi = p, vi = p * (1 - p) * deff / d$ni, mods = ~ d$linked, method = "REML", test = "adhoc", control = near)
  list(b = m$beta[2], ci.lb = m$ci.lb[2], ci.ub = m$ci.ub[2])
}
shares <- with(dat.bcg, data.frame(xi = tneg, ni = tpos + tneg + 500))
sets <- list(pritz1997 = dat.pritz1997[dat.pritz1997$xi < dat.pritz1997$ni, c("xi", "ni")], bcg = shares)
cases <- unlist(lapply(names(sets), function(name) lapply(c(1, 2.5), function(deff) {
  d <- sets[[name]]
  d$linked <- rank(d$xi / d$ni, ties.method = "first") > nrow(d) / 2
  middle <- round(0.8 * mean_of(d, deff)(0)$b)
  list(name = name, deff = deff, xi = d$xi, ni = d$ni, linked = d$linked, to = middle,
       mean = ends(mean_of(d, deff), middle), contrast = ends(contrast(d, deff), 0))
})), recursive = FALSE)
cat(toJSON(list(made_by = R.version.string, metafor = as.character(packageVersion("metafor")), cases = cases),
           digits = I(15), auto_unbox = TRUE, na = "null"), "\n")
