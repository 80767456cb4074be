# Reference values for tests/stats/test_ordinal.py and test_proportional_odds.py.
# Run: Rscript tests/reference/ordinal.R > tests/reference/ordinal.json
# Data: a subsample of survey::nhanes (strata, clusters, weights) and survey::apistrat.
# Coefficients and thresholds: survey::svyolr at a tight tolerance, and ordinal::clm with weights,
# whose analytic Hessian and scores give the exact sandwich (svyolr takes its Hessian by
# differences). Unweighted log-likelihood: MASS::polr. Brant: own code from the binary logits of
# svyglm, joint covariance by svyrecvar, Wald F with degf - k + 1 denominator degrees of freedom.
suppressMessages({library(survey); library(MASS); library(ordinal); library(jsonlite); library(sandwich)})
options(warn = -1)
data(nhanes); data(api)
nh <- nhanes[!is.na(nhanes$HI_CHOL), ]
nh <- nh[seq(1, nrow(nh), by = 4), ]
nh$age <- factor(unclass(nh$agecat), labels = c("child", "young", "middle", "old"))
nh$race <- factor(nh$race, labels = c("a", "b", "c", "d"))
nh$sex <- factor(nh$RIAGENDR, labels = c("man", "woman"))
nh$high <- factor(nh$HI_CHOL, labels = c("no", "yes"))
stopifnot(all(table(tapply(nh$SDMVPSU, nh$SDMVSTRA, function(x) length(unique(x)))) > 0),
          all(tapply(nh$SDMVPSU, nh$SDMVSTRA, function(x) length(unique(x))) > 1))
nd <- svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, data = nh, nest = TRUE)
ap <- apistrat
ap$band <- cut(ap$api00, c(0, 550, 650, 750, 1000), labels = c("low", "fair", "good", "high"))
ad <- svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = ap)
both <- function(formula, design, data, link) {
  data$.w <- weights(design) / mean(weights(design))
  olr <- svyolr(formula, design, method = if (link == "logit") "logistic" else "probit",
                control = list(reltol = 1e-15, maxit = 2000))
  exact <- clm(formula, data = data, weights = .w, link = link, control = clm.control(gradTol = 1e-12))
  p <- length(olr$coefficients); q <- length(coef(exact)) - p
  influence <- estfun(exact) %*% vcov(exact)
  v <- survey:::svyrecvar(influence, design$cluster, design$strata, design$fpc, postStrata = design$postStrata)
  list(link = link, names = names(coef(exact)), estimate = unname(coef(exact)),
       se = unname(sqrt(diag(v))), covariance = unname(v), naive_se = unname(sqrt(diag(vcov(exact)))),
       loglik = as.numeric(logLik(exact)), df = degf(design),
       svyolr_estimate = unname(c(olr$zeta, olr$coefficients)),
       svyolr_se = unname(sqrt(diag(olr$var))[c(p + seq_len(q), seq_len(p))]))
}
brant <- function(formula, design, data, terms) {
  y <- as.integer(model.response(model.frame(formula, data)))
  x <- model.matrix(formula, data); w <- weights(design) / mean(weights(design))
  owner <- attr(x, "assign")[-1]
  parts <- list(); slopes <- c()
  for (k in seq_len(max(y) - 1)) {
    fit <- glm.fit(x, as.numeric(y > k), w, family = quasibinomial(), control = list(epsilon = 1e-14, maxit = 100))
    mu <- fit$fitted.values
    bread <- solve(crossprod(x * sqrt(w * mu * (1 - mu))))
    parts[[k]] <- ((x * (w * ((y > k) - mu))) %*% bread)[, -1, drop = FALSE]
    slopes <- c(slopes, fit$coefficients[-1])
  }
  v <- survey:::svyrecvar(do.call(cbind, parts), design$cluster, design$strata, design$fpc, postStrata = design$postStrata)
  p <- ncol(x) - 1; m <- length(parts); d <- degf(design)
  wald <- function(columns) {
    D <- do.call(rbind, lapply(2:m, function(k) { D <- matrix(0, length(columns), p * m)
      D[cbind(seq_along(columns), columns)] <- 1; D[cbind(seq_along(columns), (k - 1) * p + columns)] <- -1; D }))
    q <- nrow(D)
    W <- drop(t(D %*% slopes) %*% solve(D %*% v %*% t(D), D %*% slopes))
    if (q > d) return(list(k = q))
    F <- W * (d - q + 1) / (d * q)
    list(k = q, wald = W, F = F, df2 = d - q + 1, p = pf(F, q, d - q + 1, lower.tail = FALSE))
  }
  list(slopes = unname(slopes), se = unname(sqrt(diag(v))), overall = wald(seq_len(p)),
       by_term = setNames(lapply(seq_along(terms), function(t) wald(which(owner == t))), terms))
}
polr_case <- function(formula, data) {
  fit <- polr(formula, data, control = list(reltol = 1e-15, maxit = 2000), Hess = TRUE)
  list(estimate = unname(c(fit$zeta, coef(fit))), loglik = as.numeric(logLik(fit)))
}
columns <- function(data, names) lapply(data[names], function(x) if (is.factor(x)) as.character(x) else x)
# Integer weights mean repeated rows: the coefficients of clm with counts.
counted <- as.data.frame(housing)
cm <- clm(Sat ~ Infl + Type + Cont, data = counted[counted$Freq > 0, ], weights = Freq, control = clm.control(gradTol = 1e-12))
out <- list(
  made_by = R.version.string,
  packages = sapply(c("survey", "MASS", "ordinal", "sandwich"), function(p) as.character(packageVersion(p))),
  nhanes = columns(nh, c("SDMVPSU", "SDMVSTRA", "WTMEC2YR", "age", "race", "sex", "high")),
  api = columns(ap, c("stype", "pw", "fpc", "band", "ell", "meals", "mobility", "sch.wide")),
  housing = c(columns(counted, c("Sat", "Infl", "Type", "Cont")), list(Freq = counted$Freq)),
  cases = list(
    nhanes_logit = both(age ~ race + sex + high, nd, nh, "logit"),
    nhanes_probit = both(age ~ race + sex + high, nd, nh, "probit"),
    api_logit = both(band ~ ell + meals + mobility + sch.wide, ad, ap, "logit"),
    api_probit = both(band ~ ell + meals + mobility + sch.wide, ad, ap, "probit")),
  polr = polr_case(band ~ ell + meals + mobility + sch.wide, ap),
  counted = list(names = names(coef(cm)), estimate = unname(coef(cm))),
  brant_nhanes = brant(age ~ sex + high, nd, nh, c("sex", "high")),
  brant_api = brant(band ~ ell + meals + sch.wide, ad, ap, c("ell", "meals", "sch.wide")))
cat(toJSON(out, digits = NA, auto_unbox = TRUE))
