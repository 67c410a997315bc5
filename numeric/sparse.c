#include "numeric/sparse.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/hash.h"

void sparse_multiply(const struct sparse *matrix, const double *x, double *out)
{
    for (size_t j = 0; j < matrix->rows; j++)
        out[j] = sparse_row_sum(matrix, j, x);
}

void sparse_multiply_transposed(const struct sparse *matrix, const double *y, double *out)
{
    memset(out, 0, matrix->columns * sizeof *out);
    for (size_t j = 0; j < matrix->rows; j++) {
        double value = y[j];
        if (value == 0)
            continue;
        for (size_t k = matrix->start[j]; k < matrix->start[j + 1]; k++)
            out[matrix->index[k]] += value;
    }
}

/* Columns, in classes that no row so far tells apart. */
struct partition {
    uint32_t *class_of;            /* per column */
    uint32_t *size, *hits, *fresh; /* per class: members, members in the row at hand, class its hit members move to (0: none) */
    uint32_t *touched;             /* classes hit by the row at hand */
    size_t classes;
};

/* Splits every class into the columns inside and those outside the row. */
static void partition_refine(struct partition *p, const uint32_t *row, size_t length)
{
    size_t touched = 0;
    for (size_t k = 0; k < length; k++)
        if (p->hits[p->class_of[row[k]]]++ == 0)
            p->touched[touched++] = p->class_of[row[k]];
    for (size_t k = 0; k < length; k++) {
        uint32_t old = p->class_of[row[k]];
        if (p->hits[old] == p->size[old])
            continue;
        if (!p->fresh[old])
            p->fresh[old] = (uint32_t)p->classes++;
        p->class_of[row[k]] = p->fresh[old];
        p->size[p->fresh[old]]++;
    }
    for (size_t k = 0; k < touched; k++) {
        uint32_t c = p->touched[k];
        if (p->fresh[c])
            p->size[c] -= p->hits[c];
        p->hits[c] = p->fresh[c] = 0;
    }
}

int sparse_find_twins(const struct sparse *matrix, struct arena *arena, struct sparse_twins *twins, struct error *error)
{
    size_t n = matrix->columns;
    struct arena *scratch = arena_new();
    if (!scratch)
        return error_memory(error);
    struct partition p = {.class_of = ARENA_ARRAY(arena, uint32_t, n + 1),
                          .size = ARENA_ARRAY(arena, uint32_t, n + 1),
                          .hits = ARENA_ARRAY(scratch, uint32_t, n + 1),
                          .fresh = ARENA_ARRAY(scratch, uint32_t, n + 1),
                          .touched = ARENA_ARRAY(scratch, uint32_t, n + 1),
                          .classes = n > 0};
    int status = p.class_of && p.size && p.hits && p.fresh && p.touched ? 0 : error_memory(error);
    if (!status) {
        p.size[0] = (uint32_t)n;
        for (size_t j = 0; j < matrix->rows; j++)
            partition_refine(&p, matrix->index + matrix->start[j], matrix->start[j + 1] - matrix->start[j]);
    }
    *twins = (struct sparse_twins){p.classes, p.class_of, p.size};
    arena_free(scratch);
    return status;
}

int sparse_transpose(const struct sparse *matrix, struct arena *arena, struct sparse *transposed, struct error *error)
{
    size_t entries = matrix->start[matrix->rows], n = matrix->columns;
    size_t *start = ARENA_ARRAY(arena, size_t, n + 2);
    uint32_t *index = ARENA_ARRAY(arena, uint32_t, entries + 1);
    if (!start || !index)
        return error_memory(error);
    for (size_t k = 0; k < entries; k++)
        start[matrix->index[k] + 2]++;
    for (size_t i = 2; i < n + 2; i++)
        start[i] += start[i - 1];
    /* start[i + 1] runs from the begin of column i to its end, which is the begin of the next. */
    for (size_t j = 0; j < matrix->rows; j++)
        for (size_t k = matrix->start[j]; k < matrix->start[j + 1]; k++)
            index[start[matrix->index[k] + 1]++] = (uint32_t)j;
    *transposed = (struct sparse){.rows = n, .columns = matrix->rows, .start = start, .index = index};
    return 0;
}

static int compare_columns(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The merged columns of one row, ascending: a class lies in a row as a whole, so its first member stands for it. */
static size_t merged_row(const uint32_t *row, size_t length, const struct sparse_merged *merged, uint32_t *seen, uint32_t mark,
                         uint32_t *out)
{
    size_t size = 0;
    bool ascending = true;
    for (size_t k = 0; k < length; k++) {
        uint32_t c = merged->column_of[row[k]];
        if (seen[c] == mark)
            continue;
        seen[c] = mark;
        ascending = ascending && (size == 0 || out[size - 1] < c);
        out[size++] = c;
    }
    if (!ascending)
        qsort(out, size, sizeof *out, compare_columns);
    return size;
}

/* Finds the row among the rows kept so far (open addressing over hashes of the lists); returns its slot. */
static size_t row_slot(const size_t *start, const uint32_t *index, const uint32_t *slots, size_t mask, const uint32_t *row,
                       size_t length)
{
    size_t slot = (size_t)hash_bytes(row, length * sizeof *row, 0) & mask;
    for (; slots[slot]; slot = (slot + 1) & mask) {
        size_t other = slots[slot] - 1;
        if (start[other + 1] - start[other] == length && memcmp(index + start[other], row, length * sizeof *row) == 0)
            break;
    }
    return slot;
}

static int merge_rows(const struct sparse *matrix, struct arena *arena, struct arena *scratch, struct sparse_merged *merged,
                      struct error *error)
{
    size_t m = matrix->rows, capacity = 16, kept = 0;
    while (capacity < 2 * m)
        capacity *= 2;
    size_t *start = ARENA_ARRAY(arena, size_t, m + 1);
    uint32_t *index = ARENA_ARRAY(arena, uint32_t, matrix->start[m] + 1);
    uint32_t *slots = ARENA_ARRAY(scratch, uint32_t, capacity);
    uint32_t *seen = ARENA_ARRAY(scratch, uint32_t, matrix->columns + 1);
    merged->row_of = ARENA_ARRAY(arena, uint32_t, m + 1);
    if (!start || !index || !slots || !seen || !merged->row_of)
        return error_memory(error);
    for (size_t j = 0; j < m; j++) {
        uint32_t *row = index + start[kept];
        size_t size = merged_row(matrix->index + matrix->start[j], matrix->start[j + 1] - matrix->start[j], merged, seen,
                                 (uint32_t)j + 1, row);
        size_t slot = row_slot(start, index, slots, capacity - 1, row, size);
        if (!slots[slot]) {
            start[kept + 1] = start[kept] + size;
            slots[slot] = (uint32_t)++kept;
        }
        merged->row_of[j] = slots[slot] - 1;
    }
    merged->matrix.rows = kept;
    merged->matrix.start = start;
    merged->matrix.index = index;
    return 0;
}

int sparse_merge(const struct sparse *matrix, struct arena *arena, struct sparse_merged *merged, struct error *error)
{
    *merged = (struct sparse_merged){.matrix = {0}};
    struct arena *scratch = arena_new();
    if (!scratch)
        return error_memory(error);
    struct sparse_twins twins = {0, NULL, NULL};
    int status = sparse_find_twins(matrix, arena, &twins, error);
    merged->column_of = twins.class_of;
    merged->count = twins.count;
    merged->matrix.columns = twins.classes;
    if (!status)
        status = merge_rows(matrix, arena, scratch, merged, error);
    arena_free(scratch);
    return status;
}
