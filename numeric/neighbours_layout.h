/* Inside of the neighbour engine. Only numeric/neighbours*.c include this.
 *
 * Layout of a table: unique rows, put in the order of a tree that halves them again and again where it keeps most rows apart
 * (neighbours_tree.c), 64 to a tile, 64 tiles to a group. Rows are held as 16-bit codes, lanes[tile][slot][lane];
 * tiles and groups as boxes, boxes[group][slot][tile of the group] and crowns[…][slot][group], so that one vector pass gives
 * the bounds of a query to 64 rows, to 64 tiles or to 64 groups.
 *
 * Kernel columns: categories of few levels (in a box: a mask of code mod 16), other categories (in a box: least and greatest
 * code), numbers, and under EUCLIDEAN the 0/1 marks of missing numbers (in a box: least and greatest). Fewest levels first:
 * they rule most rows out. Categories with codes below 254 are small: two of them share a slot of a tile.
 *
 * Bounds. The coded sum of two rows is Σ weight [categories differ] + Σ part(|code − code|), saturating at 65535; of a row and
 * a box, the least that any row in the box could have.
 *
 * GOWER, RANK_GOWER: a number's code is unit · ((v − low) / divisor + 1), rounded, held within [0, 3 unit]; missing is 4 unit;
 * part(g) = min(g, unit); weight = unit. Rounding is off by at most ½ on either side, holding and folding only lower the sum,
 * so: coded sum ≤ unit · Σ parts + #numbers.
 *
 * EUCLIDEAN: a number's code is ⌊G · (z − low)⌋, held within [0, 65535]; missing stands at the mean; part(g) =
 * ⌊max(g − 1, 0)² / 65536⌋ ≤ unit · (z − z')² with unit = G² / 65536; weight = ⌊2 unit⌋.
 */
#ifndef ASSAY_NUMERIC_NEIGHBOURS_LAYOUT_H
#define ASSAY_NUMERIC_NEIGHBOURS_LAYOUT_H

#include <float.h>
#include <math.h>

#include "numeric/neighbours.h"

#define NEIGHBOUR_LANES    64
#define NEIGHBOUR_NO_LIMIT UINT16_MAX

#define NEIGHBOUR_UNKNOWN (-1.0) /* exact value of a category that the fitted table lacks, under EUCLIDEAN */

struct neighbour_scale {
    enum neighbour_metric metric;
    size_t n_columns;
    bool *categorical; /* per column, like all that follows up to `ranked` */
    double *divisor;   /* of |a − b|; in a categorical column 1, so that any difference gives a capped 1 */
    double *mean;      /* EUCLIDEAN, numeric: of the fitted values */
    double *low;       /* where codes begin, in units of the exact value */
    double **value;    /* distinct fitted values in order (RANK_GOWER: numbers, EUCLIDEAN: categories), else NULL */
    uint32_t **below;  /* RANK_GOWER, numbers: fitted values below value[i]; one more element: all */
    size_t *distinct;
    bool *ranked;           /* exact values are twice the rank instead of the number itself */
    bool *marked;           /* EUCLIDEAN, numeric: the fitted column has missing numbers, so it has a mark */
    size_t n_kernel;        /* kernel columns */
    size_t n_masked;        /* of these: categories held as masks in boxes */
    size_t n_small;         /* and all categories with 8-bit codes */
    size_t n_categories;    /* and all categories */
    size_t n_values;        /* categories and numbers; marks follow */
    size_t n_slots;         /* of 64 codes in a tile: (n_small + 1) / 2, and one for each other kernel column */
    uint32_t *order;        /* kernel column → column */
    double unit, step;      /* coded sum of a part of 1; codes of a part of 1 */
    double slack;           /* see the bound above */
    uint16_t weight, limit; /* of differing categories; the most a number's part can be */
};

enum neighbour_holder { NEIGHBOUR_IN_LANES, NEIGHBOUR_NARROW, NEIGHBOUR_WIDE };

struct neighbour_place {
    enum neighbour_holder holder;
    uint32_t at;    /* slot of the lanes, or number within narrow or wide */
    unsigned shift; /* of a small category within its slot */
    uint16_t top;   /* its code of a missing category; that of an unknown one is one less */
};

struct neighbour_table {
    const struct neighbour_scale *scale;
    size_t rows, unique, tiles, groups;
    uint16_t *lanes;  /* [tile][slot][lane] */
    uint16_t *boxes;  /* [group][slot][tile of the group] */
    uint16_t *crowns; /* [64 groups][slot][group] */
    size_t box_slots; /* one a masked category, two a column otherwise */

    /* Exact values that the lanes do not hold: numbers, and categories of columns with codes beyond 16 bits. As float where
     * that loses nothing. A missing value is infinite. */
    size_t n_narrow, n_wide;
    uint32_t *narrow_column, *wide_column;
    struct neighbour_place *place; /* per column: where its exact values are */
    float *narrow;                 /* [unique][n_narrow] */
    double *wide;                  /* [unique][n_wide] */
    bool all_in_lanes;             /* every column is one, so the coded sum is exact */

    uint32_t *start;     /* [unique + 1]: into members */
    uint32_t *members;   /* rows of each unique row, ascending */
    uint32_t *unique_of; /* [rows] */
    uint32_t *hashed;    /* [hash_mask + 1]: unique row + 1 by hash of its exact values, open addressing; 0: empty */
    size_t hash_mask;
};

/* The code of kernel column c in a lane of a tile, `lane` pointing at the lane in the tile's first slot. */
static inline uint16_t neighbour_code(const struct neighbour_scale *scale, const uint16_t *lane, size_t c)
{
    if (c < scale->n_small)
        return lane[c / 2 * NEIGHBOUR_LANES] >> c % 2 * 8 & 0xff;
    return lane[(c - scale->n_small / 2) * NEIGHBOUR_LANES];
}

/* Exact values of unique row u: numbers, twice-ranks or category codes; missing is infinite, an unknown category −1. */
void neighbour_exact_row(const struct neighbour_table *table, size_t u, double *x);

double neighbour_exact_cell(const struct neighbour_table *table, size_t u, size_t column);

/* Mixes one more exact value into a row's hash. */
static inline uint64_t neighbour_hash(uint64_t hash, double v)
{
    union {
        double v;
        uint64_t bits;
    } exact = {.v = v};

    hash = (hash ^ exact.bits) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

/* The exact distance of the row whose exact values are x to unique row v of b. */
double neighbour_exact_distance(const double *x, const struct neighbour_table *b, size_t v);

/* A row of another table, ready to be compared: its codes, and the bit of each masked category. */
struct neighbour_query {
    const struct neighbour_scale *scale;
    const uint16_t *code; /* [n_kernel] */
    const uint16_t *two;  /* [(n_small + 1) / 2]: codes of two small categories, as in the lanes */
    const uint16_t *bit;  /* [n_masked] */
};

/* Bounds to the 64 rows of a tile, or to 64 boxes. Returns which are not above the limit, as bits; when there are any, all
 * bounds are in sums[64], those of the others being anything above the limit. */
typedef uint64_t neighbour_bound_function(const struct neighbour_query *query, const uint16_t *lanes, uint16_t limit,
                                          uint16_t sums[NEIGHBOUR_LANES]);

struct neighbour_kernel {
    neighbour_bound_function *tile, *boxes;
};

extern const struct neighbour_kernel neighbour_kernel_plain, neighbour_kernel_avx2;

const struct neighbour_kernel *neighbour_kernel_best(void); /* for this processor */
bool neighbour_has_avx2(void);

/* The order of the tree: order[i] is the row that comes i-th. codes: [kernel column][rows]. */
int neighbour_tree_order(const struct neighbour_scale *scale, const uint16_t *codes, size_t rows, uint32_t *order,
                         struct error *error);
/* Boxes and crowns of a table whose lanes are filled. */
int neighbour_tree_boxes(struct neighbour_table *table, struct arena *arena, struct error *error);

/* One task's walk: the rows from … to−1 of a over the tree of b. */
struct neighbour_walk {
    const struct neighbour_kernel *kernel;
    const struct neighbour_table *a, *b;
    size_t from, to;
    uint16_t *limits; /* [to − from]: rows of b with a higher bound are of no use to this row; may be lowered in `visit` */
    /* Row v of b with a bound not above the limit of row u of a. */
    void (*visit)(void *context, size_t u, size_t v, uint16_t sum);
    void *context;

    /* filled by neighbour_walk_prepare */
    uint16_t *code, *two, *bit; /* [to − from][…] */
    uint16_t *reach;            /* [to − from][groups, rounded up to 64]: bounds to the groups */
};

#define NEIGHBOUR_CHUNK 128 /* rows of a in a task */

static inline size_t neighbour_walk_tasks(const struct neighbour_table *a)
{
    return (a->unique + NEIGHBOUR_CHUNK - 1) / NEIGHBOUR_CHUNK;
}

/* The walk of one task; `visit` and `context` are the caller's. */
static inline struct neighbour_walk neighbour_walk_of(const struct neighbour_kernel *kernel, const struct neighbour_table *a,
                                                      const struct neighbour_table *b, size_t task)
{
    size_t from = task * NEIGHBOUR_CHUNK, left = a->unique - from;

    return (struct neighbour_walk){
        .kernel = kernel, .a = a, .b = b, .from = from, .to = from + (left < NEIGHBOUR_CHUNK ? left : NEIGHBOUR_CHUNK)};
}

int neighbour_walk_prepare(struct neighbour_walk *walk, struct arena *scratch, struct error *error);
/* The tile of b that looks nearest to row u, and its 64 sums; SIZE_MAX when b is empty. */
size_t neighbour_walk_nearest_tile(const struct neighbour_walk *walk, size_t u, uint16_t sums[NEIGHBOUR_LANES]);
int neighbour_walk_run(struct neighbour_walk *walk, struct arena *scratch, struct error *error);

/* The largest coded sum that two rows at `distance` can have. */
static inline uint16_t neighbour_limit(const struct neighbour_scale *scale, double distance)
{
    double total = scale->metric == NEIGHBOUR_EUCLIDEAN ? distance * distance : distance * (double)scale->n_columns;
    double sum = floor(total * scale->unit * (1 + 1e-9) + scale->slack + 1e-3);

    return sum < NEIGHBOUR_NO_LIMIT ? (uint16_t)sum : NEIGHBOUR_NO_LIMIT;
}

/* neighbour_search and neighbour_count_balls with a given kernel, for tests. */
int neighbour_search_with(const struct neighbour_kernel *kernel, const struct neighbour_table *a,
                          const struct neighbour_table *b, struct neighbour_options options, struct pool *pool,
                          struct arena *arena, struct neighbour_list *forward, struct neighbour_list *backward,
                          struct error *error);
int neighbour_count_balls_with(const struct neighbour_kernel *kernel, const struct neighbour_table *a,
                               const struct neighbour_table *b, const double *radius, struct pool *pool, struct arena *arena,
                               struct neighbour_balls *balls, struct error *error);

#endif
