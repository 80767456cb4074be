# The R side of bench/statistics.py: medians in seconds of processor time, one line a task. Run: Rscript statistics.R respondents.csv
suppressMessages({library(survey); library(psych); library(MASS); library(ordinal)})
options(warn = -1, mc.cores = 1) # the time of children is not always told
d <- read.csv(commandArgs(TRUE)[1]); d$yf <- factor(d$y, ordered = TRUE)
used <- function(time) sum(time[1:2])
say <- function(task, peer, expr, times = 3) {
  code <- substitute(expr); seconds <- sapply(1:times, function(i) used(system.time(eval(code, globalenv()))))
  cat(task, peer, median(seconds), sep = "\t"); cat("\n")
}
ds <- svydesign(~psu, strata = ~stratum, weights = ~weight, data = d, nest = TRUE)
say("means", "survey::svyby", svyby(~q0, ~group, ds, svymean))
say("rao-scott", "survey::svychisq", svychisq(~q0 + group, ds))
margins <- lapply(0:4, function(k) { size <- 3 + k; x <- data.frame(0:(size - 1), sum(d$weight) * (1:size) / sum(1:size)); names(x) <- c(paste0("m", k), "Freq"); x })
say("raking", "survey::rake", rake(ds, lapply(0:4, function(k) as.formula(paste0("~m", k))), margins))
say("polychoric", "psych::polychoric (no weights)", polychoric(d[paste0("q", 0:9)], correct = 0), 1)
f <- reformulate(paste0("x", 0:13), "yf"); w <- d$weight / mean(d$weight)
say("ordered", "ordinal::clm", clm(f, data = d, weights = w), 1)
say("ordered", "MASS::polr", polr(f, data = d, weights = w, Hess = TRUE), 1)
say("ordered", "survey::svyolr", svyolr(f, ds), 1)
rep <- as.svrepdesign(ds, type = "bootstrap", replicates = 50)
cat("cluster-bootstrap", "survey::svymean, 50 replicates × 40", 40 * used(system.time(svymean(~q0, rep))) +
  40 * used(system.time(as.svrepdesign(ds, type = "bootstrap", replicates = 50))), sep = "\t"); cat("\n")
a <- d$q0[d$group == 1]; b <- d$q0[d$group == 2]
cat("row-bootstrap", "R loop, 200 replicates × 10", 10 * used(system.time(replicate(200, mean(sample(a, replace = TRUE)) - mean(sample(b, replace = TRUE))))), sep = "\t"); cat("\n")
known <- sapply(c("survey", "psych", "ordinal", "MASS"), function(p) paste(p, packageVersion(p)))
cat("versions", paste0("R ", getRversion(), " with ", paste(known, collapse = ", ")), 0, sep = "\t"); cat("\n")
