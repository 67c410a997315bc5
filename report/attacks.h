/* The membership attacks as audit.json lists them: which is reported, and which families there are. */
#ifndef ASSAY_REPORT_ATTACKS_H
#define ASSAY_REPORT_ATTACKS_H

#include "report/chart.h"

enum { FAMILIES_MOST = 8 };

struct attack_families {
    const char *name[FAMILIES_MOST];
    const cJSON *best[FAMILIES_MOST]; /* the attack with the largest AUC */
    size_t attacks[FAMILIES_MOST];
    size_t count;
};

/* In the order in which their first attacks stand; attacks without a family are a family of that name "". */
struct attack_families attack_families(struct arena *arena, const cJSON *details);
size_t attack_family(struct arena *arena, const struct attack_families *families,
                     const cJSON *attack); /* FAMILIES_MOST: none */

/* The attack that the audit names, else the one that finds most at 1 % false alarms; NULL: none. */
const cJSON *attack_reported(const cJSON *details);

/* What stands against all membership numbers; "" where nothing does. Sentences with a full stop. */
const char *attack_warnings(struct arena *arena, const cJSON *details);

const char *attack_limit(struct arena *arena, double share); /* a detection limit: "0.99 %", "4.5 %" */

/* What would have been found, by kind of leak, as sentences; "" where the audit does not say. */
const char *attack_limits(struct arena *arena, const cJSON *details);

#endif
