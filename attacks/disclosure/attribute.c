/* privacy.attribute: is the secret of training records guessed better than that of people no generator has seen?
 *
 * attacker   knows the quasi-identifiers of a person (quasi.h) and wants a secret; holds the candidate
 * guesses    the secret, four ways: attribute_attacks.h
 * baseline   the best constant guess
 * control    the same attack on holdout records
 * reference  CAP: Elliot 2014; Taub, Elliot, Pampaka, Smith 2018 (PSD, LNCS 11126); 1-NN and generalised CAP as SDMetrics;
 *            advantage over the holdout, weights and interval: this project
 *
 * Accuracy of an attack on records i with true class c(i), r_i the probability that its guess is right:
 *
 *     A = Σ w_i r_i / Σ w_i     w_i = −log₂ p(c(i)), p the share of the class in train
 *
 * the bits that the value is worth: who is known to have a common value had little to lose. The unweighted one is listed too.
 * With A on train, C on the holdout and c₀ the accuracy of the best constant guess on the holdout,
 *
 *     advantage = (A − C)/(1 − min(C, c₀))
 *
 * the share of what is no matter of chance that is learnt of training records alone. Divided by 1 − C, as Giomi et al. 2023 do,
 * a secret that follows from the quasi-identifiers (C near 1) would have an advantage of nothing but noise; with C at chance
 * the two agree, and an attack that is always right on train has advantage 1.
 *
 * Interval: given the candidate the records are independent. Wilson's interval of A and of C at the effective number
 * p(1 − p)/var (Kish's where that is undefined), put together by the distances of their ends, in quadrature, times the slopes
 * of the advantage (MOVER, Zou and Donner 2008; c₀ taken as known). Lower ends by Bonferroni over attacks and secrets, the
 * largest counts; the upper end is the largest of the uncorrected ones. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attacks/disclosure/attribute_attacks.h"
#include "attacks/secrets.h"
#include "attacks/tables.h"
#include "core/utf8.h"

#define LEAST        ((size_t)20) /* records with a known secret, in train and among the strangers */
#define MOST_SECRETS ((size_t)64)
#define MOST_NAME    ((size_t)60) /* bytes of a name in the finding */

struct advantage_of {
    double train, holdout; /* accuracies */
    double value, lo, hi;
};

/* Cases of all secrets, in the order of secrets. */
struct attacked {
    const struct measure_task *task;
    size_t n;
    struct attribute_case cases[MOST_SECRETS];
    double weight[MOST_SECRETS][SECRET_LEVELS + SECRET_CLASSES]; /* by class */
};

/* A weighted share and its effective number of records. */
struct accuracy {
    double share, n;
};

static struct accuracy accuracy_of(const struct known_rows *rows, const double *right, const double *weight)
{
    double sum = 0, squares = 0, hits = 0, spread = 0;
    struct accuracy accuracy;

    for (size_t i = 0; i < rows->n; i++) {
        const double w = weight ? weight[rows->class[i]] : 1;

        sum += w;
        squares += w * w;
        hits += w * right[i];
    }
    accuracy.share = fmin(hits / sum, 1);
    for (size_t i = 0; i < rows->n; i++) {
        const double w = weight ? weight[rows->class[i]] : 1, apart = w * (right[i] - accuracy.share);

        spread += apart * apart;
    }
    accuracy.n = sum * sum / squares;
    if (spread > 0 && accuracy.share > 0 && accuracy.share < 1)
        accuracy.n = fmax(1, accuracy.share * (1 - accuracy.share) * sum * sum / spread);
    return accuracy;
}

/* Weighted share of the most frequent class. */
static double best_constant(const struct known_rows *rows, const double *weight, size_t classes)
{
    double sum = 0, most = 0;

    for (uint32_t c = 0; c < classes; c++) {
        double mass = 0;

        for (size_t i = 0; i < rows->n; i++)
            mass += rows->class[i] == c ? (weight ? weight[c] : 1) : 0;
        sum += mass;
        most = fmax(most, mass);
    }
    return most / sum;
}

static double norm(double a, double b)
{
    return sqrt(a * a + b * b);
}

static struct advantage_of judge(const struct attribute_case *c, size_t attack, const double *weight, double level,
                                 double looks)
{
    const struct known_rows *train = &c->records[0].rows, *holdout = &c->records[1].rows;
    const struct accuracy a = accuracy_of(train, c->records[0].right[attack], weight),
                          h = accuracy_of(holdout, c->records[1].right[attack], weight);
    const double constant = best_constant(holdout, weight, c->secret.classes), left = 1 - fmin(h.share, constant);
    const double slope = h.share < constant ? (1 - a.share) / (left * left) : 1 / left; /* of −C */
    const double sure = 1 - (1 - level) / looks;
    const struct interval low_a = interval_wilson_share(a.share, a.n, sure), low_h = interval_wilson_share(h.share, h.n, sure),
                          high_a = interval_wilson_share(a.share, a.n, level),
                          high_h = interval_wilson_share(h.share, h.n, level);
    struct advantage_of out = {a.share, h.share, (a.share - h.share) / left, 0, 0};

    out.lo = out.value - norm((a.share - low_a.lo) / left, slope * (low_h.hi - h.share));
    out.hi = fmin(1, out.value + norm((high_a.hi - a.share) / left, slope * (h.share - high_h.lo)));
    return out;
}

/* ---- secrets ---- */

static int find_records(const struct attacked *attacked, struct attribute_case *c, struct error *error)
{
    const struct measure_task *task = attacked->task;
    const char *name = task->data->schema->columns[c->secret.column].name;
    int status = known_rows_find(&c->secret, task->reference, c->arena, &c->records[0].rows, error);

    if (!status)
        status = known_rows_find(&c->secret, stranger_table(task), c->arena, &c->records[1].rows, error);
    if (!status)
        status = known_rows_find(&c->secret, task->subject, c->arena, &c->synthetic, error);
    if (status)
        return status;
    if (c->synthetic.n == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no candidate row has a value of '%s' that train has", name);
    if (c->records[0].rows.n < LEAST || c->records[1].rows.n < LEAST)
        return error_set(error, ERROR_UNMEASURABLE, "the secret '%s' is known of fewer than %zu training or holdout records",
                         name, LEAST);
    return 0;
}

static void set_weights(const struct known_rows *train, double *weight, size_t classes)
{
    size_t count[SECRET_LEVELS + SECRET_CLASSES] = {0};

    for (size_t i = 0; i < train->n; i++)
        count[train->class[i]]++;
    for (size_t c = 0; c < classes; c++)
        weight[c] = -log2(fmax((double)count[c], 1) / (double)train->n);
}

static int prepare(struct attacked *attacked, size_t column, struct error *error)
{
    struct attribute_case *c = &attacked->cases[attacked->n];
    int status;

    *c = (struct attribute_case){.arena = arena_new()};
    if (!c->arena)
        return error_memory(error);
    status = secret_fit(attacked->task->reference, column, c->arena, &c->secret, error);
    if (!status)
        status = quasi_get(attacked->task, &column, 1, &c->quasi, error);
    if (!status)
        status = find_records(attacked, c, error);
    if (status) {
        arena_free(c->arena);
        return status;
    }
    set_weights(&c->records[0].rows, attacked->weight[attacked->n++], c->secret.classes);
    return 0;
}

static int prepare_all(struct attacked *attacked, struct error *error)
{
    size_t columns[MOST_SECRETS];
    bool named;
    const size_t count = attack_secrets_choose(attacked->task->data, false, columns, MOST_SECRETS, &named);
    int status = 0;

    if (count == 0)
        return error_set(error, ERROR_UNMEASURABLE,
                         "no secret column was named; give --secret COLUMN, or leave attribute "
                         "disclosure out with --skip privacy.attribute");
    for (size_t s = 0; s < count; s++) {
        status = prepare(attacked, columns[s], error);
        if (status && status != ERROR_UNMEASURABLE)
            return status;
    }
    return attacked->n ? 0 : status;
}

static int attack_case(void *context, size_t index, size_t worker, struct error *error)
{
    struct attacked *attacked = context;

    (void)worker;
    return attribute_attack(&attacked->cases[index], attacked->task->reference, error);
}

/* ---- result ---- */

static void describe_attack(const struct attribute_case *c, size_t attack, const struct advantage_of *weighted, double level,
                            double looks, cJSON *item)
{
    const struct advantage_of plain = judge(c, attack, NULL, level, looks);
    cJSON *unweighted;

    json_add_string(item, "attack", attribute_attack_names[attack]);
    json_add_number(item, "train", weighted->train);
    json_add_number(item, "holdout", weighted->holdout);
    json_add_number(item, "advantage", weighted->value);
    json_add_number(item, "lo", weighted->lo);
    json_add_number(item, "hi", weighted->hi);
    unweighted = json_add_object(item, "unweighted");
    json_add_number(unweighted, "train", plain.train);
    json_add_number(unweighted, "holdout", plain.holdout);
    json_add_number(unweighted, "advantage", plain.value);
    json_add_number(unweighted, "lo", plain.lo);
    json_add_number(unweighted, "hi", plain.hi);
}

/* CAP as published: mean share over the records whose key the candidate holds, and with 0 for the others. */
static void describe_cap(const struct attribute_records *records, const char *side, cJSON *cap)
{
    size_t matched = 0;
    double sum = 0;
    cJSON *item = json_add_object(cap, side);

    for (size_t i = 0; i < records->rows.n; i++) {
        matched += records->matched[i];
        sum += records->matched[i] ? records->right[ATTRIBUTE_CAP][i] : 0;
    }
    json_add_number(item, "matched", (double)matched / (double)records->rows.n);
    json_add_number(item, "cap", matched ? sum / (double)matched : NAN);
    json_add_number(item, "zero_cap", sum / (double)records->rows.n);
}

static void describe_case(const struct attacked *attacked, size_t s, cJSON *item)
{
    const struct schema *schema = attacked->task->data->schema;
    const struct attribute_case *c = &attacked->cases[s];
    cJSON *cap;

    json_add_string(item, "column", schema->columns[c->secret.column].name);
    json_add_number(item, "classes", (double)c->secret.classes);
    json_add_number(item, "records", (double)c->records[0].rows.n);
    json_add_number(item, "records_holdout", (double)c->records[1].rows.n);
    json_add_number(item, "constant", best_constant(&c->records[1].rows, attacked->weight[s], c->secret.classes));
    json_add_number(item, "constant_unweighted", best_constant(&c->records[1].rows, NULL, c->secret.classes));
    quasi_describe(schema, c->quasi, item);
    cap = json_add_object(item, "cap");
    describe_cap(&c->records[0], "train", cap);
    describe_cap(&c->records[1], "holdout", cap);
}

/* The looks that count: the largest advantage, and the largest lower end. */
struct choice {
    size_t secret, attack;
    struct advantage_of of;
};

static void write_finding(const struct attacked *attacked, const struct choice *choice, double level, double looks,
                          struct result *result)
{
    const struct attribute_case *c = &attacked->cases[choice->secret];
    const struct schema *schema = attacked->task->data->schema;
    const struct advantage_of plain = judge(c, choice->attack, NULL, level, looks);
    const char *name = schema->columns[c->secret.column].name;
    const size_t length = strlen(name);
    const int shown = (int)utf8_valid(name, length < MOST_NAME ? length : MOST_NAME);
    char words[QUASI_WORDS];

    quasi_words(schema, c->quasi->columns, c->quasi->n, words);
    snprintf(
        result->finding, sizeof result->finding,
        "An attacker who knows %s guesses '%.*s' of %.1f %% of the training records (attack: %s), of %.1f %% of the holdout "
        "records, and %.1f %% by always naming one value: %s.",
        words, shown, name, 100 * plain.train, attribute_attack_names[choice->attack], 100 * plain.holdout,
        100 * best_constant(&c->records[1].rows, NULL, c->secret.classes),
        choice->of.lo > 0 ? "the candidate gives away secrets of its training records"
                          : "no sign that training records are at a greater risk than anyone");
    if (choice->of.lo > 0)
        snprintf(result->remedy, sizeof result->remedy,
                 "Train the generator with less detail on '%.*s' or on the quasi-identifiers (coarser values, differential "
                 "privacy).",
                 shown, name);
}

static int fill_result(const struct attacked *attacked, struct result *result, struct error *error)
{
    const double level = attacked->task->level, looks = (double)(attacked->n * ATTRIBUTE_ATTACKS);
    struct choice most = {0, 0, {0, 0, -INFINITY, -INFINITY, 0}}, surest = most;
    cJSON *details = result->details = cJSON_CreateObject(), *secrets = json_add_array(details, "secrets");
    double hi = -INFINITY;

    if (!details || !secrets)
        return error_memory(error);
    for (size_t s = 0; s < attacked->n; s++) {
        cJSON *item = json_push_object(secrets), *attacks;

        describe_case(attacked, s, item);
        attacks = json_add_array(item, "attacks");
        for (size_t a = 0; a < ATTRIBUTE_ATTACKS; a++) {
            const struct choice choice = {s, a, judge(&attacked->cases[s], a, attacked->weight[s], level, looks)};

            if (choice.of.value > most.of.value)
                most = choice;
            if (choice.of.lo > surest.of.lo)
                surest = choice;
            hi = fmax(hi, choice.of.hi);
            describe_attack(&attacked->cases[s], a, &choice.of, level, looks, json_push_object(attacks));
        }
    }
    result->value = most.of.value;
    result->lo = surest.of.lo;
    result->hi = hi;
    result->method = "Wilson at the effective number, Bonferroni over attacks and secrets";
    result->n = attacked->cases[most.secret].records[0].rows.n;
    if (most.of.lo <= 0 && surest.of.lo > 0)
        most = surest;
    json_add_string(details, "worst", attacked->task->data->schema->columns[attacked->cases[most.secret].secret.column].name);
    json_add_string(details, "attack", attribute_attack_names[most.attack]);
    write_finding(attacked, &most, level, looks, result);
    return 0;
}

static void write_evidence(const struct attacked *attacked, struct strbuf *evidence)
{
    for (size_t s = 0; s < attacked->n; s++) {
        const struct attribute_case *c = &attacked->cases[s];
        const struct attribute_records *records = &c->records[0];

        for (size_t i = 0; i < records->rows.n; i++)
            strbuf_addf(evidence, "train,%u,privacy.attribute,generalised-cap secret %zu,%.17g\n", records->rows.pick[i],
                        c->secret.column + 1, records->right[ATTRIBUTE_GENERALISED][i]);
    }
}

static int attribute_run(const struct measure_task *task, struct result *result, struct error *error)
{
    struct attacked attacked = {.task = task};
    int status;

    if (!stranger_table(task))
        return error_set(error, ERROR_UNMEASURABLE, "no real rows are left that the subject was not made of");
    status = prepare_all(&attacked, error);
    if (!status)
        status = pool_run(task->pool, attacked.n, attack_case, &attacked, error);
    if (!status)
        status = fill_result(&attacked, result, error);
    if (!status && task->evidence)
        write_evidence(&attacked, task->evidence);
    for (size_t s = 0; s < attacked.n; s++)
        arena_free(attacked.cases[s].arena);
    return status;
}

const struct measure measure_privacy_attribute = {
    .id = "privacy.attribute",
    .title = "Attribute disclosure",
    .summary = "How much better a secret is guessed from quasi-identifiers for training records than for holdout records.",
    .definition =
        "Secrets are the columns named with --secret, else the sensitive columns and the target. For each the attacker knows "
        "the "
        "quasi-identifiers (--quasi, or the proposed set without the secret) and guesses by the nearest candidate row, by the "
        "candidate rows with the same values (CAP), with the fewest different values (generalised CAP), and by a tree grown on "
        "the candidate. Accuracies are weighted by rarity, -log2 of the share of the secret's value. The advantage is (train - "
        "holdout)/(1 - chance), chance being the best constant guess or the holdout's accuracy where that is lower. The "
        "largest "
        "advantage counts.",
    .reading =
        "About 0: what is guessed can be guessed of anyone (population inference). 1: the attack is always right on training "
        "records and a guess on others. A secret that follows from the quasi-identifiers is guessed of both and shows nothing.",
    .unit = "share of what chance leaves",
    .reference = "CAP: Taub, Elliot, Pampaka, Smith 2018 (PSD, LNCS 11126); beyond the holdout, weights, scale: this project",
    .dimension = DIMENSION_PRIVACY,
    .direction = DIRECTION_LOWER,
    .lo = -1,
    .hi = 1,
    .needs = NEED_HOLDOUT | NEED_TWO_COLUMNS | NEED_TWENTY_ROWS,
    .anchor = ANCHOR_HONEST,
    .fault = SUBJECT_COPY,
    .worst = 1,
    .cost = COST_MEDIUM,
    .version = 1,
    .artifacts = "quasi proposal, quasi",
    .threat = "An attacker who knows a person's quasi-identifiers wants a secret of theirs and holds the candidate.",
    .run = attribute_run,
};
