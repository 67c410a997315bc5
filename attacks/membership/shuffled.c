#include "attacks/membership/shuffled.h"

#include <stdlib.h>

#include "core/random.h"

int shuffled_codes(struct table *table, uint64_t seed, struct error *error)
{
    for (size_t c = 0; c < table->n_columns; c++) {
        uint32_t n_levels = table->schema->columns[c].n_levels, *code = table_codes(table, c), *place;
        struct random random;

        if (!code)
            continue;
        place = calloc((size_t)n_levels + 1, sizeof *place);
        if (!place)
            return error_memory(error);
        random_init(&random, seed, "privacy.membership codes", c, 0);
        random_permutation(&random, n_levels, place);
        for (size_t i = 0; i < table->rows; i++)
            code[i] = code[i] < n_levels ? place[code[i]] : code[i];
        free(place);
    }
    return 0;
}

int shuffled_take(const struct table *table, const uint32_t *pick, size_t n, uint64_t seed, struct table **out,
                  struct error *error)
{
    uint32_t *all = pick ? NULL : calloc(n + 1, sizeof *all);
    int status = pick || all ? 0 : error_memory(error);

    *out = NULL;
    for (uint32_t i = 0; all && i < n; i++)
        all[i] = i;
    if (!status)
        status = table_take(table, all ? all : pick, n, table->name, out, error);
    if (!status)
        status = shuffled_codes(*out, seed, error);
    if (status) {
        table_free(*out);
        *out = NULL;
    }
    free(all);
    return status;
}
