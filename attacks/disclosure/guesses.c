#include "attacks/disclosure/guesses.h"

#include <math.h>
#include <stdlib.h>

#include "attacks/disclosure/cells.h"
#include "numeric/sort.h"

#define STREAM "privacy.inference"
#define TAIL   20 /* one value in so many is beyond the spread on either side */

/* Numbers of the random streams of one secret. */
enum stream {
    STREAM_MEMBERS,
    STREAM_STRANGERS,
    STREAM_MEMBER_TIES,
    STREAM_STRANGER_TIES,
    STREAM_BASELINE,
    STREAM_MAJORITY,
    STREAMS
};

struct guess_state {
    struct guessing *guessing;
    const struct guess_options *options;
    struct guess_rule rule;
    struct row_set synthetic; /* rows with a value of the secret */
    struct known_view view;
    uint32_t *near;
    double *value; /* [synthetic.n] */
};

static uint64_t stream_number(const struct guess_state *state, enum stream stream)
{
    return state->guessing->column * STREAMS + stream;
}

bool guess_is_right(const struct guess_rule *rule, double g, double s)
{
    if (!rule->quantity)
        return !(g < s || g > s);
    return fabs(g - s) <= rule->tolerance * (rule->date ? rule->spread : fmin(fabs(s), rule->spread));
}

double most_frequent_value(double *value, size_t n, struct random *random)
{
    size_t most = 0, equals = 0, chosen, from = 0;

    sort_doubles(value, n);
    for (size_t i = 0, run; i < n; i += run) {
        run = run_length(value, n, i);
        equals = run > most ? 1 : equals + (run == most);
        most = run > most ? run : most;
    }
    chosen = equals > 1 ? random_below(random, equals) : 0;
    for (;;) {
        size_t run = run_length(value, n, from);

        if (run == most && chosen-- == 0)
            return value[from];
        from += run;
    }
}

static double secret_of(const struct guess_state *state, const struct row_set *rows, size_t i)
{
    return cell_value(rows->table, state->guessing->column, rows->pick[i]);
}

/* Right guesses for some records; right: [records->n], NULL: not wanted. */
static int guess_records(const struct guess_state *state, const struct row_set *records, enum stream ties, bool *right,
                         size_t *count, struct error *error)
{
    struct arena *scratch = arena_new();
    struct near_search search;
    int status = scratch ? near_search_run(&state->view, records, 1, NULL, scratch, &search, error) : error_memory(error);

    *count = 0;
    for (size_t i = 0; i < records->n && !status; i++) {
        struct random random;
        bool hit;
        size_t n;

        status = near_rows(&state->view, &search, i, state->near, &n, error);
        if (status)
            break;
        for (size_t m = 0; m < n; m++)
            state->value[m] = secret_of(state, &state->synthetic, state->near[m]);
        random_init(&random, state->options->seed, STREAM, stream_number(state, ties), records->pick[i]);
        hit = guess_is_right(&state->rule, most_frequent_value(state->value, n, &random), secret_of(state, records, i));
        *count += hit;
        if (right)
            right[i] = hit;
    }
    arena_free(scratch);
    return status;
}

/* Draws from the candidate's values, and its most frequent value, as guesses for all members. */
static void guess_blindly(const struct guess_state *state, size_t *drawn, double *majority)
{
    const struct row_set *members = &state->guessing->members;
    struct random random;
    double frequent;
    size_t right = 0;

    *drawn = 0;
    for (size_t i = 0; i < state->synthetic.n; i++)
        state->value[i] = secret_of(state, &state->synthetic, i);
    random_init(&random, state->options->seed, STREAM, stream_number(state, STREAM_MAJORITY), 0);
    frequent = most_frequent_value(state->value, state->synthetic.n, &random);
    for (size_t i = 0; i < members->n; i++) {
        double secret = secret_of(state, members, i);

        random_init(&random, state->options->seed, STREAM, stream_number(state, STREAM_BASELINE), members->pick[i]);
        *drawn += guess_is_right(&state->rule, state->value[random_below(&random, state->synthetic.n)], secret);
        right += guess_is_right(&state->rule, frequent, secret);
    }
    *majority = (double)right / (double)members->n;
}

/* The rule for train's values, and whether there is anything to guess among them. */
static int fit_rule(struct guess_state *state, const struct row_set *train, struct error *error)
{
    const struct column_schema *column = &train->table->schema->columns[state->guessing->column];
    double *value = calloc(train->n + 1, sizeof *value), spread;
    bool constant;

    if (!value)
        return error_memory(error);
    for (size_t i = 0; i < train->n; i++)
        value[i] = secret_of(state, train, i);
    sort_doubles(value, train->n);
    constant = train->n == 0 || !(value[0] < value[train->n - 1]);
    spread = constant ? 0 : value[train->n - 1 - train->n / TAIL] - value[train->n / TAIL];
    if (!constant && !(spread > 0))
        spread = value[train->n - 1] - value[0];
    free(value);
    if (constant)
        return error_set(error, ERROR_UNMEASURABLE, "'%s' has one value in train and can be no secret", column->name);
    state->rule = (struct guess_rule){column_kind(column) == KIND_QUANTITY, column->type == COLUMN_DATETIME, spread,
                                      state->options->tolerance};
    return 0;
}

/* All rows with a value of the secret; samples of members and strangers. */
static int choose_rows(struct guess_state *state, struct row_set *strangers, struct error *error)
{
    struct guessing *guessing = state->guessing;
    const struct guess_options *options = state->options;
    const char *name = options->train->schema->columns[guessing->column].name;
    struct row_set train, others;
    int status = rows_with_value(options->train, guessing->column, guessing->arena, &train, error);

    if (!status)
        status = fit_rule(state, &train, error);
    if (!status)
        status = rows_with_value(options->strangers, guessing->column, guessing->arena, &others, error);
    if (!status)
        status = rows_with_value(options->synthetic, guessing->column, guessing->arena, &state->synthetic, error);
    if (!status && state->synthetic.n == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no row of the candidate has a value of '%s'", name);
    if (!status && others.n == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no holdout row has a value of '%s'", name);
    if (!status && guessing->n_known == 0)
        return error_set(error, ERROR_UNMEASURABLE, "nothing is known beside the secret '%s'", name);
    if (!status)
        status = row_sample(&train, options->attacks, options->seed, STREAM, stream_number(state, STREAM_MEMBERS),
                            guessing->arena, &guessing->members, error);
    if (!status)
        status = row_sample(&others, options->attacks, options->seed, STREAM, stream_number(state, STREAM_STRANGERS),
                            guessing->arena, strangers, error);
    return status;
}

static int guess_all(struct guess_state *state, struct error *error)
{
    struct guessing *guessing = state->guessing;
    struct risk_counts *counts = &guessing->counts;
    struct row_set strangers = {0};
    int status = choose_rows(state, &strangers, error);

    if (status)
        return status;
    guessing->right = ARENA_ARRAY(guessing->arena, bool, guessing->members.n + 1);
    state->near = ARENA_ARRAY(guessing->arena, uint32_t, state->synthetic.n + 1);
    state->value = ARENA_ARRAY(guessing->arena, double, state->synthetic.n + 1);
    if (!guessing->right || !state->near || !state->value)
        return error_memory(error);
    status = known_view_make(&state->synthetic, guessing->known, guessing->n_known, guessing->arena, &state->view, error);
    counts->attack.made = counts->baseline.made = guessing->members.n;
    counts->control.made = strangers.n;
    if (!status)
        status =
            guess_records(state, &guessing->members, STREAM_MEMBER_TIES, guessing->right, &counts->attack.successes, error);
    if (!status)
        status = guess_records(state, &strangers, STREAM_STRANGER_TIES, NULL, &counts->control.successes, error);
    if (!status)
        guess_blindly(state, &counts->baseline.successes, &guessing->majority);
    return status;
}

int guess_secret(struct guessing *guessing, const struct guess_options *options, struct error *error)
{
    struct guess_state state = {.guessing = guessing, .options = options};
    int status = guess_all(&state, &guessing->error);

    if (status == ERROR_UNMEASURABLE)
        return 0;
    return status ? error_set(error, status, "%s", guessing->error.message) : 0;
}
