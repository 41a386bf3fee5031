/* A small city whose figures are known by hand, over a real store; every figure opens. */
#include "matter/testing.h"

#include "sheet/sheet.h"
#include "supervise/supervise.h"

/* The city, on 30 April 2026 at noon.  Period: 1 March to 30 April.  wd: working days from filing
 * to answer; 6 April is a holiday.
 *
 *	A  U1  2 Mar  15wd  answered 12 Mar (8 wd, 10 days)  closed: solved
 *	B  U1  2 Mar  15wd  answered 24 Mar (16 wd, 22 days), one day late  closed: explained
 *	C  -   2 Mar  15wd  unanswered since 23 March
 *	D  U2  3 Mar        annulled
 *	E  U2  3 Mar  15wd  answered 4 Mar (1 wd, 1 day), reopened 10 Mar: rework overdue
 *	F  U2  3 Mar        declined the same day (0 wd)
 *	G  U1  20 Apr       licence, paused
 *	H  U1  28 Apr 15wd  open
 *	I  U2  29 Apr 200wd open, due in 2027: provisional
 *	J  U2  10 Feb 90cd  open, due 11 May; filed before the period
 *	K  U1  1 Apr 00:30  returned by U1, given to U2, handed off to U1, answered 8 Apr (4 wd, 7
 *	                    days), not yet closed */
static void file_and_answer(struct town *t, const char *filed, const char *answered,
			    const char *closed, const char *ground)
{
	hy_str code = town_file(
		t, filed, "complaint", "citizen",
		"{\"title\":\"路灯不亮\",\"limit\":\"15wd\",\"unit\":\"U1\",\"channel\":\"web\"}");

	town_move(t, answered, code, "reply", "handler", "{\"text\":\"已修\"}");
	town_move(t, closed, code, "close", "desk",
		  hy_printf(t->a, "{\"ground\":\"%s\"}", ground).p);
}

static void closed_ones(struct town *t)
{
	file_and_answer(t, "2026-03-02T10:00", "2026-03-12T10:00", "2026-03-13T10:00", "solved");
	file_and_answer(t, "2026-03-02T11:00", "2026-03-24T10:00", "2026-03-25T10:00", "explained");
	hy_str d = town_file(t, "2026-03-03T09:00", "complaint", "desk",
			     "{\"title\":\"错录\",\"unit\":\"U2\"}");
	town_move(
		t, "2026-03-04T09:00", d, "annul", "desk",
		"{\"ground\":\"entered_twice\",\"reason\":\"同一件\",\"approver\":\"unit_head\"}");
	hy_str f = town_file(t, "2026-03-03T09:00", "complaint", "citizen",
			     "{\"title\":\"合同纠纷\",\"unit\":\"U2\",\"class\":\"other\"}");
	town_move(
		t, "2026-03-03T15:00", f, "decline", "desk",
		"{\"ground\":\"litigation\",\"reason\":\"已起诉\",\"basis\":\"条例\",\"approver\":"
		"\"unit_head\",\"remedy\":\"可向法院主张\"}");
}

static void going_round(struct town *t)
{
	hy_str noise = town_file(t, "2026-03-03T09:00", "complaint", "citizen",
				 "{\"title\":\"=噪声\",\"unit\":\"U2\",\"limit\":\"15wd\"}");
	town_move(t, "2026-03-04T09:00", noise, "reply", "handler", "{\"text\":\"已劝导\"}");
	town_move(t, "2026-03-10T09:00", noise, "reopen", "citizen", "{\"ground\":\"not_solved\"}");
	hy_str water =
		town_file(t, "2026-04-01T00:30", "complaint", "citizen", "{\"title\":\"积水\"}");
	town_move(t, "2026-04-01T09:00", water, "dispatch", "desk", "{\"unit\":\"U1\"}");
	town_move(t, "2026-04-01T10:00", water, "return", "handler",
		  "{\"ground\":\"not_ours\",\"reason\":\"属水务\"}");
	town_move(t, "2026-04-01T11:00", water, "dispatch", "desk", "{\"unit\":\"U2\"}");
	town_move(t, "2026-04-02T11:00", water, "hand_off", "unit_head",
		  "{\"unit\":\"U1\",\"ground\":\"duty_elsewhere\"}");
	town_move(t, "2026-04-08T23:59", water, "reply", "handler", "{\"text\":\"已疏通\"}");
}

static void open_ones(struct town *t)
{
	hy_str j = town_file(t, "2026-02-10T09:00", "complaint", "citizen",
			     "{\"title\":\"旧件\",\"unit\":\"U2\",\"limit\":\"90cd\"}");
	town_move(t, "2026-02-10T10:00", j, "accept", "desk", "{}");
	town_file(t, "2026-03-02T10:00", "complaint", "citizen",
		  "{\"title\":\"没人管\",\"limit\":\"15wd\"}");
	hy_str g = town_file(t, "2026-04-20T09:00", "licence", "desk",
			     "{\"title\":\"开店\",\"unit\":\"U1\"}");
	town_move(t, "2026-04-20T10:00", g, "accept", "desk", "{}");
	town_move(t, "2026-04-22T10:00", g, "pause", "handler",
		  "{\"ground\":\"expert_review\",\"paper\":\"告知书1号\",\"planned\":5,"
		  "\"approver\":\"organ_head\"}");
	hy_str h = town_file(t, "2026-04-28T09:00", "complaint", "citizen",
			     "{\"title\":\"井盖\",\"unit\":\"U1\",\"limit\":\"15wd\"}");
	town_move(t, "2026-04-28T10:00", h, "accept", "desk", "{}");
	hy_str i = town_file(t, "2026-04-29T09:00", "complaint", "citizen",
			     "{\"title\":\"规划\",\"unit\":\"U2\",\"limit\":\"200wd\"}");
	town_move(t, "2026-04-29T10:00", i, "accept", "desk", "{}");
}

static int small_city(void **state)
{
	if (town_up(state))
		return -1;
	struct town *t = *state;
	town_unit(t, "U1", "市城管局");
	town_unit(t, "U2", "市水务局");
	closed_ones(t);
	going_round(t);
	open_ones(t);
	town_time = town_at("2026-04-30T12:00");
	return 0;
}

/* --- asking
 * ----------------------------------------------------------------------------------------- */

static struct supervise_query asked(struct town *t, const char *by, const char *from,
				    const char *to)
{
	struct supervise_query q;
	hy_day f = HY_NO_DAY, u = HY_NO_DAY;

	assert_true(!from || hy_day_read(hy_str_of(from), &f));
	assert_true(!to || hy_day_read(hy_str_of(to), &u));
	assert_ok(supervise_query_of(t->city, &access_all, hy_str_of(by), f, u, &q, e));
	return q;
}

static struct supervise_report report(struct town *t, const struct supervise_query *q)
{
	struct supervise_report r;
	HY_SCOPED_DB db = NULL;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(supervise_report(t->a, t->city, db, q, HY_S("zh-CN"), &r, e));
	return r;
}

static int64_t value(const struct supervise_group *g, const char *id)
{
	const struct figure *f = figure_by_id(hy_str_of(id));

	if (!f)
		fail_msg("no figure %s", id);
	struct figure_value v = figure_value(f, &g->tally);
	return v.known ? v.value : -1;
}

struct expected {
	const char *id;
	int64_t value;
};

static void assert_figures(const struct supervise_group *g, const struct expected *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (value(g, v[i].id) != v[i].value)
			fail_msg("%s of '" HY_FMT "' is %lld, by hand %lld", v[i].id,
				 HY_ARG(g->key), (long long)value(g, v[i].id),
				 (long long)v[i].value);
}

static void the_figures_are_those_counted_by_hand(void **state)
{
	static const struct expected by_hand[] = {
		{ "received", 9 },
		{ "unassigned", 1 },
		{ "unassigned_share", 1111 },
		{ "annulled", 1 },
		{ "answered", 5 },
		{ "in_time", 4 },
		{ "late", 1 },
		{ "unanswered", 4 },
		{ "unanswered_late", 1 },
		{ "no_clock", 0 },
		{ "fallen_due", 6 },
		{ "in_time_share", 6667 },
		{ "in_time_of_answered", 8000 },
		{ "answered_share", 5556 },
		{ "original_due", 6 },
		{ "in_original", 4 },
		{ "in_original_share", 6667 },
		{ "pledge_due", 0 },
		{ "in_pledge_share", -1 },
		{ "work_days_median", 4 },
		{ "work_days_q1", 1 },
		{ "work_days_q3", 8 },
		{ "work_days_p90", 16 },
		{ "work_days_max", 16 },
		{ "work_days_mean", 580 },
		{ "days_median", 7 },
		{ "days_q1", 1 },
		{ "days_q3", 10 },
		{ "days_p90", 22 },
		{ "days_max", 22 },
		{ "days_mean", 800 },
		{ "open", 7 },
		{ "open_no_light", 1 },
		{ "open_paused", 1 },
		{ "open_green", 2 },
		{ "open_blue", 1 },
		{ "open_yellow", 0 },
		{ "open_orange", 0 },
		{ "open_red", 2 },
		{ "open_overdue", 2 },
		{ "open_unassigned", 1 },
		{ "open_provisional", 1 },
		{ "handed_off", 1 },
		{ "hand_offs", 1 },
		{ "returned", 1 },
		{ "returns", 1 },
		{ "reopened", 1 },
		{ "reopens", 1 },
		{ "closed", 3 },
		{ "closed_share", 3333 },
		{ "solved", 1 },
		{ "solved_share", 3333 },
		{ "explained", 1 },
		{ "declined", 1 },
		{ "other_outcome", 0 },
		{ "withdrawn", 0 },
	};
	struct town *t = *state;
	struct supervise_query q = asked(t, "none", "2026-03-01", "2026-04-30");
	struct supervise_report r = report(t, &q);

	assert_figures(&r.total, by_hand, HY_COUNT(by_hand));
	assert_string_equal(r.total.oldest.p, "TS-2026-000007"); /* J */
	assert_int_equal(r.n, 0);
}

static void units_are_judged_by_what_they_have(void **state)
{
	static const struct expected none[] = { { "received", 1 },
						{ "open_unassigned", 1 },
						{ "unanswered_late", 1 },
						{ "in_time_share", 0 },
						{ "open_red", 1 } };
	static const struct expected u1[] = { { "received", 5 },
					      { "answered", 3 },
					      { "in_time", 2 },
					      { "late", 1 },
					      { "open", 3 },
					      { "open_paused", 1 },
					      { "annulled", 0 },
					      { "handed_off", 1 },
					      { "in_time_share", 6667 },
					      { "work_days_median", 8 } };
	static const struct expected u2[] = { { "received", 3 },	  { "answered", 2 },
					      { "in_time_share", 10000 }, { "open", 3 },
					      { "open_blue", 1 },	  { "open_red", 1 },
					      { "annulled", 1 },	  { "reopened", 1 },
					      { "declined", 1 } };
	struct town *t = *state;
	struct supervise_query q = asked(t, "unit", "2026-03-01", "2026-04-30");
	struct supervise_report r = report(t, &q);

	assert_int_equal(r.n, 3);
	assert_int_equal(r.v[0].key.n, 0); /* unassigned stands first */
	assert_string_equal(r.v[0].name.p, "未指派");
	assert_string_equal(r.v[1].name.p, "市城管局");
	assert_string_equal(r.v[2].name.p, "市水务局");
	assert_figures(&r.v[0], none, HY_COUNT(none));
	assert_figures(&r.v[1], u1, HY_COUNT(u1));
	assert_figures(&r.v[2], u2, HY_COUNT(u2));
	assert_int_equal(r.v[1].oldest_at, town_at("2026-04-01T00:30")); /* K */
}

static void months_are_those_of_the_citys_zone(void **state)
{
	struct town *t = *state;
	struct supervise_query q = asked(t, "month", NULL, NULL);
	struct supervise_report r = report(t, &q);

	assert_int_equal(r.n, 3);
	assert_string_equal(r.v[0].key.p, "2026-02");
	assert_int_equal(value(&r.v[0], "received"), 1);
	assert_int_equal(value(&r.v[1], "received"), 5);
	assert_int_equal(value(&r.v[2], "received"), 4); /* K came at 00:30 on 1 April */
	assert_int_equal(value(&r.v[2], "work_days_median"), 4);
}

static void both_days_of_the_period_count(void **state)
{
	struct town *t = *state;
	struct supervise_query q = asked(t, "none", "2026-03-31", "2026-04-01");
	struct supervise_report r = report(t, &q);

	assert_int_equal(value(&r.total, "received"), 1);
	assert_int_equal(value(&r.total, "open"), 7); /* open now, whenever filed */
	q = asked(t, "none", "2026-03-02", "2026-03-02");
	r = report(t, &q);
	assert_int_equal(value(&r.total, "received"), 3);
	q = asked(t, "none", NULL, "2026-03-31");
	r = report(t, &q);
	assert_int_equal(value(&r.total, "received"), 6);
}

/* --- every figure opens
 * --------------------------------------------------------------------------------- */

struct listing {
	const struct figure *figure;
	int64_t n, sum, last;
};

static enum hy_code list_one(void *arg, const struct supervise_matter *m, struct hy_err *e)
{
	struct listing *l = arg;

	(void)e;
	assert_true(m->id > l->last);
	assert_true(m->code.n && m->title.n);
	l->last = m->id;
	if (l->figure->measure != FIGURE_COUNT && l->figure->measure != FIGURE_SHARE) {
		assert_true(m->numbers.of[l->figure->number] >= 0);
		l->sum += m->numbers.of[l->figure->number];
	}
	l->n++;
	return HY_OK;
}

static struct listing opened(struct town *t, const struct supervise_query *q,
			     const struct figure *f, const hy_str *group)
{
	struct supervise_open o = { .figure = f, .one_group = group != NULL };
	struct listing l = { .figure = f };
	HY_SCOPED_DB db = NULL;

	if (group)
		o.group = *group;
	assert_ok(hy_store_read(city_store(t->city), &db, e));
	assert_ok(supervise_open(t->a, t->city, db, q, &o, list_one, &l, e));
	return l;
}

static void assert_opens(struct town *t, const struct supervise_query *q,
			 const struct supervise_group *g, const hy_str *group)
{
	for (size_t i = 0; i < n_figures; i++) {
		const struct figure *f = &figures[i];
		struct listing l = opened(t, q, f, group);
		struct figure_value v = figure_value(f, &g->tally);
		switch (f->measure) {
		case FIGURE_COUNT:
		case FIGURE_SHARE:
			assert_int_equal(l.n, v.numerator);
			break;
		case FIGURE_SUM:
			assert_int_equal(l.sum, v.value);
			break;
		case FIGURE_SPREAD:
			assert_int_equal(l.n, v.denominator);
			assert_int_equal(l.sum, v.numerator);
			break;
		case FIGURE__NONE:
			fail();
		}
	}
}

static void every_figure_of_every_group_opens_to_its_matters(void **state)
{
	static const char *const periods[][2] = { { NULL, NULL },
						  { "2026-03-01", "2026-04-30" },
						  { "2026-03-03", "2026-03-03" } };
	struct town *t = *state;

	for (size_t p = 0; p < HY_COUNT(periods); p++) {
		for (int by = 0; group_by_names[by]; by++) {
			struct supervise_query q =
				asked(t, group_by_names[by], periods[p][0], periods[p][1]);
			struct supervise_report r = report(t, &q);
			assert_opens(t, &q, &r.total, NULL);
			for (size_t i = 0; i < r.n; i++)
				assert_opens(t, &q, &r.v[i], &r.v[i].key);
		}
	}
}

static void groups_add_up_to_the_total_whatever_they_are(void **state)
{
	struct town *t = *state;
	struct supervise_query none = asked(t, "none", "2026-03-01", NULL);
	struct supervise_report whole = report(t, &none);

	for (int by = BY_UNIT; group_by_names[by]; by++) {
		struct supervise_query q = asked(t, group_by_names[by], "2026-03-01", NULL);
		struct supervise_report r = report(t, &q);
		assert_true(r.n >= 2);
		for (size_t i = 0; i < n_figures; i++) {
			const struct figure *f = &figures[i];
			int64_t sum = 0;
			for (size_t k = 0; k < r.n; k++)
				sum += figure_value(f, &r.v[k].tally).value;
			if (f->measure == FIGURE_COUNT || f->measure == FIGURE_SUM)
				assert_int_equal(sum, figure_value(f, &whole.total.tally).value);
			assert_int_equal(figure_value(f, &r.total.tally).value,
					 figure_value(f, &whole.total.tally).value);
		}
	}
}

static void a_list_goes_on_where_it_stopped(void **state)
{
	struct town *t = *state;
	struct supervise_query q = asked(t, "none", NULL, NULL);
	struct supervise_open o = { .figure = figure_by_id(HY_S("received")), .most = 3 };
	struct listing l = { .figure = o.figure };
	HY_SCOPED_DB db = NULL;
	int64_t pages = 0;

	assert_ok(hy_store_read(city_store(t->city), &db, e));
	for (int64_t before = -1; before != l.n; pages++) {
		before = l.n;
		o.after = l.last;
		assert_ok(supervise_open(t->a, t->city, db, &q, &o, list_one, &l, e));
		assert_true(l.n <= before + 3);
	}
	assert_int_equal(l.n, 10);
	assert_int_equal(pages, 5);
}

/* --- the command
 * ------------------------------------------------------------------------------------------- */

struct said {
	enum hy_code code;
	hy_str out;
	struct hy_err e;
};

/* Runs `report supervision` with pairs of option and value ("" for switches); ends with NULL. */
static struct said say(struct town *t, bool json, const char *const *words)
{
	struct hy_given given[16] = { 0 };
	struct hy_run run = { .command = &supervise_commands[0],
			      .arena = t->a,
			      .json = json,
			      .language = HY_S("en"),
			      .given = given };
	struct said s = { 0 };
	char *text = NULL;
	size_t size = 0;

	for (size_t i = 0; words[i]; i += 2) {
		const struct hy_option *o = run.command->options;
		while (o->name && strcmp(o->name, words[i]) != 0)
			o++;
		assert_non_null(o->name);
		given[run.n_given++] = (struct hy_given){ o, hy_str_of(words[i + 1]) };
	}
	if (test_database()) {
		const struct hy_option *o = run.command->options;
		while (strcmp(o->name, "--store") != 0)
			o++;
		given[run.n_given++] = (struct hy_given){ o, hy_str_of(test_address(t->where)) };
	}
	run.out = open_memstream(&text, &size);
	run.err = stderr;
	s.code = run.command->run(&run, &s.e);
	fclose(run.out);
	s.out = hy_str_dup(t->a, (hy_str){ text, size });
	free(text);
	return s;
}

static bool holds(struct said s, const char *part)
{
	return s.code == HY_OK && hy_str_find(s.out, hy_str_of(part)) >= 0;
}

/* The command reads the machine's clock, so only figures of what is long past are looked at. */
static void the_command_prints_table_csv_and_json(void **state)
{
	struct town *t = *state;
	const char *const table[] = {
		"--data", t->where, "--by", "unit", "--to", "2026-03-31", NULL
	};
	struct said s = say(t, false, table);
	assert_true(holds(s, "市城管局"));
	assert_true(holds(s, "unassigned"));
	assert_true(holds(s, "in time%"));
	const char *const csv[] = { "--data", t->where, "--by",	 "unit", "--to", "2026-03-31",
				    "--csv",  "",	"--bom", "",	 NULL };
	s = say(t, false, csv);
	assert_true(holds(s, "\xef\xbb\xbfkey,name,received,unassigned,unassigned_share,answered,"
			     "in_time,late,"));
	assert_true(holds(s, "\r\nU1,市城管局,2,0,0.00,2,1,1,"));
	assert_true(holds(s, "\r\n,unassigned,1,1,100.00,0,0,0,1,1,"));
	const char *const json[] = { "--data", t->where, "--to", "2026-03-31", NULL };
	s = say(t, true, json);
	assert_true(holds(s, "\"received\":{\"value\":6}"));
	json_t *doc = NULL;
	assert_ok(hy_json_read(t->a, s.out, &doc, e));
	assert_int_equal(json_array_size(json_object_get(doc, "definitions")), n_figures);
}

static void the_command_opens_a_figure(void **state)
{
	struct town *t = *state;
	const char *const csv[] = { "--data",  t->where, "--by",  "unit", "--open", "reopened",
				    "--group", "U2",	 "--csv", "",	  NULL };
	struct said s = say(t, false, csv);
	assert_true(holds(s, "2026-03-03,2026-03-24,2026-03-04,1,,市水务局,\"'=噪声\"\r\n"));
	const char *const json[] = { "--data",	   t->where,  "--by", "unit", "--open",
				     "unanswered", "--group", "-",    NULL };
	s = say(t, true, json);
	json_t *doc = NULL;
	assert_ok(hy_json_read(t->a, s.out, &doc, e));
	assert_int_equal(hy_json_get_int(doc, "count", -1), 1);
	assert_int_equal(json_array_size(json_object_get(doc, "matters")), 1);
}

static void the_command_refuses_what_cannot_be_meant(void **state)
{
	static const struct {
		const char *const words[8];
		const char *says;
	} wrong[] = {
		{ { "--from", "2026-04-31" }, "must be a day" },
		{ { "--from", "2026-04-02", "--to", "2026-04-01" }, "before the first day" },
		{ { "--open", "recieved" }, "did you mean 'received'" },
		{ { "--group", "U1" }, "goes with --open" },
		{ { "--open", "received", "--group", "U1" }, "goes with --by" },
		{ { "--csv", "", "--xlsx", "/dev/null" }, "choose one" },
		{ { "--bom", "" }, "goes with --csv" },
	};
	struct town *t = *state;

	for (size_t i = 0; i < HY_COUNT(wrong); i++) {
		const char *words[11] = { "--data", t->where };
		for (size_t k = 0; wrong[i].words[k]; k++)
			words[k + 2] = wrong[i].words[k];
		struct said s = say(t, false, words);
		assert_says(&s.e, HY_BAD_FIELD, wrong[i].says);
	}
}

static void a_workbook_is_written_and_an_impossible_one_refused(void **state)
{
	struct town *t = *state;
	const char *path = hy_printf(t->a, "%s/figures.xlsx", t->where).p;
	const char *const good[] = { "--data", t->where, "--by", "unit", "--xlsx", path, NULL };
	struct said s = say(t, false, good);
	hy_str bytes = HY_S("");

	assert_int_equal(s.code, HY_OK);
	assert_int_equal(s.out.n, 0);
	assert_ok(hy_file_read(t->a, path, 1 << 20, &bytes, e));
	assert_true(hy_str_starts(bytes, HY_S("PK\003\004")));
	assert_true(hy_str_find(bytes, HY_S("xl/worksheets/sheet2.xml")) > 0);
	const char *const bad[] = { "--data", t->where, "--xlsx", "/nonexistent/x.xlsx", NULL };
	s = say(t, false, bad);
	assert_int_equal(s.code, HY_IO);
}

/* --- sheets
 * -------------------------------------------------------------------------------------------------
 */

static void wide_characters_take_two_places(void **state)
{
	(void)state;
	assert_int_equal(sheet_width(HY_S("")), 0);
	assert_int_equal(sheet_width(HY_S("abc")), 3);
	assert_int_equal(sheet_width(HY_S("市城管局")), 8);
	assert_int_equal(sheet_width(HY_S("a市")), 3);
	assert_int_equal(sheet_width(HY_S("\xff\xfe")), 2); /* no character at all */
}

static void cells_do_no_harm(void **state)
{
	static const struct sheet_column columns[] = { { HY_S_INIT("名"), 6, false },
						       { HY_S_INIT("n"), 5, true },
						       { HY_S_INIT("x"), 0, false } };
	static const struct {
		const char *text, *csv;
	} texts[] = {
		{ "plain", "plain" },
		{ "a,b", "\"a,b\"" },
		{ "say \"x\"", "\"say \"\"x\"\"\"" },
		{ "=1+1", "\"'=1+1\"" },
		{ "+8", "\"'+8\"" },
		{ "-8", "\"'-8\"" },
		{ "@x", "\"'@x\"" },
		{ "\tx", "\"'\tx\"" },
		{ "a\nb", "\"a\nb\"" },
	};
	struct town *t = *state;

	for (size_t i = 0; i < HY_COUNT(texts); i++) {
		char *out = NULL;
		size_t n = 0;
		FILE *f = open_memstream(&out, &n);
		struct sheet *s = sheet_csv(t->a, f, false);
		const struct sheet_cell cells[] = { sheet_words(hy_str_of(texts[i].text)),
						    { .kind = SHEET_SHARE, .n = 6667 },
						    { 0 } };
		sheet_begin(s, HY_S("p"), columns, 3);
		assert_ok(sheet_row(s, cells, e));
		fclose(f);
		assert_string_equal(out,
				    hy_printf(t->a, "名,n,x\r\n%s,66.67,\r\n", texts[i].csv).p);
		free(out);
	}
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	struct sheet *s = sheet_text(t->a, f);
	const struct sheet_cell cells[] = { sheet_words(HY_S("水务")), sheet_number(42),
					    sheet_words(HY_S("a\n\033[31mb")) };
	sheet_begin(s, HY_S("p"), columns, 3);
	assert_ok(sheet_row(s, cells, e));
	fclose(f);
	assert_string_equal(out, "名          n  x\n水务       42  a  [31mb\n");
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_figures_are_those_counted_by_hand),
		cmocka_unit_test(units_are_judged_by_what_they_have),
		cmocka_unit_test(months_are_those_of_the_citys_zone),
		cmocka_unit_test(both_days_of_the_period_count),
		cmocka_unit_test(every_figure_of_every_group_opens_to_its_matters),
		cmocka_unit_test(groups_add_up_to_the_total_whatever_they_are),
		cmocka_unit_test(a_list_goes_on_where_it_stopped),
		cmocka_unit_test(the_command_prints_table_csv_and_json),
		cmocka_unit_test(the_command_opens_a_figure),
		cmocka_unit_test(the_command_refuses_what_cannot_be_meant),
		cmocka_unit_test(a_workbook_is_written_and_an_impossible_one_refused),
		cmocka_unit_test(wide_characters_take_two_places),
		cmocka_unit_test(cells_do_no_harm),
	};

	return cmocka_run_group_tests(tests, small_city, town_down);
}
