# Reference values for tests/stats/test_equivalence.py. Run: Rscript tests/reference/equivalence.R > tests/reference/equivalence.json
# Two one-sided tests with t.test, the formulas of TOSTER written out, and survey for designs.
suppressMessages({library(survey); library(jsonlite)})
tost <- function(x, se, df, lower, upper) {
  q <- function(p) if (is.finite(df)) qt(p, df) else qnorm(p)
  up <- function(s) if (is.finite(df)) pt(s, df, lower.tail = FALSE) else pnorm(s, lower.tail = FALSE)
  list(estimate = x, se = se, df = if (is.finite(df)) df else NULL, lower = lower, upper = upper,
       t_lower = (x - lower) / se, t_upper = (x - upper) / se,
       p_lower = up((x - lower) / se), p_upper = up(-(x - upper) / se),
       ci_low = x - q(.975) * se, ci_high = x + q(.975) * se,
       inner_low = x - q(.95) * se, inner_high = x + q(.95) * se)
}
set.seed(1)
# Welch: survey::api by school type, and warpbreaks.
data(api)
welch <- function(d, y, g, lower, upper) {
  d <- d[order(d[[g]]), ]; s <- split(d[[y]], as.character(d[[g]]))
  a <- t.test(s[[1]], s[[2]], mu = lower, alternative = "greater")
  b <- t.test(s[[1]], s[[2]], mu = upper, alternative = "less")
  r <- tost(unname(a$estimate[1] - a$estimate[2]), a$stderr, unname(a$parameter), lower, upper)
  stopifnot(all.equal(r$p_lower, a$p.value), all.equal(r$p_upper, b$p.value))
  stopifnot(all.equal(c(r$inner_low, r$inner_high), as.numeric(t.test(s[[1]], s[[2]], conf.level = .9)$conf.int)))
  list(y = d[[y]], g = as.character(d[[g]]), r = r)
}
two <- apisrs[apisrs$stype != "H", ]
cases <- list(
  welch(two, "api00", "stype", -60, 60),
  welch(two, "api00", "stype", -30, 30),
  welch(warpbreaks, "breaks", "wool", -8, 8),
  welch(mtcars, "mpg", "am", -5, 5))
# Brunner-Munzel by ranks, as in brunnermunzel::brunnermunzel.test.
bm <- function(y, g, lower, upper) {
  s <- split(y, as.character(g)); a <- s[[1]]; b <- s[[2]]; n1 <- length(a); n2 <- length(b)
  r <- rank(c(a, b)); r1 <- r[1:n1]; r2 <- r[-(1:n1)]
  v1 <- sum((r1 - rank(a) - mean(r1) + (n1 + 1) / 2)^2) / (n1 - 1)
  v2 <- sum((r2 - rank(b) - mean(r2) + (n2 + 1) / 2)^2) / (n2 - 1)
  theta <- (mean(r1) - (n1 + 1) / 2) / n2
  se <- sqrt(v1 / n1 / n2^2 + v2 / n2 / n1^2)
  df <- (n1 * v1 + n2 * v2)^2 / ((n1 * v1)^2 / (n1 - 1) + (n2 * v2)^2 / (n2 - 1))
  list(y = y, g = as.character(g), r = tost(theta, se, df, lower, upper))
}
ordinal <- list(
  bm(as.numeric(MASS::housing$Sat)[rep(seq_len(nrow(MASS::housing)), MASS::housing$Freq)][1:400],
     as.character(MASS::housing$Infl)[rep(seq_len(nrow(MASS::housing)), MASS::housing$Freq)][1:400] == "High", .4, .6),
  bm(two$meals, two$stype, .35, .65), bm(mtcars$carb, mtcars$am, .3, .7))
for (i in seq_along(ordinal)) ordinal[[i]]$g <- as.character(ordinal[[i]]$g)
# Designs: clusters with a finite population, and strata.
clus <- apiclus1[apiclus1$stype != "H", ]
frame <- apiclus1[, c("dnum", "pw", "fpc", "stype", "api00", "api99", "meals", "awards")]
frame$stype <- as.character(frame$stype); frame$awards <- as.character(frame$awards)
frame$ell5 <- as.integer(cut(apiclus1$ell, c(-1, 5, 15, 30, 50, 100)))
d1 <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = frame)
sf <- apistrat[, c("stype", "pw", "api00", "api99", "meals", "awards", "yr.rnd")]
sf[] <- lapply(sf, function(x) if (is.factor(x)) as.character(x) else x)
names(sf)[7] <- "yr"
sf$pw <- sf$pw * (1 + (seq_len(nrow(sf)) %% 5) / 5)
sf$ell5 <- as.integer(cut(apistrat$ell, c(-1, 5, 15, 30, 50, 100)))
d2 <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = sf)
mean_of <- function(formula, design, lower, upper, scale = 1) {
  t <- svyttest(formula, design)
  m <- svyglm(formula, design)
  # svyttest takes second minus first.
  tost(-unname(coef(m)[2]) * scale, unname(SE(m)[2]) * scale, unname(t$parameter), lower, upper)
}
design <- list(
  clusters = list(means = mean_of(api00 ~ awards, d1, -80, 80), domain = mean_of(api00 ~ stype, subset(d1, stype != "H"), -80, 80),
    shares = mean_of(I(stype == "E") ~ awards, d1, -25, 25, 100)),
  strata = list(means = mean_of(api00 ~ awards, d2, -40, 40), domain = mean_of(meals ~ yr, subset(d2, stype != "H"), -30, 30),
    shares = mean_of(I(stype == "M") ~ awards, d2, -25, 25, 100)))
# Correlation: weighted, with n over the design effect of its influence.
correlation <- function(design, x, y, lower, upper, spearman = FALSE) {
  f <- design$variables; w <- weights(design); ok <- w > 0 & is.finite(w)
  x <- f[[x]]; y <- f[[y]]
  midrank <- function(v) sapply(v, function(k) sum(w[v < k]) + sum(w[v == k]) / 2)
  if (spearman) { x <- midrank(x); y <- midrank(y) }
  r <- cov.wt(cbind(x, y), wt = w / sum(w), cor = TRUE)$cor[1, 2]
  z <- function(v) { m <- weighted.mean(v, w); (v - m) / sqrt(weighted.mean((v - m)^2, w)) }
  design$variables$pull <- z(x) * z(y) - r / 2 * (z(x)^2 + z(y)^2)
  d <- as.numeric(deff(svymean(~pull, design, deff = "replace")))
  n <- nrow(f); ne <- n / d; se <- sqrt((if (spearman) 1 + r^2 / 2 else 1) / (ne - 3))
  out <- tost(atanh(r), se, degf(design), atanh(lower), atanh(upper))
  c(list(r = r, deff = d, n_eff = ne), out)
}
correlations <- list(
  clusters = list(pearson = correlation(d1, "api00", "meals", -.5, .5), spearman = correlation(d1, "api00", "ell5", -.9, .9, TRUE)),
  strata = list(pearson = correlation(d2, "api00", "meals", -.9, .5), spearman = correlation(d2, "api00", "ell5", -.3, .3, TRUE)))
# Ordinal under a design: influence of each respondent, total by survey.
shift <- function(design, y, g, lower, upper) {
  f <- design$variables; w <- weights(design); y <- f[[y]]; a <- f[[g]] == sort(unique(f[[g]]))[1]
  place <- sapply(seq_along(y), function(i) {
    o <- a != a[i]; p <- (sum(w[o & y < y[i]]) + sum(w[o & y == y[i]]) / 2) / sum(w[o])
    if (a[i]) p else 1 - p
  })
  theta <- weighted.mean(place[a], w[a])
  design$variables$pull <- (place - theta) / ifelse(a, sum(w[a]), sum(w[!a]))
  se <- SE(svytotal(~pull, design))
  tost(theta, as.numeric(se), degf(design) - 1, lower, upper)
}
shifts <- list(clusters = shift(d1, "ell5", "awards", .3, .7), strata = shift(d2, "ell5", "awards", .4, .6))
# Published numbers: Wald with unpooled variance (TOSTtwo.prop), Fisher's z (TOSTr).
proportions <- lapply(list(c(40.3, 1000, 42.1, 1200, 1, -5, 5), c(40.3, 1000, 42.1, 1200, 2.5, -5, 5), c(70, 500, 55, 480, 1.5, -5, 10),
  c(2.5, 300, 0, 250, 1, -6, 6)), function(v) {
    se <- sqrt(v[5] * (v[1] * (100 - v[1]) / v[2] + v[3] * (100 - v[3]) / v[4]))
    c(list(percent = v[c(1, 3)], n = v[c(2, 4)], deff = v[5]), tost(v[1] - v[3], se, Inf, v[6], v[7]))
  })
fisher <- lapply(list(c(.04, 700, -.1, .1), c(-.21, 120, -.3, .3), c(.55, 4000, -.2, .2)), function(v)
  c(list(r = v[1], n = v[2], bounds = v[3:4]), tost(atanh(v[1]), 1 / sqrt(v[2] - 3), Inf, atanh(v[3]), atanh(v[4]))))
cat(toJSON(list(made_by = R.version.string, survey = as.character(packageVersion("survey")), welch = cases, ordinal = ordinal,
  frames = list(clusters = frame, strata = sf), design = design, correlations = correlations, shifts = shifts,
  proportions = proportions, fisher = fisher), dataframe = "columns", auto_unbox = TRUE, digits = NA))
