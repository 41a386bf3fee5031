#ifndef MATTER_CUSTODIAN_JSON_H
#define MATTER_CUSTODIAN_JSON_H

/* custodian_json -- a custodian as the API and `huiyin custodian list --json` tell it. */

#include "base/json.h"
#include "people/custodian.h"

/* LOGIN: of the account; empty when there is none. */
void custodian_json(struct hy_json *j, const struct custodian *k, hy_str login);

/* "" when it has none. */
enum hy_code custodian_login(struct hy_arena *a, struct hy_db *db, const struct custodian *k,
			     hy_str *out, struct hy_err *e) HY_MUST;

#endif
