/* Pictures that are rows of marks, and pictures of groups: what they read from the details of a measure. */
#include <criterion/criterion.h>
#include <math.h>

#include "core/json.h"
#include "report/chart_fidelity.h"
#include "report/chart_models.h"

#define PERCENT "\xc2\xa0%"

/* Rows in order, rows left out, and nothing where there is only noise. */
static const struct {
    const char *id, *details;
    struct row_panels (*read)(struct arena *arena, const struct model_measure *measure);
    size_t upper, lower;
    const char *first, *number;
} marked_rows[] = {
    {"coverage",
     "{\"columns\":[{\"column\":\"a\",\"covered\":0.9},{\"column\":\"b\",\"covered\":1},{\"column\":\"c\",\"covered\":0.5}]"
     "}",
     rows_coverage, 2, 0, "c", "50.0" PERCENT},
    {"missingness, too few rows to show",
     "{\"columns\":[{\"column\":\"a\",\"real\":null,\"synthetic\":0.1,\"difference\":null},"
     "{\"column\":\"b\",\"real\":0.1,\"synthetic\":0.2,\"difference\":0.1},{\"column\":\"c\"}]}",
     rows_missingness, 2, 0, "b", NULL},
    {"association",
     "{\"pairs\":[{\"a\":\"x\",\"b\":\"y\",\"real\":0.1,\"synthetic\":0.2,\"difference\":0.1},{\"a\":\"x\",\"b\":\"z\","
     "\"difference\":null}]}",
     rows_association, 1, 0, "x \xc3\x97 y", NULL},
    {"kway, one set beyond noise",
     "{\"k\":2,\"orders\":[{\"k\":2,\"sets\":3,\"of\":3,\"tv\":0.1,\"lo\":0.05,\"hi\":0.2,\"noise\":0.02,\"nist\":900}],"
     "\"worst\":[{\"columns\":[\"a\",\"b\"],\"tv\":0.3,\"noise\":0.1},{\"columns\":[\"a\",\"c\"],\"tv\":0.1,\"noise\":0.2}]"
     "}",
     rows_kway, 1, 1, "sets of 2 (all 3)", "900"},
    {"discriminator that guesses",
     "{\"learners\":[{\"learner\":\"boosted\",\"auc\":0.51,\"lo\":0.49,\"hi\":0.53,\"importance\":[{\"column\":\"a\","
     "\"share\":1}]}]}",
     rows_discriminator, 1, 0, "boosted trees", "0.51"},
    {"discriminator that knows",
     "{\"learners\":[{\"learner\":\"logistic\",\"auc\":0.5,\"lo\":0.4,\"hi\":0.6},{\"learner\":\"boosted\",\"auc\":0.75,"
     "\"lo\":0.7,\"hi\":0.8,"
     "\"importance\":[{\"column\":\"a\",\"share\":0.25},{\"column\":\"b\",\"share\":0.75},{\"column\":\"c\",\"share\":0}]}]"
     "}",
     rows_discriminator, 2, 2, "linear model", "0.5"},
    {"inference, least overlap first",
     "{\"coefficients\":[{\"term\":\"a\",\"real\":1,\"synthetic\":1,\"overlap\":0.9},{\"term\":\"b\",\"real\":1,"
     "\"synthetic\":null,\"overlap\":0},"
     "{\"term\":\"c\",\"real\":1,\"synthetic\":2,\"overlap\":0.1}]}",
     rows_inference, 2, 0, "c", NULL},
    {"gap, without the baseline, with a mean",
     "{\"score\":\"auc\",\"learners\":[{\"learner\":\"majority\",\"gap\":0},{\"learner\":\"knn\",\"gap\":0.1,\"lo\":0,"
     "\"hi\":0.2}]}",
     rows_gap, 2, 0, "nearest neighbours", NULL},
    {"rare classes, and what was lost",
     "{\"classes\":[{\"class\":\"c\",\"n\":20,\"recall_tstr\":0.2,\"recall_trtr\":0.3,\"lo\":-0.2,\"hi\":0}]}", rows_rare, 1, 1,
     "c, n\xc2\xa0=\xc2\xa0"
     "20",
     NULL},
    {"importance, most important first, a panel a learner",
     "{\"learners\":[{\"learner\":\"logistic\"},{\"learner\":\"boosted\"}],\"columns\":[{\"column\":\"a\",\"learner\":"
     "\"logistic\",\"tstr\":0.1,\"trtr\":0.2},{\"column\":\"b\",\"learner\":\"logistic\",\"tstr\":0.4,\"trtr\":0},"
     "{\"column\":\"a\",\"learner\":\"boosted\",\"tstr\":0.9,\"trtr\":0.2}]}",
     rows_importance, 2, 1, "b", NULL},
    {"amplification, most changed first",
     "{\"means\":[{\"column\":\"a\",\"class\":\"1\",\"real\":0.1,\"candidate\":0.1,\"change\":0},{\"column\":\"b\","
     "\"class\":\"1\",\"real\":0.3,\"candidate\":0.1,\"change\":-0.2}]}",
     rows_amplification, 2, 2, "b", NULL},
    {"gaps of several classes",
     "{\"gaps\":[{\"column\":\"a\",\"class\":\"x\",\"group\":\"g\",\"other\":\"h\",\"change\":0.1},{\"column\":\"a\","
     "\"class\":\"y\",\"group\":\"g\",\"other\":\"h\",\"change\":0.2}]}",
     rows_label_gap, 2, 2, "a, y: g to h", NULL},
    {"leakage", "{\"columns\":[{\"column\":\"a\",\"reference\":0.5,\"subject\":0.6,\"difference\":0.1}]}", rows_leakage, 1, 1,
     "a", NULL},
    {"worst drawn group first",
     "{\"groups\":[{\"column\":\"a\",\"group\":\"g\",\"score\":0.9},{\"column\":\"a\",\"group\":\"h\",\"score\":0.8},"
     "{\"column\":\"a\",\"group\":\"i\",\"score\":null}]}",
     rows_group_fidelity, 2, 0, "a: h", NULL},
    {"nothing", "{}", rows_kway, 0, 0, NULL, NULL},
};

Test(figures, rows_of_marks)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof marked_rows / sizeof *marked_rows; i++) {
        cJSON *details = cJSON_Parse(marked_rows[i].details);
        cr_assert_not_null(details, "%s", marked_rows[i].id);
        const struct model_measure measure = {.details = details, .honest = NAN, .fault_value = NAN};
        const struct row_panels panels = marked_rows[i].read(arena, &measure);
        cr_assert_not_null(panels.upper, "%s", marked_rows[i].id);
        cr_expect_eq(panels.upper->count, marked_rows[i].upper, "%s: %zu rows", marked_rows[i].id, panels.upper->count);
        cr_expect_eq(panels.lower ? panels.lower->count : 0, marked_rows[i].lower, "%s", marked_rows[i].id);
        cr_expect_eq(chart_rows_height(&panels) > 0, marked_rows[i].upper > 0, "%s", marked_rows[i].id);
        if (marked_rows[i].first)
            cr_expect_str_eq(panels.upper->rows[0].name, marked_rows[i].first);
        if (marked_rows[i].number)
            cr_expect_str_eq(panels.upper->rows[0].number, marked_rows[i].number);
        cJSON_Delete(details);
    }
    struct row_chart *full = row_chart_new(arena, 2);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(row_chart_add(full, 2, "x") != NULL, i < 2);
    cr_expect_eq(full->hidden, 3);
    arena_free(arena);
}

/* Ends that are free move out to round numbers, as little as `most` steps allow; a mark that is out by less than a hundredth of
 * the range stays at the edge. */
Test(figures, ticks_on_both_sides)
{
    static const struct {
        double lo, hi;
        int most;
        bool free_lo, free_hi;
        double new_lo, new_hi;
        int steps;
    } cases[] = {
        {-1.9, 1.7, 3, true, true, -2, 2, 2}, {-1.9, 1.7, 5, true, true, -2, 2, 4},
        {0, .171, 5, false, true, 0, .2, 4},  {254, 1000, 2, true, false, 0, 1000, 2},
        {.43, 1, 3, true, false, .4, 1, 3},   {-.007, .83, 6, true, true, 0, 1, 5},
        {0, 1, 4, false, false, 0, 1, 4},     {.0031, .0034, 5, true, true, .0031, .0034, 3},
        {2, 2, 5, true, true, 2, 2, 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scale scale = {cases[i].lo, cases[i].hi, 0, 100, false};
        const int steps = scale_bracket(&scale, cases[i].most, cases[i].free_lo, cases[i].free_hi);
        cr_expect_float_eq(scale.lo, cases[i].new_lo, 1e-9, "case %zu: from %g", i, scale.lo);
        cr_expect_float_eq(scale.hi, cases[i].new_hi, 1e-9, "case %zu: to %g", i, scale.hi);
        cr_expect_eq(steps, cases[i].steps, "case %zu: %d steps", i, steps);
    }
}

/* Details without what is drawn, or of another shape than it has, make no picture. */
Test(figures, nothing_to_draw)
{
    static struct row_panels (*const readers[])(struct arena *, const struct model_measure *) = {
        rows_gap,           rows_augment,   rows_trts,    rows_rare,          rows_importance,
        rows_amplification, rows_label_gap, rows_leakage, rows_group_fidelity};
    static const char *const odd[] = {
        "{}", "{\"learners\":3,\"classes\":{},\"columns\":\"x\",\"means\":null,\"gaps\":[],\"groups\":[]}",
        "{\"learners\":[],\"classes\":[],\"columns\":[1],\"means\":[[]],\"gaps\":[null],\"groups\":[\"a\"],\"curve\":[1,{}]}"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        cJSON *details = cJSON_Parse(odd[i]);
        const struct model_measure measure = {.details = details, .honest = NAN, .control = {NAN, NAN, NAN}};
        for (size_t r = 0; r < sizeof readers / sizeof *readers; r++) {
            const struct row_panels panels = readers[r](arena, &measure);
            cr_expect_eq(chart_rows_height(&panels), 0, "reader %zu of %s", r, odd[i]);
        }
        struct group_chart groups = {.rate = "rate", .four_fifths = true, .widest = true};
        cr_expect_eq(chart_groups_read(&groups, json_get(details, "groups"), arena), 0);
        cr_expect_eq(chart_rank_height(details), 0);
        cr_expect(!chart_calibration_drawn(details) && !chart_curve_drawn(details) && !chart_spread_drawn(details));
        cJSON_Delete(details);
    }
    arena_free(arena);
}

static cJSON *group_of(const char *column, const char *name, const char *side, bool used, double rate)
{
    cJSON *group = cJSON_CreateObject();
    cJSON_AddStringToObject(group, "column", column);
    cJSON_AddStringToObject(group, "group", name);
    cJSON_AddStringToObject(group, "trained_on", side);
    cJSON_AddStringToObject(group, "learner", "logistic");
    cJSON_AddBoolToObject(group, "used", used);
    if (isfinite(rate))
        cJSON_AddNumberToObject(group, "rate", rate);
    return group;
}

/* Ten groups at most; those that nothing is known of are left out; of crossed columns only the large groups of those columns
 * that lie furthest apart. */
Test(figures, which_groups)
{
    static const struct {
        size_t groups;
        bool widest;
        size_t shown, hidden;
    } cases[] = {{3, false, 3, 0}, {12, false, 10, 2}, {12, true, 6, 0}};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *groups = cJSON_CreateArray();
        for (size_t g = 0; g < cases[i].groups; g++) { /* of "b" the rates lie further apart, but of its groups one is small */
            const char *column = 2 * g < cases[i].groups ? "a" : "b", *name = arena_format(arena, "g%zu", g);
            const double rate = (column[0] == 'a' ? 0.01 : 0.05) * (double)g;
            cJSON_AddItemToArray(groups, group_of(column, name, "candidate", true, rate));
            cJSON_AddItemToArray(groups, group_of(column, name, "real", true, 0.3));
        }
        cJSON_AddItemToArray(groups, group_of("b", "small", "candidate", false, cases[i].widest ? 0 : NAN));
        struct group_chart chart = {.rate = "rate", .widest = cases[i].widest};
        cr_expect_gt(chart_groups_read(&chart, groups, arena), 0);
        cr_expect_eq(chart.count, cases[i].shown, "case %zu: %zu groups", i, chart.count);
        cr_expect_eq(chart.hidden, cases[i].hidden, "case %zu: %zu hidden", i, chart.hidden);
        cJSON_Delete(groups);
    }
    arena_free(arena);
}
