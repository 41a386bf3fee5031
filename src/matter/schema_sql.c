/* The tables of matters and institutions: caches of events, rebuilt by fsck. */
#include "matter/matter_store.h"

/* Instants are UTC ms.  due_at and the lights hold INT64_MAX for "never", so that a list can
 * be read in the order of an index; the other instants are NULL when they do not exist.
 *
 * ID: SQLite keeps a table by its number only when that is called INTEGER; anything else costs a
 * second tree, at each filing and at each look. */
#define TABLES(ID)                                                                                 \
	"CREATE TABLE institution ("                                                               \
	" n " ID " PRIMARY KEY,"                                                                   \
	" idx BIGINT NOT NULL," /* its event in the log */                                         \
	" packs TEXT NOT NULL," /* hash of the content */                                          \
	" notices TEXT NOT NULL);"                                                                 \
	"CREATE TABLE institution_content ("                                                       \
	" hash TEXT PRIMARY KEY,"                                                                  \
	" body TEXT NOT NULL);"                                                                    \
	"CREATE TABLE city (id " ID " PRIMARY KEY, name TEXT NOT NULL);"                           \
	"CREATE TABLE matter_number ("                                                             \
	" prefix TEXT NOT NULL, year BIGINT NOT NULL, n BIGINT NOT NULL,"                          \
	" PRIMARY KEY (prefix, year));"                                                            \
	"CREATE TABLE matter ("                                                                    \
	" id " ID " PRIMARY KEY,"                                                                  \
	" code TEXT NOT NULL UNIQUE,"                                                              \
	" kind TEXT NOT NULL,"                                                                     \
	" version BIGINT NOT NULL,"                                                                \
	" seq BIGINT NOT NULL,"                                                                    \
	" last_idx BIGINT NOT NULL,"                                                               \
	" state TEXT NOT NULL,"                                                                    \
	" open BIGINT NOT NULL,"                                                                   \
	" annulled BIGINT NOT NULL,"                                                               \
	" paused BIGINT NOT NULL,"                                                                 \
	" provisional BIGINT NOT NULL,"                                                            \
	" unit TEXT NOT NULL," /* code; '' unassigned */                                           \
	" person TEXT NOT NULL,"                                                                   \
	" title TEXT NOT NULL,"                                                                    \
	" place TEXT NOT NULL,"                                                                    \
	" channel TEXT NOT NULL,"                                                                  \
	" class TEXT NOT NULL,"                                                                    \
	" ground TEXT NOT NULL,"                                                                   \
	" outcome TEXT NOT NULL,"                                                                  \
	" lead TEXT NOT NULL,"                                                                     \
	" rating BIGINT NOT NULL,"                                                                 \
	" hand_offs BIGINT NOT NULL,"                                                              \
	" returns BIGINT NOT NULL,"                                                                \
	" reopens BIGINT NOT NULL,"                                                                \
	" filed_at BIGINT NOT NULL,"                                                               \
	" changed_at BIGINT NOT NULL,"                                                             \
	" closed_at BIGINT,"                                                                       \
	" answered_at BIGINT,"                                                                     \
	" main_due_at BIGINT,"                                                                     \
	" original_at BIGINT,"                                                                     \
	" pledged_at BIGINT,"                                                                      \
	" verdict BIGINT NOT NULL,"                                                                \
	" pledged_verdict BIGINT NOT NULL,"                                                        \
	" auto_at BIGINT,"                                                                         \
	" due_at BIGINT NOT NULL,"                                                                 \
	" green_at BIGINT NOT NULL,"                                                               \
	" blue_at BIGINT NOT NULL,"                                                                \
	" yellow_at BIGINT NOT NULL,"                                                              \
	" orange_at BIGINT NOT NULL,"                                                              \
	" red_at BIGINT NOT NULL,"                                                                 \
	" source TEXT,"                                                                            \
	" secret TEXT);"                                                                           \
	"CREATE UNIQUE INDEX matter_source ON matter (source) WHERE source IS NOT "                \
	"NULL;"                                                                                    \
	"CREATE INDEX matter_due ON matter (open, due_at, id);"                                    \
	"CREATE INDEX matter_unit_due ON matter (unit, open, due_at, id);"                         \
	"CREATE INDEX matter_filed ON matter (filed_at, id);"                                      \
	"CREATE INDEX matter_lead ON matter (lead) WHERE lead <> '';"                              \
	"CREATE INDEX matter_auto ON matter (auto_at) WHERE auto_at IS NOT NULL;"

/* What the lists are read from.  An index of the open matters and one of the closed: filing keeps
 * the former alone, and closing moves an entry.  On SQLite the inbox of a unit stands in its index
 * as a whole, fifty rows on a few pages however large the table; PostgreSQL bounds what an index
 * holds, and its pages are at hand. */
#define INBOX(MORE)                                                                                \
	"DROP INDEX matter_due; DROP INDEX matter_unit_due;"                                       \
	"CREATE INDEX matter_due ON matter (due_at, id) WHERE open = 1;"                           \
	"CREATE INDEX matter_inbox ON matter (unit, due_at, id" MORE ") WHERE open = 1;"           \
	"CREATE INDEX matter_closed ON matter (due_at, id) WHERE open = 0;"                        \
	"CREATE INDEX matter_unit_closed ON matter (unit, due_at, id) WHERE open = 0;"
#define WHOLE_ROW                                                                                  \
	", open, code, kind, version, seq, last_idx, state, annulled, paused, provisional,"        \
	" person, title, place, channel, class, ground, outcome, lead, rating, hand_offs, "        \
	"returns,"                                                                                 \
	" reopens, filed_at, changed_at, closed_at, answered_at, main_due_at, original_at,"        \
	" pledged_at, verdict, pledged_verdict, auto_at, green_at, blue_at, yellow_at, orange_at," \
	" red_at, about_unit, about_person, guard"

const struct hy_migration matter_migrations[] = {
	{ .name = "matter-001", .sqlite = TABLES("INTEGER"), .pg = TABLES("BIGINT") },
	/* Of whom it complains, and how closely it is kept: enum pack_guard. */
	{ .name = "matter-about",
	  .sql = "ALTER TABLE matter ADD COLUMN about_unit TEXT NOT NULL DEFAULT '';"
		 "ALTER TABLE matter ADD COLUMN about_person TEXT NOT NULL DEFAULT '';"
		 "ALTER TABLE matter ADD COLUMN guard BIGINT NOT NULL DEFAULT 0;" },
	{ .name = "matter-inbox", .sqlite = INBOX(WHOLE_ROW), .pg = INBOX("") },
	/* The title as others read it (sight.h); '' when nothing of it is taken out, NULL until
	 * sight_fill() has seen the matter. */
	{ .name = "matter-shown",
	  .sql = "ALTER TABLE matter ADD COLUMN shown TEXT;"
		 "CREATE INDEX matter_unshown ON matter (id) WHERE shown IS NULL;" },
	{ 0 },
};
