/* Random bits: a column of fair random bits that is added to the training table before generation, for releases where the
 * generator cannot be run again. A record's bit depends on nothing, so that whoever guesses it from the synthetic table better
 * than a coin has learnt it from this very record: chance is ½ by construction, and no population inference can help
 * (Annamalai, Gadotti, Rocher 2024, arXiv 2301.10053, attack such a secret in their game). */
#ifndef ASSAY_ATTACKS_CANARY_BITS_H
#define ASSAY_ATTACKS_CANARY_BITS_H

#include "attacks/reconstruction/solve.h"
#include "core/json.h"
#include "core/pool.h"
#include "datasets/dataset.h"

enum { BITS_LEAST = 20 }; /* records below which not even a third of all bits known would be told from chance */

struct bits {
    const char *column; /* the name of the added column */
    size_t n;           /* rows of train */
    uint8_t *bit;       /* [n] */
    struct arena *arena;
};

/* Half of the bits are 1, in a random order (an odd one is a coin's): each is fair, and a generator that keeps the shares of
 * every column and nothing else says nothing of any. ERROR_INPUT: too few rows, or train has a column of that name. */
int bits_draw(const struct table *train, const char *column, uint64_t seed, struct bits *bits, struct error *error);
void bits_free(struct bits *bits);

/* Writes train as its file has it, every cell with its text, and the column of bits (0, 1) behind. */
int bits_write(const struct bits *bits, const char *train_path, const char *out_path, struct error *error);

/* The key as JSON {format: "assay-canary-bits", version, train: {sha256, rows}, column, bits: "0110…"}. Reading checks train's
 * sha256, so that a key is not used beside another table, and that the bits are balanced. */
#define BITS_FORMAT "assay-canary-bits"
cJSON *bits_json(const struct bits *bits, const struct input_file *train);
int bits_read(const char *path, const struct input_file *train, struct bits *bits, struct error *error);

/* One attack on the bits. */
struct bits_attack {
    const char *name; /* "reconstruction", "nearest", "classifier" */
    size_t n, right;
    double p;                   /* exact, one-sided: P[X ≥ right], X ~ B(n, ½) */
    double auc, auc_lo, auc_hi; /* reconstruction alone, else NaN; DeLong */
};
enum { BITS_ATTACKS = 3 };

struct bits_verdict {
    struct bits_attack attack[BITS_ATTACKS]; /* reconstruction comes first, judged on unique records */
    size_t best;                             /* with the smallest p */
    double p;                                /* of the best, times the number of attacks */
    size_t records, unique, all_right;       /* reconstruction over all records */
    size_t queries, undetermined;            /* undetermined: unique records */
    enum solver solver;
    size_t rows, missing, odd; /* synthetic rows; of them without a bit; with another number than 0 and 1 */
    double limit;              /* smallest share of the unique records whose known bits are found with 95 % power */
};

/* Attacks the column in the file at `path`: linear reconstruction, the nearest completion, boosted trees, which know the
 * columns with the role quasi (else all measured ones) of every record. Numbers of at least ½ count as 1. ERROR_INPUT: the file
 * lacks the column; ERROR_UNMEASURABLE: the column is empty or constant there, or fewer than BITS_LEAST records are unique. */
int bits_check(const struct bits *bits, const struct dataset *data, const char *path, uint64_t seed, double alpha,
               struct pool *pool, struct bits_verdict *verdict, struct error *error);

/* The smallest share q of n records such that, were their bits known and the others guessed by a coin, the exact test at level
 * alpha would find it with probability `power`. */
double bits_limit(size_t n, double alpha, double power);

#endif
