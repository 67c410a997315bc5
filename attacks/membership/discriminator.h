/* Learners that tell the candidate S from the reference P, asked about other rows.
 *
 * Trained to tell rows of S (1) from rows of P (0), as many of each, a learner's log odds estimate log p_S(x) − log p_P(x), the
 * density ratio, without any density (Sugiyama, Suzuki, Kanamori 2012, "Density ratio estimation in machine learning", ch. 4);
 * where S holds more than its source, members lie there. Settings are those of models/: logistic regression and boosted trees.
 */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_DISCRIMINATOR_H
#define ASSAY_ATTACKS_MEMBERSHIP_DISCRIMINATOR_H

#include "core/pool.h"
#include "datasets/table.h"

enum { DISCRIMINATOR_LOGISTIC, DISCRIMINATOR_BOOSTED, DISCRIMINATORS };
enum { DISCRIMINATOR_ROWS = 10000 }; /* taken of S and of P at most, at random; as many of one as of the other */

struct table_rows {
    const struct table *table;
    const uint32_t *pick; /* `rows` row numbers; NULL: all rows of the table, `rows` in number */
    size_t rows;
};

/* matched: the column whose levels are matched, SIZE_MAX: none (nor where it has no levels, or S and P none in common).
 * score[d]: [rows of members + rows of strangers] log odds, held within ±log(1e6); equal chances for all (0) where no column
 * varies. Seeded by (seed); the learners are two tasks of the pool. ERROR_UNMEASURABLE: S or P has no rows. */
int discriminator_scores(const struct table_rows *candidate, const struct table_rows *reference,
                         const struct table_rows *members, const struct table_rows *strangers, uint64_t seed, size_t matched,
                         struct pool *pool, double *score[DISCRIMINATORS], struct error *error);

#endif
