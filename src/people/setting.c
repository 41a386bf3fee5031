#include "people/setting.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/monotonic.h"
#include "people/setting_part.h"

enum {
	NAME_MOST = 60,
	TEXT_MOST = 1000,
	TABLES_MOST = 8,
	FRESH_MS = 1000,
	EXPECTED_MS = 60000,
	STORES_MOST = 16
};

/* --- the rows ------------------------------------------------------------------------------ */

static const struct setting *tables[TABLES_MOST] = { people_settings };
static size_t n_tables = 1;

size_t setting_count(void)
{
	size_t n = 0;

	for (size_t t = 0; t < n_tables; t++)
		for (const struct setting *s = tables[t]; s->name; s++)
			n++;
	return n;
}

const struct setting *setting_at(size_t n)
{
	for (size_t t = 0; t < n_tables; t++)
		for (const struct setting *s = tables[t]; s->name; s++)
			if (n-- == 0)
				return s;
	return NULL;
}

/* Where it stands among all; setting_count() when it is not there. */
static size_t place_of(hy_str name)
{
	size_t n = 0;

	for (size_t t = 0; t < n_tables; t++)
		for (const struct setting *s = tables[t]; s->name; s++, n++)
			if (hy_str_eq(name, hy_str_of(s->name)))
				return n;
	return n;
}

const struct setting *setting_find(hy_str name)
{
	return setting_at(place_of(name));
}

enum hy_code setting_named(hy_str name, const struct setting **out, struct hy_err *e)
{
	const struct setting *s = setting_find(name);
	struct hy_near near = hy_near_to(name);

	if (s) {
		*out = s;
		return HY_OK;
	}
	for (size_t i = 0; i < setting_count(); i++)
		hy_near_try(&near, hy_str_of(setting_at(i)->name));
	return hy_fail(e, HY_NOT_FOUND, "name", "there is no setting \"" HY_FMT "\"%s",
		       HY_ARG(near.want), hy_near_text(&near));
}

const char *setting_type_name(enum setting_type type)
{
	switch (type) {
	case SETTING_INT:
		return "integer";
	case SETTING_BOOL:
		return "boolean";
	case SETTING_WORD:
		return "word";
	case SETTING_TEXT:
		return "text";
	case SETTING_DURATION:
		return "duration";
	}
	return "";
}

hy_str setting_meaning(const struct setting *s, hy_str language)
{
	return s->meaning[hy_str_eq(language, HY_S("en"))	 ? 2
			  : hy_str_eq(language, HY_S("zh-Hant")) ? 1
								 : 0];
}

const char *setting_permission(const struct setting *s)
{
	return s->who == SETTING_SECURITY ? "setting.security" : "setting.write";
}

/* --- values -------------------------------------------------------------------------------- */

static const struct {
	char letter;
	int64_t seconds;
} spans[] = { { 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 } };

static enum hy_code read_span(const struct setting *s, hy_str text, struct setting_value *out,
			      struct hy_err *e)
{
	int64_t n = 0;

	for (size_t i = 0; text.n > 1 && i < HY_COUNT(spans); i++) {
		if (text.p[text.n - 1] != spans[i].letter ||
		    !hy_str_int((hy_str){ text.p, text.n - 1 }, &n))
			continue;
		if (n < s->least / spans[i].seconds - 1 || n > s->most / spans[i].seconds ||
		    n * spans[i].seconds < s->least)
			return hy_fail(e, HY_BAD_FIELD, "value",
				       "must be between %lld and %lld seconds", (long long)s->least,
				       (long long)s->most);
		out->n = n * spans[i].seconds;
		return HY_OK;
	}
	return hy_fail(e, HY_BAD_FIELD, "value",
		       "must be a number with s, m, h or d behind it, such as 90s or 30d");
}

static bool is_word(const char *one_of, hy_str text)
{
	hy_str rest = hy_str_of(one_of), word;

	while (hy_str_cut(&rest, '|', &word))
		if (hy_str_eq(word, text))
			return true;
	return false;
}

static enum hy_code read_text(const struct setting *s, hy_str text, struct hy_err *e)
{
	if (!hy_str_utf8(text, NULL))
		return hy_fail(e, HY_BAD_FIELD, "value", "must be UTF-8");
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
			return hy_fail(e, HY_BAD_FIELD, "value",
				       "must be one line without control characters");
	size_t n = hy_str_chars(text);
	if ((int64_t)n < s->least || (int64_t)n > s->most)
		return hy_fail(e, HY_BAD_FIELD, "value", "must have %lld to %lld characters",
			       (long long)s->least, (long long)s->most);
	return HY_OK;
}

enum hy_code setting_value_read(const struct setting *s, hy_str text, struct setting_value *out,
				struct hy_err *e)
{
	struct setting_value v = { .text = text };
	enum hy_code c = HY_OK;

	switch (s->type) {
	case SETTING_INT:
		if (!hy_str_int(text, &v.n) || v.n < s->least || v.n > s->most)
			c = hy_fail(e, HY_BAD_FIELD, "value",
				    "must be a whole number between %lld and %lld",
				    (long long)s->least, (long long)s->most);
		break;
	case SETTING_BOOL:
		v.n = hy_str_eq(text, HY_S("true"));
		if (!v.n && !hy_str_eq(text, HY_S("false")))
			c = hy_fail(e, HY_BAD_FIELD, "value", "must be true or false");
		break;
	case SETTING_WORD:
		if (!is_word(s->one_of, text))
			c = hy_fail(e, HY_BAD_FIELD, "value", "must be one of %s", s->one_of);
		break;
	case SETTING_TEXT:
		c = read_text(s, text, e);
		break;
	case SETTING_DURATION:
		c = read_span(s, text, &v, e);
		break;
	}
	if (!c)
		*out = v;
	return c;
}

hy_str setting_value_text(struct hy_arena *a, const struct setting *s,
			  const struct setting_value *v)
{
	size_t i = 0;

	switch (s->type) {
	case SETTING_INT:
		return hy_printf(a, "%lld", (long long)v->n);
	case SETTING_BOOL:
		return v->n ? HY_S("true") : HY_S("false");
	case SETTING_WORD:
	case SETTING_TEXT:
		return v->text;
	case SETTING_DURATION:
		if (v->n == 0)
			return HY_S("0s");
		while (v->n % spans[i].seconds)
			i++;
		return hy_printf(a, "%lld%c", (long long)(v->n / spans[i].seconds),
				 spans[i].letter);
	}
	return HY_S("");
}

static struct setting_value default_of(const struct setting *s)
{
	struct setting_value v = { 0 };
	struct hy_err e = { 0 };

	if (setting_value_read(s, hy_str_of(s->otherwise), &v, &e))
		abort(); /* setting_add() looked at it */
	return v;
}

bool setting_value_weaker(const struct setting *s, const struct setting_value *v)
{
	const struct setting_value d = default_of(s);

	switch (s->weaker) {
	case WEAKER_NEVER:
		return false;
	case WEAKER_ABOVE:
		return v->n > d.n;
	case WEAKER_BELOW:
		return v->n < d.n;
	case WEAKER_OTHER:
		return v->n != d.n || !hy_str_eq(v->text, d.text);
	}
	return false;
}

/* --- adding tables -------------------------------------------------------------------------- */

static bool name_ok(const char *name)
{
	size_t n = strlen(name), dots = 0;

	for (size_t i = 0; i < n; i++) {
		dots += name[i] == '.';
		if (name[i] != '.' && name[i] != '_' && (name[i] < 'a' || name[i] > 'z'))
			return false;
	}
	return n <= NAME_MOST && dots == 1 && name[0] != '.' && name[n - 1] != '.';
}

enum hy_code setting_row_check(const struct setting *s, struct hy_err *e)
{
	struct setting_value v;
	bool number = s->type == SETTING_INT || s->type == SETTING_DURATION;

	if (!name_ok(s->name))
		return hy_fail(e, HY_BAD_INPUT, "name",
			       "%.60s: a setting is called group.name, in small letters", s->name);
	for (size_t i = 0; i < HY_COUNT(s->meaning); i++)
		if (s->meaning[i].n == 0 || !hy_str_utf8(s->meaning[i], NULL))
			return hy_fail(e, HY_BAD_INPUT, "meaning",
				       "%s: says what it means in three languages", s->name);
	if ((s->type == SETTING_WORD) != (s->one_of != NULL) || s->least > s->most ||
	    s->least < 0 || ((number || s->type == SETTING_TEXT) && s->most == 0) ||
	    (s->type == SETTING_TEXT && s->most > TEXT_MOST) ||
	    (!number && (s->weaker == WEAKER_ABOVE || s->weaker == WEAKER_BELOW)))
		return hy_fail(e, HY_BAD_INPUT, "type", "%s: its limits do not fit its type",
			       s->name);
	if (!s->otherwise || setting_value_read(s, hy_str_of(s->otherwise), &v, e)) {
		hy_err_clear(e);
		return hy_fail(e, HY_BAD_INPUT, "otherwise", "%s: its default breaks its limits",
			       s->name);
	}
	return HY_OK;
}

enum hy_code setting_add(const struct setting *table, struct hy_err *e)
{
	for (size_t t = 0; t < n_tables; t++)
		if (tables[t] == table)
			return HY_OK;
	if (n_tables == TABLES_MOST)
		return hy_fail(e, HY_BAD_INPUT, "settings", "there are at most %d tables",
			       TABLES_MOST);
	for (const struct setting *s = table; s->name; s++) {
		enum hy_code c = setting_row_check(s, e);
		if (c)
			return c;
		if (setting_find(hy_str_of(s->name)))
			return hy_fail(e, HY_BAD_INPUT, "name", "%s: is there twice", s->name);
	}
	tables[n_tables++] = table;
	return HY_OK;
}

/* --- what is kept in memory ------------------------------------------------------------------ */

/* One for each open store.  A store that is gone may leave its address to another, so its name
 * is compared too. */
struct kept {
	struct hy_store *store;
	char where[256];
	int64_t loaded;	  /* monotonic ms; 0: not */
	int64_t version;  /* the newest event among them */
	int64_t changing; /* transactions that changed something and are not over */
	/* What the last of them wrote, if it was committed: until then a snapshot without it is
	 * taken for an old one. */
	int64_t expected, expected_until;
	struct hy_arena *arena;
	struct setting_value *v; /* by place */
};

static struct {
	pthread_mutex_t lock;
	struct kept of[STORES_MOST];
	size_t next;
} memory = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int64_t now_ms(void)
{
	return hy_monotonic_ms() + 1;
}

static struct kept *kept_of(struct hy_store *store)
{
	const char *where = hy_store_where(store);
	struct kept *k;

	for (size_t i = 0; i < STORES_MOST; i++) {
		k = &memory.of[i];
		if (k->store == store && strncmp(k->where, where, sizeof(k->where) - 1) == 0)
			return k;
	}
	k = &memory.of[memory.next++ % STORES_MOST];
	hy_arena_free(&k->arena);
	*k = (struct kept){ .store = store };
	snprintf(k->where, sizeof(k->where), "%s", where);
	return k;
}

/* VALUES has a place for each row. */
static enum hy_code load(struct hy_arena *a, struct hy_db *db, struct setting_value *values,
			 int64_t *version_out, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT name, value, last_idx FROM setting");
	size_t count = setting_count();
	int64_t version = 0;
	bool row;

	for (size_t i = 0; i < count; i++)
		values[i] = default_of(setting_at(i));
	for (;;) {
		enum hy_code c = hy_step(q, &row, e);
		if (!c && !row)
			*version_out = version;
		if (c || !row)
			return c;
		size_t at = place_of(hy_col_text(q, 0));
		struct hy_err why = { 0 };
		if (hy_col_int(q, 2) > version)
			version = hy_col_int(q, 2);
		if (hy_col_null(q, 1))
			continue;
		/* What an older program allowed and this one does not, is not taken. */
		if (at < count &&
		    setting_value_read(setting_at(at), hy_col_dup(a, q, 1), &values[at], &why))
			hy_log(HY_LOG_WARN, "setting", "%s: the stored value %s; the default holds",
			       setting_at(at)->name, why.detail);
	}
}

/* Under the lock.  Only what is committed and newest is kept: neither what a transaction has
 * changed and not committed, nor what an old snapshot still sees. */
static struct setting_value value_at(struct hy_db *db, size_t place)
{
	struct kept *k = kept_of(hy_db_store(db));
	int64_t now = now_ms(), version = 0;
	struct hy_err e = { 0 };

	if (k->v && !k->changing && k->loaded && now - k->loaded < FRESH_MS)
		return k->v[place];
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct setting_value *fresh = hy_new_n(a, struct setting_value, setting_count() + 1);
	if (load(a, db, fresh, &version, &e)) {
		hy_log(HY_LOG_ERROR, "setting", "could not be read: %s", hy_err_text(&e));
		return k->v ? k->v[place] : default_of(setting_at(place));
	}
	struct setting_value v = fresh[place];
	v.text = hy_str_dup(hy_db_arena(db), v.text);
	if (!k->changing && version >= k->version &&
	    (version >= k->expected || now >= k->expected_until)) {
		struct hy_arena *before = k->arena;
		k->arena = a;
		k->v = fresh;
		k->loaded = now;
		k->version = version;
		a = before;
	}
	return v;
}

static struct setting_value ask(struct hy_db *db, const char *name, unsigned types)
{
	size_t place = place_of(hy_str_of(name));
	const struct setting *s = setting_at(place);

	if (!s || !(types & 1U << s->type)) {
		hy_log(HY_LOG_ERROR, "setting", "%s is asked for, and %s", name,
		       s ? "is of another type" : "stands in no table");
		abort();
	}
	pthread_mutex_lock(&memory.lock);
	struct setting_value v = value_at(db, place);
	if (v.text.p && (s->type == SETTING_TEXT || s->type == SETTING_WORD))
		v.text = hy_str_dup(hy_db_arena(db), v.text);
	pthread_mutex_unlock(&memory.lock);
	return v;
}

int64_t setting_int(struct hy_db *db, const char *name)
{
	return ask(db, name, 1U << SETTING_INT).n;
}

bool setting_bool(struct hy_db *db, const char *name)
{
	return ask(db, name, 1U << SETTING_BOOL).n;
}

hy_str setting_text(struct hy_db *db, const char *name)
{
	return ask(db, name, 1U << SETTING_TEXT | 1U << SETTING_WORD).text;
}

int64_t setting_ms(struct hy_db *db, const char *name)
{
	return ask(db, name, 1U << SETTING_DURATION).n * 1000;
}

static void transaction_over(void *store)
{
	pthread_mutex_lock(&memory.lock);
	struct kept *k = kept_of(store);
	k->loaded = 0;
	k->expected_until = now_ms() + EXPECTED_MS;
	if (k->changing)
		k->changing--;
	pthread_mutex_unlock(&memory.lock);
}

void setting_changed(struct hy_db *db, int64_t idx)
{
	struct hy_store *store = hy_db_store(db);

	pthread_mutex_lock(&memory.lock);
	kept_of(store)->changing++;
	kept_of(store)->expected = idx;
	pthread_mutex_unlock(&memory.lock);
	hy_arena_defer(hy_db_arena(db), transaction_over, store);
}
