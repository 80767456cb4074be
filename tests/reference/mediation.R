# Reference values for tests/stats/test_mediation.py.
# Run: Rscript tests/reference/mediation.R > tests/reference/mediation.json
# Own code on survey::svyglm fits: the paths and their joint covariance by svyrecvar of their
# influences, the delta-method standard error of the product, quantiles of the product of two
# correlated t variables from 4 million draws, and the rescaled bootstrap (as.svrepdesign, type
# subbootstrap, 4000 replicates). Data: survey::apiclus1 (clusters) and apistrat (strata).
suppressMessages({library(survey); library(jsonlite)})
data(api); set.seed(1)
paths <- function(design, data, w, covariates) {
  rhs <- function(x) reformulate(c(x, covariates))
  fits <- list(list("meals", "ell"), list("api00", c("ell", "meals")), list("api00", "ell"))
  influence <- NULL; found <- list()
  for (f in fits) { x <- model.matrix(rhs(f[[2]]), data); y <- data[[f[[1]]]]
    bread <- solve(crossprod(x * sqrt(w))); beta <- drop(bread %*% crossprod(x, w * y))
    found <- c(found, list(beta)); colnames(bread) <- colnames(x)
    influence <- c(influence, list((x * (w * drop(y - x %*% beta))) %*% bread)) }
  list(value = c(a = found[[1]][["ell"]], b = found[[2]][["meals"]], direct = found[[2]][["ell"]], total = found[[3]][["ell"]]),
       influence = cbind(influence[[1]][, "ell"], influence[[2]][, "meals"], influence[[2]][, "ell"], influence[[3]][, "ell"]))
}
case <- function(design, data, covariates) {
  p <- paths(design, data, weights(design), covariates); df <- degf(design)
  check <- coef(svyglm(reformulate(c("ell", "meals", covariates), "api00"), design))
  stopifnot(abs(check[["meals"]] - p$value[["b"]]) < 1e-8)
  v <- survey:::svyrecvar(p$influence, design$cluster, design$strata, design$fpc, postStrata = design$postStrata)
  a <- p$value[["a"]]; b <- p$value[["b"]]
  se <- sqrt(b^2 * v[1, 1] + a^2 * v[2, 2] + 2 * a * b * v[1, 2])
  n <- 4e6; z <- matrix(rnorm(2 * n), n) %*% chol(v[1:2, 1:2]) / sqrt(rchisq(n, df) / df)
  product <- quantile((a + z[, 1]) * (b + z[, 2]), c(.025, .975), names = FALSE)
  rep <- as.svrepdesign(design, type = "subbootstrap", replicates = 4000)
  boot <- apply(weights(rep, "analysis"), 2, function(w) { q <- paths(design, data, w, covariates)$value; q[["a"]] * q[["b"]] })
  list(df = df, value = as.list(p$value), se = sqrt(diag(v)), indirect = a * b, indirect_se = se,
       product = product, boot_se = sd(boot), boot = quantile(boot, c(.025, .975), names = FALSE))
}
columns <- function(data, names) lapply(data[names], function(x) if (is.factor(x)) as.character(x) else x)
c1 <- apiclus1; st <- apistrat
cat(toJSON(list(made_by = R.version.string, packages = list(survey = as.character(packageVersion("survey"))),
  clus1 = columns(c1, c("dnum", "pw", "stype", "api00", "ell", "meals")),
  strat = columns(st, c("stype", "pw", "api00", "ell", "meals", "mobility")),
  cases = list(
    clus1 = case(svydesign(~dnum, weights = ~pw, data = c1), c1, "stype"),
    strat = case(svydesign(~1, strata = ~stype, weights = ~pw, data = st), st, "mobility"))), digits = NA, auto_unbox = TRUE))
