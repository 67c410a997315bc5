/* LIBS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=free */
/* Every fidelity measure, and the three regulators' risks, with its first allocation failing, then its second, … until it gets
 * through: each failure must be told (ERROR_MEMORY, or details that are not complete) or change nothing, and leave nothing
 * behind. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "tests/unit/fake_table.h"
#include "tests/unit/short_memory.h"

enum { ROWS = 60 };

static struct table *draw(struct schema *schema, const char *name, uint64_t seed)
{
    struct table *table = fake_table(schema, name, ROWS);
    struct random random;
    random_init(&random, seed, name, 0, 0);
    for (size_t i = 0; i < ROWS; i++) {
        fake_numbers(table, 0)[i] = random_uniform(&random) < 0.1 ? NAN : random_normal(&random);
        fake_numbers(table, 1)[i] = floor(5 * random_uniform(&random));
        fake_codes(table, 2)[i] = (uint32_t)random_below(&random, 3);
        fake_codes(table, 3)[i] = (uint32_t)random_below(&random, 2);
    }
    fake_seal(table);
    return table;
}

/* One run in memory that is short; the outcome as text. Returns the measure's status. */
static int run_once(const struct measure *measure, struct dataset *data, const struct table *subject, long failing,
                    bool *reached, struct strbuf *out)
{
    struct parameter_value parameters[8] = {{0}};
    struct result result = {.value = NAN, .lo = NAN, .hi = NAN, .arena = arena_new()};
    struct artifacts *artifacts;
    struct error error = {0};
    cr_assert_eq(artifacts_new(&artifacts, &error), 0);
    for (size_t k = 0; measure->parameters && measure->parameters[k].name; k++)
        parameters[k].value = strcmp(measure->parameters[k].name, "attacks") == 0 ? 20 : measure->parameters[k].fallback;
    struct measure_task task = {.data = data,
                                .reference = data->train.table,
                                .subject = subject,
                                .kind = SUBJECT_CANDIDATE,
                                .seed = 1,
                                .level = 0.95,
                                .min_group = 10,
                                .parameters = parameters,
                                .artifacts = artifacts};
    left = failing;
    int status = measure->run(&task, &result, &error);
    *reached = left < 0;
    left = -1;
    strbuf_reset(out);
    if (!status && result.details && !json_complete(result.details))
        status = ERROR_MEMORY;
    if (!status) {
        strbuf_addf(out, "%.17g %.17g %.17g %s\n", result.value, result.lo, result.hi, result.finding);
        if (result.details)
            json_print(result.details, out);
    }
    cJSON_Delete(result.details);
    arena_free(result.arena);
    artifacts_free(artifacts);
    return status;
}

static bool is_disclosure(const char *id)
{
    return strncmp(id, "privacy.singling_out", 20) == 0 || strcmp(id, "privacy.linkability") == 0 ||
           strcmp(id, "privacy.inference") == 0;
}

Test(measures, every_allocation)
{
    static const struct fake_column columns[] = {{.name = "x", .type = COLUMN_NUMERIC, .decimals = 3},
                                                 {.name = "n", .type = COLUMN_NUMERIC},
                                                 {.name = "c", .type = COLUMN_CATEGORICAL, .levels = 3},
                                                 {.name = "y", .type = COLUMN_CATEGORICAL, .levels = 2, .roles = ROLE_TARGET}};
    struct schema *schema = fake_schema(columns, sizeof columns / sizeof *columns);
    struct table *train = draw(schema, "train", 1), *subject = draw(schema, "subject", 2);
    struct dataset data = {.schema = schema,
                           .train = {.role = "train", .table = train},
                           .holdout = {.role = "holdout", .table = draw(schema, "holdout", 3)},
                           .target = 3,
                           .positive = 1};
    struct strbuf whole = STRBUF_INIT, out = STRBUF_INIT;
    strbuf_adds(&out, "-");
    short_memory_of_json();
    fake_fit(schema, train);
    for (size_t m = 0; m < measure_count; m++) {
        const struct measure *measure = measure_registry[m];
        bool reached;
        if (measure->dimension != DIMENSION_FIDELITY && !is_disclosure(measure->id))
            continue;
        cr_assert_eq(run_once(measure, &data, subject, -1, &reached, &whole), 0, "%s", measure->id);
        long failing = 0;
        /* Every run of the discriminator trains trees. */
        long step = strcmp(measure->id, "fidelity.discriminator") == 0 ? 17 : 1;
        for (reached = true; reached; failing += step) {
            long before = live;
            int status = run_once(measure, &data, subject, failing, &reached, &out);
            cr_expect(status == ERROR_MEMORY || (!status && strcmp(strbuf_text(&out), strbuf_text(&whole)) == 0),
                      "%s, allocation %ld: status %d", measure->id, failing, status);
            cr_expect_eq(live - before, 0, "%s, allocation %ld: %ld blocks are left", measure->id, failing, live - before);
        }
        cr_expect_geq(failing, 30, "%s made %ld allocations", measure->id, failing);
    }
    strbuf_free(&whole);
    strbuf_free(&out);
    fake_schema_free(schema);
}
