#include "audit/plan.h"

#include <string.h>

#include "audit/claim.h"

static bool matches(const struct measure *measure, const char *word)
{
    if (strcmp(measure->id, word) == 0)
        return true;
    if (strcmp(word, "proxy") == 0)
        return measure->proxy;
    return strcmp(dimension_name(measure->dimension), word) == 0;
}

static bool listed(const struct measure *measure, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (matches(measure, words[i]))
            return true;
    return false;
}

static int fail_unknown(const char *option, const char *word, struct error *error)
{
    const char *best = measure_suggest(word);

    if (best)
        return error_set(error, ERROR_INPUT, "%s names neither a measure nor a dimension: '%s'; did you mean '%s'?", option,
                         word, best);
    return error_set(error, ERROR_INPUT, "%s names neither a measure nor a dimension: '%s'; 'assay measures' lists them",
                     option, word);
}

static int check_words(const char *option, const char *const *words, size_t n, struct error *error)
{
    for (size_t i = 0; i < n; i++) {
        bool known = false;

        for (size_t j = 0; j < measure_count; j++)
            known = known || matches(measure_registry[j], words[i]);
        if (!known)
            return fail_unknown(option, words[i], error);
    }
    return 0;
}

static bool is_planned(const struct plan *plan, const char *id)
{
    for (size_t j = 0; j < plan->n; j++)
        if (strcmp(plan->measures[j]->id, id) == 0)
            return true;
    return false;
}

int plan_make(const struct audit_options *options, struct arena *arena, struct plan *plan, struct error *error)
{
    int status = check_words("--only", options->only, options->n_only, error);

    if (!status)
        status = check_words("--skip", options->skip, options->n_skip, error);
    if (status)
        return status;
    *plan = (struct plan){.measures = ARENA_ARRAY(arena, const struct measure *, measure_count + 1), .arena = arena};
    if (!plan->measures)
        return error_memory(error);
    for (size_t j = 0; j < measure_count; j++) {
        const struct measure *measure = measure_registry[j];

        if (options->n_only > 0 && !listed(measure, options->only, options->n_only))
            continue;
        if (!listed(measure, options->skip, options->n_skip))
            plan->measures[plan->n++] = measure;
    }
    if (options->claimed && !is_planned(plan, CLAIM_MEASURE))
        return error_set(error, ERROR_INPUT,
                         "--claimed-epsilon is tested by " CLAIM_MEASURE
                         ", which --only or --skip leaves out; name it in --only, "
                         "or leave the claim out");
    if (plan->n == 0)
        return error_set(error, ERROR_INPUT, "--only and --skip leave no measure to run");
    return settings_read(options->set, options->n_set, arena, &plan->settings, error);
}

static const char *target_obstacle(const struct measure *measure, const struct dataset *data)
{
    const enum task_kind task = dataset_task(data);

    if (data->every_target)
        return "--target auto names no single target: utility.targets looks at each; name one with --target COLUMN for this "
               "measure";
    if (data->target == SIZE_MAX)
        return "no target column was named; give --target COLUMN, or leave out what needs one with --skip "
               "utility,fairness,robustness,fidelity.inference";
    if (task == TASK_NONE)
        return "the target column is constant in the training table";
    if ((measure->needs & NEED_BINARY) && task != TASK_BINARY)
        return "the target is not binary";
    if ((measure->needs & NEED_CLASSES) && task == TASK_REGRESSION)
        return "the target is a number, not a class";
    return NULL;
}

const char *plan_obstacle(const struct measure *measure, const struct dataset *data, const struct table *subject)
{
    const unsigned needs = measure->needs;
    size_t quantities = 0, measured = schema_measured(data->schema, NULL, 0), column;

    for (size_t i = 0; i < data->schema->n_columns; i++)
        quantities += column_kind(&data->schema->columns[i]) == KIND_QUANTITY &&
                      !(data->schema->columns[i].roles & (ROLE_IGNORE | ROLE_KEY));
    if ((needs & NEED_HOLDOUT) && !data->holdout.table)
        return "no holdout was given; give --holdout FILE with real rows that the generator never saw";
    if ((needs & NEED_EVERY_TARGET) && !data->every_target)
        return "it makes every column the target in turn, which --target auto asks for";
    if ((needs & (NEED_TARGET | NEED_CLASSES | NEED_BINARY)) && target_obstacle(measure, data))
        return target_obstacle(measure, data);
    if ((needs & NEED_SENSITIVE) && schema_with_role(data->schema, ROLE_SENSITIVE, &column, 1) == 0)
        return "no sensitive column was named; give --sensitive COLUMNS, or leave fairness out with --skip fairness";
    if ((needs & NEED_QUANTITY) && quantities == 0)
        return "the table has no numeric or date column";
    if ((needs & NEED_TWO_COLUMNS) && measured < 2)
        return "the table has fewer than two columns to compare";
    if ((needs & NEED_TWENTY_ROWS) && data->train.table->rows < 20)
        return "the training table has fewer than 20 rows";
    if ((needs & NEED_TWENTY_ROWS) && subject && subject->rows < 20)
        return "the candidate has fewer than 20 rows";
    return NULL;
}
