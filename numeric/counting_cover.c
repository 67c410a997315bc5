/* The part of counting.h that decides which sets are counted together. */
#include <string.h>

#include "numeric/counting_internal.h"

/* Sets by their members, in any order: a hash table of set numbers + 1. */
struct cover_work {
    const struct packed_table *table;
    const struct column_sets *sets;
    size_t limit; /* cells of a shared table */
    uint32_t *slot;
    size_t mask;
    bool *covered;
    uint32_t *order; /* sets in the order of the groups */
    size_t placed;
};

static uint64_t mix(uint64_t x)
{
    x = (x + 1) * 0x9e3779b97f4a7c15u;
    return x ^ x >> 29;
}

/* The same for any order of the members. */
static size_t set_hash(const uint32_t *member, size_t k)
{
    uint64_t hash = 0;
    for (size_t j = 0; j < k; j++)
        hash += mix(member[j]);
    return (size_t)(hash ^ hash >> 32);
}

static bool same_members(const uint32_t *a, const uint32_t *b, size_t k)
{
    size_t found = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            found += a[i] == b[j];
    return found == k;
}

static void remember(struct cover_work *w, uint32_t set)
{
    size_t at = set_hash(set_members(w->sets, set), w->sets->k) & w->mask;
    while (w->slot[at])
        at = (at + 1) & w->mask;
    w->slot[at] = set + 1;
}

/* A set with these members that is in no group yet; UINT32_MAX: there is none. */
static uint32_t look_up(const struct cover_work *w, const uint32_t *member)
{
    for (size_t at = set_hash(member, w->sets->k) & w->mask; w->slot[at]; at = (at + 1) & w->mask) {
        uint32_t set = w->slot[at] - 1;
        if (!w->covered[set] && same_members(set_members(w->sets, set), member, w->sets->k))
            return set;
    }
    return UINT32_MAX;
}

/* Visits the sets without a group that are `fixed` (or nothing: UINT32_MAX) and otherwise columns of the group; takes them into
 * the group if asked to. Returns their number. */
static size_t visit(struct cover_work *w, struct set_group *group, uint32_t fixed, bool take)
{
    size_t found = 0, free_members = w->sets->k - (fixed != UINT32_MAX);
    for (unsigned choice = 0; choice < 1u << group->columns; choice++) {
        uint32_t member[SET_MEMBERS_MOST] = {fixed};
        size_t at = w->sets->k - free_members;
        if ((size_t)__builtin_popcount(choice) != free_members)
            continue;
        for (size_t j = 0; j < group->columns; j++)
            if (choice >> j & 1)
                member[at++] = group->column[j];
        uint32_t set = look_up(w, member);
        if (set == UINT32_MAX)
            continue;
        found++;
        if (take) {
            w->covered[set] = true;
            w->order[w->placed++] = set;
            group->count++;
        }
    }
    return found;
}

static bool has_column(const struct set_group *group, uint32_t column)
{
    for (size_t j = 0; j < group->columns; j++)
        if (group->column[j] == column)
            return true;
    return false;
}

/* Takes the column in that brings the most further sets, of those the one with the fewest levels; false when none does. */
static bool grow(struct cover_work *w, struct set_group *group)
{
    uint32_t best = UINT32_MAX;
    size_t most = 0, fewest = 0;
    for (uint32_t column = 0; column < w->table->columns && group->columns < BUNDLE_COLUMNS; column++) {
        size_t levels = w->table->column[column].levels;
        if (levels == 0 || levels > w->limit / group->cells || has_column(group, column))
            continue;
        size_t gain = visit(w, group, column, false);
        if (gain > most || (gain && gain == most && levels < fewest)) {
            best = column;
            most = gain;
            fewest = levels;
        }
    }
    if (best == UINT32_MAX)
        return false;
    group->column[group->columns++] = best;
    group->cells *= fewest;
    return true;
}

/* Columns with the most levels come last: the inner loops of summing up are over the last ones. */
static void order_columns(const struct cover_work *w, struct set_group *group)
{
    for (size_t j = 1; j < group->columns; j++) {
        uint32_t column = group->column[j];
        size_t at = j;
        for (; at > 0 && w->table->column[group->column[at - 1]].levels > w->table->column[column].levels; at--)
            group->column[at] = group->column[at - 1];
        group->column[at] = column;
    }
}

/* Cells of the set's table; SIZE_MAX: too many. */
static size_t set_cells(const struct cover_work *w, size_t set, size_t most)
{
    size_t cells = 1;
    for (size_t j = 0; j < w->sets->k; j++) {
        cells *= w->table->column[set_members(w->sets, set)[j]].levels;
        if (cells > most)
            return SIZE_MAX;
    }
    return cells;
}

static void make_dense(struct cover_work *w, size_t set, size_t cells, struct cover *cover)
{
    struct set_group *group = &cover->groups[cover->count++];
    *group = (struct set_group){.set = w->order + w->placed, .columns = w->sets->k, .cells = cells};
    memcpy(group->column, set_members(w->sets, set), w->sets->k * sizeof *group->column);
    while (grow(w, group))
        ;
    visit(w, group, UINT32_MAX, true);
    order_columns(w, group);
}

/* Sets that share all members but the last are sorted together, a few at a time so that the work can be divided. */
static void make_sorted(struct cover_work *w, size_t set, struct cover *cover)
{
    struct set_group *group = cover->count ? &cover->groups[cover->count - 1] : cover->groups;
    bool joins = cover->count && group->sorted && group->count < SORTED_SETS_MOST;
    if (!joins || memcmp(set_members(w->sets, group->set[0]), set_members(w->sets, set),
                         (w->sets->k - 1) * sizeof *w->sets->member) != 0) {
        group = cover->groups + cover->count++;
        *group = (struct set_group){.set = w->order + w->placed, .sorted = true};
    }
    w->order[w->placed++] = (uint32_t)set;
    group->count++;
}

int cover_make(const struct packed_table *table, const struct column_sets *sets, size_t rows, struct arena *arena,
               struct cover *cover, struct error *error)
{
    size_t slots = 16, most = 65536 + 2 * rows < CELLS_MOST ? 65536 + 2 * rows : CELLS_MOST;
    while (slots < 2 * sets->count)
        slots *= 2;
    struct cover_work w = {.table = table,
                           .sets = sets,
                           .limit = rows / 4 < NARROW_MOST / 2 ? rows / 4 : NARROW_MOST / 2,
                           .slot = ARENA_ARRAY(arena, uint32_t, slots),
                           .mask = slots - 1,
                           .covered = ARENA_ARRAY(arena, bool, sets->count),
                           .order = ARENA_ARRAY(arena, uint32_t, sets->count)};
    *cover = (struct cover){ARENA_ARRAY(arena, struct set_group, sets->count), 0};
    if (!w.slot || !w.covered || !w.order || !cover->groups)
        return error_memory(error);
    for (uint32_t set = 0; set < sets->count; set++)
        if (set_cells(&w, set, most) != SIZE_MAX)
            remember(&w, set);
    for (size_t set = 0; set < sets->count; set++) {
        size_t cells = w.covered[set] ? SIZE_MAX : set_cells(&w, set, most);
        if (cells != SIZE_MAX)
            make_dense(&w, set, cells, cover);
    }
    for (size_t set = 0; set < sets->count; set++)
        if (!w.covered[set])
            make_sorted(&w, set, cover);
    return 0;
}
