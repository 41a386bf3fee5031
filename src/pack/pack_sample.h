#ifndef PACK_SAMPLE_H
#define PACK_SAMPLE_H

/* pack_sample -- a small institution for the tests of this room. */

#include "pack/pack.h"

#define T3(zh, en) "{zh-CN: " zh ", zh-Hant: " zh ", en: " en "}"

/* YAML as it is written. */
/* clang-format off */
static const struct pack_file sample_files[] = {
	{ HY_S_INIT("calendar/2026.yaml"),
	  HY_S_INIT("notice: 2026\n"
		    "title: " T3("2026年安排", "2026") "\n"
		    "ref: gov.cn 1\n"
		    "covers: [2026]\n"
		    "days:\n"
		    "  - {day: 2026-01-01, work: false, name: 元旦}\n"
		    "  - {day: 2026-01-04, work: true, name: 元旦}\n") },
	{ HY_S_INIT("calendar/hours.yaml"),
	  HY_S_INIT("id: cn\n"
		    "zone: \"+08:00\"\n"
		    "weekend: [sat, sun]\n"
		    "office: {mon: [\"09:00-12:00\", \"13:00-17:00\"], fri: [\"09:00-12:00\"]}\n") },
	{ HY_S_INIT("calendar/regions/cn-gx.yaml"),
	  HY_S_INIT("region: cn-gx\n"
		    "title: " T3("广西", "Guangxi") "\n"
		    "ref: 条例\n"
		    "days:\n"
		    "  - {day: 2026-04-20, work: false, name: 三月三}\n") },
	{ HY_S_INIT("calendar/statutory.yaml"),
	  HY_S_INIT("statute: " T3("放假办法", "Holidays") "\n"
		    "ref: 第二条\n"
		    "days:\n"
		    "  - {day: 2027-01-01, name: 元旦}\n") },
	{ HY_S_INIT("kinds/licence.yaml"),
	  HY_S_INIT(
		  "kind: licence\n" /* 1 */
		  "prefix: XK\n"
		  "title: " T3("许可", "Licence") "\n"
		  "clause: 行政许可法\n"
		  "states:\n" /* 5 */
		  "  - {id: registered, title: " T3("登记", "Registered") ", open: true}\n"
		  "  - {id: accepted, title: " T3("受理", "Accepted") ", open: true}\n"
		  "  - {id: paused, title: " T3("中止", "Paused") ", open: true}\n"
		  "  - {id: decided, title: " T3("已决定", "Decided") ", open: false}\n"
		  "  - {id: declined, title: " T3("不予受理", "Declined") ", open: false}\n" /* 10 */
		  "moves:\n"
		  "  - id: file\n"
		  "    title: " T3("申请", "File") "\n"
		  "    who: [citizen, desk]\n"
		  "    to: registered\n" /* 15 */
		  "    needs: [title]\n"
		  "    may: [body, channel, class, unit, limit]\n"
		  "  - {id: accept, title: " T3("受理", "Accept") ", who: [desk], from: [registered], to: accepted}\n"
		  "  - id: deem_accept\n"
		  "    title: " T3("视为受理", "Deem accepted") "\n" /* 20 */
		  "    act: accept\n"
		  "    who: [system]\n"
		  "    from: registered\n"
		  "    to: accepted\n"
		  "    auto: notify\n" /* 25 */
		  "  - id: decline\n"
		  "    title: " T3("不予受理", "Decline") "\n"
		  "    who: [desk]\n"
		  "    from: [registered]\n"
		  "    to: declined\n" /* 30 */
		  "    needs: [ground, reason, basis, approver, remedy]\n"
		  "    within: {limit: 15wd, of: file, roll: true}\n"
		  "  - id: dispatch\n"
		  "    title: " T3("转办", "Dispatch") "\n"
		  "    who: [desk]\n" /* 35 */
		  "    from: open\n"
		  "    needs: [unit]\n"
		  "  - id: pause\n"
		  "    title: " T3("中止", "Pause") "\n"
		  "    who: [desk]\n" /* 40 */
		  "    from: [accepted]\n"
		  "    to: paused\n"
		  "    needs: [ground, paper, planned, approver]\n"
		  "  - {id: resume, title: " T3("恢复", "Resume") ", who: [desk], from: [paused], to: accepted}\n"
		  "  - id: extend\n" /* 45 */
		  "    title: " T3("延期", "Extend") "\n"
		  "    who: [desk]\n"
		  "    from: [accepted]\n"
		  "    needs: [limit, reason, approver]\n"
		  "    most: 1\n" /* 50 */
		  "  - id: decide\n"
		  "    title: " T3("决定", "Decide") "\n"
		  "    act: close\n"
		  "    who: [desk]\n"
		  "    from: [accepted]\n" /* 55 */
		  "    to: decided\n"
		  "    needs: [ground]\n"
		  "clocks:\n"
		  "  - id: notify\n"
		  "    title: " T3("一次告知", "Notify") "\n" /* 60 */
		  "    rule: LIC_NOTIFY\n"
		  "    holder: unit\n"
		  "    starts: [file]\n"
		  "    stops: [accept, decline]\n"
		  "  - id: decide\n" /* 65 */
		  "    title: " T3("决定", "Decide") "\n"
		  "    rule: LIC_DECIDE\n"
		  "    by_class: {joint: LIC_JOINT}\n"
		  "    holder: citizen\n"
		  "    main: true\n" /* 70 */
		  "    ladder: standard\n"
		  "    stated: [limit]\n"
		  "    pledged: {limit: 10wd, clause: 服务承诺}\n"
		  "    starts: [accept, {move: deem_accept, back_to: file}]\n"
		  "    stops: [decide]\n" /* 75 */
		  "    pauses: [pause]\n"
		  "    resumes: [resume]\n"
		  "    extends: [extend]\n") },
	{ HY_S_INIT("ladders.yaml"),
	  HY_S_INIT("ladders:\n"
		    "  - id: standard\n"
		    "    steps:\n"
		    "      - {light: blue, percent: 70, tell: [desk], severity: 10}\n"
		    "      - {light: yellow, before: 1wd, severity: 30}\n" /* 5 */
		    "      - {light: orange, overdue: true, of: pledged}\n"
		    "      - {light: red, overdue: true, of: statutory}\n") },
	{ HY_S_INIT("lists.yaml"),
	  HY_S_INIT("roles:\n"
		    "  - {id: desk, title: " T3("窗口", "Desk") "}\n"
		    "  - {id: citizen, title: " T3("群众", "Citizen") "}\n"
		    "  - {id: organ_head, title: " T3("负责人", "Head") "}\n"
		    "channels:\n" /* 5 */
		    "  - {id: window, title: " T3("窗口", "Window") "}\n"
		    "classes:\n"
		    "  - {id: joint, title: " T3("联合", "Joint") "}\n"
		    "pause_grounds:\n"
		    "  - {id: hearing, title: " T3("听证", "Hearing") ", clause: 第四十五条}\n" /* 10 */
		    "close_grounds:\n"
		    "  - {id: solved, title: " T3("已解决", "Solved") ", outcome: solved}\n") },
	{ HY_S_INIT("pack.yaml"), HY_S_INIT("pack: base\n"
					    "version: 2026.11.1\n"
					    "jurisdiction: CN\n"
					    "title: " T3("国家", "Nation") "\n") },
	{ HY_S_INIT("rules/licence.yaml"),
	  HY_S_INIT("rules:\n"
		    "  - id: LIC_DECIDE\n"
		    "    title: " T3("许可决定", "Decision") "\n"
		    "    from: " T3("受理", "acceptance") "\n"
		    "    to: " T3("决定", "decision") "\n" /* 5 */
		    "    source: L J\n"
		    "    values:\n"
		    "      - {from: 2024-01-01, limit: 20wd, clause: 第四十二条}\n"
		    "      - {from: 2004-07-01, until: 2020-01-01, limit: 20wd, clause: 旧}\n"
		    "      - {from: 2020-01-01, limit: null, clause: 失效}\n" /* 10 */
		    "    extension: {limit: 10wd, approver: organ_head, clause: 第四十二条}\n"
		    "    pause: {grounds: [hearing], clause: 第四十五条}\n"
		    "  - id: LIC_JOINT\n"
		    "    title: " T3("联合办理", "Joint") "\n"
		    "    from: " T3("受理", "acceptance") "\n" /* 15 */
		    "    to: " T3("办结", "completion") "\n"
		    "    source: L J\n"
		    "    values: [{limit: 45wd, clause: 第二十六条}]\n"
		    "  - id: LIC_NOTIFY\n"
		    "    title: " T3("一次告知", "Notice") "\n" /* 20 */
		    "    from: " T3("收到材料", "received") "\n"
		    "    to: " T3("告知", "notice") "\n"
		    "    source: L J\n"
		    "    values: [{limit: 5wd, clause: 第三十二条}]\n"
		    "    roll: true\n" /* 25 */
		    "    cutoff: {at: \"17:30\", to: \"08:30\", channels: [window]}\n") },
	{ HY_S_INIT("tests/licence.yaml"),
	  HY_S_INIT(
		  "tests:\n"
		  "  - name: 许可二十日\n"
		  "    kind: licence\n"
		  "    steps:\n"
		  "      - {at: 2026-04-10T10:00, move: file, by: citizen, title: 开店, channel: window, as_unit: U1}\n" /* 5 */
		  "      - {at: 2026-04-10T11:00, move: accept}\n"
		  "      - {at: 2026-04-20T09:00, move: pause, ground: hearing, paper: 告知书1号, planned: 10, approver: desk, refused: bad_field}\n"
		  "      - at: 2026-05-13T23:59\n"
		  "        expect: {state: accepted, light: yellow, clocks: {decide: {due: 2026-05-13, pledged: none, state: running, verdict: open, provisional: false, instance: 1}}}\n") },
};
/* clang-format on */
enum { SAMPLE_FILES = HY_COUNT(sample_files) };

/* A copy of the sample that a test may change. */
static inline struct pack_source sample(struct hy_arena *a, const char *name)
{
	struct pack_source s = { hy_str_of(name), hy_new_n(a, struct pack_file, SAMPLE_FILES + 4),
				 SAMPLE_FILES };

	memcpy(s.files, sample_files, sizeof(sample_files));
	return s;
}

static inline hy_str *sample_text(struct pack_source *s, const char *path)
{
	for (size_t i = 0; i < s->n_files; i++)
		if (hy_str_eq(s->files[i].path, hy_str_of(path)))
			return &s->files[i].text;
	struct pack_file *f = &s->files[s->n_files++];
	*f = (struct pack_file){ hy_str_of(path), HY_S("") };
	return &f->text;
}

/* The first FROM in IN becomes TO. */
static inline hy_str replaced(struct hy_arena *a, hy_str in, const char *from, const char *to)
{
	ptrdiff_t i = hy_str_find(in, hy_str_of(from));

	if (i < 0)
		fail_msg("the sample has no \"%s\"", from);
	return hy_printf(a, HY_FMT "%s" HY_FMT, (int)i, in.p, to,
			 (int)(in.n - (size_t)i - strlen(from)), in.p + i + strlen(from));
}

#endif
