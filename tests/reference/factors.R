# Reference values for tests/stats/test_factors.py. Run: Rscript tests/reference/factors.R > tests/reference/factors.json
# Data: psych::bfi, twelve items, complete rows. "exact" minimises over uniquenesses to the last digit; psych's fa stops earlier.
suppressPackageStartupMessages({library(psych); library(GPArotation); library(jsonlite)})
options(mc.cores = 1)
items <- c(paste0("A", 2:5), paste0("C", 1:4), paste0("N", 1:4))
x <- bfi[complete.cases(bfi[, c(items, "age")]), ][1:1000, ]
w <- 0.5 + (x$age %% 7) / 3
x <- x[, items]
exact <- function(R, q) {
  rest <- function(u) { e <- eigen(R - diag(u), symmetric = TRUE); list(v = e$values[-(1:q)], a = e$vectors[, -(1:q)]) }
  f <- function(u) sum(rest(u)$v^2) / 2
  g <- function(u) { r <- rest(u); -as.numeric(r$a^2 %*% r$v) }
  u <- nlminb(rep(0.5, ncol(R)), f, g, lower = 0.005, upper = 1, control = list(rel.tol = 1e-15, x.tol = 1e-14, iter.max = 2000, eval.max = 4000))$par
  e <- eigen(R - diag(u), symmetric = TRUE)
  l <- e$vectors[, 1:q, drop = FALSE] %*% diag(sqrt(e$values[1:q]), q)
  l %*% diag(ifelse(colSums(l) < 0, -1, 1), q)
}
ordered <- function(l, phi) {
  o <- order(-diag(phi %*% t(l) %*% l)); s <- ifelse(colSums(l) < 0, -1, 1)[o]
  list(loadings = l[, o] %*% diag(s), phi = diag(s) %*% phi[o, o] %*% diag(s))
}
R <- cor(x); W <- cov.wt(x, w, cor = TRUE)$cor; P <- polychoric(x, correct = 0, smooth = FALSE)$rho
three <- exact(R, 3)
v <- varimax(three, normalize = TRUE, eps = 1e-14)
varimaxed <- ordered(unclass(v$loadings), diag(3))
o <- oblimin(three, normalize = FALSE, eps = 1e-7, maxit = 10000)
oblimined <- ordered(unclass(o$loadings), o$Phi)
f <- fa(R, 3, fm = "minres", rotate = "none", n.obs = 1000); pa <- fa(R, 3, fm = "pa", rotate = "none", n.obs = 1000, max.iter = 1000, min.err = 1e-12)
fo <- fa(R, 3, fm = "minres", rotate = "oblimin", n.obs = 1000); fo <- ordered(unclass(fo$loadings), fo$Phi)
set.seed(20260101)
invisible(capture.output(pdf(NULL))); invisible(capture.output(par_ <- suppressMessages(fa.parallel(x, fa = "pc", sim = FALSE, quant = 0.95, n.iter = 500, plot = FALSE))))
cat(toJSON(list(made_by = R.version.string, packages = sapply(c("psych", "GPArotation"), function(p) as.character(packageVersion(p))),
  items = items, data = as.list(x), weight = w, one = as.numeric(exact(R, 1)), one_weighted = as.numeric(exact(W, 1)), one_pa = abs(as.numeric(fa(R, 1, fm = "pa", n.obs = 1000, max.iter = 2000, min.err = 1e-13)$loadings)), one_polychoric = as.numeric(exact(P, 1)),
  communality = rowSums(three^2), varimax = varimaxed$loadings, oblimin = oblimined$loadings, phi = oblimined$phi,
  fa_communality = as.numeric(f$communality), pa_communality = as.numeric(pa$communality), fa_oblimin = fo$loadings, fa_phi = fo$phi,
  eigenvalues = eigen(R)$values, weighted_eigenvalues = eigen(W)$values, polychoric_eigenvalues = eigen(P)$values, pc_values = par_$pc.values, chance = par_$pc.simr, ncomp = par_$ncomp), digits = 12, auto_unbox = TRUE), "\n")
