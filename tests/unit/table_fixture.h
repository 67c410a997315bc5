/* Small tables made in memory for tests: columns are described and then written cell by cell. */
#ifndef ASSAY_TESTS_TABLE_FIXTURE_H
#define ASSAY_TESTS_TABLE_FIXTURE_H

#include "datasets/table.h"

struct fixture_column {
    const char *name;
    enum column_type type;
    int decimals;
    uint32_t n_levels; /* levels and other: named "0", "1", … */
    unsigned roles;
};

/* A schema without fitted parts; its arena owns it (schema_free). Fails the test when memory is short. */
struct schema *fixture_schema(const struct fixture_column *columns, size_t n_columns);
struct table *fixture_table(const struct schema *schema, size_t rows);
/* One hash a row, over all cells. The caller frees it. */
uint64_t *fixture_row_hashes(const struct table *table);
/* True when both tables have the same cells, bit for bit (any missing number equals any other). */
bool fixture_equal(const struct table *a, const struct table *b);

#endif
