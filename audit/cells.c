#include "audit/cells.h"

#include <math.h>
#include <string.h>

void cell_free(struct cell *cell)
{
    cJSON_Delete(cell->result.details);
    arena_free(cell->result.arena);
    memset(cell, 0, sizeof *cell);
}

struct anchor_value cell_anchor(const struct cell *cell)
{
    if (!cell->asked || cell->status)
        return (struct anchor_value){NAN, NAN, NAN};
    return (struct anchor_value){cell->result.value, cell->result.lo, cell->result.hi};
}
