/* Inside of an encoder, for encoder.c and design.c alone. */
#ifndef ASSAY_MODELS_ENCODER_H
#define ASSAY_MODELS_ENCODER_H

#include "models/design.h"

struct encoder {
    struct layout layout;
    size_t *quantity_column; /* per quantity: its column in the table */
    double *mean, *sd;       /* per quantity, over train's present values */
    size_t *factor_column;   /* per factor: its column in the table */
    uint32_t **map;          /* per factor: level code -> 0, 1, …; FEATURE_NONE: not in train */
    uint32_t *map_size;
    uint32_t *missing_level; /* per factor: the level of missing cells, or FEATURE_NONE */
    struct arena *arena;
};

#endif
