/* A partition: the groups of a sensitive column, for measures that look at groups of rows.
 *
 * Levels: one group a level of train; missing is a group of its own. Numbers and dates: the quarters of train. Groups that
 * fewer than min_group training rows share are pooled as "other (<k)", together with levels that train lacks; a pool that is
 * itself that small is left out, and no name of a smaller group is ever written. */
#ifndef ASSAY_DATASETS_PARTITION_H
#define ASSAY_DATASETS_PARTITION_H

#include "core/arena.h"
#include "datasets/dataset.h"
#include "numeric/empirical.h"

#define GROUP_NONE UINT32_MAX

struct partition {
    size_t column;
    const char *name; /* of the column */
    size_t groups;
    const char **names; /* per group */
    uint32_t other;     /* the pool's number, or GROUP_NONE */
    uint32_t *of_level; /* levels: per code; quantity: per bin of `bins` */
    size_t n_levels;
    struct bins bins; /* quantity */
    bool quantity;
};

/* Fits the groups on train. */
int partition_fit(struct partition *partition, const struct table *train, size_t column, size_t min_group, struct arena *arena,
                  struct error *error);

/* group[i] of row i, GROUP_NONE where it belongs to none. */
void partition_apply(const struct partition *partition, const struct table *table, uint32_t *group);

/* All sensitive columns that measures may use; n = 0 when there are none. */
int partitions_fit(const struct dataset *data, size_t min_group, struct arena *arena, struct partition **partitions, size_t *n,
                   struct error *error);

#endif
