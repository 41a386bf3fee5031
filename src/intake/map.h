#ifndef INTAKE_MAP_H
#define INTAKE_MAP_H

/* map -- how the columns of somebody's CSV become filings and dated moves; data, as YAML.
 *
 *	map: letters                    # prefix of the keys under which rows are known:
 *"letters:2549" kind: complaint                 # what is filed zone: "+08:00"                  #
 *of times without offset; absent: the calendar's encoding: auto                  # auto | utf-8 |
 *gb18030 delimiter: comma                # comma | semicolon | tab key: message_id # column, or
 *list of columns, that names a row for ever times: [iso, "%Y/%m/%d %H:%M"]  # how times are written
 *(strptime); absent: iso alone
 *
 *	unit:                           # the responsible unit, made when it is new
 *	  column: reply                 # a column with the name; with `find` a text that holds it
 *	  find: ['([一-龥]+局)$']       # PCRE2; the first that matches wins, group 1 is the name
 *	  strip: ['^请联系']             # taken out of what was found
 *	  values: {PWDx: Public Works}  # names for what was found
 *	  complete: [{name: '^县', from: title, find: '[A-M]\d+县'}]   # FIND's match for NAME's
 *	  refuse: ['^(有关|相关)']       # a name that matches is none: the search goes on
 *	  code: column                  # codes of units from this column; absent: made of the name
 *
 *	file:                           # the filing
 *	  at: message_time
 *	  by: citizen                   # the actor's role
 *	  fields:                       # field of the move: column, or how it is made
 *	    title: title
 *	    class: {column: type, values: {Sign Repair: sign}, otherwise: other}
 *	    body: {column: [text, title], cut: true}
 *	    unit: {unit: found}
 *	  set: {channel: web, limit: 15wd}
 *	moves:                          # what happened later, in order
 *	  - move: reply
 *	    at: reply_time
 *	    by: handler
 *	    when: {column: status, is: [Closed]}   # absent: `at` is not empty
 *	    fields: {text: reply}
 *	check:                          # compare the engine with what the source says
 *	  - name: deadline
 *	    clock: handle
 *	    due: target_dt
 *	    within: 120                 # seconds
 *	    verdict: ontime
 *	    values: {ONTIME: in_time, OVERDUE: late}
 *	    by: type
 *	    only: {column: type, is: [Sign Repair]}
 *
 * The vocabulary is one set of tables (map_keys.c); examples/README.md tells it at length.
 * A map is read without a city; intake_map_bind() then holds it against an institution.  Both
 * collect all messages with file:line:column. */

#include "pack/node.h"

struct intake_column {
	hy_str name;
	const struct pack_node *node; /* for messages */
	int at;			      /* in the header; set by intake_map_columns() */
};

struct intake_value { /* a row of a table of values */
	hy_str from, to;
	const struct pack_node *node; /* of TO */
};
struct intake_values {
	struct intake_value *v;
	size_t n;
	struct hy_map by_from;
	hy_str otherwise; /* .p NULL: what is not in the table is refused */
	const struct pack_node *otherwise_node;
};

/* True when one of the columns holds one of the words; without words: when it is not empty. */
struct intake_when {
	bool given, unit_found; /* UNIT_FOUND: when a unit was found, whatever the columns say */
	int column;		/* index into map->columns; -1: none */
	hy_str *words;
	size_t n_words;
};

struct intake_field {
	enum pack_field field;
	const struct pack_node *node;
	int *columns; /* the first one not empty counts */
	size_t n_columns;
	hy_str set; /* .p NULL: not a constant */
	bool unit;  /* the code of the unit found */
	bool cut;   /* cut to what the field can hold instead of refusing the row */
	char split; /* of a list; 0: none */
	bool has_values;
	struct intake_values values;
};

struct intake_step { /* the filing or a move */
	hy_str move; /* "" for the filing: the kind's filing move */
	const struct pack_node *node, *move_node, *role_node;
	int at; /* column */
	hy_str role;
	bool by_unit; /* the unit found made it */
	struct intake_when when;
	struct intake_field *fields;
	size_t n_fields;
};

struct intake_pattern; /* unit.c */
struct intake_complete {
	struct intake_pattern *name; /* applies to names that match */
	int from;		     /* column in which FIND is looked for */
	struct intake_pattern *find; /* its groups, or the whole match, replace what NAME matched */
};
struct intake_unit {
	bool given;
	int *columns; /* the text to search: all of them, a line each; the name: the first not empty
		       */
	size_t n_columns;
	int code; /* column; -1: made of the name */
	struct intake_pattern **find, **strip, **refuse;
	size_t n_find, n_strip, n_refuse;
	struct intake_complete *complete;
	size_t n_complete;
	bool has_values;
	struct intake_values values;
};

struct intake_check {
	hy_str name, clock;
	const struct pack_node *clock_node;
	int due, verdict, by; /* columns; -1: none */
	int within;	      /* seconds */
	struct intake_values values;
	struct intake_when only;
};

enum intake_encoding { INTAKE_AUTO, INTAKE_UTF8, INTAKE_GB18030 };
extern const char *const intake_encoding_names[]; /* "auto" "utf-8" "gb18030" */

struct intake_map {
	hy_str id, kind;
	const struct pack_node *kind_node;
	bool has_zone;
	struct hy_zone zone;
	enum intake_encoding encoding;
	char delimiter;
	int *key; /* columns */
	size_t n_key;
	hy_str *times; /* "iso" or a format of strptime(); end with a zero byte */
	size_t n_times;
	struct intake_unit unit;
	struct intake_step *steps; /* [0] is the filing */
	size_t n_steps;
	struct intake_check *checks;
	size_t n_checks;
	HY_VEC(struct intake_column) columns; /* all that are named anywhere */
	struct pack_doc doc;		      /* for messages */
};

/* Reads TEXT; SHOWN is the file's name in messages.  All messages go to MSGS; any error makes it
 * fail with HY_BAD_INPUT quoting the first.  Everything lives in A. */
enum hy_code intake_map_read(struct hy_arena *a, hy_str shown, hy_str text,
			     struct pack_messages *msgs, struct intake_map **out,
			     struct hy_err *e) HY_MUST;

/* Does the map fit the institution: kind, moves, fields, roles, words, clocks?  Sets the zone when
 * the map gives none. */
enum hy_code intake_map_bind(struct hy_arena *a, struct intake_map *m, const struct pack *p,
			     struct pack_messages *msgs, struct hy_err *e) HY_MUST;

/* Finds every named column in a header; HY_BAD_INPUT names the missing ones with near names. */
enum hy_code intake_map_columns(struct hy_arena *a, struct intake_map *m, const hy_str *header,
				size_t n, struct hy_err *e) HY_MUST;

/* --- values of a row --------------------------------------------------------------------- */

/* A row's cells by the header's position, as UTF-8 without blanks at both ends. */
struct intake_cells {
	const hy_str *v;
	size_t n;
};
static inline hy_str intake_cell(const struct intake_map *m, const struct intake_cells *c,
				 int column)
{
	return column < 0 ? (hy_str){ "", 0 } : c->v[m->columns.v[column].at];
}

/* S after the table of values; .p NULL: not in it.  An empty cell is looked up like others. */
hy_str intake_value_of(const struct intake_values *t, hy_str s);
bool intake_when_holds(const struct intake_map *m, const struct intake_when *w,
		       const struct intake_cells *c, bool unit_found);
/* A time as the map's formats write it. */
bool intake_time_read(const struct intake_map *m, hy_str s, hy_ms *out) HY_MUST;

#endif
