/* Reconstruction instances for tests: golden files, and small random populations with conditional answers. */
#ifndef ASSAY_TESTS_RECONSTRUCTION_INSTANCE_H
#define ASSAY_TESTS_RECONSTRUCTION_INSTANCE_H

#include <stdbool.h>

#include "core/json.h"
#include "numeric/sparse.h"

struct instance {
    struct arena *arena;
    cJSON *json; /* golden instances */
    struct sparse queries;
    size_t classes;
    double *answers, *weights; /* m x classes; weights NULL: all 1 */
    double *support;           /* drawn instances: M */
    uint32_t *truth;           /* drawn instances: n bits */
};

/* ../shared/golden/reconstruction/NAME.json; false where the folder is absent. */
bool instance_read(struct instance *instance, const char *name);
/* Reads `queries`, `b`, `weights` of any object. */
void instance_parse(struct instance *instance, const cJSON *object, size_t records);
/* n records with `columns` attributes of 2 to `levels` values and a secret bit; 3-way queries, b = N c/M over a bootstrap
 * sample of `sample` rows (0: exact counts); queries without support are left out. */
void instance_draw(struct instance *instance, size_t n, size_t columns, size_t levels, size_t sample, uint64_t seed);
void instance_free(struct instance *instance);

#endif
