/* Data plagiarism index: the share of S among the k = 20 rows nearest to the record in P and S together, balanced: with a rows
 * of S and b of P it is (a/m)/(a/m + b/p).
 *
 * Knows: S and a reference population P. ½ where S is as dense as the population, more where it favours the record; it asks
 * about the neighbourhood and hardly sees a single copy. Baseline: P. Reference: Ward, Wang, Cheng 2024 (arXiv 2406.13012),
 * their ratio a/b as a share, weighted since |P| ≠ |S|. Rows that tie at the 20th place fill what is left in proportion to how
 * many each side has listed there, or to m : p where both lists end within the tie. */
#include <math.h>

#include "attacks/membership/attack_list.h"
#include "attacks/membership/nearest.h"

/* Rows of a list below a distance, and at it; ends: the list goes on no further than the tie. */
struct below {
    double less, equal;
    bool ends;
};

static struct below count_below(const double *list, double distance)
{
    struct below below = {0, 0, false};

    for (size_t j = 0; j < MEMBERSHIP_NEIGHBOURS && list[j] <= distance; j++)
        *(list[j] < distance ? &below.less : &below.equal) += 1;
    below.ends = below.equal > 0 && below.less + below.equal >= MEMBERSHIP_NEIGHBOURS;
    return below;
}

/* The distance at the 20th place of both lists together; the last finite one where there are fewer rows. */
static double last_place(const double *a, const double *b)
{
    double last = 0;

    for (size_t i = 0, j = 0; i + j < MEMBERSHIP_NEIGHBOURS;) {
        double next = a[i] <= b[j] ? a[i++] : b[j++];

        if (!isfinite(next))
            break;
        last = next;
    }
    return last;
}

static double score(const struct membership_view *view, size_t target, enum membership_plant plant)
{
    double candidate[MEMBERSHIP_NEIGHBOURS], m = (double)planted_rows(view, plant), p = (double)view->reference_rows;
    const double *reference = view->near_reference + target * MEMBERSHIP_NEIGHBOURS;
    double distance, left, share, ours, theirs;
    struct below s, r;

    for (size_t j = 0; j < MEMBERSHIP_NEIGHBOURS; j++)
        candidate[j] = nearest_candidate(view, target, plant, j);
    distance = last_place(candidate, reference);
    s = count_below(candidate, distance);
    r = count_below(reference, distance);
    left = fmin(MEMBERSHIP_NEIGHBOURS - s.less - r.less, s.equal + r.equal);
    share = s.ends && r.ends ? m / (m + p) : s.equal / fmax(s.equal + r.equal, 1);
    ours = (s.less + left * share) / m;
    theirs = (r.less + left * (1 - share)) / p;
    return ours + theirs > 0 ? ours / (ours + theirs) : .5;
}

const struct membership_attack membership_dpi = {
    .name = "dpi",
    .family = "distance",
    .knows = "the candidate and other real rows",
    .guess = "the candidate's part among the closest rows of the candidate and of other real rows",
    .score = score,
};
