/* The short table on stdout: one row a candidate, then the gates that were not passed. */
#ifndef ASSAY_CLI_SUMMARY_H
#define ASSAY_CLI_SUMMARY_H

#include "core/json.h"

void summary_print(const cJSON *audit, struct strbuf *out);

#endif
