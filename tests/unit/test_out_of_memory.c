/* LIBS: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=free */
/* Memory that is short on purpose: each scenario is run with its first allocation failing, then its second, … until it gets
 * through. Every failure must be reported as ERROR_MEMORY and leave nothing behind, not a byte. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "audit/judge.h"
#include "core/arena.h"
#include "core/json.h"
#include "core/options.h"
#include "core/pool.h"
#include "datasets/csv.h"
#include "datasets/schema.h"
#include "datasets/simulate.h"
#include "generators/generator.h"
#include "tests/unit/short_memory.h"
#include "tests/unit/text_file.h"

static int read_json(struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "{\"list\": [1, null, true, \"x\", {}, []]");
    for (int i = 0; i < 20; i++)
        strbuf_addf(&text, ", \"key%d\": {\"deep\": [\"%d\"]}", i, i);
    strbuf_adds(&text, "}");
    cJSON *json = NULL;
    int code = text.failed ? error_memory(error) : json_parse(text.text, text.length, "x", false, &json, error);
    struct strbuf out = STRBUF_INIT;
    if (!code) {
        json_print(json, &out);
        if (out.failed)
            code = error_memory(error);
    }
    cJSON_Delete(json);
    strbuf_free(&text);
    strbuf_free(&out);
    return code;
}

/* Built without a look at any step: what is lacking must show when it is printed. */
static int build_json(struct error *error)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *list = json_add_array(json, "list"), *object = json_push_object(list), *pair = json_push_array(list);
    struct strbuf out = STRBUF_INIT;
    json_add_number(object, "n", 1);
    json_add_string(object, "s", "x");
    json_add_bool(object, "b", true);
    json_push_number(pair, 2);
    json_push_string(pair, NULL);
    json_add_object(json, "o");
    json_attach(json, "copy", cJSON_Duplicate(list, true));
    json_append(list, cJSON_CreateNull());
    json_print(json, &out);
    bool good = !out.failed;
    cr_assert(!good || json_complete(json));
    cJSON_Delete(json);
    strbuf_free(&out);
    return good ? 0 : error_memory(error);
}

/* A candidate that fails a gate: no shortage may let it pass. */
static int judge(struct error *error)
{
    static const char text[] =
        "{\"candidates\": [{\"name\": \"x\", \"measures\": [{\"id\": \"fidelity.column_shapes\", \"dimension\": \"fidelity\","
        "\"status\": \"ok\", \"value\": 0.1, \"n\": 9, \"interval\": {\"lo\": 0, \"hi\": 0.2}, \"score\": 0.1,"
        "\"in_index\": true}]}]}";
    struct gate gate = {.subject = "fidelity.column_shapes", .bound = 0.9, .reason = ""};
    struct claim claim = {.metric = "fidelity.column_shapes", .bound = 0.9, .source = "x", .where = "x: claim 1"};
    struct policy policy = {.name = "x",
                            .summary = "",
                            .k = 10,
                            .alpha = 0.05,
                            .gates = &gate,
                            .n_gates = 1,
                            .holm = true,
                            .claims = &claim,
                            .n_claims = 1};
    cJSON *audit = NULL;
    for (int d = 0; d < DIMENSIONS; d++)
        policy.weights[d] = 1;
    int code = json_parse(text, sizeof text - 1, "x", false, &audit, error);
    if (!code)
        code = judge_audit(audit, &policy, error);
    cr_assert(code || judge_exit_status(audit, 0) == 1);
    cr_assert(code || strcmp(json_get_string(json_get(audit, "claims")->child, "result", ""), "FAIL") == 0);
    cJSON_Delete(audit);
    return code;
}

struct settings {
    struct option_list many, commas;
};

static const struct option table[] = {
    {"many", OPTION_LIST, offsetof(struct settings, many), "X", "", 0, 0, false},
    {"commas", OPTION_COMMAS, offsetof(struct settings, commas), "X", "", 0, 0, false},
    {NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0, false},
};
static const struct command command = {"test", "", "", "", table, NULL};

static int parse_options(struct error *error)
{
    char words[][40] = {"test", "--many=1", "--commas=a,b,c,d,e,f,g,h,i,j,k,l", "rest", "--many=2", "--commas=z"};
    char *argv[6];
    for (int i = 0; i < 6; i++)
        argv[i] = words[i];
    struct settings settings = {0};
    struct option_list rest = {0};
    bool help;
    int code = options_parse(&command, 6, argv, &settings, &rest, &help, error);
    options_free(&command, &settings, &rest);
    return code;
}

static int use_arena(struct error *error)
{
    struct arena *arena = arena_new();
    if (!arena)
        return error_memory(error);
    bool good = true;
    for (int i = 0; i < 10 && good; i++)
        good = ARENA_ARRAY(arena, double, 1000) && ARENA_NEW(arena, int) && arena_string(arena, "text") &&
               arena_format(arena, "%d", i);
    arena_free(arena);
    return good ? 0 : error_memory(error);
}

static int make_pool(struct error *error)
{
    struct pool *pool;
    int code = pool_new(&pool, 4, error);
    cr_assert(!code == !!pool);
    pool_free(pool);
    return code;
}

/* Made before the shortage: what reads a table is not what is tried here. */
static struct schema *schema;
static struct table *train;

static int simulate(struct error *error)
{
    struct table *again;
    int code = simulate_population(50, 2, "again", &schema, &again, error);
    table_free(again);
    return code;
}

static int generate(struct error *error)
{
    int code = 0;
    for (const struct generator *const *generator = generator_list; *generator && !code; generator++) {
        struct table *out = NULL;
        code = (*generator)->run(train, 60, 1, "made", NULL, &out, error);
        cr_assert(!code == !!out, "%s", (*generator)->name);
        table_free(out);
    }
    return code;
}

/* Columns of every kind: numbers that go direct, dates, repeating and unique texts, quoted cells, a schema to read. */
static struct text_file train_file, candidate_file, schema_file;

static void write_files(void)
{
    struct strbuf text = STRBUF_INIT;
    strbuf_adds(&text, "id,many,day,level,unique,flag,number\n");
    for (int i = 0; i < 2000; i++)
        strbuf_addf(&text, "%d,%d.25,20%02d-%02d-11,\"a, \"\"%d\"\"\",word number %d,%s,%s\n", i, i * 7, i % 90 + 10,
                    i % 12 + 1, i % 7, i, i % 2 ? "yes" : "no", i % 3 ? "N" : "1.0");
    train_file = text_file_bytes(text.text, text.length);
    strbuf_adds(&text, "1,2,2013-01-01,unseen level,x,1,2\n");
    candidate_file = text_file_bytes(text.text, text.length);
    strbuf_free(&text);
    schema_file = text_file_new(
        "{\"columns\": {\"id\": {\"type\": \"id\"}, \"many\": {\"type\": \"numeric\", \"role\": [\"target\"]},"
        "\"day\": {\"type\": \"datetime\"}, \"level\": {\"type\": \"categorical\"}, \"unique\": {\"type\": \"text\"},"
        "\"flag\": {\"type\": \"boolean\"}, \"number\": {\"type\": \"numeric\", \"missing_tokens\": [\"N\"]}}}");
}

static int read_dataset(struct error *error)
{
    const char *candidates[] = {candidate_file.path}, *sensitive[] = {"level"};
    struct dataset_options options = {.train = train_file.path,
                                      .candidates = candidates,
                                      .n_candidates = 1,
                                      .target = "flag",
                                      .positive = "1",
                                      .sensitive = sensitive,
                                      .n_sensitive = 1};
    struct dataset *dataset;
    int code = dataset_read(&dataset, &options, error);
    cr_assert(!code == !!dataset);
    dataset_free(dataset);
    return code;
}

static int read_schema(struct error *error)
{
    struct strbuf text = STRBUF_INIT;
    struct schema *given;
    struct table *typed;
    int code = csv_read_train(train_file.path, schema_file.path, &given, &typed, NULL, error);
    cr_assert(!code == !!given && !code == !!typed);
    if (!code)
        code = schema_print(given, &text, error);
    strbuf_free(&text);
    table_free(typed);
    schema_free(given);
    return code;
}

Test(out_of_memory, every_allocation)
{
    static const struct {
        const char *name;
        int (*run)(struct error *error);
        long least; /* allocations it must at least have made */
        bool sorts; /* sort_doubles does without memory: such a failure is none */
    } scenarios[] = {
        {"read_json", read_json, 100, false},
        {"build_json", build_json, 25, false},
        {"judge", judge, 100, false},
        {"parse_options", parse_options, 16, false},
        {"use_arena", use_arena, 6, false},
        {"make_pool", make_pool, 5, false},
        {"simulate", simulate, 1, false},
        {"generate", generate, 200, false},
        {"read_dataset", read_dataset, 100, true},
        {"read_schema", read_schema, 100, true},
    };
    short_memory_of_json();
    write_files();
    cr_assert_eq(simulate_population(80, 1, "train", &schema, &train, NULL), 0);
    for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++) {
        long before = live, failing = 0;
        for (;; failing++) {
            struct error error = {0};
            left = failing;
            int code = scenarios[s].run(&error);
            bool reached = left < 0;
            left = -1;
            cr_assert_eq(live, before, "%s, allocation %ld: %ld blocks are left", scenarios[s].name, failing, live - before);
            if (!reached) {
                cr_expect_eq(code, 0, "%s: %s", scenarios[s].name, error.message);
                break;
            }
            if (!code && scenarios[s].sorts)
                continue;
            cr_assert(code == ERROR_MEMORY && error.code == ERROR_MEMORY, "%s, allocation %ld: code %d '%s'", scenarios[s].name,
                      failing, code, error.message);
        }
        cr_expect_geq(failing, scenarios[s].least, "%s made %ld allocations", scenarios[s].name, failing);
    }
    table_free(train);
    schema_free(schema);
    text_file_remove(train_file);
    text_file_remove(candidate_file);
    text_file_remove(schema_file);
}
