#ifndef PEOPLE_SETTING_PART_H
#define PEOPLE_SETTING_PART_H

/* setting_part -- what the files about settings share; nobody else includes it. */

#include "people/setting.h"

struct setting_value {
	int64_t n;   /* INT, BOOL; DURATION in seconds */
	hy_str text; /* as typed */
};
/* HY_BAD_FIELD says what may be typed. */
enum hy_code setting_value_read(const struct setting *s, hy_str text, struct setting_value *out,
				struct hy_err *e) HY_MUST;
/* Canonical: "60m" is "1h". */
hy_str setting_value_text(struct hy_arena *a, const struct setting *s,
			  const struct setting_value *v);
bool setting_value_weaker(const struct setting *s, const struct setting_value *v);
/* HY_BAD_INPUT names what is wrong in a row. */
enum hy_code setting_row_check(const struct setting *s, struct hy_err *e) HY_MUST;

/* The transaction of DB has changed settings by event IDX: until it is over nothing is taken from
 * memory. */
void setting_changed(struct hy_db *db, int64_t idx);

#endif
