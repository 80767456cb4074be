# Reference values for tests/stats/test_polychoric.py. Run: Rscript tests/reference/polychoric.R > tests/reference/polychoric.json
# Data: psych::bfi, ten items, complete rows; weights, strata and clusters are made from age and row number.
# "exact" maximises the two-step likelihood with mvtnorm's bivariate normal to 1e-10; the packages stop earlier.
suppressPackageStartupMessages({library(psych); library(polycor); library(lavaan); library(survey); library(mvtnorm); library(jsonlite)})
options(mc.cores = 1)
items <- c(paste0("A", 1:5), paste0("E", 1:5))
x <- bfi[complete.cases(bfi[, c(items, "age")]), ][1:1500, ]
w <- 0.5 + (x$age %% 7) / 3
psu <- (seq_len(nrow(x)) - 1) %% 60; stratum <- psu %% 6
x <- x[, items]
cell <- function(rho, a, b) {
  a <- c(-Inf, a, Inf); b <- c(-Inf, b, Inf)
  below <- outer(a, b, Vectorize(function(h, k) if (h == -Inf || k == -Inf) 0 else if (h == Inf || k == Inf) pnorm(min(h, k)) else
    pmvnorm(upper = c(h, k), corr = matrix(c(1, rho, rho, 1), 2), algorithm = TVPACK(abseps = 1e-14))))
  diff(t(diff(t(below))))
}
exact <- function(table) {
  table <- table / sum(table)
  a <- qnorm(head(cumsum(rowSums(table)), -1)); b <- qnorm(head(cumsum(colSums(table)), -1))
  loss <- function(rho) { p <- cell(rho, a, b); -sum(ifelse(table > 0, table * log(pmax(p, 1e-300)), 0)) }
  rough <- optimise(loss, c(-0.995, 0.995), tol = 1e-6)$minimum
  slope <- function(rho) { h <- 1e-4; (loss(rho + h) - loss(rho - h)) }
  uniroot(slope, rough + c(-0.002, 0.002), tol = 1e-12)$root
}
pairs <- list(c("A1", "A2"), c("A2", "A3"), c("A4", "E5"), c("E1", "E2"), c("E3", "E4"), c("A1", "E1"))
tab <- function(p, w) xtabs(w ~ factor(x[[p[1]]]) + factor(x[[p[2]]]))
unweighted <- t(sapply(pairs, function(p) {
  t1 <- tab(p, rep(1, nrow(x)))
  c(exact = exact(t1), polycor = polychor(t1, ML = FALSE))
}))
weighted <- t(sapply(pairs, function(p) c(exact = exact(tab(p, w)), polycor = polychor(tab(p, w), ML = FALSE))))
whole <- polychoric(x, correct = 0, smooth = FALSE)$rho
whole_weighted <- polychoric(x, correct = 0, smooth = FALSE, weight = w)$rho
fit <- lavCor(x, ordered = items, output = "fit", se = "robust.sem", estimator = "two.step")
pe <- parameterEstimates(fit); pe <- pe[pe$op == "~~" & pe$lhs != pe$rhs, c("lhs", "rhs", "est", "se")]
# Replicated standard errors under the design, for the linearised ones to be near.
d <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = cbind(x, w = w, psu = psu, stratum = stratum), nest = TRUE)
jk <- as.svrepdesign(d, type = "JKn")
jack <- sapply(pairs[1:4], function(p) {
  r <- withReplicates(jk, function(w, data) exact(xtabs(w ~ factor(data[[p[1]]]) + factor(data[[p[2]]]))))
  SE(r)
})
# Tables as they are published: Olsson-like, tetrachoric, and with empty cells.
tables <- list(matrix(c(20, 10, 5, 8, 25, 14, 2, 9, 30), 3), matrix(c(40, 15, 12, 33), 2),
               matrix(c(12, 3, 0, 0, 7, 20, 6, 0, 0, 5, 18, 9), 4), matrix(c(3, 9, 30, 11, 22, 8, 28, 12, 4), 3),
               round(20000 * cell(0.55, qnorm(c(0.15, 0.4, 0.8)), qnorm(c(0.2, 0.7)))), round(20000 * cell(-0.8, c(-1.1, 0.2), c(-0.7, 0.1, 1.2))))
# The standard errors of lavaan are compared where the model holds, as in the last two tables, or fits exactly, as in the
# second; elsewhere they leave those of the jackknife and the bootstrap.
counts <- lapply(tables, function(t) list(table = t, exact = exact(t), polycor = polychor(t, ML = FALSE),
  ml = polychor(t, ML = TRUE)))
raw <- list(); for (k in seq_along(tables)) { t <- tables[[k]]; rows <- as.data.frame(as.table(t)); rows <- rows[rep(seq_len(nrow(rows)), rows$Freq), 1:2]
  f <- lavCor(data.frame(a = as.ordered(as.integer(rows[[1]])), b = as.ordered(as.integer(rows[[2]]))), output = "fit", se = "robust.sem", estimator = "two.step",
    zero.add = c(0, 0))
  p <- parameterEstimates(f); p <- p[p$op == "~~" & p$lhs != p$rhs, ]; counts[[k]]$lavaan <- p$est; counts[[k]]$se <- p$se }
cat(toJSON(list(made_by = R.version.string, packages = sapply(c("psych", "polycor", "lavaan", "survey", "mvtnorm"), function(p) as.character(packageVersion(p))),
  items = items, data = as.list(x), weight = w, psu = psu, stratum = stratum, pairs = pairs,
  unweighted = as.data.frame(unweighted), weighted = as.data.frame(weighted), psych = unname(whole), psych_weighted = unname(whole_weighted),
  lavaan = pe, jackknife = jack, counts = counts), digits = 12, auto_unbox = TRUE), "\n")
