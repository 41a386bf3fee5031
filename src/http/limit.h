#ifndef HY_HTTP_LIMIT_H
#define HY_HTTP_LIMIT_H

/* limit -- how often somebody may come: token buckets in memory, in a table of fixed size.
 *
 * A bucket belongs to a class and to somebody: an address prefix or an account.  It holds one
 * minute's worth and fills steadily.  Somebody is remembered by a hash under a key that is drawn
 * at start and never leaves memory, so what is in the table tells nobody's address.
 *
 * A flood of addresses cannot make the table grow: the bucket untouched for longest makes room.
 * What it forgets is then full again: such a flood loosens limits for one prefix, never tightens
 * them.  For the doors that matter (login, lookup, filing) there is therefore also one bucket for
 * all together, twenty times as large; beyond it everybody works for a proof. */

#include "base/arena.h"
#include "http/http.h"

struct hy_limiter;
struct hy_limiter *hy_limiter_new(void);
void hy_limiter_free(struct hy_limiter **l); /* NULL is allowed */

/* Takes one from the bucket of KEY in CLASS, which fills by PER_MINUTE.  0 when there was one,
 * else after how many milliseconds there will be.  NOW is monotonic ms.  From any thread. */
int64_t hy_limiter_take(struct hy_limiter *l, enum hy_pace class, hy_str key, int per_minute,
			int64_t now);
/* The same from the one bucket for all. */
int64_t hy_limiter_take_all(struct hy_limiter *l, enum hy_pace class, int per_minute, int64_t now);

#endif
