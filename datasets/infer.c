#include "datasets/infer.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/mask.h"
#include "datasets/number.h"
#include "datasets/profile.h"
#include "datasets/vocabulary.h"

/* Numbers behind the rules; docs/formats.md explains them. */
enum {
    FEW_VALUES = 12,      /* whole numbers with at most so many values may be codes */
    ID_ROWS = 20,         /* ids are not looked for in smaller tables */
    TEXT_LEVELS = 50,     /* at most so many different words are always categories */
    CODE_NEIGHBOURS = 30, /* pairs of neighbouring values that the test for erratic counts needs */
};

struct verdict {
    enum column_type type;
    const char *because;
    bool tokens; /* the column tokens that occur are missing values */
};

/* What a column's name says about whole numbers in it. */
enum hint { HINT_NONE, HINT_ID, HINT_QUANTITY, HINT_LEVELS };

static const char *const ID_WORDS[] = {"id",         "ids",   "key", "uuid",    "guid", "index",
                                       "identifier", "rowid", "pk",  "unnamed", NULL};
static const char *const QUANTITY_WORDS[] = {"count",   "counts", "age",     "year",   "years",  "since", "score", "rate",
                                             "rating",  "rank",   "income",  "inc",    "hours",  "days",  "total", "amount",
                                             "price",   "size",   "weight",  "height", "length", "qty",   "grade", "points",
                                             "credits", "months", "minutes", "salary", NULL};
/* Say a quantity ("num_rooms") or a row's place ("Nr."). */
static const char *const NUMBER_WORDS[] = {"n", "nr", "num", "number", NULL};
static const char *const PLACE_WORDS[] = {"no", "row", "rows", "rownames", "record", "seq", "serial", "lfd", "obs", NULL};
static const char *const LEVEL_WORDS[] = {"type",    "class",  "cat",  "category", "group", "sex",   "gender",
                                          "race",    "status", "flag", "region",   "state", "tier",  "season",
                                          "weekday", "is",     "has",  "county",   "kind",  "label", NULL};
/* Numbers that name something, however many there are. */
static const char *const CODE_WORDS[] = {"id", "code", "zip", "zipcode", "postcode", "postal", NULL};

/* Bytes of other alphabets count as letters. */
static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Calls for every word of a name: "credit-amount", "fam_inc", "ReviewID", "Review ID", "agePct12t21" → age, pct, t. */
static bool next_word(const char **at, char word[24])
{
    const char *p = *at;
    while (*p && !is_letter(*p))
        p++;
    size_t length = 0;
    for (; is_letter(*p); p++) {
        bool upper = isupper((unsigned char)*p) != 0;
        /* A capital after a small letter starts a word; so does the last capital of "IDNumber". */
        bool starts = upper && length > 0 &&
                      (islower((unsigned char)p[-1]) || (islower((unsigned char)p[1]) && isupper((unsigned char)p[-1])));
        if (starts)
            break;
        if (length < 23)
            word[length++] = (char)tolower((unsigned char)*p);
    }
    word[length] = '\0';
    *at = p;
    return length > 0;
}

static bool in_list(const char *const *list, const char *word)
{
    while (*list && strcmp(*list, word) != 0)
        list++;
    return *list != NULL;
}

static bool name_has(const char *name, const char *const *list)
{
    char word[24];
    while (next_word(&name, word))
        if (in_list(list, word))
            return true;
    return false;
}

/* Counts of things: most often 0, then falling from 1 or 2 on to a thin end. Codes of four and more values are rarely ordered
 * like that. */
static bool looks_like_count(const struct profile *profile)
{
    size_t n = profile->n_values;
    if (n < 4 || profile->lo != 0)
        return false;
    const size_t *counts = profile->counts;
    size_t peak = counts[2] > counts[1] ? 2 : 1;
    if (counts[peak] > counts[0] || counts[n - 1] * 10 > counts[0])
        return false;
    for (size_t i = peak; i + 1 < n; i++) {
        double next = (double)counts[i + 1];
        if (next > (double)counts[i] + 3 * sqrt(next))
            return false;
    }
    return true;
}

/* A scale from 0 or 1 to 10 without gaps. */
static bool looks_like_scale(const struct profile *profile)
{
    return profile->hi == 10 && (profile->lo == 0 || profile->lo == 1) &&
           (double)profile->n_values == profile->hi - profile->lo + 1;
}

static int roundness(double value)
{
    int zeros = 0;
    for (; value != 0 && fmod(value, 10) == 0; value /= 10)
        zeros++;
    return 2 * zeros + (fmod(value, 5) == 0);
}

/* Codes of trades, places, diagnoses: few of the whole numbers in their range occur, and the count of one says nothing about
 * its neighbour's, while a measured quantity's counts change gradually. Neighbours of equal roundness are compared (people
 * round quantities): the squared difference of two Poisson counts over their sum is 1 on average; a turn is a fall after a
 * rise or the reverse, both beyond three standard deviations. */
static bool counts_are_erratic(const struct profile *profile)
{
    if ((double)profile->n_values * 10 > profile->hi - profile->lo + 1)
        return false;
    size_t last[64] = {0}, pairs = 0, jumps = 0, turns = 0;
    int direction[64] = {0};
    double sum = 0;
    for (size_t i = 0; i < profile->n_values; i++) {
        int class = roundness(profile->values[i]) & 63;
        double a = (double)last[class], b = (double)profile->counts[i];
        last[class] = profile->counts[i];
        if (a == 0)
            continue;
        double difference = (a - b) * (a - b) / (a + b);
        pairs++;
        sum += difference > 100 ? 100 : difference; /* one spike is no pattern */
        if (difference <= 9)
            continue;
        jumps++;
        turns += direction[class] != 0 && (b > a) != (direction[class] > 0);
        direction[class] = b > a ? 1 : -1;
    }
    return pairs >= CODE_NEIGHBOURS && sum > 3 * (double)pairs && turns * 5 >= jumps * 2;
}

static bool is_hinted(const struct schema_hints *hints, const char *name)
{
    for (size_t i = 0; hints && i < hints->n_classes; i++)
        if (strcmp(hints->classes[i], name) == 0)
            return true;
    return false;
}

/* A running number, or rows drawn from a table that had one: no value twice, though among as many draws from the values' range
 * two would be equal but for one chance in a million (birthday problem: exp(−n²/2N)). */
static bool numbers_are_places(const struct profile *profile, bool running)
{
    double n = (double)profile->numbers, range = profile->hi - profile->lo + 1;
    return (running && (profile->lo == 0 || profile->lo == 1)) || n * n / (2 * range) > 14;
}

static bool numbers_are_ids(const struct profile *profile, const char *name)
{
    if (!profile->unique_numbers || profile->numbers < ID_ROWS || profile->missing + profile->column_missing > 0)
        return false;
    bool running = profile->increasing && profile->hi - profile->lo + 1 == (double)profile->numbers;
    if (name_has(name, ID_WORDS))
        return true;
    if (name_has(name, QUANTITY_WORDS))
        return false;
    if (name_has(name, NUMBER_WORDS) || name_has(name, PLACE_WORDS))
        return numbers_are_places(profile, running);
    return running;
}

/* Few whole numbers that repeat, with nothing said by the name: the reason why they are a quantity, or NULL for codes. */
static const char *few_values_quantity(const struct profile *profile)
{
    if (profile->numbers < 2 * profile->n_values)
        return "whole numbers that hardly repeat";
    if (looks_like_count(profile))
        return "whole numbers from 0 on, the higher the rarer: a count";
    if (looks_like_scale(profile))
        return "whole numbers up to 10 without gaps: a scale";
    if (profile->n_values > 2 && profile->lo >= 2)
        return "few whole numbers that do not start at 0 or 1: a quantity";
    return NULL;
}

static struct verdict judge_whole(const struct profile *profile, const char *name, bool hinted)
{
    size_t n = profile->n_values;
    bool few = n <= FEW_VALUES;
    if (numbers_are_ids(profile, name))
        return (struct verdict){COLUMN_ID, "unique numbers that run on or are called an id: it names rows", false};
    if (n == 2 && profile->lo == 0 && profile->hi == 1)
        return (struct verdict){profile->column_missing ? COLUMN_CATEGORICAL : COLUMN_BOOLEAN, "0 and 1", false};
    if (hinted && few)
        return (struct verdict){COLUMN_CATEGORICAL, "whole numbers with few values, named as a class or group", false};
    if (n == 1)
        return (struct verdict){COLUMN_NUMERIC, "one value", true};
    if (name_has(name, QUANTITY_WORDS) || name_has(name, NUMBER_WORDS))
        return (struct verdict){COLUMN_NUMERIC, few ? "whole numbers, the name says a quantity" : "whole numbers", true};
    if (name_has(name, CODE_WORDS) || (n <= PROFILE_VALUES && name_has(name, LEVEL_WORDS)))
        return (struct verdict){COLUMN_CATEGORICAL, "whole numbers, the name says codes", false};
    if (few) {
        const char *because = few_values_quantity(profile);
        if (because)
            return (struct verdict){COLUMN_NUMERIC, because, true};
        return (struct verdict){COLUMN_CATEGORICAL, "whole numbers with few values: codes", false};
    }
    if (n <= PROFILE_VALUES && profile->lo >= 0 && counts_are_erratic(profile))
        return (struct verdict){COLUMN_CATEGORICAL, "whole numbers whose counts jump from value to value: codes", false};
    return (struct verdict){COLUMN_NUMERIC, "whole numbers", true};
}

/* Whole numbers of 16 digits and more: as doubles two of them may be one, so that only their texts say whether one occurs
 * twice. */
static struct verdict judge_long(const struct profile *profile, const char *name)
{
    bool unique = profile->distinct == profile->rows && profile->rows >= ID_ROWS;
    if (unique && name_has(name, ID_WORDS))
        return (struct verdict){COLUMN_ID, "unique numbers that are called an id: it names rows", false};
    return (struct verdict){COLUMN_NUMERIC, "whole numbers, of 16 digits and more as near as a double comes", true};
}

static struct verdict judge_numbers(const struct profile *profile, const char *name, bool hinted)
{
    if (!profile->whole)
        return (struct verdict){COLUMN_NUMERIC, "numbers with decimals", true};
    return profile->long_numbers ? judge_long(profile, name) : judge_whole(profile, name, hinted);
}

static bool all_truths(const struct cells *cells, const struct tokens *missing)
{
    bool seen[2] = {false, false};
    for (uint32_t i = 0; i < cells->n_texts; i++) {
        char scratch[9];
        size_t length;
        const char *text = cells_text(cells, i, scratch, &length);
        if (tokens_find(missing, text, length) < missing->count)
            continue;
        int truth = truth_of(text, length);
        if (truth < 0 || seen[truth])
            return false;
        seen[truth] = true;
    }
    return seen[0] && seen[1];
}

static struct verdict judge_texts(const struct profile *profile, const char *name)
{
    size_t present = profile->rows - profile->missing;
    bool unique = profile->distinct == present && present >= ID_ROWS;
    bool single_words = profile->mean_words < 1.5;
    if (unique && profile->missing == 0 && profile->longest <= 64 && (single_words || name_has(name, ID_WORDS)))
        return (struct verdict){COLUMN_ID, "unique words", false};
    bool many = profile->distinct > TEXT_LEVELS && profile->distinct * 2 > present;
    if (many || (profile->distinct > TEXT_LEVELS && profile->mean_length > 60))
        return (struct verdict){COLUMN_TEXT, "mostly different texts", false};
    return (struct verdict){COLUMN_CATEGORICAL, "words that repeat", false};
}

/* Eight digits are a date only when the range is that of dates in tables. */
static bool is_date(const struct profile *profile)
{
    if (!profile->date_format)
        return false;
    if (profile->numbers == 0)
        return true;
    return profile->texts == 0 && profile->n_values >= 3 && profile->lo >= 19000101 && profile->hi <= 21001231;
}

static struct verdict judge(const struct raw_column *column, const struct profile *profile, const struct tokens *missing,
                            bool hinted)
{
    if (profile->rows == profile->missing)
        return (struct verdict){COLUMN_CATEGORICAL, "no value at all", false};
    if (is_date(profile))
        return (struct verdict){COLUMN_DATETIME,
                                profile->date_ambiguous ? "all dates; day first and month first both fit" : "all dates", true};
    if (profile->texts == 0 && profile->numbers > 0)
        return judge_numbers(profile, column->name, hinted);
    if (profile->numbers == 0 && all_truths(&column->cells, missing))
        return (struct verdict){COLUMN_BOOLEAN, "words of truth", false};
    return judge_texts(profile, column->name);
}

/* Numbers, but for a few that no double holds: a fault of the file, not a category. */
static int check_range(const struct raw_table *raw, size_t index, const struct profile *profile, struct error *error)
{
    size_t odd = profile->special + profile->out_of_range;
    if (odd == 0 || odd != profile->distinct_texts || (profile->out_of_range == 0 && profile->n_values <= odd))
        return 0;
    const struct cells *cells = &raw->columns[index].cells;
    char scratch[9];
    size_t length;
    const char *text = cells_text(cells, profile->odd_code, scratch, &length);
    error_set(error, ERROR_INPUT,
              "a cell of the form '%s' is %s: write a finite number, leave the cell empty, or list the word among the schema's "
              "missing_tokens",
              mask_of(text, length).text,
              profile->out_of_range ? "a number out of range, beyond 1e150 or -1e150" : "not a finite number");
    return raw_place(raw, index, cells_first_row(cells, profile->odd_code), error);
}

/* A column of numbers with commas would pass for categories, and no measure would see the numbers. A few such texts may be
 * categories after all. */
static int check_commas(const struct raw_table *raw, size_t index, const struct tokens *missing, struct error *error)
{
    enum { FEW = 20 };
    const struct cells *cells = &raw->columns[index].cells;
    char scratch[9];
    size_t length, found = 0;
    uint32_t first = 0;
    for (uint32_t i = 0; i < cells->n_texts; i++) {
        const char *text = cells_text(cells, i, scratch, &length);
        struct number number;
        if (number_has_comma(text, length))
            first = found++ ? first : i;
        else if (tokens_find(missing, text, length) == missing->count && number_parse(text, length, &number) != NUMBER_OK)
            return 0;
    }
    if (found <= FEW)
        return 0;
    const char *text = cells_text(cells, first, scratch, &length);
    error_set(error, ERROR_INPUT,
              "a cell of the form '%s' is a number with a comma: write numbers with a decimal point and without thousands "
              "separators, or give the "
              "column a type in a schema",
              mask_of(text, length).text);
    return raw_place(raw, index, cells_first_row(cells, first), error);
}

static int take_tokens(struct schema *schema, struct column_schema *column, uint64_t seen, struct error *error)
{
    column->missing_tokens = ARENA_ARRAY(schema->arena, const char *, schema_column_tokens.count);
    if (!column->missing_tokens)
        return error_memory(error);
    for (size_t i = 0; i < schema_column_tokens.count; i++)
        if (seen >> i & 1)
            column->missing_tokens[column->n_missing_tokens++] = schema_column_tokens.words[i];
    return 0;
}

static int infer_column(const struct raw_table *raw, size_t index, const struct schema_hints *hints, struct schema *schema,
                        struct arena *scratch, struct error *error)
{
    struct profile profile;
    const struct raw_column *raw_column = &raw->columns[index];
    struct column_schema *column = &schema->columns[index];
    int code = profile_column(raw_column, &schema_default_tokens, &schema_column_tokens, scratch, &profile, error);
    if (!code)
        code = check_range(raw, index, &profile, error);
    if (!code)
        code = check_commas(raw, index, &schema_default_tokens, error);
    if (code)
        return code;
    struct verdict verdict = judge(raw_column, &profile, &schema_default_tokens, is_hinted(hints, raw_column->name));
    column->name = arena_string(schema->arena, raw_column->name);
    column->type = verdict.type;
    column->because = verdict.because;
    column->decimals = column->type == COLUMN_NUMERIC ? profile.decimals : 0;
    if (column->type == COLUMN_DATETIME)
        column->format = profile.date_format;
    if (!column->name)
        return error_memory(error);
    bool tokens = verdict.tokens || raw_column->cells.width == 8;
    return tokens && profile.column_tokens ? take_tokens(schema, column, profile.column_tokens, error) : 0;
}

int schema_infer(const struct raw_table *raw, const struct schema_hints *hints, struct schema **schema, struct error *error)
{
    int code = schema_new(schema, raw->n_columns, error);
    struct arena *scratch = code ? NULL : arena_new();
    if (!code && !scratch)
        code = error_memory(error);
    for (size_t i = 0; i < raw->n_columns && !code; i++)
        code = infer_column(raw, i, hints, *schema, scratch, error);
    arena_free(scratch);
    if (code) {
        schema_free(*schema);
        *schema = NULL;
    }
    return code;
}
