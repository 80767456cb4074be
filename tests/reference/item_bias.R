# Reference values for tests/stats/test_item_bias.py. Run: Rscript tests/reference/item_bias.R > tests/reference/item_bias.json
# Data: psych::bfi, complete rows; groups are gender (two) and education (five). Fits: ordinal::clm to 1e-10, and MASS::polr.
suppressPackageStartupMessages({library(psych); library(ordinal); library(MASS); library(jsonlite)})
items <- paste0("N", 1:5)
x <- bfi[complete.cases(bfi[, c(items, "gender", "education")]), ][1:1100, c(items, "gender", "education")]
cases <- list()
for (by in c("gender", "education")) for (matching in c("rest", "total")) for (item in items) {
  y <- factor(x[[item]], ordered = TRUE); score <- rowSums(x[, items]) - (if (matching == "rest") x[[item]] else 0)
  s <- as.numeric(scale(score)); g <- factor(x[[by]]); n <- length(y)
  ctl <- clm.control(gradTol = 1e-10, maxIter = 200)
  fits <- list(clm(y ~ s, control = ctl), clm(y ~ s + g, control = ctl), clm(y ~ s * g, control = ctl)); null <- clm(y ~ 1, control = ctl)
  ll <- sapply(fits, function(f) as.numeric(logLik(f))); l0 <- as.numeric(logLik(null))
  nagelkerke <- (1 - exp(2 * (l0 - ll) / n)) / (1 - exp(2 * l0 / n)); mcfadden <- 1 - ll / l0
  lr <- 2 * c(ll[2] - ll[1], ll[3] - ll[2], ll[3] - ll[1]); df <- (nlevels(g) - 1) * c(1, 1, 2)
  co <- summary(fits[[2]])$coefficients; co <- co[grep("^g", rownames(co)), , drop = FALSE]
  polr_lr <- if (matching == "rest") 2 * (as.numeric(logLik(polr(y ~ s + g))) - as.numeric(logLik(polr(y ~ s)))) else NA
  cases[[length(cases) + 1]] <- list(by = by, matching = matching, item = item, statistic = lr, df = df,
    p = pchisq(lr, df, lower.tail = FALSE), nagelkerke = c(nagelkerke[2] - nagelkerke[1], nagelkerke[3] - nagelkerke[2], nagelkerke[3] - nagelkerke[1]),
    mcfadden = c(mcfadden[2] - mcfadden[1], mcfadden[3] - mcfadden[2], mcfadden[3] - mcfadden[1]), size = I(unname(co[, 1])), se = I(unname(co[, 2])), polr = polr_lr)
}
holm <- lapply(1:3, function(k) p.adjust(sapply(cases[1:5], function(c) c$p[k]), "holm"))
cat(toJSON(list(made_by = R.version.string, packages = sapply(c("psych", "ordinal", "MASS"), function(p) as.character(packageVersion(p))),
  items = items, data = as.list(x), cases = cases, holm = holm), digits = 14, auto_unbox = TRUE), "\n")
