/* The discriminators of S and P against log density ratios in closed form, and their edge cases. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "attacks/membership/discriminator.h"
#include "core/random.h"
#include "numeric/ranking.h"
#include "tests/unit/privacy_world.h"

struct asked {
    struct world world; /* train: members, holdout: P, then strangers picked from it; subject: S */
    size_t matched;
    double score[DISCRIMINATORS][4096];
};

static void ask(struct asked *asked, size_t reference_rows, const uint32_t *strangers, size_t n_strangers, struct pool *pool)
{
    struct world *world = &asked->world;
    struct table_rows candidate = {world->subject, NULL, world->subject->rows};
    struct table_rows reference = {world->holdout, NULL, world->holdout->rows};
    struct table_rows members = {world->train, NULL, world->train->rows}, tested = {world->holdout, strangers, n_strangers};
    double *score[DISCRIMINATORS] = {asked->score[0], asked->score[1]};
    uint32_t first[4096];
    struct error error = {0};

    for (uint32_t i = 0; i < reference_rows; i++)
        first[i] = i;
    if (reference_rows < reference.rows)
        reference = (struct table_rows){world->holdout, first, reference_rows};
    cr_assert_eq(discriminator_scores(&candidate, &reference, &members, &tested, 1, asked->matched, pool, score, &error), 0,
                 "%s", error.message);
}

static void fill_normal(struct table *table, double shift)
{
    for (size_t i = 0; i < table->rows; i++) {
        struct random random;

        random_init(&random, 3, table->name, i, 0);
        table_numbers(table, 0)[i] = shift + random_normal(&random);
        table_codes(table, 1)[i] = random_uniform(&random) < (shift > 0 ? .8 : .2);
    }
    table_seal(table);
}

/* S ~ N(1, 1), P ~ N(0, 1), and independently of that a level with shares .8 and .2: log p_S − log p_P = x − ½ ± log 4. Also
 * where S has five times as many rows as P: as many of one as of the other are learnt from. Where the level is matched, x − ½.
 */
Test(membership_discriminator, log_odds_are_the_log_density_ratio)
{
    static const size_t candidate_rows[] = {4000, 20000, 4000};

    for (size_t t = 0; t < 3; t++) {
        static struct asked asked;
        double logistic = 0, boosted = 0;

        asked.matched = t == 2 ? 1 : SIZE_MAX;
        world_new(&asked.world, 1, 1, 40, 4000, candidate_rows[t]);
        fill_normal(asked.world.holdout, 0);
        fill_normal(asked.world.subject, 1);
        for (size_t i = 0; i < 40; i++) {
            table_numbers(asked.world.train, 0)[i] = -1 + .1 * (double)(i / 2);
            table_codes(asked.world.train, 1)[i] = i % 2;
        }
        table_seal(asked.world.train);
        ask(&asked, 4000, NULL, 0, NULL);
        for (size_t i = 0; i < 40; i++) {
            double expected = -1 + .1 * (double)(i / 2) - .5 + (t == 2 ? 0 : i % 2 ? 1 : -1) * log(4);

            logistic = fmax(logistic, fabs(asked.score[DISCRIMINATOR_LOGISTIC][i] - expected));
            boosted += fabs(asked.score[DISCRIMINATOR_BOOSTED][i] - expected) / 40;
        }
        cr_assert_lt(logistic, .2, "%zu rows: logistic off by up to %g", candidate_rows[t], logistic);
        cr_assert_lt(boosted, .35, "%zu rows: boosted off by %g in the mean", candidate_rows[t], boosted);
        world_free(&asked.world);
    }
}

/* Copies of the members among few rows: trees remember them, a line does not. Rows that are picked are asked about in their
 * order, and the pool does not matter. */
Test(membership_discriminator, trees_remember_copies)
{
    static struct asked asked, again;
    static uint32_t strangers[400];
    uint8_t label[800];
    struct pool *pool;
    double auc[DISCRIMINATORS];

    asked.matched = SIZE_MAX;
    world_new(&asked.world, 5, 1, 400, 800, 400);
    world_draw_all(&asked.world, 7);
    for (size_t i = 0; i < 400; i++) {
        world_copy_row(&asked.world, asked.world.subject, i, asked.world.train, i);
        strangers[i] = (uint32_t)(799 - i);
        label[i] = 1;
        label[400 + i] = 0;
    }
    table_seal(asked.world.subject);
    ask(&asked, 400, strangers, 400, NULL);
    for (size_t d = 0; d < DISCRIMINATORS; d++)
        cr_assert_eq(roc_auc(asked.score[d], label, 800, &auc[d], NULL), 0);
    cr_assert_gt(auc[DISCRIMINATOR_BOOSTED], .7, "boosted: AUC %g", auc[DISCRIMINATOR_BOOSTED]);
    cr_assert_lt(auc[DISCRIMINATOR_LOGISTIC], .6, "logistic: AUC %g", auc[DISCRIMINATOR_LOGISTIC]);
    cr_assert_eq(pool_new(&pool, 3, NULL), 0);
    again.world = asked.world;
    again.matched = SIZE_MAX;
    ask(&again, 400, strangers, 400, pool);
    cr_assert_arr_eq(again.score, asked.score, sizeof asked.score, "depends on the pool");
    ask(&again, 400, strangers + 399, 1, pool); /* the last stranger alone */
    for (size_t d = 0; d < DISCRIMINATORS; d++)
        cr_assert_eq(again.score[d][400], asked.score[d][799]);
    pool_free(pool);
    world_free(&asked.world);
}

/* One row of S and of P; cells all equal, or all missing: no column varies, all odds are even. Members with a missing cell, a
 * level or a number that nobody had: finite. No rows: an error. */
Test(membership_discriminator, odd_tables)
{
    static struct asked asked;
    struct table_rows none, some;
    double *score[DISCRIMINATORS] = {asked.score[0], asked.score[1]};
    struct error error = {0};

    asked.matched = SIZE_MAX;
    world_new(&asked.world, 2, 1, 30, 20, 1);
    world_draw_all(&asked.world, 3);
    table_numbers(asked.world.train, 0)[0] = NAN;
    table_numbers(asked.world.train, 0)[1] = 1e300;
    table_codes(asked.world.train, 2)[2] = CODE_MISSING;
    table_seal(asked.world.train);
    ask(&asked, 1, NULL, 20, NULL);
    for (size_t i = 0; i < 50; i++)
        cr_assert(isfinite(asked.score[0][i]) && isfinite(asked.score[1][i]), "row %zu", i);
    for (int missing = 0; missing < 2; missing++) {
        for (size_t j = 0; j < 2; j++) {
            table_numbers(asked.world.subject, j)[0] = missing ? NAN : 5;
            for (size_t i = 0; i < 20; i++)
                table_numbers(asked.world.holdout, j)[i] = missing ? NAN : 5;
        }
        table_codes(asked.world.subject, 2)[0] = missing ? CODE_MISSING : 1;
        for (size_t i = 0; i < 20; i++)
            table_codes(asked.world.holdout, 2)[i] = missing ? CODE_MISSING : 1;
        table_seal(asked.world.subject);
        table_seal(asked.world.holdout);
        ask(&asked, 20, NULL, 20, NULL);
        for (size_t i = 0; i < 50; i++)
            cr_assert(fabs(asked.score[0][i]) < 1e-6 && fabs(asked.score[1][i]) < 1e-6, "row %zu: %g %g", i, asked.score[0][i],
                      asked.score[1][i]);
    }
    some = (struct table_rows){asked.world.holdout, NULL, 20};
    none = (struct table_rows){asked.world.subject, NULL, 0};
    cr_assert_eq(discriminator_scores(&none, &some, &some, &some, 1, SIZE_MAX, NULL, score, &error), ERROR_UNMEASURABLE);
    cr_assert(strstr(error.message, "no rows"), "%s", error.message);
    world_free(&asked.world);
}
