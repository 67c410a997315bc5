/* privacy.membership: the share of training records that can be told from strangers beyond chance, over several attacks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/membership/details.h"
#include "attacks/membership/group_details.h"
#include "attacks/membership/planting.h"
#include "attacks/membership/shared_view.h"
#include "attacks/membership/sources.h"
#include "attacks/tables.h"

#define MAX_NAME 80 /* bytes of a column's name in a finding */

struct run {
    const struct measure_task *task;
    const struct membership_targets *targets;
    struct membership_view view;
    struct membership_trial trial;
    size_t n_attacks;
    double *score[MEMBERSHIP_MAX_ATTACKS];
    double *planted[MEMBERSHIP_PLANTS][MEMBERSHIP_MAX_ATTACKS]; /* NULL: not asked */
    struct membership_result result[MEMBERSHIP_MAX_ATTACKS];
    struct membership_overall overall;
    struct membership_significance significance; /* not in a brief run */
    double *column_auc;                          /* value ratio of each measured column alone; NULL: not asked */
    size_t *column;                              /* [n_columns]: the measured columns */
    size_t n_columns;
    const struct membership_sources *sources; /* NULL: not asked */
    struct arena *arena;
};

static int score_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct run *run = context;

    (void)worker;
    (void)error;
    for (size_t i = 0; i < run->view.n_targets; i++)
        run->score[index][i] = membership_attacks[index]->score(&run->view, i, PLANT_NONE);
    return 0;
}

/* One attack judged, and its scores were something planted. */
static int judge_task(void *context, size_t index, size_t worker, struct error *error)
{
    struct run *run = context;
    const struct membership_attack *attack = membership_attacks[index];

    (void)worker;
    for (int plant = PLANT_COPY; plant < MEMBERSHIP_PLANTS && run->planted[plant][index]; plant++)
        for (size_t i = 0; i < run->view.n_members; i++)
            run->planted[plant][index][i] = attack->score(&run->view, i, (enum membership_plant)plant);
    return membership_evaluate(&run->trial, run->score[index], &run->result[index], error);
}

static int make_room(struct run *run, struct error *error)
{
    for (size_t a = 0; a < run->n_attacks; a++) {
        if (!(run->score[a] = ARENA_ARRAY(run->arena, double, run->view.n_targets + 1)))
            return error_memory(error);
        for (int plant = PLANT_COPY; plant < MEMBERSHIP_PLANTS && !run->task->brief && !membership_attacks[a]->no_plant;
             plant++)
            if (!(run->planted[plant][a] = ARENA_ARRAY(run->arena, double, run->view.n_members + 1)))
                return error_memory(error);
    }
    return 0;
}

/* The tests that look at all attacks at once. */
static int run_permutations(struct run *run, struct membership_ranks *ranks, struct error *error)
{
    int status = membership_ranks_make(&run->trial, run->score, run->n_attacks, run->task->pool, run->arena, ranks, error);

    if (!status)
        status = membership_permute(ranks, run->task->seed, run->task->pool, run->arena, &run->significance, error);
    run->trial.root = run->significance.root;
    return status;
}

static int run_attacks(struct run *run, struct error *error)
{
    double *const *const planted[MEMBERSHIP_PLANTS] = {NULL, run->planted[PLANT_COPY], run->planted[PLANT_NOISY],
                                                       run->planted[PLANT_VALUES]};
    size_t n = run->view.n_targets;
    struct membership_ranks ranks;
    int status;

    while (run->n_attacks < MEMBERSHIP_MAX_ATTACKS && membership_attacks[run->n_attacks])
        run->n_attacks++;
    run->trial = (struct membership_trial){.n_targets = n,
                                           .n_members = run->view.n_members,
                                           .half = run->targets->half,
                                           .level = run->task->level,
                                           .rules = run->n_attacks * membership_points_supported(n - run->view.n_members)};
    status = make_room(run, error);
    if (!status)
        status = pool_run(run->task->pool, run->n_attacks, score_task, run, error);
    if (!status && !run->task->brief)
        status = run_permutations(run, &ranks, error);
    if (!status)
        status = pool_run(run->task->pool, run->n_attacks, judge_task, run, error);
    if (!status)
        run->overall = membership_combine(&run->trial, run->result, run->n_attacks);
    if (!status && !run->task->brief && !run->task->plain)
        status = membership_plant(&ranks, run->score, planted, run->task->seed, &run->significance, run->task->pool,
                                  run->result, &run->overall, error);
    return status;
}

static int run_columns(struct run *run, struct error *error)
{
    const struct schema *schema = run->task->subject->schema;

    run->n_columns = schema_measured(schema, NULL, 0);
    run->column = ARENA_ARRAY(run->arena, size_t, run->n_columns + 1);
    run->column_auc = ARENA_ARRAY(run->arena, double, run->n_columns + 1);
    if (!run->column || !run->column_auc)
        return error_memory(error);
    schema_measured(schema, run->column, run->n_columns);
    return membership_value_columns(run->task, run->targets, run->column_auc, error);
}

static const char *column_name(const struct run *run, size_t c)
{
    return run->task->subject->schema->columns[run->column[c]].name;
}

static void write_evidence(const struct run *run)
{
    size_t members = run->view.n_members;

    for (size_t a = 0; a < run->n_attacks; a++)
        for (size_t i = 0; i < run->view.n_targets; i++)
            strbuf_addf(run->task->evidence, "%s,%zu,privacy.membership,%s,%.17g\n", i < members ? "train" : "holdout",
                        i < members ? i : run->targets->stranger[i - members], membership_attacks[a]->name, run->score[a][i]);
}

/* The attack with the AUC below chance for which chance is least likely; SIZE_MAX: none is significant over all attacks. */
static size_t worse_than_chance(const struct run *run)
{
    size_t worst = 0;

    for (size_t a = 1; a < run->n_attacks; a++) {
        double p = run->significance.attack[a].worse, least = run->significance.attack[worst].worse;

        if (p < least || (p <= least && run->result[a].auc < run->result[worst].auc))
            worst = a;
    }
    return run->significance.attack[worst].worse <= (1 - run->task->level) / 2 ? worst : SIZE_MAX;
}

/* What stands on page 1 under "could not see", whatever the result. */
static void add_blind_spot(cJSON *details, double limit)
{
    char text[200];

    if (isnan(limit))
        snprintf(text, sizeof text,
                 "Membership: even copies of 5 %% of the training records could have been missed at this size.");
    else
        snprintf(text, sizeof text, "Membership: copies of less than %.2g %% of the training records could have been missed.",
                 100 * limit);
    json_add_string(details, "blind_spot", text);
}

static void add_columns(const struct run *run, cJSON *details)
{
    cJSON *columns = json_add_array(details, "value_columns");

    for (size_t c = 0; c < run->n_columns; c++) {
        cJSON *column = json_push_object(columns);

        json_add_string(column, "column", column_name(run, c));
        json_add_number(column, "auc", run->column_auc[c]);
    }
}

/* Which groups are worse off; said where nothing stands against it and there is room. */
static int add_groups(const struct run *run, struct result *result, struct error *error)
{
    const struct group_inputs inputs = {run->task,          run->targets,      &run->trial,
                                        membership_attacks, run->result,       (const double *const *)run->score,
                                        run->n_attacks,     run->overall.point};
    const size_t length = strlen(result->finding);
    char sentence[400];
    int status = membership_add_groups(&inputs, result->details, sentence, sizeof sentence, error);

    if (!status && !run->sources->differ && length + strlen(sentence) < sizeof result->finding)
        memcpy(result->finding + length, sentence, strlen(sentence) + 1);
    return status;
}

static int make_details(const struct run *run, struct result *result, struct error *error)
{
    static const char *const warning =
        "an attack does significantly worse than chance: the candidate holds holdout rows, or the holdout is not independent "
        "of it, or train and holdout do not come from one source";
    cJSON *details = cJSON_CreateObject(), *attacks, *reported, *limits;
    size_t strangers = run->view.n_targets - run->view.n_members;
    int status = 0;

    if (!details)
        return error_memory(error);
    result->details = details;
    attacks = json_add_array(details, "attacks");
    for (size_t a = 0; a < run->n_attacks && !status; a++)
        status = membership_add_attack(attacks, membership_attacks[a], &run->trial, &run->result[a],
                                       &run->significance.attack[a], run->score[a], error);
    reported = json_add_object(details, "reported");
    json_add_string(reported, "attack", membership_attacks[run->overall.attack]->name);
    json_add_number(reported, "fpr", membership_fpr[run->overall.point]);
    json_add_number(details, "detection_limit", run->overall.detection_limit[PLANT_COPY]);
    limits = json_add_object(details, "detection_limits");
    json_add_number(limits, "copy", run->overall.detection_limit[PLANT_COPY]);
    json_add_number(limits, "noisy", run->overall.detection_limit[PLANT_NOISY]);
    json_add_number(limits, "values", run->overall.detection_limit[PLANT_VALUES]);
    membership_add_power(details, &run->overall);
    add_blind_spot(details, run->overall.detection_limit[PLANT_COPY]);
    json_add_number(details, "members", (double)run->view.n_members);
    json_add_number(details, "non_members", (double)strangers);
    json_add_number(details, "reference_rows", (double)run->view.reference_rows);
    json_add_number(details, "rules", (double)run->trial.rules);
    json_add_number(details, "rule_error", normal_upper(run->trial.root));
    json_add_number(details, "p_value", run->significance.p_value);
    json_add_number(details, "permutations", MEMBERSHIP_PERMUTATIONS);
    json_add_string(details, "warning", worse_than_chance(run) == SIZE_MAX ? NULL : warning);
    add_columns(run, details);
    membership_add_combinations(details, &run->view);
    if (!status)
        status = membership_add_distances(details, &run->view, error);
    if (!status && run->sources) {
        membership_add_sources(run->sources, run->task->data->schema, details);
        status = add_groups(run, result, error);
    }
    return status;
}

/* The column whose values give most away, SIZE_MAX when that was not asked or its name is too long for a sentence. */
static size_t worst_column(const struct run *run)
{
    size_t worst = run->n_columns > 0 ? 0 : SIZE_MAX;

    for (size_t c = 1; c < run->n_columns; c++)
        if (run->column_auc[c] > run->column_auc[worst])
            worst = c;
    return worst != SIZE_MAX && strlen(column_name(run, worst)) > MAX_NAME ? SIZE_MAX : worst;
}

static void write_leak(const struct run *run, struct result *result)
{
    const struct membership_overall *all = &run->overall;
    const struct membership_attack *attack = membership_attacks[all->attack];
    size_t worst = strcmp(attack->family, "value") == 0 ? worst_column(run) : SIZE_MAX;

    snprintf(
        result->finding, sizeof result->finding,
        "About %.1f %% of the training records (at least %.1f %%) can be told from strangers beyond chance. The best attack "
        "looks at %s and works at %g %% false alarms%s%s%s.",
        100 * all->value, 100 * all->lo, attack->guess, 100 * membership_fpr[all->point],
        worst == SIZE_MAX ? "" : "; the values of column '", worst == SIZE_MAX ? "" : column_name(run, worst),
        worst == SIZE_MAX ? "" : "' give most away");
    snprintf(result->remedy, sizeof result->remedy, "%s, or train the generator with differential privacy.",
             strcmp(attack->family, "value") == 0
                 ? "Round or coarsen the near-unique columns, whose exact training values the candidate repeats"
                 : "Keep the generator from repeating training rows, exactly or with little noise");
}

static void write_no_leak(const struct run *run, struct result *result)
{
    const struct membership_overall *all = &run->overall;
    size_t strangers = run->view.n_targets - run->view.n_members;
    double limit = all->detection_limit[PLANT_COPY];

    if (isnan(limit))
        snprintf(result->finding, sizeof result->finding,
                 "None of %zu attacks tells training records from strangers, but with %zu training and %zu unseen records even "
                 "copies of 5 %% of the training records could have been missed.",
                 run->n_attacks, run->view.n_members, strangers);
    else
        snprintf(result->finding, sizeof result->finding,
                 "No leak found: none of %zu attacks tells training records from strangers. Copies of %.2g %% of the training "
                 "records would have been found with 95 %% probability.",
                 run->n_attacks, 100 * limit);
    if (isnan(limit))
        snprintf(result->remedy, sizeof result->remedy, "Give a larger holdout: the test has too little power.");
}

static void write_finding(const struct run *run, struct result *result)
{
    size_t worse = worse_than_chance(run), length;

    if (run->overall.lo > 0)
        write_leak(run, result);
    else
        write_no_leak(run, result);
    length = strlen(result->finding);
    if (worse != SIZE_MAX)
        snprintf(result->finding + length, sizeof result->finding - length,
                 " Warning: the attack '%s' does worse than chance (AUC %.3f): the candidate holds holdout rows, or the "
                 "holdout is not independent.",
                 membership_attacks[worse]->name, run->result[worse].auc);
}

static int membership_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct run run = {.task = task, .arena = arena_new()};
    const struct membership_view *view = NULL;
    int status = run.arena ? membership_targets_get(task, &run.targets, error) : error_memory(error);

    if (!status)
        status = membership_view_get(task, run.targets, &view, error);
    if (!status)
        run.view = *view;
    if (!status)
        status = run_attacks(&run, error);
    if (!status && !task->brief && task->kind == SUBJECT_CANDIDATE)
        status = run_columns(&run, error);
    if (!status && !task->brief && task->kind == SUBJECT_CANDIDATE)
        status = membership_sources_get(task, &run.sources, error);
    if (!status) {
        result->value = run.overall.value;
        result->lo = run.overall.lo;
        result->hi = run.overall.hi;
        result->method = "likelihood ratio, simultaneous over all attacks by permutation; Clopper-Pearson and MOVER-R above";
        result->n = run.view.n_targets;
        if (!task->brief)
            write_finding(&run, result);
        if (task->evidence)
            write_evidence(&run);
        if (!task->brief)
            status = make_details(&run, result, error);
        if (!status && run.sources)
            status = membership_sources_judge(run.sources, result, error);
    }
    arena_free(run.arena);
    return status;
}

const struct measure measure_privacy_membership = {
    .id = "privacy.membership",
    .title = "Membership inference",
    .summary = "Share of training records that an attacker can tell from strangers, beyond chance.",
    .definition =
        "Attacks score every training record and every tested holdout record; a rule calls the highest scores members, with a "
        "threshold fixed on the other half of the records for a false positive rate F of 0.1 %, 1 % or 10 % (those with at "
        "least "
        "10/F tested strangers). The value is the largest (TPR - FPR)/(1 - FPR) over attacks and rates, the rule chosen on one "
        "half "
        "and taken on the other. The holdout is cut into a reference population for the attacker and the tested strangers.",
    .reading =
        "0: nobody can be told from a stranger; 1: everybody can, as in a copy; c verbatim copies among n records give c/n. "
        "The "
        "lower end holds for all attacks at once. Read 'no leak found' with the detection limit: the share of planted copies "
        "that this test would have found with 95 % probability.",
    .unit = "share of training records",
    .reference =
        "Carlini et al. 2022 (arXiv 2112.03570) for low false positive rates; Chen et al. 2020 (GAN-Leaks) for the distance "
        "attacks; exposed share and its bounds: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, membership targets",
    .threat =
        "The attacker holds the candidate and some real rows from the same source, and asks of a given record whether it was "
        "in the training table.",
    .run = membership_run,
};
