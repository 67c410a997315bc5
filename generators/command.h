/* Which generator is run again by attacks: a built-in one, or an outside command.
 *
 * --generator builtin:NAME is a built-in generator, and so is a NAME alone; anything else is the template of an outside command
 * such as 'python3 gen.py {train} {rows} {seed} {out}': cut into words by the rules of core/process.h and run without a shell.
 * Within words {train} becomes the path of a CSV file with the training rows, {rows} the number of rows to make, {seed} a whole
 * number from 0 to 2³¹ − 1, {out} the path of the CSV file that the command must write; {train} and {out} must occur. Other
 * braces are left as they are. */
#ifndef ASSAY_GENERATORS_COMMAND_H
#define ASSAY_GENERATORS_COMMAND_H

#include "core/process.h"
#include "generators/generator.h"

struct generator_choice {
    const struct generator *builtin; /* NULL: an outside command … */
    const char **words;              /* … whose template's words these are */
    size_t n_words;
    const char *text; /* as given */
    const char *name; /* to be shown: the built-in's name, or the file name of the program, without its folder */
};

/* ERROR_INPUT where the text names no built-in generator and is no template with {train} and {out}. Lives in the arena. */
int generator_choose(const char *text, struct arena *arena, struct generator_choice *choice, struct error *error);

enum { COMMAND_SEED_MASK = 0x7fffffff };

/* Runs the command once; see process_run for errors and `timeout`. */
struct command_run {
    const char *train, *out; /* paths */
    size_t rows;
    uint32_t seed;
    double timeout; /* seconds */
};
int command_run(const struct generator_choice *choice, const struct command_run *run, struct process_result *result,
                struct error *error);

/* The same with `train` written to run->train before and removed after it, since these are real rows. ERROR_INPUT too where
 * there is no file run->out in the end. */
int command_train(const struct generator_choice *choice, const struct table *train, const struct command_run *run,
                  struct process_result *result, struct error *error);
/* SHA-256 of the content of the program, where PATH finds it, and of every regular file that a later word, or what follows its
 * first '=', names: a generator that has changed under the same command has another one. What those files load in turn is not
 * followed. Of a built-in generator (no words): of nothing. */
int command_fingerprint(const struct generator_choice *choice, char hex[65], struct error *error);

/* Reads what a generator wrote like any candidate, with the columns of `schema`, and checks that it has `rows` rows. `schema`
 * stays as it is: levels that only this table has get codes of its own, in a copy that lives in `arena` as long as the table.
 */
int command_read(const char *path, const struct schema *schema, size_t rows, struct arena *arena, struct table **table,
                 struct error *error);

#endif
