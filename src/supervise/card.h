#ifndef SUPERVISE_CARD_H
#define SUPERVISE_CARD_H

/* card 预警、黄牌、红牌 -- what the record itself proves against a unit, raised without a hand.
 *
 * A card is raised when a step of a clock's ladder is reached and for the breaches of
 * card_kinds[], each a pure function over the fold of a matter.  It tells the unit and the person
 * who held the matter then, what happened, since when, the clause, how grave it is (apart from its
 * colour) and on which events of the log it rests.  The unit may contest it, another named person
 * upholds or annuls it, with a reason; no card is ever deleted, and no later move of the matter
 * takes one away: what was raised is an event.
 *
 * A yellow or red card that stands may lead to a rectification 整改: a matter of the kind
 * `rectification` (packs/), addressed to the unit of the card, with clocks and cards of its own.
 *
 * Events: "card/CODE": raise, contest, decide, rectify.  Persons, reasons and names are in their
 * private part.  A card is seen as a matter of its own unit would be: by whoever reaches that unit,
 * and never by whom the matter is about. */

#include "base/command.h"
#include "http/http.h"
#include "matter/matter_store.h"
#include "people/setting.h"

extern const struct city_room card_room;
extern const struct hy_command card_commands[];
extern const struct hy_route card_routes[];

/* --- kinds of breach (card_kind.c; pure) ------------------------------------------------------ */
enum card_level { CARD_WARNING, CARD_YELLOW, CARD_RED };
extern const char *const card_level_names[]; /* "warning", "yellow", "red"; ends with NULL */
extern const struct pack_text card_level_titles[];

struct card_look { /* at what is looked */
	struct hy_arena *a;
	const struct matter *m;
	const struct pack *pack; /* in force */
	hy_ms now;
	bool imported;	  /* its times are another system's */
	hy_ms closed_ms;  /* solved sooner than this: too good to be true */
	hy_ms entered_ms; /* entered later than this after it happened */
};
struct card_found {
	const struct card_kind *kind;
	enum card_level level;
	int severity; /* 0..100 */
	hy_ms since;  /* when it came about; in the future: not yet */
	hy_str clock; /* of a ladder; "" else */
	hy_str clause;
	hy_str mark;	  /* one card for each mark of a matter */
	size_t events;	  /* so many events of the matter had happened: who held it then */
	uint64_t seqs[4]; /* evidence: bit i of word w is the event with seq 64 * w + i + 1 */
};
struct card_finds {
	struct card_found *v;
	size_t n, cap;
};
struct card_kind {
	const char *id; /* "no_notice"; never reused for another meaning */
	enum card_level level;
	int severity;
	struct pack_text title;
	hy_str clause; /* where neither clock nor move brings one */
	/* NULL: found by the ladders of clocks. */
	void (*find)(const struct card_kind *k, const struct card_look *l, struct card_finds *out);
};
extern const struct card_kind card_kinds[];	 /* ends with { 0 } */
const struct card_kind *card_kind_of(hy_str id); /* NULL: none */

/* Everything that is to be found in L->m, reached or still to come. */
enum hy_code card_find(const struct card_look *l, struct card_finds *out, struct hy_err *e) HY_MUST;

/* --- cards --------------------------------------------------------------------------------------
 */
enum card_state { CARD_STANDS, CARD_CONTESTED, CARD_UPHELD, CARD_ANNULLED };
extern const char *const card_state_names[]; /* "stands" ...; ends with NULL */

struct card {
	int64_t id, number, matter_id;
	hy_str code;   /* "KP-2026-000001" */
	hy_str matter; /* its code */
	hy_str unit, person;
	const struct card_kind *kind;
	enum card_level level;
	enum card_state state;
	int severity;
	hy_str clock, clause, mark;
	hy_str evidence; /* canonical JSON: indices of events in the log */
	hy_ms since, raised_at, contested_at, decided_at; /* HY_NO_TIME */
	int64_t contested_by, seq, last_idx;
	int64_t rectification_id; /* row of its rectification; 0: none was ordered */
	struct {
		hy_str code, state;
		bool open, annulled;
		hy_ms due_at; /* HY_NO_TIME: no legal clock runs */
	} rectification;
};

/* Who does it, when; inside work. */
struct card_act {
	struct city *city;
	struct hy_db *db;
	struct hy_arena *a;
	hy_ms at;
	hy_str role, unit;
	int64_t account; /* 0: the console */
	hy_str name;	 /* private; needed */
	hy_str person;	 /* as moves of matters call this account: its login */
	const struct access_scope *scope;
};
/* Once; in time: not after it was decided. */
enum hy_code card_contest(const struct card_act *w, hy_str code, hy_str reason, struct card *out,
			  struct hy_err *e) HY_MUST;
/* By somebody else than who contested it or held the matter.  A card that nobody contested can be
 * annulled, but needs no upholding. */
enum hy_code card_decide(const struct card_act *w, hy_str code, bool upheld, hy_str reason,
			 struct card *out, struct hy_err *e) HY_MUST;
/* What W may do with K now; nothing that the two above would refuse.  The scope of W is not looked
 * at: CONTEST and DECIDE are what it reaches for either. */
struct card_may {
	bool contest, uphold, annul;
	bool rectify; /* left to the caller: card_mendable(), and who may file that kind */
};
enum hy_code card_may(const struct card_act *w, const struct card *k,
		      const struct access_scope *contest, const struct access_scope *decide,
		      struct card_may *out, struct hy_err *e) HY_MUST;

/* Orders the rectification of what card CODE is about: files a matter of CARD_RECTIFICATION to the
 * unit of the card and ties it to the card.  MV tells who, when and, in its data, what differs from
 * the card: title, body, class, basis, limit, due.  HY_NOT_NOW for a warning, for a card that is
 * contested or annulled, and for one that has a rectification already. */
#define CARD_RECTIFICATION "rectification"
/* What is filed about the card K: as GIVEN has it, the rest from the card (title, body, basis); to
 * its unit, as closely kept as its matter. */
enum hy_code card_filing(const struct card_act *w, const struct card *k, const json_t *given,
			 json_t **out, struct hy_err *e) HY_MUST;
/* HY_NOT_NOW says why not. */
enum hy_code card_mendable(const struct card *k, struct hy_err *e) HY_MUST;
enum hy_code card_rectify(const struct card_act *w, hy_str code, const struct matter_move *mv,
			  struct card *out, struct hy_err *e) HY_MUST;

/* Looks at what has happened since the last time and at what has come due, in at most MOST
 * matters, and raises what is new.  *DONE_OUT: at how many it looked.  It reads beside the writer;
 * only what has to be written down is work of the writer. */
enum hy_code card_tick(struct city *c, int most, int *done_out, struct hy_err *e) HY_MUST;

/* The cards that a move would raise by itself (struct city_room). */
enum hy_code card_foresee(struct hy_json *j, struct city *c, struct hy_db *db,
			  const struct matter *before, const struct matter *after,
			  struct hy_err *e) HY_MUST;

/* --- reading ------------------------------------------------------------------------------------
 */
struct card_filter { /* zero values do not filter */
	hy_str unit, matter, kind;
	int level, state;  /* 1 + the enum; 0: any */
	hy_ms from, until; /* from <= since < until; 0: open end */
	bool oldest;	   /* first; else the newest */
	int64_t after;	   /* only cards behind this id in that order; 0: from the first */
	int limit;	   /* 0: all */
};
struct card_list {
	struct card *v;
	size_t n;
	int64_t next; /* AFTER of the next page; 0: the last */
};
enum hy_code card_read_list(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			    const struct card_filter *f, struct card_list *out,
			    struct hy_err *e) HY_MUST;
/* HY_NOT_FOUND also when its matter is outside SCOPE. */
enum hy_code card_by_code(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			  hy_str code, struct card *out, struct hy_err *e) HY_MUST;

/* --- counts (card_count.c) -----------------------------------------------------------------------
 */
/* How many cards a unit has, by level and by what became of them: figures, as those of
 * pack/figure.h, but of cards and of the unit that held the matter then. */
struct card_figure {
	const char *id; /* "cards_yellow"; never reused for another meaning */
	struct pack_text title, definition;
	unsigned levels, states; /* bits, by the enums: which cards it counts */
};
enum { CARD_FIGURES = 7 };
extern const struct card_figure card_figures[CARD_FIGURES];

struct card_counts {
	int64_t of[CARD_FIGURES];
};
/* N more cards of that kind. */
void card_count(struct card_counts *c, enum card_level level, enum card_state state, int64_t n);

struct card_count_person {
	hy_str person; /* who held the matter in the unit then; "": nobody did yet */
	struct card_counts counts;
};
struct card_count_unit {
	hy_str unit, name; /* "": no unit had the matter */
	struct card_counts counts;
	HY_VEC(struct card_count_person) people; /* by person */
};
struct card_report {
	struct card_count_unit *v; /* by unit */
	size_t n, cap;
	struct card_counts *kinds; /* one for each of card_kinds[], in its order */
	struct card_counts total;
};
/* Of the cards that F finds; its order and pages do not matter. */
enum hy_code card_report(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			 const struct card_filter *f, struct card_report *out,
			 struct hy_err *e) HY_MUST;
void card_report_json(struct hy_json *j, const struct card_report *r, const struct hy_calendar *cal,
		      hy_ms now);

/* --- shared by the files of this room ------------------------------------------------------------
 */
#define CARD_SUBJECT "card/"
/* The source of a matter that came from another system, and not from a card or a problem list. */
#define CARD_IMPORTED_SQL                                                                          \
	"(coalesce(m.source, '') <> '' AND m.source NOT LIKE 'card/%'"                             \
	" AND m.source NOT LIKE 'problem/%')"
enum hy_code card_store(struct hy_db *db, const struct card *k, struct hy_err *e) HY_MUST;
enum hy_code card_event(const struct card_act *w, struct card *k, const char *move, hy_str data,
			hy_str reason, struct hy_err *e) HY_MUST;
/* Numbers it, records it, stores it. */
enum hy_code card_raise(const struct card_act *w, struct card *k, struct hy_err *e) HY_MUST;
/* Cards as what figures count (matter/facts.h). */
struct fact_ask;
enum hy_code card_facts(struct hy_arena *a, struct hy_db *db, const struct fact_ask *ask,
			struct hy_err *e) HY_MUST;
enum hy_code card_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
		       struct hy_err *e) HY_MUST;
void card_json(struct hy_json *j, const struct card *k, const struct pack *p);
void card_found_json(struct hy_json *j, const struct card_found *f);
/* With its history: reasons, names, evidence as it stands in the matter.  MAY: what the asker may
 * do; NULL: not told. */
enum hy_code card_whole_json(struct hy_json *j, struct city *c, struct hy_db *db,
			     const struct card *k, const struct card_may *may,
			     struct hy_err *e) HY_MUST;
/* The table of cards as `m`, with what access_where() asks for, up to the first condition. */
extern const char card_from[];
/* The cards that F finds, but for its page, as the next conditions of Q. */
void card_where(struct hy_query *q, const struct card_filter *f);
/* The query of a list, for those who ask how it is carried out. */
void card_list_query(struct hy_arena *a, const struct access_scope *scope,
		     const struct card_filter *f, struct hy_query *out);

#endif
