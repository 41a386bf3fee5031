#ifndef PEOPLE_UNIT_ROW_H
#define PEOPLE_UNIT_ROW_H

/* unit_row -- what the files about units share: a unit with its past, folded from events. */

#include "people/unit.h"

enum { UNIT_CODE_MOST = 40, UNIT_NAME_MOST = 100, UNIT_DEPTH_MOST = 32 };
#define UNIT_SUBJECT "unit/"

typedef HY_VEC(struct unit_past) unit_past_vec;

struct unit_row {
	struct unit unit;
	int64_t seq; /* 0: no event yet */
	unit_past_vec past;
};
typedef HY_VEC(struct unit_row) unit_row_vec;

/* --- unit_fold.c: what events make of a unit; pure ------------------------------------------- */
/* Adds EV to R.  HY_TAMPERED when EV does not follow. */
enum hy_code unit_fold(struct hy_arena *a, struct unit_row *r, const struct record_event *ev,
		       struct hy_err *e) HY_MUST;

/* A unit's event, as data. */
struct unit_event {
	enum unit_move { UNIT_PUT, UNIT_CHANGE, UNIT_CLOSE, UNIT__MOVES } move;
	enum unit_kind kind;   /* PUT */
	hy_day from;	       /* UNIT_EVER: not said */
	hy_str name, parent;   /* PUT, CHANGE */
	hy_str successor;      /* CLOSE */
	hy_str origin, reason; /* may be empty */
};
hy_str unit_event_data(struct hy_arena *a, const struct unit_event *ev);
extern const hy_str unit_moves[UNIT__MOVES];
/* EV on R: the same as unit_fold() of what unit_event_data() wrote. */
void unit_apply(struct hy_arena *a, struct unit_row *r, const struct unit_event *ev);

/* --- unit_text.c: what may stand in a code and a name ------------------------------------------
 */
bool unit_code_ok(hy_str code);
enum hy_code unit_check_code(hy_str code, struct hy_err *e) HY_MUST;
/* 1..100 characters on one line; FIELD is named in the error. */
enum hy_code unit_check_line(const char *field, hy_str text, struct hy_err *e) HY_MUST;

/* --- unit_sql.c ---------------------------------------------------------------------------------
 */
/* With its past; *THERE_OUT tells whether there is one. */
enum hy_code unit_row_read(struct hy_arena *a, struct hy_db *db, hy_str code, struct unit_row *out,
			   bool *there_out, struct hy_err *e) HY_MUST;
enum hy_code unit_row_store(struct hy_db *db, const struct unit_row *r, int64_t *id_out,
			    struct hy_err *e) HY_MUST;
/* All, by code, each with its past. */
enum hy_code unit_rows(struct hy_arena *a, struct hy_db *db, unit_row_vec *out,
		       struct hy_err *e) HY_MUST;
/* Codes of the open units that stand in CODE now. */
enum hy_code unit_children(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str **out,
			   size_t *n_out, struct hy_err *e) HY_MUST;
/* Codes of the units that stand or stood in CODE. */
enum hy_code unit_ever_below(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str **out,
			     size_t *n_out, struct hy_err *e) HY_MUST;
/* The one below CODE that stood there longest: its code ("" none) and the day it left
 * (HY_NO_DAY: it is there). */
enum hy_code unit_last_child(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str *out,
			     hy_day *until_out, struct hy_err *e) HY_MUST;
/* An open post that stands in CODE; "" none. */
enum hy_code unit_open_post(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str *out,
			    struct hy_err *e) HY_MUST;

#endif
