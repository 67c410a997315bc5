/* Nasty CSV snippets and mutations of them through the fuzz target (tests/fuzz/fuzz_csv.c): the splitter against libcsv, and
 * read, write, read. A breach traps. */
#include <criterion/criterion.h>

#include "core/random.h"
#include "tests/fuzz/fuzz_csv.c"

static const char *const SNIPPETS[] = {
    "a,b\n1,2\n3,4\n",
    "a,b\r\n1,2\r\n\r\n3,4",
    "a;b\r1;2\r3;4\r",
    "a\tb\n1\t\n\t2\n",
    "a|b|c\n\"x|y\"|\"\"|\"a\"\"b\"\n1|2|3\n",
    "\xEF\xBB\xBF\"a b\",c\n\"1\n2\",x\n\"\"\"\",y\n",
    "a\n1\n\"\"\n\n3\n",
    "a,b\n1,\"2\n3,4\n",
    "a,b\n1,5\" pipe\n",
    "a,b\n1,\"x\"y\n",
    "a,b\n\"1\"\"\",\"\"\"2\"\n\"\"\"\"\"\",\n",
    "a,b\n1\n",
    "a,a\n1,2\n",
    ",a\n1,2\n",
    "d,e\n2013-08-14,08/14/2013\n2013-08-15,08/15/2013\n,\n",
    "d\n2013-08-14T05:41:20Z\n2013-08-14T07:41:20.5+02:00\n",
    "t\n2013-08-14T05:41:20+05:30\n2013-08-14T05:41:20Z\n",
    "z\n20130814\n20130815\n20130816\n",
    "n,c\n1,007\n1.0,08\n1e0,7\nN,7.0\n",
    "n\n1e999\n1\n2\n",
    "n\ninf\n1\n2\n",
    "n\n0.1\n1e-400\n-0\n-0.0\n123456789012345678901234567890\n",
    "b,c\nTrue,Y\nFalse,N\nTrue,Y\n",
    "x\n?\nNA\nNaN\n-\nNone\n",
    "\"a;b\"\n\"1;2\"\n\"3;4\"\n",
    "a;b,c\n1;2,3\n4;5,6\n",
    "n\xC3\xA4me,\xF0\x9F\x98\x80\n\xC3\xA9,1\n\xE2\x82\xAC,2\n",
    "a\n\xE9\n",
    "a\n\xC3\n",
    "\n\n\n",
    "\"",
    "\"\"",
    "a,b\n\"x\r\ny\",1\r\n\"\r\",2\r\n",
    "a b , c \n x , y \n",
    "\x1F\x8B\x08",
    "PK\x03\x04",
    "1,2,3\n4,5,6\n",
};

enum { SNIPPET_COUNT = sizeof SNIPPETS / sizeof *SNIPPETS };

Test(csv_fuzz, snippets)
{
    for (size_t i = 0; i < SNIPPET_COUNT; i++)
        LLVMFuzzerTestOneInput((const uint8_t *)SNIPPETS[i], strlen(SNIPPETS[i]));
    LLVMFuzzerTestOneInput((const uint8_t *)"a,b\n1,\0\n", 8);
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
}

/* Each mutant is a snippet with a few bytes replaced, inserted, deleted or copied from another. */
static size_t mutate(struct random *random, uint8_t out[512])
{
    static const char alphabet[] = "\"\"\"\"\n\n\r,,;\t| ab019.-eN\xC3\xA4\xFF";
    const char *snippet = SNIPPETS[random_below(random, SNIPPET_COUNT)];
    size_t length = strlen(snippet);
    memcpy(out, snippet, length);
    for (size_t i = 1 + random_below(random, 5); i > 0; i--) {
        size_t at = random_below(random, length + 1);
        char c = alphabet[random_below(random, sizeof alphabet - 1)];
        if (random_below(random, 3) == 0 && at < length) {
            memmove(out + at, out + at + 1, length - at - 1);
            length--;
        } else if (random_below(random, 2) == 0 && length < 500) {
            memmove(out + at + 1, out + at, length - at);
            out[at] = (uint8_t)c;
            length++;
        } else if (at < length) {
            out[at] = (uint8_t)c;
        }
    }
    return length;
}

Test(csv_fuzz, mutants)
{
    struct random random;
    random_init(&random, 1, "test.csv", 0, 0);
    for (size_t i = 0; i < 4000; i++) {
        uint8_t data[512];
        size_t length = mutate(&random, data);
        LLVMFuzzerTestOneInput(data, length);
    }
    /* Splitting alone is quick enough for many more. */
    for (size_t i = 0; i < 100000; i++) {
        uint8_t data[512];
        size_t length = mutate(&random, data);
        check_split(data, length);
    }
}
