/* Reading CSV: megabytes a second and peak memory, for a file of `bench_csv [MEGABYTES]` (default 200) of 15 mixed columns as
 * train, with SHA-256, schema inference and fitting; and again as a candidate with train's schema. One thread. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/random.h"
#include "datasets/csv.h"

enum { MEGABYTE = 1000000 };

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static size_t write_row(FILE *file, struct random *random, size_t row)
{
    static const char *const words[] = {"private", "public", "self-employed", "none", "\"retired, early\""};
    static const char *const regions[] = {"north", "south", "east", "west", "centre", "islands"};
    int count = fprintf(file, "%zu,%s,%d,%s,%s,%d,%.2f,%.4f,20%02d-%02d-%02d,%d,%.1f,%d,%s,%d,%s\n", row,
                        random_below(random, 2) ? "male" : "female", (int)random_below(random, 73) + 18,
                        words[random_below(random, 5)], regions[random_below(random, 6)], (int)(exp(8 + random_normal(random))),
                        1e4 * random_normal(random), random_uniform(random), (int)random_below(random, 24),
                        (int)random_below(random, 12) + 1, (int)random_below(random, 28) + 1, (int)random_below(random, 9) + 1,
                        50 + 10 * random_normal(random), (int)random_below(random, 2), random_below(random, 10) ? "12.5" : "",
                        (int)random_below(random, 1000), random_below(random, 2) ? "yes" : "no");
    return count < 0 ? 0 : (size_t)count;
}

static int write_file(const char *path, size_t bytes)
{
    FILE *file = fopen(path, "w");
    if (!file)
        return 1;
    struct random random;
    random_init(&random, 1, "bench.csv", 0, 0);
    fputs("row,sex,age,work,region,income,balance,ratio,since,class,score,flag,rate,points,approved\n", file);
    size_t row = 0;
    for (size_t written = 0; written < bytes; row++)
        written += write_row(file, &random, row);
    return fclose(file);
}

static int read_file(const char *path, int again)
{
    struct error error = {0};
    struct schema *schema;
    struct table *table, *other = NULL;
    struct input_file input = {0};
    double start = seconds();
    int code = csv_read_train(path, NULL, &schema, &table, &input, &error);
    double first = seconds() - start;
    if (!code && again) {
        start = seconds();
        code = csv_read(path, "candidate", schema, &other, &input, &error);
        first = seconds() - start;
    }
    if (code) {
        fprintf(stderr, "%s\n", error.message);
        return code;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double megabytes = (double)input.bytes / MEGABYTE, peak = (double)usage.ru_maxrss * 1024 / MEGABYTE;
    printf("%-9s %6.0f MB  %8zu rows  %5.2f s  %5.0f MB/s", again ? "candidate" : "train", megabytes, table->rows, first,
           megabytes / first);
    printf("  peak %5.0f MB (%.2f of the file)%s\n", peak, peak / megabytes, again ? ", both tables" : "");
    fflush(stdout);
    table_free(other);
    table_free(table);
    schema_free(schema);
    return 0;
}

int main(int argc, char **argv)
{
    size_t megabytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 200;
    char path[] = "/tmp/assay-bench-XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor < 0 || close(descriptor) != 0 || write_file(path, megabytes * MEGABYTE) != 0) {
        perror("bench_csv: cannot write the file");
        return 1;
    }
    int failed = 0;
    /* A process each: peak memory is that of the process. */
    for (int again = 0; again < 2; again++) {
        pid_t child = fork();
        if (child == 0)
            _exit(read_file(path, again));
        int status = 1;
        waitpid(child, &status, 0);
        failed |= status;
    }
    unlink(path);
    return failed != 0;
}
