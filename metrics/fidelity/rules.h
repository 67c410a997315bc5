/* Rules of validity that the training table teaches: each holds, or does not, in a row of a table. */
#ifndef ASSAY_METRICS_FIDELITY_RULES_H
#define ASSAY_METRICS_FIDELITY_RULES_H

#include "datasets/row_rule.h"
#include "metrics/measure.h"

enum rule_kind {
    RULE_RANGE,    /* a number or date between train's least and greatest value */
    RULE_WHOLE,    /* a whole number, where train has whole numbers only */
    RULE_CATEGORY, /* a category that train has */
    RULE_PRESENT,  /* not missing, where train has no missing value */
    RULE_UNIQUE,   /* a key or id that no earlier row has */
    RULE_ROW       /* what the schema's list of rules says of the cells of a row */
};

struct rule {
    size_t column; /* RULE_ROW: the first that it names */
    enum rule_kind kind;
    const struct row_rule *row; /* RULE_ROW; else NULL */
};

/* Rules of all columns that are not ignored, in column order, then those of the schema's list, from the arena. */
int rules_derive(const struct schema *schema, struct arena *arena, struct rule **rules, size_t *count, struct error *error);
const char *rule_name(const struct rule *rule); /* "range", "whole_number", …, or the row rule's text */

/* How a table keeps a rule: rows it applies to (of the rules of single cells a missing one breaks RULE_PRESENT alone), rows
 * that break it, and, if wanted, one mark a row: 0 keeps it, 1 breaks it, 2 does not apply. */
struct rule_count {
    size_t applies, broken;
};
int rule_check(const struct rule *rule, const struct table *table, uint8_t *marks, struct rule_count *count,
               struct error *error);

#endif
