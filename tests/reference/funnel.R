# Reference values for tests/stats/test_funnel.py. Run: Rscript tests/reference/funnel.R > tests/reference/funnel.json
# Limits by search over the counts: the interpolated count at which the exact tail is p. `printed_high` is the
# upper limit as Spiegelhalter (2005) prints it, (r - alpha) / n with r = qbinom(1 - p).
suppressPackageStartupMessages(library(jsonlite))
interpolated <- function(p, n, rate) {
  below <- cumsum(dbinom(0:n, n, rate)); r <- which(below >= p)[1] - 1
  stopifnot(r == qbinom(p, n, rate))
  (r - (pbinom(r, n, rate) - p) / dbinom(r, n, rate)) / n
}
low <- function(p, n, rate) max(0, interpolated(p, n, rate))
high <- function(p, n, rate) min(1, 1 - interpolated(p, n, 1 - rate))
limits <- function(n, rate, factor = 1) lapply(c(inner = 0.025, outer = 0.001), function(p) {
  l <- sapply(n, low, p = p, rate = rate); h <- sapply(n, high, p = p, rate = rate)
  list(low = 100 * pmax(0, rate - sqrt(factor) * (rate - l)), high = 100 * pmin(1, rate + sqrt(factor) * (h - rate)),
       printed_high = 100 * sapply(n, interpolated, p = 1 - p, rate = rate))
})
place <- function(x, n, rate) mapply(function(x, n) {
  down <- pbinom(x, n, rate); up <- pbinom(x - 1, n, rate, lower.tail = FALSE)
  if (down < 0.001) "far below" else if (up < 0.001) "far above" else if (down < 0.025) "below" else if (up < 0.025) "above" else "inside"
}, x, n)
funnel <- function(x, n, rate, q) {
  z <- (x / n - rate) / sqrt(rate * (1 - rate) / n); ends <- quantile(z, c(q, 1 - q), names = FALSE)
  phi <- max(1, mean(pmin(pmax(z, ends[1]), ends[2])^2))
  wilson <- t(mapply(function(x, n) suppressWarnings(prop.test(x, n, correct = FALSE)$conf.int), x, n))
  list(answered = x, received = n, target = 100 * rate, winsorise = q, phi = phi, low = 100 * wilson[, 1],
       high = 100 * wilson[, 2], limits = limits(n, rate), wide = limits(n, rate, phi), place = place(x, n, rate))
}
applicants <- UCBAdmissions
admitted <- as.vector(applicants["Admitted", , ]); applied <- as.vector(apply(applicants, c(2, 3), sum))
pritz <- metadat::dat.pritz1997
letters_answered <- c(1, 0, 3, 12, 55, 240, 811, 4010, 9, 30); letters_received <- c(1, 2, 9, 20, 100, 400, 1500, 8000, 40, 31)
result <- list(made_by = R.version.string, metadat = as.character(packageVersion("metadat")), funnels = list(
  UCBAdmissions = funnel(admitted, applied, sum(admitted) / sum(applied), 0.1),
  pritz1997 = funnel(pritz$xi, pritz$ni, sum(pritz$xi) / sum(pritz$ni), 0.1),
  letters = funnel(letters_answered, letters_received, 0.6, 0.05),
  letters_low_target = funnel(letters_answered, letters_received, 0.03, 0),
  even = funnel(c(50, 52, 48, 51, 49), rep(100, 5), 0.5, 0.2)))
cat(toJSON(result, digits = I(15), auto_unbox = TRUE), "\n")
