#include "datasets/partition.h"

#include <math.h>

/* A group before small ones are pooled. */
struct raw_group {
    const char *name;
    size_t rows; /* in train */
};

static uint32_t raw_of(const struct partition *partition, const struct table *table, size_t row)
{
    const struct column *column = &table->columns[partition->column];
    uint32_t missing = (uint32_t)partition->n_levels;
    if (!partition->quantity) {
        uint32_t code = column->code[row];
        return code == CODE_MISSING ? missing : code < partition->n_levels ? code : GROUP_NONE;
    }
    if (isnan(column->number[row]))
        return missing;
    size_t inner = partition->n_levels, bin = bins_index(&partition->bins, column->number[row]);
    return (uint32_t)(bin < 1 ? 0 : bin > inner ? inner - 1 : bin - 1); /* beyond train's range: the outer quarter */
}

static int raw_names(struct partition *partition, const struct column_schema *schema, struct raw_group *raw,
                     struct arena *arena, struct error *error)
{
    static const char *const four[4] = {"lowest quarter", "second quarter", "third quarter", "highest quarter"};
    for (size_t g = 0; g < partition->n_levels; g++) {
        if (!partition->quantity)
            raw[g].name = schema->levels[g];
        else if (partition->n_levels == 4)
            raw[g].name = four[g];
        else
            raw[g].name = arena_format(arena, "part %zu of %zu", g + 1, partition->n_levels);
        if (!raw[g].name)
            return error_memory(error);
    }
    raw[partition->n_levels].name = "missing";
    return 0;
}

/* Numbers the groups of at least min_group rows and gathers the rest in a pool, if that is large enough. */
static int number_groups(struct partition *partition, const struct raw_group *raw, size_t min_group, struct arena *arena,
                         struct error *error)
{
    size_t n = partition->n_levels + 1, pooled = 0;
    partition->of_level = ARENA_ARRAY(arena, uint32_t, n);
    partition->names = ARENA_ARRAY(arena, const char *, n + 1);
    if (!partition->of_level || !partition->names)
        return error_memory(error);
    for (size_t g = 0; g < n; g++) {
        if (raw[g].rows < min_group) {
            pooled += raw[g].rows;
            continue;
        }
        partition->of_level[g] = (uint32_t)partition->groups;
        partition->names[partition->groups++] = raw[g].name;
    }
    partition->other = GROUP_NONE;
    if (pooled >= min_group && pooled > 0) {
        partition->other = (uint32_t)partition->groups;
        partition->names[partition->groups] = arena_format(arena, "other (<%zu)", min_group);
        if (!partition->names[partition->groups++])
            return error_memory(error);
    }
    for (size_t g = 0; g < n; g++)
        if (raw[g].rows < min_group)
            partition->of_level[g] = partition->other;
    return 0;
}

int partition_fit(struct partition *partition, const struct table *train, size_t column, size_t min_group, struct arena *arena,
                  struct error *error)
{
    const struct column_schema *schema = &train->schema->columns[column];
    *partition = (struct partition){.column = column, .name = schema->name, .quantity = column_kind(schema) == KIND_QUANTITY};
    if (partition->quantity) {
        partition->bins.edges = ARENA_ARRAY(arena, double, 5);
        if (!partition->bins.edges)
            return error_memory(error);
        int status = bins_from_quantiles(train->columns[column].number, train->rows, 4, &partition->bins, error);
        if (status != 0)
            return status;
        partition->n_levels = bins_count(&partition->bins) - 3;
    } else {
        partition->n_levels = schema->fitted_levels;
    }
    struct raw_group *raw = ARENA_ARRAY(arena, struct raw_group, partition->n_levels + 1);
    if (!raw)
        return error_memory(error);
    int status = raw_names(partition, schema, raw, arena, error);
    for (size_t i = 0; status == 0 && i < train->rows; i++) {
        uint32_t g = raw_of(partition, train, i);
        if (g != GROUP_NONE)
            raw[g].rows++;
    }
    return status != 0 ? status : number_groups(partition, raw, min_group, arena, error);
}

void partition_apply(const struct partition *partition, const struct table *table, uint32_t *group)
{
    for (size_t i = 0; i < table->rows; i++) {
        uint32_t g = raw_of(partition, table, i);
        group[i] = g == GROUP_NONE ? partition->other : partition->of_level[g];
    }
}

int partitions_fit(const struct dataset *data, size_t min_group, struct arena *arena, struct partition **partitions, size_t *n,
                   struct error *error)
{
    const struct schema *schema = data->schema;
    *n = 0;
    *partitions = ARENA_ARRAY(arena, struct partition, schema->n_columns + 1);
    if (!*partitions)
        return error_memory(error);
    for (size_t c = 0; c < schema->n_columns; c++) {
        if (!(schema->columns[c].roles & ROLE_SENSITIVE) || column_kind(&schema->columns[c]) == KIND_OTHER)
            continue;
        int status = partition_fit(&(*partitions)[*n], data->train.table, c, min_group, arena, error);
        if (status != 0)
            return status;
        (*n)++;
    }
    return 0;
}
