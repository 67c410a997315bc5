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
    size_t count = attack_columns_with_role(data->schema, ROLE_SECRET, columns, ATTACK_NAMED_SECRETS);

    *named = count > 0;
    if (*named)
        return count;
    count = attack_columns_with_role(data->schema, ROLE_SENSITIVE, columns, ATTACK_DEFAULT_SECRETS);
    for (size_t i = 0; i < count; i++)
        if (columns[i] == data->target)
            return count;
    if (data->target != SIZE_MAX && usable(data->schema, data->target))
        columns[count < ATTACK_DEFAULT_SECRETS ? count++ : ATTACK_DEFAULT_SECRETS - 1] = data->target;
    return count;
}
