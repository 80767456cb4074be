# Reference values for tests/stats/test_replicates.py. Run: Rscript tests/reference/replicates.R > tests/reference/replicates.json
# nhanes: every 12th respondent with a complete answer, 31 units in 15 strata; api: clusters with a
# finite population, and a stratified sample. Bootstrap: R draws, and its factors stand in the JSON.
suppressMessages({library(survey); library(jsonlite)})
options(survey.replicates.mse = TRUE); data(nhanes); data(api)
tight <- list(maxit = 300, epsilon = 1e-15)
health <- na.omit(nhanes); health <- health[seq(1, nrow(health), by = 12), ]
health <- data.frame(stratum = health$SDMVSTRA, unit = health$SDMVPSU, weight = health$WTMEC2YR, high = health$HI_CHOL,
  age = as.numeric(health$agecat), race = as.numeric(health$race), sex = as.numeric(health$RIAGENDR))
design <- svydesign(id = ~unit, strata = ~stratum, weights = ~weight, data = health, nest = TRUE)
# The sample of this design in R needs no lonely units.
stopifnot(all(tapply(health$unit, health$stratum, function(u) length(unique(u))) > 1))
moments <- function(w, d) { m <- sum(w * d$high) / sum(w); a <- sum(w * d$age) / sum(w)
  c(sum(w * (d$high - m) * (d$age - a)) / sqrt(sum(w * (d$high - m)^2) * sum(w * (d$age - a)^2)), log(m / (1 - m))) }
row <- function(x) list(estimate = as.numeric(coef(x)), se = as.numeric(SE(x)))
results <- function(rep) {
  stat <- withReplicates(rep, moments)
  list(mean = row(svymean(~high, rep)), total = row(svytotal(~high, rep)), ratio = row(svyratio(~high, ~age, rep)),
    women = row(svymean(~high, subset(rep, sex == 2))), df = degf(rep), df_women = degf(subset(rep, sex == 2)),
    moments = list(estimate = as.numeric(stat), se = as.numeric(SE(stat))))
}
share <- function(x) { t <- table(x); t / sum(t) }
margins <- list(sex = c("1" = 0.49, "2" = 0.51), race = c("1" = 0.15, "2" = 0.64, "3" = 0.13, "4" = 0.08), age = c("1" = 0.27, "2" = 0.27, "3" = 0.28, "4" = 0.18))
stopifnot(all(names(margins$race) == sort(unique(health$race))), all(names(margins$age) == sort(unique(health$age))))
raking <- function(rep) suppressWarnings(rake(rep, lapply(names(margins), function(m) as.formula(paste("~", m))),
  lapply(names(margins), function(m) setNames(data.frame(as.numeric(names(margins[[m]])), margins[[m]] * sum(health$weight)), c(m, "Freq"))), control = tight))
jackknife <- as.svrepdesign(design, type = "JKn")
set.seed(20181015)
options(survey.replicates.mse = FALSE)
bootstrap <- as.svrepdesign(design, type = "subbootstrap", replicates = 60)
first <- !duplicated(paste(health$stratum, health$unit))
factors <- weights(bootstrap, "replication")[first, ]
options(survey.replicates.mse = TRUE)
clusters <- data.frame(dnum = apiclus1$dnum, pw = apiclus1$pw, fpc = apiclus1$fpc, api00 = apiclus1$api00, api99 = apiclus1$api99, enroll = apiclus1$enroll)
one <- as.svrepdesign(svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = clusters), type = "JK1")
strata <- data.frame(stype = as.character(apistrat$stype), pw = apistrat$pw, fpc = apistrat$fpc, api00 = apistrat$api00, api99 = apistrat$api99, enroll = apistrat$enroll)
many <- as.svrepdesign(svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strata), type = "JKn")
api <- function(rep) list(mean = row(svymean(~api00, rep)), total = row(svytotal(~enroll, rep)), ratio = row(svyratio(~api00, ~api99, rep)), df = degf(rep))
linear <- function(rows, ...) { d <- svydesign(..., data = rows); list(mean = row(svymean(~api00, d)), ratio = row(svyratio(~api00, ~api99, d))) }
cat(toJSON(list(made_by = R.version.string, survey = as.character(packageVersion("survey")),
  health = health, margins = lapply(margins, as.list), clusters = clusters, strata = strata,
  jackknife = results(jackknife), raked_jackknife = results(raking(jackknife)),
  factors = list(stratum = health$stratum[first], unit = health$unit[first], factor = factors),
  bootstrap = results(bootstrap), raked_bootstrap = results(raking(bootstrap)),
  clusters_jackknife = api(one), strata_jackknife = api(many),
  clusters_linear = linear(clusters, id = ~dnum, weights = ~pw, fpc = ~fpc),
  strata_linear = linear(strata, id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc)),
  digits = 15, auto_unbox = TRUE, dataframe = "columns", matrix = "rowmajor"), "\n")
