/* Quasi-identifiers: which columns does the attacker know of a person, and in what detail?
 *
 * Given. Columns with the role `quasi` (--quasi or schema): those, and exactly. (synthpop's disclosure() does the same: a
 * number is a key value like any other.)
 *
 * Proposed, where none is given: the column sets of highest identification risk in train. Nobody says what the attacker knows,
 * so no more than what people may know of each other is supposed: categories, and numbers and dates as they are up to
 * QUASI_VALUES different values in train (ages, years, counts), above that as train's deciles (coding.h): few know an exact
 * income, and with exact ones any two such columns would identify everybody. Left out are the columns that must be guessed
 * (`except`), secrets, the target, and categories that alone single out half of the rows or more (names, codes of persons:
 * identifiers, which belong under --key or --ignore; listed). Of more than QUASI_CANDIDATES columns those stay that set most
 * pairs of rows apart.
 *
 * The proposal is the smallest set on which at least QUASI_TARGET of train's rows are alone with their values; of several the
 * one with most such rows. Half: from there on a person is more likely alone than not, so an attacker who finds a match expects
 * it to be the right one; a larger set asks the attacker to know more and matches less. Where no set of QUASI_MOST columns
 * reaches half, the one with most unique rows, the smallest of equals. QUASI_MOST: published key sets have three to six columns
 * (Sweeney 2000: sex, date of birth and postcode), and more are seldom known.
 *
 * Search by size: sets of one column, then all one-column extensions of the QUASI_BEAM sets that leave the fewest pairs of rows
 * equal (a beam; narrower where rows times columns are many: 277 sets at 24,000 x 15). A set is missed only if all sets of one
 * column less that it holds are beyond the beam; with up to 15 columns and 24,000 rows none of three columns is. No chance is
 * involved, ties go to the columns met first. O(rows) a set: 24,000 x 15 takes .1 s. Memory O(rows) a thread.
 *
 * Unique shares are those of the training sample. Who is alone in a sample need not be alone in the population. */
#ifndef ASSAY_ATTACKS_QUASI_H
#define ASSAY_ATTACKS_QUASI_H

#include "attacks/reconstruction/coding.h"
#include "metrics/measure.h"

#define QUASI_MOST       ((size_t)6) /* columns of a proposed set */
#define QUASI_TARGET     .5          /* share of train's rows that the proposed set makes unique */
#define QUASI_VALUES     ((size_t)100)
#define QUASI_CANDIDATES ((size_t)32)
#define QUASI_BEAM       ((size_t)512)
#define QUASI_BEST       ((size_t)5) /* sets of the final size that are listed */
#define QUASI_SETS       (QUASI_BEST + QUASI_MOST)

struct quasi_set {
    size_t n, columns[QUASI_MOST]; /* in column order */
    double unique;                 /* share of train's rows that are alone with their values */
};

/* The proposed set, the next best of its size, then the best of each smaller size, from large to small. n = 0: there is no
 * column to propose. Kept among the artifacts. */
struct quasi_proposal {
    size_t n;
    struct quasi_set sets[QUASI_SETS];
    size_t n_identifiers, *identifiers; /* categories left out because they alone single out half of the rows */
};
int quasi_propose(const struct measure_task *task, const size_t *except, size_t n_except,
                  const struct quasi_proposal **proposal, struct error *error);

struct quasi {
    bool given;           /* by role, else proposed */
    size_t n;             /* at least 1 */
    size_t *columns;      /* in column order */
    double unique;        /* share of train's rows that are alone with their key */
    struct coding coding; /* of these columns, in this order; a column that is not .exact is compared by class … */
    bool *by_class;       /* … unless it was given; [n] */
};

/* What the attacker knows when the columns `except` are to be guessed; kept among the artifacts. ERROR_UNMEASURABLE: no column
 * is left. */
int quasi_get(const struct measure_task *task, const size_t *except, size_t n_except, const struct quasi **quasi,
              struct error *error);

/* Cells of a table as numbers: cells[a][row] for the a-th column, equal exactly where the attacker sees the same, in all
 * tables; missing is a value. Keys: one number a row for all columns (a 64-bit hash). Both from the arena. */
int quasi_cells(const struct quasi *quasi, const struct table *table, struct arena *arena, uint64_t ***cells,
                struct error *error);
int quasi_keys(const struct quasi *quasi, const struct table *table, struct arena *arena, uint64_t **keys, struct error *error);

/* Keys of a random part of n rows (equal_part): keys[i] of row pick[i]. */
int quasi_part_keys(const struct measure_task *task, const struct quasi *quasi, const struct table *table, size_t n,
                    struct arena *arena, uint32_t **pick, uint64_t **keys, struct error *error);

/* Column names as words, "age, sex and zip", each cut to 40 bytes, at most `shown` of them ("… and 3 more"); quasi_words:
 * QUASI_MOST. */
#define QUASI_WORDS 360
void column_words(const struct schema *schema, const size_t *columns, size_t n, size_t shown, char *text, size_t size);
void quasi_words(const struct schema *schema, const size_t *columns, size_t n, char text[QUASI_WORDS]);

/* Adds "quasi": {given, columns, unique} to the details of a measure. */
void quasi_describe(const struct schema *schema, const struct quasi *quasi, cJSON *details);
void quasi_describe_set(const struct schema *schema, const size_t *columns, size_t n, double unique, cJSON *item);

#endif
