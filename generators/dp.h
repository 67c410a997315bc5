/* Generators with differential privacy: noisy counts, and tables drawn from nothing else.
 *
 * What is promised. Two training tables are neighbours when one row was replaced by another; the number of rows is public. The
 * whole synthetic table is (ε, 0)-private for neighbours: every look at train is a vector of counts with noise, or a choice by
 * the exponential mechanism, and their ε add up (sequential composition) to at most the budget.
 *
 * What is NOT private: everything that the schema holds, names and types of columns, levels, least and greatest value, number
 * of decimals, whether cells can be missing. It is taken as public and used as the domain; where it was read off train itself,
 * it gives away what it says. `assay generate --domain FILE` reads it off another table.
 *
 * Not a hardened library: noise comes from a counter-based stream of a known seed (core/random.h), so that runs can be
 * repeated, and whoever knows the seed can take the noise off again. Made to test audits with. */
#ifndef ASSAY_GENERATORS_DP_H
#define ASSAY_GENERATORS_DP_H

#include "core/random.h"
#include "generators/generator.h"

/* noise_scale multiplies the noise: 1 keeps the promise, less breaks it (the true loss is epsilon/noise_scale) and is there so
 * that an audit can be shown to notice. */
struct dp_budget {
    double epsilon, noise_scale;
};

/* A column as the generators see it: codes 0 … n_codes−1, the last one for missing cells where there can be any. Quantities are
 * cut at fixed places between the public ends: into their values where these are few, else into bins of one width. */
struct dp_column {
    size_t index; /* in the schema */
    uint32_t n_codes;
    bool missing, quantity;
    double lo, hi, width; /* quantities; width 0: one value */
    double scale;         /* generator_round */
    bool values;          /* a code is a value, not a bin */
};

struct dp_model {
    const struct table *train;
    struct dp_budget budget;
    uint64_t seed;
    struct dp_column *columns; /* n_columns; text and id columns have no model and come out empty */
    size_t n_columns;
    struct arena *arena;
};

/* Sets up the columns with at most `bins` codes for a quantity. ERROR_INPUT when epsilon or noise_scale is not above 0. */
int dp_model_new(struct dp_model *model, const struct table *train, uint64_t seed, const struct dp_budget *budget,
                 uint32_t bins, struct error *error);
void dp_model_free(struct dp_model *model);

/* Text and id columns of the new table, which have no model: all missing. And the end of a run: seals the table, or frees it
 * after a failure; returns status. */
void dp_blank(const struct table *train, struct table *out);
int dp_end(struct table **out, int status);

/* Codes of a whole column; values outside the domain get the code of its nearest end, unseen levels that of the last
 * level, missing cells where there can be none code 0. codes: one a row of train. */
void dp_codes(const struct dp_model *model, size_t column, uint32_t *codes);

/* Writes a value of the code into a row: uniform within a bin, on the column's grid. */
void dp_write(const struct dp_column *column, uint32_t code, struct random *random, struct table *out, size_t row);

/* Two-sided geometric noise (Ghosh, Roughgarden, Sundararajan 2009), P[k] ∝ a^|k| with a = exp(−epsilon/(2 · noise_scale)), put
 * on counts of which replacing one row changes two by 1: epsilon-private. Negative sums become 0. `table` numbers the stream.
 */
void dp_noisy_counts(const struct dp_model *model, uint64_t table, double epsilon, double *counts, size_t n);

/* The exponential mechanism (McSherry and Talwar 2007) by Gumbel noise: index of the greatest score·epsilon/(2·sensitivity·
 * noise_scale) + noise; sensitivity 0: any of them. n ≥ 1. */
size_t dp_choose(const struct dp_model *model, uint64_t choice, double epsilon, double sensitivity, const double *score,
                 size_t n);

/* Counts → cumulated shares, uniform where all are 0; and a draw from them (a share of 0 never comes up). */
void dp_cumulate(double *counts, size_t n);
uint32_t dp_draw(const double *cumulated, size_t n, struct random *random);

/* How much replacing one of n rows changes the mutual information (nats) of two columns at most (Zhang et al. 2017, PrivBayes,
 * lemma 4.1, columns of any number of values). */
double dp_information_sensitivity(size_t n);

#endif
