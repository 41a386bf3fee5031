/* huiyin permissions: what may be allowed to whom, from the tables. */
#include "cli/routes.h"
#include "matter/command.h"
#include "matter/grant_json.h"

static void route_line(const struct hy_route *r, void *arg)
{
	struct hy_buf *b = arg;

	hy_buf_fmt(b, "| %s | `%s` | %s%s%s | %s |\n", r->method, r->path,
		   strcmp(r->permission, "public") ? "`" : "", r->permission,
		   strcmp(r->permission, "public") ? "`" : "", r->summary);
}

static void routes(struct hy_buf *b, void *arg)
{
	(void)arg;
	hy_routes_each(route_tables, route_line, b);
}

static void release(void *v)
{
	struct pack *p = v;

	pack_free(&p);
}

static enum hy_code build(struct hy_run *run, struct pack **out, struct hy_err *e)
{
	struct pack_messages msgs = { .v = NULL };
	const char *const *dirs = NULL;
	size_t n = 0;
	enum hy_code code = command_packs(run, &dirs, e);

	while (!code && dirs[n])
		n++;
	struct pack_source *v = hy_new_n(run->arena, struct pack_source, n + 1);
	for (size_t i = 0; !code && i < n; i++)
		code = pack_source_read(run->arena, dirs[i], &v[i], e);
	return code ? code : pack_build(run->arena, v, n, NULL, 0, &msgs, out, e);
}

static enum hy_code permissions(struct hy_run *run, struct hy_err *e)
{
	struct pack *p = NULL;
	struct hy_buf b = hy_buf_on(run->arena);
	struct hy_json j = hy_json_on(&b);
	enum hy_code code = build(run, &p, e);

	if (code)
		return code;
	hy_arena_defer(run->arena, release, p);
	if (run->json)
		permissions_json(&j, p);
	else
		hy_buf_add(&b, permissions_page(run->arena, p, run->language, routes, NULL));
	command_print(run, &b);
	return HY_OK;
}

static const struct hy_option permission_options[] = {
	{ "--pack", "DIR", "a folder of the institution; default: packs/base", .repeated = true },
	{ "--markdown", NULL, "as the page docs/permissions.md (so it is without --json too)" },
	{ 0 },
};
static const char *const permission_examples[] = { "huiyin permissions --markdown --lang en",
						   NULL };

const struct hy_command permission_commands[] = {
	{ "permissions",
	  "every permission, every role with what it may, every address with what it "
	  "needs",
	  .options = permission_options, .examples = permission_examples, .json = true,
	  .run = permissions },
	{ 0 },
};
