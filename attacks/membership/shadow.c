/* privacy.shadow: the black-box membership attack. The generator is trained again and again on halves of train; who holds its
 * tables learns how a table looks that was made with a given record, and without it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attacks/membership/shadow_judge.h"
#include "attacks/membership/shadow_points.h"
#include "core/random.h"

struct run {
    const struct measure_task *task;
    const struct shadow_settings *settings;
    const struct shadow_set *set;
    struct shadow_scores scores;
    struct shadow_auc worst[SHADOW_ATTACKS], random[SHADOW_ATTACKS];
    struct shadow_point point[SHADOW_ATTACKS][MEMBERSHIP_POINTS]; /* of the worst cases */
    struct shadow_overall overall;
    struct arena *arena;
};

/* The built-in generator that makes a control; NULL: none does. */
static const char *control_generator(enum subject kind)
{
    switch (kind) {
    case SUBJECT_COPY:
        return "bootstrap";
    case SUBJECT_INDEPENDENT:
        return "independent";
    case SUBJECT_UNIFORM:
        return "uniform";
    default:
        return NULL;
    }
}

/* A control is attacked by way of its own generator, in memory, with as many shadows. */
static int choose_settings(const struct measure_task *task, struct shadow_settings *settings, struct error *error)
{
    const char *name = control_generator(task->kind);

    if (!task->shadow)
        return error_set(error, ERROR_UNMEASURABLE,
                         "no generator was given; give --generator with a command, or the name of a built-in one, that can be "
                         "trained again with and without single records");
    *settings = *task->shadow;
    if (task->kind == SUBJECT_CANDIDATE)
        return 0;
    if (!name)
        return error_set(error, ERROR_UNMEASURABLE, "no generator makes this table, so that none can be trained again");
    settings->generator = (struct generator_choice){.builtin = generator_find(name), .text = name, .name = name};
    settings->work = NULL;
    settings->log = NULL;
    settings->random_targets = 0;
    return 0;
}

/* As many of the candidate's rows as a shadow makes, at random, seeded. */
static int see_candidate(struct run *run, struct shadow_view *view, struct error *error)
{
    const struct table *subject = run->task->subject;
    const size_t rows = run->set->plan.rows < subject->rows ? run->set->plan.rows : subject->rows;
    uint32_t *order = ARENA_ARRAY(run->arena, uint32_t, subject->rows + 1);
    struct table *part = NULL;
    struct random random;
    int status;

    if (!order)
        return error_memory(error);
    random_init(&random, run->task->seed, "privacy.shadow candidate", 0, 0);
    random_permutation(&random, subject->rows, order);
    status = table_take(subject, order, rows, "part of the candidate", &part, error);
    if (!status)
        status = shadow_view_make(run->set, part, run->arena, view, error);
    table_free(part);
    return status;
}

static int judge_all(struct run *run, struct error *error)
{
    const struct shadow_plan *plan = &run->set->plan;
    int status = 0;

    for (size_t a = 0; a < SHADOW_ATTACKS && !status; a++) {
        status = shadow_judge(plan, &run->scores, a, 0, plan->n_worst, run->task->level, &run->worst[a], error);
        if (!status && !run->task->brief && !run->task->plain)
            status = shadow_points(plan, &run->scores, a, 0, plan->n_worst, run->task->level, run->point[a], error);
        if (!status && plan->n_targets > plan->n_worst)
            status =
                shadow_judge(plan, &run->scores, a, plan->n_worst, plan->n_targets, run->task->level, &run->random[a], error);
    }
    if (!status)
        run->overall = shadow_combine(run->worst);
    return status;
}

/* How many of the worst cases the candidate gives away: score above those of nine tenths of the held-out shadows without them.
 */
static size_t count_called(const struct run *run, size_t attack)
{
    const struct shadow_plan *plan = &run->set->plan;
    size_t called = 0;

    for (size_t t = 0; t < plan->n_worst; t++) {
        size_t above = 0, out = 0;

        for (size_t s = 0; s < plan->n_shadows; s++)
            if (!plan->in[s * plan->n_targets + t]) {
                above += run->scores.held_out[attack][t * plan->n_shadows + s] < run->scores.candidate[attack][t];
                out++;
            }
        called += (double)above >= .9 * (double)out;
    }
    return called;
}

static void add_auc(cJSON *object, const struct shadow_auc *auc)
{
    json_add_number(object, "auc", auc->auc);
    json_add_number(object, "lo", auc->lo);
    json_add_number(object, "hi", auc->hi);
    json_add_number(object, "se", auc->se);
}

static void add_points(cJSON *object, const struct shadow_point points[MEMBERSHIP_POINTS])
{
    cJSON *tpr = json_add_object(object, "tpr"), *fpr = json_add_object(object, "fpr_attained"),
          *interval = json_add_object(object, "tpr_interval");

    for (size_t p = 0; p < MEMBERSHIP_POINTS; p++) {
        json_add_number(tpr, membership_fpr_name[p], points[p].tpr);
        json_add_number(fpr, membership_fpr_name[p], points[p].fpr);
        if (points[p].supported) {
            cJSON *ends = json_add_array(interval, membership_fpr_name[p]);

            json_push_number(ends, points[p].tpr_lo);
            json_push_number(ends, points[p].tpr_hi);
        }
    }
}

static void add_attack(const struct run *run, size_t attack, cJSON *attacks)
{
    const struct shadow_attack_words *words = &shadow_attack_words[attack];
    cJSON *object = json_push_object(attacks);

    json_add_string(object, "attack", words->name);
    json_add_string(object, "family", attack == SHADOW_DCR ? "distance" : "shadow");
    json_add_string(object, "knows", words->knows);
    json_add_string(object, "guess", words->guess);
    add_auc(object, &run->worst[attack]);
    json_add_number(object, "lower_of_all", run->worst[attack].lower);
    json_add_number(object, "detectable_auc", run->worst[attack].limit);
    add_points(object, run->point[attack]);
    json_add_number(object, "called_in_candidate", (double)count_called(run, attack));
    if (run->set->plan.n_targets > run->set->plan.n_worst)
        add_auc(json_add_object(object, "random_targets"), &run->random[attack]);
}

static int add_targets(const struct run *run, cJSON *details, struct error *error)
{
    const struct shadow_plan *plan = &run->set->plan;
    cJSON *targets = json_add_array(details, "targets");
    int status = 0;

    for (size_t t = 0; t < plan->n_targets && !status; t++) {
        cJSON *object = json_push_object(targets), *auc;

        json_add_string(object, "kind", t < plan->n_worst ? "worst case" : "random");
        auc = json_add_object(object, "auc");
        for (size_t a = 0; a < SHADOW_ATTACKS && !status; a++) {
            struct shadow_auc own;

            status = shadow_judge(plan, &run->scores, a, t, t + 1, run->task->level, &own, error);
            json_add_number(auc, shadow_attack_words[a].name, own.auc);
        }
    }
    return status;
}

static int make_details(const struct run *run, struct result *result, struct error *error)
{
    const struct shadow_plan *plan = &run->set->plan;
    cJSON *details = cJSON_CreateObject(), *attacks;

    if (!details)
        return error_memory(error);
    result->details = details;
    json_add_string(details, "generator", run->settings->generator.name);
    json_add_bool(details, "built_in", run->settings->generator.builtin != NULL);
    json_add_number(details, "shadows", (double)plan->n_shadows);
    json_add_number(details, "rows_trained_on", (double)plan->half);
    json_add_number(details, "rows_made", (double)plan->rows);
    json_add_number(details, "query_counts", (double)query_count(&run->set->space));
    json_add_bool(details, "queries_complete", run->set->space.n_groups == 1);
    attacks = json_add_array(details, "attacks");
    for (size_t a = 0; a < SHADOW_ATTACKS; a++)
        add_attack(run, a, attacks);
    json_add_string(details, "best", shadow_attack_words[run->overall.attack].name);
    json_add_number(details, "detectable_auc", run->overall.limit);
    return add_targets(run, details, error);
}

/* One line a target and attack: the score of the candidate, by the model of all shadows. */
static void write_evidence(const struct run *run)
{
    const struct shadow_plan *plan = &run->set->plan;

    for (size_t a = 0; a < SHADOW_ATTACKS; a++)
        for (size_t t = 0; t < plan->n_targets; t++)
            strbuf_addf(run->task->evidence, "train,%lu,privacy.shadow,shadow_%s,%.17g\n", (unsigned long)plan->target[t],
                        shadow_attack_words[a].name, run->scores.candidate[a][t]);
}

static void write_leak(const struct run *run, struct result *result)
{
    const struct shadow_overall *all = &run->overall;
    const struct shadow_point *point = &run->point[all->attack][MEMBERSHIP_POINTS - 1];
    const double nearness = run->worst[SHADOW_DCR].auc;
    char plain[64] = "", rate[64] = "";

    if (all->attack != SHADOW_DCR)
        snprintf(plain, sizeof plain, "; nearness alone %s %.2f", nearness < all->value ? "has" : "does as well, with",
                 nearness);
    if (point->supported)
        snprintf(rate, sizeof rate, " and tells %.0f %% of them at %.0f %% false alarms", 100 * point->tpr, 100 * point->fpr);
    snprintf(result->finding, sizeof result->finding,
             "Who can run the generator tells from a table whether one of the %zu most outlying training records was used: "
             "AUC %.2f (at least %.2f; .5 is chance) over %zu trainings. The best attack looks at %s%s%s.",
             run->set->plan.n_worst, all->value, all->lo, run->set->plan.n_shadows, shadow_attack_words[all->attack].guess,
             rate, plain);
    snprintf(result->remedy, sizeof result->remedy,
             "Coarsen or leave out outlying records before training, or train the generator with differential privacy.");
}

static void write_no_leak(const struct run *run, struct result *result)
{
    const struct shadow_overall *all = &run->overall;
    const struct shadow_plan *plan = &run->set->plan;
    char limit[120];

    if (isnan(all->limit))
        snprintf(limit, sizeof limit, "One of up to %.2f could have been missed.", all->hi);
    else
        snprintf(limit, sizeof limit, "One of %.2f or more would have been found with 95 %% probability.", all->limit);
    snprintf(result->finding, sizeof result->finding,
             "No leak found by running the generator %zu times with and without the %zu most outlying training records: AUC "
             "%.2f (.5 is chance). %s",
             plan->n_shadows, plan->n_worst, all->value, limit);
}

static int attack(struct run *run, struct error *error)
{
    struct shadow_view candidate;
    int status = shadow_set_get(run->task, run->settings, run->task->subject->rows, &run->set, error);

    if (!status)
        status = see_candidate(run, &candidate, error);
    if (!status)
        status = shadow_scores_make(run->set, &candidate, run->task->pool, run->arena, &run->scores, error);
    return status ? status : judge_all(run, error);
}

static int shadow_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct shadow_settings settings;
    struct run run = {.task = task, .settings = &settings, .arena = arena_new()};
    int status = run.arena ? choose_settings(task, &settings, error) : error_memory(error);

    if (!status)
        status = attack(&run, error);
    if (!status) {
        result->value = run.overall.value;
        result->lo = run.overall.lo;
        result->hi = run.overall.hi;
        result->method = "jackknife over pairs of shadows, simultaneous over all attacks";
        result->n = run.set->plan.n_shadows * run.set->plan.n_worst;
        (run.overall.lo > .5 ? write_leak : write_no_leak)(&run, result);
        if (task->evidence)
            write_evidence(&run);
        if (!task->brief && !task->plain)
            status = make_details(&run, result, error);
    }
    arena_free(run.arena);
    return status;
}

const struct measure measure_privacy_shadow = {
    .id = "privacy.shadow",
    .title = "Black-box membership inference",
    .summary = "How well somebody who can run the generator tells whether an outlying record was used to train it (AUC).",
    .definition =
        "The generator is trained again on random halves of the training table, 64 times by default, in pairs of "
        "complementary halves. Targets are the 10 training records with the largest mean distance to their 5 nearest "
        "neighbours. For each target models are taught to tell the tables made with it from those made without it, by the "
        "counts of rows that equal it in every subset of the columns and by the distance to its nearest row, and are used on "
        "tables that they have not seen. The value is the AUC, averaged over targets, of the best of four attacks, chosen "
        "on other tables than those it is reported on.",
    .reading =
        ".5: a table does not tell whether the record was used; 1: it always tells. A generator that draws whole training rows "
        "reaches 1/2 + (1 - (1 - 1/n)^m)/2 for n rows trained on and m made, .816 at m = n. It is about the generator and "
        "its most exposed records, not about the average one. The generator sees half of the rows here, which makes each of "
        "them weigh more than in the candidate.",
    .unit = "AUC",
    .reference = "Houssiau et al. 2022 (TAPAS, arXiv 2211.06550); Meeus et al. 2023 (arXiv 2306.10308); Carlini et al. 2022 "
                 "(LiRA, arXiv 2112.03570)",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = 1,
    .needs = NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .best = .5,
    .cost = COST_HIGH,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, shadow generators",
    .threat =
        "The attacker holds the candidate, can run its generator on rows of their choice, and asks of a given record whether "
        "it was in the training table.",
    .run = shadow_run,
};
