#include "metrics/target_rows.h"
#include "core/random.h"

#include <math.h>

int target_rows_read(const struct dataset *data, size_t classes, const struct table *table, struct arena *arena,
                     struct target_rows *out, struct error *error)
{
    const struct column *column = &table->columns[data->target];
    *out = (struct target_rows){.use = ARENA_ARRAY(arena, uint32_t, table->rows + 1)};
    if (classes)
        out->label = ARENA_ARRAY(arena, uint32_t, table->rows + 1);
    else
        out->value = ARENA_ARRAY(arena, double, table->rows + 1);
    if (!out->use || (classes ? !out->label : !out->value))
        return error_memory(error);
    for (size_t i = 0; i < table->rows; i++) {
        if (classes ? column->code[i] >= data->schema->columns[data->target].fitted_levels : isnan(column->number[i]))
            continue;
        out->use[out->rows] = (uint32_t)i;
        if (!classes)
            out->value[out->rows] = column->number[i];
        else
            out->label[out->rows] = classes == 2 ? column->code[i] == data->positive : column->code[i];
        out->rows++;
    }
    return 0;
}

static bool target_varies(const struct target_rows *target)
{
    for (size_t i = 1; i < target->rows; i++)
        if (target->label ? target->label[i] != target->label[0] : target->value[i] != target->value[0])
            return true;
    return false;
}

int target_rows_check(const struct target_rows *target, const struct dataset *data, const char *where, struct error *error)
{
    const char *name = data->schema->columns[data->target].name;
    if (target->rows == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no row of %s has a value of the target '%s' that train knows", where,
                         name);
    if (!target_varies(target))
        return error_set(error, ERROR_UNMEASURABLE, "the target '%s' has only one %s in %s", name,
                         target->label ? "class" : "value", where);
    return 0;
}

int target_rows_draw(struct target_rows *target, size_t rows, uint64_t seed, struct arena *arena, struct error *error)
{
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, target->rows + 1);
    bool *taken = ARENA_ARRAY(arena, bool, target->rows + 1);
    struct random random;
    size_t kept = 0;
    if (!order || !taken)
        return error_memory(error);
    random_init(&random, seed, "protocol.subset", rows, 0);
    random_permutation(&random, target->rows, order);
    for (size_t i = 0; i < rows; i++)
        taken[order[i]] = true;
    for (size_t i = 0; i < target->rows; i++) {
        if (!taken[i])
            continue;
        target->use[kept] = target->use[i];
        if (target->label)
            target->label[kept] = target->label[i];
        else
            target->value[kept] = target->value[i];
        kept++;
    }
    target->rows = kept;
    return 0;
}
