#ifndef SERVICE_ITEM_H
#define SERVICE_ITEM_H

/* item -- the catalogue of service items 事项.
 *
 * An item has a code that never changes and versions, each of which holds from a day on: what it
 * is called, who handles it, on what basis, within which limits, with which papers, steps, fees.
 * An item that is cut, merged or handed down keeps its last content, so that it can be read and
 * restored.  Every change is an event of the record (subject "item/CODE"); the tables are caches
 * of those events.  A change may be entered for a coming day, never for one before the last.
 *
 * Invariant: a pledged limit is in the unit of the statutory one and not above it.  What is not
 * known is missing, and said to be missing (item_missing()); nothing is invented. */

#include "base/command.h"
#include "http/http.h"
#include "matter/matter_store.h"

extern const struct city_room service_room;

/* --- kinds of items --------------------------------------------------------------------------- */
struct item_type_row {
	hy_str id;	 /* "licence" */
	hy_str number;	 /* of the national catalogue: "1"; "" none */
	hy_str title[3]; /* zh-CN, zh-Hant, en */
};
extern const struct item_type_row item_types[];
extern const size_t n_item_types;
/* By id, number or title; NULL: none. */
const struct item_type_row *item_type_of(hy_str word);

enum item_state { ITEM_KEPT, ITEM_CUT, ITEM_MERGED, ITEM_HANDED, ITEM__STATES };
struct item_state_row {
	hy_str id; /* "kept", "cut", "merged", "handed_down" */
	hy_str title[3];
};
extern const struct item_state_row item_states[ITEM__STATES];
bool item_state_of(hy_str word, enum item_state *out) HY_MUST; /* by id or title */

/* --- what an item says -------------------------------------------------------------------------
 */
struct item_limit {
	bool given;	       /* else not known */
	struct hy_limit limit; /* n == 0: on the spot 即办 */
};
/* "5wd", "5个工作日", "30日", "2个月", "即办".  A number without a unit is none. */
bool item_limit_read(hy_str s, struct item_limit *out) HY_MUST;
hy_str item_limit_text(struct hy_arena *a, struct item_limit l); /* "5wd"; "" not given */
/* The same in words: "5个工作日", "5 working days"; "即办", "on the spot". */
hy_str item_limit_words(struct hy_arena *a, struct item_limit l, hy_str language);

struct item_paper {
	hy_str name;
	int64_t copies; /* 0: not said */
	hy_str sample;	/* where one stands, or what it is like; may be empty */
};
struct item_step {
	hy_str name, section,
		post; /* POST: code of one (people/post.h), may be empty as SECTION may */
	struct item_limit limit;
	bool beside; /* at the same time as the step before it */
};
struct item_fee {
	hy_str name, standard, basis;
};
struct item_texts {
	hy_str *v;
	size_t n;
};
enum {
	ITEM_CODE_MOST = 80,
	ITEM_LINE_MOST = 200,  /* characters of a name */
	ITEM_TEXT_MOST = 1000, /* of a text */
	ITEM_LIST_MOST = 60
};
struct item_content {
	hy_str name, type, unit; /* required; TYPE an id, UNIT a code */
	hy_str national, region, group, link;
	struct item_texts basis, conditions, channels, tags;
	struct item_paper *papers;
	size_t n_papers;
	struct item_step *steps;
	size_t n_steps;
	struct item_limit statutory, pledged;
	struct item_fee *fees;
	size_t n_fees;
};
/* Reads a JSON object; HY_BAD_FIELD names what is wrong, also an unknown key.  All rules that need
 * nothing but the content are checked. */
enum hy_code item_content_read(struct hy_arena *a, const json_t *v, struct item_content *out,
			       struct hy_err *e) HY_MUST;
/* Canonical JSON; what is empty is left out. */
hy_str item_content_text(struct hy_arena *a, const struct item_content *c);
enum hy_code item_content_check(struct hy_arena *a, const struct item_content *c,
				struct hy_err *e) HY_MUST;

/* What a complete item would say and this one does not. */
enum item_gap {
	GAP_STATUTORY,
	GAP_PLEDGED,
	GAP_BASIS,
	GAP_CONDITIONS,
	GAP_PAPERS,
	GAP_STEPS,
	GAP__N
};
struct item_gap_row {
	hy_str id; /* "no_statutory_limit" ... */
	hy_str title[3];
};
extern const struct item_gap_row item_gaps[GAP__N];
unsigned item_missing(const struct item_content *c); /* bits by enum item_gap */

/* --- an item -------------------------------------------------------------------------------------
 */
struct item_version {
	hy_day from; /* until the next one begins */
	int64_t idx; /* the event that made it so */
	enum item_state state;
	hy_str document, reason; /* by which; may be empty for KEPT */
	hy_str target;		 /* MERGED: code of the item; HANDED: to whom, in words */
	struct item_content content;
};
struct item {
	hy_str code;
	int64_t last_idx, seq;
	struct item_version *past; /* ascending; at least one */
	size_t n_past;
};
/* What held on day D; NULL before the first. */
const struct item_version *item_on(const struct item *it, hy_day d);

/* --- changing (inside work)
 * ------------------------------------------------------------------------ */
struct item_act {
	struct unit_act
		w; /* record, db, at, zone, reason; role and unit are set by the actor's grant */
	const struct actor *who;
	hy_day from;	 /* the day from which it holds */
	hy_str document; /* "〔2010〕12号"; required for all but item_put() */
};
/* Makes the item, or gives it a new version from .from on; the same day again corrects that
 * version.  *CHANGED_OUT (may be NULL): false when it says all that already.  HY_FORBIDDEN when
 * WHO's grants with item.write do not reach the units. */
enum hy_code item_put(const struct item_act *x, hy_str code, const struct item_content *c,
		      bool *changed_out, struct hy_err *e) HY_MUST;
/* STATE: CUT; MERGED into the item TARGET; HANDED down to TARGET (words); KEPT: restored, as it was
 * before. */
enum hy_code item_turn(const struct item_act *x, hy_str code, enum item_state state, hy_str target,
		       struct hy_err *e) HY_MUST;

/* --- reading
 * ------------------------------------------------------------------------------------------ */
/* HY_NOT_FOUND with the code in the detail. */
enum hy_code item_read(struct hy_arena *a, struct hy_db *db, hy_str code, struct item *out,
		       struct hy_err *e) HY_MUST;
struct item_filter {
	hy_day on;
	hy_str unit; /* with all below it; "" any */
	hy_str type, tag, words;
	int state;    /* enum item_state; -1: any */
	hy_str after; /* only codes behind this one */
	int64_t most; /* 0: all */
};
struct item_row {
	hy_str code;
	struct item_version v;
};
struct item_rows {
	struct item_row *v;
	size_t n;
};
/* As of the day, by code. */
enum hy_code item_list(struct hy_arena *a, struct hy_db *db, const struct item_filter *f,
		       struct item_rows *out, struct hy_err *e) HY_MUST;

/* The most that STANDARD lets charge for one of what it counts, in fen: "每件10元", "50元/吨",
 * "1,000元", "0.5万元", "5至10元" (the higher), "免费".  False: it names no amount. */
bool item_fee_most(hy_str standard, int64_t *fen_out) HY_MUST;

/* The fee catalogue as of a day: what is charged, and what was charged once and is no more. */
struct item_fee_row {
	hy_str code, name, unit; /* of the item */
	struct item_fee fee;
	hy_day from;	  /* since when it is charged like this */
	hy_day abolished; /* the first day without it; HY_NO_DAY: it is charged */
	hy_str document;  /* by which it was abolished */
};
struct item_fee_rows {
	struct item_fee_row *v;
	size_t n;
};
/* UNIT: with all below it; "" all.  By item, what is charged first. */
enum hy_code item_fees(struct hy_arena *a, struct hy_db *db, hy_str unit, hy_day on,
		       struct item_fee_rows *out, struct hy_err *e) HY_MUST;

/* The flow chart of an item as SVG, drawn from its steps and papers (docs/decisions/0013). */
hy_str item_flow_svg(struct hy_arena *a, hy_str code, const struct item_content *c,
		     hy_str language);

/* X with the posts of its steps told in words: what each is called and, where boards are public
 * (service/board.h), who has it now.  A post that is not there stays as it was written. */
enum hy_code item_posts_named(struct hy_arena *a, struct city *c, struct hy_db *db,
			      struct item_content *x, struct hy_err *e) HY_MUST;

/* --- checking
 * ------------------------------------------------------------------------------------------ */
enum hy_code item_fsck(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
		       struct hy_err *e) HY_MUST;

/* --- the outside
 * ---------------------------------------------------------------------------------------- */
void item_row_json(struct hy_json *j, const struct item_row *r, const struct unit_book *book,
		   hy_day on);
/* The item as of ON, with all its versions. */
void item_show_json(struct hy_json *j, const struct item *it, const struct unit_book *book,
		    hy_day on);
void item_fees_json(struct hy_json *j, const struct item_fee_rows *rows,
		    const struct unit_book *book, hy_day on);

extern const struct hy_route item_routes[];
extern const struct hy_command item_commands[];

#endif
