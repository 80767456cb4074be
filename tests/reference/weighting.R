# Reference values for tests/stats/test_weighting.py. Run: Rscript tests/reference/weighting.R > tests/reference/weighting.json
# Raking and post-stratification: package survey. Limited weights: the rows above the cap are set to
# it, survey::rake brings the others to what is left of the margins, and rows are capped or released
# by their uncapped weight until the two sets stay as they are (the conditions of the optimum).
suppressMessages({library(survey); library(MASS); library(jsonlite)})
data(api); tight <- list(maxit = 2000, epsilon = 1e-15)
raking <- function(rows, base, margins, design = svydesign(~1, weights = base, data = rows)) {
  population <- lapply(names(margins), function(m) setNames(data.frame(names(margins[[m]]), as.numeric(margins[[m]])), c(m, "Freq")))
  suppressWarnings(weights(rake(design, lapply(names(margins), function(m) as.formula(paste("~", m))), population, control = tight)))
}
limited <- function(rows, base, margins, limit) {
  cap <- limit * sum(margins[[1]]) / nrow(rows); over <- rep(FALSE, nrow(rows))
  for (pass in 1:100) {
    rest <- lapply(setNames(names(margins), names(margins)), function(m) margins[[m]] - cap * table(factor(rows[[m]][over], names(margins[[m]]))))
    free <- raking(rows[!over, ], base[!over], rest)
    model <- lm(reformulate(names(margins), "log(free / base[!over])"), rows[!over, ])
    uncapped <- base * exp(predict(model, rows))
    if (identical(unname(uncapped > cap), unname(over))) break
    over <- unname(uncapped > cap)
  }
  stopifnot(pass < 100, sum(over) > 0)
  list(limit = limit, capped = sum(over), weight = replace(rep(cap, nrow(rows)), !over, free))
}
diagnostics <- function(w) list(n_eff = sum(w)^2 / sum(w^2), deff = length(w) * sum(w^2) / sum(w)^2,
  cv = sqrt(mean((w - mean(w))^2)) / mean(w), max_to_median = max(w) / median(w),
  top_share = 100 * sum(sort(w, decreasing = TRUE)[1:ceiling(length(w) / 100)]) / sum(w))
text <- function(rows) data.frame(lapply(rows, as.character))
case <- function(rows, base, margins, limits) list(rows = rows, base = base, margins = lapply(margins, as.list),
  weight = raking(rows, base, margins), diagnostics = diagnostics(raking(rows, base, margins)),
  limited = lapply(limits, function(k) limited(rows, base, margins, k)))
count <- function(x) { t <- table(x); setNames(as.numeric(t), names(t)) }
schools <- text(apistrat[, c("stype", "sch.wide", "awards")]); pupils <- text(na.omit(MASS::survey[, c("Sex", "Smoke", "Exer", "W.Hnd", "Clap")]))
skewed <- round(0.4 + 2.2 * ((seq_len(nrow(pupils)) * 37) %% 101) / 100, 3)
totals <- function(shares, n) lapply(shares, function(s) s / sum(s) * n)
shares <- list(Sex = c(Female = 0.52, Male = 0.48), Smoke = c(Heavy = 0.09, Never = 0.7, Occas = 0.13, Regul = 0.08),
  Exer = c(Freq = 0.42, None = 0.16, Some = 0.42), W.Hnd = c(Left = 0.11, Right = 0.89), Clap = c(Left = 0.2, Neither = 0.3, Right = 0.5))
cells <- as.data.frame(table(stype = apipop$stype, sch.wide = apipop$sch.wide)); cells[] <- lapply(cells, function(x) if (is.factor(x)) as.character(x) else x)
post <- postStratify(svydesign(~1, weights = apistrat$pw, data = schools), ~stype + sch.wide, cells)
cat(toJSON(list(made_by = R.version.string, survey = as.character(packageVersion("survey")), MASS = as.character(packageVersion("MASS")),
  raking = list(
    apistrat = case(schools, apistrat$pw, list(stype = count(apipop$stype), sch.wide = count(apipop$sch.wide), awards = count(apipop$awards)), c(1.45)),
    pupils = case(pupils, rep(1, nrow(pupils)), totals(shares, nrow(pupils)), c(2.6, 2.2)),
    pupils_weighted = case(pupils, skewed, totals(shares, 5000), c(3, 2.4))),
  post_stratified = list(rows = schools[, 1:2], base = apistrat$pw, cells = cells, weight = unname(weights(post)))),
  digits = 15, auto_unbox = TRUE, dataframe = "columns"), "\n")
