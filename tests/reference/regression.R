# Reference values for tests/stats/test_regression.py.
# Run: Rscript tests/reference/regression.R > tests/reference/regression.json
# survey::svyglm at a tight tolerance (its default epsilon leaves 1.5e-5 in the standard errors),
# intervals with the degrees of freedom of the design; design effects of svyglm(deff = TRUE). Data:
# survey::apiclus1 (clusters, finite population), apistrat, and a subsample of nhanes.
suppressMessages({library(survey); library(jsonlite)})
options(warn = -1)
data(nhanes); data(api)
nh <- nhanes[!is.na(nhanes$HI_CHOL), ]; nh <- nh[seq(3, nrow(nh), by = 4), ]
nh$race <- factor(nh$race, labels = c("a", "b", "c", "d"))
nh$age <- factor(unclass(nh$agecat), labels = c("child", "young", "middle", "old"))
nd <- svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, data = nh, nest = TRUE)
c1 <- apiclus1; c1$school <- as.integer(c1$stype != "E")
cd <- svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = c1)
st <- apistrat; sd <- svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = st)
case <- function(formula, design, family) {
  fit <- svyglm(formula, design, family = family, deff = TRUE, control = glm.control(epsilon = 1e-14, maxit = 100))
  ci <- confint(fit, ddf = degf(design))
  list(names = names(coef(fit)), estimate = unname(coef(fit)), se = unname(SE(fit)),
       low = unname(ci[, 1]), high = unname(ci[, 2]), df = degf(design),
       deff = unname(diag(attr(fit, "deff"))))
}
columns <- function(data, names) lapply(data[names], function(x) if (is.factor(x)) as.character(x) else x)
wide <- subset(cd, stype == "E")
cat(toJSON(list(
  made_by = R.version.string, packages = list(survey = as.character(packageVersion("survey"))),
  nhanes = columns(nh, c("SDMVPSU", "SDMVSTRA", "WTMEC2YR", "age", "race", "RIAGENDR", "HI_CHOL")),
  clus1 = columns(c1, c("dnum", "pw", "fpc", "stype", "api00", "ell", "meals", "mobility", "sch.wide", "school")),
  strat = columns(st, c("stype", "pw", "fpc", "api00", "ell", "meals", "mobility", "sch.wide")),
  cases = list(
    linear_clus1 = case(api00 ~ ell + meals + stype, cd, gaussian()),
    linear_domain = case(api00 ~ ell + meals, wide, gaussian()),
    linear_strat = case(api00 ~ mobility + sch.wide, sd, gaussian()),
    logit_nhanes = case(HI_CHOL ~ age + race + RIAGENDR, nd, binomial()),
    logit_clus1 = case(school ~ ell + api00, cd, binomial()))), digits = NA, auto_unbox = TRUE))
