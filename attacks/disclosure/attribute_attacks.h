/* Attribute disclosure: four ways to guess a person's secret from the candidate's rows and the person's quasi-identifiers.
 *
 *   nearest      the secret of the nearest candidate row: mean rank distance over the quasi-identifiers as they are
 *                (numeric/neighbours.h, rank-Gower), drawn from all rows that are equally near
 *   cap          a secret drawn from the candidate rows with the same key; where none has it, from all rows. Correct
 * attribution probability, Elliot 2014; Taub, Elliot, Pampaka, Smith 2018 generalised  a secret drawn from the candidate rows
 * whose key differs in the fewest columns (Hamming distance), as SDMetrics' CategoricalGeneralizedCAP. Distances are looked at
 * as long as they take no more than MOST_SUBSETS subsets of columns, always 0 and 1; who is farther from all rows gets a draw
 * from all tree         the most frequent secret of the leaf, a classification tree grown on the candidate (CART, at least 5
 * rows a leaf)
 *
 * The answer of an attack on a record is the probability that its guess is right, so that draws need no random numbers. */
#ifndef ASSAY_ATTACKS_ATTRIBUTE_ATTACKS_H
#define ASSAY_ATTACKS_ATTRIBUTE_ATTACKS_H

#include "attacks/disclosure/quasi.h"
#include "attacks/reconstruction/baselines.h"

#define MOST_SUBSETS ((size_t)600)

enum attribute_attack { ATTRIBUTE_NEAREST, ATTRIBUTE_CAP, ATTRIBUTE_GENERALISED, ATTRIBUTE_TREE, ATTRIBUTE_ATTACKS };
extern const char *const attribute_attack_names[ATTRIBUTE_ATTACKS];

/* Records that are attacked: train's or the strangers'. */
struct attribute_records {
    struct known_rows rows;
    double *right[ATTRIBUTE_ATTACKS]; /* [rows.n]: probability that the guess is right */
    bool *matched;                    /* [rows.n]: a candidate row has the same key */
};

struct attribute_case {
    struct secret secret;
    const struct quasi *quasi; /* without the secret */
    struct known_rows synthetic;
    struct attribute_records records[2]; /* train's, the strangers' */
    struct arena *arena;                 /* of this case */
};

/* Fills right and matched; secret, quasi and arena are set. The candidate has at least one row with a known secret. */
int attribute_attack(struct attribute_case *c, const struct table *train, struct error *error);

#endif
