/* Attacks on models against brute force: every corner of the ball. */
#include "tests/unit/frame.h"

#include "core/random.h"
#include "metrics/robustness/attack.h"
#include "numeric/scores.h"

#include <criterion/criterion.h>
#include <math.h>

enum { ROWS = 150, QUANTITIES = 2, CORNERS = 9 }; /* each quantity down, not at all, up */

static const struct curve_kind kind = {.eps = {0, 0.1, 0.2, 0.3, 0.4, 0.5}};

/* Two numbers (one of ten of the second missing), a factor, and a target of `classes` classes (0: a number) that depends on all
 * of them and on noise. */
static struct table *draw(struct frame *frame, size_t classes, uint64_t seed)
{
    struct table *table = frame_table(frame, "drawn", ROWS);
    struct random random;
    random_init(&random, seed, "test.attack", classes, 0);
    for (size_t i = 0; i < ROWS; i++) {
        double x = random_normal(&random), z = random_normal(&random);
        uint32_t k = (uint32_t)random_below(&random, 3);
        double y = x - 0.7 * z + 0.5 * k + random_normal(&random);
        table_numbers(table, 0)[i] = x;
        table_numbers(table, 1)[i] = i % 10 ? z : NAN;
        table_codes(table, 2)[i] = k;
        if (classes)
            table_codes(table, 3)[i] = classes == 2 ? y > 0.5 : y < 0 ? 0u : y < 1 ? 1u : 2u;
        else
            table_numbers(table, 3)[i] = y;
    }
    table_seal(table);
    return table;
}

static bool moves_one(size_t corner)
{
    return corner % 3 == 1 || corner / 3 == 1;
}

/* The loss of every row under the moves of one corner: 1 where the decision is wrong, or the squared error. */
static void corner_loss(const struct protocol_test *test, const struct model *model, size_t corner, double eps, double *loss)
{
    uint32_t all[ROWS];
    double out[ROWS * 3];
    struct design *moved;
    for (size_t i = 0; i < ROWS; i++)
        all[i] = (uint32_t)i;
    cr_assert_eq(design_pick(test->design, all, ROWS, 1, &moved, NULL), 0);
    for (size_t i = 0; i < ROWS; i++) {
        moved->number[i * QUANTITIES] += eps * ((double)(corner % 3) - 1);
        moved->number[i * QUANTITIES + 1] += eps * ((double)(corner / 3) - 1);
    }
    cr_assert_eq(model->learner->predict(model, moved, out, NULL), 0);
    design_free(moved);
    for (size_t i = 0; i < ROWS; i++)
        loss[i] = model->classes ? predicted_class(out + i * model->classes, model->classes) != test->label[i]
                                 : (out[i] - test->value[i]) * (out[i] - test->value[i]);
}

/* Linear models: the worst corner exactly. Trees: at least the worst single move, at most the worst corner of this ball or a
 * smaller one. */
static void compare(const struct protocol_test *test, const struct model *model, const struct attack *attack)
{
    static double loss[ROWS], worst[ROWS], single[ROWS];
    size_t lost = 0;
    bool linear = model->learner->weights != NULL;
    for (size_t i = 0; i < ROWS; i++)
        worst[i] = single[i] = 0;
    for (size_t step = 0; step < CURVE_STEPS; step++) {
        for (size_t corner = 0; corner < CORNERS; corner++) {
            corner_loss(test, model, corner, kind.eps[step], loss);
            for (size_t i = 0; i < ROWS; i++) {
                worst[i] = fmax(worst[i], loss[i]);
                single[i] = moves_one(corner) ? fmax(single[i], loss[i]) : single[i];
            }
        }
        for (size_t i = 0; i < ROWS; i++) {
            if (step > 0 && !attack->attacked[i])
                continue;
            double got = attack->loss[step][i];
            lost += step > 0 && got > attack->loss[0][i];
            cr_expect(got <= worst[i] + 1e-9 && got >= (linear ? worst[i] : single[i]) - 1e-9,
                      "%s, %zu classes, step %zu, row %zu: %.12g, single move %.12g, worst %.12g", model->learner->name,
                      model->classes, step, i, got, single[i], worst[i]);
        }
    }
    cr_expect_gt(lost, 50, "%s: the attack does something", model->learner->name);
}

Test(attack, against_every_corner)
{
    static const size_t classes[] = {0, 2, 3};
    for (size_t t = 0; t < 3; t++) {
        const struct frame_column columns[] = {
            {"x", COLUMN_NUMERIC, 0, 0},
            {"z", COLUMN_NUMERIC, 0, 0},
            {"k", COLUMN_CATEGORICAL, 0, 3},
            {"y", classes[t] ? COLUMN_CATEGORICAL : COLUMN_NUMERIC, ROLE_TARGET, (uint32_t)classes[t]},
            {NULL, 0, 0, 0}};
        struct frame *frame = frame_new(columns);
        struct table *train = draw(frame, classes[t], 1), *holdout = draw(frame, classes[t], 2);
        uint32_t use[ROWS];
        struct encoder *encoder;
        struct design *seen;
        size_t target = 3;
        cr_assert_eq(encoder_fit(&encoder, train, &target, 1, NULL), 0);
        cr_assert_eq(design_new(&seen, encoder, train, NULL), 0);
        struct protocol_test test = {.table = holdout, .rows = ROWS, .use = use};
        struct labels labels = {.rows = ROWS, .classes = classes[t]};
        cr_assert_eq(design_new(&test.design, encoder, holdout, NULL), 0);
        for (size_t i = 0; i < ROWS; i++)
            use[i] = (uint32_t)i;
        if (classes[t]) {
            labels.label = train->columns[3].code;
            test.label = table_codes(holdout, 3);
        } else {
            labels.value = train->columns[3].number;
            test.value = table_numbers(holdout, 3);
        }
        struct protocol protocol = {.classes = classes[t], .width = classes[t] ? classes[t] : 1, .test = &test};
        struct measure_task task = {.seed = 1};
        struct curve_context context = {.task = &task, .protocol = &protocol, .kind = &kind};
        for (size_t l = 0; l < 2; l++) {
            struct arena *arena = arena_new();
            struct attack attack;
            struct model model;
            double prediction[ROWS * 3];
            cr_assert_eq(learner_list[l]->train(seen, &labels, 1, &model, NULL), 0);
            cr_assert_eq(model.learner->predict(&model, test.design, prediction, NULL), 0);
            cr_assert_eq(attack_model(&context, &model, prediction, arena, &attack, NULL), 0);
            compare(&test, &model, &attack);
            model.learner->free(&model);
            arena_free(arena);
        }
        encoder_free(encoder);
        design_free(seen);
        design_free(test.design);
        table_free(train);
        table_free(holdout);
        frame_free(frame);
    }
}
