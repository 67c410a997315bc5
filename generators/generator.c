#include "generators/generator.h"

#include <string.h>

#include "generators/generator_list.h"

const struct generator *const generator_list[] = {&generator_bootstrap,
                                                  &generator_independent,
                                                  &generator_uniform,
                                                  &generator_copula,
                                                  &generator_cart,
                                                  &generator_permuted_label,
                                                  &generator_dropped_group,
                                                  &generator_leak,
                                                  &generator_dp_independent,
                                                  &generator_dp_tree,
                                                  NULL};

const struct generator *generator_find(const char *name)
{
    for (const struct generator *const *generator = generator_list; *generator; generator++)
        if (strcmp((*generator)->name, name) == 0)
            return *generator;
    return NULL;
}
