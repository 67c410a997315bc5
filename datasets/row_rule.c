#include "datasets/row_rule.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/datetime.h"

enum { TERMS = 8 };
enum comparison { EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, IS_MISSING, IS_PRESENT };
static const char *const COMPARISONS[] = {"=", "!=", "<", "<=", ">", ">="};

struct term {
    size_t column; /* SIZE_MAX: a constant */
    double number; /* of a constant; NaN: text alone */
    const char *text;
    bool negative;
};

struct side {
    struct term terms[TERMS];
    size_t count;
};

struct condition {
    enum comparison comparison;
    struct side left, right;
};

struct row_rule {
    const char *text;
    size_t column;
    bool conditional;
    struct condition when, then;
};

struct parser {
    const char *at;
    const struct schema *schema;
    struct arena *arena;
    struct row_rule *rule;
    struct error *error;
};

static int fail(const struct parser *p, const char *what, const char *mend)
{
    return error_set(p->error, ERROR_INPUT, "rule '%s': %s at '%s': %s", p->rule->text, what, p->at, mend);
}

static void skip_blanks(struct parser *p)
{
    while (isspace((unsigned char)*p->at))
        p->at++;
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || (unsigned char)c >= 0x80;
}

/* Takes the word when it stands here as a whole. */
static bool take_word(struct parser *p, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(p);
    if (strncmp(p->at, word, length) != 0 || (is_name_byte(word[0]) && is_name_byte(p->at[length])))
        return false;
    p->at += length;
    return true;
}

static int parse_column(struct parser *p, struct term *term)
{
    bool quoted = *p->at == '`';
    const char *start = p->at + quoted, *end = start;
    while (*end && (quoted ? *end != '`' : is_name_byte(*end)))
        end++;
    if (end == start || (quoted && !*end))
        return fail(p, "no column or number", "write a column, a number or 'text'");
    const char *name = arena_copy(p->arena, start, (size_t)(end - start));
    if (!name)
        return error_memory(p->error);
    term->column = schema_find(p->schema, name);
    if (term->column == SIZE_MAX)
        return fail(p, "an unknown column", "name a column of the schema; text stands in single quotes");
    if (p->rule->column == SIZE_MAX)
        p->rule->column = term->column;
    p->at = end + quoted;
    return 0;
}

static int parse_term(struct parser *p, struct term *term)
{
    bool negative = term->negative;
    *term = (struct term){SIZE_MAX, NAN, NULL, negative};
    skip_blanks(p);
    const char *start = p->at;
    char *end = NULL;
    if (*start == '\'') {
        const char *close = strchr(start + 1, '\'');
        if (!close)
            return fail(p, "an open quote", "close it");
        term->text = arena_copy(p->arena, start + 1, (size_t)(close - start - 1));
        p->at = close + 1;
        return term->text ? 0 : error_memory(p->error);
    }
    if (!isdigit((unsigned char)*start) && *start != '.' && *start != '-')
        return parse_column(p, term);
    term->number = strtod(start, &end);
    if (end == start || !isfinite(term->number))
        return fail(p, "no number", "write a column, a number or 'text'");
    term->text = arena_copy(p->arena, start, (size_t)(end - start));
    p->at = end;
    return term->text ? 0 : error_memory(p->error);
}

static int parse_side(struct parser *p, struct side *side)
{
    bool negative = false;
    side->count = 0;
    for (;;) {
        if (side->count == TERMS)
            return fail(p, "too many terms", "eight a side can be added");
        side->terms[side->count].negative = negative;
        int status = parse_term(p, &side->terms[side->count++]);
        if (status)
            return status;
        negative = take_word(p, "-");
        if (!negative && !take_word(p, "+"))
            return 0;
    }
}

static int parse_comparison(struct parser *p, enum comparison *comparison)
{
    /* the longer signs first: "<=" begins like "<" */
    static const enum comparison order[] = {NOT_EQUAL, LESS_EQUAL, GREATER_EQUAL, EQUAL, LESS, GREATER};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (take_word(p, COMPARISONS[order[i]])) {
            *comparison = order[i];
            return 0;
        }
    return fail(p, "no comparison", "write =, !=, <, <=, >, >=, is missing or is present");
}

static const struct column_schema *column_of(const struct parser *p, const struct term *term)
{
    return term->column == SIZE_MAX ? NULL : &p->schema->columns[term->column];
}

static bool has_levels(const struct parser *p, const struct side *side)
{
    const struct column_schema *column = column_of(p, &side->terms[0]);
    return column && column_kind(column) != KIND_QUANTITY;
}

/* Makes the constants of one side numbers; a text must be a date in the format of a date column on the other side. */
static int resolve_numbers(struct parser *p, struct side *side, const struct side *other)
{
    const struct column_schema *date = column_of(p, &other->terms[0]);
    for (size_t i = 0; i < side->count; i++) {
        struct term *term = &side->terms[i];
        const struct column_schema *column = column_of(p, term);
        if (column && column_kind(column) != KIND_QUANTITY)
            return fail(p, "a column of categories among numbers before", "compare it alone, by = or !=");
        if (column || !isnan(term->number))
            continue;
        if (!date || date->type != COLUMN_DATETIME ||
            !datetime_parse_loosely(term->text, strlen(term->text), date->format ? date->format : "%Y-%m-%d", &term->number))
            return fail(p, "text among numbers before", "a date stands beside a date column, in its format");
    }
    return 0;
}

static int check_kinds(struct parser *p, struct condition *c)
{
    if (c->comparison == IS_MISSING || c->comparison == IS_PRESENT)
        return 0;
    if (!has_levels(p, &c->left) && !has_levels(p, &c->right)) {
        int status = resolve_numbers(p, &c->left, &c->right);
        return status ? status : resolve_numbers(p, &c->right, &c->left);
    }
    const struct term *left = &c->left.terms[0], *right = &c->right.terms[0];
    bool text_left = has_levels(p, &c->left) || left->column == SIZE_MAX;
    bool text_right = has_levels(p, &c->right) || right->column == SIZE_MAX;
    if (c->left.count > 1 || c->right.count > 1 || !text_left || !text_right || c->comparison > NOT_EQUAL)
        return fail(p, "categories that are added, ordered or compared with numbers before",
                    "compare them by = or != with a text");
    return 0;
}

static int parse_condition(struct parser *p, struct condition *c)
{
    int status = parse_side(p, &c->left);
    if (status)
        return status;
    if (take_word(p, "is")) {
        c->comparison = take_word(p, "missing") ? IS_MISSING : IS_PRESENT;
        if (c->comparison == IS_PRESENT && !take_word(p, "present"))
            return fail(p, "neither 'missing' nor 'present'", "write one of them after is");
        if (c->left.count > 1 || c->left.terms[0].column == SIZE_MAX)
            return fail(p, "no single column before 'is'", "name one column");
        return 0;
    }
    status = parse_comparison(p, &c->comparison);
    if (status == 0)
        status = parse_side(p, &c->right);
    return status ? status : check_kinds(p, c);
}

int row_rule_parse(const char *text, const struct schema *schema, struct arena *arena, struct row_rule **rule,
                   struct error *error)
{
    struct parser p = {text, schema, arena, ARENA_NEW(arena, struct row_rule), error};
    *rule = p.rule;
    if (!p.rule)
        return error_memory(error);
    p.rule->text = text;
    p.rule->column = SIZE_MAX;
    int status = parse_condition(&p, &p.rule->then);
    if (status == 0 && take_word(&p, "implies")) {
        p.rule->conditional = true;
        p.rule->when = p.rule->then;
        status = parse_condition(&p, &p.rule->then);
    }
    skip_blanks(&p);
    if (status == 0 && *p.at)
        status = fail(&p, "something left over", "a rule is one comparison, or two with 'implies' between them");
    if (status == 0 && p.rule->column == SIZE_MAX)
        status = fail(&p, "no column", "compare at least one column");
    return status;
}

/* Adds the terms; *size grows by their absolute values, the scale of rounding errors. */
static double side_number(const struct side *side, const struct table *table, size_t row, double *size)
{
    double sum = 0;
    for (size_t i = 0; i < side->count; i++) {
        const struct term *term = &side->terms[i];
        double value = term->column == SIZE_MAX ? term->number : table->columns[term->column].number[row];
        sum += term->negative ? -value : value;
        *size += fabs(value);
    }
    return sum;
}

/* NULL where missing. */
static const char *term_text(const struct term *term, const struct table *table, size_t row)
{
    if (term->column == SIZE_MAX)
        return term->text;
    uint32_t code = table->columns[term->column].code[row];
    return code == CODE_MISSING ? NULL : table->schema->columns[term->column].levels[code];
}

static bool compare(enum comparison comparison, double a, double b, double size)
{
    bool equal = fabs(a - b) <= 1e-9 * size;
    switch (comparison) {
    case EQUAL:
        return equal;
    case NOT_EQUAL:
        return !equal;
    case LESS:
        return a < b && !equal;
    case LESS_EQUAL:
        return a < b || equal;
    case GREATER:
        return a > b && !equal;
    default:
        return a > b || equal;
    }
}

static enum row_verdict check_condition(const struct condition *c, const struct table *table, size_t row)
{
    const struct term *left = &c->left.terms[0], *right = &c->right.terms[0];
    if (c->comparison >= IS_MISSING)
        return table_missing(table, left->column, row) == (c->comparison == IS_MISSING) ? ROW_KEEPS : ROW_BREAKS;
    const size_t named = left->column != SIZE_MAX ? left->column : right->column;
    if (named != SIZE_MAX && table->columns[named].code) {
        const char *a = term_text(left, table, row), *b = term_text(right, table, row);
        if (!a || !b)
            return ROW_NOT_JUDGED;
        return (strcmp(a, b) == 0) == (c->comparison == EQUAL) ? ROW_KEEPS : ROW_BREAKS;
    }
    double size = 0, a = side_number(&c->left, table, row, &size), b = side_number(&c->right, table, row, &size);
    if (isnan(a) || isnan(b))
        return ROW_NOT_JUDGED;
    return compare(c->comparison, a, b, size) ? ROW_KEEPS : ROW_BREAKS;
}

enum row_verdict row_rule_check(const struct row_rule *rule, const struct table *table, size_t row)
{
    if (rule->conditional && check_condition(&rule->when, table, row) != ROW_KEEPS)
        return ROW_NOT_JUDGED;
    return check_condition(&rule->then, table, row);
}

const char *row_rule_text(const struct row_rule *rule)
{
    return rule->text;
}

size_t row_rule_column(const struct row_rule *rule)
{
    return rule->column;
}
