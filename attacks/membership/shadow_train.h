/* Training one shadow: the generator run on half of train, its table kept in a work folder.
 *
 * A finished shadow is FOLDER/shadow-KEY.csv, KEY a hash of the training cells, the rows taken of them, the generator as given
 * and the files that it names, the seed and the number of rows: it is written under another name, checked and then renamed, so
 * that what bears that name is whole, and an audit that comes later with the same key reads it instead of training again. What
 * an outside command reads (input-*.csv: real rows) is removed as soon as it ends; a table that was refused is left there
 * (output-*.csv). */
#ifndef ASSAY_ATTACKS_MEMBERSHIP_SHADOW_TRAIN_H
#define ASSAY_ATTACKS_MEMBERSHIP_SHADOW_TRAIN_H

#include "attacks/membership/shadow_plan.h"
#include "generators/command.h"

struct shadow_trainer {
    const struct shadow_plan *plan;
    const struct table *train;
    const struct generator_choice *generator;
    const char *folder; /* NULL: a built-in one, in memory; nothing is kept */
    double timeout;     /* seconds, for one run of a command */
    uint64_t content;   /* hash of train, see shadow_trainer_begin … */
    char program[65];   /* … and of the command's files */
};

/* What a run was like: for run.json, and for the user where it failed. */
struct shadow_outcome {
    bool kept; /* found in the folder */
    double seconds;
    char tail[PROCESS_TAIL + 1]; /* the command's last words */
};

/* Makes the folder, readable by its owner alone, and the hashes. */
int shadow_trainer_begin(struct shadow_trainer *trainer, struct error *error);

/* The table of one shadow, seeded by the plan's seed and its number; arena: holds its vocabulary as long as the table. Safe to
 * call from several threads for different shadows. */
int shadow_train(const struct shadow_trainer *trainer, size_t shadow, struct arena *arena, struct table **table,
                 struct shadow_outcome *outcome, struct error *error);

#endif
