#ifndef SERVICE_ITEM_ROW_H
#define SERVICE_ITEM_ROW_H

/* item_row -- what the files about items share: an item folded from its events. */

#include "service/item.h"

#define ITEM_SUBJECT "item/"
extern const struct hy_migration item_migrations[];

enum item_move { ITEM_PUT, ITEM_MOVE_CUT, ITEM_MERGE, ITEM_HAND_DOWN, ITEM_RESTORE, ITEM__MOVES };
extern const hy_str item_moves[ITEM__MOVES];

struct item_event {
	enum item_move move;
	hy_day from;
	hy_str document, reason, target;
	const struct item_content *content; /* PUT */
};
hy_str item_event_data(struct hy_arena *a, const struct item_event *ev);
/* EV on IT, made by the event IDX: the same as item_fold() of what item_event_data() wrote. */
void item_apply(struct hy_arena *a, struct item *it, const struct item_event *ev, int64_t idx);
/* Adds EV to IT.  HY_TAMPERED when EV does not follow. */
enum hy_code item_fold(struct hy_arena *a, struct item *it, const struct record_event *ev,
		       struct hy_err *e) HY_MUST;

/* item_list()'s query, for those who ask how it is carried out. */
extern const char item_list_sql[];

/* The hooks of service_room (matter/matter_store.h). */
enum hy_code item_fee_of(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str fee, hy_day on,
			 struct city_fee *out, struct hy_err *e) HY_MUST;
enum hy_code item_of_filing(struct hy_arena *a, struct hy_db *db, hy_str code, hy_day on,
			    struct city_item *out, struct hy_err *e) HY_MUST;
enum hy_code item_found_demo(struct city *c, const char *const *packs, hy_day until,
			     struct hy_err *e) HY_MUST;

bool item_code_ok(hy_str code);
/* *THERE_OUT tells whether there is one. */
enum hy_code item_find(struct hy_arena *a, struct hy_db *db, hy_str code, struct item *out,
		       bool *there_out, struct hy_err *e) HY_MUST;
/* Writes the item and its last version. */
enum hy_code item_store(struct hy_arena *a, struct hy_db *db, const struct item *it,
			struct hy_err *e) HY_MUST;

typedef HY_VEC(struct item) item_vec;
/* All with all versions, by code; RAW as the table has them. */
enum hy_code item_all(struct hy_arena *a, struct hy_db *db, item_vec *out,
		      struct hy_err *e) HY_MUST;

#endif
