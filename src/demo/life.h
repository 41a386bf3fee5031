#ifndef DEMO_LIFE_H
#define DEMO_LIFE_H

/* life -- one matter from its filing to where it stands at the city's now. */

#include "base/map.h"
#include "demo/plan.h"
#include "demo/texts.h"
#include "matter/matter_store.h"

/* The last matter others may be joined to, per kind with a table; kept between batches.  Views live
 * as long as the city's arena. */
struct life_lead {
	hy_str code;
	const struct demo_subject *subject;
	struct scene scene;
	int unit;
	hy_ms filed_at, replied_at, closed_at; /* HY_NO_TIME: not */
	hy_str reply, ground, role, seat, by;  /* of the answer; the ground of the close */
	hy_str close_role, close_seat, close_by;
};

struct life_city {
	struct city *city;
	const hy_hash *seed;
	hy_ms now;
	struct hy_arena *a;  /* lives as long as the making */
	struct hy_map items; /* of the catalogue, that matters may name: by code */
};

/* Makes T inside work; LEAD is that of its kind and is changed. */
enum hy_code life_make(const struct life_city *lc, struct hy_db *db, const struct demo_task *t,
		       struct life_lead *lead, struct hy_err *e) HY_MUST;

/* The clock that is injected into the city: stands at what happens just now. */
void life_clock_set(hy_ms at);
int64_t life_clock(void);

/* --- shared by life.c and move.c ----------------------------------------------------------------
 */
struct life {
	const struct life_city *lc;
	struct hy_db *db;
	struct hy_arena *a; /* of this matter */
	const struct demo_task *task;
	const struct demo_subject *subject;
	struct scene scene;
	struct draw d;
	int unit;     /* for whom it is meant */
	hy_str asker; /* "" when nameless */
	hy_str cls;   /* at filing; "" none */
	int64_t id;
	hy_str code;
	struct matter *m;
	hy_ms t;
};

/* Who makes MV and with which fields: sets role, unit, name and data of *OUT. */
void life_move(struct life *l, const struct pack_move *mv, const struct demo_step *row, hy_ms at,
	       struct matter_move *out);

#endif
