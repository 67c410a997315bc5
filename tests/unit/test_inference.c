/* fidelity.inference: coefficients and overlaps against a second program, closed forms, what cannot be estimated. */
#include <criterion/criterion.h>

#include "metrics/fidelity/inference_overlap.h"
#include "tests/unit/frame.h"
#include "tests/unit/golden.h"

extern const struct measure measure_fidelity_inference;

enum { X, G, Y };
static const struct frame_column two_classes[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"g", COLUMN_CATEGORICAL, 0, 4}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 2}, {NULL, 0, 0, 0}};
static const struct frame_column three_classes[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"g", COLUMN_CATEGORICAL, 0, 4}, {"y", COLUMN_CATEGORICAL, ROLE_TARGET, 3}, {NULL, 0, 0, 0}};
static const struct frame_column numeric[] = {
    {"x", COLUMN_NUMERIC, 0, 0}, {"g", COLUMN_CATEGORICAL, 0, 4}, {"y", COLUMN_NUMERIC, ROLE_TARGET, 0}, {NULL, 0, 0, 0}};

static double uniform(uint32_t *state)
{
    *state = (uint32_t)((1103515245ULL * *state + 12345) % 2147483648ULL);
    return *state / 2147483648.0;
}

/* The tables of tests/golden/oracle/inference_example.py. */
static struct table *example(struct frame *frame, uint32_t seed, size_t rows, double shift)
{
    struct table *table = frame_table(frame, "example", rows);
    uint32_t classes = frame->data.schema->columns[Y].n_levels;
    for (size_t i = 0; i < rows; i++) {
        double u[7];
        for (size_t k = 0; k < 7; k++)
            u[k] = uniform(&seed);
        uint32_t g = u[1] < 0.4 ? 0 : u[1] < 0.7 ? 1 : u[1] < 0.95 ? 2 : 3;
        bool missing = u[2] < 0.2;
        double y = (missing ? 0 : 0.3 * (10 * u[0] + shift)) - (g == 1) + u[3] + u[4] + u[5] + u[6] - 2;
        table_numbers(table, X)[i] = missing ? NAN : 10 * u[0] + shift;
        table_codes(table, G)[i] = g;
        if (classes == 0)
            table_numbers(table, Y)[i] = y;
        else
            table_codes(table, Y)[i] = classes == 2 ? y > 1 : y <= 1 ? 0 : y < 2 ? 1 : 2;
    }
    table_seal(table);
    return table;
}

static const cJSON *coefficient(const struct result *result, int index)
{
    return cJSON_GetArrayItem(json_get(result->details, "coefficients"), index);
}

static const cJSON *term(const struct result *result, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, json_get(result->details, "coefficients")) if (strcmp(json_get_string(item, "term", ""), name) ==
                                                                            0) return item;
    cr_assert_fail("no term '%s'", name);
    return NULL;
}

Test(inference, overlap)
{
    /* ½ (L/(u − l) + L/(u' − l')) by hand. */
    static const struct {
        double difference, first, second, want;
    } cases[] = {
        {0, 1, 1, 1},     {1, 1, 1, 0.5},       {-1, 1, 1, 0.5},    {2, 1, 1, 0},     {3, 1, 1, -0.5},
        {0, 1, 2, 0.75},  {1, 1, 2, 0.75},      {2, 1, 2, 0.375},   {5, 1, 2, -0.75}, {0, 1, 1e9, 0.5},
        {1e-12, 1, 1, 1}, {0, 1, 1 + 1e-12, 1}, {0.5, 2, 2, 0.875},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = interval_overlap(cases[i].difference, cases[i].first, cases[i].second);
        cr_near(got, cases[i].want, cases[i].want == 1 ? 0 : 1e-9, "case %zu", i);
        got = interval_overlap(cases[i].difference, cases[i].second, cases[i].first);
        cr_near(got, cases[i].want, cases[i].want == 1 ? 0 : 1e-9, "case %zu turned round", i);
    }
}

Test(inference, mean_overlap)
{
    /* Two coefficients with half-widths 1.96 and noise 2 (one standard error each, independent), some more lost.
     * lo, hi by numpy from 2,000,000 draws Z of the noise, with x(t) = mean max(0, 1 - |max(0, v + t se) + Z|/3.92) and v =
     * sqrt(max(se^2/4, d^2 - se^2)): mean x(t) + value - q(x(t)) at the t where the .975 (lo) and the .025 (hi) quantile q of
     * x(t) is the value, or at the least t, where all differences are 0. */
    static const double half[2] = {1.96, 1.96}, covariance[4] = {2, 0, 0, 2};
    static const struct {
        double difference[2];
        size_t count, lost;
        double value, lo, hi, least_hi, most_lo, most_hi;
    } cases[] = {
        {{0, 0}, 2, 0, 1, 0.7637, 1, 1, 1, 1},                 /* the same */
        {{1.96, -1.96}, 2, 0, 0.5, 0.1462, 0.8423, 1, 0.3, 1}, /* 1.4 standard errors: may be noise, so 1 is possible */
        {{20, -20}, 2, 0, 0, 0, 0, 0, 0, 0},                   /* far apart: certainly 0 */
        {{20, 0}, 2, 0, 0.5, 0.3621, 0.7614, 0.5, 0.5, 0.75},  /* one far apart, one alike */
        {{0, 0}, 2, 2, 0.5, 0.3818, 0.6711, 0.5, 0.5, 0.75},   /* half of them lost; value + spread, if the spread is of .25 */
        {{0, 0}, 0, 3, 0, 0, 0, 0, 0, 0},                      /* all lost: no doubt */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct overlap_problem problem = {.count = cases[i].count,
                                          .lost = cases[i].lost,
                                          .difference = cases[i].difference,
                                          .half = {half, half},
                                          .covariance = covariance,
                                          .rows = {100, 100},
                                          .level = 0.95,
                                          .seed = 1};
        struct overlap_answer answer, again, brief;
        cr_assert_eq(overlap_mean(&problem, 0, &answer, NULL), 0);
        cr_assert_eq(overlap_mean(&problem, 0, &again, NULL), 0);
        cr_assert_eq(overlap_mean(&problem, 1, &brief, NULL), 0);
        cr_near(answer.value, cases[i].value, 1e-12, "case %zu", i);
        cr_near(answer.lo, cases[i].lo, 0.03, "case %zu", i); /* 1,000 draws */
        cr_near(answer.hi, cases[i].hi, 0.03, "case %zu", i);
        double least = answer.population[0], most = answer.population[1];
        cr_expect(most >= cases[i].least_hi - 1e-9 && most <= cases[i].most_hi + 1e-9 && least <= cases[i].most_lo &&
                      least >= 0,
                  "case %zu: %g … %g", i, least, most);
        cr_expect(memcmp(&again, &answer, sizeof answer) == 0);
        cr_expect(brief.value == answer.value && isnan(brief.lo) && isnan(brief.hi) && isnan(brief.population[1]));
    }
}

Test(inference, second_program)
{
    /* cd tests/golden && python3 -m oracle.inference_example: real, its lower end, synthetic, its upper end, difference. Level
     * 3 of g has 10 rows of 150 and joins the reference, level 0; x is missing in 22 rows. */
    static const char *const names[4] = {"x", "x is missing", "g = 1", "g = 2"};
    static const struct {
        const struct frame_column *columns;
        double value, coefficients[4][5], tolerance;
        size_t same;
    } cases[] = {
        {numeric,
         0.723451649064033,
         {{0.677599009351343, 0.588743410930224, 0.720560815400914, 0.786730198426614, 0.95562096146401},
          {-1.20184771380914, -1.43499582679895, -1.10639306521239, -0.933535040313693, 0.809194852994819},
          {-0.913494993637638, -1.11708710817704, -0.899831354086044, -0.747498655001343, 0.132645761419646},
          {0.0613630564299665, -0.13470130326993, -0.120688772575088, 0.0437652167221915, 1.83520390387416}},
         1e-10,
         4},
        {two_classes,
         0.870936184841802,
         {{2.18733924484252, 1.455305665477, 2.22085038292727, 2.8869862619734, 0.0897235121153686},
          {-3.80702965750629, -5.94788862529514, -4.1615170703184, -2.08728208568081, 0.324534484773707},
          {-2.89529880387934, -4.34782813860145, -2.83296557688958, -1.59358965729853, 0.0841090620475825},
          {0.404922543228403, -0.731663654157104, -0.330674521326936, 0.871389551301849, 1.26848606553405}},
         1e-8,
         4},
        /* Of three classes, y <= 1 is the most frequent: the same regression with the signs turned round. */
        {three_classes, 0.870936184841802, {{-2.18733924484252}}, 1e-8, 4},
    };
    static const char *const keys[5] = {"real", "real_lo", "synthetic", "synthetic_hi", "difference"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct frame *frame = frame_new(cases[i].columns);
        struct table *train = example(frame, 1, 150, 0), *other = example(frame, 2, 200, 0.5);
        struct result result;
        struct error error = {0};
        frame->data.train.table = train;
        cr_assert_eq(frame_run(frame, &measure_fidelity_inference, SUBJECT_CANDIDATE, other, 2, &result, &error), 0, "%s",
                     error.message);
        cr_near(result.value, cases[i].value, cases[i].tolerance, "value of case %zu", i);
        cr_expect(result.lo <= result.value && result.value <= result.hi && result.n == 200);
        cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "coefficients")), 4);
        cr_near(json_get_number(result.details, "same_conclusion", NAN), (double)cases[i].same / 4, 0, "same conclusion");
        for (int t = 0; t < 4; t++) {
            cr_expect_str_eq(json_get_string(coefficient(&result, t), "term", ""), names[t]);
            for (int k = 0; k < (i == 2 ? t == 0 : 5); k++)
                cr_near(json_get_number(coefficient(&result, t), keys[k], NAN), cases[i].coefficients[t][k], cases[i].tolerance,
                        "case %zu, %s, %s", i, names[t], keys[k]);
        }
        frame_release(&result);
        table_free(train);
        table_free(other);
        frame_free(frame);
    }
}

Test(inference, same_rows_are_exactly_one)
{
    static const struct frame_column *const columns[] = {numeric, two_classes, three_classes};
    for (size_t i = 0; i < 3; i++)
        for (int turned = 0; turned < 2; turned++) {
            struct frame *frame = frame_new(columns[i]);
            struct table *train = example(frame, 1, 5000, 0), *other;
            uint32_t *rows = calloc(5000, sizeof *rows);
            for (uint32_t r = 0; r < 5000; r++)
                rows[r] = turned ? 4999 - r : r;
            cr_assert_eq(table_take(train, rows, 5000, "turned", &other, NULL), 0);
            struct result result;
            frame->data.train.table = train;
            cr_assert_eq(frame_run(frame, &measure_fidelity_inference, SUBJECT_CANDIDATE, other, 2, &result, NULL), 0);
            cr_expect_eq(result.value, 1, "case %zu: %.17g", i, result.value);
            cr_expect(result.hi == 1 && result.lo <= 1 && json_get_number(result.details, "same_conclusion", NAN) == 1);
            frame_release(&result);
            free(rows);
            table_free(train);
            table_free(other);
            frame_free(frame);
        }
}

enum fault {
    NONE,
    NO_LEVEL,  /* level 1 of g is gone */
    UNSEEN,    /* and a level that train lacks is there instead */
    CONSTANT,  /* x has one value */
    EMPTY,     /* x is missing in every row */
    ALIASED,   /* x is missing exactly where g is level 1 */
    TOLD,      /* y is 1 in all rows of level 1 */
    PERFECT,   /* y = 1 where x is above its middle */
    ONE_CLASS, /* of y */
    NO_TARGET
};

static void spoil(struct table *table, enum fault fault)
{
    for (size_t i = 0; i < table->rows; i++) {
        double *x = &table_numbers(table, X)[i];
        uint32_t *g = &table_codes(table, G)[i], *y = &table_codes(table, Y)[i];
        if ((fault == NO_LEVEL || fault == UNSEEN) && *g == 1)
            *g = fault == UNSEEN ? 7 : 0;
        if (fault == CONSTANT)
            *x = 3;
        if (fault == EMPTY)
            *x = NAN;
        if (fault == ALIASED)
            *x = *g == 1 ? NAN : (double)(i % 10);
        if (fault == TOLD && *g == 1)
            *y = 1;
        if (fault == PERFECT)
            *x = (double)(i % 10), *y = i % 10 > 4;
        if (fault == ONE_CLASS)
            *y = 1;
        if (fault == NO_TARGET)
            *y = CODE_MISSING;
    }
    table_seal(table);
}

Test(inference, what_cannot_be_estimated)
{
    /* Terms: x, x is missing, g = 1, g = 2. In one table only: counts as 0, with a note. In both: left out. */
    static const struct {
        const char *what;
        enum fault real, other;
        int status;
        size_t lost;
        const char *term, *note;
    } cases[] = {
        {"sound", NONE, NONE, 0, 0, NULL, NULL},
        {"a level is gone", NONE, NO_LEVEL, 0, 1, "g = 1", "candidate: does not vary; counts as 0"},
        {"a level is gone, another there", NONE, UNSEEN, 0, 1, "g = 1", "candidate: does not vary; counts as 0"},
        {"constant number", NONE, CONSTANT, 0, 2, "x", "candidate: does not vary; counts as 0"},
        {"no number at all", NONE, EMPTY, 0, 2, "x is missing", "candidate: does not vary; counts as 0"},
        {"aliased", NONE, ALIASED, 0, 1, "g = 1", "candidate: a combination of other columns; counts as 0"},
        {"aliased in both", ALIASED, ALIASED, 0, 0, "g = 1", "a combination of other columns; left out"},
        {"separation", NONE, TOLD, 0, 1, "g = 1", "candidate: tells the target without error (separation); counts as 0"},
        {"separation in train", TOLD, NONE, 0, 1, "g = 1", "real: tells the target without error (separation)"},
        {"separation in both", TOLD, TOLD, 0, 0, "g = 1", "(separation); left out"},
        {"one class", NONE, ONE_CLASS, 0, 4, "x", "candidate: the target has one value only; counts as 0"},
        {"no target", NONE, NO_TARGET, 0, 4, "x", "candidate: no row has a value of the target"},
        {"one class in train", ONE_CLASS, NONE, ERROR_UNMEASURABLE, 0, NULL, "does not vary"},
        {"no target in train", NO_TARGET, NONE, ERROR_UNMEASURABLE, 0, NULL, "does not vary"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct frame *frame = frame_new(two_classes);
        struct table *train = example(frame, 1, 300, 0), *other = example(frame, 3, 300, 0);
        struct result result;
        struct error error = {0};
        spoil(train, cases[i].real);
        spoil(other, cases[i].other);
        frame->data.train.table = train;
        int status = frame_run(frame, &measure_fidelity_inference, SUBJECT_CANDIDATE, other, 1, &result, &error);
        cr_expect_eq(status, cases[i].status, "%s: %d %s", cases[i].what, status, error.message);
        if (status) {
            cr_expect(strstr(error.message, cases[i].note) != NULL, "%s: %s", cases[i].what, error.message);
        } else {
            cr_expect_eq(json_get_number(result.details, "lost", NAN), (double)cases[i].lost, "%s: lost %g", cases[i].what,
                         json_get_number(result.details, "lost", NAN));
            cr_expect(result.lo <= result.value && result.value <= result.hi && result.finding[0]);
            cr_expect(result.value <= (4 - (double)cases[i].lost) / 4, "%s: %g", cases[i].what, result.value);
            if (cases[i].term)
                cr_expect(strstr(json_get_string(term(&result, cases[i].term), "note", ""), cases[i].note) != NULL, "%s: '%s'",
                          cases[i].what, json_get_string(term(&result, cases[i].term), "note", ""));
        }
        frame_release(&result);
        table_free(train);
        table_free(other);
        frame_free(frame);
    }
}

Test(inference, unmeasurable_real_tables)
{
    /* A number that tells the class without error leaves nothing to estimate; 20 rows carry 4 terms, columns alone none. */
    static const struct {
        size_t rows;
        enum fault fault;
        const char *reason;
    } cases[] = {{300, PERFECT, "without error"}, {3, NONE, "no column beside the target"}, {1, NONE, "does not vary"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct frame *frame = frame_new(two_classes);
        struct table *train = example(frame, 1, cases[i].rows, 0), *other = example(frame, 3, 300, 0);
        struct result result;
        struct error error = {0};
        spoil(train, cases[i].fault);
        for (size_t r = 0; cases[i].rows == 3 && r < 3; r++) {
            table_numbers(train, X)[r] = 1;
            table_codes(train, Y)[r] = r > 0;
        }
        if (cases[i].fault == PERFECT)
            for (size_t r = 0; r < cases[i].rows; r++)
                table_codes(train, G)[r] = 0;
        table_seal(train);
        frame->data.train.table = train;
        cr_expect_eq(frame_run(frame, &measure_fidelity_inference, SUBJECT_CANDIDATE, other, 1, &result, &error),
                     ERROR_UNMEASURABLE, "case %zu: %g", i, result.value);
        cr_expect(strstr(error.message, cases[i].reason) != NULL, "case %zu: %s", i, error.message);
        frame_release(&result);
        table_free(train);
        table_free(other);
        frame_free(frame);
    }
}

Test(inference, rare_levels_are_pooled)
{
    /* 40 levels: level 0 has half of the rows, 1 a quarter, the others 6 or 7 of 1,000 rows each: one term for all of them. */
    static const struct frame_column columns[] = {
        {"g", COLUMN_CATEGORICAL, 0, 40}, {"y", COLUMN_NUMERIC, ROLE_TARGET, 0}, {NULL, 0, 0, 0}};
    struct frame *frame = frame_new(columns);
    struct table *table[2];
    uint32_t state = 5;
    for (size_t t = 0; t < 2; t++) {
        table[t] = frame_table(frame, "pooled", 1000);
        for (size_t i = 0; i < 1000; i++) {
            table_codes(table[t], 0)[i] = i % 4 < 2 ? 0 : i % 4 == 2 ? 1 : 2 + (uint32_t)(i / 4) % 38;
            table_numbers(table[t], 1)[i] = uniform(&state) + (double)(i % 4);
        }
        table_seal(table[t]);
    }
    struct result result;
    frame->data.train.table = table[0];
    cr_assert_eq(frame_run(frame, &measure_fidelity_inference, SUBJECT_CANDIDATE, table[1], 2, &result, NULL), 0);
    cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "coefficients")), 2);
    cr_expect_str_eq(json_get_string(coefficient(&result, 0), "term", ""), "g = 1");
    cr_expect_str_eq(json_get_string(coefficient(&result, 1), "term", ""), "g = other (<20)");
    frame_release(&result);
    table_free(table[0]);
    table_free(table[1]);
    frame_free(frame);
}

Test(inference, threads_change_nothing)
{
    struct frame *frame = frame_new(two_classes);
    struct table *train = example(frame, 1, 20000, 0), *other = example(frame, 2, 15000, 0.2);
    double value[3], lo[3], hi[3];
    const size_t threads[3] = {1, 2, 5};
    frame->data.train.table = train;
    for (size_t i = 0; i < 3; i++) {
        struct result result;
        cr_assert_eq(frame_run(frame, &measure_fidelity_inference, SUBJECT_CANDIDATE, other, threads[i], &result, NULL), 0);
        value[i] = result.value;
        lo[i] = result.lo;
        hi[i] = result.hi;
        frame_release(&result);
    }
    for (size_t i = 1; i < 3; i++)
        cr_expect(value[i] == value[0] && lo[i] == lo[0] && hi[i] == hi[0]);
    table_free(train);
    table_free(other);
    frame_free(frame);
}
