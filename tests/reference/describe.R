# Reference values for tests/stats/test_design.py, test_describe.py and test_likert.py, and the respondents of all.
# Run: Rscript tests/reference/describe.R > tests/reference/describe.json
# Designs: the api samples of survey (strata, clusters, with and without finite population) and every third respondent
# of its nhanes. Limits take the degrees of freedom of the subset; design effects compare with sampling with replacement.
suppressMessages(library(survey)); library(jsonlite)
data(api); data(nhanes)
apistrat$id <- seq_len(nrow(apistrat))
strat <- apistrat[, c("pw", "stype", "fpc", "api00", "enroll", "sch.wide", "awards")]
clus1 <- apiclus1[, c("pw", "dnum", "fpc", "stype", "api00", "enroll", "sch.wide")]
clus2 <- apiclus2[, c("pw", "dnum", "fpc1", "stype", "api00", "enroll", "awards")]
people <- nhanes[seq(1, nrow(nhanes), 3), c("SDMVPSU", "SDMVSTRA", "WTMEC2YR", "HI_CHOL", "race", "agecat", "RIAGENDR")]
people$age <- as.integer(people$agecat); people$agecat <- NULL
plain <- function(frame) as.list(as.data.frame(lapply(frame, function(x) if (is.factor(x)) as.character(x) else x)))
designs <- list(
  strat = svydesign(~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = strat),
  strat_wr = svydesign(~1, strata = ~stype, weights = ~pw, data = strat),
  clus1 = svydesign(~dnum, weights = ~pw, fpc = ~fpc, data = clus1),
  clus1_wr = svydesign(~dnum, weights = ~pw, data = clus1),
  clus2 = svydesign(~dnum, weights = ~pw, fpc = ~fpc1, data = clus2),
  people = svydesign(~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = people))
whole <- function(d) rep(TRUE, nrow(d$variables))
num <- function(x) as.numeric(x)
both <- function(kind) function(name, item, by = NULL) {
  d <- designs[[name]]
  d <- d[!is.na(d$variables[[item]]), ]
  levels <- if (is.null(by)) "all" else sort(unique(as.character(d$variables[[by]])))
  lapply(levels, function(g) {
    s <- if (is.null(by)) d else d[as.character(d$variables[[by]]) == g, ]
    f <- as.formula(paste0("~", item))
    m <- if (kind == "mean") svymean(f, s, deff = "replace") else svytotal(f, s, deff = "replace")
    ci <- confint(m, df = degf(s))
    list(design = name, item = item, by = by, group = g, kind = kind, estimate = num(coef(m)), se = num(SE(m)),
         low = num(ci[1]), high = num(ci[2]), deff = num(deff(m)), df = degf(s), n = nrow(s))
  })
}
mean_of <- both("mean"); total_of <- both("total")
moments <- c(mean_of("strat", "api00"), mean_of("strat", "enroll", "stype"), mean_of("strat", "api00", "sch.wide"),
  mean_of("strat_wr", "api00"), mean_of("strat_wr", "api00", "sch.wide"), mean_of("clus1", "api00"),
  mean_of("clus1", "api00", "stype"), mean_of("clus1_wr", "enroll"), mean_of("clus2", "enroll"),
  mean_of("clus2", "api00", "stype"), mean_of("people", "HI_CHOL"), mean_of("people", "HI_CHOL", "race"),
  total_of("strat", "enroll"), total_of("strat", "enroll", "sch.wide"), total_of("clus1", "enroll"),
  total_of("clus1_wr", "enroll", "stype"), total_of("clus2", "enroll"), total_of("people", "HI_CHOL", "race"))
share_of <- function(name, item, by = NULL) {
  d <- designs[[name]]
  d <- d[!is.na(d$variables[[item]]), ]
  answers <- sort(unique(as.character(d$variables[[item]])))
  levels <- if (is.null(by)) "all" else sort(unique(as.character(d$variables[[by]])))
  unlist(lapply(levels, function(g) {
    s <- if (is.null(by)) d else d[as.character(d$variables[[by]]) == g, ]
    lapply(answers, function(a) {
      s <- update(s, given = as.numeric(as.character(s$variables[[item]]) == a))
      m <- svymean(~given, s, deff = "replace")
      x <- attr(svyciprop(~given, s, method = "xlogit", df = degf(s)), "ci")
      b <- attr(svyciprop(~given, s, method = "beta"), "ci")
      list(design = name, item = item, by = by, group = g, level = a, estimate = num(coef(m)), se = num(SE(m)),
           low = num(x[1]), high = num(x[2]), beta_low = num(b[1]), beta_high = num(b[2]), deff = num(deff(m)),
           df = degf(s), n = nrow(s))
    })
  }), recursive = FALSE)
}
shares <- c(share_of("strat", "awards"), share_of("strat_wr", "awards", "sch.wide"), share_of("clus1", "stype"),
  share_of("clus1", "sch.wide", "stype"), share_of("clus1_wr", "stype"), share_of("clus2", "stype", "awards"),
  share_of("people", "age"), share_of("people", "age", "RIAGENDR"), share_of("people", "HI_CHOL", "race"))
quantile_of <- function(name, item, at, group = NULL, value = NULL) {
  d <- designs[[name]]
  d <- d[!is.na(d$variables[[item]]), ]
  if (!is.null(group)) d <- d[d$variables[[group]] == value, ]
  f <- as.formula(paste0("~", item))
  lapply(at, function(p) {
    q <- oldsvyquantile(f, d, p, ci = TRUE, method = "constant", f = 1, df = degf(d))
    new <- svyquantile(f, d, p, ci = FALSE)
    list(design = name, item = item, by = group, group = value, at = p, estimate = num(q$quantiles),
         new = num(coef(new)), low = num(q$CIs[1]), high = num(q$CIs[2]), se = num(SE(q)))
  })
}
quantiles <- c(quantile_of("strat", "api00", c(.1, .25, .5, .75, .9)), quantile_of("clus1", "api00", c(.25, .5, .75)),
  quantile_of("clus1_wr", "enroll", c(.3, .5)), quantile_of("clus2", "enroll", c(.25, .5, .75)),
  quantile_of("strat_wr", "enroll", c(.25, .5, .9), "sch.wide", "Yes"))
# Scales: shares with their covariance by svymean; consensus and medians by a numerical gradient of their formulas.
consensus <- function(p) { k <- seq_along(p); m <- sum(k * p); q <- p > 0
  1 + sum(p[q] * log2(1 - abs(k[q] - m) / (length(p) - 1))) }
middle <- function(p, at = .5) { k <- which(cumsum(p) >= at)[1]; k - .5 + (at - sum(p[seq_len(k - 1)])) / p[k] }
gradient <- function(f, p) sapply(seq_along(p), function(i) {
  h <- 1e-6; up <- p; down <- p; up[i] <- up[i] + h; down[i] <- down[i] - h; (f(up) - f(down)) / (2 * h) })
scale_of <- function(name, item, answers) {
  d <- designs[[name]]
  d <- d[!is.na(d$variables[[item]]), ]
  d <- update(d, answer = factor(as.character(d$variables[[item]]), levels = answers))
  d <- update(d, upper = num(d$variables$answer == answers[length(answers)]))
  m <- svymean(~answer, d); p <- num(coef(m)); V <- vcov(m); K <- length(p); ends <- K %/% 2
  net <- svycontrast(m, list(net = c(rep(-1, ends), rep(0, K - 2 * ends), rep(1, ends))))
  top <- attr(svyciprop(~upper, d, method = "xlogit", df = degf(d)), "ci")
  g <- gradient(consensus, p); t <- qt(.975, degf(d))
  k <- which(cumsum(p) >= .5)[1]; under <- num(seq_len(K) < k); under[k] <- (.5 - sum(p[seq_len(k - 1)])) / p[k]
  half <- t * sqrt(num(t(under) %*% V %*% under))
  list(design = name, item = item, answers = answers, net = num(coef(net)), net_se = num(SE(net)),
       net_ci = num(confint(net, df = degf(d))), top = p[K], top_ci = num(top), median = k,
       median_ci = c(which(cumsum(p) >= .5 - half)[1], which(cumsum(p) >= .5 + half)[1]),
       interpolated = middle(p), interpolated_ci = c(middle(p, .5 - half), middle(p, .5 + half)),
       consensus = consensus(p), consensus_se = sqrt(num(t(g) %*% V %*% g)))
}
scales <- list(scale_of("people", "age", c("1", "2", "3", "4")), scale_of("people", "race", c("1", "2", "3", "4")),
  scale_of("clus2", "stype", c("E", "M", "H")), scale_of("clus1", "stype", c("H", "M", "E")))
cat(toJSON(list(made_by = R.version.string, survey = as.character(packageVersion("survey")),
  data = list(strat = plain(strat), clus1 = plain(clus1), clus2 = plain(clus2), people = plain(people)),
  moments = moments, shares = shares, quantiles = quantiles, scales = scales),
  digits = NA, auto_unbox = TRUE, na = "null", null = "null"))
