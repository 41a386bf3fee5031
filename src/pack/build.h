#ifndef PACK_BUILD_H
#define PACK_BUILD_H

/* build -- one institution while it is put together.
 *
 * First every file is read and its shape checked; when all are well formed the things in
 * them are gathered by id (later folders replace), made into structs and checked against
 * each other.  Loaders may rely on the shape of what they read, and on nothing else. */

#include "pack/schema.h"

struct pack_item { /* something with an id, and where it stands */
	hy_str id;
	const struct pack_node *node;
	const struct pack_doc *doc;
	size_t source;
	void *made; /* what the loader made of it */
};
struct pack_items {
	HY_VEC(struct pack_item *) list; /* in order of first appearance */
	struct hy_map by_id;
};

/* A value with dates, and where it stands. */
struct pack_dated {
	hy_str cls; /* of a pledge; values of different classes have nothing to do with each other
		     */
	struct pack_value v;
	const struct pack_doc *doc;
	const struct pack_node *at;
	bool open; /* no `until` was written */
};

struct pack_build {
	struct hy_arena *a;   /* of the pack */
	struct hy_arena *tmp; /* until the build ends */
	struct pack_log log;
	struct pack *p;
	struct pack_doc *docs; /* every file, then the further notices */
	size_t n_docs;
	struct pack_items rules, kinds, ladders, schemes, tests, notices, regions,
		lists[PACK__LISTS];
	HY_VEC(struct pack_item) pledges;	  /* of all folders; id: the kind */
	struct pack_item *hours, *statute, *pack; /* of the last folder that has one */
	hy_str region;				  /* overlay in force; "" none */
};

/* Adds an item; the same id in the same folder is an error, in a later one replaces. */
void pack_add(struct pack_build *b, struct pack_items *to, const char *what, hy_str id,
	      const struct pack_node *at, const struct pack_node *node, const struct pack_doc *d,
	      size_t source);
void pack_items_sort(struct pack_items *items); /* by id */
struct pack_item *pack_item_of(const struct pack_items *items, hy_str id);
/* What the item of that id was made into; NULL and a message with near names when unknown. */
void *pack_refer(struct pack_build *b, const struct pack_items *items, const char *what,
		 const struct pack_doc *d, const struct pack_node *n);
/* Is N a word of the list?  The role "system" always is. */
bool pack_refer_word(struct pack_build *b, enum pack_list list, const struct pack_doc *d,
		     const struct pack_node *n);
/* The same for all scalars of LIST (may be NULL). */
void pack_refer_words(struct pack_build *b, enum pack_list list, const struct pack_doc *d,
		      const struct pack_node *scalars);

/* Items into structs; in this order. */
void pack_load_calendar(struct pack_build *b);
void pack_load_lists(struct pack_build *b);
void pack_load_rules(struct pack_build *b);
void pack_load_ladders(struct pack_build *b);
void pack_load_kinds(struct pack_build *b);
void pack_load_pledges(struct pack_build *b);
void pack_load_schemes(struct pack_build *b);
void pack_load_tests(struct pack_build *b);

struct pack_dated pack_dated_read(struct pack_build *b, const struct pack_doc *d,
				  const struct pack_node *n);
/* In order by class and date; an absent `until` is the next one's `from`.  WHAT: "value". */
void pack_dated_order(struct pack_build *b, const char *what, struct pack_dated *v, size_t n);

/* What one kind must fulfil as a whole (check.c). */
void pack_check_kind(struct pack_build *b, const struct pack_doc *d, const struct pack_node *n,
		     const struct pack_kind *k);

/* --- notices (notice.c), used by the build and by `calendar import` ----------------- */
struct pack_notice {
	int year;
	hy_str ref;
	const int *covers;
	size_t n_covers;
	struct hy_calendar_day *days;
	const struct pack_node **at; /* where each day stands */
	size_t n_days;
};
/* Is this holiday-cn JSON rather than our YAML? */
bool pack_is_holiday(const struct pack_node *root);
bool pack_notice_check(struct pack_log *l, const struct pack_doc *d);
/* From a checked file. */
struct pack_notice pack_notice_make(struct hy_arena *a, const struct pack_node *root);

#endif
