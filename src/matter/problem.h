#ifndef MATTER_PROBLEM_H
#define MATTER_PROBLEM_H

/* problem -- the lines of a problem list 问题清单, and when one of them is concrete.
 *
 * A line: category (of the institution's `problem_categories`), a concrete example, place, date,
 * cause, measure, who is responsible, due.  Place and date may be left out where the example says
 * them.
 *
 * The rule, whole: a line is concrete when somebody else could go and look.  Looked for is
 *  - a text: the example has at least PROBLEM_LEAST characters that are no punctuation, and at
 *    least PROBLEM_OWN of them are left when stock phrases (problem.c: 有待加强, 不够深入 ...) are
 *    taken out;
 *  - when: `date`, or a date or time in the example (a number before 年 月 日 号 点 时, a day of
 *    the week, 昨天, 上周 ...);
 *  - what: `place`, or in the example a place (光明路, 东街社区), a person (王某, 李师傅) or a
 *    count (3 次, 两个小时).
 * What is missing is named; nothing is guessed, and no language model is asked.  Pure. */

#include "pack/pack.h"

enum { PROBLEM_LEAST = 12, PROBLEM_OWN = 8 };

#define PROBLEM_FINDINGS(X)                                                                        \
	X(SHORT, "short", "太短，说不清一件事", "太短，說不清一件事",                              \
	  "too short to tell what happened")                                                       \
	X(STOCK, "stock", "多是套话，请写一件真实发生的事", "多是套話，請寫一件真實發生的事",      \
	  "stock phrases: tell one thing that happened")                                           \
	X(NO_WHEN, "no_when", "没写何时：请填日期，或在事例中写明时间",                            \
	  "沒寫何時：請填日期，或在事例中寫明時間", "when: give a date, here or in the example")   \
	X(NO_WHAT, "no_what", "没写何地、何人或几次：至少写明一样",                                \
	  "沒寫何地、何人或幾次：至少寫明一樣", "where, to whom or how often: name at least one")

enum problem_finding {
#define X(id, name, cn, hant, english) PROBLEM_##id,
	PROBLEM_FINDINGS(X)
#undef X
		PROBLEM__FINDINGS
};
struct problem_finding_row {
	const char *id; /* "no_when" */
	struct pack_text title;
};
extern const struct problem_finding_row problem_findings[PROBLEM__FINDINGS];

struct problem_line {
	hy_str category, example, place, cause, measure, responsible;
	hy_day date, due; /* DATE: HY_NO_DAY when the example says it */
};
struct problem_lines {
	struct problem_line *v;
	size_t n;
};
/* Fields of a line, as they are sent; PROBLEM_FIELDS of them. */
struct problem_field {
	const char *name;
	int most; /* characters; 0: a day such as 2026-03-01 */
	bool required;
	struct pack_text title;
};
enum { PROBLEM_FIELDS = 8 };
extern const struct problem_field problem_fields[PROBLEM_FIELDS];

/* Reads the field `lines` (an array); HY_BAD_FIELD about "lines" names the line and what is wrong
 * with it.  P: categories are looked up in it. */
enum hy_code problem_lines_read(struct hy_arena *a, const struct pack *p, const json_t *v,
				struct problem_lines *out, struct hy_err *e) HY_MUST;
/* What keeps L from being concrete: bits by enum problem_finding. */
unsigned problem_vague(struct hy_arena *a, const struct problem_line *l);
/* Reads, and refuses what is vague or lies in the future of TODAY, saying so line by line. */
enum hy_code problem_lines_check(struct hy_arena *a, const struct pack *p, const json_t *v,
				 hy_day today, struct hy_err *e) HY_MUST;

#endif
