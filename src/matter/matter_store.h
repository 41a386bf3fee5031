#ifndef MATTER_MATTER_STORE_H
#define MATTER_MATTER_STORE_H

/* matter_store -- matters in the store: the city, filing and moving, lists, fsck.
 *
 * The event is the truth; the tables matter and clock are caches of the fold, written in the same
 * transaction and rebuilt by matter_fsck(). */

#include "matter/matter.h"
#include "people/access.h"
#include "people/account.h"
#include "people/post.h"

extern const struct hy_migration matter_migrations[];

/* --- the city ---------------------------------------------------------------------------- */
/* An open store with its record, institution and matters: what commands and handlers hold. */
struct city;

struct city_options {
	const char *store; /* postgresql:// address; NULL: the city's folder.  Keys and published
			      files are in the folder in any case */
	bool read_only;	   /* no record keeper; writing functions fail */
	bool fast_import;
	int64_t (*now)(void);		/* NULL: the machine's clock */
	const unsigned char *salt_seed; /* 32 bytes, demo only; NULL: random */
	int readers, queue;
};
struct city_new {
	const char *const *packs;  /* folders, ends with NULL */
	hy_str name;		   /* the city's name */
	hy_str origin;		   /* of the log; empty: "huiyin.local/" + 16 random hex digits */
	const unsigned char *seed; /* 32 bytes: key and origin are functions of it; NULL: random */
	hy_ms at; /* when the institution begins to hold; its first event carries it */
};
struct fact_ask; /* facts.h */

struct city_item {
	hy_str name, unit;
	struct hy_limit statutory, pledged; /* n == 0: none in days */
	hy_str basis;			    /* of the statutory limit; may be empty */
};

struct city_fee {
	bool listed;
	hy_str standard;
	int64_t most_fen; /* for one of what the standard counts; -1: it names no amount */
};

/* A room above this one that keeps tables and events of its own. */
struct city_room {
	const struct hy_migration *migrations; /* ends with { 0 }; NULL: none */
	/* Compares its tables with their events; HY_TAMPERED names the first difference.  NULL: it
	 * has none. */
	enum hy_code (*fsck)(struct hy_arena *a, struct hy_db *db, int64_t *checked_out,
			     struct hy_err *e);
	/* What is due by itself, for at most MOST things; *DONE_OUT: how many.  The leader calls
	 * it about once a second, outside work.  NULL: nothing. */
	enum hy_code (*tick)(struct city *c, int most, int *done_out, struct hy_err *e);
	const struct setting *settings; /* people/setting.h; NULL: none */
	/* What it counts beside matters, within what is ASKed, by id (facts.h).  NULL: nothing. */
	enum hy_code (*facts)(struct hy_arena *a, struct hy_db *db, const struct fact_ask *ask,
			      struct hy_err *e);
	/* What its catalogue says on the day ON of the item CODE that a filing names.  HY_BAD_FIELD
	 * when it is not there or no more.  NULL: it keeps no catalogue. */
	enum hy_code (*item)(struct hy_arena *a, struct hy_db *db, hy_str code, hy_day on,
			     struct city_item *out, struct hy_err *e);
	/* What the same catalogue says that day of the fee FEE of the item CODE ("": of none). */
	enum hy_code (*fee)(struct hy_arena *a, struct hy_db *db, hy_str code, hy_str fee,
			    hy_day on, struct city_fee *out, struct hy_err *e);
	/* What the last move of the fold AFTER would bring about by itself that BEFORE does not, as
	 * objects of the array that J has open; only reads.  NULL: nothing. */
	enum hy_code (*foresee)(struct hy_json *j, struct city *c, struct hy_db *db,
				const struct matter *before, const struct matter *after,
				struct hy_err *e);
	/* EV was made on the matter ID, in the same work; M is the fold with it.  NULL: nothing. */
	enum hy_code (*moved)(struct hy_db *db, int64_t id, const struct matter *m,
			      const struct matter_event *ev, struct hy_err *e);
	/* What it keeps of whoever filed the matter ID, beside the matter itself: as members of the
	 * object that J has open, in their own data; and erased, in the work that erases the
	 * matter. NULL: nothing. */
	enum hy_code (*own_json)(struct hy_json *j, struct hy_db *db, int64_t id, struct hy_err *e);
	enum hy_code (*own_erase)(struct hy_db *db, int64_t id, struct hy_err *e);
	/* What a new demo city has of it before there are matters, from the folders of its PACKS
	 * (ends with NULL).  NULL: nothing. */
	enum hy_code (*found_demo)(struct city *c, const char *const *packs, hy_day until,
				   struct hy_err *e);
};
/* Makes the rooms known (NULL: none); once, by the program or the test, before a city is opened. */
void city_set_rooms(const struct city_room *const *rooms); /* ends with NULL */
/* Every schema step of this program, ending with { 0 }. */
const struct hy_migration *city_migrations(struct hy_arena *a);
/* WHERE is the city's folder.  Makes the folder, the key, the schema, and activates the packs
 * (their tests must pass: HY_BAD_PACK otherwise).  HY_EXISTS when there is a city already. */
enum hy_code city_create(const char *where, const struct city_new *n, const struct city_options *o,
			 struct hy_err *e) HY_MUST;
enum hy_code city_open(const char *where, const struct city_options *o, struct city **out,
		       struct hy_err *e) HY_MUST;
void city_close(struct city **c);
static inline void city_drop(struct city **c)
{
	city_close(c);
}
#define SCOPED_CITY __attribute__((cleanup(city_drop))) struct city *

struct hy_store *city_store(struct city *c);
struct record *city_record(struct city *c);
const struct matter_rules *city_rules(const struct city *c); /* old ones stay valid */
const struct pack *city_pack(struct city *c);		     /* in force now */
hy_str city_name(struct city *c);
/* Whose name stands under official papers: the setting notice.issuer, or its efficacy office. */
hy_str city_issuer(struct hy_arena *a, struct city *c, struct hy_db *db);
hy_ms city_now(struct city *c);
/* The day of AT, and of now, in the city's zone. */
hy_day city_day(struct city *c, hy_ms at);
hy_day city_today(struct city *c);

/* Brings a new version of the institution into force: packs, or (NOTICE) a further calendar
 * notice.  Packs must pass their tests.  Open matters whose dates move get an event "moved" each;
 * closed ones stay. MOVED is called for each (may be NULL). */
struct city_moved {
	hy_str code, kind, clock; /* CLOCK: the legal one whose date it is; "": none runs */
	hy_str unit;		  /* code; "": nobody has it */
	enum pack_guard guard;
	hy_ms from, to; /* HY_NO_TIME: none */
};
enum hy_code city_activate(struct city *c, const char *const *packs, hy_ms at,
			   void (*moved)(void *arg, const struct city_moved *m), void *arg,
			   struct hy_err *e) HY_MUST;
enum hy_code city_notice(struct city *c, const struct pack_file *notice, hy_ms at,
			 void (*moved)(void *arg, const struct city_moved *m), void *arg,
			 struct hy_err *e) HY_MUST;

/* --- filing and moving (inside work of hy_store_write) ------------------------------------- */
struct matter_filed {
	int64_t id, idx; /* row; index of the filing event */
	hy_str code;
	char secret[17];	/* 16 digits; shown once; "" when none was asked for */
	const struct matter *m; /* its fold */
};
/* Files a matter of KIND.  SOURCE, when not empty, is the key of an imported thing: a second filing
 * with it fails with HY_EXISTS.  MV->move may be empty: the kind's filing move. */
enum hy_code matter_file(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str kind,
			 const struct matter_move *mv, hy_str source, bool with_secret,
			 struct matter_filed *out, struct hy_err *e) HY_MUST;

/* Makes a move (automatic moves that are due before MV->at are made first).  IF_SEQ >= 0: refused
 * with HY_STALE when the matter's seq is another. A reply or closing of a lead is made on the
 * matters joined to it too. *M_OUT (may be NULL) is the fold afterwards. */
enum hy_code matter_make_move(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			      const struct matter_move *mv, int64_t if_seq, struct matter **m_out,
			      struct hy_err *e) HY_MUST;

/* What MV would do, without doing it: the fold as it stands and the fold afterwards.  Refused as
 * the move itself would be.  Only reads. */
enum hy_code matter_preview(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			    const struct matter_move *mv, struct matter **before_out,
			    struct matter **after_out, struct hy_err *e) HY_MUST;

/* The same on fold M of row ID, made or read earlier in this same work: many moves of one matter
 * need not read it again.  An empty MV->move makes the automatic moves due by MV->at alone.  After
 * an error the work must end with it: M and the store may differ. */
enum hy_code matter_go_on(struct city *c, struct hy_db *db, struct hy_arena *a, int64_t id,
			  struct matter *m, const struct matter_move *mv, struct hy_err *e) HY_MUST;

/* Makes the automatic moves due by NOW, in at most MOST matters; *DONE_OUT how many had one.  A
 * matter whose move is refused is logged and passed over. */
enum hy_code matter_tick(struct city *c, struct hy_db *db, hy_ms now, int most, int *done_out,
			 struct hy_err *e) HY_MUST;

/* Erases the private content of a matter (个人信息保护法 47).  The event of it says as what it was
 * done and on what ground, its private part by whose account; the audit trail has it too. */
struct matter_erasing {
	hy_ms at;
	hy_str basis;	   /* public */
	hy_str role, unit; /* of who erases; public */
	int64_t account;   /* 0: the command line */
	hy_str address;	   /* for the audit trail */
};
enum hy_code matter_erase(struct city *c, struct hy_db *db, struct hy_arena *a, hy_str code,
			  const struct matter_erasing *by, struct hy_err *e) HY_MUST;

/* --- reading -------------------------------------------------------------------------------- */
struct matter_row { /* a line of a list; views live in the arena */
	int64_t id, seq, last_idx;
	int64_t version; /* of the institution under which it was filed, from 1 */
	hy_str code, kind, state, title, place, channel, cls, person, outcome, ground;
	hy_str unit, unit_name; /* code and present name; "" when unassigned */
	bool open, annulled, paused, provisional;
	hy_ms filed_at, closed_at, due_at, original_at, pledged_at, main_due_at, answered_at,
		changed_at, auto_at;
	hy_ms lights[HY_LIGHT_RED + 1];
	enum matter_verdict verdict, pledged_verdict;
	int rating, hand_offs, returns, reopens;
	hy_str lead;
	hy_str about_unit, about_person;
	enum pack_guard guard;
	hy_str shown; /* sight.h; what lists read does not have it */
};

/* What a list is of; zero values do not filter. */
struct matter_filter {
	hy_str kind, unit, state, cls, channel; /* unit: a code, or "-" for unassigned */
	enum hy_light light;			/* as of NOW */
	int open;				/* 0: any, 1: open, 2: finished */
	enum matter_verdict verdict;		/* MATTER_OPEN: any */
	hy_ms filed_from, filed_until;		/* from <= filed_at < until; 0: open end */
	hy_str words;				/* every word must stand in title, code or place */
	const struct actor *who; /* words are compared with what WHO reads; NULL: the system, with
				    what was written */
	hy_ms now;
};
enum matter_order { MATTER_BY_DUE, MATTER_BY_FILED_DESC };
struct matter_page {
	struct matter_row *v;
	size_t n;
	hy_str next; /* cursor of the next page; empty: the last */
};
/* Every reading function is given the scope of whoever asks (people/access.h) and sees nothing
 * else: what lies outside is not there.  &access_all: the system itself or this machine's console.
 */

/* A page of at most LIMIT (1..200) rows after CURSOR ("" first page). HY_BAD_FIELD for a bad
 * cursor. */
enum hy_code matter_list(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			 const struct matter_filter *f, enum matter_order order, hy_str cursor,
			 int limit, struct matter_page *out, struct hy_err *e) HY_MUST;
/* Open matters by the light they show at NOW, indexed by enum hy_light. */
enum hy_code matter_count_lights(struct hy_arena *a, struct hy_db *db,
				 const struct access_scope *scope, hy_ms now,
				 int64_t out[HY_LIGHT_RED + 1], struct hy_err *e) HY_MUST;
enum hy_code matter_row(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			hy_str code, struct matter_row *out, struct hy_err *e) HY_MUST;
/* Is it there for SCOPE? */
enum hy_code matter_seen(struct hy_arena *a, struct hy_db *db, const struct access_scope *scope,
			 hy_str code, bool *seen_out, struct hy_err *e) HY_MUST;
/* The whole fold of one matter. */
enum hy_code matter_read(struct city *c, struct hy_db *db, const struct access_scope *scope,
			 struct hy_arena *a, hy_str code, struct matter **out,
			 struct hy_err *e) HY_MUST;
/* The code of the matter imported as SOURCE; "" when there is none. */
enum hy_code matter_of_source(struct hy_arena *a, struct hy_db *db, hy_str source, hy_str *code_out,
			      struct hy_err *e) HY_MUST;
/* Does SECRET open CODE?  Constant time. */
enum hy_code matter_secret_ok(struct hy_db *db, hy_str code, hy_str secret, bool *ok_out,
			      struct hy_err *e) HY_MUST;

/* --- fsck ------------------------------------------------------------------------------------ */
struct matter_fsck {
	int64_t matters, events;
	int64_t wrong;
	hy_str first; /* the first difference in plain words: code, field, stored, rebuilt */
};
enum hy_code matter_fsck(struct city *c, struct hy_arena *a,
			 void (*progress)(void *arg, int64_t done, int64_t total), void *arg,
			 struct matter_fsck *out, struct hy_err *e) HY_MUST;

#endif
