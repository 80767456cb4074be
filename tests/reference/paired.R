# Reference values for tests/stats/test_paired.py. Run: Rscript tests/reference/paired.R > tests/reference/paired.json
# Tango's limits maximise the likelihood at each difference numerically; the standard error of the
# rank-biserial correlation differentiates it numerically in the share of each difference.
suppressPackageStartupMessages({library(coin); library(exactRankTests); library(effectsize); library(jsonlite)})
num <- function(x) unname(as.numeric(x))
bfi <- psych::bfi[seq(3, 2800, by = 9), c("A1", "A2", "A3", "C1", "C2", "C4", "C5")]
bfi <- bfi[complete.cases(bfi), ]
few <- bfi[seq(2, nrow(bfi), by = 12), ]
data <- list(bfi = as.list(bfi), few = as.list(few))

tango <- function(b, c, n) {
  z <- qnorm(0.975)
  score <- function(d) {
    # b gained, c lost: p10 = q + d and p01 = q, with the q that maximises the likelihood.
    lower <- max(0, -d); upper <- (1 - d) / 2
    fit <- function(q) {
      term <- function(k, p) if (k == 0) 0 else k * log(pmax(p, 1e-300))
      -(term(b, q + d) + term(c, q) + term(n - b - c, 1 - 2 * q - d))
    }
    q <- optimize(fit, c(lower, upper), tol = 1e-14)$minimum
    (b - c - n * d) / sqrt(n * (2 * q + d - d^2))
  }
  d <- (b - c) / n
  c(uniroot(function(x) score(x) - z, c(-1 + 1e-9, d - 1e-9), tol = 1e-12)$root,
    uniroot(function(x) score(x) + z, c(d + 1e-9, 1 - 1e-9), tol = 1e-12)$root)
}
mcnemar <- lapply(list(c(12, 2, 38, 0), c(7, 25, 60, 40), c(150, 86, 794, 570), c(3, 1, 10, 6), c(9, 9, 20, 12)), function(x) {
  b <- x[1]; c <- x[2]; n <- sum(x)
  test <- mcnemar.test(matrix(c(x[3], b, c, x[4]), 2), correct = FALSE)
  limits <- tango(b, c, n)
  list(table = x, exact = num(binom.test(b, b + c)$p.value), chi2 = num(test$statistic), p = num(test$p.value),
       difference = 100 * (b - c) / n, se = 100 * sqrt(b + c - (b - c)^2 / n) / n, low = 100 * limits[1], high = 100 * limits[2])
})

biserial <- function(p, values, pratt) {  # population value at shares p
  if (!pratt) { keep <- values != 0; p <- p[keep] / sum(p[keep]); values <- values[keep] }
  place <- sapply(values, function(v) sum(p[abs(values) < abs(v)]) + sum(p[abs(values) == abs(v)]) / 2)
  sum(p * sign(values) * place) / sum(p * (values != 0) * place)
}
signed <- list()
for (name in names(data)) for (pair in list(c("A2", "A3"), c("C1", "C2"), c("C4", "C5"), c("A1", "A3"))) {
  x <- data[[name]][[pair[1]]]; y <- data[[name]][[pair[2]]]; d <- y - x; n <- length(d)
  values <- sort(unique(d)); p <- as.numeric(table(factor(d, values))) / n
  for (zeros in c("wilcox", "pratt")) {
    test <- wilcoxsign_test(y ~ x, zero.method = if (zeros == "pratt") "Pratt" else "Wilcoxon", distribution = "asymptotic")
    exact <- num(pvalue(wilcoxsign_test(y ~ x, zero.method = if (zeros == "pratt") "Pratt" else "Wilcoxon", distribution = "exact")))
    exact_b <- if (zeros == "wilcox") num(suppressWarnings(wilcox.exact(y, x, paired = TRUE, exact = TRUE))$p.value) else NULL
    ranks <- if (zeros == "pratt") rank(abs(d)) else { r <- rep(0, n); r[d != 0] <- rank(abs(d[d != 0])); r }
    r <- sum(sign(d) * ranks) / sum((d != 0) * ranks)
    slope <- sapply(seq_along(p), function(k) {
      h <- 1e-5; up <- p; up[k] <- up[k] + h; down <- p; down[k] <- down[k] - h
      (biserial(up / sum(up), values, zeros == "pratt") - biserial(down / sum(down), values, zeros == "pratt")) / (2 * h)
    })
    se <- sqrt((sum(p * slope^2) - sum(p * slope)^2) / n)
    limits <- tanh(atanh(r) + c(-1, 1) * qnorm(0.975) * se / (1 - r^2))
    effectsize_r <- if (zeros == "wilcox") num(rank_biserial(y, x, paired = TRUE, ci = NULL)$r_rank_biserial) else NULL
    signed[[length(signed) + 1]] <- list(data = name, before = pair[1], after = pair[2], zeros = zeros,
      w = sum(ranks[d > 0]), z = num(statistic(test)), p = num(pvalue(test)), exact = exact, exact_b = exact_b,
      r = r, effectsize_r = effectsize_r, se = se, low = limits[1], high = limits[2])
  }
}
noncentrality <- function(x, df) {
  at <- function(p) if (pchisq(x, df) <= p) 0 else
    uniroot(function(l) pchisq(x, df, l) - p, c(0, 3 * x + 100), tol = 1e-12)$root
  c(at(0.975), at(0.025))
}
friedman <- list()
for (name in names(data)) for (items in list(c("A2", "A3"), c("C1", "C2", "C4", "C5"), c("A1", "A2", "A3", "C1"))) {
  m <- as.matrix(as.data.frame(data[[name]])[, items]); n <- nrow(m); k <- ncol(m)
  test <- friedman.test(m); limits <- noncentrality(num(test$statistic), k - 1) / (n * (k - 1))
  long <- data.frame(y = as.vector(m), item = factor(rep(items, each = n)), id = factor(rep(seq_len(n), k)))
  friedman[[length(friedman) + 1]] <- list(data = name, items = items, q = num(test$statistic), df = num(test$parameter),
    p = num(test$p.value), coin_p = num(pvalue(friedman_test(y ~ item | id, data = long))),
    w = num(kendalls_w(m, ci = NULL, blocks_on_rows = TRUE)$Kendalls_W), low = limits[1], high = limits[2])
}
versions <- sapply(c("coin", "exactRankTests", "effectsize", "psych"), function(p) as.character(packageVersion(p)))
cat(toJSON(list(made_by = R.version.string, packages = as.list(versions), data = data, mcnemar = mcnemar,
                signed = signed, friedman = friedman), digits = NA, auto_unbox = TRUE, null = "null"), "\n")
