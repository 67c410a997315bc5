/* Holm's procedure over the gates of a candidate: numbers by plain Python, and how often an honest candidate fails. */
#include <criterion/criterion.h>
#include <math.h>

#include "audit/multiplicity.h"
#include "core/random.h"
#include "numeric/interval.h"

enum { MOST = 20 };

/* What judge_gates gives for gates "lo <= bound". */
static struct ruling failing_above(const struct gate *gate, double value, double lo)
{
    return (struct ruling){.gate = gate,
                           .evidence = {value, lo, value + 1, 100, .95, value, NULL},
                           .result = lo > gate->bound ? RULING_FAIL : RULING_PASS,
                           .p = NAN};
}

/* python3 -c 'from statistics import NormalDist as N; z = N().inv_cdf(.975)
 * for v, lo, b in ((.05, .03, .02), (.17, .12, .1), (.24, .12, .1), (.15, .103, .1)): print(1 - N().cdf(z*(v - b)/(v - lo)))'
 * Five subjects, a with two gates of which the wider is kept, so that a stays among those that are left: thresholds .05/5,
 * .05/5 (b is done), .05/4 (c is done), .05/3. */
Test(multiplicity, by_hand)
{
    static const struct {
        const char *subject;
        double bound, value, lo, p, adjusted;
        size_t left;
        enum ruling_result result;
    } cases[] = {
        {"a", .02, .05, .03, .0016413473822709523, .008206736911354762, 5, RULING_FAIL},
        {"a", .1, .05, .03, NAN, NAN, 0, RULING_PASS},
        {"b", .1, .17, .12, .0030352430603733938, .015176215301866969, 5, RULING_FAIL},
        {"c", .1, .24, .12, .011108870631917567, .04443548252767027, 4, RULING_FAIL},
        {"d", .1, .09, .05, NAN, NAN, 0, RULING_PASS},
        {"e", .1, .15, .103, .018531561120000317, .05559468336000095, 3, RULING_UNDECIDED},
    };
    enum { N = sizeof cases / sizeof cases[0] };
    struct gate gates[N];
    struct ruling rulings[N];

    for (size_t i = 0; i < N; i++) {
        gates[i] = (struct gate){GATE_MEASURE, cases[i].subject, true, cases[i].bound, GATE_ON_LO, ""};
        rulings[i] = failing_above(&gates[i], cases[i].value, cases[i].lo);
    }
    rulings_correct(rulings, N, .05);
    for (size_t i = 0; i < N; i++) {
        cr_expect_eq(rulings[i].result, cases[i].result, "case %zu", i);
        cr_expect_eq(rulings[i].left, cases[i].left, "case %zu: %zu left", i, rulings[i].left);
        cr_expect(isnan(cases[i].p) ? isnan(rulings[i].p) : fabs(rulings[i].p - cases[i].p) < 1e-12, "p of case %zu", i);
        cr_expect(isnan(cases[i].p) ? isnan(rulings[i].p_adjusted) : fabs(rulings[i].p_adjusted - cases[i].adjusted) < 1e-12,
                  "adjusted p of case %zu: %.17g", i, rulings[i].p_adjusted);
    }
}

/* Alone, or beside gates that take no part (a point value, the good end, nothing measured), a gate fails as its interval says;
 * without a width for certain; a score beneath 0 counts as far as it went. */
Test(multiplicity, who_takes_part)
{
    const struct gate lo = {GATE_MEASURE, "a", true, .1, GATE_ON_LO, ""},
                      value = {GATE_MEASURE, "b", true, .1, GATE_ON_VALUE, ""},
                      hi = {GATE_MEASURE, "c", true, .1, GATE_ON_HI, ""}, lost = {GATE_MEASURE, "d", true, .1, GATE_ON_LO, ""},
                      score = {GATE_MEASURE, "e", false, .5, GATE_ON_SCORE, ""};
    struct ruling rulings[5] = {failing_above(&lo, .15, .103), failing_above(&value, .3, .2), failing_above(&hi, .3, .2),
                                failing_above(&lost, .3, .2)};

    rulings[3].evidence.missing = "no holdout";
    rulings_correct(rulings, 4, .05);
    cr_expect(rulings[0].result == RULING_FAIL && rulings[0].left == 1 && rulings[0].p == rulings[0].p_adjusted);
    for (size_t i = 1; i < 4; i++)
        cr_expect(isnan(rulings[i].p) && rulings[i].result == RULING_FAIL, "ruling %zu", i);

    rulings[0] = failing_above(&lo, .2, .2);
    rulings_correct(rulings, 1, .05);
    cr_expect_eq(rulings[0].p, 0);

    /* Score 0 of -1.5, its upper end .4: z = 1.96 · 2/1.9. */
    rulings[0] = (struct ruling){.gate = &score, .evidence = {0, 0, .4, 100, .95, -1.5, NULL}, .result = RULING_FAIL};
    rulings_correct(rulings, 1, .05);
    cr_expect(fabs(rulings[0].p - normal_upper(normal_quantile(.975) * 2 / 1.9)) < 1e-12);
}

/* Candidates at the edge of all bounds, the worst that still keeps them: of 20 gates on 10 subjects, a nested pair each, one
 * fails in 1 − .975^10 = 22 % of them by the intervals alone, and in at most 5 % here. A fault of 4 standard errors in one
 * subject is found all the same: P[Z > 2.576 − 4] = 92 %, of .975 alone 98 %. */
Test(multiplicity, false_failures_and_power)
{
    enum { TRIALS = 4000, FAMILY = 10 };
    static const char *const subjects[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
    const double half = normal_quantile(.975);
    struct gate gates[2 * FAMILY];
    struct random random;
    double plain = 0, corrected = 0, found = 0;

    for (size_t s = 0; s < FAMILY; s++)
        for (size_t k = 0; k < 2; k++)
            gates[2 * s + k] = (struct gate){GATE_MEASURE, subjects[s], true, (double)k, k ? GATE_ON_INTERVAL : GATE_ON_LO, ""};
    random_init(&random, 1, "test.multiplicity", 0, 0);
    for (size_t t = 0; t < TRIALS; t++)
        for (size_t faulty = 0; faulty < 2; faulty++) {
            struct ruling rulings[2 * FAMILY];
            bool any_plain = false, any = false;

            for (size_t s = 0; s < FAMILY; s++) {
                const double value = random_normal(&random) + (faulty && s == 0 ? 4 : 0);

                for (size_t k = 0; k < 2; k++) {
                    rulings[2 * s + k] = failing_above(&gates[2 * s + k], value, value - half);
                    any_plain = any_plain || rulings[2 * s + k].result == RULING_FAIL;
                }
            }
            rulings_correct(rulings, 2 * FAMILY, .05);
            for (size_t g = 0; g < 2 * FAMILY; g++)
                any = any || rulings[g].result == RULING_FAIL;
            plain += !faulty && any_plain;
            corrected += !faulty && any;
            found += faulty && rulings[0].result == RULING_FAIL;
        }
    plain /= TRIALS, corrected /= TRIALS, found /= TRIALS;
    cr_expect(fabs(plain - .224) < .03, "by the intervals alone: %.3f", plain);
    cr_expect(corrected > .03 && corrected < .062, "of the corrected: %.3f", corrected); /* .05 + 3.5 standard errors */
    cr_expect(fabs(found - .923) < .02, "power: %.3f", found);
}
