/* The set of optimal points of the L1 problem, and how far each unknown can move in it.
 *
 * With a strictly complementary pair of solutions, t is optimal exactly when: residual 0 where |y| < w; residual >= 0 where
 * y = w, <= 0 where y = −w; and every unknown with a positive multiplier on its bound. The equations are brought to reduced
 * echelon form, shortest first; an unknown that no free column moves is determined. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numeric/l1_internal.h"
#include "numeric/simplex.h"

#define ZERO 1e-9

/* Reduced row echelon form, built one 0/1 equation at a time: pivot + sum of line[p] times the open column at place p is
 * constant. Columns without a pivot are open; they keep the places 0 … open − 1, so that lines get shorter as the rank grows.
 */
struct echelon {
    size_t columns, rank, open; /* columns = rank + open */
    double *rows;               /* rank lines, `columns` apart */
    uint32_t *pivot;            /* column of each line */
    uint32_t *row_of;           /* 1 + line whose pivot the column is; 0: open */
    uint32_t *place, *column;   /* place of an open column; column at a place */
    bool *fixed;                /* lines that are 0 at all places: their unknown is determined */
    double *work;               /* columns */
};

struct face_task {
    const struct l1_system *system;
    const struct l1_point *point;
    uint32_t *column_of; /* unknown -> 1 + free column; 0: on a bound in all optimal points */
    uint32_t *unknown;   /* free column -> unknown */
    size_t n_free;
    double *lo, *hi; /* matrix row x class: range of the row's sum; lo = hi: an equation; infinite: free */
    struct echelon echelon;
};

/* work <- the equation over the open places. Returns the place of its largest entry, or SIZE_MAX when it says nothing new. */
static size_t echelon_reduce(struct echelon *e, const uint32_t *columns, size_t count)
{
    memset(e->work, 0, e->open * sizeof *e->work);
    for (size_t k = 0; k < count; k++) {
        uint32_t row = e->row_of[columns[k]];
        if (!row) {
            e->work[e->place[columns[k]]] += 1;
            continue;
        }
        const double *line = e->rows + (row - 1) * e->columns;
        for (size_t p = 0; !e->fixed[row - 1] && p < e->open; p++)
            e->work[p] -= line[p];
    }
    size_t best = SIZE_MAX;
    double most = ZERO;
    for (size_t p = 0; p < e->open; p++)
        if (fabs(e->work[p]) > most) {
            most = fabs(e->work[p]);
            best = p;
        }
    return best;
}

static bool all_zero(const double *line, size_t count)
{
    for (size_t p = 0; p < count; p++)
        if (line[p] != 0)
            return false;
    return true;
}

/* Takes the column at a place out of the open ones; the last one moves there. */
static void echelon_close(struct echelon *e, size_t place)
{
    uint32_t closed = e->column[place], last = e->column[--e->open];
    e->column[place] = last;
    e->place[last] = (uint32_t)place;
    e->pivot[e->rank] = closed;
    e->row_of[closed] = (uint32_t)e->rank + 1;
}

static void echelon_add(struct echelon *e, const uint32_t *columns, size_t count)
{
    size_t best = echelon_reduce(e, columns, count), last = e->open - 1;
    if (best == SIZE_MAX)
        return;
    double *fresh = e->rows + e->rank * e->columns, pivot = e->work[best];
    for (size_t p = 0; p <= last; p++)
        fresh[p] = fabs(e->work[p]) > ZERO ? e->work[p] / pivot : 0;
    fresh[best] = fresh[last];
    for (size_t r = 0; r < e->rank; r++) {
        double *line = e->rows + r * e->columns, factor = line[best];
        line[best] = line[last];
        if (factor == 0)
            continue;
        for (size_t p = 0; p < last; p++) {
            line[p] -= factor * fresh[p];
            if (fabs(line[p]) < ZERO)
                line[p] = 0;
        }
        e->fixed[r] = all_zero(line, last);
    }
    e->fixed[e->rank] = all_zero(fresh, last);
    echelon_close(e, best);
    e->rank++;
}

/* Which unknowns are free, and the range that every row's sum may take over the optimal set. */
static int classify(struct face_task *task, struct arena *arena, struct error *error)
{
    const struct l1_system *s = task->system;
    const struct l1_point *point = task->point;
    const double *x = point->x, *z = point->z;
    size_t cells = s->matrix.rows * s->classes;
    task->column_of = ARENA_ARRAY(arena, uint32_t, s->unknowns + 1);
    task->unknown = ARENA_ARRAY(arena, uint32_t, s->unknowns + 1);
    task->lo = ARENA_ARRAY(arena, double, cells + 1);
    task->hi = ARENA_ARRAY(arena, double, cells + 1);
    if (!task->column_of || !task->unknown || !task->lo || !task->hi)
        return error_memory(error);
    for (size_t i = 0; i < s->unknowns; i++) {
        bool below = x[i] > z[i], above = s->classes > 1 || x[point->at_v + i] > z[point->at_v + i];
        if (!below || !above)
            continue;
        task->unknown[task->n_free++] = (uint32_t)i;
        task->column_of[i] = (uint32_t)task->n_free;
    }
    for (size_t j = 0; j < cells; j++) {
        task->lo[j] = -INFINITY;
        task->hi[j] = INFINITY;
    }
    for (size_t c = 0; c < s->classes; c++)
        for (size_t k = s->first[c]; k < s->first[c + 1]; k++) {
            size_t p = point->at_p + k, q = point->at_q + k, cell = c * s->matrix.rows + s->row[k];
            bool above = x[q] * s->weight[k] > z[q], below = x[p] * s->weight[k] > z[p];
            if (!above)
                task->hi[cell] = fmin(task->hi[cell], s->answer[k]);
            if (!below)
                task->lo[cell] = fmax(task->lo[cell], s->answer[k]);
        }
    return 0;
}

/* Free columns of one matrix row in one class. */
static size_t free_columns(const struct face_task *task, size_t cell, uint32_t *out)
{
    const struct l1_system *s = task->system;
    size_t c = cell / s->matrix.rows, j = cell % s->matrix.rows, count = 0;
    for (size_t k = s->matrix.start[j]; k < s->matrix.start[j + 1]; k++) {
        uint32_t column = task->column_of[c * s->n + s->matrix.index[k]];
        if (column)
            out[count++] = column - 1;
    }
    return count;
}

static void add_sums(struct face_task *task, uint32_t *columns)
{
    const struct l1_system *s = task->system;
    for (size_t g = 0; s->classes > 1 && g < s->n; g++) {
        size_t count = 0;
        for (size_t c = 0; c < s->classes; c++)
            if (task->column_of[c * s->n + g])
                columns[count++] = task->column_of[c * s->n + g] - 1;
        if (count)
            echelon_add(&task->echelon, columns, count);
    }
}

/* All equations, shortest first: counting sort by the number of free columns. */
static int eliminate(struct face_task *task, struct arena *arena, struct error *error)
{
    struct echelon *e = &task->echelon;
    size_t cells = task->system->matrix.rows * task->system->classes, f = task->n_free;
    e->columns = e->open = f;
    e->rows = ARENA_ARRAY(arena, double, f *f + 1);
    e->pivot = ARENA_ARRAY(arena, uint32_t, f + 1);
    e->row_of = ARENA_ARRAY(arena, uint32_t, f + 1);
    e->fixed = ARENA_ARRAY(arena, bool, f + 1);
    e->place = ARENA_ARRAY(arena, uint32_t, f + 1);
    e->column = ARENA_ARRAY(arena, uint32_t, f + 1);
    e->work = ARENA_ARRAY(arena, double, f + 1);
    uint32_t *columns = ARENA_ARRAY(arena, uint32_t, f + task->system->n + task->system->classes + 1);
    size_t *first = ARENA_ARRAY(arena, size_t, task->system->n + 2), *order = ARENA_ARRAY(arena, size_t, cells + 1);
    if (!e->rows || !e->pivot || !e->row_of || !e->fixed || !e->place || !e->column || !e->work || !columns || !first || !order)
        return error_memory(error);
    for (uint32_t c = 0; c < f; c++)
        e->place[c] = e->column[c] = c;
    add_sums(task, columns);
    for (size_t cell = 0; cell < cells; cell++)
        if (task->lo[cell] == task->hi[cell])
            first[free_columns(task, cell, columns) + 1]++;
    for (size_t length = 0; length <= task->system->n; length++)
        first[length + 1] += first[length];
    size_t equations = first[task->system->n + 1];
    for (size_t cell = 0; cell < cells; cell++)
        if (task->lo[cell] == task->hi[cell])
            order[first[free_columns(task, cell, columns)]++] = cell;
    for (size_t k = 0; k < equations && e->rank < f; k++) {
        size_t count = free_columns(task, order[k], columns);
        if (count)
            echelon_add(e, columns, count);
    }
    return 0;
}

/* The simplex method's variables: open columns by place, then lines whose pivot can move, then inequalities that can. */
struct polytope {
    struct simplex simplex;
    uint32_t *variable_of; /* free column -> 1 + simplex variable; 0: determined */
    uint32_t *cells;       /* inequalities kept */
    size_t n_cells, moving;
};

static int count_rows(struct face_task *task, struct polytope *p, uint32_t *columns, struct arena *arena, struct error *error)
{
    struct echelon *e = &task->echelon;
    size_t cells = task->system->matrix.rows * task->system->classes, width = e->open;
    p->cells = ARENA_ARRAY(arena, uint32_t, cells + 1);
    p->variable_of = ARENA_ARRAY(arena, uint32_t, e->columns + 1);
    if (!p->cells || !p->variable_of)
        return error_memory(error);
    for (size_t place = 0; place < e->open; place++)
        p->variable_of[e->column[place]] = (uint32_t)place + 1;
    for (size_t r = 0; r < e->rank; r++)
        if (!e->fixed[r])
            p->variable_of[e->pivot[r]] = (uint32_t)(width + ++p->moving);
    for (size_t cell = 0; cell < cells; cell++) {
        if (task->lo[cell] == task->hi[cell] || (isinf(task->lo[cell]) && isinf(task->hi[cell])))
            continue;
        if (echelon_reduce(e, columns, free_columns(task, cell, columns)) != SIZE_MAX)
            p->cells[p->n_cells++] = (uint32_t)cell;
    }
    return 0;
}

static void fill_line(const struct echelon *e, const double *line, double sign, double *out)
{
    for (size_t p = 0; p < e->open; p++)
        out[p] = fabs(line[p]) > ZERO ? sign * line[p] : 0;
}

static int build_polytope(struct face_task *task, struct polytope *p, double work, struct arena *arena, struct error *error)
{
    struct echelon *e = &task->echelon;
    const struct l1_system *s = task->system;
    size_t width = e->open;
    uint32_t *columns = ARENA_ARRAY(arena, uint32_t, s->n + 1);
    if (!columns)
        return error_memory(error);
    int status = count_rows(task, p, columns, arena, error);
    struct simplex *simplex = &p->simplex;
    if (!status)
        status = simplex_new(simplex, p->moving + p->n_cells, width, work, arena, error);
    if (status)
        return status;
    for (size_t f = 0; f < e->columns; f++)
        if (p->variable_of[f]) {
            uint32_t v = p->variable_of[f] - 1;
            simplex->value[v] = task->point->x[task->unknown[f]];
            simplex->hi[v] = s->total[task->unknown[f] % s->n];
        }
    for (size_t r = 0, at = 0; r < e->rank; r++)
        if (!e->fixed[r])
            fill_line(e, e->rows + r * e->columns, -1, simplex->tableau + at++ * width);
    for (size_t k = 0; k < p->n_cells; k++) {
        size_t cell = p->cells[k], v = width + p->moving + k, j = cell % s->matrix.rows, base = cell / s->matrix.rows * s->n;
        echelon_reduce(e, columns, free_columns(task, cell, columns));
        fill_line(e, e->work, 1, simplex->tableau + (p->moving + k) * width);
        for (size_t i = s->matrix.start[j]; i < s->matrix.start[j + 1]; i++)
            simplex->value[v] += task->point->x[base + s->matrix.index[i]];
        simplex->lo[v] = task->lo[cell];
        simplex->hi[v] = task->hi[cell];
    }
    simplex_begin(simplex);
    return 0;
}

static void find_ranges(const struct face_task *task, struct polytope *p, struct l1_face *face)
{
    struct simplex *s = &p->simplex;
    for (size_t f = 0; f < task->echelon.columns; f++) {
        if (!p->variable_of[f])
            continue;
        uint32_t v = p->variable_of[f] - 1;
        if (face->complete && s->seen_greatest[v] < s->hi[v] - ZERO)
            face->complete = simplex_push(s, v, 1);
        if (face->complete && s->seen_least[v] > s->lo[v] + ZERO)
            face->complete = simplex_push(s, v, -1);
    }
    for (size_t f = 0; f < task->echelon.columns; f++)
        if (p->variable_of[f]) {
            face->least[task->unknown[f]] = s->seen_least[p->variable_of[f] - 1];
            face->greatest[task->unknown[f]] = s->seen_greatest[p->variable_of[f] - 1];
        }
}

static void mark_loose(const struct face_task *task, struct l1_face *face)
{
    const struct echelon *e = &task->echelon;
    for (size_t f = 0; f < e->columns; f++)
        face->loose[task->unknown[f]] = !e->row_of[f] || !e->fixed[e->row_of[f] - 1];
}

int l1_face_find(const struct l1_system *system, const struct l1_point *point, double work, struct arena *arena,
                 struct l1_face *face, struct error *error)
{
    struct arena *scratch = arena_new();
    struct face_task task = {.system = system, .point = point};
    struct polytope polytope = {.moving = 0};
    *face = (struct l1_face){.complete = work > 0,
                             .least = ARENA_ARRAY(arena, double, system->unknowns + 1),
                             .greatest = ARENA_ARRAY(arena, double, system->unknowns + 1),
                             .loose = ARENA_ARRAY(arena, bool, system->unknowns + 1)};
    int status = scratch && face->least && face->greatest && face->loose ? 0 : error_memory(error);
    if (!status)
        status = classify(&task, scratch, error);
    if (!status)
        status = eliminate(&task, scratch, error);
    if (status)
        goto out;
    memcpy(face->least, point->x, system->unknowns * sizeof *face->least);
    memcpy(face->greatest, point->x, system->unknowns * sizeof *face->greatest);
    mark_loose(&task, face);
    if (work > 0 && task.n_free > task.echelon.rank)
        status = build_polytope(&task, &polytope, work, scratch, error);
    if (!status && polytope.simplex.columns)
        find_ranges(&task, &polytope, face);
out:
    arena_free(scratch);
    return status;
}
