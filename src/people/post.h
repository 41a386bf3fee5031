#ifndef PEOPLE_POST_H
#define PEOPLE_POST_H

/* post -- what a person does in a unit: a role, with an A and a B holder, absence and acting.
 *
 * A 角 is responsible; B 角 stands in while A is away, with A's powers, and it is recorded that it
 * was acting.  Holders are account ids, nothing more is known of them here, and they stand in the
 * private part of events only.  A seat changes hands at an instant (hand-over), also a coming one.
 *
 * An absence belongs to a person and concerns every seat that person has while it lasts.
 * Invariant, from any change on: A and B of a post are never away together; where one seat alone
 * is filled, its holder's absence has a substitute; who stands in is never away meanwhile.
 *
 * Events: "post/CODE" (post, seat, close), "absence/N" (away, back).  Since a post gives a role,
 * each change of one, and each substitute that is named, also stands in the audit trail
 * (security.h). */

#include "people/unit.h"

extern const struct hy_migration post_migrations[];

enum post_seat { POST_A, POST_B };

struct post {
	int64_t id;
	hy_str code;  /* as of a unit */
	hy_str title; /* 1..100 characters */
	hy_str role;  /* one of the pack's roles; the caller checks that it exists */
	hy_str unit;  /* code */
	bool open;
	int64_t last_idx;
	int64_t holder[2]; /* account ids at the asked instant, by enum post_seat; 0: vacant */
	hy_ms since[2];	   /* 0 when vacant since ever */
};

/* --- posts (inside work) ------------------------------------------------------------------------
 */
struct post_new {
	hy_str code, title, role, unit;
};
struct pack;
/* Is ROLE one that a person can hold, and no administrator's (those are granted by two people)? */
enum hy_code post_role_check(const struct pack *p, hy_str role, struct hy_err *e) HY_MUST;
/* Makes the post or changes what differs; *CHANGED_OUT (may be NULL) tells. */
enum hy_code post_put(const struct unit_act *w, const struct post_new *n, bool *changed_out,
		      struct hy_err *e) HY_MUST;
/* Both seats become vacant at W->at. */
enum hy_code post_close(const struct unit_act *w, hy_str code, struct hy_err *e) HY_MUST;
/* ACCOUNT (0: nobody) has SEAT from the instant FROM on.  Later hand-overs of the seat that were
 * entered already are refused (HY_NOT_NOW).  MATTERS: codes of the open matters handed over, in the
 * event. */
enum hy_code post_hand_over(const struct unit_act *w, hy_str code, enum post_seat seat,
			    int64_t account, hy_ms from, const hy_str *matters, size_t n_matters,
			    struct hy_err *e) HY_MUST;

/* Both seats at W->at, by enum post_seat, as post_hand_over() does one: A and B may change places.
 */
enum hy_code post_seat_both(const struct unit_act *w, hy_str code, const int64_t holder[2],
			    struct hy_err *e) HY_MUST;

/* --- absence (inside work)
 * ------------------------------------------------------------------------ */
enum absence_kind {
	ABSENCE_OUT,
	ABSENCE_MEETING,
	ABSENCE_TRAINING,
	ABSENCE_LEAVE,
	ABSENCE_SICK,
	ABSENCE__KINDS
};
struct absence_kind_row {
	hy_str id;	 /* "out" ... */
	hy_str title[3]; /* zh-CN, zh-Hant, en */
};
extern const struct absence_kind_row absence_kinds[ABSENCE__KINDS];
bool absence_kind_of(hy_str id, enum absence_kind *out) HY_MUST;

struct absence {
	int64_t id; /* from 1 */
	int64_t account;
	enum absence_kind kind;
	hy_ms from, until;  /* from <= t < until */
	int64_t substitute; /* account; 0: the other seat of each post */
	hy_str note;	    /* private */
};
/* Refused with HY_NOT_NOW, naming post and time, when somebody needed would be missing. */
enum hy_code absence_add(const struct unit_act *w, const struct absence *ab, int64_t *id_out,
			 struct hy_err *e) HY_MUST;
/* Back at W->at (or, when it has not begun, not away at all). */
enum hy_code absence_end(const struct unit_act *w, int64_t id, struct hy_err *e) HY_MUST;

/* --- reading
 * --------------------------------------------------------------------------------------- */
enum hy_code post_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, hy_ms now,
			  struct post *out, struct hy_err *e) HY_MUST;
/* The query of post_list() for one unit, and of absence_list() for all and for one, for those who
 * ask how it is carried out. */
extern const char post_of_unit_sql[], absence_all_sql[], absence_of_account_sql[];
/* Those of UNIT ("": all), closed ones too, by code. */
enum hy_code post_list(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_ms now,
		       struct post **out, size_t *n_out, struct hy_err *e) HY_MUST;
/* Of ACCOUNT (0: everybody) that touch FROM <= t < UNTIL, by beginning. */
enum hy_code absence_list(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms from,
			  hy_ms until, struct absence **out, size_t *n_out,
			  struct hy_err *e) HY_MUST;
enum hy_code absence_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct absence *out,
			   struct hy_err *e) HY_MUST;

/* The units of the open posts in which ACCOUNT has or will have a seat. */
enum hy_code post_units(struct hy_arena *a, struct hy_db *db, int64_t account, hy_str **out,
			size_t *n_out, struct hy_err *e) HY_MUST;

/* What ACCOUNT may do at NOW by its posts: as A holder; as B or substitute while it stands in. */
struct post_grant {
	hy_str post, role, unit;
	bool acting;
	int64_t acting_for; /* account of A; 0 when the seat is vacant */
};
enum hy_code post_grants(struct hy_arena *a, struct hy_db *db, int64_t account, hy_ms now,
			 struct post_grant **out, size_t *n_out, struct hy_err *e) HY_MUST;

/* Who sits where: for post plates and the board of whereabouts 去向. */
struct post_plate {
	struct post post;
	struct {
		int64_t account; /* 0: vacant */
		bool away;
		enum absence_kind kind;
		hy_ms since, until; /* of the absence */
	} seat[2];
	int64_t acting; /* who stands in for A now; 0: A is present, or nobody does */
};
enum hy_code post_plates(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_ms now,
			 struct post_plate **out, size_t *n_out, struct hy_err *e) HY_MUST;

/* Who took the seats of UNIT in which ACCOUNT ever sat, by seat, post and time; account 0: nobody.
 */
struct post_turn {
	hy_str post, title;
	int64_t seat, account;
	hy_ms from;
};
struct post_turns {
	const struct post_turn *v;
	size_t n;
	int64_t account;
};
enum hy_code post_turns(struct hy_arena *a, struct hy_db *db, hy_str unit, int64_t account,
			struct post_turns *out, struct hy_err *e) HY_MUST;
/* The title of the post of which the account had a seat at AT, A before B; "": none. */
hy_str post_title_at(const struct post_turns *t, hy_ms at);

/* --- checking
 * --------------------------------------------------------------------------------------- */
/* Compares posts, seats and absences with their events. */
enum hy_code post_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
		       struct hy_err *e) HY_MUST;

#endif
