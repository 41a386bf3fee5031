#ifndef PACK_SCHEMA_H
#define PACK_SCHEMA_H

/* schema -- the vocabulary of packs as tables: which files a folder may hold, which keys each
 * mapping knows, what stands behind a key.
 *
 * From these rows come the check of a file's shape with its messages (shape.c) and the JSON
 * Schema for editors (shape_json.c).  What rows cannot say (references, dates that overlap)
 * is checked while loading. */

#include "pack/node.h"

enum pack_shape_type {
	/* scalars */
	SHAPE_ID,
	SHAPE_RULE,
	SHAPE_PREFIX,
	SHAPE_LINE,
	SHAPE_FLAG,
	SHAPE_INT,
	SHAPE_DAY,
	SHAPE_INSTANT,
	SHAPE_LOCAL,
	SHAPE_DUE,
	SHAPE_LIMIT,
	SHAPE_LIMIT_OR_NULL,
	SHAPE_TIME,
	SHAPE_SPAN,
	SHAPE_OFFSET,
	SHAPE_WORD,
	SHAPE_PERCENT,
	SHAPE_POINTS,
	SHAPE_MEASURE,
	/* containers */
	SHAPE_DATA,   /* a scalar or a list of scalars */
	SHAPE_LIST,   /* of .item */
	SHAPE_MAP,    /* with .keys */
	SHAPE_KEYED,  /* id (or what .other says) -> .item */
	SHAPE_EITHER, /* a scalar as .item, else as .other */
	SHAPE__TYPES
};

struct pack_shape {
	enum pack_shape_type type;
	const char *about;	     /* "a move"; of a scalar the place in words or NULL */
	const char *name;	     /* of a mapping: its name in $defs */
	int least, most;	     /* INT: value; LINE: characters; LIST: items */
	const char *const *words;    /* WORD: ends with NULL */
	const struct pack_key *keys; /* MAP: ends with a NULL name */
	const struct pack_shape *item, *other;
};
struct pack_key {
	const char *name;
	const struct pack_shape *shape;
	bool required;
	const char *about; /* for the JSON Schema */
};

enum pack_place_id {
	PLACE_PACK,
	PLACE_HOURS,
	PLACE_STATUTE,
	PLACE_NOTICE,
	PLACE_REGION,
	PLACE_LISTS,
	PLACE_RULES,
	PLACE_LADDERS,
	PLACE_KIND,
	PLACE_PLEDGES,
	PLACE_SCHEME,
	PLACE_TESTS,
	PACK__PLACES
};
struct pack_place {	     /* where a file may stand in a folder */
	const char *path;    /* exact, or with * for one or more characters without '.' */
	const char *pattern; /* the same as a regular expression, for the JSON Schema */
	enum pack_place_id id;
	const struct pack_shape *shape;
	const char *about;
};
extern const struct pack_place pack_places[];
extern const size_t pack_n_places;
/* The row for PATH; NULL: no such file in a pack. */
const struct pack_place *pack_place_of(hy_str path);
extern const struct pack_shape pack_shape_holiday; /* holiday-cn JSON */
extern const struct pack_shape pack_shape_notice;
extern const struct pack_shape pack_shape_text;	  /* three languages */
extern const struct pack_shape pack_shape_scheme; /* schema_scheme.c */
extern const char *const pack_light_names[];	  /* by enum hy_light */
extern const char *const pack_weekday_names[];	  /* by hy_weekday() */

/* How a scalar is written: for messages and the JSON Schema. */
struct pack_leaf {
	const char *expected; /* "a day such as 2026-10-01" */
	bool (*ok)(const struct pack_shape *, const struct pack_node *);
	const char *json; /* members of its JSON Schema */
};
extern const struct pack_leaf pack_leaves[SHAPE__TYPES];

/* Checks N against S; every breach is a message.  False when there was one. */
bool pack_shape_check(struct pack_log *l, const struct pack_doc *d, const struct pack_node *n,
		      const struct pack_shape *s);

#endif
