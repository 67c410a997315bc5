/* Which columns an attacker knows, and which ones they want to know. */
#ifndef ASSAY_ATTACKS_COLUMNS_H
#define ASSAY_ATTACKS_COLUMNS_H

#include "datasets/dataset.h"

struct secret_choice {
    size_t most_named, most_default; /* so many secrets at most, the first ones in order of the columns */
    bool text;                       /* a text column may be a secret where it is named */
};

/* Columns named as secrets, else the sensitive ones and the target, which takes the last place where there is none left; keys,
 * ids and ignored columns never. columns: room for the larger of the two bounds. Returns how many. */
size_t secret_columns(const struct dataset *data, struct secret_choice choice, size_t *columns, bool *named);

/* What the attacker knows of everybody: the quasi-identifiers, else all measured columns; without the secret (SIZE_MAX:
 * none). columns: room for all columns of the schema. Returns how many. */
size_t known_columns(const struct schema *schema, size_t secret, size_t *columns);

/* Words for some columns in a sentence: 'age', 'sex' and 5 more. The first `shown` are named, long names cut. Cut at `size`. */
void column_words(const struct schema *schema, const size_t *columns, size_t n, size_t shown, char *text, size_t size);

#endif
