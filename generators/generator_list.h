/* The generators' descriptors, one file each: for generator.c, which lists them, and for those that build on another one. */
#ifndef ASSAY_GENERATORS_GENERATOR_LIST_H
#define ASSAY_GENERATORS_GENERATOR_LIST_H

#include "generators/generator.h"

extern const struct generator generator_bootstrap;
extern const struct generator generator_independent;
extern const struct generator generator_uniform;
extern const struct generator generator_copula;
extern const struct generator generator_cart;
extern const struct generator generator_permuted_label;
extern const struct generator generator_dropped_group;
extern const struct generator generator_leak;
extern const struct generator generator_dp_independent;
extern const struct generator generator_dp_tree;

#endif
