#ifndef PEOPLE_POST_ROW_H
#define PEOPLE_POST_ROW_H

/* post_row -- what the files about posts share. */

#include "people/post.h"

#define POST_SUBJECT "post/"
#define ABSENCE_SUBJECT "absence/"
enum { POST_SEATS = 2, POST_HANDED_MOST = 2000, ABSENCE_NOTE_MOST = 200 };
extern const hy_str post_seat_ids[POST_SEATS]; /* "a", "b" */

struct post_held {
	enum post_seat seat;
	hy_ms from; /* until the next one of this seat */
	int64_t account;
};
typedef HY_VEC(struct post_held) post_held_vec;
struct post_row {
	struct post post;
	int64_t seq;
	post_held_vec held; /* by seat, then by from */
};
typedef HY_VEC(struct post_row) post_row_vec;

/* --- post_rule.c: pure ---------------------------------------------------------------------------
 */
/* Who has SEAT at T; 0: nobody. */
int64_t post_holder(const struct post_row *p, enum post_seat seat, hy_ms t);
/* The absence of ACCOUNT at T; NULL: present. */
const struct absence *post_away(const struct absence *v, size_t n, int64_t account, hy_ms t);
/* Who stands in for A of P at T (for the one seat that is filled, when that is B); 0: nobody,
 * because A is there or nobody may.  *FOR_OUT gets whom. */
int64_t post_acting(const struct post_row *p, const struct absence *v, size_t n, hy_ms t,
		    int64_t *for_out);
/* The invariant of post.h for P at every instant from FROM on, under the absences V. HY_NOT_NOW
 * says which post, when and what is to be done. */
enum hy_code post_rule_check(struct hy_arena *a, const struct hy_zone *zone,
			     const struct post_row *p, const struct absence *v, size_t n,
			     hy_ms from, struct hy_err *e) HY_MUST;
/* Puts H in its place; one of the same seat and instant is replaced. */
void post_held_put(struct hy_arena *a, post_held_vec *v, struct post_held h);

/* --- post_sql.c
 * ------------------------------------------------------------------------------------ */
enum hy_code post_row_read(struct hy_arena *a, struct hy_db *db, hy_str code, struct post_row *out,
			   bool *there_out, struct hy_err *e) HY_MUST;
/* All, by code. */
enum hy_code post_rows(struct hy_arena *a, struct hy_db *db, post_row_vec *out,
		       struct hy_err *e) HY_MUST;
enum hy_code post_row_store(struct hy_db *db, const struct post_row *r, struct hy_err *e) HY_MUST;
enum hy_code post_held_store(struct hy_db *db, hy_str code, const struct post_held *h,
			     struct hy_err *e) HY_MUST;
/* Open posts in which ACCOUNT has or will have a seat. */
enum hy_code post_of_account(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str **out,
			     size_t *n_out, struct hy_err *e) HY_MUST;
struct absence_row {
	struct absence absence;
	int64_t last_idx, seq;
	bool erased; /* what is private is gone */
};
typedef HY_VEC(struct absence_row) absence_row_vec;
enum hy_code absence_rows(struct hy_arena *a, struct hy_db *db, absence_row_vec *out,
			  struct hy_err *e) HY_MUST;
enum hy_code absence_row_read(struct hy_arena *a, struct hy_db *db, int64_t id,
			      struct absence_row *out, bool *there_out, struct hy_err *e) HY_MUST;
enum hy_code absence_row_store(struct hy_db *db, const struct absence_row *r,
			       struct hy_err *e) HY_MUST;
enum hy_code absence_next_id(struct hy_db *db, int64_t *out, struct hy_err *e) HY_MUST;

/* --- post.c
 * ------------------------------------------------------------------------------------------ */
/* Open posts of the unit FROM are in the unit TO. */
enum hy_code post_move_all(const struct unit_act *w, hy_str from, hy_str to,
			   struct hy_err *e) HY_MUST;

#endif
