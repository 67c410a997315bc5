/* Fitting the feature layout on train: scaler, vocabulary, missing indicators. */
#include "models/encoder.h"
#include "core/arena.h"
#include "models/design.h"
#include "models/learner.h"
#include "numeric/empirical.h"

#include <math.h>

static bool column_excluded(size_t column, const size_t *exclude, size_t n_exclude)
{
    for (size_t i = 0; i < n_exclude; i++)
        if (exclude[i] == column)
            return true;
    return false;
}

/* Mean and sd over present values; false: constant or empty, no feature. */
static bool number_scale(const double *number, size_t rows, double *mean, double *sd, bool *missing)
{
    struct sample_moments moments = sample_moments(number, rows);
    *missing = moments.count < rows;
    *mean = moments.mean;
    *sd = moments.count > 0 ? sqrt(moments.squares / (double)moments.count) : 0;
    return *sd > 1e-12 * fabs(*mean) && isfinite(*sd);
}

static void add_quantity(struct encoder *encoder, const struct table *train, size_t column)
{
    size_t k = encoder->layout.quantities;
    bool missing;
    if (!number_scale(train->columns[column].number, train->rows, &encoder->mean[k], &encoder->sd[k], &missing))
        return;
    encoder->quantity_column[k] = column;
    encoder->layout.indicator[k] = missing ? 0 : FEATURE_NONE;
    encoder->layout.quantities++;
}

/* Maps the levels that occur in train to 0, 1, … in the order of their codes; missing comes last. */
static int add_factor(struct encoder *encoder, const struct table *train, size_t column, struct error *error)
{
    uint32_t n_levels = train->schema->columns[column].n_levels, used = 0;
    uint32_t *map = ARENA_ARRAY(encoder->arena, uint32_t, (size_t)n_levels + 1);
    if (!map)
        return error_memory(error);
    const uint32_t *code = train->columns[column].code;
    bool missing = false;
    for (size_t i = 0; i < train->rows; i++) {
        if (code[i] == CODE_MISSING)
            missing = true;
        else if (code[i] < n_levels)
            map[code[i]] = 1;
    }
    for (uint32_t c = 0; c < n_levels; c++)
        map[c] = map[c] ? used++ : FEATURE_NONE;
    if (used + missing < 2)
        return 0;
    size_t k = encoder->layout.factors++;
    encoder->factor_column[k] = column;
    encoder->map[k] = map;
    encoder->map_size[k] = n_levels;
    encoder->missing_level[k] = missing ? used : FEATURE_NONE;
    encoder->layout.last_missing[k] = missing;
    encoder->layout.first[k] = used + missing; /* the number of levels until features are numbered */
    return 0;
}

static void number_features(struct layout *layout)
{
    uint32_t next = (uint32_t)layout->quantities;
    for (size_t k = 0; k < layout->quantities; k++)
        if (layout->indicator[k] != FEATURE_NONE)
            layout->indicator[k] = next++;
    for (size_t k = 0; k < layout->factors; k++) {
        uint32_t levels = layout->first[k];
        layout->first[k] = next;
        next += levels;
    }
    layout->first[layout->factors] = next;
    layout->features = next;
}

static int encoder_allocate(struct encoder *encoder, size_t columns, struct error *error)
{
    struct arena *arena = encoder->arena;
    encoder->quantity_column = ARENA_ARRAY(arena, size_t, columns);
    encoder->mean = ARENA_ARRAY(arena, double, columns);
    encoder->sd = ARENA_ARRAY(arena, double, columns);
    encoder->factor_column = ARENA_ARRAY(arena, size_t, columns);
    encoder->map = ARENA_ARRAY(arena, uint32_t *, columns);
    encoder->map_size = ARENA_ARRAY(arena, uint32_t, columns);
    encoder->missing_level = ARENA_ARRAY(arena, uint32_t, columns);
    encoder->layout.indicator = ARENA_ARRAY(arena, uint32_t, columns);
    encoder->layout.first = ARENA_ARRAY(arena, uint32_t, columns + 1);
    encoder->layout.last_missing = ARENA_ARRAY(arena, uint8_t, columns + 1);
    if (!encoder->quantity_column || !encoder->mean || !encoder->sd || !encoder->factor_column || !encoder->map ||
        !encoder->map_size || !encoder->missing_level || !encoder->layout.indicator || !encoder->layout.first ||
        !encoder->layout.last_missing)
        return error_memory(error);
    return 0;
}

int encoder_fit(struct encoder **out, const struct table *train, const size_t *exclude, size_t n_exclude, struct error *error)
{
    struct arena *arena = arena_new();
    struct encoder *encoder = arena ? ARENA_NEW(arena, struct encoder) : NULL;
    if (!encoder) {
        arena_free(arena);
        return error_memory(error);
    }
    encoder->arena = arena;
    int status = encoder_allocate(encoder, train->n_columns + 1, error);
    for (size_t c = 0; status == 0 && c < train->n_columns; c++) {
        const struct column_schema *schema = &train->schema->columns[c];
        if (column_excluded(c, exclude, n_exclude) || (schema->roles & (ROLE_IGNORE | ROLE_KEY)))
            continue;
        if (column_kind(schema) == KIND_QUANTITY)
            add_quantity(encoder, train, c);
        else if (column_kind(schema) == KIND_LEVELS)
            status = add_factor(encoder, train, c, error);
    }
    if (status != 0) {
        encoder_free(encoder);
        return status;
    }
    number_features(&encoder->layout);
    *out = encoder;
    return 0;
}

size_t encoder_features(const struct encoder *encoder)
{
    return encoder->layout.features;
}

size_t encoder_column(const struct encoder *encoder, size_t input)
{
    const size_t quantities = encoder->layout.quantities;
    return input < quantities ? encoder->quantity_column[input] : encoder->factor_column[input - quantities];
}

const struct layout *encoder_layout(const struct encoder *encoder)
{
    return &encoder->layout;
}

void encoder_free(struct encoder *encoder)
{
    if (encoder)
        arena_free(encoder->arena);
}
