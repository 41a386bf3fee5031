/* The SQLite driver's folder: locks, other people's files, damage, crashes, same bytes. */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "base/file.h"
#include "base/hash.h"
#include "store/testing.h"

static const char *in_folder(void **state, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", (const char *)*state, name);
	return path;
}

static enum hy_code try_open(const char *where, struct hy_store_options o, struct hy_err *e)
{
	struct hy_store *s = NULL;

	o.migrations = test_schema;
	hy_err_clear(e);
	enum hy_code code = hy_store_open(where, &o, &s, e);
	hy_store_close(&s);
	return code;
}

static void put_file(const char *path, hy_str data)
{
	struct hy_err e = { 0 };

	assert_int_equal(hy_file_write(path, data, 0640, &e), HY_OK);
}

/* Runs FN(ARG) in another process; its exit code. */
static int elsewhere(int (*fn)(const char *), const char *arg)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(arg));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/* --- who may write ----------------------------------------------------------------- */

static int second_writer(const char *where)
{
	struct hy_err e;
	char pid[32];

	snprintf(pid, sizeof(pid), "process %ld ", (long)getppid());
	if (try_open(where, (struct hy_store_options){ 0 }, &e) != HY_STORE_BUSY)
		return 1;
	if (!strstr(e.detail, pid))
		return 2;
	if (try_open(where, (struct hy_store_options){ .create = true }, &e) != HY_STORE_BUSY)
		return 3;
	return try_open(where, (struct hy_store_options){ .read_only = true }, &e) ? 4 : 0;
}

static void one_process_writes(void **state)
{
	struct hy_store *s = test_open(*state, NULL);
	struct hy_err e;

	test_add(s, 1);
	assert_int_equal(elsewhere(second_writer, *state), 0);
	/* A second time in this process is no better. */
	assert_int_equal(try_open(*state, (struct hy_store_options){ 0 }, &e), HY_STORE_BUSY);
	test_add(s, 2);
	hy_store_close(&s);
	assert_int_equal(try_open(*state, (struct hy_store_options){ 0 }, &e), HY_OK);
}

static void rights_are_narrow(void **state)
{
	char where[256];
	struct stat st;

	snprintf(where, sizeof(where), "%s/a/b c%%20?x#y", (const char *)*state);
	mode_t before = umask(0);
	struct hy_store *s = test_open(where, NULL);
	test_add(s, 1);
	umask(before);
	assert_int_equal(stat(where, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	static const char *const names[] = { "huiyin.db", "huiyin.db-wal", "huiyin.db-shm",
					     "lock" };
	for (size_t i = 0; i < HY_COUNT(names); i++) {
		char path[300];
		snprintf(path, sizeof(path), "%s/%s", where, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
	}
	hy_store_close(&s);
}

/* As an account that may read the folder, not write it.  1xx: not in the mood of the test. */
static int reads_only(const char *where)
{
	struct hy_store_options o = { .read_only = true, .migrations = test_schema };
	struct hy_store *s = NULL;
	struct hy_err e = { 0 };

	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		return 1;
	if (try_open(where, (struct hy_store_options){ 0 }, &e) != HY_STORE ||
	    !strstr(e.detail, "right"))
		return 2;
	hy_err_clear(&e);
	if (hy_store_open(where, &o, &s, &e))
		return 3;
	if (test_count(s) != 2 || hy_store_check(s, &e))
		return 4;
	/* Meanwhile nobody may begin to write: these readers would not notice. */
	char lock[256];
	snprintf(lock, sizeof(lock), "%s/lock", where);
	int fd = open(lock, O_RDONLY);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 5;
	hy_store_close(&s);
	return flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : 6;
}

static void a_folder_one_may_only_read(void **state)
{
	struct hy_store *s = test_open(*state, NULL);

	test_add(s, 1);
	test_add(s, 2);
	hy_store_close(&s);
	assert_int_equal(chmod(in_folder(state, "huiyin.db"), 0444), 0);
	assert_int_equal(chmod(in_folder(state, "lock"), 0444), 0);
	assert_int_equal(chmod(*state, 0555), 0);
	int got = elsewhere(reads_only, *state);
	/* Left in the middle: what the log holds must not be passed over. */
	assert_int_equal(chmod(*state, 0755), 0);
	put_file(in_folder(state, "huiyin.db-wal"), HY_S("something"));
	assert_int_equal(chmod(in_folder(state, "huiyin.db-wal"), 0444), 0);
	assert_int_equal(chmod(*state, 0555), 0);
	int unclean = elsewhere(reads_only, *state);
	assert_int_equal(chmod(*state, 0755), 0);
	assert_int_equal(got, 0);
	assert_int_equal(unclean, 3);
}

/* --- what is no database of ours --------------------------------------------------- */

static void other_files_are_left_alone(void **state)
{
	struct hy_store_options make = { .create = true };
	struct hy_err e;
	sqlite3 *db;
	char noise[8192];

	memset(noise, 'x', sizeof(noise));
	put_file(in_folder(state, "huiyin.db"), (hy_str){ noise, sizeof(noise) });
	assert_int_equal(try_open(*state, make, &e), HY_STORE);
	assert_non_null(strstr(hy_err_text(&e), "no database"));
	assert_int_equal(try_open(*state, (struct hy_store_options){ .read_only = true }, &e),
			 HY_STORE);

	assert_int_equal(unlink(in_folder(state, "huiyin.db")), 0);
	assert_int_equal(sqlite3_open(in_folder(state, "huiyin.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE recipes(name)", NULL, NULL, NULL), 0);
	sqlite3_close(db);
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str before, after;
	hy_err_clear(&e);
	assert_int_equal(hy_file_read(a, in_folder(state, "huiyin.db"), 1 << 20, &before, &e), 0);
	assert_int_equal(try_open(*state, make, &e), HY_BAD_INPUT);
	assert_non_null(strstr(e.detail, "another program"));
	hy_err_clear(&e);
	assert_int_equal(hy_file_read(a, in_folder(state, "huiyin.db"), 1 << 20, &after, &e), 0);
	assert_true(hy_str_eq(before, after));

	assert_int_equal(sqlite3_open(in_folder(state, "huiyin.db"), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA application_id=1213819246; PRAGMA user_version=2",
				      NULL, NULL, NULL),
			 0);
	sqlite3_close(db);
	assert_int_equal(try_open(*state, make, &e), HY_BAD_INPUT);
	assert_non_null(strstr(e.detail, "newer"));

	/* A start that ended before anything was written is no obstacle. */
	put_file(in_folder(state, "huiyin.db"), (hy_str){ 0 });
	assert_int_equal(try_open(*state, (struct hy_store_options){ 0 }, &e), HY_NOT_FOUND);
	assert_int_equal(try_open(*state, make, &e), HY_OK);
	assert_int_equal(try_open(in_folder(state, "huiyin.db"), make, &e), HY_BAD_INPUT);
	assert_int_equal(
		try_open(in_folder(state, "huiyin.db"), (struct hy_store_options){ 0 }, &e),
		HY_BAD_INPUT);
}

static void damage_is_named(void **state)
{
	struct hy_store *s = test_open(*state, NULL);
	struct hy_err e = { 0 };

	for (int i = 0; i < 300; i++)
		test_add(s, i);
	assert_int_equal(hy_store_check(s, &e), HY_OK);
	hy_store_close(&s);
	int fd = open(in_folder(state, "huiyin.db"), O_RDWR);
	struct stat st;
	char junk[4096];
	memset(junk, 0xee, sizeof(junk));
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_size >= 4 * 4096);
	assert_int_equal(pwrite(fd, junk, sizeof(junk), st.st_size - 4096), sizeof(junk));
	close(fd);
	s = test_open(*state, NULL);
	assert_int_equal(hy_store_check(s, &e), HY_STORE);
	assert_non_null(strstr(e.log, "damaged"));
	hy_store_close(&s);
}

/* --- mistakes that stop the program ------------------------------------------------- */

static struct hy_db *reader_of(const char *where)
{
	struct hy_store *s = test_open(where, NULL);
	struct hy_db *db = NULL;
	struct hy_err e = { 0 };

	return hy_store_read(s, &db, &e) ? NULL : db;
}

static int asks_twice(const char *where)
{
	struct hy_db *db = reader_of(where);
	struct hy_stmt *one = hy_sql(db, "SELECT 1"), *two = hy_sql(db, "SELECT 1");

	return one != two;
}

static int gives_back_too_early(const char *where)
{
	struct hy_db *db = reader_of(where);
	struct hy_stmt *one = hy_sql(db, "SELECT 1");

	hy_store_give(&db);
	return one != NULL;
}

static int reads_without_a_row(const char *where)
{
	return (int)hy_col_int(hy_sql(reader_of(where), "SELECT 1"), 0);
}

static int closes_too_early(const char *where)
{
	struct hy_store *s = hy_db_store(reader_of(where));

	hy_store_close(&s);
	return 0;
}

static void mistakes_stop_the_program(void **state)
{
	static int (*const mistakes[])(const char *) = { asks_twice, gives_back_too_early,
							 reads_without_a_row, closes_too_early };

	for (size_t i = 0; i < HY_COUNT(mistakes); i++)
		assert_int_equal(elsewhere(mistakes[i], *state), 100 + SIGABRT);
}

/* --- crashes ----------------------------------------------------------------------- */

enum { CRASH_THREADS = 4 };

struct crashing {
	struct hy_store *s;
	int report;
	int64_t base;
};

/* Says each number after it was acknowledged. */
static void *write_and_say(void *arg)
{
	struct crashing *c = arg;

	for (int64_t n = c->base;; n++) {
		struct test_note note = { n, NULL };
		struct hy_err e = { 0 };
		if (hy_store_write(c->s, test_note_add, &note, &e) ||
		    write(c->report, &n, sizeof(n)) != sizeof(n))
			return NULL;
	}
}

static void write_until_killed(const char *where, int report, int round)
{
	struct hy_store *s = test_open(where, NULL);
	struct crashing c[CRASH_THREADS];
	pthread_t t;

	for (int i = 0; i < CRASH_THREADS; i++) {
		c[i] = (struct crashing){ s, report,
					  (int64_t)(round * CRASH_THREADS + i) * 1000000 };
		pthread_create(&t, NULL, write_and_say, &c[i]);
	}
	for (;;)
		pause();
}

static enum hy_code has_note(struct hy_db *db, int64_t who, bool *out, struct hy_err *e)
{
	HY_SCOPED_STMT q = hy_sql(db, "SELECT 1 FROM note WHERE who = $1");

	hy_bind_int(q, 1, who);
	return hy_step(q, out, e);
}

static void acknowledged_rows_survive_a_kill(void **state)
{
	static const struct hy_migration indexed[] = {
		{ .name = "test-001", TEST_NOTE },
		{ "test-002", TEST_NOTE_BODY },
		{ "test-003", "CREATE INDEX note_who ON note(who)" },
		{ 0 },
	};
	struct hy_store_options o = { .create = true };
	struct hy_err e = { 0 };
	int total = 0;

	for (int round = 0; round < 4; round++) {
		int pipes[2];
		assert_int_equal(pipe(pipes), 0);
		pid_t pid = fork();
		if (pid == 0)
			write_until_killed(*state, pipes[1], round);
		close(pipes[1]);
		usleep(60000 + 37000 * (useconds_t)round);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		int64_t said[1024];
		ssize_t n;
		o.migrations = round == 3 ? indexed : NULL;
		struct hy_store *s = test_open(*state, &o);
		HY_SCOPED_DB db = NULL;
		assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
		while ((n = read(pipes[0], said, sizeof(said))) > 0)
			for (size_t i = 0; i < (size_t)n / sizeof(said[0]); i++, total++) {
				bool there = false;
				assert_int_equal(has_note(db, said[i], &there, &e), HY_OK);
				assert_true(there);
			}
		close(pipes[0]);
		hy_store_give(&db);
		assert_int_equal(hy_store_check(s, &e), HY_OK);
		hy_store_close(&s);
	}
	assert_true(total > 10);
}

/* --- the same again ---------------------------------------------------------------- */

static int64_t noon(void)
{
	return 1700000000000;
}

static enum hy_code churn(struct hy_db *db, void *in_out, struct hy_err *e)
{
	HY_SCOPED_STMT add = hy_sql(db, "INSERT INTO note(who, body) VALUES ($1, $2)");
	HY_SCOPED_STMT drop = hy_sql(db, "DELETE FROM note WHERE who % 7 = $1");
	int64_t n = *(int64_t *)in_out;
	char body[900];

	memset(body, 'a' + (int)(n % 26), sizeof(body));
	snprintf(body, 32, "%lld:", (long long)n);
	body[strlen(body)] = '.';
	hy_bind_int(add, 1, n);
	hy_bind_text(add, 2, (hy_str){ body, sizeof(body) });
	enum hy_code code = hy_exec(add, NULL, e);
	if (code || n % 50 != 0)
		return code;
	hy_bind_int(drop, 1, n % 7);
	return hy_exec(drop, NULL, e);
}

static hy_hash bytes_after(void **state, const char *name, int readers)
{
	struct hy_store_options o = { .create = true, .now = noon };
	char where[256], path[300];
	struct hy_err e = { 0 };
	HY_SCOPED_ARENA a = hy_arena_new(0);
	hy_str file;

	snprintf(where, sizeof(where), "%s/%s", (const char *)*state, name);
	struct hy_store *s = test_open(where, &o);
	for (int64_t n = 1; n <= 2000; n++) {
		if (hy_store_write(s, churn, &n, &e))
			fail_msg("%s", hy_err_text(&e));
		if (readers && n % 10 == 0)
			assert_true(test_count(s) > 0);
	}
	hy_store_close(&s);
	snprintf(path, sizeof(path), "%s/huiyin.db-wal", where);
	assert_int_not_equal(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/huiyin.db", where);
	assert_int_equal(hy_file_read(a, path, 64 << 20, &file, &e), HY_OK);
	assert_true(file.n > 100 << 10);
	return hy_sha256(file);
}

static void the_same_work_gives_the_same_bytes(void **state)
{
	hy_hash one = bytes_after(state, "one", 0), two = bytes_after(state, "two", 1);

	assert_true(hy_hash_eq(&one, &two));
}

/* A forced reset of the log, under load and beside a reader that holds it for a while. */
static void the_log_does_not_grow_for_ever(void **state)
{
	struct hy_store_options o = { .create = true, .fast_import = true };
	struct hy_store *s = test_open(*state, &o);
	struct hy_err e = { 0 };
	int64_t most = 0, n = 0;
	struct hy_db *db;

	assert_int_equal(hy_store_read(s, &db, &e), HY_OK);
	for (; hy_store_stats(s).wal_bytes < 70 << 20 && n < 20000; n++)
		assert_int_equal(hy_store_write(s, churn, &n, &e), HY_OK);
	assert_true(hy_store_stats(s).wal_bytes >= 70 << 20); /* the reader kept it */
	assert_int_equal(test_number(db, "SELECT count(*) FROM note"), 0);
	hy_store_give(&db);
	for (int64_t end = n + 6000; n < end; n++) {
		assert_int_equal(hy_store_write(s, churn, &n, &e), HY_OK);
		int64_t now = hy_store_stats(s).wal_bytes;
		most = now > most ? now : most;
	}
	assert_true(most < 100 << 20);
	assert_true(hy_store_stats(s).wal_bytes < 70 << 20);
	/* And when nothing happens the rest goes as well. */
	for (int i = 0; i < 300 && hy_store_stats(s).wal_bytes > 4 << 20; i++)
		usleep(10000);
	assert_true(hy_store_stats(s).wal_bytes <= 4 << 20);
	hy_store_close(&s);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, test_folder, test_folder_gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(one_process_writes),
		EACH(rights_are_narrow),
		EACH(a_folder_one_may_only_read),
		EACH(other_files_are_left_alone),
		EACH(damage_is_named),
		EACH(mistakes_stop_the_program),
		EACH(acknowledged_rows_survive_a_kill),
		EACH(the_same_work_gives_the_same_bytes),
		EACH(the_log_does_not_grow_for_ever),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
