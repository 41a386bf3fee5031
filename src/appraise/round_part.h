#ifndef APPRAISE_ROUND_PART_H
#define APPRAISE_ROUND_PART_H

/* round_part -- what the SQL files of this room share. */

#include "appraise/appraise.h"
#include "base/json.h"
#include "base/map.h"

#define ROUND_SUBJECT "round/"

enum hy_code round_store(struct hy_db *db, const struct round *r, struct hy_err *e) HY_MUST;
enum hy_code round_next_id(struct hy_db *db, int64_t *out, struct hy_err *e) HY_MUST;
/* Appends MOVE to R's history; its private part has the account and, when TEXT is not empty, TEXT
 * as KIND. */
enum hy_code round_event(const struct round_act *w, struct round *r, const char *move, hy_str data,
			 hy_str text, hy_str kind, struct hy_err *e) HY_MUST;
enum hy_code round_mark_store(struct hy_db *db, const struct round *r, const struct round_mark *m,
			      int64_t account, struct hy_err *e) HY_MUST;
enum hy_code round_marked_by(struct hy_db *db, const struct round *r, hy_str unit, hy_str name,
			     int64_t account, bool *out, struct hy_err *e) HY_MUST;
/* Has anybody marked NAME, of any unit? */
enum hy_code round_is_marked(struct hy_db *db, const struct round *r, hy_str name, bool *out,
			     struct hy_err *e) HY_MUST;
enum hy_code round_result_store(struct hy_db *db, const struct round *r,
				const struct round_version *v, struct hy_err *e) HY_MUST;
enum hy_code round_cases_store(struct hy_db *db, const struct round *r,
			       const struct round_inputs *in, struct hy_err *e) HY_MUST;

/* As round_inputs_read(), of what has been read as JSON already and lives as long. */
enum hy_code round_inputs_of(struct hy_arena *a, const struct pack_scheme *scheme, const json_t *v,
			     struct round_inputs *out, struct hy_err *e) HY_MUST;

/* .at, .inputs and .result of *V, made of IN. */
enum hy_code round_score(struct hy_arena *a, const struct round_inputs *in, struct round_version *v,
			 struct hy_err *e) HY_MUST;

struct round_objected {
	hy_str unit, name;
	int64_t account;
	bool decided;
};
enum hy_code round_objection_store(struct hy_db *db, const struct round *r, hy_str unit,
				   hy_str name, hy_ms at, int64_t account, int64_t *number_out,
				   struct hy_err *e) HY_MUST;
enum hy_code round_objection_read(struct hy_arena *a, struct hy_db *db, const struct round *r,
				  int64_t number, struct round_objected *out,
				  struct hy_err *e) HY_MUST;
enum hy_code round_objection_decide(struct hy_db *db, const struct round *r, int64_t number,
				    hy_ms at, bool upheld, struct hy_err *e) HY_MUST;
enum hy_code round_undecided(struct hy_db *db, const struct round *r, int64_t *out,
			     struct hy_err *e) HY_MUST;

/* Objections upheld since the last version was frozen. */
enum hy_code round_uncorrected(struct hy_db *db, const struct round *r, int64_t *out,
			       struct hy_err *e) HY_MUST;

enum hy_code round_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			struct hy_err *e) HY_MUST;

/* --- the month that is looked at (watch_sql.c) ---------------------------------------------- */
struct watch_ask {
	const struct round *r;
	const struct pack *pack;
	hy_ms at;
	const struct hy_map *appraised; /* code of any unit -> index + 1 of the appraised one */
	size_t n_units;
};
/* The tallies of the appraised units over all matters of R's period at .at, in A. */
enum hy_code watch_tallies(struct hy_arena *a, struct hy_db *db, const struct watch_ask *k,
			   struct tally **out, int64_t *unassigned_out, struct hy_err *e) HY_MUST;
void watch_forget(void); /* gives the memory back */
/* The inputs as round_measure() has them, but for the cases and their hash: for previews. */
enum hy_code round_look(struct hy_arena *a, struct city *c, struct hy_db *db, const struct round *r,
			hy_ms at, struct round_inputs *out, struct hy_err *e) HY_MUST;
/* Figures of all indicators and adjustments from the tallies of the units. */
void round_figures_of(struct round_inputs *in, const struct tally *tallies);

/* For record_each(): counts in the int64_t TO how many histories begin with "open". */
enum hy_code round_count_opened(struct hy_arena *a, void *to, hy_str code,
				const struct record_event *ev, struct hy_err *e);

#endif
