# Reference values for tests/stats/test_panel_models.py. Run: Rscript tests/reference/panel_models.R > tests/reference/panel_models.json
# Fixed effects: lm with an intercept for each unit and wave, errors by sandwich, clubSandwich and, where
# plm applies, by plm. Wild bootstrap: every sign vector, each refitted by lm; no shared algebra.
suppressPackageStartupMessages({
  library(plm); library(sandwich); library(lmtest); library(clubSandwich); library(jsonlite)
})
data(Grunfeld, package = "plm"); data(EmplUK, package = "plm"); data(Produc, package = "plm")

emp <- EmplUK[EmplUK$firm <= 40, ]
emp <- data.frame(unit = emp$firm, time = emp$year, y = log(emp$emp), a = log(emp$wage), b = log(emp$capital))
gru <- data.frame(unit = Grunfeld$firm, time = Grunfeld$year, y = Grunfeld$inv, a = Grunfeld$value, b = Grunfeld$capital)
holes <- gru[(seq_len(nrow(gru)) * 7) %% 11 > 2, ]
pro <- data.frame(unit = as.character(Produc$state), time = Produc$year, y = log(Produc$gsp), a = log(Produc$pcap), b = Produc$unemp)
pro <- pro[as.integer(factor(pro$unit)) <= 16 & pro$time %% 2 == 0, ]
few <- gru[gru$unit <= 8 & gru$time >= 1945, ]
frames <- list(grunfeld = gru, grunfeld_holes = holes, empluk = emp, produc16 = pro, few = few)

dummies <- function(d) lm(y ~ a + b + factor(unit) + factor(time), d)
effects <- function(d) {
  fit <- dummies(d); k <- c("a", "b"); G <- length(unique(d$unit))
  V <- vcovCL(fit, cluster = d$unit, type = "HC1")
  t <- coeftest(fit, vcov = V, df = G - 1)[k, ]
  cr2 <- coef_test(fit, vcov = "CR2", cluster = d$unit, test = "Satterthwaite")
  cr2 <- as.data.frame(cr2)[match(k, names(coef(fit))), ]
  p <- plm(y ~ a + b, d, index = c("unit", "time"), model = "within", effect = "twoways")
  list(slope = unname(t[, 1]), se = unname(t[, 2]), t = unname(t[, 3]), p = unname(t[, 4]),
       low = unname(t[, 1] - qt(0.975, G - 1) * t[, 2]), high = unname(t[, 1] + qt(0.975, G - 1) * t[, 2]),
       df = G - 1, plm_slope = unname(coef(p)[k]),
       plm_se = unname(sqrt(diag(vcovHC(p, type = "sss", cluster = "group", method = "arellano")))[k]),
       cr2_se = cr2$SE, cr2_df = cr2$df, cr2_p = cr2$p_Satt)
}

wild <- function(d, null) {
  ids <- sort(unique(d$unit)); G <- length(ids); at <- match(d$unit, ids)
  tstat <- function(y) {
    d$y <- y; fit <- dummies(d)
    (coef(fit)[["a"]] - null) / sqrt(vcovCL(fit, cluster = d$unit, type = "HC1")["a", "a"])
  }
  d0 <- d; d0$y <- d$y - null * d$a
  restricted <- lm(y ~ b + factor(unit) + factor(time), d0)
  fitted_null <- fitted(restricted) + null * d$a; u <- resid(restricted)
  observed <- tstat(d$y)
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), G)))
  stars <- apply(signs, 1, function(w) tstat(fitted_null + u * w[at]))
  list(null = null, t = observed, p = mean(abs(stars) >= abs(observed) * (1 - 1e-9)))
}
small <- few[few$unit != 3, ]  # seven units: 128 refits a null
tests <- list(
  list(frame = "few", values = lapply(c(0, 0.06, 0.2), function(b) wild(few, b))),
  list(frame = "small", values = lapply(c(-0.1, 0, 0.05, 0.11), function(b) wild(small, b))))
frames$small <- small

ranks <- list(rank = ave(emp$a, emp$time, FUN = function(v) (rank(v) - 1) / (length(v) - 1)),
              tied = ave(round(emp$a, 1), emp$time, FUN = function(v) (rank(v) - 1) / (length(v) - 1)),
              z = ave(emp$a, emp$time, FUN = function(v) as.vector(scale(v))))
out <- list(made_by = R.version.string,
            packages = sapply(c("plm", "sandwich", "lmtest", "clubSandwich"), function(p) as.character(packageVersion(p))),
            frames = lapply(frames, as.list), effects = lapply(frames[c("grunfeld", "grunfeld_holes", "empluk", "produc16", "few")], effects),
            wild = tests, ranks = ranks)
cat(toJSON(out, digits = NA, auto_unbox = TRUE), "\n")
