#include "attacks/disclosure/halves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/disclosure/cells.h"
#include "numeric/sort.h"

double identification_power(const struct table *table, size_t column)
{
    size_t rows = table->rows, from = 0;
    double *value = calloc(rows + 1, sizeof *value), agree = 0;

    if (!value)
        return NAN;
    for (size_t i = 0; i < rows; i++)
        value[i] = cell_value(table, column, i);
    sort_doubles(value, rows);
    while (from < rows) {
        size_t run = run_length(value, rows, from);
        double share = (double)run / (double)rows;

        agree += share * share;
        from += run;
    }
    free(value);
    return agree > 0 ? fmax(-log2(agree), 0) : 0;
}

struct dealt {
    size_t column;
    double power;
};

static int strongest_first(const void *a, const void *b)
{
    const struct dealt *x = a, *y = b;

    if (x->power > y->power || x->power < y->power)
        return x->power > y->power ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static int ascending(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

int halves_deal(const struct table *table, const size_t *columns, size_t n, struct arena *arena, struct halves *halves,
                struct error *error)
{
    struct dealt *dealt = ARENA_ARRAY(arena, struct dealt, n + 1);
    double sum[2] = {0, 0};

    *halves = (struct halves){{ARENA_ARRAY(arena, size_t, n + 1), ARENA_ARRAY(arena, size_t, n + 1)}, {0, 0}};
    if (!dealt || !halves->columns[0] || !halves->columns[1])
        return error_memory(error);
    for (size_t c = 0; c < n; c++) {
        dealt[c] = (struct dealt){columns[c], identification_power(table, columns[c])};
        if (isnan(dealt[c].power))
            return error_memory(error);
    }
    qsort(dealt, n, sizeof *dealt, strongest_first);
    for (size_t c = 0; c < n; c++) {
        bool fewer = halves->n[1] < halves->n[0];
        size_t to = sum[1] < sum[0] || (!(sum[0] < sum[1]) && fewer) ? 1 : 0;

        halves->columns[to][halves->n[to]++] = dealt[c].column;
        sum[to] += dealt[c].power;
    }
    for (size_t h = 0; h < 2; h++)
        qsort(halves->columns[h], halves->n[h], sizeof *halves->columns[h], ascending);
    return 0;
}
