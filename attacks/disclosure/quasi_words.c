#include <stdio.h>
#include <string.h>

#include "attacks/disclosure/quasi.h"
#include "core/utf8.h"

#define MOST_NAME ((size_t)40) /* bytes */

void column_words(const struct schema *schema, const size_t *columns, size_t n, size_t shown, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t a = 0; a < n && a < shown && used < size; a++) {
        const char *name = schema->columns[columns[a]].name, *joint = a == 0 ? "" : a + 1 == n ? " and " : ", ";
        const size_t length = strlen(name);
        const int cut = (int)utf8_valid(name, length < MOST_NAME ? length : MOST_NAME);

        used += (size_t)snprintf(text + used, size - used, "%s%.*s", joint, cut, name);
    }
    if (shown < n && used < size)
        snprintf(text + used, size - used, " and %zu more", n - shown);
}

void quasi_words(const struct schema *schema, const size_t *columns, size_t n, char text[QUASI_WORDS])
{
    column_words(schema, columns, n, QUASI_MOST, text, QUASI_WORDS);
}

void quasi_describe_set(const struct schema *schema, const size_t *columns, size_t n, double unique, cJSON *item)
{
    cJSON *names = json_add_array(item, "columns");

    for (size_t a = 0; a < n; a++)
        json_push_string(names, schema->columns[columns[a]].name);
    json_add_number(item, "unique", unique);
}

void quasi_describe(const struct schema *schema, const struct quasi *quasi, cJSON *details)
{
    cJSON *item = json_add_object(details, "quasi");

    json_add_bool(item, "given", quasi->given);
    quasi_describe_set(schema, quasi->columns, quasi->n, quasi->unique, item);
}
