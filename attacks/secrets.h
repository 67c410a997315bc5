/* Which columns attacks guess, and which they know: one rule for reconstruction, attribute disclosure, linkability and
 * inference. */
#ifndef ASSAY_ATTACKS_SECRETS_H
#define ASSAY_ATTACKS_SECRETS_H

#include "datasets/dataset.h"

/* Columns with any of these roles that attacks can work on: quantity or levels, neither ignored nor a key. Writes at most
 * `capacity`, returns how many it wrote. */
size_t attack_columns_with_role(const struct schema *schema, unsigned roles, size_t *columns, size_t capacity);

/* Columns named with --secret; without it every secret and every sensitive column, and the target where the schema names no
 * secret. text: columns of free text take part too. Writes at most `capacity`, returns how many; *named: --secret said which.
 */
size_t attack_secrets_choose(const struct dataset *data, bool text, size_t *columns, size_t capacity, bool *named);

/* What the attacker knows of everybody: the quasi-identifiers, else all measured columns; without the secret (SIZE_MAX:
 * none). columns: room for all columns of the schema. Returns how many. */
size_t attack_known_columns(const struct schema *schema, size_t secret, size_t *columns);

#endif
