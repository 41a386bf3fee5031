/* Backups: snapshots under writing, round trips, and everything that may happen to a file. */

#include <archive.h>
#include <archive_entry.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"
#include "store/backup.h"
#include "store/testing.h"

static const char *in(void **state, const char *name)
{
	static char path[4][256];
	static unsigned at;
	char *p = path[at++ % HY_COUNT(path)];

	snprintf(p, sizeof(path[0]), "%s/%s", (const char *)*state, name);
	return p;
}

static hy_str bytes_of(struct hy_arena *a, const char *path)
{
	struct hy_err e = { 0 };
	hy_str s = HY_S("");

	if (hy_file_read(a, path, 64 << 20, &s, &e))
		fail_msg("%s", hy_err_text(&e));
	return s;
}

static void put_bytes(const char *path, hy_str s)
{
	struct hy_err e = { 0 };

	if (hy_file_write(path, s, 0600, &e))
		fail_msg("%s", hy_err_text(&e));
}

/* Bytes that do not shrink. */
static hy_str noise(struct hy_arena *a, size_t n)
{
	char *p = hy_arena_take(a, n + 1);

	hy_random(p, n);
	return (hy_str){ p, n };
}

static void a_key(void **state, const char *name, struct hy_backup_key *secret,
		  struct hy_backup_key *public)
{
	struct hy_err e = { 0 };
	char pub[300];

	assert_int_equal(hy_backup_key_make(in(state, name), &e), HY_OK);
	assert_int_equal(hy_backup_key_read(in(state, name), secret, &e), HY_OK);
	snprintf(pub, sizeof(pub), "%s.pub", in(state, name));
	assert_int_equal(hy_backup_key_read(pub, public, &e), HY_OK);
	assert_true(secret->has_secret && !public->has_secret);
	assert_memory_equal(secret->public, public->public, 32);
}

#define ABOUT HY_S("{\"city\":\"试验市\",\"version\":\"1\"}")

static enum hy_code write_backup(const char *file, hy_str db, const struct hy_backup_key *to,
				 struct hy_err *e)
{
	const struct hy_backup_source sources[] = {
		{ .name = "huiyin.db", .data = db },
		{ .name = "log.vkey", .data = HY_S("a key\n") },
		{ .name = "log/checkpoint", .data = HY_S("") },
		{ .name = "keys/log.key", .data = HY_S("secret\n") },
	};

	hy_err_clear(e);
	return hy_backup_write(file, sources, 4, ABOUT, to, NULL, NULL, e);
}

static enum hy_code check(struct hy_arena *a, const char *file, const struct hy_backup_key *key,
			  struct hy_backup_facts *facts, struct hy_err *e)
{
	hy_err_clear(e);
	return hy_backup_read(a, file, key, NULL, NULL, NULL, NULL, facts, e);
}

/* --- round trips ------------------------------------------------------------------- */

static void round_trip(void **state, size_t size, bool sealed)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	static int n;
	struct hy_backup_key secret, public;
	struct hy_backup_facts facts = { 0 };
	struct hy_err e = { 0 };
	struct stat st;
	hy_str db = noise(a, size);
	const char *file = hy_printf(a, "%s/%d", (const char *)*state, ++n).p;
	const char *into = hy_printf(a, "%s.into", file).p;

	a_key(state, hy_printf(a, "%d.key", n).p, &secret, &public);
	assert_int_equal(write_backup(file, db, sealed ? &public : NULL, &e), HY_OK);
	assert_int_equal(mkdir(into, 0750), 0);
	if (hy_backup_read(a, file, sealed ? &secret : NULL, into, NULL, NULL, NULL, &facts, &e))
		fail_msg("%zu bytes: %s", size, hy_err_text(&e));
	assert_int_equal(facts.sealed, sealed);
	assert_int_equal(facts.files, 4);
	assert_string_equal(hy_json_get(facts.about, "city").p, "试验市");
	assert_true(hy_str_eq(bytes_of(a, hy_printf(a, "%s/huiyin.db", into).p), db));
	assert_true(
		hy_str_eq(bytes_of(a, hy_printf(a, "%s/keys/log.key", into).p), HY_S("secret\n")));
	assert_int_equal(stat(hy_printf(a, "%s/keys/log.key", into).p, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* Around the sizes of chunks: what the seal holds is a little more than the noise. */
static void every_size_comes_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 4096, 60000, 200000, 3 << 20 };

	for (size_t i = 0; i < HY_COUNT(sizes); i++) {
		round_trip(state, sizes[i], false);
		round_trip(state, sizes[i], true);
	}
	for (size_t size = (64 << 10) - 1200; size < (64 << 10); size += 37)
		round_trip(state, size, true);
}

/* --- what must be refused ---------------------------------------------------------- */

static void expect_refused(struct hy_arena *a, const char *file, const struct hy_backup_key *key,
			   const char *part)
{
	struct hy_backup_facts facts = { 0 };
	struct hy_err e = { 0 };

	assert_int_not_equal(check(a, file, key, &facts, &e), HY_OK);
	if (!strstr(e.detail, part))
		fail_msg("wanted \"%s\": %s", part, hy_err_text(&e));
}

static void other_files_and_keys(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_backup_key secret, public, other, other_public;
	const char *sealed = hy_printf(a, "%s/sealed", (const char *)*state).p;
	const char *file = hy_printf(a, "%s/file", (const char *)*state).p;
	struct hy_err e = { 0 };

	a_key(state, "one", &secret, &public);
	a_key(state, "two", &other, &other_public);
	assert_int_equal(write_backup(sealed, HY_S("db"), &public, &e), HY_OK);
	expect_refused(a, sealed, NULL, "give the secret key");
	expect_refused(a, sealed, &public, "a public key cannot");
	expect_refused(a, sealed, &other, "another key");
	expect_refused(a, in(state, "absent"), NULL, "absent");
	expect_refused(a, *state, NULL, "is no file");
	put_bytes(file, HY_S(""));
	expect_refused(a, file, NULL, "is no backup");
	put_bytes(file, HY_S("SQLite format 3"));
	expect_refused(a, file, NULL, "is no backup");
	put_bytes(file, noise(a, 100000));
	expect_refused(a, file, NULL, "is no backup");
	assert_int_equal(hy_backup_key_read(file, &other, &e), HY_BAD_INPUT); /* too long, no key */
	hy_err_clear(&e);
	assert_int_equal(hy_backup_key_make(in(state, "one"), &e), HY_EXISTS);
	/* Nothing that is there is overwritten, nothing half made is left. */
	assert_int_equal(write_backup(file, HY_S("db"), NULL, &e), HY_EXISTS);
	const struct hy_backup_source missing = { .name = "huiyin.db",
						  .path = in(state, "no-such") };
	hy_err_clear(&e);
	assert_int_equal(
		hy_backup_write(in(state, "new"), &missing, 1, ABOUT, NULL, NULL, NULL, &e),
		HY_NOT_FOUND);
	const struct hy_backup_source strange = { .name = "../evil", .data = HY_S("x") };
	hy_err_clear(&e);
	assert_int_equal(
		hy_backup_write(in(state, "new"), &strange, 1, ABOUT, NULL, NULL, NULL, &e),
		HY_INTERNAL);
	struct hy_names names = { 0 };
	hy_err_clear(&e);
	assert_int_equal(hy_dir_list(a, *state, "tmp", &names, &e), HY_OK);
	assert_int_equal(names.n, 0);
	assert_int_not_equal(access(in(state, "new"), F_OK), 0);
}

static void cut_off_anywhere(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_backup_key secret, public;
	const char *file = hy_printf(a, "%s/cut", (const char *)*state).p;
	struct hy_err e = { 0 };

	a_key(state, "key", &secret, &public);
	for (int sealed = 0; sealed < 2; sealed++) {
		const char *whole = hy_printf(a, "%s/whole%d", (const char *)*state, sealed).p;
		assert_int_equal(write_backup(whole, noise(a, 150000), sealed ? &public : NULL, &e),
				 HY_OK);
		hy_str bytes = bytes_of(a, whole);
		for (size_t n = 0; n < bytes.n; n += n < 300 || n + 300 > bytes.n ? 7 : 4999) {
			put_bytes(file, (hy_str){ bytes.p, n });
			expect_refused(a, file, &secret, "");
		}
		char *longer = hy_arena_take(a, bytes.n + 1);
		memcpy(longer, bytes.p, bytes.n);
		put_bytes(file, (hy_str){ longer, bytes.n + 1 });
		expect_refused(a, file, &secret, "");
	}
}

/* A changed byte is found, wherever it stands; but in what is not sealed the zeros that fill
 * a tar's blocks mean nothing, and then everything is as it was. */
static void changed_anywhere(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	struct hy_backup_key secret, public;
	const char *file = hy_printf(a, "%s/changed", (const char *)*state).p;
	struct hy_err e = { 0 };

	a_key(state, "key", &secret, &public);
	for (int sealed = 0; sealed < 2; sealed++) {
		const char *whole = hy_printf(a, "%s/whole%d", (const char *)*state, sealed).p;
		assert_int_equal(write_backup(whole, noise(a, 150000), sealed ? &public : NULL, &e),
				 HY_OK);
		hy_str bytes = bytes_of(a, whole);
		int tried = 0, found = 0;
		for (size_t at = 0; at < bytes.n; at += at < 1500 ? 3 : 2503) {
			HY_SCOPED_ARENA one = hy_arena_new(0);
			struct hy_backup_facts facts = { 0 };
			hy_str changed = hy_str_dup(one, bytes);
			((char *)changed.p)[at] ^= (char)(1 << at % 8);
			put_bytes(file, changed);
			tried++;
			if (check(one, file, &secret, &facts, &e))
				found++;
			else
				assert_true(!sealed &&
					    hy_str_eq(hy_json_canonical(one, facts.about), ABOUT));
		}
		assert_true(found >= (sealed ? tried : tried * 3 / 4));
	}
}

/* A backup that somebody made by hand, with MANIFEST and a file called NAME. */
static void by_hand(const char *file, hy_str manifest, const char *name, hy_str data)
{
	struct archive *tar = archive_write_new();
	const struct {
		const char *name;
		hy_str data;
	} parts[] = { { "manifest.json", manifest }, { name, data } };

	unlink(file);
	archive_write_set_format_pax_restricted(tar);
	assert_int_equal(archive_write_open_filename(tar, file), ARCHIVE_OK);
	for (size_t i = 0; i < HY_COUNT(parts); i++) {
		struct archive_entry *entry = archive_entry_new();
		archive_entry_set_pathname(entry, parts[i].name);
		archive_entry_set_size(entry, (la_int64_t)parts[i].data.n);
		archive_entry_set_filetype(entry, AE_IFREG);
		assert_int_equal(archive_write_header(tar, entry), ARCHIVE_OK);
		archive_write_data(tar, parts[i].data.p, parts[i].data.n);
		archive_entry_free(entry);
	}
	archive_write_free(tar);
}

static hy_str manifest(struct hy_arena *a, int format, const char *name, hy_str data)
{
	hy_hash h = hy_sha256(data);
	hy_str inner = hy_printf(a,
				 "{\"about\":{},\"files\":[{\"name\":\"%s\",\"sha256\":\"" HY_FMT
				 "\",\"size\":%zu}],\"huiyin_backup\":%d",
				 name, HY_ARG(hy_hex(a, h.b, sizeof(h.b))), data.n, format);
	hy_hash own = hy_sha256(hy_printf(a, HY_FMT "}", HY_ARG(inner)));

	return hy_printf(a, HY_FMT ",\"sha256\":\"" HY_FMT "\"}", HY_ARG(inner),
			 HY_ARG(hy_hex(a, own.b, sizeof(own.b))));
}

static enum hy_code too_old(const json_t *about, void *arg, struct hy_err *e)
{
	(void)about;
	(void)arg;
	return hy_fail(e, HY_BAD_INPUT, "", "not with me");
}

static void made_by_hand(void **state)
{
	HY_SCOPED_ARENA a = hy_arena_new(0);
	const char *file = hy_printf(a, "%s/hand", (const char *)*state).p;
	hy_str db = HY_S("db");
	struct hy_backup_facts facts = { 0 };
	struct hy_err e = { 0 };

	by_hand(file, manifest(a, 1, "huiyin.db", db), "huiyin.db", db);
	assert_int_equal(check(a, file, NULL, &facts, &e), HY_OK); /* the hand is a good one */
	by_hand(file, manifest(a, 1, "huiyin.db", db), "huiyin.db", HY_S("bd"));
	expect_refused(a, file, NULL, "huiyin.db is not what the manifest says");
	by_hand(file, manifest(a, 1, "huiyin.db", db), "log.vkey", db);
	expect_refused(a, file, NULL, "does not name");
	by_hand(file, manifest(a, 1, "../evil", db), "../evil", db);
	expect_refused(a, file, NULL, "does not belong");
	by_hand(file, manifest(a, 1, "huiyin.db", db), "/tmp/evil", db);
	expect_refused(a, file, NULL, "does not name");
	by_hand(file, manifest(a, 2, "huiyin.db", db), "huiyin.db", db);
	expect_refused(a, file, NULL, "newer version");
	by_hand(file, HY_S("{}"), "huiyin.db", db);
	expect_refused(a, file, NULL, "manifest");
	by_hand(file, manifest(a, 1, "huiyin.db", db), "huiyin.db", db);
	assert_int_equal(hy_backup_read(a, file, NULL, *state, too_old, NULL, NULL, &facts, &e),
			 HY_BAD_INPUT);
	assert_string_equal(e.detail, "not with me");
	assert_int_not_equal(access(in(state, "huiyin.db"), F_OK), 0); /* asked before writing */
}

/* --- snapshots --------------------------------------------------------------------- */

static atomic_bool over;

/* Two notes in each transaction: a whole number of pairs is a consistent state. */
static enum hy_code add_pair(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct test_note n = { *(int64_t *)in_out, NULL };
	enum hy_code code = test_note_add(db, &n, e);

	return code ? code : test_note_add(db, &n, e);
}

static void *keep_writing(void *arg)
{
	struct hy_store *s = arg;
	struct hy_err e = { 0 };

	for (int64_t n = 0; !over; n++)
		if (hy_store_write(s, add_pair, &n, &e))
			break;
	return NULL;
}

static void heard(void *arg, int64_t done, int64_t total)
{
	int64_t *last = arg;

	assert_true(done >= *last && done <= total);
	*last = done;
}

static void a_snapshot_is_of_one_moment(void **state)
{
	struct hy_store *s = test_open(*state, NULL), *copy;
	const char *into = in(state, "copy");
	char file[300];
	struct hy_err e = { 0 };
	pthread_t writer;

	assert_int_equal(mkdir(into, 0750), 0);
	snprintf(file, sizeof(file), "%s/huiyin.db", into);
	over = false;
	assert_int_equal(pthread_create(&writer, NULL, keep_writing, s), 0);
	for (int i = 0; i < 5; i++) {
		struct hy_db *db;
		struct hy_steps steps = { 0 };
		HY_SCOPED_ARENA a = hy_arena_new(0);
		int64_t last = 0;
		usleep(20000);
		assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
		int64_t there = test_number(db, "SELECT count(*) FROM note");
		usleep(20000);
		unlink(file);
		assert_int_equal(hy_store_steps(a, db, &steps, &e), HY_OK);
		assert_int_equal(steps.n, 2);
		if (hy_store_snapshot(db, file, heard, &last, &e))
			fail_msg("%s", hy_err_text(&e));
		assert_true(last > 0);
		hy_store_give(&db);
		struct hy_store_options o = { .migrations = test_schema };
		copy = test_open(into, &o);
		assert_int_equal(test_count(copy), there);
		assert_int_equal(there % 2, 0);
		assert_int_equal(hy_store_check(copy, &e), HY_OK);
		test_add(copy, 7); /* it is a store like any other */
		hy_store_close(&copy);
	}
	over = true;
	pthread_join(writer, NULL);
	assert_true(test_count(s) > 20);
	hy_store_close(&s);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, test_folder, test_folder_gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(every_size_comes_back), EACH(other_files_and_keys),
		EACH(cut_off_anywhere),	     EACH(changed_anywhere),
		EACH(made_by_hand),	     EACH(a_snapshot_is_of_one_moment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
