# Reference values for tests/stats/test_multiverse.py. Run: Rscript tests/reference/multiverse.R > tests/reference/multiverse.json
# Paths by lm on mtcars, where the slope of manual transmission changes sign with the controls; influence by the sums of squares of aov; agreement by counting.
suppressPackageStartupMessages(library(jsonlite))
grid <- expand.grid(outcome = c("plain", "log"), controls = c("none", "wt", "wt + hp"),
                    cars = c("all", "no eights", "no light"), stringsAsFactors = FALSE)
grid <- grid[order(match(grid$outcome, c("plain", "log")), match(grid$controls, c("none", "wt", "wt + hp")),
                   match(grid$cars, c("all", "no eights", "no light"))), ]
keep <- list(all = rep(TRUE, 32), "no eights" = mtcars$cyl < 8, "no light" = mtcars$wt > 2.2)
paths <- t(sapply(seq_len(nrow(grid)), function(i) {
  d <- mtcars[keep[[grid$cars[i]]], ]
  d$y <- as.vector(scale(if (grid$outcome[i] == "log") log(d$mpg) else d$mpg))
  fit <- lm(as.formula(paste("y ~ am", if (grid$controls[i] != "none") paste("+", grid$controls[i]))), d)
  ci <- confint(fit)["am", ]
  c(estimate = coef(fit)[["am"]], low = ci[[1]], high = ci[[2]], p = summary(fit)$coefficients["am", 4])
}))
grid$estimate <- paths[, "estimate"]
ss <- function(formula) { s <- summary(aov(formula, grid))[[1]]; setNames(s[["Sum Sq"]], trimws(rownames(s))) }
parts <- ss(estimate ~ outcome + controls + cars)
main <- 1
sign_same <- sign(grid$estimate) == sign(grid$estimate[main])
out_low <- paths[, "low"] > 0 | paths[, "high"] < 0
two <- expand.grid(a = c("1", "2"), b = c("1", "2", "3", "4"), c = c("1", "2", "3"))
two <- two[order(two$a, two$b, two$c), ]
k <- seq_len(24); two$estimate <- round(sin(k * 1.7) + as.integer(two$b)^2 / 5 - 3 * (two$a == "2"), 6)
s <- summary(aov(estimate ~ a * b * c - a:b:c, two))[[1]]; whole <- sum((two$estimate - mean(two$estimate))^2)
two_parts <- setNames(s[["Sum Sq"]], trimws(rownames(s)))
out <- list(made_by = R.version.string, packages = list(stats = as.character(packageVersion("stats"))),
            mtcars = as.list(mtcars[c("mpg", "am", "hp", "qsec", "cyl", "wt")]), labels = as.list(grid[1:3]),
            estimate = grid$estimate, low = paths[, "low"], high = paths[, "high"], p = paths[, "p"],
            eta = as.list(100 * parts / sum(parts)), sign = 100 * mean(sign_same),
            significance = 100 * mean(out_low == out_low[main]), both = 100 * mean(sign_same & out_low == out_low[main]),
            made_up = list(estimate = two$estimate, eta = as.list(100 * two_parts[c("a", "b", "c")] / whole)))
cat(toJSON(out, digits = NA, auto_unbox = TRUE), "\n")
