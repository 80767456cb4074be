# Reference values for tests/stats/test_crosstab.py; the respondents are in describe.json.
# Run: Rscript tests/reference/crosstab.R > tests/reference/crosstab.json
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
test_of <- function(name, item, by, group = NULL, value = NULL) {
  d <- designs[[name]]
  d <- d[!is.na(d$variables[[item]]), ]
  if (!is.null(group)) d <- d[d$variables[[group]] == value, ]
  d <- update(d, item = factor(d$variables[[item]]), by = factor(d$variables[[by]]))
  x <- svychisq(~item + by, d, statistic = "F")
  first <- svychisq(~item + by, d, statistic = "Chisq")
  table <- svytable(~item + by, d, Ntotal = 1)
  expected <- outer(rowSums(table), colSums(table))
  phi2 <- sum((table - expected)^2 / expected)
  list(design = name, item = item, by = by, group = group, value = value, f = num(x$statistic), df1 = num(x$parameter[1]),
       df2 = num(x$parameter[2]), p = num(x$p.value), v = sqrt(phi2 / (min(dim(table)) - 1)),
       deff = nrow(d) * phi2 / (num(x$statistic) * num(first$parameter)), n = nrow(d))
}
tests <- list(test_of("strat", "awards", "sch.wide"), test_of("strat", "stype", "awards"), test_of("strat_wr", "stype", "sch.wide"),
  test_of("clus1", "stype", "sch.wide"), test_of("clus1_wr", "stype", "sch.wide"), test_of("clus2", "stype", "awards"),
  test_of("people", "HI_CHOL", "race"), test_of("people", "age", "RIAGENDR"), test_of("people", "age", "race"),
  test_of("people", "HI_CHOL", "age"), test_of("people", "HI_CHOL", "race", "RIAGENDR", 1))
cells_of <- function(name, item, by) {
  d <- designs[[name]]
  d <- update(d, item = as.character(d$variables[[item]]), by = as.character(d$variables[[by]]))
  unlist(lapply(sort(unique(d$variables$item)), function(a) lapply(sort(unique(d$variables$by)), function(g) {
    one <- function(s, indicator) {
      s <- update(s, given = num(indicator(s$variables)))
      m <- svymean(~given, s); ci <- attr(svyciprop(~given, s, method = "xlogit", df = degf(s)), "ci")
      c(num(coef(m)), num(SE(m)), num(ci))
    }
    list(design = name, item = item, by = by, level = a, group = g,
         row = one(d[d$variables$by == g, ], function(v) v$item == a),
         column = one(d[d$variables$item == a, ], function(v) v$by == g),
         table = one(d, function(v) v$item == a & v$by == g))
  })), recursive = FALSE)
}
cells <- c(cells_of("clus2", "stype", "awards"), cells_of("people", "age", "RIAGENDR"))
# The noncentrality at which the statistic found stands in either tail, by R's own noncentral F.
tails <- lapply(list(c(2.5, 3.2, 48), c(11, 1, 15), c(0.4, 2.6, 90), c(120, 2.9, 43), c(1.02, 5.5, 400)), function(x) {
  root <- function(p) { f <- function(l) pf(x[1], x[2], x[3], ncp = l) - p
    if (f(0) <= 0) 0 else uniroot(f, c(0, 5000), tol = 1e-11)$root }
  list(f = x[1], df1 = x[2], df2 = x[3], low = root(.975), high = root(.025))
})
cat(toJSON(list(made_by = R.version.string, survey = as.character(packageVersion("survey")), tests = tests, cells = cells,
  tails = tails), digits = NA, auto_unbox = TRUE, na = "null", null = "null"))
