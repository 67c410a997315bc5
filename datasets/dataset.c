#include "datasets/dataset.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/suggest.h"
#include "core/utf8.h"
#include "datasets/csv.h"
#include "datasets/vocabulary.h"

static int unknown_name(const struct schema *schema, const char *name, const char *option, const char *train,
                        struct error *error)
{
    struct suggestion suggestion = suggest_start(name);
    for (size_t i = 0; i < schema->n_columns; i++)
        suggest_offer(&suggestion, schema->columns[i].name);
    const char *best = suggest_best(&suggestion);
    if (best)
        return error_set(error, ERROR_INPUT, "--%s names '%s', which is no column of '%s': did you mean '%s'", option, name,
                         train, best);
    return error_set(error, ERROR_INPUT, "--%s names '%s', which is no column of '%s': give one of the names in its first row",
                     option, name, train);
}

static int set_role(struct schema *schema, const char *name, enum column_role role, const char *option, const char *train,
                    struct error *error)
{
    size_t index = schema_find(schema, name);
    if (index == SIZE_MAX)
        return unknown_name(schema, name, option, train, error);
    schema->columns[index].roles |= role;
    return 0;
}

/* A column of that name is meant before the word. */
static bool is_every_target(const struct schema *schema, const char *target)
{
    return target && strcmp(target, "auto") == 0 && schema_find(schema, target) == SIZE_MAX;
}

static int set_roles(struct schema *schema, const struct dataset_options *options, struct error *error)
{
    const bool named = options->target && !is_every_target(schema, options->target);
    const struct {
        const char *option;
        enum column_role role;
        const char *const *names;
        size_t count;
        bool single; /* replaces what the schema says */
    } roles[] = {
        {"target", ROLE_TARGET, &options->target, named, true},
        {"key", ROLE_KEY, &options->key, options->key != NULL, true},
        {"sensitive", ROLE_SENSITIVE, options->sensitive, options->n_sensitive, false},
        {"secret", ROLE_SECRET, options->secret, options->n_secret, true},
        {"quasi", ROLE_QUASI, options->quasi, options->n_quasi, false},
        {"ignore", ROLE_IGNORE, options->ignore, options->n_ignore, false},
    };
    for (size_t column = 0; options->target && !named && column < schema->n_columns; column++)
        schema->columns[column].roles &= ~(unsigned)ROLE_TARGET;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (roles[i].single && roles[i].count > 0)
            for (size_t column = 0; column < schema->n_columns; column++)
                schema->columns[column].roles &= ~(unsigned)roles[i].role;
        for (size_t j = 0; j < roles[i].count; j++) {
            int code = set_role(schema, roles[i].names[j], roles[i].role, roles[i].option, options->train, error);
            if (code)
                return code;
        }
    }
    return 0;
}

/* What is left out can be neither a group nor a secret, and something must be left to measure. */
static int check_roles(const struct schema *schema, struct error *error)
{
    size_t left = 0;
    for (size_t i = 0; i < schema->n_columns; i++)
        left += !(schema->columns[i].roles & (ROLE_IGNORE | ROLE_KEY));
    if (left == 0)
        return error_set(error, ERROR_INPUT, "every column is ignored or the key: leave one at least to be measured");
    for (size_t i = 0; i < schema->n_columns; i++) {
        unsigned roles = schema->columns[i].roles;
        if ((roles & (ROLE_IGNORE | ROLE_KEY)) && (roles & (ROLE_SENSITIVE | ROLE_SECRET | ROLE_QUASI)))
            return error_set(error, ERROR_INPUT, "column '%s' cannot be %s and be ignored or the key: drop one of the two",
                             schema->columns[i].name,
                             roles & ROLE_SENSITIVE ? "sensitive"
                             : roles & ROLE_SECRET  ? "a secret"
                                                    : "known to an attacker (quasi)");
    }
    return 0;
}

/* The target must be something that train can teach. */
static int check_target(struct dataset *dataset, const char *path, struct error *error)
{
    size_t targets = schema_with_role(dataset->schema, ROLE_TARGET, &dataset->target, 1);
    if (targets == 0) {
        dataset->target = SIZE_MAX;
        return 0;
    }
    const struct column_schema *target = &dataset->schema->columns[dataset->target];
    if (targets > 1)
        return error_set(error, ERROR_INPUT, "the schema gives the role target to more than one column: keep one");
    if (target->roles & (ROLE_IGNORE | ROLE_KEY))
        return error_set(error, ERROR_INPUT, "column '%s' cannot be the target and be ignored or the key: drop one of the two",
                         target->name);
    if (column_kind(target) == KIND_OTHER)
        return error_set(error, ERROR_INPUT,
                         "the target '%s' of '%s' is of type %s: name a numeric, categorical, boolean or datetime column, or "
                         "give it such a type in the schema",
                         target->name, path, column_type_name(target->type));
    bool constant = column_kind(target) == KIND_QUANTITY ? !(target->lo < target->hi) : target->fitted_levels < 2;
    if (constant && target->missing_in_train == dataset->train.table->rows)
        return error_set(error, ERROR_INPUT, "the target '%s' has no value in '%s': name another column, or leave --target out",
                         target->name, path);
    if (constant)
        return error_set(error, ERROR_INPUT,
                         "the target '%s' has a single value in '%s': name a column with at least two, or leave --target out",
                         target->name, path);
    return 0;
}

static int find_positive(struct dataset *dataset, const char *positive, struct error *error)
{
    dataset->positive = CODE_MISSING;
    if (dataset->target == SIZE_MAX && positive)
        return error_set(error, ERROR_INPUT,
                         dataset->every_target
                             ? "--positive is a value of one target: name that column as --target instead of auto"
                             : "--positive needs --target: name the column it is a value of");
    if (dataset->target == SIZE_MAX)
        return 0;
    const struct column_schema *target = &dataset->schema->columns[dataset->target];
    if (column_kind(target) == KIND_QUANTITY)
        return positive ? error_set(error, ERROR_INPUT,
                                    "--positive '%s' needs a target with classes, '%s' is %s: leave it out, or make the column "
                                    "categorical in the schema",
                                    positive, target->name, column_type_name(target->type))
                        : 0;
    if (!positive) {
        dataset->positive = target->fitted_levels - 1;
        return 0;
    }
    struct vocabulary vocabulary;
    int code = vocabulary_init(&vocabulary, dataset->schema->arena, error);
    if (code)
        return code;
    code = vocabulary_load(&vocabulary, target->levels, target->fitted_levels, error);
    if (!code && target->type == COLUMN_BOOLEAN)
        vocabulary_set_boolean(&vocabulary);
    if (!code)
        dataset->positive = vocabulary_find(&vocabulary, positive, strlen(positive));
    vocabulary_free(&vocabulary);
    if (!code && dataset->positive == CODE_MISSING)
        code =
            error_set(error, ERROR_INPUT, "--positive '%s' is not a value of the target '%s' in train: give one of its values",
                      positive, target->name);
    return code;
}

static int read_other(struct dataset *dataset, struct input_file *input, const char *role, const char *name, const char *path,
                      struct error *error)
{
    *input = (struct input_file){.role = role, .name = name, .path = path};
    return csv_read(path, name, dataset->schema, &input->table, input, error);
}

int candidate_split(struct arena *arena, const char *given, const char **name, const char **path, struct error *error)
{
    const char *equals = strchr(given, '=');
    struct stat status;
    *path = given;
    if (equals && equals > given && !memchr(given, '/', (size_t)(equals - given)) && stat(given, &status) != 0) {
        *path = equals + 1;
        *name = arena_copy(arena, given, (size_t)(equals - given));
        return *name ? 0 : error_memory(error);
    }
    const char *slash = strrchr(given, '/'), *base = slash ? slash + 1 : given;
    size_t length = strlen(base);
    if (length > 3 && strcmp(base + length - 3, ".gz") == 0)
        length -= 3;
    for (size_t i = length; i > 1; i--)
        if (base[i - 1] == '.') {
            length = i - 1;
            break;
        }
    *name = arena_copy(arena, base, length);
    return *name ? 0 : error_memory(error);
}

/* The name stands in every output, on a line of its own in some. */
static int check_name(const char *given, const char *name, const char *path, struct error *error)
{
    if (!*path)
        return error_set(error, ERROR_INPUT, "--synthetic '%s' names no file: give FILE or NAME=FILE", given);
    bool clean = *name && utf8_valid(name, strlen(name)) == strlen(name);
    for (const char *at = name; *at && clean; at++)
        clean = (unsigned char)*at >= ' ' && *at != 127;
    return clean ? 0
                 : error_set(error, ERROR_INPUT,
                             "'%s' cannot be a candidate's name: give a name of UTF-8 text without line breaks, as in "
                             "--synthetic NAME=FILE",
                             name);
}

static int read_candidates(struct dataset *dataset, const struct dataset_options *options, struct error *error)
{
    dataset->candidates = ARENA_ARRAY(dataset->arena, struct input_file, options->n_candidates);
    if (!dataset->candidates)
        return error_memory(error);
    for (size_t i = 0; i < options->n_candidates; i++) {
        const char *name, *path;
        int code = candidate_split(dataset->arena, options->candidates[i], &name, &path, error);
        if (!code)
            code = check_name(options->candidates[i], name, path, error);
        for (size_t j = 0; j < i && !code; j++)
            if (strcmp(dataset->candidates[j].name, name) == 0)
                code = error_set(error, ERROR_INPUT,
                                 "two candidates are called '%s': name them apart with --synthetic NAME=FILE", name);
        if (!code) {
            dataset->n_candidates++;
            code = read_other(dataset, &dataset->candidates[i], "candidate", name, path, error);
        }
        if (code)
            return code;
    }
    return 0;
}

/* The columns that the user named as classes or groups steer inference. */
static int read_train(struct dataset *dataset, const struct dataset_options *options, struct error *error)
{
    size_t count = options->n_sensitive + options->n_secret + 1, n = 0;
    const char **classes = ARENA_ARRAY(dataset->arena, const char *, count);
    if (!classes)
        return error_memory(error);
    if (options->target)
        classes[n++] = options->target;
    for (size_t i = 0; i < options->n_sensitive; i++)
        classes[n++] = options->sensitive[i];
    for (size_t i = 0; i < options->n_secret; i++)
        classes[n++] = options->secret[i];
    struct schema_hints hints = {classes, n};
    dataset->train = (struct input_file){.role = "train", .name = "train", .path = options->train};
    return csv_read_train_hinted(options->train, options->schema, &hints, &dataset->schema, &dataset->train.table,
                                 &dataset->train, error);
}

/* Real rows of one part that are those of another too make every comparison with them worthless: a copied training table would
 * look like strangers. A candidate may be any of them: that is for the measures to find. */
static int check_distinct(const struct dataset *dataset, struct error *error)
{
    const struct input_file *real[] = {&dataset->train, &dataset->holdout, &dataset->reference};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = i + 1; j < 3; j++)
            if (real[i]->table && real[j]->table && strcmp(real[i]->sha256, real[j]->sha256) == 0)
                return error_set(error, ERROR_INPUT, "--%s and --%s are the same table: give other real rows as --%s",
                                 real[i]->role, real[j]->role, real[j]->role);
    return 0;
}

int dataset_read(struct dataset **dataset, const struct dataset_options *options, struct error *error)
{
    *dataset = NULL;
    struct arena *arena = arena_new();
    struct dataset *fresh = arena ? ARENA_NEW(arena, struct dataset) : NULL;
    if (!fresh) {
        arena_free(arena);
        return error_memory(error);
    }
    fresh->arena = arena;
    fresh->target = SIZE_MAX;
    fresh->secrets_named = options->n_secret > 0;
    int code = options->train
                   ? read_train(fresh, options, error)
                   : error_set(error, ERROR_INPUT, "--train is missing: give the CSV file with the real training rows");
    if (!code)
        code = set_roles(fresh->schema, options, error);
    if (!code)
        fresh->every_target = is_every_target(fresh->schema, options->target);
    if (!code)
        code = check_roles(fresh->schema, error);
    if (!code)
        code = check_target(fresh, options->train, error);
    if (!code)
        code = find_positive(fresh, options->positive, error);
    if (!code && options->holdout)
        code = read_other(fresh, &fresh->holdout, "holdout", "holdout", options->holdout, error);
    if (!code && options->reference)
        code = read_other(fresh, &fresh->reference, "reference", "reference", options->reference, error);
    if (!code)
        code = check_distinct(fresh, error);
    if (!code)
        code = read_candidates(fresh, options, error);
    if (code)
        dataset_free(fresh);
    else
        *dataset = fresh;
    return code;
}

void dataset_free(struct dataset *dataset)
{
    if (!dataset)
        return;
    for (size_t i = 0; i < dataset->n_candidates; i++)
        table_free(dataset->candidates[i].table);
    table_free(dataset->reference.table);
    table_free(dataset->holdout.table);
    table_free(dataset->train.table);
    schema_free(dataset->schema);
    arena_free(dataset->arena);
}

enum task_kind dataset_task(const struct dataset *dataset)
{
    if (dataset->target == SIZE_MAX)
        return TASK_NONE;
    const struct column_schema *target = &dataset->schema->columns[dataset->target];
    switch (column_kind(target)) {
    case KIND_QUANTITY:
        return TASK_REGRESSION;
    case KIND_LEVELS:
        return target->fitted_levels == 2 ? TASK_BINARY : TASK_MULTICLASS;
    default:
        return TASK_NONE;
    }
}
