#include <math.h>
#include <string.h>

#include "numeric/cholesky.h"
#include "numeric/l1_internal.h"

#define REFINEMENTS 2

void l1_multiply(const struct l1_newton *newton, const double *x, double *out)
{
    const struct l1_system *s = newton->system;
    for (size_t c = 0; c < s->classes; c++) {
        sparse_multiply(&s->matrix, x + c * s->n, newton->rows);
        for (size_t k = s->first[c]; k < s->first[c + 1]; k++)
            out[k] = newton->rows[s->row[k]];
    }
}

static void add_by_row(const struct l1_newton *newton, size_t c, const double *y)
{
    const struct l1_system *s = newton->system;
    memset(newton->rows, 0, s->matrix.rows * sizeof *newton->rows);
    for (size_t k = s->first[c]; k < s->first[c + 1]; k++)
        newton->rows[s->row[k]] += y[k];
}

void l1_multiply_transposed(const struct l1_newton *newton, const double *y, double *out)
{
    const struct l1_system *s = newton->system;
    for (size_t c = 0; c < s->classes; c++) {
        add_by_row(newton, c, y);
        sparse_multiply_transposed(&s->matrix, newton->rows, out + c * s->n);
    }
}

int l1_newton_new(struct l1_newton *newton, const struct l1_system *system, struct arena *arena, struct error *error)
{
    size_t n = system->n, several = system->classes > 1;
    *newton = (struct l1_newton){.system = system, .size = several ? n * (system->classes - 1) : n};
    newton->reference = ARENA_ARRAY(arena, uint32_t, n + 1);
    newton->theta = ARENA_ARRAY(arena, double, system->terms + 1);
    newton->products = ARENA_ARRAY(arena, double, system->terms + 1);
    newton->diagonal = ARENA_ARRAY(arena, double, system->unknowns + 1);
    newton->residual = ARENA_ARRAY(arena, double, system->unknowns + 1);
    newton->reduced = ARENA_ARRAY(arena, double, newton->size + 1);
    newton->rows = ARENA_ARRAY(arena, double, system->matrix.rows + 1);
    newton->normal = ARENA_ARRAY(arena, double, several ? system->unknowns *n : 1);
    newton->cursor = ARENA_ARRAY(arena, uint32_t, system->matrix.rows + 1);
    newton->factor = ARENA_ARRAY(arena, double, newton->size * newton->size + 1);
    if (!newton->reference || !newton->theta || !newton->products || !newton->diagonal || !newton->residual ||
        !newton->reduced || !newton->rows || !newton->normal || !newton->factor || !newton->cursor)
        return error_memory(error);
    return sparse_transpose(&system->matrix, arena, &newton->records, error);
}

/* normal <- lower triangle of A' theta A + E for one class; terms over the same row are added first. Line by line of the
 * result, so that what is added to stays in the cache: cursor[j] entries of row j are at or before the line's column. */
static void assemble(struct l1_newton *newton, size_t c, double *normal)
{
    const struct l1_system *s = newton->system;
    memset(normal, 0, s->n * s->n * sizeof *normal);
    memset(newton->cursor, 0, s->matrix.rows * sizeof *newton->cursor);
    add_by_row(newton, c, newton->theta);
    for (size_t i = 0; i < s->n; i++) {
        double *line = normal + i * s->n;
        for (size_t k = newton->records.start[i]; k < newton->records.start[i + 1]; k++) {
            uint32_t j = newton->records.index[k], count = ++newton->cursor[j];
            const uint32_t *row = s->matrix.index + s->matrix.start[j];
            double theta = newton->rows[j];
            for (uint32_t b = 0; b < count; b++)
                line[row[b]] += theta;
        }
        line[i] += newton->diagonal[c * s->n + i];
    }
}

/* Class of the reduced unknown `slot` of a column: the reference class is skipped. */
static size_t slot_class(const struct l1_newton *newton, size_t g, size_t slot)
{
    return slot < newton->reference[g] ? slot : slot + 1;
}

/* factor <- P' diag(M_c) P, where P writes the unknown (g, c) as e_gc − e_g,reference. */
static void reduce_normal(struct l1_newton *newton)
{
    const struct l1_system *s = newton->system;
    size_t n = s->n, slots = s->classes - 1;
    for (size_t g = 0; g < n; g++)
        for (size_t h = 0; h <= g; h++) {
            size_t rg = newton->reference[g], rh = newton->reference[h], cell = g * n + h;
            double both = rg == rh ? newton->normal[rg * n * n + cell] : 0;
            for (size_t a = 0; a < slots; a++)
                for (size_t b = 0; b < slots; b++) {
                    size_t c = slot_class(newton, g, a), d = slot_class(newton, h, b);
                    double sum = both;
                    if (c == d)
                        sum += newton->normal[c * n * n + cell];
                    if (c == rh)
                        sum -= newton->normal[c * n * n + cell];
                    if (d == rg)
                        sum -= newton->normal[d * n * n + cell];
                    newton->factor[(g * slots + a) * newton->size + h * slots + b] = sum;
                }
        }
}

static void choose_references(struct l1_newton *newton, const double *t)
{
    const struct l1_system *s = newton->system;
    for (size_t g = 0; g < s->n; g++) {
        newton->reference[g] = 0;
        for (size_t c = 1; c < s->classes; c++)
            if (t[c * s->n + g] > t[newton->reference[g] * s->n + g])
                newton->reference[g] = (uint32_t)c;
    }
}

void l1_newton_factor(struct l1_newton *newton, const struct l1_point *point)
{
    const struct l1_system *s = newton->system;
    const double *x = point->x, *z = point->z;
    for (size_t k = 0; k < s->terms; k++) {
        size_t p = point->at_p + k, q = point->at_q + k;
        newton->theta[k] = 1 / (x[p] / z[p] + x[q] / z[q]);
    }
    for (size_t i = 0; i < s->unknowns; i++) {
        newton->diagonal[i] = z[i] / x[i];
        if (s->classes == 1)
            newton->diagonal[i] += z[point->at_v + i] / x[point->at_v + i];
    }
    if (s->classes == 1) {
        assemble(newton, 0, newton->factor);
    } else {
        choose_references(newton, x);
        for (size_t c = 0; c < s->classes; c++)
            assemble(newton, c, newton->normal + c * s->n * s->n);
        reduce_normal(newton);
    }
    cholesky_factor(newton->factor, newton->size, newton->reduced);
}

/* out <- out + P K^-1 P' residual */
static void correct(struct l1_newton *newton, double *out)
{
    const struct l1_system *s = newton->system;
    size_t n = s->n, slots = s->classes - 1;
    const double *r = newton->residual;
    if (s->classes == 1)
        memcpy(newton->reduced, r, n * sizeof *r);
    for (size_t g = 0; g < n; g++)
        for (size_t a = 0; a < slots; a++)
            newton->reduced[g * slots + a] = r[slot_class(newton, g, a) * n + g] - r[newton->reference[g] * n + g];
    cholesky_solve(newton->factor, newton->size, newton->reduced);
    for (size_t g = 0; s->classes == 1 && g < n; g++)
        out[g] += newton->reduced[g];
    for (size_t g = 0; g < n; g++)
        for (size_t a = 0; a < slots; a++) {
            out[slot_class(newton, g, a) * n + g] += newton->reduced[g * slots + a];
            out[newton->reference[g] * n + g] -= newton->reduced[g * slots + a];
        }
}

void l1_newton_solve(struct l1_newton *newton, const double *rhs, double *out)
{
    const struct l1_system *s = newton->system;
    memset(out, 0, s->unknowns * sizeof *out);
    memcpy(newton->residual, rhs, s->unknowns * sizeof *rhs);
    correct(newton, out);
    for (int round = 0; round < REFINEMENTS; round++) {
        l1_multiply(newton, out, newton->products);
        for (size_t k = 0; k < s->terms; k++)
            newton->products[k] *= newton->theta[k];
        l1_multiply_transposed(newton, newton->products, newton->residual);
        for (size_t i = 0; i < s->unknowns; i++)
            newton->residual[i] = rhs[i] - newton->residual[i] - newton->diagonal[i] * out[i];
        correct(newton, out);
    }
}
