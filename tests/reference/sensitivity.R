# Reference values for tests/stats/test_sensitivity.py. Run: Rscript tests/reference/sensitivity.R > tests/reference/sensitivity.json
# Wilson limits by prop.test; turning points by uniroot on the bent interval, not by the closed forms.
suppressPackageStartupMessages(library(jsonlite))
z <- qnorm(0.975); tight <- function(f, lo, hi) uniroot(f, c(lo, hi), tol = 1e-14)$root
wilson <- function(p, n) as.vector(suppressWarnings(prop.test(p * n, n, correct = FALSE)$conf.int))

bounds <- lapply(list(c(76.4, 8.2, 1200, 1), c(54.4, 21.7, 9000, 1.5), c(40, 35, 300, 2.5), c(3, 1, 60, 1)), function(v) {
  p <- v[1] / 100; d <- v[2] / 100; n <- v[3] / v[4]
  one <- function(share, base) as.list(100 * c(share, wilson(share, base)))
  list(percent = v[1], unsure = v[2], n = v[3], deff = v[4], shown = one(p, n),
       left_out = one(p / (1 - d), n * (1 - d)), lowest = one(p, n), highest = one(p + d, n))
})

stated <- lapply(list(c(76.4, 50, 1200, 1), c(62, 50, 1000, 2.5), c(51, 50, 1000, 1), c(90.8, 81.3, 1500, 1.5), c(33, 5, 400, 1)), function(v) {
  p <- v[1] / 100; claim <- v[2] / 100; n <- v[3] / v[4]; w <- wilson(p, n)
  turn <- function(limit) if (limit <= claim) 0 else tight(function(x) limit * (1 - x) - claim, 0, 1)
  list(percent = v[1], to = v[2], n = v[3], deff = v[4], x = 100 * turn(p), low = 100 * turn(w[1]), high = 100 * turn(w[2]))
})

pairs <- lapply(list(c(81.4, 53.2, 1000, 1000, 1, 1), c(70, 60, 800, 800, 1.5, 1), c(45, 30, 1200, 1200, 1, 1),
                     c(66, 58, 1000, 1500, 1, 0), c(40, 12, 500, 2000, 2.5, 0)), function(v) {
  p1 <- v[1] / 100; p2 <- v[2] / 100; n1 <- v[3] / v[5]; n2 <- v[4] / v[5]
  cov <- if (v[6] == 1) (max(0, p1 + p2 - 1) - p1 * p2) / n1 else 0
  v1 <- p1 * (1 - p1) / n1; v2 <- p2 * (1 - p2) / n2
  half <- function(x) z * sqrt((1 - x)^2 * v1 + v2 - 2 * (1 - x) * cov)
  gap <- function(x) p1 * (1 - x) - p2
  x <- tight(gap, 0, 1)
  list(p1 = v[1], p2 = v[2], n1 = v[3], n2 = v[4], deff = v[5], same = v[6] == 1, x = 100 * x,
       low = 100 * tight(function(x) gap(x) - half(x), 0, x), high = 100 * tight(function(x) gap(x) + half(x), x, 1),
       points = v[1] - v[2], points_low = v[1] - v[2] - 100 * half(0), points_high = v[1] - v[2] + 100 * half(0))
})

deffs <- lapply(list(c(76.4, 50, 1200), c(55, 50, 1000), c(45, 50, 1000), c(3, 10, 500), c(98, 90, 2293)), function(v) {
  p <- v[1] / 100; claim <- v[2] / 100; side <- if (p > claim) 1 else 2
  list(percent = v[1], to = v[2], n = v[3],
       deff = tight(function(d) wilson(p, v[3] / d)[side] - claim, 1, v[3] / 2))
})
paired_deffs <- lapply(list(c(81.4, 53.2, 1000), c(70, 60, 800)), function(v) {
  p1 <- v[1] / 100; p2 <- v[2] / 100; both <- max(0, p1 + p2 - 1)
  list(p1 = v[1], p2 = v[2], n = v[3],
       deff = tight(function(d) p1 - p2 - z * sqrt((p1 + p2 - 2 * both - (p1 - p2)^2) * d / v[3]), 1, v[3]))
})
cat(toJSON(list(made_by = R.version.string, packages = list(jsonlite = as.character(packageVersion("jsonlite"))),
                bounds = bounds, stated = stated, pairs = pairs, deffs = deffs, paired_deffs = paired_deffs),
           digits = NA, auto_unbox = TRUE), "\n")
