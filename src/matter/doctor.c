/* The frame of `huiyin doctor`, and what it looks at in the city itself. */
#include "matter/doctor.h"

#include <stdlib.h>

#include "base/file.h"
#include "people/setting.h"

const char *const doctor_verdict_names[] = { "ok", "unknown", "weak", "bad" };

/* Static, so that findings may point to it. */
#define SAYS(name, cn, hant, english)                                                              \
	static const struct doctor_text name = { { HY_S_INIT(cn), HY_S_INIT(hant),                 \
						   HY_S_INIT(english) } }

hy_str doctor_say(const struct doctor_text *t, hy_str language)
{
	return t->say[hy_str_eq(language, HY_S("en"))	     ? 2
		      : hy_str_eq(language, HY_S("zh-Hant")) ? 1
							     : 0];
}

void doctor_finds(struct doctor *d, enum doctor_verdict verdict, hy_str about,
		  const struct doctor_text *means, const struct doctor_text *mend)
{
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 32;
		struct doctor_finding *v = hy_new_n(d->a, struct doctor_finding, cap);
		if (d->n)
			memcpy(v, d->found, d->n * sizeof(*v));
		d->found = v;
		d->cap = cap;
	}
	d->found[d->n++] =
		(struct doctor_finding){ d->check, verdict, hy_str_dup(d->a, about), means, mend };
}

SAYS(sound, "正常", "正常", "sound");
SAYS(not_looked_at, "未能检查", "未能檢查", "could not be looked at");
SAYS(open_first, "先使城市能够打开", "先使城市能夠開啟", "first make the city open");

void doctor_run(struct doctor *d, const struct doctor_check *const *tables)
{
	for (; *tables; tables++)
		for (const struct doctor_check *c = *tables; c->id; c++) {
			struct hy_err e = { 0 };
			size_t before = d->n;
			d->check = c;
			if (!d->city && !c->without_city)
				doctor_finds(d, DOCTOR_UNKNOWN, HY_S(""), &not_looked_at,
					     &open_first);
			else if (c->look(d, &e))
				doctor_finds(d, DOCTOR_UNKNOWN, hy_str_of(hy_err_text(&e)),
					     &not_looked_at, NULL);
			else if (d->n == before)
				doctor_finds(d, DOCTOR_OK, HY_S(""), &sound, NULL);
		}
}

enum doctor_verdict doctor_worst(const struct doctor *d)
{
	enum doctor_verdict worst = DOCTOR_OK;

	for (size_t i = 0; i < d->n; i++)
		if (d->found[i].verdict > worst)
			worst = d->found[i].verdict;
	return worst;
}

/* --- settings --------------------------------------------------------------------------------- */

SAYS(setting_weak, "设置的保护弱于默认值", "設定的保護弱於預設值",
     "the setting protects less than its default");
SAYS(setting_mend, "确有必要才保留；否则 huiyin setting reset 名称",
     "確有必要才保留；否則 huiyin setting reset 名稱",
     "keep it only when it must be so; else huiyin setting reset NAME");

static enum hy_code settings(struct doctor *d, struct hy_err *e)
{
	for (size_t i = 0; i < setting_count(); i++) {
		const struct setting *s = setting_at(i);
		struct setting_now now;
		enum hy_code c = setting_show(d->a, d->db, s, &now, e);
		if (c)
			return c;
		if (now.weaker)
			doctor_finds(d, DOCTOR_WEAK,
				     hy_printf(d->a, "%s = " HY_FMT " (%s)", s->name,
					       HY_ARG(now.value), s->otherwise),
				     &setting_weak, &setting_mend);
	}
	return HY_OK;
}

/* --- calendar ----------------------------------------------------------------------------------
 */

SAYS(year_missing, "今年没有节假日安排，期限只是暂定", "今年沒有節假日安排，期限只是暫定",
     "this year has no notice of holidays: its dates are provisional");
SAYS(next_missing, "明年的节假日安排尚未录入，跨年的期限只是暂定",
     "明年的節假日安排尚未錄入，跨年的期限只是暫定",
     "next year's notice of holidays is missing: dates beyond the year are provisional");
SAYS(notice_mend, "国务院办公厅通知公布后录入：huiyin calendar notice",
     "國務院辦公廳通知公布後錄入：huiyin calendar notice",
     "enter the State Council's notice when it is published: huiyin calendar notice");

static enum hy_code calendar(struct doctor *d, struct hy_err *e)
{
	const struct hy_calendar *cal = city_pack(d->city)->calendar;
	struct hy_date today = hy_date_of(hy_local(hy_calendar_zone(cal), d->now, NULL));

	(void)e;
	hy_day first = hy_day_of(today.year, 1, 1), last = hy_day_of(today.year, 12, 31);
	hy_str year = hy_printf(d->a, "%d", today.year);
	if (hy_calendar_provisional_in(cal, first, last))
		doctor_finds(d, DOCTOR_BAD, year, &year_missing, &notice_mend);
	/* It usually comes in November. */
	year = hy_printf(d->a, "%d", today.year + 1);
	if (today.month >= 11 &&
	    hy_calendar_provisional_in(cal, last + 1, hy_day_of(today.year + 1, 12, 31)))
		doctor_finds(d, DOCTOR_WEAK, year, &next_missing, &notice_mend);
	return HY_OK;
}

/* --- the record ----------------------------------------------------------------------------------
 */

SAYS(no_checkpoint, "没有公布的检查点", "沒有公布的檢查點", "there is no published checkpoint");
SAYS(old_checkpoint, "公布的检查点落后于记录", "公布的檢查點落後於紀錄",
     "the published checkpoint is behind the record");
SAYS(serve_mend, "运行 huiyin serve，它每秒公布检查点", "執行 huiyin serve，它每秒公布檢查點",
     "run huiyin serve, which publishes it each second");
SAYS(future_event, "最新一条记录的时间晚于本机时钟", "最新一條紀錄的時間晚於本機時鐘",
     "the newest event is later than this machine's clock");
SAYS(clock_mend, "核对本机时钟与时间同步（NTP）", "核對本機時鐘與時間同步（NTP）",
     "look at this machine's clock and its synchronisation (NTP)");

enum { SKEW_MS = 120000, NOTE_MOST = 65536 };

static enum hy_code clock_agrees(struct doctor *d, struct hy_err *e)
{
	struct record_head head;
	struct record_event ev;
	bool row = false;
	enum hy_code c = record_head(d->a, d->db, &head, e);

	if (c || head.size == 0)
		return c;
	HY_SCOPED_STMT s = hy_sql(d->db, record_from);
	hy_bind_int(s, 1, head.size - 1);
	hy_bind_int(s, 2, 1);
	c = hy_step(s, &row, e);
	if (!c && row)
		c = record_row(d->a, s, &ev, e);
	if (!c && row && ev.rec > d->now + SKEW_MS)
		doctor_finds(d, DOCTOR_BAD, HY_S(""), &future_event, &clock_mend);
	return c;
}

static enum hy_code checkpoint(struct doctor *d, struct hy_err *e)
{
	const char *path = hy_printf(d->a, "%s/log/checkpoint", d->where).p;
	struct record_head head;
	struct hy_err absent = { 0 };
	hy_str note, line;
	int64_t size;
	enum hy_code c = record_head(d->a, d->db, &head, e);

	if (c || head.size == 0)
		return c;
	if (hy_file_read(d->a, path, NOTE_MOST, &note, &absent)) {
		doctor_finds(d, DOCTOR_BAD, hy_str_of(path), &no_checkpoint, &serve_mend);
		return HY_OK;
	}
	/* The second line of a checkpoint is the size of its tree. */
	/* NOLINTNEXTLINE(misc-redundant-expression): the second cut takes the second line */
	if (!hy_str_cut(&note, '\n', &line) || !hy_str_cut(&note, '\n', &line) ||
	    !hy_str_int(line, &size) || size < head.size)
		doctor_finds(d, DOCTOR_WEAK, hy_str_of(path), &old_checkpoint, &serve_mend);
	return HY_OK;
}

/* --- the database
 * ---------------------------------------------------------------------------------- */

SAYS(no_utf8, "数据库编码不是 UTF-8", "資料庫編碼不是 UTF-8",
     "the database is not encoded in UTF-8");
SAYS(utf8_mend, "新建 UTF-8 数据库后用 huiyin migrate 迁移",
     "新建 UTF-8 資料庫後用 huiyin migrate 遷移",
     "make one in UTF-8 and move there with huiyin migrate");

static enum hy_code encoding(struct doctor *d, struct hy_err *e)
{
	bool pg = hy_str_starts(hy_str_of(hy_store_where(city_store(d->city))), HY_S("postgres"));
	HY_SCOPED_STMT s = hy_sql(d->db, pg ? "SHOW server_encoding" : "PRAGMA encoding");
	bool row;
	enum hy_code c = hy_step(s, &row, e);

	if (c)
		return c;
	hy_str is = row ? hy_col_dup(d->a, s, 0) : HY_S("");
	if (!hy_str_eq(is, HY_S("UTF8")) && !hy_str_eq(is, HY_S("UTF-8")))
		doctor_finds(d, DOCTOR_BAD, is, &no_utf8, &utf8_mend);
	return HY_OK;
}

const struct doctor_check doctor_city_checks[] = {
	{ "settings.weak",
	  { { HY_S_INIT("设置"), HY_S_INIT("設定"), HY_S_INIT("settings") } },
	  false,
	  settings },
	{ "calendar.notices",
	  { { HY_S_INIT("节假日安排"), HY_S_INIT("節假日安排"),
	      HY_S_INIT("notices of holidays") } },
	  false,
	  calendar },
	{ "record.checkpoint",
	  { { HY_S_INIT("公布的检查点"), HY_S_INIT("公布的檢查點"),
	      HY_S_INIT("the published checkpoint") } },
	  false,
	  checkpoint },
	{ "record.clock",
	  { { HY_S_INIT("时钟"), HY_S_INIT("時鐘"), HY_S_INIT("the clock") } },
	  false,
	  clock_agrees },
	{ "store.encoding",
	  { { HY_S_INIT("数据库编码"), HY_S_INIT("資料庫編碼"),
	      HY_S_INIT("encoding of the database") } },
	  false,
	  encoding },
	{ 0 },
};
