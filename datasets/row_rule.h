/* Rules between the cells of a row, written by the user in the schema's list "rules":
 *
 *     rule       = condition | condition "implies" condition
 *     condition  = side ("=" | "!=" | "<" | "<=" | ">" | ">=") side | column "is" ("missing" | "present")
 *     side       = term {("+" | "-") term}
 *     term       = column | number | 'text'
 *     column     = a name of letters, digits, _ and . that does not start with a digit, or any name in backquotes:
 * `capital-gain`
 *
 *     age >= 18          start <= end          total = net + tax          employment = 'retired' implies age >= 50
 *
 * Numbers and dates are compared as numbers ('2019-12-31' beside a date column is read in that column's format; = allows a
 * relative difference of 1e-9). Columns of levels are compared as text by = and != with a constant or with each other. A row
 * where a compared cell is missing, or where the condition before "implies" does not hold, is not judged. */
#ifndef ASSAY_DATASETS_ROW_RULE_H
#define ASSAY_DATASETS_ROW_RULE_H

#include "datasets/table.h"

struct row_rule;

enum row_verdict { ROW_KEEPS, ROW_BREAKS, ROW_NOT_JUDGED };

/* Allocated in `arena`; text must live as long. ERROR_INPUT names the rule and what is wrong. Column indices are those of the
 * schema as it is now. */
int row_rule_parse(const char *text, const struct schema *schema, struct arena *arena, struct row_rule **rule,
                   struct error *error);
enum row_verdict row_rule_check(const struct row_rule *rule, const struct table *table, size_t row);
const char *row_rule_text(const struct row_rule *rule);
size_t row_rule_column(const struct row_rule *rule); /* the first column that it names */

#endif
