/* A membership attack: what it knows of a record, and the score by which it calls it a member (higher: member). One file each;
 * adding one means a file and a line in attack_list.c. */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_ATTACK_H
#define ASSAY_ATTACKS_MEMBERSHIP_ATTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is put into the candidate S to see whether an attack would find it (details: docs/measures/privacy.membership.md).
 * COPY: one more row of S, the target word for word. NOISY: one more row, the target's noisy copy (noisy.h). VALUES: every
 * value of the target in the place of another in a row of S of its own, at random: counts of single values + 1, of combinations
 * + 1 where that row has the rest of one by chance (a rare value beside a common one), distances as they are. */
enum membership_plant { PLANT_NONE, PLANT_COPY, PLANT_NOISY, PLANT_VALUES, MEMBERSHIP_PLANTS };

enum { MEMBERSHIP_NEIGHBOURS = 20, MEMBERSHIP_MAX_ATTACKS = 32 }; /* nearest rows listed for each target; attacks in the list */

/* Everything the attacks look at: targets are the members (rows of train) and then the tested non-members, the candidate S has
 * m rows, the reference P (real rows that are neither) has p rows. Each family's arrays are filled by its provider (view.h). */
struct membership_view {
    size_t n_targets, n_members;
    size_t candidate_rows, reference_rows;

    /* membership_view_distances: rank-Gower distances, ascending, to the nearest rows; infinite where there are fewer.
     * [n_targets · MEMBERSHIP_NEIGHBOURS] */
    const double *near_candidate, *near_reference;
    const double *noisy_distance; /* [n_members] of a member to its noisy copy */
    const uint32_t *in_candidate; /* [n_targets] rows of S equal to the target in every cell */
    const uint32_t *in_reference; /* … of P */
    const uint8_t *noisy_equal;   /* [n_members] 1: the noisy copy equals the member in every cell */
    const uint32_t *in_ball;      /* [n_targets] rows of S within `radius` of the target, itself included */
    double radius;                /* median distance of the rows of P to their nearest row of S */
    double floor;                 /* distances below this count as equal in log ratios */

    /* membership_view_values: means over single columns [0], pairs [1], triples [2] of log((rows of S with the target's values
     * + ½)/(m + 1)), [n_targets] for PLANT_NONE, [n_members] for the rest (NULL in a brief run); likewise of P */
    const double *shares_in_candidate[3][MEMBERSHIP_PLANTS];
    const double *shares_in_reference[3];
    size_t sets_counted[3];
    double sets_possible[3];
    const double *rare_values[MEMBERSHIP_PLANTS]; /* rare_values.h: log-likelihood ratio, sizes as above */

    double kernel_steepness; /* membership_view_density: kernel = exp(−steepness · distance) */

    const double *logistic_odds, *boosted_odds; /* membership_view_discriminator: [n_targets] log odds of S against P */
};

struct membership_attack {
    const char *name;
    const char *family; /* distance, value, density, discriminator, shadow */
    const char *knows;  /* "the candidate", "the candidate and other real rows" */
    const char *guess;  /* the score in words */
    /* plant: as if that were put into S for this target (a member, unless PLANT_NONE); it changes no other target's score.
     * Never NaN. */
    double (*score)(const struct membership_view *view, size_t target, enum membership_plant plant);
    bool no_plant; /* a planted copy would need a model trained anew: only PLANT_NONE is asked for, no power is given */
};

extern const struct membership_attack *const membership_attacks[]; /* ends with NULL */

#endif
