#include "numeric/simplex.h"

#include <math.h>

#define SMALL ((double)1e-9)

int simplex_new(struct simplex *simplex, size_t rows, size_t columns, double budget, struct arena *arena, struct error *error)
{
    size_t variables = rows + columns;
    *simplex = (struct simplex){.rows = rows, .columns = columns, .budget = budget};
    simplex->tableau = ARENA_ARRAY(arena, double, rows *columns + 1);
    simplex->value = ARENA_ARRAY(arena, double, variables + 1);
    simplex->lo = ARENA_ARRAY(arena, double, variables + 1);
    simplex->hi = ARENA_ARRAY(arena, double, variables + 1);
    simplex->seen_least = ARENA_ARRAY(arena, double, variables + 1);
    simplex->seen_greatest = ARENA_ARRAY(arena, double, variables + 1);
    simplex->basic = ARENA_ARRAY(arena, uint32_t, rows + 1);
    simplex->nonbasic = ARENA_ARRAY(arena, uint32_t, columns + 1);
    simplex->where = ARENA_ARRAY(arena, size_t, variables + 1);
    if (!simplex->tableau || !simplex->value || !simplex->lo || !simplex->hi || !simplex->seen_least ||
        !simplex->seen_greatest || !simplex->basic || !simplex->nonbasic || !simplex->where)
        return error_memory(error);
    return 0;
}

void simplex_begin(struct simplex *simplex)
{
    for (size_t v = 0; v < simplex->rows + simplex->columns; v++) {
        simplex->value[v] = fmin(fmax(simplex->value[v], simplex->lo[v]), simplex->hi[v]);
        simplex->seen_least[v] = simplex->seen_greatest[v] = simplex->value[v];
        simplex->where[v] = v;
    }
    for (size_t j = 0; j < simplex->columns; j++)
        simplex->nonbasic[j] = (uint32_t)j;
    for (size_t i = 0; i < simplex->rows; i++)
        simplex->basic[i] = (uint32_t)(simplex->columns + i);
}

/* The column that improves the objective row fastest, or the first one by variable (Bland); SIZE_MAX: none. */
static size_t entering(const struct simplex *s, uint32_t variable, double sign, bool bland, double *direction)
{
    size_t at = s->where[variable], best = SIZE_MAX;
    double most = SMALL;
    for (size_t j = 0; j < s->columns; j++) {
        double rate = at < s->columns ? (at == j ? sign : 0) : sign * s->tableau[(at - s->columns) * s->columns + j];
        uint32_t v = s->nonbasic[j];
        bool room = rate > 0 ? s->value[v] < s->hi[v] - SMALL : s->value[v] > s->lo[v] + SMALL;
        if (fabs(rate) <= SMALL || !room)
            continue;
        if (bland ? best == SIZE_MAX || v < s->nonbasic[best] : fabs(rate) > most) {
            best = j;
            most = fabs(rate);
            *direction = rate > 0 ? 1 : -1;
        }
    }
    return best;
}

/* How far the column can move; *row is the row that stops it (SIZE_MAX: its own bound). */
static double longest_move(const struct simplex *s, size_t column, double direction, bool bland, size_t *row)
{
    uint32_t moved = s->nonbasic[column];
    double least = direction > 0 ? s->hi[moved] - s->value[moved] : s->value[moved] - s->lo[moved], pivot = 0;
    *row = SIZE_MAX;
    for (size_t i = 0; i < s->rows; i++) {
        double rate = direction * s->tableau[i * s->columns + column];
        uint32_t v = s->basic[i];
        if (fabs(rate) <= SMALL)
            continue;
        double step = fmax(((rate > 0 ? s->hi[v] : s->lo[v]) - s->value[v]) / rate, 0);
        if (step > least + 1e-12 || isinf(step))
            continue;
        bool tie = step >= least - 1e-12 && *row != SIZE_MAX;
        if (tie && (bland ? v > s->basic[*row] : fabs(rate) <= pivot))
            continue;
        least = fmin(step, least);
        pivot = fabs(rate);
        *row = i;
    }
    return least;
}

static void move(struct simplex *s, size_t column, double amount)
{
    uint32_t moved = s->nonbasic[column];
    s->value[moved] += amount;
    s->seen_least[moved] = fmin(s->seen_least[moved], s->value[moved]);
    s->seen_greatest[moved] = fmax(s->seen_greatest[moved], s->value[moved]);
    for (size_t i = 0; i < s->rows; i++) {
        uint32_t v = s->basic[i];
        s->value[v] += amount * s->tableau[i * s->columns + column];
        s->value[v] = fmin(fmax(s->value[v], s->lo[v]), s->hi[v]);
        s->seen_least[v] = fmin(s->seen_least[v], s->value[v]);
        s->seen_greatest[v] = fmax(s->seen_greatest[v], s->value[v]);
    }
}

/* Exchanges the row's variable with the column's. */
static void exchange(struct simplex *s, size_t row, size_t column)
{
    double *line = s->tableau + row * s->columns, pivot = line[column];
    for (size_t j = 0; j < s->columns; j++)
        line[j] = j == column ? 1 / pivot : -line[j] / pivot;
    for (size_t i = 0; i < s->rows; i++) {
        double *other = s->tableau + i * s->columns, factor = other[column];
        if (i == row || factor == 0)
            continue;
        other[column] = 0;
        for (size_t j = 0; j < s->columns; j++)
            other[j] += factor * line[j];
    }
    uint32_t leaves = s->basic[row], enters = s->nonbasic[column];
    s->basic[row] = enters;
    s->nonbasic[column] = leaves;
    s->where[enters] = s->columns + row;
    s->where[leaves] = column;
    s->work += (double)s->rows * (double)s->columns;
}

bool simplex_push(struct simplex *simplex, uint32_t variable, double sign)
{
    bool bland = false;
    for (;;) {
        double direction = 1;
        size_t row, column = entering(simplex, variable, sign, bland, &direction);
        if (column == SIZE_MAX)
            return true;
        double length = longest_move(simplex, column, direction, bland, &row);
        if (isinf(length))
            return true;
        move(simplex, column, direction * length);
        if (row != SIZE_MAX)
            exchange(simplex, row, column);
        bland = length <= 1e-12;
        simplex->work += (double)(simplex->rows + simplex->columns);
        if (simplex->work > simplex->budget)
            return false;
    }
}
