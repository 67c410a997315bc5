/* utility.targets: which columns real rows predict, exact truths, candidates that cannot teach, rows drawn. */
#include "tests/unit/frame.h"

#include "core/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

extern const struct measure measure_utility_targets;

enum { X, Z, SIDE, COIN, MANY, CONSTANT };

/* Not one of them has the role of the target. */
static const struct frame_column columns[] = {{"x", COLUMN_NUMERIC, 0, 0},
                                              {"z", COLUMN_NUMERIC, 0, 0},
                                              {"side", COLUMN_CATEGORICAL, 0, 2},
                                              {"coin", COLUMN_CATEGORICAL, 0, 3},
                                              {"many", COLUMN_CATEGORICAL, 0, 60},
                                              {"constant", COLUMN_CATEGORICAL, 0, 1},
                                              {NULL, 0, 0, 0}};

enum world { LINKED, APART, SIDE_LOST, SIDE_CONSTANT };

/* LINKED: z = x, side = 1[x > 0]; coin and many follow nothing. APART: no column follows another. */
static struct table *draw(struct frame *frame, size_t rows, uint64_t seed, enum world world)
{
    struct table *table = frame_table(frame, "drawn", rows);
    struct random random;
    random_init(&random, seed, "test.targets", 0, 0);
    for (size_t i = 0; i < rows; i++) {
        double x = random_normal(&random), other = random_normal(&random), third = random_normal(&random);
        table_numbers(table, X)[i] = x;
        table_numbers(table, Z)[i] = world == APART ? other : x;
        table_codes(table, SIDE)[i] = world == SIDE_CONSTANT                                   ? 1
                                      : (world == APART || world == SIDE_LOST ? third : x) > 0 ? 1
                                                                                               : 0;
        table_codes(table, COIN)[i] = (uint32_t)random_below(&random, 3);
        table_codes(table, MANY)[i] = (uint32_t)(i % 60);
        table_codes(table, CONSTANT)[i] = 0;
    }
    table_seal(table);
    return table;
}

struct setting {
    const char *what;
    enum subject kind;
    enum world world;
    uint64_t seed;      /* 1: the rows of train again */
    double lo, hi;      /* of the value */
    double least, most; /* of the largest gap */
    const char *worst, *finding;
};

static void check(const struct setting *s, struct frame *frame)
{
    struct result result, again;
    struct error error = {0};
    struct table *subject = draw(frame, 900, s->seed, s->world);
    const struct table *judged = s->kind == SUBJECT_TRAIN ? frame->data.train.table : subject;
    cr_assert_eq(frame_run(frame, &measure_utility_targets, s->kind, judged, 1, &result, &error), 0, "%s: %s", s->what,
                 error.message);
    cr_assert_eq(frame_run(frame, &measure_utility_targets, s->kind, judged, 3, &again, &error), 0, "%s", error.message);
    cr_expect(result.value >= s->lo && result.value <= s->hi, "%s: %.4f", s->what, result.value);
    cr_expect(result.lo <= result.value && result.value <= result.hi, "%s: %.4f", s->what, result.value);
    double gap = json_get_number(result.details, "worst.gap", NAN);
    cr_expect(gap >= s->least && gap <= s->most, "%s: largest gap %.4f", s->what, gap);
    cr_expect(json_get_number(result.details, "worst.lo", NAN) <= gap &&
              gap <= json_get_number(result.details, "worst.hi", NAN));
    if (s->worst)
        cr_expect_str_eq(json_get_string(result.details, "worst.column", ""), s->worst, "%s", s->what);
    cr_expect(strstr(result.finding, s->finding) != NULL, "%s: %s", s->what, result.finding);
    /* x, z and side are predicted; coin is not, many has too many classes, constant has one. */
    cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "columns")), 3, "%s", s->what);
    cr_expect_eq(cJSON_GetArraySize(json_get(result.details, "left_out")), 3, "%s", s->what);
    const char *words = cJSON_PrintUnformatted(json_get(result.details, "left_out"));
    cr_expect(strstr(words, "better than chance") && strstr(words, "has 60 classes") && strstr(words, "has only one class"),
              "%s", words);
    cJSON_free((void *)(uintptr_t)words);
    cr_expect(result.lo == again.lo && result.hi == again.hi && cJSON_Compare(result.details, again.details, true),
              "%s: the same for 1 and 3 threads", s->what);
    frame_release(&result);
    frame_release(&again);
    table_free(subject);
}

Test(targets, truths)
{
    static const struct setting settings[] = {
        {"train itself", SUBJECT_TRAIN, LINKED, 1, 0, 0, 0, 0, NULL, "gap 0.000"},
        {"the rows of train again", SUBJECT_CANDIDATE, LINKED, 1, 0, 0, 0, 0, NULL, "gap 0.000"},
        {"the same law", SUBJECT_CANDIDATE, LINKED, 2, -0.05, 0.05, -0.05, 0.1, NULL, "real rows predict 3"},
        {"fresh rows", SUBJECT_HONEST, LINKED, 2, -0.05, 0.05, -0.05, 0.1, NULL, "real rows predict 3"},
        /* Models of noise point anywhere; as a control they count as chance, so the gap is the real skill at most. */
        {"no dependence", SUBJECT_CANDIDATE, APART, 2, 0.9, 2, 0.9, 2, NULL, "of the way from chance to perfect"},
        {"control without dependence", SUBJECT_INDEPENDENT, APART, 2, 0.9, 1, 0.9, 2, NULL, "of the way"},
        {"one column lost", SUBJECT_CANDIDATE, SIDE_LOST, 2, 0.1, 0.6, 0.3, 2, "side", "Most is lost on 'side'"},
        /* What cannot be taught counts as lost: two gaps near 0 and one of (almost) 1. */
        {"one class", SUBJECT_CANDIDATE, SIDE_CONSTANT, 2, 0.28, 0.4, 0.95, 1, "side", "cannot teach it at all"},
    };
    struct frame *frame = frame_new(columns);
    frame->data.train.table = draw(frame, 900, 1, LINKED);
    frame->data.holdout.table = draw(frame, 900, 3, LINKED);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        check(&settings[i], frame);
    table_free(frame->data.train.table);
    table_free(frame->data.holdout.table);
    frame_free(frame);
}

Test(targets, unmeasurable_and_rows)
{
    struct frame *frame = frame_new(columns);
    struct table *apart = draw(frame, 900, 4, APART), *large = draw(frame, 5600, 5, LINKED),
                 *holdout = draw(frame, 900, 6, LINKED);
    struct result result;
    struct error error = {0};
    frame->data.train.table = apart;
    frame->data.holdout.table = draw(frame, 900, 7, APART);
    cr_expect_eq(frame_run(frame, &measure_utility_targets, SUBJECT_CANDIDATE, holdout, 1, &result, &error),
                 ERROR_UNMEASURABLE);
    cr_expect(strstr(error.message, "none of the 6 columns") != NULL, "%s", error.message);
    frame_release(&result);
    table_free(frame->data.holdout.table);
    frame->data.holdout.table = NULL;
    cr_expect_eq(frame_run(frame, &measure_utility_targets, SUBJECT_CANDIDATE, holdout, 1, &result, &error),
                 ERROR_UNMEASURABLE);
    cr_expect(strstr(error.message, "--holdout") != NULL, "%s", error.message);
    frame_release(&result);
    /* Of 5,600 rows 5,000 are drawn, the same ones of any table as long. */
    frame->data.train.table = large;
    frame->data.holdout.table = holdout;
    struct table *same = draw(frame, 5600, 5, LINKED);
    cr_assert_eq(frame_run(frame, &measure_utility_targets, SUBJECT_CANDIDATE, same, 1, &result, &error), 0, "%s",
                 error.message);
    cr_expect_eq(result.value, 0.0);
    cr_expect_eq(json_get_number(result.details, "rows_train", NAN), 5000.0);
    cr_expect_eq(json_get_number(result.details, "rows_holdout", NAN), 900.0);
    frame_release(&result);
    table_free(same);
    table_free(apart);
    table_free(large);
    table_free(holdout);
    frame_free(frame);
}
