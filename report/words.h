/* The report's own words: names of dimensions and statuses, the questions, how a rule is written. */
#ifndef ASSAY_REPORT_WORDS_H
#define ASSAY_REPORT_WORDS_H

#include <stdint.h>

#include "report/model.h"

extern const char *const dimension_key[DIMENSION_COUNT];      /* as in audit.json */
extern const char *const dimension_title[DIMENSION_COUNT];    /* "Fidelity" */
extern const char *const dimension_question[DIMENSION_COUNT]; /* one plain question */
extern const char *const dimension_means[DIMENSION_COUNT];    /* what a good and a bad answer mean */

int dimension_index(const char *key); /* −1: none */

enum status status_of(const char *word);
const char *status_word(enum status status); /* "pass", "fail", "undecided", "not measured" */
const char *status_sign(enum status status); /* ✓ ✗ ? – */
uint32_t status_colour(enum status status);
const char *dimension_word(const struct model_dimension *dimension); /* "pass", …, "no gate", "not assessed" */
/* "more is better", "less is better", …: how to compare values of a measure. */
const char *better_words(struct arena *arena, const struct model_measure *measure);

/* How far the populations differ, freed of the noise of the tables' sizes: a sentence; "" where the measure does not say. */
const char *sources_words(struct arena *arena, const struct model_measure *measure);

/* Names of attacks, learners and controls as words: "calibrated_dcr" as "calibrated distance". */
const char *plain_name(struct arena *arena, const char *name);
const char *attack_name(struct arena *arena, const cJSON *attack); /* its title, else its plain name */
const char *verdict_word(enum status status);                      /* "may be released", … */

/* "hi <= 0.55" as "upper end ≤ 0.55", with the bound in the measure's form. */
const char *rule_text(struct arena *arena, const struct model_gate *gate);
/* The same in two parts, for tables: "≤ 5 %" and "upper end" (either may be empty). */
void rule_parts(struct arena *arena, const struct model_gate *gate, const char **bound, const char **end);

#endif
