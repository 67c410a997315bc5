/* Option tables: what is parsed, what is refused and how the refusal reads, and the help. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/options.h"

struct settings {
    bool verbose;
    const char *train;
    struct option_list synthetic, only;
    int64_t seed;
    double level;
    size_t memory;
};

static const struct option table[] = {
    {"verbose", OPTION_FLAG, offsetof(struct settings, verbose), NULL, "say more", 0, 0, false},
    {"train", OPTION_STRING, offsetof(struct settings, train), "FILE", "the real rows", 0, 0, true},
    {"synthetic", OPTION_LIST, offsetof(struct settings, synthetic), "[NAME=]FILE", "a candidate", 0, 0, false},
    {"only", OPTION_COMMAS, offsetof(struct settings, only), "ID,...", "these alone", 0, 0, false},
    {"seed", OPTION_INTEGER, offsetof(struct settings, seed), "N", "of all random streams", 0, 0, false},
    {"level", OPTION_NUMBER, offsetof(struct settings, level), "P", "of intervals", 0.5, 0.999, false},
    {"memory", OPTION_SIZE, offsetof(struct settings, memory), "SIZE", "budget", 0, 0, false},
    {NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0, false},
};
static const struct command command = {"audit", "--train FILE [FILE]", "audits tables", "One.\n\nTwo .dot.", table, NULL};

enum { MOST = 12 };

struct outcome {
    struct settings settings;
    struct option_list positional;
    bool help;
    int code;
    struct error error;
};

/* words: NULL ends. */
static struct outcome parse(const char *const words[MOST], bool positional)
{
    struct outcome outcome = {.settings = {.seed = 1, .level = 0.95}};
    char *argv[MOST + 1] = {(char[]){"audit"}};
    int argc = 1;
    for (; argc <= MOST && words[argc - 1]; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    outcome.code = options_parse(&command, argc, argv, &outcome.settings, positional ? &outcome.positional : NULL,
                                 &outcome.help, &outcome.error);
    return outcome;
}

static void release(struct outcome *outcome)
{
    options_free(&command, &outcome->settings, &outcome->positional);
}

Test(options, values)
{
    struct outcome got =
        parse((const char *const[MOST]){"--train=a b.csv", "--synthetic", "x=1,2.csv", "--verbose", "--synthetic=y", "--only",
                                        "a,b\\,c,d", "--only=e", "--seed", "-5", "--level=.9"},
              true);
    cr_assert_eq(got.code, 0, "%s", got.error.message);
    cr_expect_str_eq(got.settings.train, "a b.csv");
    cr_expect(got.settings.verbose);
    cr_expect_eq(got.settings.synthetic.count, 2u);
    cr_expect_str_eq(got.settings.synthetic.items[0], "x=1,2.csv");
    cr_expect_str_eq(got.settings.synthetic.items[1], "y");
    static const char *const only[] = {"a", "b,c", "d", "e"};
    cr_assert_eq(got.settings.only.count, 4u);
    for (int i = 0; i < 4; i++)
        cr_expect_str_eq(got.settings.only.items[i], only[i]);
    cr_expect_eq(got.settings.seed, -5);
    cr_expect_eq(got.settings.level, 0.9);
    cr_expect_not(got.help);
    release(&got);
    cr_expect_eq(got.settings.only.count, 0u);

    got = parse((const char *const[MOST]){"one", "--train", "a", "-", "--", "--two", "--train", "b"}, true);
    cr_assert_eq(got.code, 0, "%s", got.error.message);
    cr_assert_eq(got.positional.count, 5u);
    cr_expect_str_eq(got.positional.items[1], "-");
    cr_expect_str_eq(got.positional.items[2], "--two");
    release(&got);
    got = parse((const char *const[MOST]){"--train", "a", "--seed", "1", "--seed=2"}, false);
    cr_expect_eq(got.settings.seed, 2, "of numbers the last one counts");
    release(&got);
}

Test(options, help_ends_it)
{
    struct outcome got = parse((const char *const[MOST]){"--help", "--nonsense"}, false);
    cr_expect_eq(got.code, 0);
    cr_expect(got.help, "although --train is missing");
    got = parse((const char *const[MOST]){"-h"}, false);
    cr_expect(got.help);
}

Test(options, sizes)
{
    static const struct {
        const char *text;
        size_t bytes;
    } cases[] = {{"0", 0},           {"512", 512},       {"1K", 1024},
                 {"64m", 64u << 20}, {"2G", 2ull << 30}, {"17179869183G", 0xFFFFFFFFC0000000u}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome got = parse((const char *const[MOST]){"--train=a", "--memory", cases[i].text}, false);
        cr_expect_eq(got.code, 0, "%s: %s", cases[i].text, got.error.message);
        cr_expect_eq(got.settings.memory, cases[i].bytes, "%s", cases[i].text);
    }
}

Test(options, refusals)
{
    static const struct {
        const char *words[MOST];
        const char *message;
    } cases[] = {
        {{NULL}, "option '--train' is missing; see assay audit --help"},
        {{"--train", "a", "--train=b"}, "option '--train' is given twice: it takes one FILE"},
        {{"--trian", "x"}, "unknown option '--trian'; did you mean '--train'?"},
        {{"--syntetic=x"}, "unknown option '--syntetic'; did you mean '--synthetic'?"},
        {{"--zzzzzzz"}, "unknown option '--zzzzzzz'; see assay audit --help"},
        {{"-v"}, "unknown option '-v'; see assay audit --help"},
        {{"--train"}, "option '--train' needs a value: --train FILE"},
        {{"--train", "--verbose"}, "option '--train' needs a value: --train FILE"},
        {{"--verbose=yes"}, "option '--verbose' takes no value"},
        {{"--seed", "1.5"}, "option '--seed': '1.5' is not a whole number"},
        {{"--seed", ""}, "option '--seed': '' is not a whole number"},
        {{"--seed", " 1"}, "option '--seed': ' 1' is not a whole number"},
        {{"--seed", "99999999999999999999"}, "option '--seed': '99999999999999999999' is too large"},
        {{"--level", "0.4"}, "option '--level': '0.4' must lie within 0.5 … 0.999"},
        {{"--level", "nan"}, "option '--level': 'nan' is not a number"},
        {{"--level", "1e999"}, "option '--level': '1e999' is too large"},
        {{"--level", "0.9x"}, "option '--level': '0.9x' is not a number"},
        {{"--memory", "1T"}, "option '--memory': '1T' is not a size; write bytes, or 512K, 64M, 2G"},
        {{"--memory", "-1"}, "option '--memory': '-1' is not a size; write bytes, or 512K, 64M, 2G"},
        {{"--memory", "17179869184G"}, "option '--memory': '17179869184G' is too large"},
        {{"--only", "a,,b"}, "option '--only': 'a,,b' has an empty item"},
        {{"--only", "a,"}, "option '--only': 'a,' has an empty item"},
        {{"stray"}, "unexpected argument 'stray'; see assay audit --help"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome got = parse(cases[i].words, false);
        cr_expect_eq(got.code, ERROR_INPUT, "case %zu", i);
        cr_expect_str_eq(got.error.message, cases[i].message);
        release(&got);
    }
}

Test(options, help_and_man)
{
    struct strbuf out = STRBUF_INIT;
    options_help(&command, &out);
    const char *text = strbuf_text(&out);
    cr_expect_not_null(strstr(text, "usage: assay audit --train FILE [FILE]\n\naudits tables\n\nOne.\n\nTwo .dot.\n"));
    cr_expect_not_null(strstr(text, "\n  --synthetic [NAME=]FILE\n                          a candidate\n"));
    cr_expect_not_null(strstr(text, "\n  --seed N                of all random streams\n"));
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        cr_expect_leq(length, 80u, "%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
    strbuf_reset(&out);
    options_man(&command, &out);
    cr_expect_not_null(strstr(strbuf_text(&out), "\n.TP\n\\fB\\-\\-seed\\fR \\fIN\\fR\nof all random streams\n"));
    strbuf_free(&out);

    static const struct option wide[] = {{"out", OPTION_STRING, 0, "DIR",
                                          "a sentence so long that it must be broken into two or three lines of at most eighty "
                                          "characters each, all of them indented",
                                          0, 0, false},
                                         {NULL, OPTION_FLAG, 0, NULL, NULL, 0, 0, false}};
    struct command long_command = {"x", "", "s", ".starts with a dot\\", wide, NULL};
    options_help(&long_command, &out);
    cr_expect_not_null(strstr(strbuf_text(&out), "must be broken into two or\n                          three"), "%s",
                       strbuf_text(&out));
    strbuf_reset(&out);
    options_man(&long_command, &out);
    cr_expect_not_null(strstr(strbuf_text(&out), "\n\\&.starts with a dot\\e\n"));
    strbuf_free(&out);
}
