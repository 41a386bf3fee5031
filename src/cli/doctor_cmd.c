/* huiyin doctor: what is open, what is weak, what to do. */
#include <time.h>

#include "cli/doctor_machine.h"
#include "cli/serve_edge.h"
#include "cli/settings.h"
#include "matter/command.h"
#include "tell/tell.h"

/* Rooms above add theirs. */
static const struct doctor_check *const doctor_tables[] = {
	doctor_machine_checks, doctor_city_checks, doctor_people_checks, tell_checks, NULL,
};

static hy_ms machine_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (hy_ms)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static const char *const marks[] = { "ok", "??", "weak", "BAD" };

static void print_text(struct hy_run *run, const struct doctor *d)
{
	bool all = hy_run_has(run, "--all");

	for (size_t i = 0; i < d->n; i++) {
		const struct doctor_finding *f = &d->found[i];
		if (f->verdict == DOCTOR_OK && !all)
			continue;
		fprintf(run->out, "%-4s %-22s " HY_FMT "%s" HY_FMT "\n", marks[f->verdict],
			f->check->id, HY_ARG(doctor_say(f->means, run->language)),
			f->about.n ? ": " : "", HY_ARG(f->about));
		if (f->mend)
			fprintf(run->out, "%28s-> " HY_FMT "\n", "",
				HY_ARG(doctor_say(f->mend, run->language)));
	}
}

static void three(struct hy_json *j, const char *key, const struct doctor_text *t)
{
	static const char *const languages[] = { "zh-CN", "zh-Hant", "en" };

	hy_json_key(j, key);
	hy_json_obj(j);
	for (size_t i = 0; i < HY_COUNT(languages); i++)
		hy_json_kstr(j, languages[i], t->say[i]);
	hy_json_obj_end(j);
}

static void print_json(struct hy_run *run, const struct doctor *d)
{
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);

	hy_json_obj(&j);
	hy_json_kstr(&j, "verdict", hy_str_of(doctor_verdict_names[doctor_worst(d)]));
	hy_json_key(&j, "findings");
	hy_json_arr(&j);
	for (size_t i = 0; i < d->n; i++) {
		const struct doctor_finding *f = &d->found[i];
		hy_json_obj(&j);
		hy_json_kstr(&j, "check", hy_str_of(f->check->id));
		hy_json_kstr(&j, "verdict", hy_str_of(doctor_verdict_names[f->verdict]));
		hy_json_kstr(&j, "about", f->about);
		three(&j, "title", &f->check->title);
		three(&j, "means", f->means);
		if (f->mend)
			three(&j, "mend", f->mend);
		hy_json_obj_end(&j);
	}
	hy_json_arr_end(&j);
	hy_json_obj_end(&j);
	command_print(run, &b);
}

static enum hy_code verdict(const struct doctor *d, struct hy_err *e)
{
	int n[DOCTOR_BAD + 1] = { 0 };

	for (size_t i = 0; i < d->n; i++)
		n[d->found[i].verdict]++;
	if (n[DOCTOR_BAD])
		return hy_fail(e, HY_UNSAFE, "", "%d bad, %d weak, %d not looked at", n[DOCTOR_BAD],
			       n[DOCTOR_WEAK], n[DOCTOR_UNKNOWN]);
	if (n[DOCTOR_WEAK])
		return hy_fail(e, HY_WEAK, "", "%d weak, %d not looked at", n[DOCTOR_WEAK],
			       n[DOCTOR_UNKNOWN]);
	return HY_OK;
}

static enum hy_code doctor(struct hy_run *run, struct hy_err *e)
{
	SCOPED_CITY c = NULL;
	HY_SCOPED_DB db = NULL;
	struct hy_err why = { 0 };
	struct doctor d = { .run = run,
			    .a = run->arena,
			    .where = hy_run_option(run, "--data").p,
			    .now = machine_now() };
	enum hy_code code = settings_ready(e);

	if (code)
		return code;
	if (!command_read(run, &c, &db, &why)) {
		d.city = c;
		d.db = db;
	}
	doctor_run(&d, doctor_tables);
	if (run->json)
		print_json(run, &d);
	else
		print_text(run, &d);
	if (!d.city) {
		*e = why;
		return why.code;
	}
	return verdict(&d, e);
}

static const struct hy_option doctor_options[] = {
	DATA_OPTION,
	EDGE_OPTIONS,
	{ "--address", "ADDRESS", "where the server listens" },
	{ "--backups", "DIR", "where backups are kept" },
	{ "--all", NULL, "what is sound too" },
	{ 0 },
};
static const char *const doctor_examples[] = {
	"huiyin doctor --data data --backups /var/backups/huiyin",
	"huiyin doctor --data data --tls-cert city.pem --tls-key city.key --lang en", NULL
};

const struct hy_command doctor_commands[] = {
	{ "doctor", "what is open, what is weak, what to do",
	  .description =
		  "Looks at files and their permissions, certificate and proxies (when given as to "
		  "serve), settings, administrators, accounts, tokens, custodians, the record, the "
		  "calendar, backups and the disk. Changes nothing.\n"
		  "Returns 0 when all is sound, 7 when something is weak, 8 when something is open "
		  "or about to fail.",
	  .options = doctor_options, .examples = doctor_examples, .json = true, .run = doctor },
	{ 0 },
};
