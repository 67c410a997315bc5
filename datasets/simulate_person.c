/* The model of one person. Formulas as in docs/simulation.md; e = 0 … 4 is the rank of education. */
#include <math.h>

#include "core/random.h"
#include "datasets/simulate.h"

/* Codes are places in the code point order of the levels (simulate.c). */
enum { FEMALE, MALE };
enum { DIVORCED, MARRIED, PARTNERSHIP, SINGLE, WIDOWED };
enum { EMPLOYED, RETIRED, SELF_EMPLOYED, STUDENT, UNEMPLOYED };

static const double P_FEMALE = 0.49, SCORE_BIAS = -0.2, REFERENCE_DAY = 19904; /* 2024-06-30 */
static const double P_ORIGIN[] = {0.13, 0.58, 0.04, 0.25};                     /* east, north, overseas, south */
static const int HOME_REGION[] = {5, 0, 7, 3};
static const double P_HOME = 0.3;
static const double P_REGION[] = {0.22, 0.17, 0.14, 0.12, 0.10, 0.09, 0.07, 0.05, 0.03, 0.01};
static const int EDUCATION_CODE[] = {2, 3, 4, 0, 1}; /* primary, secondary, vocational, bachelor, master */
static const double INCOME_EFFECT[] = {0, -0.35, 0.10, -0.9, -0.7};

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static int draw_level(struct random *random, const double *p, int n)
{
    double u = random_uniform(random);
    int level = 0;
    while (level < n - 1 && u >= p[level])
        u -= p[level++];
    return level;
}

static double draw_age(struct random *random)
{
    for (;;) {
        double age = round(45 + 15 * random_normal(random));
        if (age >= 18 && age <= 80)
            return age;
    }
}

static int draw_education(struct random *random, double age)
{
    static const double cut[] = {-1.2, 0.0, 0.6, 1.3};
    double latent = -0.015 * (age - 45) + random_normal(random);
    int rank = 0;
    while (rank < 4 && latent >= cut[rank])
        rank++;
    return rank;
}

static int draw_marital_status(struct random *random, double age)
{
    double partnership = random_uniform(random), single = random_uniform(random), rest = random_uniform(random);
    double widowed = 0.02 * fmax(0, age - 60);
    if (partnership < 0.015)
        return PARTNERSHIP;
    if (single < logistic((31 - age) / 5))
        return SINGLE;
    if (rest < widowed)
        return WIDOWED;
    return rest < widowed + 0.16 * (1 - widowed) ? DIVORCED : MARRIED;
}

static int draw_employment(struct random *random, double age)
{
    double u = random_uniform(random), v = random_uniform(random);
    if (age >= 66)
        return u < 0.93 ? RETIRED : SELF_EMPLOYED;
    if (age >= 60 && u < 0.30)
        return RETIRED;
    if (age < 25 && u < 0.45)
        return STUDENT;
    return v < 0.07 ? UNEMPLOYED : v < 0.19 ? SELF_EMPLOYED : EMPLOYED;
}

/* Exponential with mean 6 years, cut at the time since the sixteenth birthday. */
static double draw_employment_since(struct random *random, double age)
{
    double most = 1 - exp(-(age - 16) / 6);
    double years = -6 * log1p(-random_uniform(random) * most);
    return floor(REFERENCE_DAY - 365.25 * years);
}

static double draw_poisson(struct random *random, double mean)
{
    double u = random_uniform(random), p = exp(-mean), k = 0;
    while (u >= p && k < 50) {
        u -= p;
        p *= mean / ++k;
    }
    return k;
}

/* What a person owns and owes. */
static void draw_money(struct random *random, double *value, int education)
{
    double age = value[SIMULATED_AGE];
    int employment = (int)value[SIMULATED_EMPLOYMENT];
    double log_income = 7.25 + 0.17 * education + 0.012 * (fmin(age, 55) - 18) + INCOME_EFFECT[employment];
    value[SIMULATED_INCOME] = fmax(1, round(exp(log_income + 0.38 * random_normal(random))));
    value[SIMULATED_EXISTING_LOANS] = draw_poisson(random, age >= 30 && age < 60 ? 1.1 : 0.5);
    double debt = logistic(-1.7 + 0.4 * value[SIMULATED_EXISTING_LOANS] + 0.25 * (employment == UNEMPLOYED) +
                           0.6 * random_normal(random));
    value[SIMULATED_DEBT_RATIO] = round(1000 * debt) / 1000;
    value[SIMULATED_BALANCE] = round(100 * value[SIMULATED_INCOME] * (exp(0.9 * random_normal(random) - 0.2) - 0.35)) / 100;
}

/* The score is rounded to points and the bias is 20 whole points, so that rounding keeps the gap exact. */
static double draw_score(struct random *random, const double *value, int education)
{
    double merit = 0.3 * (education - 2) + 0.2 * (value[SIMULATED_AGE] - 45) / 15 - 1.5 * (value[SIMULATED_DEBT_RATIO] - 0.25);
    double noise = 0.65 * random_normal(random);
    return round(600 + 100 * (merit + noise)) + (value[SIMULATED_SEX] == FEMALE ? 100 * SCORE_BIAS : 0);
}

static double approval_probability(const double *value)
{
    double score = (value[SIMULATED_CREDIT_SCORE] - 600) / 100, income = (log(value[SIMULATED_INCOME]) - 7.8) / 0.5;
    double loans = value[SIMULATED_EXISTING_LOANS];
    int employment = (int)value[SIMULATED_EMPLOYMENT];
    return logistic(0.5 + 1.8 * score + 0.5 * income - 0.3 * loans - 0.9 * (employment == UNEMPLOYED) -
                    0.6 * loans * (employment == SELF_EMPLOYED) + 0.8 * score * (value[SIMULATED_AGE] < 30));
}

static unsigned draw_missing(struct random *random, const double *value)
{
    int employment = (int)value[SIMULATED_EMPLOYMENT];
    double income = random_uniform(random), marital = random_uniform(random), debt = random_uniform(random);
    unsigned missing = 0;
    if (employment != EMPLOYED && employment != SELF_EMPLOYED)
        missing |= 1u << SIMULATED_EMPLOYMENT_SINCE;
    if (income < 0.04)
        missing |= 1u << SIMULATED_INCOME;
    if (marital < 0.02)
        missing |= 1u << SIMULATED_MARITAL_STATUS;
    if (debt < (employment == SELF_EMPLOYED ? 0.30 : 0.05))
        missing |= 1u << SIMULATED_DEBT_RATIO;
    return missing;
}

void simulate_person(uint64_t seed, uint64_t row, struct simulated_person *person)
{
    struct random random;
    random_init(&random, seed, "population", 0, row);
    double *value = person->value;
    value[SIMULATED_SEX] = random_uniform(&random) < P_FEMALE ? FEMALE : MALE;
    value[SIMULATED_AGE] = draw_age(&random);
    int origin = draw_level(&random, P_ORIGIN, 4), base = draw_level(&random, P_REGION, 10);
    value[SIMULATED_ORIGIN] = origin;
    value[SIMULATED_REGION] = random_uniform(&random) < P_HOME ? HOME_REGION[origin] : base;
    int education = draw_education(&random, value[SIMULATED_AGE]);
    value[SIMULATED_EDUCATION] = EDUCATION_CODE[education];
    value[SIMULATED_MARITAL_STATUS] = draw_marital_status(&random, value[SIMULATED_AGE]);
    value[SIMULATED_EMPLOYMENT] = draw_employment(&random, value[SIMULATED_AGE]);
    value[SIMULATED_EMPLOYMENT_SINCE] = draw_employment_since(&random, value[SIMULATED_AGE]);
    draw_money(&random, value, education);
    value[SIMULATED_CREDIT_SCORE] = draw_score(&random, value, education);
    person->p_illness = logistic(-1.3 + 0.05 * (value[SIMULATED_AGE] - 45) + 0.8 * (value[SIMULATED_EMPLOYMENT] == UNEMPLOYED) -
                                 0.2 * (education - 2));
    value[SIMULATED_ILLNESS] = random_uniform(&random) < person->p_illness;
    person->p_approved = approval_probability(value);
    value[SIMULATED_APPROVED] = random_uniform(&random) < person->p_approved;
    person->missing = draw_missing(&random, value);
}
