#ifndef PEOPLE_POST_FOLD_H
#define PEOPLE_POST_FOLD_H

/* post_fold -- what events make of a post and of an absence; pure. */

#include "people/post_row.h"

struct post_event {
	enum post_move { POST_PUT, POST_SEAT, POST_CLOSE, POST__MOVES } move;
	hy_str title, role, unit, reason; /* PUT */
	enum post_seat seat;		  /* SEAT */
	hy_ms from;			  /* SEAT, CLOSE */
	int64_t holder;			  /* SEAT; private */
	const hy_str *matters;		  /* SEAT */
	size_t n_matters;
	int64_t account; /* of who does it; private */
};
extern const hy_str post_moves[POST__MOVES];
hy_str post_event_data(struct hy_arena *a, const struct post_event *ev);
hy_str post_event_private(struct hy_arena *a, const struct post_event *ev);
void post_apply(struct hy_arena *a, struct post_row *r, const struct post_event *ev);
/* *ERASED_OUT: the holder is not known any more. */
enum hy_code post_fold(struct hy_arena *a, struct post_row *r, const struct record_event *ev,
		       bool *erased_out, struct hy_err *e) HY_MUST;

#define ABSENCE_AWAY HY_S("away")
#define ABSENCE_BACK HY_S("back")
/* POSTS: those whose holder it concerns. */
hy_str absence_data(struct hy_arena *a, const struct absence *ab, const hy_str *posts, size_t n);
hy_str absence_private(struct hy_arena *a, const struct absence *ab, int64_t account);
hy_str absence_back_data(struct hy_arena *a, hy_ms until);
enum hy_code absence_fold(struct hy_arena *a, struct absence_row *r, const struct record_event *ev,
			  struct hy_err *e) HY_MUST;

#endif
