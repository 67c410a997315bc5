/* The thread pool: every task once, the same answer and the same error for any number of threads. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/pool.h"
#include "core/random.h"

static const size_t thread_counts[] = {1, 2, 3, 7, 16};
enum { COUNTS = sizeof thread_counts / sizeof *thread_counts };

static struct pool *new_pool(size_t threads)
{
    struct pool *pool;
    struct error error = {0};
    cr_assert_eq(pool_new(&pool, threads, &error), 0, "%s", error.message);
    return pool;
}

struct sums {
    struct pool *pool;
    double partial[1000];
    atomic_int times[1000];
    atomic_int active[16]; /* tasks inside, by worker: never two */
    atomic_int clashes;
};

static int sum_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)error;
    struct sums *sums = context;
    if (worker >= pool_threads(sums->pool) || atomic_fetch_add(&sums->active[worker], 1) != 0)
        atomic_fetch_add(&sums->clashes, 1);
    struct random random;
    random_init(&random, 1, "pool", 0, index);
    for (int i = 0; i < 100; i++)
        sums->partial[index] += random_normal(&random);
    atomic_fetch_add(&sums->times[index], 1);
    atomic_fetch_sub(&sums->active[worker], 1);
    return 0;
}

Test(pool, same_result_for_any_thread_count)
{
    double expected = 0;
    for (size_t t = 0; t <= COUNTS; t++) {
        struct pool *pool = t < COUNTS ? new_pool(thread_counts[t]) : NULL;
        struct sums *sums = calloc(1, sizeof *sums);
        sums->pool = pool;
        cr_expect_eq(pool_run(pool, 1000, sum_task, sums, NULL), 0);
        double sum = 0;
        for (size_t i = 0; i < 1000; i++) {
            cr_assert_eq(sums->times[i], 1, "task %zu ran %d times", i, sums->times[i]);
            sum += sums->partial[i];
        }
        if (t == 0)
            expected = sum;
        cr_expect_eq(sum, expected);
        cr_expect_eq(sums->clashes, 0);
        cr_expect_eq(pool_run(pool, 0, sum_task, sums, NULL), 0);
        cr_expect_eq(sums->times[0], 1, "no tasks, nothing run");
        free(sums);
        pool_free(pool);
    }
    cr_expect_eq(pool_threads(NULL), 1u);
    struct pool *pool = new_pool(0);
    cr_expect_geq(pool_threads(pool), 1u);
    pool_free(pool);
}

static int failing_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    atomic_int *run = context;
    atomic_fetch_add(run, 1);
    if (index == 37 || index == 38 || index == 300)
        return error_set(error, index == 37 ? ERROR_UNMEASURABLE : ERROR_INTERNAL, "task %zu failed", index);
    if (index == 36)
        for (volatile int i = 0; i < 3000000; i++) {
        }
    return 0;
}

/* The error of the lowest index, whoever fails first; later tasks are not all started. */
Test(pool, lowest_error_counts)
{
    for (size_t t = 0; t < COUNTS; t++)
        for (int again = 0; again < 20; again++) {
            struct pool *pool = new_pool(thread_counts[t]);
            struct error error = {0};
            atomic_int run = 0;
            cr_expect_eq(pool_run(pool, 100000, failing_task, &run, &error), ERROR_UNMEASURABLE);
            cr_expect_eq(error.code, ERROR_UNMEASURABLE);
            cr_expect_str_eq(error.message, "task 37 failed");
            cr_expect_lt(run, 100000);
            cr_expect_geq(run, 38);
            cr_expect_eq(pool_run(pool, 100, failing_task, &run, NULL), ERROR_UNMEASURABLE, "no error struct");
            cr_expect_eq(pool_run(pool, 30, failing_task, &run, &error), 0, "the pool works again after an error");
            pool_free(pool);
        }
}

struct nested {
    struct pool *pool;
    atomic_int inner, misplaced;
};

struct place {
    struct nested *nested;
    size_t worker;
    pthread_t thread;
    size_t next;
};

static int inner_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)error;
    struct place *place = context;
    atomic_fetch_add(&place->nested->inner, 1);
    if (index != place->next++ || worker != place->worker || !pthread_equal(pthread_self(), place->thread))
        atomic_fetch_add(&place->nested->misplaced, 1);
    return place->nested->inner < 0 ? ERROR_INTERNAL : 0;
}

static int outer_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)index;
    struct nested *nested = context;
    struct place place = {nested, worker, pthread_self(), 0};
    return pool_run(nested->pool, 10, inner_task, &place, error);
}

/* A run inside a task is done there: in order, on the same thread, with the same worker's number. */
Test(pool, nested_runs_are_inline)
{
    for (size_t t = 0; t < COUNTS; t++) {
        struct nested nested = {.pool = new_pool(thread_counts[t])};
        cr_expect_eq(pool_run(nested.pool, 200, outer_task, &nested, NULL), 0);
        cr_expect_eq(nested.inner, 2000);
        cr_expect_eq(nested.misplaced, 0);
        pool_free(nested.pool);
    }
}

static int nested_failing(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    (void)index;
    atomic_int run = 0;
    return pool_run(context, 50, failing_task, &run, error);
}

Test(pool, nested_errors_come_through)
{
    struct pool *pool = new_pool(3);
    struct error error = {0};
    cr_expect_eq(pool_run(pool, 8, nested_failing, pool, &error), ERROR_UNMEASURABLE);
    cr_expect_str_eq(error.message, "task 37 failed");
    pool_free(pool);
}

struct stopping {
    atomic_int run;
};

static int stopping_task(void *context, size_t index, size_t worker, struct error *error)
{
    (void)worker;
    (void)error;
    struct stopping *stopping = context;
    atomic_fetch_add(&stopping->run, 1);
    if (index == 5)
        cancel_request();
    return 0;
}

Test(pool, cancellation)
{
    struct pool *pool = new_pool(2);
    struct stopping stopping = {0};
    struct error error = {0};
    cr_expect_not(cancel_requested());
    cr_expect_eq(pool_run(pool, 1000000, stopping_task, &stopping, &error), ERROR_CANCELLED);
    cr_expect(cancel_requested());
    cr_expect_eq(error.code, ERROR_CANCELLED);
    cr_expect_lt(stopping.run, 1000000);
    int before = stopping.run;
    cr_expect_eq(pool_run(pool, 3, stopping_task, &stopping, &error), ERROR_CANCELLED, "and stays so");
    cr_expect_eq(pool_run(NULL, 3, stopping_task, &stopping, &error), ERROR_CANCELLED);
    cr_expect_eq(stopping.run, before);
    pool_free(pool);
    pool_free(NULL);
}

static void *runner(void *argument)
{
    struct pool *pool = argument;
    for (int i = 0; i < 50; i++) {
        struct sums *sums = calloc(1, sizeof *sums);
        sums->pool = pool;
        if (pool_run(pool, 200, sum_task, sums, NULL) != 0 || sums->clashes || sums->times[199] != 1)
            return argument;
        free(sums);
    }
    return NULL;
}

/* Two threads of the caller's own may use one pool: their runs take turns. */
Test(pool, runs_take_turns)
{
    struct pool *pool = new_pool(4);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, runner, pool);
    for (int i = 0; i < 3; i++) {
        void *result;
        pthread_join(threads[i], &result);
        cr_expect_null(result);
    }
    pool_free(pool);
}
