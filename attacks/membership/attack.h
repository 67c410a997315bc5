/* A membership attack: what it knows of a record, and the score by which it calls it a member (higher: member). One file each;
 * adding one means a file and a line in attack_list.c. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_ATTACK_H
#define ASSAY_ATTACKS_MEMBERSHIP_ATTACK_H

#include "numeric/neighbours.h"

/* Everything the attacks look at: targets are the members (rows of train) and then the tested non-members, the candidate S has
 * m rows, the reference P (real rows that are neither) has p rows. */
struct membership_view {
    size_t n_targets, n_members;
    size_t candidate_rows, reference_rows;
    const double *to_candidate;        /* rank-Gower distance to the nearest row of S */
    const double *to_reference;        /* … of P */
    const uint32_t *in_candidate;      /* how many rows of S equal the target in every cell */
    const uint32_t *in_reference;      /* … of P */
    const double *values_in_candidate; /* mean over columns of log((count in S of the target's value + ½)/(m + 1)) */
    const double *values_with_copy;    /* the same, were one more copy of the target in S */
    const double *values_in_reference; /* mean over columns of log((count in P + ½)/(p + 1)) */
    double floor;                      /* distances below this count as equal in log ratios */
};

struct membership_attack {
    const char *name;
    const char *family; /* distance, value, density, discriminator, shadow */
    const char *knows;  /* "the candidate", "the candidate and other real rows" */
    const char *guess;  /* the score in words */
    /* planted: as if one more verbatim copy of the target were in S; it changes no other target's score. Never NaN. */
    double (*score)(const struct membership_view *view, size_t target, bool planted);
};

extern const struct membership_attack *const membership_attacks[]; /* ends with NULL */

#endif
