#include "matter/listed.h"

#include <stdio.h>

#include "matter/fold.h"

static enum hy_code once(const json_t *codes, size_t i, struct hy_err *e)
{
	const char *code = json_string_value(json_array_get(codes, i));

	for (size_t k = 0; k < i; k++)
		if (strcmp(json_string_value(json_array_get(codes, k)), code) == 0)
			return hy_fail(e, HY_BAD_FIELD, "matters", "%s is named twice", code);
	return HY_OK;
}

/* The field KEY of EV is VALUE, or there was another one. */
static enum hy_code same(struct matter_event *ev, enum pack_field f, hy_str value, struct hy_err *e)
{
	hy_str had = matter_field_text(ev, f);

	if (value.n == 0 || hy_str_eq(had, value))
		return HY_OK;
	if (had.n)
		return hy_fail(e, HY_BAD_FIELD, "matters",
			       "these matters are about different units or persons; name those "
			       "about one of them");
	json_object_set_new((json_t *)(uintptr_t)ev->private, pack_fields[f].name,
			    json_stringn(value.p, value.n));
	return HY_OK;
}

static void guard(struct matter_event *ev, enum pack_guard least)
{
	hy_str word = matter_field_text(ev, PACK_GUARD);
	enum pack_guard has = word.n ? pack_guard_of(word) : PACK_NORMAL;

	if (has < least)
		json_object_set_new((json_t *)(uintptr_t)ev->private, pack_fields[PACK_GUARD].name,
				    json_string(pack_guard_names[least]));
}

enum hy_code listed_kept(struct hy_db *db, struct hy_arena *a, const struct access_scope *scope,
			 bool files, struct matter_event *ev, struct hy_err *e)
{
	const json_t *codes = json_object_get(ev->data, pack_fields[PACK_MATTERS].name);
	enum hy_code code = HY_OK;

	for (size_t i = 0; !code && i < json_array_size(codes); i++) {
		struct matter_row r;
		code = once(codes, i, e);
		if (!code)
			code = matter_row(a, db, scope,
					  hy_str_of(json_string_value(json_array_get(codes, i))),
					  &r, e);
		if (code == HY_NOT_FOUND) { /* part of what was sent, not of the address */
			e->code = code = HY_BAD_FIELD;
			snprintf(e->field, sizeof(e->field), "matters");
		}
		if (code || !files)
			continue;
		guard(ev, r.guard);
		code = same(ev, PACK_ABOUT_UNIT, r.about_unit, e);
		if (!code)
			code = same(ev, PACK_ABOUT_PERSON, r.about_person, e);
	}
	return code;
}
