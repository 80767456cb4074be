# Reference values for helpers.stats.scales.loading_intervals and weighted_paired: survey, psych and lavaan.
# Run in the folder of the project: Rscript tests/reference/loading_intervals.R
suppressPackageStartupMessages({library(survey); library(psych); library(lavaan)})
rows <- read.csv("data/survey/responses.simulated.csv")
rows[rows < 0] <- NA
both <- subset(rows, !is.na(trust_president) & !is.na(trust_courts))
design <- svydesign(ids = ~psu, strata = ~stratum, weights = ~weight, data = rows, nest = TRUE)
inside <- subset(design, !is.na(trust_president) & !is.na(trust_courts))
mean_ <- svymean(~I(trust_president - trust_courts), inside)
df <- degf(inside)
t <- as.numeric(coef(mean_) / SE(mean_))

items <- c("answering_answer", "answering_time", "answering_point", "heeding_change",
           "heeding_account", "heeding_mend", "heeding_regardless")
whole <- na.omit(rows[items])
whole$heeding_regardless <- 6 - whole$heeding_regardless
matrix <- lavCor(whole, ordered = items)
two <- suppressMessages(fa(matrix, nfactors = 2, fm = "minres", rotate = "oblimin", n.obs = nrow(whole)))
own <- colSums(abs(two$loadings[1:3, ]))
order <- order(-own)  # answering first
one <- cfa("f =~ answering_answer + answering_time + answering_point", na.omit(rows[items[1:3]]),
           ordered = items[1:3], std.lv = TRUE, estimator = "ULSMV")
std <- subset(standardizedSolution(one), op == "=~")
cat(jsonlite::toJSON(list(
  made_by = R.version.string,
  packages = sapply(c("survey", "psych", "lavaan"), function(p) as.character(packageVersion(p))),
  paired = list(estimate = as.numeric(coef(mean_)), se = as.numeric(SE(mean_)), df = df, t = t,
                p = 2 * pt(-abs(t), df), n = nrow(both)),
  items = items, n = nrow(whole),
  loadings = unclass(two$loadings)[, order], phi = two$Phi[1, 2],
  three = list(n = nrow(na.omit(rows[items[1:3]])), loadings = std$est.std, se = std$se)
), digits = NA, auto_unbox = TRUE, pretty = TRUE), file = "tests/reference/loading_intervals.json")
