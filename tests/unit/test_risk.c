/* The residual risk that singling out, linkability and inference share: formulas, exact coverage, test and words. */
#include <criterion/criterion.h>
#include <float.h>

#include "attacks/disclosure/risk.h"
#include "tests/unit/golden.h"

/* Numbers of plain Python: MOVER-R in the textbook's form from Wilson's ends, and Fisher's tail as a sum of fractions:
 *   sum(Fraction(comb(n1, x) * comb(n2, k - x), comb(n1 + n2, k)) for x in range(x1, min(k, n1) + 1)), k = x1 + x2 */
struct excess_case {
    size_t x, n, y, m;
    double lo, hi, p;
};
static const struct excess_case excesses[] = {{30, 200, 10, 150, 0.0181031012881527, 0.155218981106729, 0.0107387644272237},
                                              {20, 20, 5, 20, 0.775405580824175, 1, 3.85428639043767e-07},
                                              {0, 50, 3, 40, -0.247882242822706, 0.0122234618043158, 1},
                                              {7, 50, 20, 40, -1.46240433132717, -0.271582167791814, 0.999965880489136},
                                              {20, 20, 3, 4, -0.119480050007628, 1, 0.166666666666667},
                                              {450, 500, 29, 30, -16.0807356795225, 0.420792776693513, 0.956118062241579}};

Test(risk, excess_and_exact_test)
{
    for (size_t i = 0; i < sizeof excesses / sizeof *excesses; i++) {
        const struct excess_case *c = &excesses[i];
        struct interval got =
            interval_excess((double)c->x / (double)c->n, (double)c->n, (double)c->y / (double)c->m, (double)c->m, 0.95);

        cr_near(got.lo, c->lo, 1e-12, "lower end %zu", i);
        cr_near(got.hi, c->hi, 1e-12, "upper end %zu", i);
        cr_near(fisher_upper(c->x, c->n, c->y, c->m), c->p, 1e-12, "Fisher %zu", i);
    }
    /* Where 2 (1 − p2) is the upper end, the textbook's quotient is 0/0: its neighbours show the limit. */
    double p2 = 1 - 1.9207294103470598 / (1 + 3.8414588206941196), near_it = p2 * (1 + 1e-9);
    cr_near(interval_excess(.7, 50, p2, 1, .95).hi, interval_excess(.7, 50, near_it, 1, .95).hi, 1e-6, "removable");
    struct interval all = interval_excess(.9, 50, 1, 50, .95), none = interval_excess(1, 50, 1, 50, .95);
    cr_expect(isinf(all.lo) && all.lo < 0 && all.hi < 1);
    cr_expect(isinf(none.lo) && none.hi == 1);
    cr_expect(isnan(interval_excess(.5, 0, .5, 10, .95).lo) && isnan(interval_excess(1.5, 9, .5, 10, .95).lo));
    cr_expect(isnan(fisher_upper(3, 2, 1, 2)) && isnan(fisher_upper(0, 0, 1, 2)));
}

static double chance(size_t x, size_t n, double p)
{
    return exp(lgamma((double)n + 1) - lgamma((double)x + 1) - lgamma((double)(n - x) + 1) + (double)x * log(p) +
               (double)(n - x) * log1p(-p));
}

/* Chance that the interval of R lies above the truth, and below it: over all counts of independent attempts. */
static void miss(size_t n, size_t m, double c, double excess, bool compat, double *above, double *below)
{
    double a = c + excess * (1 - c);

    *above = *below = 0;
    for (size_t x = 0; x <= n; x++)
        for (size_t y = 0; y <= m; y++) {
            struct risk_counts counts = {{n, x, 0}, {10, 1, 0}, {m, y, 0}};
            double p = chance(x, n, a) * chance(y, m, c);
            struct risk risk;

            if (p < 1e-9)
                continue;
            risk = risk_assess(&counts, .95, compat);
            *above += risk.lo > excess + 1e-12 ? p : 0;
            *below += risk.hi < excess - 1e-12 ? p : 0;
        }
}

/* Ours holds the truth in 93.5 % or more and errs by 5 % on either side at most; the published interval lies above R = 0 in a
 * quarter of the cases when 30 strangers stand beside 500 attempts and mostly succumb. Without risk (AT20): in at most 3.6 %.
 */
Test(risk, coverage_is_exact)
{
    static const size_t sizes[][2] = {{20, 20}, {100, 100}, {500, 30}};
    static const double controls[] = {.002, .02, .2, .5, .9}, risks[] = {0, .05, .3, .9};
    double above, below;

    for (size_t s = 0; s < 3; s++)
        for (size_t c = 0; c < 5; c++)
            for (size_t r = 0; r < 4; r++) {
                miss(sizes[s][0], sizes[s][1], controls[c], risks[r], false, &above, &below);
                cr_expect(above + below < .065 && fmax(above, below) < .055, "%zu and %zu, C %g, R %g: %g above, %g below",
                          sizes[s][0], sizes[s][1], controls[c], risks[r], above, below);
                cr_expect(risks[r] > 0 || above < .037, "%zu and %zu, C %g: %g", sizes[s][0], sizes[s][1], controls[c], above);
            }
    miss(500, 30, .9, 0, true, &above, &below);
    cr_expect_gt(above, .2, "the published interval: %g", above);
}

/* anonymeter's numbers: 16 and 0 of 500, no control (attacks.md, AT "16/500 and 0/500"). */
Test(risk, published_formulas)
{
    static const struct {
        size_t successes;
        double risk, error;
    } fixtures[] = {{16, .0355682, .0157767}, {0, .0038122, .0038122}};

    for (size_t i = 0; i < 2; i++) {
        struct risk_counts counts = {.attack = {fixtures[i].successes, 0, 0}, .baseline = {500, 0, 0}};
        struct risk risk;

        counts.attack = (struct attempts){.made = 500, .successes = fixtures[i].successes};
        risk = risk_assess(&counts, .95, true);
        cr_expect_float_eq(risk.value, fixtures[i].risk, 5e-8);
        cr_expect_float_eq(risk.hi - risk.value, fixtures[i].error, 5e-8);
        cr_expect_float_eq(risk.lo, fmax(0, fixtures[i].risk - fixtures[i].error), 1e-7);
        cr_expect_eq(risk.control, 0);
        cr_expect_eq(risk.beats_baseline, i == 0);
        cr_expect(isnan(risk.p_value));
        risk = risk_assess(&counts, .95, false);
        cr_expect_float_eq(risk.value, (double)fixtures[i].successes / 500, 1e-15);
        cr_expect_float_eq(risk.hi, interval_wilson(fixtures[i].successes, 500, .95).hi, 1e-15);
    }
    golden_needed();
    cJSON *json = golden_json("intervals.json"), *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(json, "residual_risk"))
    {
        const cJSON *control = cJSON_GetObjectItem(item, "n_control");
        size_t n = (size_t)golden_number(item, "n_attacks");
        struct risk_counts counts = {.attack = {n, (size_t)golden_number(item, "n_success"), 0}, .baseline = {n, 0, 0}};
        struct risk risk;

        if (!cJSON_IsNull(control))
            counts.control = (struct attempts){n, (size_t)control->valuedouble, 0};
        risk = risk_assess(&counts, golden_number(item, "level"), true);
        cr_near(risk.value, golden_number(item, "risk"), 1e-9, "risk");
        cr_near(risk.lo, golden_value(cJSON_GetArrayItem(cJSON_GetObjectItem(item, "interval"), 0)), 1e-9, "lower end");
        cr_near(risk.hi, golden_value(cJSON_GetArrayItem(cJSON_GetObjectItem(item, "interval"), 1)), 1e-9, "upper end");
    }
    cJSON_Delete(json);
}

/* What a reader is told: a proven risk, none proven, an attack too weak to prove anything, one that strangers suffer alike. A
 * copy has R = 1 however often strangers succumb; a design effect widens the interval and leaves the value. */
Test(risk, words_and_edges)
{
    static const struct {
        struct risk_counts counts;
        double value;
        bool reliable, remedy;
        const char *says;
    } cases[] = {
        {{{200, 200, 0}, {200, 2, 0}, {200, 150, 0}}, 1, true, true, "100.0 % (at least"},
        {{{200, 200, 10}, {200, 2, 0}, {200, 190, 10}}, 1, true, false, "nothing proves"},
        {{{200, 60, 0}, {200, 2, 0}, {200, 61, 0}}, 0, true, false, "nothing proves"},
        {{{200, 4, 0}, {200, 2, 0}, {200, 3, 0}}, 1. / 197, false, false, "does not show that the candidate is safe"},
        {{{200, 200, 0}, {200, 2, 0}, {200, 200, 0}}, 0, false, false, "cannot be measured"},
        {{{200, 0, 0}, {200, 0, 0}, {200, 0, 0}}, 0, false, false, "does not show that the candidate is safe"},
    };
    static const struct risk_words words = {.what = "The attack", .remedy = "Mend it."};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct risk risk = risk_assess(&cases[i].counts, .95, false);
        cJSON *object = cJSON_CreateObject();
        struct result result = {0};

        risk_report(&risk, &words, &result);
        risk_describe(&risk, object);
        cr_expect_float_eq(result.value, cases[i].value, 1e-12, "case %zu: %g", i, result.value);
        cr_expect(result.lo <= result.value && result.value <= result.hi && result.lo >= 0 && result.hi <= 1);
        cr_expect_eq(result.unreliable == NULL, cases[i].reliable, "case %zu", i);
        cr_expect_eq(result.remedy[0] != 0, cases[i].remedy, "case %zu", i);
        cr_expect(strstr(result.finding, cases[i].says) && strstr(result.finding, "of 200 attempts"), "case %zu: %s", i,
                  result.finding);
        cr_expect_eq(result.n, 200);
        cr_expect_float_eq(json_get_number(object, "risk", NAN), result.value, DBL_EPSILON);
        cr_expect_eq(json_get_number(object, "n", NAN), 200);
        cJSON_Delete(object);
    }
}

/* An attack that sees every copy is not called weak where it does no better than guesses, but still has no room where it never
 * fails on strangers; an opening of its own takes the first sentence's place. */
Test(risk, an_attack_that_sees_copies_is_not_weak)
{
    static const struct risk_words words = {.opening = "So it is", .remedy = "Mend it.", .sees_copies = true};
    static const struct risk_counts fresh = {{200, 0, 0}, {200, 0, 0}, {200, 0, 0}},
                                    full = {{50, 50, 0}, {50, 9, 0}, {50, 50, 0}};
    struct risk risk = risk_assess(&fresh, .95, false);
    struct result result = {0};

    risk_report(&risk, &words, &result);
    cr_expect_null(result.unreliable);
    cr_expect_eq(strncmp(result.finding, "So it is: nothing proves", 24), 0, "%s", result.finding);
    risk = risk_assess(&full, .95, false);
    risk_report(&risk, &words, &result);
    cr_expect(result.unreliable && strstr(result.finding, "So it is: the attack succeeds on"), "%s", result.finding);
}
