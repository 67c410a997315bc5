#include "attacks/secrets.h"

/* Of `count` columns those that hold quantities or levels (or text, where it is asked for) and are neither key nor ignored. */
static size_t keep_usable(const struct schema *schema, bool text, size_t *columns, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const struct column_schema *column = &schema->columns[columns[i]];
        bool held = column_kind(column) != KIND_OTHER || (text && column->type == COLUMN_TEXT);

        if (held && !(column->roles & (ROLE_IGNORE | ROLE_KEY)))
            columns[kept++] = columns[i];
    }
    return kept;
}

static size_t usable_with_role(const struct schema *schema, unsigned roles, bool text, size_t *columns, size_t capacity)
{
    size_t count = schema_with_role(schema, roles, columns, capacity);

    return keep_usable(schema, text, columns, count < capacity ? count : capacity);
}

size_t attack_columns_with_role(const struct schema *schema, unsigned roles, size_t *columns, size_t capacity)
{
    return usable_with_role(schema, roles, false, columns, capacity);
}

size_t attack_secrets_choose(const struct dataset *data, bool text, size_t *columns, size_t capacity, bool *named)
{
    const struct schema *schema = data->schema;
    size_t secrets = usable_with_role(schema, ROLE_SECRET, text, columns, capacity), count, target = data->target;

    *named = data->secrets_named;
    if (*named)
        return secrets;
    count = usable_with_role(schema, ROLE_SECRET | ROLE_SENSITIVE, text, columns, capacity);
    if (secrets > 0 || target == SIZE_MAX || !keep_usable(schema, false, &target, 1) || count == capacity)
        return count;
    for (size_t i = 0; i < count; i++)
        if (columns[i] == target)
            return count;
    columns[count++] = target;
    return count;
}

size_t attack_known_columns(const struct schema *schema, size_t secret, size_t *columns)
{
    size_t count = attack_columns_with_role(schema, ROLE_QUASI, columns, schema->n_columns), kept = 0;

    if (count == 0)
        count = schema_measured(schema, columns, schema->n_columns);
    for (size_t i = 0; i < count; i++)
        if (columns[i] != secret)
            columns[kept++] = columns[i];
    return kept;
}
