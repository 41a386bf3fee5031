#ifndef SERVICE_REDUCTION_H
#define SERVICE_REDUCTION_H

/* reduction -- the report 三减: what of the catalogue was cut, and how much shorter its limits are,
 * between any two days.
 *
 * An item counts as it was on each of the two days.  Averages are of limits in working days; other
 * units cannot be added to them, so items with such limits, and items whose limit is not known,
 * stand beside and are counted there.  The limit in force is the pledged one, or the statutory one
 * where nothing is pledged.
 *
 * Numbers are exact: sums and counts.  A quotient is rounded once, half up, when it is written, to
 * as many places as asked for.  Each figure opens: reduction_open() finds its items by the same
 * test by which they were counted. */

#include "service/item.h"
#include "sheet/sheet.h"

/* constant, id, zh-CN, zh-Hant, en: counts of items */
/* clang-format off */
#define REDUCTION_COUNTS(X)                                                                       \
	X(BEFORE, "before", "原有", "原有", "before")                                             \
	X(KEPT, "kept", "保留", "保留", "kept")                                                   \
	X(GONE, "gone", "减少", "減少", "gone")                                                   \
	X(CUT, "cut", "取消", "取消", "cut")                                                      \
	X(MERGED, "merged", "合并", "合併", "merged")                                             \
	X(HANDED, "handed_down", "下放", "下放", "handed down")                                   \
	X(ADDED, "added", "新增", "新增", "added")                                                \
	X(AFTER, "after", "现有", "現有", "after")                                                \
	X(NO_LIMIT, "no_limit", "现有中时限不明", "現有中時限不明", "after, no limit known")      \
	X(OTHER_UNIT, "other_unit", "现有中非工作日时限", "現有中非工作日時限", "after, limit not in working days")
/* averages, each on both days */
#define REDUCTION_MEANS(X)                                                                        \
	X(STATUTORY, "statutory", "平均法定时限", "平均法定時限", "average statutory limit")      \
	X(PLEDGED, "pledged", "平均承诺时限", "平均承諾時限", "average pledged limit")            \
	X(LIMIT, "limit", "平均执行时限", "平均執行時限", "average limit in force")               \
	X(SAME, "same", "保留事项平均执行时限", "保留事項平均執行時限", "average limit in force, items kept")
/* clang-format on */
enum reduction_count {
#define X(id, word, cn, hant, en) REDUCTION_##id,
	REDUCTION_COUNTS(X)
#undef X
		REDUCTION__COUNTS
};
enum reduction_mean {
#define X(id, word, cn, hant, en) MEAN_##id,
	REDUCTION_MEANS(X)
#undef X
		REDUCTION__MEANS
};

struct reduction_query {
	hy_day from, to;
	hy_str unit; /* with all below it; "" all */
	hy_str type, tag;
	bool by_unit;
	int64_t against_x100; /* another's average to compare with, in hundredths; 0: none */
	int places;	      /* 0..4 */
};
struct reduction_average {
	int64_t sum, n;
};
struct reduction_group {
	hy_str unit, name; /* "" the whole */
	int64_t count[REDUCTION__COUNTS];
	struct reduction_average mean[REDUCTION__MEANS][2]; /* before, after */
};
/* An item on both days; NULL: it was not in the catalogue yet. */
struct reduction_pair {
	hy_str code;
	const struct item_version *before, *after;
};
struct reduction {
	struct reduction_query q;
	struct reduction_group whole;
	struct reduction_group *groups; /* by unit, when asked for */
	size_t n_groups;
	struct reduction_pair *pairs;
	size_t n_pairs;
};
enum hy_code reduction_make(struct hy_arena *a, struct hy_db *db, const struct reduction_query *q,
			    struct reduction *out, struct hy_err *e) HY_MUST;

/* The items behind FIGURE ("cut", "limit_before" ...), of UNIT alone when not empty.  HY_BAD_FIELD
 * for a figure that there is not, with what was probably meant. */
enum hy_code reduction_open(struct hy_arena *a, const struct reduction *r, hy_str figure,
			    hy_str unit, struct reduction_pair **out, size_t *n_out,
			    struct hy_err *e) HY_MUST;

/* NUM / DEN with PLACES, rounded half up (away from zero); "" when DEN is 0. */
hy_str reduction_decimal(struct hy_arena *a, int64_t num, int64_t den, int places);
/* How much less AFTER is than BEFORE, of BEFORE, as NUM and DEN of a share. */
void reduction_less(const struct reduction_average m[2], int64_t *num_out, int64_t *den_out);

void reduction_json(struct hy_json *j, const struct reduction *r, hy_str language);
void reduction_items_json(struct hy_json *j, const struct reduction_pair *v, size_t n);
enum hy_code reduction_sheet(struct hy_arena *a, const struct reduction *r, hy_str language,
			     struct sheet *to, struct hy_err *e) HY_MUST;
enum hy_code reduction_items_sheet(struct hy_arena *a, const struct reduction *r,
				   const struct reduction_pair *v, size_t n, hy_str language,
				   struct sheet *to, struct hy_err *e) HY_MUST;

#endif
