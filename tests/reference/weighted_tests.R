# Reference values for tests/stats/test_weighted_tests.py; the respondents are in describe.json.
# Run: Rscript tests/reference/weighted_tests.R > tests/reference/weighted_tests.json
# R's ranks depend on the order of rows that tie with unequal weights, so `ranks` states for ties what svyranktest does
# for its own ranks, with the middle of the cumulated weight: svyglm of the rank on the group.
suppressMessages(library(survey)); library(jsonlite)
data(api); data(nhanes)
people <- nhanes[seq(1, nrow(nhanes), 3), ]
people$age <- as.integer(people$agecat)
designs <- list(
  strat = svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat),
  strat_wr = svydesign(~1, strata = ~stype, weights = ~pw, data = apistrat),
  clus1 = svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1),
  clus1_wr = svydesign(~dnum, weights = ~pw, data = apiclus1),
  clus2 = svydesign(~dnum, weights = ~pw, fpc = ~fpc1, data = apiclus2),
  people = svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = people))
num <- function(x) as.numeric(x)
prepared <- function(name, item, by, keep = NULL) {
  d <- designs[[name]]
  d <- d[!is.na(d$variables[[item]]), ]
  if (!is.null(keep)) d <- d[as.character(d$variables[[by]]) %in% keep, ]
  update(d, y = num(d$variables[[item]]), g = factor(as.character(d$variables[[by]])))
}
difference <- function(name, item, by, keep = NULL, level = NULL) {
  d <- designs[[name]]
  d <- d[!is.na(d$variables[[item]]), ]
  if (!is.null(keep)) d <- d[as.character(d$variables[[by]]) %in% keep, ]
  y <- if (is.null(level)) num(d$variables[[item]]) else num(as.character(d$variables[[item]]) == level)
  d <- update(d, y = y, g = factor(as.character(d$variables[[by]])))
  t <- svyttest(y ~ g, d)
  list(design = name, item = item, by = by, keep = keep, level = level, estimate = num(t$estimate), t = num(t$statistic),
       df = num(t$parameter), p = num(t$p.value), low = num(t$conf.int[1]), high = num(t$conf.int[2]))
}
differences <- list(difference("strat", "api00", "sch.wide"), difference("strat_wr", "enroll", "awards"),
  difference("clus1", "api00", "sch.wide"), difference("clus1_wr", "api00", "stype", c("E", "H")),
  difference("clus2", "enroll", "awards"), difference("people", "HI_CHOL", "RIAGENDR"),
  difference("people", "HI_CHOL", "race", c("2", "3")), difference("strat", "awards", "sch.wide", NULL, "Yes"),
  difference("clus1", "stype", "sch.wide", NULL, "H"), difference("people", "age", "RIAGENDR", NULL, "4"))
middle <- function(y, w) { at <- tapply(w, y, sum); ((cumsum(at) - at / 2) / sum(w))[as.character(y)] }
ranks <- function(name, item, by, keep = NULL, own = TRUE) {
  d <- prepared(name, item, by, keep)
  d <- update(d, r = num(middle(d$variables$y, weights(d))))
  m <- svyglm(r ~ g, d)
  k <- length(levels(d$variables$g)) - 1
  found <- if (k == 1) {
    t <- num(coef(m)[2] / SE(m)[2])
    list(statistic = t, df = degf(d) - 1, p = 2 * pt(-abs(t), degf(d) - 1))
  } else {
    b <- coef(m)[-1]; f <- num(b %*% solve(vcov(m)[-1, -1], b)) / k
    list(statistic = f, df = degf(d) - k, p = pf(f, k, degf(d) - k, lower.tail = FALSE))
  }
  r <- if (own) svyranktest(y ~ g, d, test = if (k == 1) "wilcoxon" else "KruskalWallis")
  own <- if (!own) NULL else if (k == 1) num(r$statistic) else num(r$parameter) / k
  c(list(design = name, item = item, by = by, keep = keep, own = own,
         own_p = if (!is.null(own)) num(r$p.value)), found, list(delta = if (k == 1) num(coef(m)[2])))
}
# R's own test where it does not depend on the order of rows: equal weights.
ranked <- list(ranks("clus1", "api00", "sch.wide"), ranks("clus1_wr", "enroll", "sch.wide"),
  ranks("clus1", "api00", "stype", c("E", "M")), ranks("clus1", "api00", "stype"), ranks("clus1_wr", "enroll", "stype"),
  ranks("strat", "api00", "sch.wide", NULL, FALSE), ranks("strat_wr", "enroll", "awards", NULL, FALSE),
  ranks("strat", "api00", "stype", NULL, FALSE), ranks("clus2", "enroll", "awards", NULL, FALSE),
  ranks("people", "age", "RIAGENDR", NULL, FALSE), ranks("people", "age", "race", NULL, FALSE),
  ranks("people", "HI_CHOL", "race", c("1", "3"), FALSE))
cat(toJSON(list(made_by = R.version.string, survey = as.character(packageVersion("survey")), differences = differences,
  ranked = ranked), digits = NA, auto_unbox = TRUE, na = "null", null = "null"))
