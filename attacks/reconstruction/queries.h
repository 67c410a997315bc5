/* Counting queries of the linear reconstruction attack (Annamalai, Gadotti, Rocher 2024, arXiv 2301.10053, section 4.1).
 *
 * A query fixes the values of some quasi-identifiers and asks how many real records with these values have the secret. Which
 * records those are the attacker knows (a row of the 0/1 matrix); the answer he takes from the synthetic rows. With N_j of n
 * real records and M_j of m synthetic rows that match, c_j of them with the secret,
 *
 *     conditional  b_j = N_j c_j / M_j     (how many match is known from the real records)
 *     normal       b_j = n c_j / m         (counts of S, scaled to the size of train)
 *
 * Combinations that no synthetic row has (M_j = 0) say nothing and are dropped; the authors' program takes them as answer 0
 * (its process_queries.py), which `unsupported` does as well. Records and rows come as small codes, the same code for the same
 * value in both tables. */
#ifndef ASSAY_ATTACKS_QUERIES_H
#define ASSAY_ATTACKS_QUERIES_H

#include <stdbool.h>

#include "numeric/sparse.h"

struct query_table {
    size_t rows, columns;
    const uint32_t *const *code; /* by column, then row; below levels[column] */
    const uint32_t *levels;      /* of both tables together */
};

/* Marks the records whose combination of codes no other record has; 64-bit hashes stand for the combinations, so that a
 * collision could at worst pass over a unique record. */
int query_table_unique(const struct query_table *codes, struct arena *arena, bool *unique, size_t *count, struct error *error);

enum query_answers { ANSWERS_CONDITIONAL, ANSWERS_NORMAL };

struct query_options {
    size_t order;       /* quasi-identifiers a query fixes: k − 1 of a k-way query, 1 … columns */
    size_t max_entries; /* of the matrix: above it a seeded sample of the column sets is asked; 0: no limit */
    uint64_t seed;
    const char *stream; /* random stream of that sample */
    size_t least_order; /* a mixture: all orders from this one to `order`; 0: `order` alone */
    enum query_answers answers;
    bool unsupported; /* keep queries that no synthetic row supports, with the answer 0 */
};

struct query_set {
    struct sparse matrix; /* queries x real records; column sets in order, cells by their first record */
    size_t classes;
    uint32_t *support;     /* M_j */
    uint32_t *positives;   /* c_j: queries x classes */
    size_t sets, all_sets; /* column sets asked, and how many there are */
    size_t synthetic_rows; /* m */
    enum query_answers answers;
};

/* secret: class of each synthetic row, below classes. Memory O(entries) in the arena. */
int query_set_build(const struct query_table *real, const struct query_table *synthetic, const uint32_t *secret, size_t classes,
                    const struct query_options *options, struct arena *arena, struct query_set *set, struct error *error);

/* N_j of a query, and its answer b_j for one class. */
double query_records(const struct query_set *set, size_t query);
double query_answer(const struct query_set *set, size_t query, size_t class);
/* Inverse variance of the answer (boxls_weight): of c among M rows, scaled to N records; with normal answers of c among all m
 * rows, scaled to n. */
double query_weight(const struct query_set *set, size_t query, size_t class);

#endif
