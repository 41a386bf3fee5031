/* Making and opening a city: store, record and institution together. */
#include "matter/city.h"
#include "matter/sight.h"

#include "http/http.h"
#include "matter/attach.h"
#include "matter/identity.h"
#include "matter/proposal.h"
#include "matter/search.h"
#include "people/security.h"
#include "people/setting.h"

#include <sys/stat.h>

/* Those of the http floor too: every command must be able to open a city that was served. */
static const struct hy_migration *const own_migrations[] = {
	/* clang-format off */
	record_migrations,
	unit_migrations,
	setting_migrations,
	security_migrations,
	account_migrations,
	grant_migrations,
	post_migrations,
	matter_migrations,
	search_migrations,
	hy_http_migrations,
	custodian_migrations, proposal_migrations,
	identity_migrations, attach_migrations,
	/* clang-format on */
};

static size_t count(const struct hy_migration *m)
{
	size_t n = 0;

	while (m && m[n].name)
		n++;
	return n;
}

static const struct city_room *const *rooms_above;

void city_set_rooms(const struct city_room *const *rooms)
{
	rooms_above = rooms;
}

const struct city_room *const *city_rooms(void)
{
	static const struct city_room *const none[] = { NULL };

	return rooms_above ? rooms_above : none;
}

const struct hy_migration *city_migrations(struct hy_arena *a)
{
	const struct city_room *const *rooms = city_rooms();
	size_t n = 0, at = 0;

	for (size_t i = 0; i < HY_COUNT(own_migrations); i++)
		n += count(own_migrations[i]);
	for (size_t i = 0; rooms[i]; i++)
		n += count(rooms[i]->migrations);
	struct hy_migration *all = hy_new_n(a, struct hy_migration, n + 1);
	for (size_t i = 0; i < HY_COUNT(own_migrations); i++)
		for (size_t k = 0; own_migrations[i][k].name; k++)
			all[at++] = own_migrations[i][k];
	for (size_t i = 0; rooms[i]; i++)
		for (size_t k = 0, own = count(rooms[i]->migrations); k < own; k++)
			all[at++] = rooms[i]->migrations[k];
	return all;
}

static enum hy_code open_store(struct city *c, const char *where, bool create,
			       const struct city_options *o, struct hy_err *e)
{
	struct hy_store_options so = {
		.create = create,
		.read_only = o->read_only,
		.files = where,
		.readers = o->readers,
		.queue = o->queue,
		.fast_import = o->fast_import,
		.migrations = city_migrations(c->arena),
		.now = o->now,
	};
	return hy_store_open(o->store ? o->store : where, &so, &c->store, e);
}

static enum hy_code open_record(struct city *c, const struct city_options *o, struct hy_err *e)
{
	return o->read_only ? HY_OK : record_open(c->store, o->salt_seed, &c->record, e);
}

static struct city *city_alloc(void)
{
	struct hy_arena *a = hy_arena_new(0);
	struct city *c = hy_new(a, struct city);

	c->arena = a;
	c->known.arena = hy_arena_new(0);
	city_forget_units(&c->known);
	return c;
}

void city_forget_units(struct city_known *k)
{
	hy_arena_empty(k->arena);
	k->units = (struct hy_map){ .a = k->arena };
}

void city_close(struct city **c)
{
	if (!c || !*c)
		return;
	struct hy_arena *a = (*c)->arena;
	hy_arena_free(&(*c)->known.arena);
	record_close(&(*c)->record);
	hy_store_close(&(*c)->store);
	hy_arena_free(&a);
	*c = NULL;
}

static enum hy_code read_city(struct city *c, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(c->store, &db, e);

	if (!code)
		code = institution_load(c->arena, db, NULL, &c->kept, e);
	if (code)
		return code;
	c->rules = c->kept;
	HY_SCOPED_STMT s = hy_sql(db, "SELECT name FROM city WHERE id = 1");
	bool row;
	code = hy_step(s, &row, e);
	if (!code && row)
		c->name = hy_col_dup(c->arena, s, 0);
	return code;
}

/* At the beginning of each batch: what others, or the batch before, have brought into force, and
 * nothing of a batch that failed. */
static enum hy_code keep_up(struct hy_db *db, void *arg, struct hy_err *e)
{
	struct city *c = arg;
	bool row;

	if (c->kept_era == hy_db_era(db)) {
		c->rules = c->kept;
		return HY_OK;
	}
	HY_SCOPED_STMT s = hy_sql(db, "SELECT max(n) FROM institution");
	enum hy_code code = hy_step(s, &row, e);

	if (!code && hy_col_int(s, 0) > (int64_t)c->kept->n)
		code = institution_load(c->arena, db, c->kept, &c->kept, e);
	if (code)
		return code;
	c->rules = c->kept;
	c->kept_era = hy_db_era(db);
	return HY_OK;
}

/* Content that does not fit its hash may be a changed row or a damaged page: the page is named if
 * it is one, since a backup mends it. */
static enum hy_code page_or_row(struct city *c, struct hy_err *e)
{
	struct hy_err damage = { 0 };

	if (hy_store_check(c->store, &damage) != HY_STORE)
		return HY_TAMPERED;
	*e = damage;
	return HY_STORE;
}

enum hy_code city_open(const char *where, const struct city_options *o, struct city **out,
		       struct hy_err *e)
{
	struct city *c = city_alloc();
	enum hy_code code = setting_add(matter_settings, e); /* before there are threads */

	for (size_t i = 0; !code && city_rooms()[i]; i++)
		if (city_rooms()[i]->settings)
			code = setting_add(city_rooms()[i]->settings, e);
	if (!code)
		code = open_store(c, where, false, o, e);

	if (!code)
		code = open_record(c, o, e);
	if (!code)
		code = read_city(c, e);
	if (!code && !o->read_only)
		hy_store_after_begin(c->store, keep_up, c);
	if (!code && !o->read_only)
		code = sight_fill(c, e);
	if (code == HY_TAMPERED)
		code = page_or_row(c, e);
	if (code)
		city_close(&c);
	else
		*out = c;
	return code;
}

/* --- making one ------------------------------------------------------------------------------- */

struct founding {
	struct city *c;
	const struct city_new *n;
	const struct pack_source *packs;
	size_t n_packs;
	hy_str origin;
	struct matter_version version;
};

static enum hy_code found(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct founding *f = in_out;
	struct hy_arena *a = hy_db_arena(db);
	struct hy_buf b = hy_buf_on(a);
	struct hy_json j = hy_json_on(&b);
	int64_t idx;

	hy_json_obj(&j);
	hy_json_kstr(&j, "name", f->n->name);
	hy_json_kstr(&j, "origin", f->origin);
	hy_json_obj_end(&j);
	struct record_new ev = {
		.subject = HY_S("city"),
		.move = HY_S("found"),
		.seq = 1,
		.at = f->n->at,
		.rec = hy_store_now(f->c->store),
		.role = HY_S("system"),
		.data = hy_buf_str(&b),
	};
	enum hy_code code = record_append(f->c->record, db, &ev, &idx, e);
	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, "INSERT INTO city (id, name) VALUES (1, $1)");
	hy_bind_text(s, 1, f->n->name);
	code = hy_exec(s, NULL, e);
	if (code)
		return code;
	const struct city_change x = { .packs = f->packs, .n_packs = f->n_packs, .at = f->n->at };
	return institution_add(f->c, db, a, &x, &f->version, &idx, e);
}

static enum hy_code read_packs(struct hy_arena *a, const char *const *dirs,
			       struct pack_source **out, size_t *n_out, struct hy_err *e)
{
	size_t n = 0;

	while (dirs[n])
		n++;
	struct pack_source *v = hy_new_n(a, struct pack_source, n + 1);
	for (size_t i = 0; i < n; i++) {
		enum hy_code code = pack_source_read(a, dirs[i], &v[i], e);
		if (code)
			return code;
	}
	*out = v;
	*n_out = n;
	return HY_OK;
}

static hy_str origin_of(struct hy_arena *a, const struct city_new *n)
{
	unsigned char random[8];

	if (n->origin.n)
		return n->origin;
	if (n->seed) {
		hy_hash h = hy_sha256_4(HY_S("origin"), (hy_str){ (const char *)n->seed, 32 },
					HY_S(""), HY_S(""));
		memcpy(random, h.b, sizeof(random));
	} else {
		hy_random(random, sizeof(random));
	}
	return hy_printf(a, "huiyin.local/" HY_FMT, HY_ARG(hy_hex(a, random, sizeof(random))));
}

/* A city already in the store is left alone. */
static enum hy_code refuse_second(struct city *c, struct hy_err *e)
{
	HY_SCOPED_DB db = NULL;
	enum hy_code code = hy_store_read(c->store, &db, e);
	bool row;

	if (code)
		return code;
	HY_SCOPED_STMT s = hy_sql(db, "SELECT 1 FROM city");
	code = hy_step(s, &row, e);
	if (!code && row)
		return hy_fail(e, HY_EXISTS, "store", "%s holds a city already",
			       hy_store_where(c->store));
	return code;
}

enum hy_code city_create(const char *where, const struct city_new *n, const struct city_options *o,
			 struct hy_err *e)
{
	SCOPED_CITY c = city_alloc();
	struct founding f = { .c = c, .n = n, .origin = origin_of(c->arena, n) };
	struct pack_source *packs = NULL;
	struct stat st;

	if (stat(hy_printf(c->arena, "%s/huiyin.db", where).p, &st) == 0)
		return hy_fail(e, HY_EXISTS, "data", "%s holds a city already", where);
	if (hy_str_trim(n->name).n == 0 || hy_str_chars(n->name) > 100)
		return hy_fail(e, HY_BAD_FIELD, "name",
			       "the city's name must have 1 to 100 characters");
	enum hy_code code = read_packs(c->arena, n->packs, &packs, &f.n_packs, e);
	/* Before anything is written: a pack that fails its tests founds no city. */
	if (!code)
		code = institution_try(c->arena, packs, f.n_packs, e);
	f.packs = packs;
	/* A database may hold a city; a folder was looked at above. */
	if (!code && o->store)
		code = open_store(c, where, true, o, e);
	if (!code && o->store)
		code = refuse_second(c, e);
	if (!code)
		code = record_create(where, f.origin, n->seed, e);
	if (!code && !o->store)
		code = open_store(c, where, true, o, e);
	if (!code)
		code = open_record(c, o, e);
	return code ? code : hy_store_write(c->store, found, &f, e);
}

/* --- new versions --------------------------------------------------------------------------------
 */

enum hy_code city_bring_in(struct city *c, struct hy_db *db, const struct city_change *x,
			   int64_t *version_out, struct hy_err *e)
{
	const struct matter_rules *before = c->rules;
	struct matter_version version;
	int64_t number = 0;
	enum hy_code code = institution_add(c, db, hy_db_arena(db), x, &version, &number, e);

	if (code)
		return code;
	/* A second run finds the first one's version here, and puts its own in the place of it. */
	size_t n = (size_t)number - 1;
	struct matter_version *v = hy_new_n(c->arena, struct matter_version, n + 1);
	struct matter_rules *after = hy_new(c->arena, struct matter_rules);
	memcpy(v, before->v, n * sizeof(*v));
	v[n] = version;
	*after = (struct matter_rules){ v, n + 1 };
	c->rules = after;
	hy_db_new_era(db); /* keep_up() looks again whether it was committed */
	code = matter_move_open(c, db, x->at, x->moved, x->arg, e);
	const struct security_act act = {
		.act = "pack.activate",
		.by = { .account = x->approved_by,
			.address = x->proposal ? x->address : HY_S("console") },
		.role = x->proposal ? x->role : HY_S("console"),
		.data = hy_printf(hy_db_arena(db), "{\"notice\":%s,\"version\":%zu}",
				  x->notice ? "true" : "false", n + 1),
		.at = x->at,
	};
	if (!code)
		code = security_note(c->record, db, &act, e);
	if (code)
		c->rules = before;
	else if (version_out)
		*version_out = number;
	return code;
}

struct change {
	struct city *c;
	struct city_change x;
};

static enum hy_code bring_in_work(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct change *k = in_out;

	return city_bring_in(k->c, db, &k->x, NULL, e);
}

static enum hy_code change(struct change *k, struct hy_err *e)
{
	const struct matter_rules *before = k->c->rules;
	enum hy_code code = hy_store_write(k->c->store, bring_in_work, k, e);

	if (code)
		k->c->rules = before;
	return code;
}

enum hy_code city_activate(struct city *c, const char *const *packs, hy_ms at,
			   void (*moved)(void *arg, const struct city_moved *m), void *arg,
			   struct hy_err *e)
{
	struct change k = { c, { .at = at, .moved = moved, .arg = arg } };
	struct pack_source *sources = NULL;
	enum hy_code code = read_packs(c->arena, packs, &sources, &k.x.n_packs, e);

	k.x.packs = sources;
	return code ? code : change(&k, e);
}

enum hy_code city_notice(struct city *c, const struct pack_file *notice, hy_ms at,
			 void (*moved)(void *arg, const struct city_moved *m), void *arg,
			 struct hy_err *e)
{
	struct pack_file kept = { hy_str_dup(c->arena, notice->path),
				  hy_str_dup(c->arena, notice->text) };
	struct change k = { c, { .notice = &kept, .at = at, .moved = moved, .arg = arg } };

	return change(&k, e);
}

/* --- asking
 * ------------------------------------------------------------------------------------------ */

struct hy_store *city_store(struct city *c)
{
	return c->store;
}

struct record *city_record(struct city *c)
{
	return c->record;
}

const struct matter_rules *city_rules(const struct city *c)
{
	return c->rules;
}

const struct pack *city_pack_at(const struct city *c, int64_t n)
{
	const struct matter_rules *rules = city_rules(c);

	return n >= 1 && (size_t)n <= rules->n ? rules->v[n - 1].pack : matter_rules_now(rules);
}

const struct pack *city_pack(struct city *c)
{
	return matter_rules_now(c->rules);
}

hy_str city_name(struct city *c)
{
	return c->name;
}

hy_str city_issuer(struct hy_arena *a, struct city *c, struct hy_db *db)
{
	hy_str said = setting_text(db, "notice.issuer");

	return said.n ? said : hy_printf(a, HY_FMT "机关效能建设办公室", HY_ARG(c->name));
}

hy_ms city_now(struct city *c)
{
	return hy_store_now(c->store);
}

hy_day city_day(struct city *c, hy_ms at)
{
	return hy_local(hy_calendar_zone(city_pack(c)->calendar), at, NULL);
}

hy_day city_today(struct city *c)
{
	return city_day(c, city_now(c));
}
