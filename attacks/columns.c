#include "attacks/columns.h"

#include <stdio.h>
#include <string.h>

#include "core/utf8.h"

#define MOST_NAME ((size_t)24) /* bytes */

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

static size_t usable_with_role(const struct schema *schema, unsigned role, bool text, size_t *columns, size_t capacity)
{
    size_t count = schema_with_role(schema, role, columns, capacity);

    return keep_usable(schema, text, columns, count < capacity ? count : capacity);
}

size_t secret_columns(const struct dataset *data, struct secret_choice choice, size_t *columns, bool *named)
{
    size_t count = usable_with_role(data->schema, ROLE_SECRET, choice.text, columns, choice.most_named), target = data->target;

    *named = count > 0;
    if (*named)
        return count;
    count = usable_with_role(data->schema, ROLE_SENSITIVE, false, columns, choice.most_default);
    for (size_t i = 0; i < count; i++)
        if (columns[i] == target)
            return count;
    if (target != SIZE_MAX && keep_usable(data->schema, false, &target, 1))
        columns[count < choice.most_default ? count++ : choice.most_default - 1] = target;
    return count;
}

size_t known_columns(const struct schema *schema, size_t secret, size_t *columns)
{
    size_t count = usable_with_role(schema, ROLE_QUASI, false, columns, schema->n_columns), kept = 0;

    if (count == 0)
        count = schema_measured(schema, columns, schema->n_columns);
    for (size_t i = 0; i < count; i++)
        if (columns[i] != secret)
            columns[kept++] = columns[i];
    return kept;
}

void column_words(const struct schema *schema, const size_t *columns, size_t n, size_t shown, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t c = 0; c < n && c < shown && used < size; c++) {
        const char *name = schema->columns[columns[c]].name, *join = c == 0 ? "" : c + 1 == n ? " and " : ", ";
        size_t length = strlen(name);
        int cut = (int)utf8_valid(name, length < MOST_NAME ? length : MOST_NAME);

        used += (size_t)snprintf(text + used, size - used, "%s'%.*s%s'", join, cut, name, length > MOST_NAME ? "…" : "");
    }
    if (n > shown && used < size)
        snprintf(text + used, size - used, " and %zu more", n - shown);
}
