/* What an attacker's hits prove of differential privacy, and what a mechanism's noise promises.
 *
 * A test between two neighbouring inputs of an (ε, δ)-private mechanism obeys TPR ≤ e^ε FPR + δ and TNR ≤ e^ε FNR + δ (Kairouz,
 * Oh, Viswanath 2015, theorem 2.1), so rates that are seen, with their errors, bound ε from below. All of these are LOWER
 * bounds: a weak attack gives 0 for a mechanism without any privacy. No function allocates; input outside its domain gives NaN.
 */
#ifndef ASSAY_NUMERIC_PRIVACY_BOUNDS_H
#define ASSAY_NUMERIC_PRIVACY_BOUNDS_H

#include <stddef.h>

/* One fixed rule: tp of n1 members and fp of n0 non-members were called members. */
struct rule_counts {
    size_t tp, fp, n1, n0;
};

/* max(0, ln((TPR_lo − δ)/FPR_hi), ln((TNR_lo − δ)/FNR_hi)) with one-sided Clopper-Pearson limits of error alpha/2 each. Both
 * logarithms stand on the same two limits (TNR_lo = 1 − FPR_hi), so the bound exceeds the truth with probability ≤ alpha. */
double epsilon_lower(const struct rule_counts *counts, double delta, double alpha);

/* The largest bound that n1 members and n0 non-members can give: that of a rule without an error. */
double epsilon_ceiling(size_t n1, size_t n0, double delta, double alpha);

/* The least ε at which an attack that uses all that (ε, 0) allows, TPR = 1 − FPR = e^ε/(1 + e^ε), has a bound above 0 with
 * probability `power` (normal approximation of both counts, each given half of the error). */
double epsilon_visible(size_t n1, size_t n0, double alpha, double power);

/* Under the assumption that the trade-off between both errors is that of two normal distributions (Dong, Roth, Su 2022):
 * μ = Φ⁻¹(1 − FPR_hi) − Φ⁻¹(FNR_hi), at least 0, and the ε of gdp_epsilon. Much larger than epsilon_lower, and wrong where the
 * assumption is. */
double gdp_mu(const struct rule_counts *counts, double alpha);

/* ε of μ-GDP at δ in (0, 1): the root of Φ(−ε/μ + μ/2) − e^ε Φ(−ε/μ − μ/2) = δ (ibid., corollary 2.13), 0 where δ is more than
 * the left side at ε = 0. */
double gdp_epsilon(double mu, double delta);

/* T adaptive uses of a normal mechanism of noise multiplier sigma (no subsampling): μ = √T/σ (ibid., corollary 3.3). */
double gaussian_epsilon(double sigma, double uses, double delta);

/* Auditing with one run (Steinke, Nasr, Jagielski 2023, arXiv 2305.08846, theorem 5.2 and appendix D). m records were put into
 * the input by a fair coin each; an auditor who sees the output guesses r of the coins, v of them right. Under (ε, δ) privacy,
 * v is dominated by B ~ Binomial(r, q), q = e^ε/(1 + e^ε), up to δ:
 *   P[V ≥ v] ≤ P[B ≥ v] + 2 m δ max over i = 1 … v of P[v − i ≤ B < v]/i.
 * one_run_p is the right side, cut at 1; one_run_epsilon the largest ε that it rejects at level p (to 1e-10), 0 where none is.
 * Guesses need not be independent of each other. O(v) a call of one_run_p. */
double one_run_p(size_t m, size_t r, size_t v, double epsilon, double delta);
double one_run_epsilon(size_t m, size_t r, size_t v, double delta, double p);

#endif
