/* Words of findings: column names cut to fit. */
#ifndef ASSAY_METRICS_FIDELITY_WORDS_H
#define ASSAY_METRICS_FIDELITY_WORDS_H

struct short_name {
    char text[64];
};

/* The name, or its first 48 bytes at most (whole characters) and an ellipsis. */
struct short_name short_name(const char *name);

#endif
