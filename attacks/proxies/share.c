#include "attacks/proxies/share.h"

#include <math.h>
#include <stdio.h>

#include "attacks/tables.h"

const struct table *rows_beside(const struct measure_task *task)
{
    const struct table *strangers = stranger_table(task);

    return !task->plain && strangers && strangers->rows > 0 ? strangers : NULL;
}

struct interval share_interval(double share, size_t n, double variance, double level)
{
    struct interval interval = interval_wilson_share(share, (double)n, level);
    double other = normal_quantile((1 + level) / 2) * sqrt(variance);

    interval.lo = share - hypot(share - interval.lo, other);
    interval.hi = share + hypot(interval.hi - share, other);
    interval_clip(&interval, 0, 1);
    interval.method = "Wilson and jackknife";
    return interval;
}

int share_result(const struct measure_task *task, const struct found_share *found, struct result *result, struct error *error)
{
    struct interval interval = share_interval(found->share, found->n, found->variance, task->level);

    result->value = found->share;
    result->lo = interval.lo;
    result->hi = interval.hi;
    result->method = interval.method;
    result->n = found->n;
    if (task->brief)
        return 0;
    result->details = cJSON_CreateObject();
    if (!result->details)
        return error_memory(error);
    json_add_number(result->details, "holdout", found->beside);
    return 0;
}

const char *words_beside(const struct found_share *found, char text[80])
{
    text[0] = 0;
    if (isfinite(found->beside))
        snprintf(text, 80, " (of the holdout's rows: %.1f %%)", 100 * found->beside);
    return text;
}
