# Reference values for tests/stats/test_reliability.py. Run: Rscript tests/reference/reliability.R > tests/reference/reliability.json
# Data: psych::bfi, complete rows, A1 reversed; weights, strata and clusters are made from age and row number.
suppressPackageStartupMessages({library(psych); library(survey); library(lavaan); library(polycor); library(jsonlite)})
options(mc.cores = 1)
items <- paste0("A", 1:5)
x <- bfi[complete.cases(bfi[, c(items, "age")]), ][1:1200, ]
w <- 0.5 + (x$age %% 7) / 3
x <- x[, items]; x$A1 <- 7 - x$A1
psu <- (seq_len(nrow(x)) - 1) %% 48; stratum <- psu %% 6
a <- alpha(x, use = "complete")
few <- alpha(x[1:25, ], use = "complete")
d <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = cbind(x, w = w, psu = psu, stratum = stratum), nest = TRUE)
weighted <- svycralpha(~A1 + A2 + A3 + A4 + A5, d)
# Alpha as a function of the covariance matrix of svyvar, by the delta method.
v <- svyvar(~A1 + A2 + A3 + A4 + A5, d)
total <- paste(sprintf("`%s:%s`", rep(items, 5), rep(items, each = 5)), collapse = "+")
d <- update(d, total = A1 + A2 + A3 + A4 + A5)
means <- svymean(~I(A1) + I(A2) + I(A3) + I(A4) + I(A5) + I(A1^2) + I(A2^2) + I(A3^2) + I(A4^2) + I(A5^2) + total + I(total^2), d)
names <- c(paste0("m", 1:5), paste0("s", 1:5), "mt", "st")
delta <- function(expression, means) {
  values <- as.list(setNames(coef(means), names))
  g <- attr(eval(deriv(expression, names), values), "gradient")
  c(eval(expression, values), sqrt(g %*% vcov(means) %*% t(g)))
}
e <- quote(5 / 4 * (1 - (s1 - m1^2 + s2 - m2^2 + s3 - m3^2 + s4 - m4^2 + s5 - m5^2) / (st - mt^2)))
design <- delta(e, means)
# Item-rest correlation under the design.
rest <- t(sapply(items, function(i) {
  d <- update(d, own = get(i), rest = total - get(i))
  m <- svymean(~own + rest + I(own^2) + I(rest^2) + I(own * rest), d)
  nm <- c("a", "b", "aa", "bb", "ab"); values <- as.list(setNames(coef(m), nm))
  q <- quote((ab - a * b) / sqrt((aa - a^2) * (bb - b^2)))
  g <- attr(eval(deriv(q, nm), values), "gradient")
  c(r = eval(q, values), se = sqrt(g %*% vcov(m) %*% t(g)))
}))
# One factor by unweighted least squares, to the last digit, and its omega.
uls <- function(R) {
  k <- ncol(R); off <- !diag(k)
  f <- function(l) sum((R - tcrossprod(l))[off]^2)
  g <- function(l) -4 * rowSums(((R - tcrossprod(l)) * off) %*% diag(l))
  best <- optim(rep(0.6, k), f, g, method = "BFGS", control = list(reltol = 1e-16, maxit = 1000))
  abs(best$par)
}
omega_of <- function(l) sum(l)^2 / (sum(l)^2 + sum(1 - l^2))
R <- cor(x); W <- cov.wt(x, w, cor = TRUE)$cor; P <- polychoric(x, correct = 0, smooth = FALSE)$rho
jk <- as.svrepdesign(d, type = "JKn")
omega_jk <- SE(withReplicates(jk, function(w, data) omega_of(uls(cov.wt(data[, items], w, cor = TRUE)$cor))))
# psych's weighted polychoric keeps unweighted thresholds; polycor takes weighted tables.
ordinal_alpha <- function(w, data) {
  rho <- combn(items, 2, function(p) polychor(xtabs(w ~ data[[p[1]]] + data[[p[2]]]), ML = FALSE))
  5 / 4 * (1 - 5 / (5 + 2 * sum(rho)))
}
ordinal_jk <- SE(withReplicates(jk, ordinal_alpha))
fa_loadings <- abs(as.numeric(fa(R, 1, fm = "minres", n.obs = nrow(x))$loadings))
cfa_fit <- cfa("f =~ A1 + A2 + A3 + A4 + A5", as.data.frame(scale(x)), std.lv = TRUE, estimator = "ULS")
lav <- abs(parameterEstimates(cfa_fit)$est[1:5])
om <- suppressWarnings(omega(R, 1, plot = FALSE))
cat(toJSON(list(made_by = R.version.string, packages = sapply(c("psych", "survey", "lavaan", "polycor"), function(p) as.character(packageVersion(p))),
  items = items, data = as.list(x), weight = w, psu = psu, stratum = stratum,
  alpha = a$total$raw_alpha, feldt = as.numeric(unlist(a$feldt[c("lower.ci", "upper.ci")])), few = list(alpha = few$total$raw_alpha, feldt = as.numeric(unlist(few$feldt[c("lower.ci", "upper.ci")]))),
  dropped = a$alpha.drop$raw_alpha, rest = a$item.stats$r.drop, weighted_alpha = as.numeric(weighted), design_alpha = design,
  design_rest = as.data.frame(rest), omega = omega_of(uls(R)), loadings = uls(R), weighted_omega = omega_of(uls(W)), polychoric_omega = omega_of(uls(P)),
  fa = omega_of(fa_loadings), lavaan = omega_of(lav), psych_omega = om$omega.tot, observed = sum(R), jackknife_omega = omega_jk,
  ordinal_alpha = alpha(P)$total$raw_alpha, weighted_ordinal = ordinal_alpha(w, x), jackknife_ordinal = ordinal_jk), digits = 12, auto_unbox = TRUE), "\n")
