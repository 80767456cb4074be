# Reference values for tests/stats/test_pooling.py. Run: Rscript tests/reference/pooling.R > tests/reference/pooling.json
# metafor's own data: log risk ratios (dat.bcg, the trials of Colditz 1994), mean differences, correlations,
# and shares by escalc(measure = "PLO"); a design effect divides counts and totals. Iterations run to 1e-12 of the scatter.
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
estimators <- c(reml = "REML", `paule-mandel` = "PM")
tests <- c(plain = "knha", bounded = "adhoc")
fit <- function(d, method, test, mods = NULL) {
  near <- 1e-12 * max(1e-2, var(d$yi))
  control <- if (method == "REML") list(threshold = near, maxiter = 10000) else list(tol = near, maxiter = 10000)
  if (is.null(mods)) rma(yi, vi, data = d, method = method, test = test, control = control)
  else rma(yi, vi, mods = mods, data = d, method = method, test = test, control = control)
}
spread <- function(m) {
  ci <- confint(m, control = list(tol = 1e-14, tau2.max = 1e6, maxiter = 10000))$random
  list(tau2 = ci["tau^2", ], i2 = ci["I^2(%)", ], q = m$QE, q_p = m$QEp)
}
pool <- function(d) unlist(lapply(names(estimators), function(e) lapply(names(tests), function(h) {
  m <- fit(d, estimators[[e]], tests[[h]]); p <- predict(m, pi.type = "riley")
  stopifnot(p$pi.ddf == nrow(d) - 2, m$ddf == nrow(d) - 1)
  c(list(between = e, hartung_knapp = h, estimate = m$beta[1], se = m$se, ci = c(m$ci.lb, m$ci.ub),
         prediction = c(p$pi.lb, p$pi.ub), weights = as.numeric(weights(m))), spread(m))
})), recursive = FALSE)
without <- function(d, groups) unlist(lapply(names(tests), function(h) lapply(unique(groups), function(g) {
  m <- fit(d[groups != g, ], "REML", tests[[h]])
  list(hartung_knapp = h, left_out = as.character(g), estimate = m$beta[1], se = m$se,
       ci = c(m$ci.lb, m$ci.ub), tau2 = m$tau2, i2 = m$I2)
})), recursive = FALSE)
regress <- function(d, mods) unlist(lapply(names(estimators), function(e) lapply(names(tests), function(h) {
  m <- fit(d, estimators[[e]], tests[[h]], mods)
  c(list(formula = deparse(mods), between = e, hartung_knapp = h, names = rownames(m$beta), beta = as.numeric(m$beta),
         se = m$se, t = m$zval, p = m$pval, low = m$ci.lb, high = m$ci.ub, df = m$ddf[1], f = m$QM,
         f_df = m$QMdf, f_p = m$QMp, r2 = if (is.null(m$R2)) NA else m$R2), spread(m))
})), recursive = FALSE)
bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
normand <- escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999)
molloy <- escalc("ZCOR", ri = ri, ni = ni, data = dat.molloy2014)
raudenbush <- dat.raudenbush1985
same <- data.frame(yi = c(3.1, 2.9, 3.0, 3.2, 2.95), vi = c(0.2, 0.3, 0.25, 0.4, 0.1))
identity <- lapply(list(bcg = bcg, normand1999 = normand, molloy2014 = molloy, raudenbush1985 = raudenbush,
                        homogeneous = same), function(d) {
  list(yi = as.numeric(d$yi), vi = as.numeric(d$vi), results = pool(as.data.frame(d)))
})
shares <- list(
  pritz1997 = data.frame(xi = dat.pritz1997$xi, ni = dat.pritz1997$ni),
  debruin2009 = data.frame(xi = dat.debruin2009$xi, ni = dat.debruin2009$ni),
  empty_cells = data.frame(xi = c(0, 3, 12, 40, 7), ni = c(20, 55, 80, 40, 31)),
  colditz_treated = data.frame(xi = dat.bcg$tpos, ni = dat.bcg$tpos + dat.bcg$tneg))
logit <- unlist(lapply(names(shares), function(name) lapply(c(1, 1.5), function(deff) {
  d <- shares[[name]]
  e <- escalc("PLO", xi = xi / deff, ni = ni / deff, data = d)
  list(name = name, deff = deff, xi = d$xi, ni = d$ni, yi = as.numeric(e$yi), results = pool(as.data.frame(e)))
})), recursive = FALSE)
columns <- data.frame(ablat = bcg$ablat, year = bcg$year, alloc = bcg$alloc)
single <- leave1out(fit(as.data.frame(bcg), "REML", "knha"))
result <- list(
  made_by = R.version.string, metafor = as.character(packageVersion("metafor")),
  metadat = as.character(packageVersion("metadat")),
  identity = identity, logit = logit,
  regression = list(columns = as.list(columns),
    results = c(regress(as.data.frame(bcg), ~ ablat),
                regress(as.data.frame(bcg), ~ ablat + year), regress(as.data.frame(bcg), ~ alloc),
                regress(as.data.frame(bcg), ~ ablat + alloc))),
  leave_one_out = list(houses = without(as.data.frame(bcg), bcg$alloc),
    studies = list(estimate = single$estimate, se = single$se, low = single$ci.lb, high = single$ci.ub, tau2 = single$tau2)))
cat(toJSON(result, digits = I(15), auto_unbox = TRUE, na = "null", pretty = FALSE), "\n")
