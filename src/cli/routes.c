/* The table of tables of routes, and `huiyin routes`, which prints it. */
#include "cli/routes.h"

#include "cli/audit.h"
#include "cli/guard.h"

#include "appraise/appraise.h"
#include "base/command.h"
#include "matter/api.h"
#include "plain/plain.h"
#include "service/assist.h"
#include "service/board.h"
#include "service/item.h"
#include "service/letter.h"
#include "supervise/brief.h"
#include "supervise/card.h"
#include "supervise/flow.h"
#include "supervise/notice.h"
#include "supervise/problems.h"
#include "supervise/quality.h"
#include "supervise/rectification.h"
#include "supervise/supervise.h"
#include "tell/tell.h"

const struct hy_route *const route_tables[] = {
	/* clang-format off */
	hy_http_routes,
	login_routes, oidc_routes,
	welcome_routes,
	accounts_routes, own_routes,
	audit_routes,
	matter_routes, table_routes,
	access_routes, grant_routes,
	citizen_routes,
	similar_routes,
	attach_routes,
	identity_routes,
	custodian_routes,
	person_routes,
	institution_routes, proposal_routes,
	calendar_routes,
	setting_routes,
	log_routes,
	unit_routes,
	post_routes,
	supervise_routes, flow_routes, brief_routes,
	item_routes, letter_routes, board_routes, assist_routes,
	card_routes,
	notice_routes,
	rectification_routes,
	problem_routes,
	quality_routes,
	appraise_routes, round_file_routes, round_public_routes,
	survey_routes, warning_routes, indices_routes,
	tell_routes, hook_routes, feed_routes,
	plain_routes,
	NULL,
	/* clang-format on */
};

static void fields_json(struct hy_json *j, const char *key, const struct hy_field *fields)
{
	hy_json_key(j, key);
	hy_json_arr(j);
	for (const struct hy_field *f = fields; f && f->name; f++) {
		hy_json_obj(j);
		hy_json_kstr(j, "name", hy_str_of(f->name));
		hy_json_kstr(j, "type", hy_str_of(hy_field_type_name(f->type)));
		hy_json_kbool(j, "required", f->required);
		if (f->least || f->most) {
			hy_json_kint(j, "least", f->least);
			hy_json_kint(j, "most", f->most);
		}
		if (f->one_of)
			hy_json_kstr(j, "one_of", hy_str_of(f->one_of));
		hy_json_obj_end(j);
	}
	hy_json_arr_end(j);
}

static void route_json(struct hy_json *j, const struct hy_route *r)
{
	hy_json_obj(j);
	hy_json_kstr(j, "method", hy_str_of(r->method));
	hy_json_kstr(j, "path", hy_str_of(r->path));
	hy_json_kstr(j, "permission", hy_str_of(r->permission));
	hy_json_kstr(j, "summary", hy_str_of(r->summary));
	hy_json_kbool(j, "idempotency_key", r->idempotent_key);
	hy_json_kbool(j, "if_match", r->need_match);
	hy_json_kbool(j, "page", r->wrong != NULL);
	fields_json(j, "query", r->query);
	fields_json(j, "body", r->body);
	hy_json_obj_end(j);
}

struct printing {
	struct hy_run *run;
	struct hy_buf b;
	struct hy_json j;
};

static void print(const struct hy_route *r, void *arg)
{
	struct printing *p = arg;

	if (p->run->json)
		route_json(&p->j, r);
	else
		hy_buf_fmt(&p->b, "%-6s %-40s %-12s %s\n", r->method, r->path, r->permission,
			   r->summary);
}

static enum hy_code routes(struct hy_run *run, struct hy_err *e)
{
	struct printing p = { .run = run, .b = hy_buf_on(run->arena) };

	(void)e;
	p.j = hy_json_on(&p.b);
	if (run->json)
		hy_json_arr(&p.j);
	hy_routes_each(route_tables, print, &p);
	if (run->json) {
		hy_json_arr_end(&p.j);
		hy_buf_byte(&p.b, '\n');
	}
	fwrite(p.b.p, 1, p.b.n, run->out);
	return HY_OK;
}

const struct hy_command route_commands[] = {
	{ "routes", "the addresses of the HTTP interface, with the fields each takes",
	  .description = "With --json also the limits of every field. api/openapi.yaml says what "
			 "they mean.",
	  .json = true, .run = routes },
	{ 0 },
};
