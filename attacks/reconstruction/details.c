#include "attacks/reconstruction/details.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/utf8.h"

#define MOST_NAME ((size_t)80)
#define OPEN      1e-6 /* a wider range is written out */
#define INFERRED  .05  /* share above the majority class that is worth a word */

/* What the numbers of one secret mean. Without a leak, secrets that are guessed better than by the most frequent class are
 * guessed of anyone. */
static const char *reading(const struct assault *assault, const struct advantage *advantage, double level)
{
    struct tally attack = assault->attack.tally, majority = assault->majority.train;
    if (advantage->lo > 0)
        return "leak";
    return interval_newcombe(attack.right, attack.n, majority.right, majority.n, level).lo > 0 ? "population inference"
                                                                                               : "no sign of a leak";
}

static void describe_attack(const struct outcome *attack, cJSON *item)
{
    json_add_number(item, "objective", attack->objective);
    json_add_number(item, "gap", attack->gap);
    if (attack->solver == SOLVER_LEAST_SQUARES)
        json_add_number(item, "kkt", attack->kkt);
    json_add_bool(item, "converged", attack->converged);
    json_add_number(item, "queries", (double)attack->queries);
    json_add_number(item, "column_sets", (double)attack->sets);
    json_add_number(item, "all_column_sets", (double)attack->all_sets);
}

static void describe(const struct measure_task *task, const struct assault *assault, double level, cJSON *secrets)
{
    const struct outcome *attack = &assault->attack;
    struct advantage advantage = assault_advantage(assault, level);
    double n = (double)attack->tally.n;
    cJSON *item = json_push_object(secrets);
    json_add_string(item, "column", task->data->schema->columns[assault->secret.column].name);
    json_add_number(item, "classes", (double)assault->secret.classes);
    json_add_number(item, "accuracy", tally_share(attack->tally));
    json_add_number(item, "auc", attack->auc);
    json_add_number(item, "undetermined", (double)attack->undetermined / n);
    json_add_number(item, "majority", tally_share(assault->majority.train));
    json_add_number(item, "classifier", tally_share(assault->classifier.train));
    json_add_number(item, "nearest", tally_share(assault->nearest.train));
    json_add_number(item, "holdout", tally_share(assault->strangers.tally));
    json_add_number(item, "holdout_auc", assault->strangers.auc);
    json_add_number(item, "holdout_classifier", tally_share(assault->classifier.control));
    json_add_number(item, "holdout_nearest", tally_share(assault->nearest.control));
    json_add_number(item, "advantage", advantage.value);
    json_add_number(item, "lo", advantage.lo);
    json_add_number(item, "hi", advantage.hi);
    json_add_string(item, "against", advantage.against);
    json_add_string(item, "reading", reading(assault, &advantage, level));
    describe_attack(attack, item);
    json_add_number(item, "quasi", (double)assault->n_quasi);
    json_add_number(item, "unique", (double)attack->unique / n);
    json_add_number(item, "records", n);
    json_add_string(item, "solver", solver_name(attack->solver));
}

/* Scores, and where a score is not the same in all optimal solutions its least and greatest value. */
static void write_evidence(const struct measure_task *task, const struct assault *assault)
{
    const struct outcome *attack = &assault->attack;
    const char *solver = attack->solver == SOLVER_L1 ? "l1" : "least-squares";
    for (size_t i = 0; i < assault->train.n; i++) {
        const struct {
            const char *what;
            double score;
        } lines[] = {{"", attack->score[i]}, {" least", attack->least[i]}, {" greatest", attack->greatest[i]}};
        size_t count = attack->greatest[i] - attack->least[i] > OPEN ? 3 : 1;
        for (size_t k = 0; k < count; k++)
            strbuf_addf(task->evidence, "train,%u,privacy.reconstruction,%s secret %zu%s,%.17g\n", assault->train.pick[i],
                        solver, assault->secret.column + 1, lines[k].what, lines[k].score);
    }
}

/* What the best rival is, as words that end a sentence on its accuracy. */
static const char *rival_words(const struct advantage *advantage)
{
    if (strcmp(advantage->against, "majority") == 0)
        return "by always naming the most frequent class";
    if (strcmp(advantage->against, "reconstruction") == 0)
        return "of holdout records by the same attack";
    if (strcmp(advantage->against, "classifier") == 0)
        return "of holdout records by a model trained on the candidate";
    return "of holdout records by their nearest synthetic rows";
}

static const char *reading_words(const char *reading)
{
    return strcmp(reading, "leak") == 0 ? "the synthetic rows leak secrets of their own training records"
           : strcmp(reading, "population inference") == 0
               ? "what is guessed is population inference, with no sign that records leak"
               : "no sign that records leak";
}

static void write_finding(const struct measure_task *task, const struct assault *worst, const struct advantage *advantage,
                          double level, struct result *result)
{
    const char *name = task->data->schema->columns[worst->secret.column].name;
    size_t length = strlen(name);
    int shown = (int)utf8_valid(name, length < MOST_NAME ? length : MOST_NAME);
    double accuracy = 100 * tally_share(worst->attack.tally), rival = accuracy - 100 * advantage->value;
    snprintf(result->finding, sizeof result->finding,
             "Linear reconstruction guesses the secret '%.*s' of %.1f %% of %zu training records, against %.1f %% %s: %s.",
             shown, name, accuracy, worst->attack.tally.n, rival, rival_words(advantage),
             reading_words(reading(worst, advantage, level)));
    if (advantage->lo > 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Train the generator with less detail on '%.*s' (differential privacy, larger groups), or drop "
                 "quasi-identifiers that single people out.",
                 shown, name);
}

static int make_details(const struct measure_task *task, const struct findings *all, double level, size_t worst,
                        struct result *result, struct error *error)
{
    const struct schema *schema = task->data->schema;
    const struct assault_options *options = all->options;
    cJSON *details = result->details = cJSON_CreateObject(), *secrets = json_add_array(details, "secrets");
    if (!details || !secrets)
        return error_memory(error);
    for (size_t s = 0; s < all->n; s++)
        describe(task, &all->assaults[s], level, secrets);
    cJSON *skipped = json_add_array(details, "not_attacked");
    for (size_t s = 0; s < all->n_skipped; s++) {
        cJSON *item = json_push_object(skipped);
        json_add_string(item, "column", schema->columns[all->skipped[s].column].name);
        json_add_string(item, "why", all->skipped[s].why);
    }
    json_add_string(details, "worst", schema->columns[all->assaults[worst].secret.column].name);
    json_add_number(details, "k", (double)options->way);
    json_add_number(details, "least_k", (double)options->least_way);
    json_add_string(details, "answers", options->answers == ANSWERS_NORMAL ? "normal" : "conditional");
    json_add_bool(details, "compat", options->compat);
    json_add_bool(details, "secrets_named", all->named);
    json_add_number(details, "level", level);
    json_add_number(details, "classifier_rows", (double)baseline_rows(CLASSIFIER_TRAINING, options->effort));
    json_add_number(details, "classifier_records", (double)baseline_rows(CLASSIFIER_RECORDS, options->effort));
    json_add_number(details, "nearest_records", (double)baseline_rows(NEAREST_RECORDS, options->effort));
    return 0;
}

int findings_write(const struct measure_task *task, const struct findings *all, struct result *result, struct error *error)
{
    double level = 1 - (1 - task->level) / (double)all->n;
    size_t worst = 0, proven = 0; /* secrets with the largest advantage and the largest lower end */
    struct advantage most = assault_advantage(&all->assaults[0], level), surest = most;
    double hi = most.hi;
    for (size_t s = 1; s < all->n; s++) {
        struct advantage advantage = assault_advantage(&all->assaults[s], level);
        hi = fmax(hi, advantage.hi);
        if (advantage.value > most.value) {
            most = advantage;
            worst = s;
        }
        if (advantage.lo > surest.lo) {
            surest = advantage;
            proven = s;
        }
    }
    result->value = most.value;
    result->lo = task->brief ? NAN : surest.lo;
    result->hi = task->brief ? NAN : hi;
    result->method = all->n > 1 ? "Newcombe, Bonferroni over secrets" : "Newcombe";
    result->n = all->assaults[worst].attack.tally.n;
    if (task->brief)
        return 0;
    if (most.lo <= 0 && surest.lo > 0)
        write_finding(task, &all->assaults[proven], &surest, level, result);
    else
        write_finding(task, &all->assaults[worst], &most, level, result);
    for (size_t s = 0; s < all->n && task->evidence; s++)
        write_evidence(task, &all->assaults[s]);
    return make_details(task, all, level, worst, result, error);
}
