#ifndef MATTER_FOLD_H
#define MATTER_FOLD_H

/* fold -- what matter.c, clocks.c and check.c share about a fold in the making. */

#include "matter/matter.h"

/* A one-off notice 一次性告知 that stops a clock stops it on this ground. */
#define MATTER_CORRECTION HY_S("correction")

/* The system event of an erasing, as record/ demands it (RECORD_ERASED). */
#define MATTER_ERASED "system.erased"

/* What the catalogue said of the item that a filing names, beside the fields of the filing. */
#define MATTER_ITEM_NAME "item_name"
#define MATTER_ITEM_PLEDGED "item_pledged"     /* a limit, as the next one */
#define MATTER_ITEM_STATUTORY "item_statutory" /* resting on: */
#define MATTER_ITEM_BASIS "item_basis"

/* What it said, on the day of a charge, of the fee that was charged.  No standard: it lists no such
 * fee.  No most: its standard names no amount that a charge could be compared with. */
#define MATTER_FEE_STANDARD "fee_standard"
#define MATTER_FEE_MOST "fee_most" /* for the quantity that was charged */

/* The value of a field in an event, wherever the field's privacy puts it; NULL: absent. */
const json_t *matter_field(const struct matter_event *ev, enum pack_field f);
hy_str matter_field_text(const struct matter_event *ev, enum pack_field f);

/* The rule of DEF for class CLS; NULL: none (only a stated limit or date). */
const struct pack_rule *matter_clock_rule(const struct pack_clock *def, hy_str cls);

/* The latest running of clock DEF that has not stopped; NULL: none. */
struct matter_clock *matter_clock_running(const struct matter *m, const struct pack_clock *def);

/* Lets EV (already applied to state and fields; WAS_CLASS is the class before it) act on the
 * clocks; the dues are computed by matter_clocks_count(). */
enum hy_code matter_clocks_move(struct hy_arena *a, const struct matter_rules *rules,
				struct matter *m, const struct matter_event *ev, hy_str was_class,
				struct hy_err *e) HY_MUST;
enum hy_code matter_clocks_count(struct hy_arena *a, const struct matter_rules *rules,
				 struct matter *m, struct hy_err *e) HY_MUST;

/* System events that move a matter without a move of its kind (reform.h). */
#define MATTER_EV_UNIT HY_S("system.unit") /* the unit ended: data {from, to} */
#define MATTER_EV_HANDED                                                                           \
	HY_S("system.handed") /* a seat changed hands: data {post}, private {person} */

#endif
