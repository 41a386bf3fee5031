#ifndef APPRAISE_SURVEY_H
#define APPRAISE_SURVEY_H

/* survey 评议 -- raters of a group give marks to units, by personal codes, anonymously.
 *
 * A survey belongs to a round and to one group of raters of a panel of its scheme.  Codes are
 * issued in a number; only their hashes are kept.  A code is spent once.  There is no way from a
 * rating back to a code:
 *  - the event of a rating has neither a code nor who, and no hour: it is dated by the day;
 *  - what a spent code keeps is a hash over the code, what was sent and a number that the rater's
 *    browser drew and that nobody keeps, so that it tells a repetition of the same from another
 *    content, and whoever has list of codes and store cannot try out contents;
 *  - all codes of a survey are written at each spending, so that neither place nor age of a row
 *    tells which one it was.
 * Ratings are counted when the window is over: nobody watches a mark change.
 *
 * Void: a survey with more ratings than codes (never without tampering), and one that was declared
 * void with a reason.  Refused at the door: a code that was spent, one's own unit and what stands
 * above or below it, a day outside the window.
 *
 * Events: "survey/CODE": open, issue, rate, void.  What was rated is in the private part. */

#include "appraise/appraise.h"

enum { SURVEY_CODES_MOST = 2000, SURVEY_UNITS_MOST = 60, SURVEY_CODE_CHARS = 16 };

struct survey {
	int64_t id;
	hy_str code;  /* "conduct-2026-10-s1" */
	hy_str round; /* its code */
	hy_str panel, raters;
	hy_str *units; /* to be rated */
	size_t n_units;
	hy_day from, until; /* both included */
	int64_t issued, returned;
	bool declared_void;
	hy_str reason; /* why it was; "" once erased */
	int64_t seq, last_idx;
};
/* Void for a reason of its own or because more came back than was issued. */
bool survey_void(const struct survey *s);

struct survey_new {
	hy_str panel, raters;
	const hy_str *units; /* n == 0: all that the round appraises */
	size_t n_units;
	hy_day from, until;
};
enum hy_code survey_open(const struct round_act *w, hy_str round, const struct survey_new *n,
			 struct survey *out, struct hy_err *e) HY_MUST;
/* COUNT further codes for people of the unit OWN (empty: of none), which they then cannot rate.
 * *CODES_OUT has them, for the only time. */
enum hy_code survey_issue(const struct round_act *w, hy_str code, int64_t count, hy_str own,
			  struct survey *out, hy_str **codes_out, struct hy_err *e) HY_MUST;
enum hy_code survey_declare_void(const struct round_act *w, hy_str code, hy_str reason,
				 struct survey *out, struct hy_err *e) HY_MUST;

enum hy_code survey_by_code(struct hy_arena *a, struct hy_db *db, hy_str code, struct survey *out,
			    struct hy_err *e) HY_MUST;
/* The query of survey_list(), for those who ask how it is carried out. */
extern const char survey_list_sql[];
/* ROUND's, in the order in which they were opened. */
enum hy_code survey_list(struct hy_arena *a, struct hy_db *db, const struct round *r,
			 struct survey **out, size_t *n_out, struct hy_err *e) HY_MUST;
/* Whether PANEL is rated by a survey of the round, so that nobody marks it by hand. */
enum hy_code survey_rates(struct hy_db *db, const struct round *r, hy_str panel, bool *out,
			  struct hy_err *e) HY_MUST;
/* HY_NOT_NOW while the window of a survey of R is not over on TODAY. */
enum hy_code survey_all_over(struct hy_arena *a, struct hy_db *db, const struct round *r,
			     hy_day today, struct hy_err *e) HY_MUST;

/* --- the rater's side ----------------------------------------------------------------------------
 */
/* The code as it was typed: blanks and hyphens left out, letters made large. */
hy_str survey_code_read(struct hy_arena *a, hy_str typed);

struct survey_form {
	struct survey s;
	struct round round;
	const struct pack_panel *panel;
	const struct pack_rater_group *raters;
	hy_str *units, *names, *above; /* whom this code may rate; ABOVE: name of the unit over it,
					  when it is no organ */
	size_t n_units;
	bool spent;
	bool now; /* the window is open and nothing is void */
};
/* HY_NOT_FOUND for a code that was never issued. */
enum hy_code survey_form(struct hy_arena *a, struct city *c, struct hy_db *db, hy_str code,
			 struct survey_form *out, struct hy_err *e) HY_MUST;

struct survey_ballot {
	hy_str code;	       /* as typed */
	hy_str nonce;	       /* drawn by the rater's side; the same when it is sent again */
	const json_t *ratings; /* {unit: [level or null, ...], ...} */
};
/* Takes a ballot.  The same again succeeds again and changes nothing; another one under a spent
 * code is HY_EXISTS; outside the window HY_NOT_NOW. */
enum hy_code survey_rate(const struct round_act *w, const struct survey_ballot *b,
			 struct hy_err *e) HY_MUST;

/* --- from ballots to marks (ratings.c), pure -----------------------------------------------------
 * A ballot's score of a unit is the mean of its scored answers, a group's mark the mean of the
 * ballots' scores without the extremes that the scheme leaves out, a panel's mark the weighted mean
 * of the groups that have enough ballots; each rounded half up to the ten-thousandth of a point. */
int64_t rating_score(const struct pack_panel *p, hy_str answers); /* "a,b,,c"; -1: nothing scored */

struct rating_group {	  /* of one unit */
	int panel, group; /* indices in the scheme */
	int64_t *scores;  /* ascending */
	size_t n;
	bool few; /* fewer than the group's least: only their number is known and published */
};
struct rating_mark {
	int64_t dropped; /* at each end */
	int64_t points;
	double se;
	bool counts;
};
struct rating_mark rating_of_group(const struct pack_rater_group *g, const struct rating_group *r);
/* Of the panel, out of the unit's groups; not known when no group counts. */
struct score_given rating_of_panel(const struct pack_scheme *s, int panel,
				   const struct rating_group *v, size_t n);

/* The "ratings" of a unit in the inputs of a round, by SCHEME. */
enum hy_code round_ratings_read(struct hy_arena *a, const struct pack_scheme *scheme,
				const json_t *v, struct round_rated *out, struct hy_err *e) HY_MUST;

/* --- shared by the files of this room ------------------------------------------------------------
 */
#define SURVEY_SUBJECT "survey/"
struct survey_code {
	int64_t survey;
	hy_str hash, own, tag;
};
enum hy_code survey_store(struct hy_db *db, const struct survey *s, int64_t round,
			  struct hy_err *e) HY_MUST;
enum hy_code survey_next(struct hy_arena *a, struct hy_db *db, const struct round *r,
			 struct survey *s, struct hy_err *e) HY_MUST;
enum hy_code survey_by_id(struct hy_arena *a, struct hy_db *db, int64_t id, struct survey *out,
			  struct hy_err *e) HY_MUST;
/* How many codes all surveys of the round for these raters have. */
enum hy_code survey_issued(struct hy_db *db, const struct survey *s, int64_t *out,
			   struct hy_err *e) HY_MUST;
enum hy_code survey_code_store(struct hy_db *db, const struct survey_code *c, int64_t batch,
			       struct hy_err *e) HY_MUST;
enum hy_code survey_code_find(struct hy_arena *a, struct hy_db *db, hy_str hash,
			      struct survey_code *out, bool *there, struct hy_err *e) HY_MUST;
enum hy_code survey_spend(struct hy_db *db, const struct survey_code *c, hy_str tag,
			  struct hy_err *e) HY_MUST;
enum hy_code survey_rating_store(struct hy_db *db, const struct survey *s, hy_str unit,
				 hy_str answers, struct hy_err *e) HY_MUST;
enum hy_code survey_event(const struct round_act *w, struct survey *s, const char *move,
			  hy_str data, hy_str private, struct hy_err *e) HY_MUST;
hy_str survey_codes_digest(struct hy_arena *a, hy_str *hashes, size_t n); /* sorts them */
enum hy_code survey_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			 struct hy_err *e) HY_MUST;
/* Of the surveys of R whose window was over before TODAY. */
typedef enum hy_code survey_rating_fn(void *arg, hy_str panel, hy_str raters, hy_str unit,
				      hy_str answers, struct hy_err *e);
enum hy_code survey_ratings(struct hy_db *db, const struct round *r, hy_day today,
			    survey_rating_fn *fn, void *arg, struct hy_err *e) HY_MUST;

extern const char survey_unspent[]; /* what a code that was not spent keeps */

#endif
