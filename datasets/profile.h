/* What inference looks at: the facts about one raw column. */
#ifndef ASSAY_DATASETS_PROFILE_H
#define ASSAY_DATASETS_PROFILE_H

#include "datasets/csv_raw.h"

enum { PROFILE_VALUES = 1000 }; /* distinct numbers up to which values and counts are kept */

struct profile {
    size_t rows, missing;   /* missing: the schema's tokens */
    size_t column_missing;  /* cells with a column token ("N", …) */
    uint64_t column_tokens; /* bit i: schema_column_tokens.words[i] occurs */
    size_t distinct;        /* texts that are not missing, column tokens included */
    /* Numbers (without leading zeros). */
    size_t numbers;  /* cells */
    size_t n_values; /* distinct values; at least PROFILE_VALUES + 1 when there are more than that */
    double *values;  /* ascending, when n_values <= PROFILE_VALUES */
    size_t *counts;
    double lo, hi;
    int decimals;        /* largest number of decimals */
    bool whole;          /* all numbers are whole */
    bool long_numbers;   /* one of 1e15 or more in size: others of its text's neighbours may be the same double */
    bool increasing;     /* numbers strictly increase from row to row */
    bool unique_numbers; /* no number occurs twice */
    /* Texts: all other cells. */
    size_t texts;            /* cells */
    size_t distinct_texts;   /* without column tokens */
    size_t longest;          /* bytes */
    double mean_length;      /* bytes, over distinct texts */
    double mean_words;       /* blanks + 1, over distinct texts */
    size_t special;          /* distinct inf, nan words */
    size_t out_of_range;     /* distinct numbers like 1e999 */
    uint32_t odd_code;       /* a code of the last two kinds */
    const char *date_format; /* all present cells but column tokens fit; NULL: none */
    bool date_ambiguous;     /* day first and month first both fit */
};

/* Memory for values and counts comes from `arena`. */
int profile_column(const struct raw_column *column, const struct tokens *missing, const struct tokens *column_tokens,
                   struct arena *arena, struct profile *profile, struct error *error);

#endif
