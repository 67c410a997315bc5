#include "metrics/robustness/attack.h"
#include "core/random.h"
#include "models/linear_fit.h"
#include "numeric/scores.h"

#include <math.h>

/* --- linear models -------------------------------------------------------------------------------------------------- */

/* Σ|a − b| over the quantities that a row has; b NULL: Σ|a|. */
static double reach(const struct design *design, size_t row, const double *a, const double *b)
{
    double sum = 0;
    for (size_t k = 0; k < design->layout.quantities; k++)
        if (!isnan(design->number[row * design->layout.quantities + k]))
            sum += fabs(a[k] - (b ? b[k] : 0));
    return sum;
}

/* The ε at which a rightly decided row is lost. */
static double breaking_point(const struct model *model, const struct design *design, size_t row, size_t class)
{
    const double *own = model->learner->weights(model, class);
    double least = INFINITY;
    for (size_t c = 0; own && c < model->classes; c++) {
        const double *other = model->learner->weights(model, c);
        if (c == class || !other)
            continue;
        double lead = linear_margin(design, row, own) - linear_margin(design, row, other),
               step = reach(design, row, own, other);
        if (step > 0)
            least = fmin(least, lead / step);
    }
    return least;
}

static void attack_linear(const struct curve_context *c, const struct model *model, const double *prediction,
                          struct attack *attack)
{
    const struct protocol_test *test = c->protocol->test;
    for (size_t i = 0; i < test->rows; i++) {
        size_t row = test->use[i];
        bool right = model->classes && attack->loss[0][i] == 0;
        double breaks = right ? breaking_point(model, test->design, row, test->label[i]) : 0;
        double step = model->classes ? 0 : reach(test->design, row, model->learner->weights(model, 0), NULL);
        attack->attacked[i] = !model->classes || right;
        for (size_t s = 1; s < CURVE_STEPS; s++) {
            double eps = c->kind->eps[s];
            double residual = model->classes ? 0 : fabs(prediction[i] - test->value[i]) + eps * step;
            attack->loss[s][i] = model->classes ? breaks <= eps : residual * residual;
        }
    }
}

/* --- other models --------------------------------------------------------------------------------------------------- */

/* A few rows under attack. */
struct siege {
    const struct curve_context *context;
    const struct model *model;
    const double *prediction;
    struct attack *attack;
    size_t step;
    const uint32_t *row; /* scored rows */
    size_t n;
    struct design *now; /* those rows as they stand */
    uint8_t *moved;     /* n x quantities */
    uint8_t *over;      /* nothing more to be done about the row */
    double *harm;
};

/* How wrong a prediction is: classes: lead of the best other class; values: distance. */
static double harm_of(const struct siege *siege, const double *prediction, size_t scored_row)
{
    const struct protocol_test *test = siege->context->protocol->test;
    size_t classes = siege->model->classes;
    if (classes == 0)
        return fabs(prediction[0] - test->value[scored_row]);
    double best = -INFINITY;
    for (size_t c = 0; c < classes; c++)
        if (c != test->label[scored_row])
            best = fmax(best, prediction[c]);
    return best - prediction[test->label[scored_row]];
}

/* Takes the most harmful move of row j among its tries (two a quantity, down and up), if it harms. */
static void siege_move(struct siege *siege, size_t j, const struct design *tries, const double *predicted, size_t first)
{
    const struct protocol_test *test = siege->context->protocol->test;
    size_t q = tries->layout.quantities, width = siege->context->protocol->width, best = SIZE_MAX;
    uint32_t i = siege->row[j];
    for (size_t t = 0; t < 2 * q; t++) {
        double harm = harm_of(siege, predicted + (first + t) * width, i);
        if (harm > siege->harm[j]) {
            siege->harm[j] = harm;
            best = t;
        }
    }
    siege->over[j] = best == SIZE_MAX;
    if (best == SIZE_MAX)
        return;
    siege->moved[j * q + best / 2] = 1;
    siege->now->number[j * q + best / 2] = tries->number[(first + best) * q + best / 2];
    double *loss = &siege->attack->loss[siege->step][i];
    if (siege->model->classes == 0) {
        *loss = fmax(*loss, siege->harm[j] * siege->harm[j]);
    } else if (predicted_class(predicted + (first + best) * width, siege->model->classes) != test->label[i]) {
        *loss = 1;
        siege->over[j] = 1;
    }
}

/* One more cell of every row that still stands. */
static int siege_round(struct siege *siege, struct error *error)
{
    const struct protocol_test *test = siege->context->protocol->test;
    struct arena *arena = arena_new();
    uint32_t *standing = arena ? ARENA_ARRAY(arena, uint32_t, siege->n) : NULL;
    struct design *tries = NULL;
    size_t q = siege->now->layout.quantities, count = 0;
    int status = standing ? 0 : error_memory(error);
    for (size_t j = 0; status == 0 && j < siege->n; j++)
        if (!siege->over[j])
            standing[count++] = (uint32_t)j;
    if (status == 0 && count > 0)
        status = design_pick(siege->now, standing, count, 2 * q, &tries, error);
    double *predicted = tries ? arena_array(arena, tries->rows, siege->context->protocol->width * sizeof *predicted) : NULL;
    for (size_t t = 0; predicted && t < tries->rows; t++) {
        size_t j = standing[t / (2 * q)], k = t % (2 * q) / 2;
        double eps = siege->context->kind->eps[siege->step];
        if (!siege->moved[j * q + k])
            tries->number[t * q + k] = test->design->number[test->use[siege->row[j]] * q + k] + (t % 2 ? eps : -eps);
    }
    if (status == 0 && tries)
        status = predicted ? siege->model->learner->predict(siege->model, tries, predicted, error) : error_memory(error);
    for (size_t a = 0; status == 0 && a < count; a++)
        siege_move(siege, standing[a], tries, predicted, a * 2 * q);
    design_free(tries);
    arena_free(arena);
    return status;
}

static int siege_lay(struct siege *siege, struct error *error)
{
    const struct protocol *protocol = siege->context->protocol;
    struct arena *arena = arena_new();
    size_t q = protocol->test->design->layout.quantities;
    uint32_t *row = arena ? ARENA_ARRAY(arena, uint32_t, siege->n) : NULL;
    siege->moved = row ? arena_array(arena, siege->n, q) : NULL;
    siege->over = siege->moved ? ARENA_ARRAY(arena, uint8_t, siege->n) : NULL;
    siege->harm = siege->over ? ARENA_ARRAY(arena, double, siege->n) : NULL;
    int status = siege->harm ? 0 : error_memory(error);
    for (size_t j = 0; status == 0 && j < siege->n; j++) {
        uint32_t i = siege->row[j];
        double **loss = siege->attack->loss;
        row[j] = protocol->test->use[i];
        loss[siege->step][i] = loss[siege->step - 1][i];
        siege->over[j] = siege->model->classes && loss[siege->step][i] > 0;
        siege->harm[j] = harm_of(siege, siege->prediction + i * protocol->width, i);
    }
    if (status == 0)
        status = design_pick(protocol->test->design, row, siege->n, 1, &siege->now, error);
    for (size_t cell = 0; status == 0 && cell < ATTACK_CELLS; cell++)
        status = siege_round(siege, error);
    design_free(siege->now);
    siege->now = NULL;
    arena_free(arena);
    return status;
}

/* Rows to attack, in random order: as many of each class, rightly decided ones. Wide tables get fewer, for the time. */
static int choose_rows(const struct curve_context *c, const struct attack *attack, uint32_t *chosen, size_t *n,
                       struct arena *arena, struct error *error)
{
    const struct protocol_test *test = c->protocol->test;
    size_t most = ATTACK_ROWS, parts = c->protocol->classes ? c->protocol->classes : 1, taken[PROTOCOL_MOST_CLASSES] = {0};
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, test->rows);
    struct random random;
    if (!order)
        return error_memory(error);
    if (most * test->design->layout.quantities > 20 * ATTACK_ROWS)
        most = 20 * ATTACK_ROWS / test->design->layout.quantities;
    size_t quota = most / parts > 20 ? most / parts : 20;
    random_init(&random, c->task->seed, "robustness.attacked", 0, 0);
    random_permutation(&random, test->rows, order);
    for (size_t i = 0; i < test->rows; i++) {
        size_t part = c->protocol->classes ? test->label[order[i]] : 0;
        if (taken[part] == quota || (c->protocol->classes && attack->loss[0][order[i]] > 0))
            continue;
        taken[part]++;
        chosen[(*n)++] = order[i];
    }
    return 0;
}

enum { BLOCK = 100 }; /* rows at a time, to keep the memory small */

struct campaign {
    const struct curve_context *context;
    const struct model *model;
    const double *prediction;
    struct attack *attack;
    size_t step;
    const uint32_t *chosen;
    size_t n;
};

/* Blocks write to rows of their own. */
static int attack_block(void *context, size_t index, size_t worker, struct error *error)
{
    const struct campaign *c = context;
    size_t from = index * BLOCK;
    (void)worker;
    struct siege siege = {.context = c->context,
                          .model = c->model,
                          .prediction = c->prediction,
                          .attack = c->attack,
                          .step = c->step,
                          .row = c->chosen + from,
                          .n = c->n - from < BLOCK ? c->n - from : BLOCK};
    return siege_lay(&siege, error);
}

static int attack_greedily(const struct curve_context *c, const struct model *model, const double *prediction,
                           struct attack *attack, struct arena *arena, struct error *error)
{
    uint32_t *chosen = ARENA_ARRAY(arena, uint32_t, c->protocol->test->rows);
    struct campaign campaign = {.context = c, .model = model, .prediction = prediction, .attack = attack, .chosen = chosen};
    int status = chosen ? choose_rows(c, attack, chosen, &campaign.n, arena, error) : error_memory(error);
    if (status != 0)
        return status;
    for (size_t j = 0; j < campaign.n; j++)
        attack->attacked[chosen[j]] = 1;
    for (campaign.step = 1; status == 0 && campaign.step < CURVE_STEPS; campaign.step++)
        status = pool_run(c->task->pool, (campaign.n + BLOCK - 1) / BLOCK, attack_block, &campaign, error);
    return status;
}

int attack_model(const struct curve_context *context, const struct model *model, const double *prediction, struct arena *arena,
                 struct attack *attack, struct error *error)
{
    const struct protocol_test *test = context->protocol->test;
    if (test->design->layout.quantities == 0)
        return error_set(error, ERROR_UNMEASURABLE, "no feature is a number or a date that an attack could move a little");
    attack->attacked = ARENA_ARRAY(arena, uint8_t, test->rows);
    if (!attack->attacked)
        return error_memory(error);
    for (size_t s = 0; s < CURVE_STEPS; s++) {
        attack->loss[s] = ARENA_ARRAY(arena, double, test->rows);
        if (!attack->loss[s])
            return error_memory(error);
    }
    for (size_t i = 0; i < test->rows; i++) {
        if (model->classes)
            attack->loss[0][i] = predicted_class(prediction + i * model->classes, model->classes) != test->label[i];
        else
            attack->loss[0][i] = (prediction[i] - test->value[i]) * (prediction[i] - test->value[i]);
    }
    if (!model->learner->weights)
        return attack_greedily(context, model, prediction, attack, arena, error);
    attack_linear(context, model, prediction, attack);
    return 0;
}
