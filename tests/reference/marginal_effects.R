# Reference values for tests/stats/test_marginal_effects.py.
# Run: Rscript tests/reference/marginal_effects.R > tests/reference/marginal_effects.json
# Own code, as the package margins has no svyolr: weighted mean over respondents of the difference
# of two predicted probabilities, its gradient in the parameters by Richardson extrapolation of
# central differences, and the sandwich covariance of the parameters. The probabilities come from
# plogis and pnorm, and the parameters from ordinal::clm and svyglm. Data: a subsample of nhanes.
suppressMessages({library(survey); library(ordinal); library(jsonlite); library(sandwich)})
options(warn = -1)
data(nhanes)
nh <- nhanes[!is.na(nhanes$HI_CHOL), ]; nh <- nh[seq(2, nrow(nh), by = 5), ]
nh$age <- factor(unclass(nh$agecat), labels = c("child", "young", "middle", "old"))
nh$race <- factor(nh$race, labels = c("a", "b", "c", "d"))
nh$x <- round(log(nh$WTMEC2YR), 2)
nd <- svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, data = nh, nest = TRUE)
w <- weights(nd) / sum(weights(nd))
gradient <- function(f, at) {
  slope <- function(h) sapply(seq_along(at), function(k) { e <- replace(numeric(length(at)), k, h)
    (f(at + e) - f(at - e)) / (2 * h) })
  (4 * slope(5e-4) - slope(1e-3)) / 3
}
effects <- function(formula, p, link, parameters, v, q) {
  F <- if (link == "logit") plogis else pnorm; f <- if (link == "logit") dlogis else dnorm
  matrix_at <- function(data) model.matrix(formula, data)[, -1, drop = FALSE]
  share <- function(theta, data, j, density = FALSE) {
    cuts <- c(-Inf, theta[seq_len(q)], Inf); eta <- drop(matrix_at(data) %*% theta[-seq_len(q)])
    if (density) sum(w * (f(cuts[j] - eta) - f(cuts[j + 1] - eta))) else sum(w * (F(cuts[j + 1] - eta) - F(cuts[j] - eta)))
  }
  one <- function(name, what, g) lapply(seq_len(q + 1), function(j) {
    value <- g(parameters, j); d <- gradient(function(t) g(t, j), parameters)
    list(item = name, what = what, category = j, estimate = 100 * value, se = 100 * sqrt(drop(d %*% v %*% d)))
  })
  at <- function(level) { d <- nh; d$race <- factor(rep(level, nrow(d)), levels = levels(nh$race)); d }
  rows <- list()
  for (level in levels(nh$race)[-1]) { high <- at(level); low <- at("a")
    rows <- c(rows, one(paste0("race[", level, "]"), "factor", function(t, j) share(t, high, j) - share(t, low, j))) }
  more <- nh; more$x <- more$x + 1
  rows <- c(rows, one("x", "unit", function(t, j) share(t, more, j) - share(t, nh, j)))
  k <- q + which(colnames(matrix_at(nh)) == "x")
  c(rows, one("x", "derivative", function(t, j) t[k] * share(t, nh, j, TRUE)))
}
ordered <- function(link) {
  nh$.w <- weights(nd) / mean(weights(nd))
  fit <- clm(age ~ race + x, data = nh, weights = .w, link = link, control = clm.control(gradTol = 1e-12))
  v <- survey:::svyrecvar(estfun(fit) %*% vcov(fit), nd$cluster, nd$strata, nd$fpc, postStrata = nd$postStrata)
  effects(~ race + x, 4, link, unname(coef(fit)), v, 3)
}
binary <- function() {
  fit <- svyglm(HI_CHOL ~ race + x, nd, family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 100))
  turn <- diag(c(-1, rep(1, 4)))
  effects(~ race + x, 4, "logit", drop(turn %*% coef(fit)), turn %*% vcov(fit) %*% turn, 1)
}
columns <- function(data, names) lapply(data[names], function(x) if (is.factor(x)) as.character(x) else x)
cat(toJSON(list(
  made_by = R.version.string,
  packages = sapply(c("survey", "ordinal", "sandwich"), function(p) as.character(packageVersion(p))),
  nhanes = columns(nh, c("SDMVPSU", "SDMVSTRA", "WTMEC2YR", "age", "race", "x", "HI_CHOL")),
  df = degf(nd), logit = ordered("logit"), probit = ordered("probit"), binary = binary()),
  digits = NA, auto_unbox = TRUE))
