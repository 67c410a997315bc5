/* Tables in encoded form. */
#include "models/design.h"
#include "core/random.h"
#include "models/encoder.h"
#include "models/learner.h"

#include <math.h>
#include <string.h>

int layout_copy(const struct layout *from, struct arena *arena, struct layout *to, struct error *error)
{
    *to = *from;
    to->indicator = ARENA_ARRAY(arena, uint32_t, from->quantities + 1);
    to->first = ARENA_ARRAY(arena, uint32_t, from->factors + 1);
    to->last_missing = ARENA_ARRAY(arena, uint8_t, from->factors + 1);
    if (!to->indicator || !to->first || !to->last_missing)
        return error_memory(error);
    memcpy(to->indicator, from->indicator, from->quantities * sizeof *to->indicator);
    memcpy(to->first, from->first, (from->factors + 1) * sizeof *to->first);
    memcpy(to->last_missing, from->last_missing, from->factors * sizeof *to->last_missing);
    return 0;
}

static int design_allocate(const struct layout *layout, size_t rows, struct design **out, struct error *error)
{
    struct arena *arena = arena_new();
    struct design *design = arena ? ARENA_NEW(arena, struct design) : NULL;
    if (!design) {
        arena_free(arena);
        return error_memory(error);
    }
    design->arena = arena;
    design->rows = rows;
    int status = layout_copy(layout, arena, &design->layout, error);
    if (status == 0) {
        design->number = arena_array(arena, rows + 1, (layout->quantities + 1) * sizeof(double));
        design->level = arena_array(arena, rows + 1, (layout->factors + 1) * sizeof(uint32_t));
        if (!design->number || !design->level)
            status = error_memory(error);
    }
    if (status != 0) {
        design_free(design);
        return status;
    }
    *out = design;
    return 0;
}

static uint32_t encode_level(const struct encoder *encoder, size_t factor, uint32_t code)
{
    if (code == CODE_MISSING)
        return encoder->missing_level[factor];
    return code < encoder->map_size[factor] ? encoder->map[factor][code] : FEATURE_NONE;
}

/* Standardised with train's mean and sd, missing stays NaN. What lies farther out than train itself can (√n sd) by far is as
 * far as can be said, and must fit the single precision of boosted trees. */
static double standard(double value, double mean, double sd)
{
    const double most = 1e6, z = (value - mean) / sd;
    return z > most ? most : z < -most ? -most : z;
}

int design_new(struct design **out, const struct encoder *encoder, const struct table *table, struct error *error)
{
    struct design *design;
    int status = design_allocate(&encoder->layout, table->rows, &design, error);
    if (status != 0)
        return status;
    size_t q = encoder->layout.quantities, f = encoder->layout.factors;
    for (size_t k = 0; k < q; k++) {
        const double *number = table->columns[encoder->quantity_column[k]].number;
        for (size_t i = 0; i < table->rows; i++)
            design->number[i * q + k] = standard(number[i], encoder->mean[k], encoder->sd[k]);
    }
    for (size_t k = 0; k < f; k++) {
        const uint32_t *code = table->columns[encoder->factor_column[k]].code;
        for (size_t i = 0; i < table->rows; i++)
            design->level[i * f + k] = encode_level(encoder, k, code[i]);
    }
    *out = design;
    return 0;
}

int design_join(const struct design *first, const struct design *second, struct design **out, struct error *error)
{
    struct design *joined;
    int status = design_allocate(&first->layout, first->rows + second->rows, &joined, error);
    if (status != 0)
        return status;
    size_t numbers = first->rows * first->layout.quantities, levels = first->rows * first->layout.factors;
    memcpy(joined->number, first->number, numbers * sizeof(double));
    memcpy(joined->number + numbers, second->number, second->rows * first->layout.quantities * sizeof(double));
    memcpy(joined->level, first->level, levels * sizeof(uint32_t));
    memcpy(joined->level + levels, second->level, second->rows * first->layout.factors * sizeof(uint32_t));
    *out = joined;
    return 0;
}

void design_reorder_input(struct design *design, size_t input, const uint32_t *from, double *scratch)
{
    size_t q = design->layout.quantities, f = design->layout.factors;
    for (size_t i = 0; i < design->rows; i++)
        scratch[i] = input < q ? design->number[i * q + input] : design->level[i * f + input - q];
    for (size_t i = 0; i < design->rows; i++) {
        if (input < q)
            design->number[i * q + input] = scratch[from[i]];
        else
            design->level[i * f + input - q] = (uint32_t)scratch[from[i]];
    }
}

size_t design_rows(const struct design *design)
{
    return design->rows;
}

void design_free(struct design *design)
{
    if (design)
        arena_free(design->arena);
}

/* Another level of the factor, drawn evenly; the missing level is neither replaced nor drawn. */
static uint32_t other_level(const struct layout *layout, size_t factor, uint32_t level, struct random *random)
{
    uint32_t present = layout->first[factor + 1] - layout->first[factor] - layout->last_missing[factor];
    if (level == FEATURE_NONE)
        return present > 0 ? (uint32_t)random_below(random, present) : level;
    if (level >= present || present < 2)
        return level;
    uint32_t drawn = (uint32_t)random_below(random, present - 1);
    return drawn < level ? drawn : drawn + 1;
}

int design_perturb(const struct design *design, double eps, uint64_t seed, uint64_t step, struct design **out,
                   struct error *error)
{
    struct design *noisy;
    int status = design_allocate(&design->layout, design->rows, &noisy, error);
    if (status != 0)
        return status;
    size_t q = design->layout.quantities, f = design->layout.factors;
    for (size_t i = 0; i < design->rows; i++) {
        struct random random;
        random_init(&random, seed, "models.noise", step, i);
        for (size_t k = 0; k < q; k++)
            noisy->number[i * q + k] = design->number[i * q + k] + eps * random_normal(&random);
        for (size_t k = 0; k < f; k++) {
            uint32_t level = design->level[i * f + k];
            noisy->level[i * f + k] = random_uniform(&random) < eps ? other_level(&design->layout, k, level, &random) : level;
        }
    }
    *out = noisy;
    return 0;
}

int design_drop(const struct design *design, double eps, uint64_t seed, uint64_t step, struct design **out, struct error *error)
{
    const struct layout *layout = &design->layout;
    struct design *holed;
    (void)step;
    int status = design_allocate(layout, design->rows, &holed, error);
    if (status != 0)
        return status;
    size_t q = layout->quantities, f = layout->factors;
    for (size_t i = 0; i < design->rows; i++) {
        struct random random;
        random_init(&random, seed, "models.missing", 0, i);
        for (size_t k = 0; k < q; k++)
            holed->number[i * q + k] = random_uniform(&random) < eps ? NAN : design->number[i * q + k];
        for (size_t k = 0; k < f; k++) {
            uint32_t lost = layout->last_missing[k] ? layout->first[k + 1] - layout->first[k] - 1 : FEATURE_NONE;
            holed->level[i * f + k] = random_uniform(&random) < eps ? lost : design->level[i * f + k];
        }
    }
    *out = holed;
    return 0;
}

int design_pick(const struct design *design, const uint32_t *row, size_t n, size_t copies, struct design **out,
                struct error *error)
{
    struct design *picked;
    int status = design_allocate(&design->layout, n * copies, &picked, error);
    if (status != 0)
        return status;
    size_t q = design->layout.quantities, f = design->layout.factors;
    for (size_t i = 0; i < n * copies; i++) {
        size_t from = row[i / copies];
        memcpy(picked->number + i * q, design->number + from * q, q * sizeof(double));
        memcpy(picked->level + i * f, design->level + from * f, f * sizeof(uint32_t));
    }
    *out = picked;
    return 0;
}

size_t design_sparse_row(const struct design *design, size_t row, uint32_t *index, double *value)
{
    const struct layout *layout = &design->layout;
    const double *number = design->number + row * layout->quantities;
    const uint32_t *level = design->level + row * layout->factors;
    size_t n = 0;
    for (size_t k = 0; k < layout->quantities; k++) {
        if (isnan(number[k]) || number[k] == 0)
            continue;
        index[n] = (uint32_t)k;
        value[n++] = number[k];
    }
    for (size_t k = 0; k < layout->quantities; k++) {
        if (!isnan(number[k]) || layout->indicator[k] == FEATURE_NONE)
            continue;
        index[n] = layout->indicator[k];
        value[n++] = 1;
    }
    for (size_t k = 0; k < layout->factors; k++) {
        if (level[k] == FEATURE_NONE)
            continue;
        index[n] = layout->first[k] + level[k];
        value[n++] = 1;
    }
    return n;
}
