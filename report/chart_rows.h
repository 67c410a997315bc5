/* Rows of marks on one horizontal scale: what several pictures of fidelity share (dumbbells, forest plots, bars).
 *
 * A row has a name, the candidate's mark (a blue dot or bar, with its interval), the real rows' mark (hollow, grey) and the
 * mark of a faulty control (a cross). Marks that are NaN are not drawn. Every picture's own file reads its details into rows;
 * all of it lives in the arena. */
#ifndef ASSAY_REPORT_CHART_ROWS_H
#define ASSAY_REPORT_CHART_ROWS_H

#include "report/chart.h"

struct mark_row {
    const char *name;
    const char *number; /* printed behind the marks; NULL: none */
    struct estimate candidate, real;
    double control;
};

enum row_look {
    LOOK_DOTS,   /* both marks on one line, joined: dumbbells */
    LOOK_ARROWS, /* the same, with an arrow from the real one to the candidate's */
    LOOK_FOREST, /* the real one above, the candidate's below, each with its interval */
    LOOK_BARS    /* the candidate as a bar that begins at the lower end of the scale */
};

struct row_chart {
    struct mark_row *rows;
    size_t count, hidden; /* hidden: rows that were left out, "and … more in audit.json" */
    enum row_look look;
    const char *axis;
    double lo, hi; /* of the scale; NaN: from the rows */
    double line;   /* a dashed line to compare with; NaN: none */
    double names;  /* share of the width for the names; 0: .36 */
    bool percent;
    const char *candidate_key, *real_key, *control_key; /* NULL: no entry in the key */
};

/* With room for `most` rows and nothing else set; NULL when memory is short. */
struct row_chart *row_chart_new(struct arena *arena, size_t most);
/* The next free row with all marks NaN; beyond `most` it counts as hidden and NULL is given. */
struct mark_row *row_chart_add(struct row_chart *chart, size_t most, const char *name);

/* The objects of an array, least key first, ties in the order of the file; those whose key is NaN are left out. */
const cJSON **objects_sorted(struct arena *arena, const cJSON *array, double (*key)(const cJSON *object), size_t *count);

/* Up to two of them, one above the other; NULL or without rows: left out. */
struct row_panels {
    const struct row_chart *upper, *lower;
};

double chart_rows_height(const struct row_panels *panels); /* 0: nothing to draw */
void chart_rows(struct chart *chart, const void *row_panels);

#endif
