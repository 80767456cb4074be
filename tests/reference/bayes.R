# Reference values for tests/stats/test_bayes.py. Run: Rscript tests/reference/bayes.R > tests/reference/bayes.json
# BayesFactor's own numbers; where it approximates (one-sided with |t| > 5), the integral over g.
suppressMessages({library(BayesFactor); library(jsonlite)})
log_bf <- function(...) suppressMessages(ttest.tstat(...)$bf)
# The integral over g of Rouder et al. (2009) on the log scale; given g, the effect is t with df + 1.
by_g <- function(t, n1, n2, r, side = NULL) {
  N <- n1 * n2 / (n1 + n2); df <- n1 + n2 - 2
  lf <- function(u) { g <- exp(u); k <- 1 + N * g * r^2
    q <- t * sqrt((k - 1) / k) * sqrt((df + 1) / (df + t^2 / k))
    -.5 * log(k) - (df + 1) / 2 * (log1p(t^2 / (k * df)) - log1p(t^2 / df)) - .5 * log(2 * pi) - 1.5 * u - 1 / (2 * g) + u +
      (if (is.null(side)) 0 else log(2) + pt(side * q, df + 1, log.p = TRUE)) }
  top <- optimize(lf, c(-20, 40), maximum = TRUE, tol = 1e-12); o <- top$objective
  cuts <- top$maximum + c(-30, -8, -3, -1, 0, 1, 3, 8, 30, 80)
  log(sum(mapply(function(a, b) integrate(function(u) exp(lf(u) - o), a, b, rel.tol = 1e-11, subdivisions = 5000L, stop.on.error = FALSE)$value,
    head(cuts, -1), cuts[-1]))) + o
}
t_cases <- lapply(list(c(.3, 2, 2, .7071), c(1.2, 12, 30, .5), c(2.5, 20, 25, sqrt(.5)), c(-2.5, 20, 25, sqrt(.5)), c(4.1, 400, 380, 1),
  c(-.01, 2000, 2100, sqrt(.5)), c(8, 500, 500, sqrt(.5)), c(12, 900, 870, .3)), function(v) {
    two <- log_bf(v[1], v[2], v[3], rscale = v[4])
    side <- if (abs(v[1]) < 5) c(log_bf(v[1], v[2], v[3], rscale = v[4], nullInterval = c(0, Inf)), log_bf(v[1], v[2], v[3], rscale = v[4], nullInterval = c(-Inf, 0)))
            else c(by_g(v[1], v[2], v[3], v[4], 1), by_g(v[1], v[2], v[3], v[4], -1))
    inside <- if (abs(v[1]) < 5) log_bf(v[1], v[2], v[3], rscale = v[4], nullInterval = c(-.1, .2)) else NA
    outside <- if (abs(v[1]) < 5) log_bf(v[1], v[2], v[3], rscale = v[4], nullInterval = c(-.1, .2), complement = TRUE) else NA
    list(t = v[1], n1 = v[2], n2 = v[3], scale = v[4], two = two, greater = side[1], less = side[2], inside = inside, outside = outside)
  })
# Large t, where BayesFactor only approximates.
huge <- lapply(list(c(40, 2000, 2000), c(60, 2000, 2000), c(25, 100, 100), c(-30, 50, 60)), function(v) list(t = v[1], n1 = v[2], n2 = v[3],
  scale = sqrt(.5), two = by_g(v[1], v[2], v[3], sqrt(.5)), greater = by_g(v[1], v[2], v[3], sqrt(.5), 1), less = by_g(v[1], v[2], v[3], sqrt(.5), -1)))
# Over a part of the line correlationBF approximates the likelihood, so it is integrated with Jeffreys's exact one.
exact_r <- function(n, r, scale, ...) {
  F21 <- function(a, b, c, x) sapply(x, function(k) hypergeo::genhypergeo(c(a, b), c, k, tol = 1e-15, maxiter = 1e5))
  h <- function(p) (1 - p^2)^((n - 1) / 2) * (F21((n - 1) / 2, (n - 1) / 2, .5, (p * r)^2) +
    2 * p * r * exp(2 * (lgamma(n / 2) - lgamma((n - 1) / 2))) * F21(n / 2, n / 2, 1.5, (p * r)^2))
  ends <- matrix(c(...), ncol = 2, byrow = TRUE)
  f <- function(p) h(p) * dbeta((p + 1) / 2, 1 / scale, 1 / scale) / 2
  total <- sum(apply(ends, 1, function(e) { cuts <- sort(unique(c(e, Filter(function(k) k > e[1] & k < e[2], c(0, r, r - 2 / sqrt(n), r + 2 / sqrt(n))))))
    sum(mapply(function(a, b) integrate(f, a, b, rel.tol = 1e-10)$value, head(cuts, -1), cuts[-1])) }))
  log(total) - log(sum(apply(ends, 1, function(e) diff(pbeta((e + 1) / 2, 1 / scale, 1 / scale)))))
}
correlations <- lapply(list(c(50, .3, 1/3), c(20, -.55, 1), c(200, .02, 1), c(400, .21, .5), c(10, .8, 1.5)), function(v) {
  # Data with exactly this correlation.
  set.seed(7); a <- scale(rnorm(v[1])); b <- residuals(lm(rnorm(v[1]) ~ a)); b <- b / sqrt(sum(b^2)) * sqrt(v[1] - 1)
  y <- v[2] * a + sqrt(1 - v[2]^2) * b
  bf <- function(...) suppressMessages(correlationBF(y = as.numeric(y), x = as.numeric(a), rscale = v[3], ...))@bayesFactor$bf
  part <- function(...) exact_r(v[1], v[2], v[3], ...)
  stopifnot(abs(part(-1, 1) - bf()) < 1e-7)
  list(n = v[1], r = v[2], scale = v[3], two = bf(), greater = part(0, 1), less = part(-1, 0), inside = part(-.1, .1),
       outside = part(-1, -.1, .1, 1))
})
tables <- list(rbind(c(40, 60), c(52, 48)), rbind(c(403, 597), c(505, 695)), rbind(c(0, 20), c(6, 14)), rbind(c(10, 20, 30), c(12, 18, 25)),
  rbind(c(5, 9, 1, 30), c(8, 2, 9, 11), c(3, 3, 20, 4)), rbind(c(11070, 6930), c(1448, 32)))
tables <- unlist(lapply(tables, function(m) lapply(c(1, 2.5), function(a) list(counts = m, scale = a,
  log_bf = contingencyTableBF(m, sampleType = "indepMulti", fixedMargin = "rows", priorConcentration = a)@bayesFactor$bf))), recursive = FALSE)
s <- split(mtcars$mpg, mtcars$am)
frames <- list(mpg = mtcars$mpg, am = as.character(mtcars$am), wt = mtcars$wt, cyl = as.character(mtcars$cyl),
  means = ttestBF(s[[1]], s[[2]])@bayesFactor$bf, correlation = correlationBF(mtcars$mpg, mtcars$wt, rscale = 1)@bayesFactor$bf,
  shares = contingencyTableBF(table(mtcars$am, mtcars$cyl), sampleType = "indepMulti", fixedMargin = "rows")@bayesFactor$bf)
cat(toJSON(list(made_by = R.version.string, BayesFactor = as.character(packageVersion("BayesFactor")), t = t_cases, huge = huge,
  correlations = correlations, tables = tables, frames = frames), auto_unbox = TRUE, digits = NA, na = "null"))
