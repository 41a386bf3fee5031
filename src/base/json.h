#ifndef HY_BASE_JSON_H
#define HY_BASE_JSON_H

/* json -- JSON out without a tree, JSON in with Jansson.
 *
 * The writer produces compact RFC 8259 text; when the caller writes keys in
 * ascending order it is also the canonical form of RFC 8785 (integers only).
 * hy_json_value() always writes canonically. */

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

struct hy_json {
	struct hy_buf *b;
	bool comma; /* the next element needs one */
};

static inline struct hy_json hy_json_on(struct hy_buf *b)
{
	return (struct hy_json){ .b = b };
}

void hy_json_obj(struct hy_json *j);	 /* {  */
void hy_json_obj_end(struct hy_json *j); /* }  */
void hy_json_arr(struct hy_json *j);
void hy_json_arr_end(struct hy_json *j);
void hy_json_key(struct hy_json *j, const char *key);
void hy_json_str(struct hy_json *j, hy_str s); /* bytes that are no UTF-8 become U+FFFD */
void hy_json_int(struct hy_json *j, int64_t v);
void hy_json_bool(struct hy_json *j, bool v);
void hy_json_null(struct hy_json *j);
void hy_json_raw(struct hy_json *j, hy_str json); /* JSON text made elsewhere */

/* Key and value in one go. */
void hy_json_kstr(struct hy_json *j, const char *key, hy_str s);
void hy_json_kint(struct hy_json *j, const char *key, int64_t v);
void hy_json_kbool(struct hy_json *j, const char *key, bool v);
void hy_json_knull(struct hy_json *j, const char *key);

/* A Jansson value in canonical form (keys sorted by bytes).  Reals are written with %.17g. */
void hy_json_value(struct hy_json *j, const json_t *v);
hy_str hy_json_canonical(struct hy_arena *a, const json_t *v);

/* Reads TEXT.  Refuses duplicate keys, what is no UTF-8 and nesting beyond Jansson's
 * 2048; an error names line and column.  The value is released with the arena. */
enum hy_code hy_json_read(struct hy_arena *a, hy_str text, json_t **out, struct hy_err *e) HY_MUST;

/* V, released with the arena from now on. */
json_t *hy_json_keep(struct hy_arena *a, json_t *v);
json_t *hy_json_object(struct hy_arena *a); /* empty, released with the arena */
void hy_json_put(json_t *o, const char *key, hy_str v);

/* Do these eight bytes of a text stand for themselves?  False means only that they must be looked
 * at one by one. */
static inline bool hy_json_plain8(uint64_t w)
{
	const uint64_t ones = UINT64_MAX / 255, tops = ones << 7;
	uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';

	return !(
		(((w - ones * 0x20) & ~w) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) &
		tops);
}

/* The string VALUE of KEY in an object, the empty view when absent or no string. */
hy_str hy_json_get(const json_t *obj, const char *key);
/* The integer, or OTHERWISE when absent or no integer. */
int64_t hy_json_get_int(const json_t *obj, const char *key, int64_t otherwise);

#endif
