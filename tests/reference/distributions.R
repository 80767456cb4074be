# Reference values for tests/stats/test_distributions.py. Run: Rscript tests/reference/distributions.R > tests/reference/distributions.json
# Percentages with all their decimals of tables that R ships, so that counts are whole; and printed
# ones, rounded. effectsize finds its noncentralities by a search that stops early, so the limits
# are found here by uniroot.
suppressPackageStartupMessages({library(coin); library(vcd); library(effectsize); library(jsonlite)})
num <- function(x) unname(as.numeric(x))
noncentrality <- function(x, df) {
  at <- function(p) if (pchisq(x, df) <= p) 0 else
    uniroot(function(l) pchisq(x, df, l) - p, c(0, 3 * x + 100), tol = 1e-12)$root
  c(at(0.975), at(0.025))
}
superiority <- function(a, b) {
  x <- rep(seq_along(a), a); y <- rep(seq_along(b), b); m <- length(x); n <- length(y)
  wins <- outer(x, y, ">") + outer(x, y, "==") / 2
  p <- mean(wins); vx <- var(rowMeans(wins)) / m; vy <- var(colMeans(wins)) / n
  df <- (vx + vy)^2 / (vx^2 / (m - 1) + vy^2 / (n - 1))
  limits <- plogis(qlogis(p) + c(-1, 1) * qt(0.975, df) * sqrt(vx + vy) / (p * (1 - p)))
  list(p = p, se = sqrt(vx + vy), df = df, low = limits[1], high = limits[2])
}
survey <- MASS::survey
tables <- list(arthritis = unclass(table(vcd::Arthritis$Treatment, vcd::Arthritis$Improved)),
               smoke = unclass(table(factor(survey$Exer, levels = c("None", "Some", "Freq")), factor(survey$Smoke, levels = c("Never", "Occas", "Regul", "Heavy")))),
               hair = unclass(margin.table(HairEyeColor, c(1, 2))),
               jobs = unclass(margin.table(coin::jobsatisfaction, c(1, 2))),
               alike = matrix(c(100, 101, 200, 199, 50, 51), 2))
cases <- lapply(names(tables), function(name) {
  m <- matrix(as.numeric(tables[[name]]), nrow(tables[[name]])); n <- sum(m)
  test <- suppressWarnings(chisq.test(m, correct = FALSE)); chi2 <- num(test$statistic); df <- num(test$parameter)
  limits <- sqrt(noncentrality(chi2, df) / (n * (min(dim(m)) - 1)))
  ordinal <- lapply(seq_len(nrow(m) - 1), function(i) {
    part <- m[c(1, i + 1), ]; long <- data.frame(item = rep(col(part), part), group = factor(rep(row(part), part)))
    test <- wilcox_test(item ~ group, data = long, distribution = "asymptotic")
    c(list(test_p = num(pvalue(test))), superiority(m[1, ], m[i + 1, ]))
  })
  list(name = name, table = m, chi2 = chi2, df = df, p = num(test$p.value),
       vcd_v = num(assocstats(m)$cramer), v = num(cramers_v(m, adjust = FALSE, ci = NULL)$Cramers_v),
       corrected = num(cramers_v(m, adjust = TRUE, ci = NULL)[[1]]), low = limits[1], high = limits[2], ordinal = ordinal)
})
printed <- lapply(list(list(percents = rbind(c(30.1, 40.2, 19.6, 10.1), c(25.4, 41.3, 22.2, 11.1)), n = c(1200, 1024), deff = 1.5),
                       list(percents = rbind(c(63.8, 27.1, 3, 2.9, 3.2), c(61.2, 28, 4.1, 3.3, 3.4)), n = c(18000, 17500), deff = 2.5),
                       list(percents = rbind(c(42, 35, 24), c(40, 38, 22), c(51, 30, 18)), n = c(1813, 900, 1100), deff = 1)), function(x) {
  m <- x$percents / rowSums(x$percents) * x$n / x$deff
  test <- suppressWarnings(chisq.test(m, correct = FALSE)); chi2 <- num(test$statistic); df <- num(test$parameter)
  limits <- sqrt(noncentrality(chi2, df) / (sum(m) * (min(dim(m)) - 1)))
  c(x, list(chi2 = chi2, p = num(test$p.value), v = sqrt(chi2 / (sum(m) * (min(dim(m)) - 1))), low = limits[1], high = limits[2]))
})
versions <- sapply(c("coin", "vcd", "effectsize"), function(p) as.character(packageVersion(p)))
cat(toJSON(list(made_by = R.version.string, packages = as.list(versions), cases = cases, printed = printed),
           digits = NA, auto_unbox = TRUE, null = "null"), "\n")
