/* One game, and where finished games are kept. */
#ifndef ASSAY_ATTACKS_GAME_ROUND_H
#define ASSAY_ATTACKS_GAME_ROUND_H

#include "attacks/reconstruction/coding.h"
#include "attacks/reconstruction/game.h"

/* What one game says at one number of synthetic rows. */
struct play_point {
    bool right, undetermined; /* of the target */
    double score;             /* of the target's coin having come up 1: ½ says nothing */
    double queries, all_right;
};

struct play {
    bool coin;
    double unique, majority;
    struct play_point point[GAME_POINTS];
};

/* What the games of one run share. */
struct games {
    const struct table *population;
    const struct game_options *options;
    struct secret secret;
    struct coding coding;
    uint32_t level[2]; /* what the coin writes: codes of classes 0 and 1 */
    const char *key;   /* of the work folder: population, generator and options; NULL: nothing is kept */
};

/* Plays game `index`; tail: PROCESS_TAIL + 1 bytes, the last words of a command. */
int round_play(const struct games *games, size_t index, struct play *play, char *tail, struct error *error);

/* The key of a run in its work folder, in the arena: a hash of all that a game depends on but its number, so that more games
 * take up those that are there. */
int round_key(const struct games *games, struct arena *arena, const char **key, struct error *error);
/* Whether game `index` was finished before; a file that cannot be read any more counts as none. */
bool round_find(const struct games *games, size_t index, struct play *play);
int round_keep(const struct games *games, size_t index, const struct play *play, struct error *error);

#endif
