/* assay canary, the part with random bits. */
#ifndef ASSAY_CLI_CANARY_H
#define ASSAY_CLI_CANARY_H

#include "core/json.h"
#include "core/options.h"

struct canary_settings {
    const char *train, *schema, *key, *out, *synthetic, *holdout, *domain, *bit;
    struct option_list quasi;
    int64_t canaries, seed, threads;
    bool replace;
    double claimed_epsilon, delta; /* below 0: not given */
};

/* Writes and deletes the key, for its owner alone: it names the coins. */
int canary_write_key(const char *path, cJSON *key, struct error *error);

int canary_make_bits(const struct canary_settings *settings, struct error *error);
int canary_check_bits(const struct canary_settings *settings, struct error *error);

#endif
