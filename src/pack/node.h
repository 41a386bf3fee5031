#ifndef PACK_NODE_H
#define PACK_NODE_H

/* node -- one YAML file as a small tree that remembers where everything stood, and the
 * messages about it.
 *
 * libyaml reads; this keeps what packs need: scalars, lists and mappings.  Anchors, aliases,
 * tags, further documents and deep nesting are refused while reading, before they cost
 * anything. */

#include "base/map.h"
#include "pack/pack.h"

enum {
	PACK_FILE_MOST = 1 << 20, /* bytes in one file */
	PACK_ALL_MOST = 8 << 20,  /* bytes in one folder */
	PACK_DEPTH_MOST = 32,
	PACK_NODES_MOST = 500000, /* in one build */
	PACK_SHOWN_MOST = 200,	  /* messages shown */
	PACK_KEPT_MOST = 2000	  /* messages kept until they are sorted */
};

enum pack_node_kind { PACK_SCALAR, PACK_SEQ, PACK_MAPPING };
struct pack_node {
	enum pack_node_kind kind;
	bool plain;	      /* a scalar without quotes */
	int line, column;     /* from 1 */
	hy_str s;	      /* of a scalar */
	struct pack_node **v; /* items; in a mapping key, value, key, value ... */
	size_t n;
};

/* Where messages go; also counts what one build has read. */
struct pack_log {
	struct hy_arena *a; /* of the messages */
	struct pack_messages *msgs;
	size_t dropped, nodes;
};

struct pack_doc {     /* one file while it is read */
	hy_str shown; /* "base/kinds/licence.yaml" */
	hy_str path, text;
	struct pack_node *root;
};

/* Writes one message at N of D (N NULL: line 1). */
void pack_wrong(struct pack_log *l, const struct pack_doc *d, const struct pack_node *n,
		const char *fmt, ...) HY_PRINTF(4, 5);
void pack_warn(struct pack_log *l, const struct pack_doc *d, const struct pack_node *n,
	       const char *fmt, ...) HY_PRINTF(4, 5);
/* Sorts by file and line and cuts to PACK_SHOWN_MOST and one that says how many more. */
void pack_log_end(struct pack_log *l);
/* Are further messages only counted?  Then their text is not worth making. */
static inline bool pack_log_full(const struct pack_log *l)
{
	return l->msgs->n >= PACK_KEPT_MOST;
}
/* HY_OK when there was no error, else HY_BAD_PACK quoting the first. */
enum hy_code pack_log_code(const struct pack_log *l, struct hy_err *e) HY_MUST;

/* "; did you mean "x"?", or the known names when they are few, or "". */
hy_str pack_near(struct hy_arena *a, const struct hy_map *known, hy_str name);

/* Reads D->text into D->root; nodes live in A, what scalars say in TEXTS.  False, with a
 * message, when it cannot be read. */
bool pack_node_read(struct hy_arena *a, struct hy_arena *texts, struct pack_log *l,
		    struct pack_doc *d);

/* The value of KEY in mapping M; NULL when absent or M is none. */
const struct pack_node *pack_node_get(const struct pack_node *m, const char *key);
bool pack_node_is_null(const struct pack_node *n); /* absent, empty, ~ or null */

/* What a checked tree holds (pack/schema.h); the given default when the key is absent. */
hy_str pack_node_str(const struct pack_node *m, const char *key);
bool pack_node_flag(const struct pack_node *m, const char *key, bool otherwise);
int pack_node_int(const struct pack_node *m, const char *key, int otherwise);
struct hy_limit pack_node_limit(const struct pack_node *m, const char *key);
hy_day pack_node_day(const struct pack_node *m, const char *key, hy_day otherwise);
struct pack_text pack_node_text(const struct pack_node *m, const char *key);
/* The scalars of a list; N_OUT 0 when absent. */
hy_str *pack_node_strs(struct hy_arena *a, const struct pack_node *list, size_t *n_out);
/* "17:30" in ms since 00:00. */
bool pack_time_read(hy_str s, int *out) HY_MUST;
/* "+08:00" in seconds. */
bool pack_offset_read(hy_str s, int *out) HY_MUST;

#endif
