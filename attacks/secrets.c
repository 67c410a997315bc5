#include "attacks/secrets.h"

static bool usable(const struct schema *schema, size_t column)
{
    return column_kind(&schema->columns[column]) != KIND_OTHER && !(schema->columns[column].roles & (ROLE_IGNORE | ROLE_KEY));
}

size_t attack_columns_with_role(const struct schema *schema, unsigned roles, size_t *columns, size_t capacity)
{
    size_t count = schema_with_role(schema, roles, columns, capacity), kept = 0;

    for (size_t i = 0; i < count && i < capacity; i++)
        if (usable(schema, columns[i]))
            columns[kept++] = columns[i];
    return kept;
}

size_t attack_secrets_choose(const struct dataset *data, size_t *columns, bool *named)
{
    const struct schema *schema = data->schema;
    size_t all = schema->n_columns, secrets = attack_columns_with_role(schema, ROLE_SECRET, columns, all), count;

    *named = data->secrets_named;
    if (*named)
        return secrets;
    count = attack_columns_with_role(schema, ROLE_SECRET | ROLE_SENSITIVE, columns, all);
    if (secrets > 0 || data->target == SIZE_MAX || !usable(schema, data->target))
        return count;
    for (size_t i = 0; i < count; i++)
        if (columns[i] == data->target)
            return count;
    columns[count++] = data->target;
    return count;
}
