/* Random bits: they are fair and balanced, the table is the file's with a column more, the key is read as it was written; bits
 * of a bootstrap are guessed, those of independent columns are not; the detection limit. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attacks/canary/bits.h"
#include "core/outdir.h"
#include "datasets/csv.h"
#include "datasets/simulate.h"
#include "generators/generator.h"

enum { ROWS = 301 };

struct world {
    char folder[40], train[64], planted[64], synthetic[64], key[64];
    struct dataset *data;
    struct bits bits;
};

static void begin(struct world *world, uint64_t seed)
{
    struct error error = {.message = ""};
    struct schema *schema = NULL;
    struct table *people;
    *world = (struct world){.folder = "/tmp/assay-bits-XXXXXX"};
    const struct dataset_options inputs = {.train = world->train};
    cr_assert_not_null(mkdtemp(world->folder));
    snprintf(world->train, sizeof world->train, "%s/train.csv", world->folder);
    snprintf(world->planted, sizeof world->planted, "%s/planted.csv", world->folder);
    snprintf(world->synthetic, sizeof world->synthetic, "%s/synthetic.csv", world->folder);
    snprintf(world->key, sizeof world->key, "%s/key.json", world->folder);
    cr_assert_eq(simulate_population(ROWS, 5, "train", &schema, &people, &error), 0, "%s", error.message);
    cr_assert_eq(csv_write(people, world->train, &error), 0, "%s", error.message);
    cr_assert_eq(dataset_read(&world->data, &inputs, &error), 0, "%s", error.message);
    cr_assert_eq(bits_draw(world->data->train.table, "bit", seed, &world->bits, &error), 0, "%s", error.message);
    cr_assert_eq(bits_write(&world->bits, world->train, world->planted, &error), 0, "%s", error.message);
    table_free(people);
    schema_free(schema);
}

static void end(struct world *world)
{
    bits_free(&world->bits);
    dataset_free(world->data);
    unlink(world->train);
    unlink(world->planted);
    unlink(world->synthetic);
    unlink(world->key);
    rmdir(world->folder);
}

static void generate(const struct world *world, const char *method, size_t rows)
{
    struct error error = {.message = ""};
    struct schema *schema;
    struct table *train, *synthetic;
    cr_assert_eq(csv_read_train(world->planted, NULL, &schema, &train, NULL, &error), 0, "%s", error.message);
    cr_assert_eq(generator_find(method)->run(train, rows, 3, "synthetic", NULL, &synthetic, &error), 0);
    cr_assert_eq(csv_write(synthetic, world->synthetic, &error), 0);
    table_free(synthetic);
    table_free(train);
    schema_free(schema);
}

/* Half are 1 (the odd one is a coin's), another seed gives other bits, and each row's bit is 1 for half of the seeds: of 400
 * within 5 standard errors of 1/40. */
Test(canary_bits, drawn)
{
    enum { SEEDS = 400 };
    struct error error = {.message = ""};
    struct world world;
    size_t ones[ROWS] = {0}, larger = 0;
    begin(&world, 1);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct bits bits;
        size_t sum = 0;
        cr_assert_eq(bits_draw(world.data->train.table, "bit", seed, &bits, &error), 0);
        cr_assert_eq(bits.n, ROWS);
        for (size_t i = 0; i < ROWS; i++) {
            sum += bits.bit[i];
            ones[i] += bits.bit[i];
        }
        cr_expect(sum == ROWS / 2 || sum == ROWS / 2 + 1);
        larger += sum > ROWS / 2;
        if (seed == 1)
            cr_expect_eq(memcmp(bits.bit, world.bits.bit, ROWS), 0, "the same seed, other bits");
        bits_free(&bits);
    }
    cr_expect(larger > SEEDS / 2 - 50 && larger < SEEDS / 2 + 50);
    for (size_t i = 0; i < ROWS; i++)
        cr_expect(ones[i] > SEEDS / 2 - 50 && ones[i] < SEEDS / 2 + 50, "row %zu: %zu ones", i, ones[i]);
    struct bits bits;
    cr_expect_eq(bits_draw(world.data->train.table, "age", 1, &bits, &error), ERROR_INPUT);
    struct table few = *world.data->train.table;
    few.rows = BITS_LEAST - 1;
    cr_expect_eq(bits_draw(&few, "bit", 1, &bits, &error), ERROR_INPUT);
    end(&world);
}

Test(canary_bits, key)
{
    struct error error = {.message = ""};
    struct world world;
    struct bits again;
    struct strbuf text = STRBUF_INIT;
    begin(&world, 1);
    cJSON *json = bits_json(&world.bits, &world.data->train);
    json_print(json, &text);
    cr_assert_eq(file_write(world.key, text.text, text.length, &error), 0);
    cr_assert_eq(bits_read(world.key, &world.data->train, &again, &error), 0, "%s", error.message);
    cr_expect(again.n == ROWS && memcmp(again.bit, world.bits.bit, ROWS) == 0);
    cr_expect_str_eq(again.column, "bit");
    bits_free(&again);
    static const struct {
        const char *path, *words;
        const char *value; /* NULL: the key's bits with the first one turned until they are unbalanced */
    } cases[] = {{"format", "not a key", "x"},         {"column", "not a key", ""},
                 {"column", "has the column", "age"},  {"bits", "one bit for each row", "0101"},
                 {"bits", "one bit for each row", ""}, {"bits", "half of the bits", NULL}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cJSON *copy = cJSON_Duplicate(json, true);
        char *zeros = calloc(ROWS + 1, 1);
        memset(zeros, '0', ROWS);
        cJSON_ReplaceItemInObject(copy, cases[k].path, cJSON_CreateString(cases[k].value ? cases[k].value : zeros));
        strbuf_reset(&text);
        json_print(copy, &text);
        cr_assert_eq(file_write(world.key, text.text, text.length, &error), 0);
        cr_expect_eq(bits_read(world.key, &world.data->train, &again, &error), ERROR_INPUT, "case %zu", k);
        cr_expect_not_null(strstr(error.message, cases[k].words), "case %zu: %s", k, error.message);
        free(zeros);
        cJSON_Delete(copy);
    }
    cJSON_Delete(json);
    strbuf_free(&text);
    end(&world);
}

Test(canary_bits, guessed)
{
    static const struct {
        const char *method;
        double least, most; /* accuracy of reconstruction; chance: within 4 standard errors */
        bool found;
    } cases[] = {{"bootstrap", .7, 1, true}, {"independent", .385, .615, false}};
    struct error error = {.message = ""};
    struct world world;
    struct bits_verdict verdict, again;
    struct pool *pool;
    cr_assert_eq(pool_new(&pool, 2, &error), 0);
    begin(&world, 1);
    for (size_t k = 0; k < 2; k++) {
        generate(&world, cases[k].method, ROWS);
        cr_assert_eq(bits_check(&world.bits, world.data, world.synthetic, 1, .05, pool, &verdict, &error), 0, "%s",
                     error.message);
        cr_assert_eq(bits_check(&world.bits, world.data, world.synthetic, 1, .05, NULL, &again, &error), 0);
        const struct bits_attack *attack = &verdict.attack[0];
        const double share = (double)attack->right / (double)attack->n;
        cr_expect(share >= cases[k].least && share <= cases[k].most, "%s: %.3f", cases[k].method, share);
        cr_expect_eq(verdict.p <= .05, cases[k].found, "%s: p = %g", cases[k].method, verdict.p);
        cr_expect(attack->auc_lo <= attack->auc && attack->auc <= attack->auc_hi);
        cr_expect(attack->n == verdict.unique && verdict.records == ROWS && verdict.rows == ROWS);
        cr_expect(verdict.p == again.p && verdict.all_right == again.all_right && verdict.best == again.best);
    }
    pool_free(pool);
    end(&world);
}

/* By exact fractions in Python: the least x with P[B(n, ½) ≥ x] ≤ .05/3, then the share by bisection. */
Test(canary_bits, limit)
{
    static const struct {
        size_t n;
        double limit;
    } cases[] = {{20, 0.79183833}, {100, 0.38379867}, {1000, 0.12069570}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        cr_expect_float_eq(bits_limit(cases[k].n, .05 / 3, .95), cases[k].limit, 2e-6, "%zu: %.8f", cases[k].n,
                           bits_limit(cases[k].n, .05 / 3, .95));
    cr_expect(isnan(bits_limit(5, .05 / 3, .95)), "five records prove nothing");
}
