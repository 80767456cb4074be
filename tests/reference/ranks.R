# Reference values for tests/stats/test_ranks.py. Run: Rscript tests/reference/ranks.R > tests/reference/ranks.json
# Brunner-Munzel placements, Dunn's z and the influence of a correlation are written out from the
# papers, since no package of Debian has them; all else is that of the named packages.
suppressPackageStartupMessages({library(coin); library(exactRankTests); library(effectsize); library(jsonlite)})
num <- function(x) unname(as.numeric(x))
bfi <- psych::bfi[seq(1, 2800, by = 7), c("A1", "C4", "N1", "gender", "education")]
bfi <- bfi[complete.cases(bfi), ]
few <- bfi[seq(1, nrow(bfi), by = 13), ]
survey <- MASS::survey[complete.cases(MASS::survey[, c("Smoke", "Exer")]), c("Smoke", "Exer")]
smoke <- as.integer(factor(survey$Smoke, levels = c("Never", "Occas", "Regul", "Heavy")))
exer <- as.integer(factor(survey$Exer, levels = c("None", "Some", "Freq")))
breaks <- data.frame(item = warpbreaks$breaks, group = as.integer(warpbreaks$tension))
data <- list(bfi_A1 = list(item = bfi$A1, group = bfi$gender),
             bfi_N1 = list(item = bfi$N1, group = bfi$gender),
             bfi_C4 = list(item = bfi$C4, group = bfi$gender),
             few = list(item = few$A1, group = few$gender),
             bfi_education = list(item = bfi$A1, group = bfi$education),
             smoke = list(item = smoke, group = exer),
             breaks = list(item = breaks$item, group = breaks$group))

noncentrality <- function(x, df) {
  at <- function(p) if (pchisq(x, df) <= p) 0 else
    uniroot(function(l) pchisq(x, df, l) - p, c(0, 3 * x + 100), tol = 1e-12)$root
  c(at(0.975), at(0.025))
}

superiority <- function(x, y) {  # P(x > y) + P(x = y) / 2 by comparing every pair
  m <- length(x); n <- length(y)
  wins <- outer(x, y, ">") + outer(x, y, "==") / 2
  p <- mean(wins); vx <- var(rowMeans(wins)) / m; vy <- var(colMeans(wins)) / n
  df <- (vx + vy)^2 / (vx^2 / (m - 1) + vy^2 / (n - 1))
  limits <- plogis(qlogis(p) + c(-1, 1) * qt(0.975, df) * sqrt(vx + vy) / (p * (1 - p)))
  list(p = p, se = sqrt(vx + vy), df = df, low = limits[1], high = limits[2])
}

two <- lapply(c("bfi_A1", "bfi_N1", "bfi_C4", "few"), function(name) {
  item <- data[[name]]$item; group <- factor(data[[name]]$group); parts <- split(item, group)
  asymptotic <- wilcox_test(item ~ group, distribution = "asymptotic")
  exact <- if (length(item) <= 200) num(pvalue(wilcox_test(item ~ group, distribution = "exact"))) else NULL
  exact_b <- if (length(item) <= 200) num(wilcox.exact(parts[[1]], parts[[2]], exact = TRUE)$p.value) else NULL
  list(data = name, u = num(suppressWarnings(wilcox.test(item ~ group)$statistic)),
       p = num(pvalue(asymptotic)), exact = exact, exact_b = exact_b,
       superiority = superiority(parts[[1]], parts[[2]]),
       delta = num(cliffs_delta(parts[[1]], parts[[2]])$r_rank_biserial))
})

dunn <- function(item, group) {
  r <- rank(item); n <- length(item); t <- table(item)
  v <- n * (n + 1) / 12 - sum(t^3 - t) / (12 * (n - 1))
  m <- tapply(r, group, mean); s <- table(group); pairs <- combn(length(m), 2)
  z <- apply(pairs, 2, function(k) (m[k[1]] - m[k[2]]) / sqrt(v * sum(1 / s[k])))
  p <- 2 * pnorm(-abs(z))
  list(z = z, p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"))
}

several <- lapply(c("bfi_education", "smoke", "breaks"), function(name) {
  item <- data[[name]]$item; group <- factor(data[[name]]$group)
  k <- kruskal.test(item, group); n <- length(item)
  coin_p <- num(pvalue(kruskal_test(item ~ group)))
  e <- rank_epsilon_squared(item, group, ci = NULL)$rank_epsilon_squared
  limits <- noncentrality(num(k$statistic), num(k$parameter)) / (n - 1)
  kendall <- cor.test(item, as.integer(group), method = "kendall", exact = FALSE)
  list(data = name, h = num(k$statistic), df = num(k$parameter), p = num(k$p.value), coin_p = coin_p,
       epsilon = num(e), low = limits[1], high = limits[2], dunn = dunn(item, group),
       jonckheere_z = num(kendall$statistic), jonckheere_p = num(kendall$p.value))
})

ordered_pairs <- function(item, group) {  # variance of the placements, group by group
  later <- outer(group, group, "<")
  score <- outer(item, item, "<") + outer(item, item, "==") / 2
  p <- sum(score[later]) / sum(later)
  psi <- sapply(seq_along(item), function(i) sum(score[i, later[i, ]]) + sum(score[later[, i], i]))
  parts <- tapply(psi, group, function(x) length(x) * var(x)); sizes <- table(group)
  se <- sqrt(sum(parts)) / sum(later); df <- sum(parts)^2 / sum(parts^2 / (sizes - 1))
  limits <- plogis(qlogis(p) + c(-1, 1) * qt(0.975, df) * se / (p * (1 - p)))
  list(p = p, se = se, df = df, low = limits[1], high = limits[2])
}
trends <- lapply(c("bfi_education", "smoke", "breaks"), function(name) {
  item <- data[[name]]$item; group <- data[[name]]$group
  l <- independence_test(item ~ group, teststat = "scalar")
  lbl <- if (name == "breaks") NULL else lbl_test(table(factor(item), factor(group)))
  r <- cor(item, group); n <- length(item)
  u <- (item - mean(item)) / sqrt(mean((item - mean(item))^2)); v <- (group - mean(group)) / sqrt(mean((group - mean(group))^2))
  se <- sqrt(mean((u * v - r * (u^2 + v^2) / 2)^2) / n)
  limits <- tanh(atanh(r) + c(-1, 1) * qnorm(0.975) * se / (1 - r^2))
  list(data = name, z = num(statistic(l)), p = num(pvalue(l)), ordered = ordered_pairs(item, group),
       lbl_chi2 = if (is.null(lbl)) NULL else num(statistic(lbl))^2, r = r, se = se, low = limits[1], high = limits[2])
})
versions <- sapply(c("coin", "exactRankTests", "effectsize", "psych", "MASS"), function(p) as.character(packageVersion(p)))
cat(toJSON(list(made_by = R.version.string, packages = as.list(versions), data = data, two = two,
                several = several, trends = trends), digits = NA, auto_unbox = TRUE, null = "null", pretty = FALSE), "\n")
