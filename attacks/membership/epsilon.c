/* privacy.epsilon: what the membership attacks' success proves of differential privacy, and the test of a claimed epsilon. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attacks/membership/epsilon_bound.h"
#include "attacks/membership/shared_view.h"
#include "attacks/membership/sources.h"

#define GDP_DELTA 1e-5 /* of the Gaussian bound where the claim has none: it has no epsilon at 0 */
#define POWER     0.95

static const struct parameter parameters[] = {
    {"claimed_epsilon", "the promise to be tested; below 0: none", -1, -1, 1e9},
    {"delta", "of the bound and of the promise", 0, 0, 1},
    {0},
};

struct run {
    const struct measure_task *task;
    const struct membership_targets *targets;
    const struct membership_view *view;
    struct epsilon_trial trial;
    struct epsilon_result bounds;
    double claimed, delta; /* claimed below 0: no claim */
    double bound, ceiling, visible;
    struct arena *arena;
};

struct scoring {
    const struct membership_view *view;
    double **score;
};

static int score_task(void *context, size_t index, size_t worker, struct error *error)
{
    const struct scoring *scoring = context;

    (void)worker;
    (void)error;
    for (size_t i = 0; i < scoring->view->n_targets; i++)
        scoring->score[index][i] = membership_attacks[index]->score(scoring->view, i, PLANT_NONE);
    return 0;
}

static int score_targets(struct run *run, struct error *error)
{
    size_t n = 0;
    struct scoring scoring = {run->view, NULL};

    while (membership_attacks[n])
        n++;
    scoring.score = ARENA_ARRAY(run->arena, double *, n + 1);
    if (!scoring.score)
        return error_memory(error);
    for (size_t a = 0; a < n; a++)
        if (!(scoring.score[a] = ARENA_ARRAY(run->arena, double, run->view->n_targets + 1)))
            return error_memory(error);
    run->trial = (struct epsilon_trial){run->view->n_targets,
                                        run->view->n_members,
                                        n,
                                        run->targets->half,
                                        (const double *const *)scoring.score,
                                        1 - run->task->level,
                                        run->delta};
    return pool_run(run->task->pool, n, score_task, &scoring, error);
}

static int find_bound(struct run *run, struct error *error)
{
    int status = membership_targets_get(run->task, &run->targets, error);

    if (!status)
        status = membership_view_get(run->task, run->targets, &run->view, error);
    if (!status)
        status = score_targets(run, error);
    if (!status)
        status = epsilon_audit(&run->trial, run->task->pool, &run->bounds, error);
    if (!status) {
        const struct epsilon_rule *rule = &run->bounds.rule[run->bounds.best];

        run->bound = rule->epsilon;
        run->ceiling = epsilon_ceiling(rule->counts.n1, rule->counts.n0, run->delta, run->trial.alpha / 2);
        run->visible = epsilon_visible(rule->counts.n1, rule->counts.n0, run->trial.alpha / 2, POWER);
    }
    return status;
}

static double rate(size_t hits, size_t n)
{
    return (double)hits / (double)n;
}

static void add_rule(cJSON *rules, const struct run *run, size_t half)
{
    const struct epsilon_rule *rule = &run->bounds.rule[half];
    cJSON *item = json_push_object(rules);

    json_add_string(item, "attack", membership_attacks[rule->attack]->name);
    json_add_string(item, "family", membership_attacks[rule->attack]->family);
    json_add_number(item, "epsilon", rule->epsilon);
    json_add_number(item, "members", (double)rule->counts.n1);
    json_add_number(item, "non_members", (double)rule->counts.n0);
    json_add_number(item, "true_positives", (double)rule->counts.tp);
    json_add_number(item, "false_positives", (double)rule->counts.fp);
}

static const char *claim_result(const struct run *run)
{
    return run->bound > run->claimed ? "contradicted" : "not contradicted";
}

static int make_details(const struct run *run, struct result *result, struct error *error)
{
    const struct epsilon_rule *rule = &run->bounds.rule[run->bounds.best];
    const double mu = gdp_mu(&rule->counts, run->trial.alpha / 2), delta = run->delta > 0 ? run->delta : GDP_DELTA;
    cJSON *details = cJSON_CreateObject(), *rules, *gaussian;

    if (!details)
        return error_memory(error);
    result->details = details;
    json_add_string(details, "kind", "lower bound");
    json_add_number(details, "delta", run->delta);
    json_add_string(details, "assumes", "independent records: a train and a holdout cut at random from one source");
    rules = json_add_array(details, "rules");
    add_rule(rules, run, 0);
    add_rule(rules, run, 1);
    json_add_number(details, "reported", (double)run->bounds.best);
    json_add_number(details, "ceiling", run->ceiling);
    json_add_number(details, "visible", run->visible);
    gaussian = json_add_object(details, "gaussian");
    json_add_number(gaussian, "mu", mu);
    json_add_number(gaussian, "epsilon", gdp_epsilon(mu, delta));
    json_add_number(gaussian, "delta", delta);
    json_add_string(gaussian, "caution", "assumes a Gaussian trade-off between both errors");
    if (run->claimed >= 0) {
        cJSON *claim = json_add_object(details, "claim");

        json_add_number(claim, "epsilon", run->claimed);
        json_add_number(claim, "delta", run->delta);
        json_add_number(claim, "bound", run->bound);
        json_add_string(claim, "result", claim_result(run));
        if (run->bound <= run->claimed)
            json_add_string(details, "blind_spot",
                            "Differential privacy: the claimed epsilon was tested from below alone; no audit can confirm it.");
    }
    return 0;
}

/* Downwards, so that "at least" stays true. */
static double rounded_down(double epsilon)
{
    return floor(epsilon * 1e3) / 1e3;
}

static void write_proof(const struct run *run, struct result *result)
{
    const struct epsilon_rule *rule = &run->bounds.rule[run->bounds.best];
    const bool broken = run->claimed >= 0 && run->bound > run->claimed;
    char opening[200];

    if (broken)
        snprintf(opening, sizeof opening,
                 "The claimed epsilon of %g is contradicted: an attacker's success proves that epsilon is at least %.4g.",
                 run->claimed, rounded_down(run->bound));
    else
        snprintf(opening, sizeof opening, "An attacker's success proves that epsilon is at least %.4g.",
                 rounded_down(run->bound));
    snprintf(result->finding, sizeof result->finding,
             "%s The attack '%s' calls %.3g %% of the training records members and %.3g %% of the strangers; it was fixed on "
             "other records than these. Records are counted as independent, which canaries need not be.",
             opening, membership_attacks[rule->attack]->name, 100 * rate(rule->counts.tp, rule->counts.n1),
             100 * rate(rule->counts.fp, rule->counts.n0));
    if (broken)
        snprintf(result->remedy, sizeof result->remedy,
                 "Do not rely on the claimed epsilon: check the generator's noise, its sensitivity and how its budget is added "
                 "up.");
}

static void write_finding(const struct run *run, struct result *result)
{
    const struct epsilon_rule *rule = &run->bounds.rule[run->bounds.best];
    size_t length;

    if (run->bound > 0)
        write_proof(run, result);
    else
        snprintf(result->finding, sizeof result->finding,
                 "No epsilon above 0 can be shown with this many records. Counting on %zu training and %zu unseen records, up "
                 "to %.2g could have been missed even by the best attack that it allows, and any epsilon by a weak one.",
                 rule->counts.n1, rule->counts.n0, run->visible);
    if (run->claimed < 0 || run->bound > run->claimed)
        return;
    length = strlen(result->finding);
    snprintf(result->finding + length, sizeof result->finding - length,
             " The claimed epsilon of %g is not contradicted; no test can confirm it.", run->claimed);
}

static int epsilon_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct run run = {.task = task,
                      .claimed = task->parameters ? task->parameters[0].value : parameters[0].fallback,
                      .delta = task->parameters ? task->parameters[1].value : parameters[1].fallback,
                      .arena = arena_new()};
    int status = run.arena ? find_bound(&run, error) : error_memory(error);

    if (!status) {
        result->value = run.bound;
        result->lo = run.bound;
        result->hi = NAN;
        result->method = "lower bound: Clopper-Pearson, one-sided, attack and threshold fixed on the other half";
        result->n = run.view->n_targets;
        write_finding(&run, result);
        if (!task->brief)
            status = make_details(&run, result, error);
    }
    if (!status && !task->brief && task->kind == SUBJECT_CANDIDATE) { /* a difference of sources would refute true claims */
        const struct membership_sources *sources = NULL;

        status = membership_sources_get(task, &sources, error);
        if (!status)
            status = membership_sources_judge(sources, result, error);
    }
    arena_free(run.arena);
    return status;
}

const struct measure measure_privacy_epsilon = {
    .id = "privacy.epsilon",
    .title = "Epsilon that attacks prove",
    .summary = "Lower bound of the epsilon of differential privacy that the membership attacks' success proves.",
    .definition =
        "On one half of the records the membership attack and threshold with the largest bound are chosen; on the other half "
        "the bound is max(0, ln((TPR - delta)/FPR), ln((TNR - delta)/FNR)) with one-sided Clopper-Pearson limits; both ways, "
        "the error shared, and the larger bound is the value.",
    .reading =
        "An epsilon-private generator lets no attacker do better than its epsilon allows, so a value above a claimed epsilon "
        "refutes the claim (5 % error). The reverse does not hold: 0 means that these attacks on this many records prove "
        "nothing, and no value confirms a claim.",
    .unit = "epsilon",
    .reference = "Kairouz, Oh, Viswanath 2015, theorem 2.1; Jagielski, Ullman, Oprea 2020 (arXiv 2006.07709)",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = 0,
    .hi = INFINITY,
    .needs = NEED_HOLDOUT | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_NONE,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "neighbour scale, neighbour table, membership targets, membership view",
    .parameters = parameters,
    .threat =
        "The attacker is that of privacy.membership: holds the candidate and some real rows from the same source, and asks "
        "of a given record whether it was in the training table.",
    .run = epsilon_run,
};
