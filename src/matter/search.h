#ifndef MATTER_SEARCH_H
#define MATTER_SEARCH_H

/* search -- words in titles and places of all matters.
 *
 * A word is found wherever it stands, two characters or one, in either script: texts and words are
 * folded first (simplified characters, small letters, half width).  What is found is the index's;
 * who may find it is the query's: the condition is part of the list's own, so that a word in a
 * title that was redacted is found by those alone who read the title as it was written (sight.h).
 *
 * The index is a cache beside the record: pairs of characters in FTS5
 * (https://sqlite.org/fts5.html) or in a tsvector (PostgreSQL).  The leader brings it up to the log
 * about once a second, outside of filing; what happened since is looked at without it, so nothing
 * waits to be found.  It is neither copied to another engine nor part of fsck: search_rebuild()
 * makes it anew.  Of a title that was erased pairs of characters stay in SQLite's index until it
 * merges its segments. */

#include "matter/matter_store.h"
#include "store/query.h"

extern const struct hy_migration search_migrations[];
extern const struct city_room search_room;

enum { SEARCH_WORDS = 5 }; /* more are left out */

/* As it is compared: simplified characters (OpenCC), small letters, half width; as many code points
 * as TEXT has, but where OpenCC makes a phrase longer or shorter. */
hy_str search_fold(struct hy_arena *a, hy_str text);

/* The next conditions of Q, whose table is `matter m`: each of WORDS stands in title or place as
 * WHO (NULL: nobody) reads them, or is the code.  No words: none.  *FEW_OUT: they name the few
 * matters that can be meant, which are better sorted than met in the order of an index. */
enum hy_code search_where(struct hy_query *q, struct hy_arena *a, struct hy_db *db, hy_str words,
			  const struct actor *who, bool *few_out, struct hy_err *e) HY_MUST;

/* Where WORDS, which are folded, stand in TEXT: from (inclusive) to (exclusive), in code points, in
 * order. */
struct search_mark {
	size_t from, to;
};
struct search_marks {
	struct search_mark *v;
	size_t n;
};
struct search_marks search_mark(struct hy_arena *a, hy_str text, hy_str words);

/* Empties the index and makes it anew; HEARD (may be NULL) from time to time, in events. */
enum hy_code search_rebuild(struct city *c, void (*heard)(void *arg, int64_t done), void *arg,
			    int64_t *events_out, int64_t *texts_out, struct hy_err *e) HY_MUST;

/* --- shared by the files of search ------------------------------------------------------------ */

/* Which text a pair of characters stands in: as it was written, with the place; or as all see it.
 */
#define SEARCH_WHOLE 'w'
#define SEARCH_SHOWN 's'

/* The pairs of FOLDED, and each run's last character, as one word each; POSITIONS: "x:1 y:2". */
void search_pairs(struct hy_buf *out, hy_str folded, char of, bool positions, int *at);
/* What finds WORD (folded) OF: a query of FTS5, or of tsquery; false: it has nothing to look for.
 */
bool search_asked(struct hy_buf *out, hy_str word, char of, bool postgres);

#endif
