/* Lists of people and of what they decide, each read in the order of an index (plan_test.c). */
#include "matter/identity.h"
#include "matter/plan_testing.h"
#include "matter/proposal.h"
#include "people/account.h"
#include "people/grant_row.h"
#include "people/post.h"
#include "people/session.h"
#include "people/token.h"

/* Columns of TABLE that a row must have and that FILL does not name are 0 or ''. */
static enum hy_code fill(struct hy_db *db, void *in_out, struct hy_err *e)
{
	struct town *t = in_out;
	/* No cast from text to bytes is known to both. */
	const char *hash = test_database() ? "convert_to(i::text, 'UTF8')" : "CAST(i AS BLOB)";
	hy_str keys = hy_printf(
		t->a,
		"INSERT INTO session(id, hash, account, stage, strong, made_at, seen_at, ends_at,"
		" address, agent)" MANY "1000 + i, %s, i %% 5000, 0, 0, 0, 0, i, '', '' FROM n;"
		"INSERT INTO token(id, hash, account, name, scopes, made_at, expires_at, "
		"revoked_at,"
		" used_at)" MANY "1000 + i, %s, i %% 5000, '', '*', 0, 0, 0, 0 FROM n",
		hash, hash);
	enum hy_code c = hy_sql_script(db, keys.p, e);

	if (c)
		return c;
	return hy_sql_script(
		db,
		"INSERT INTO account(id, login, name, state, demo, has_password, has_totp, made_at,"
		" seq, last_idx)" MANY "i, 'a' || i, 'n' || i, 0, 0, 0, 0, 0, 1, 0"
		" FROM n;"
		"INSERT INTO role_grant(id, account, role, unit, below, clearance, valid_from,"
		" valid_until, state, proposed_by, approved_by, revoked_by, proposed_at, seq,"
		" last_idx)" MANY "1000 + i, i % 5000, 'r' || (i % 20), '', 0, 0, 0, 0, 1, 0, 0, 0,"
		" 0, 1, 0 FROM n;"
		"INSERT INTO proposal(id, state, notice, content, name, version, base, became,"
		" proposed_by, decided_by, proposed_at, reason, answer, seq, last_idx)" MANY
		"1000 + i, i % 3, 0, '', '', '', 0, 0, 0, 0, 0, '', '', 1, 0 FROM n;"
		"INSERT INTO opening(id, matter, what, state, account, role, unit, purpose, at,"
		" changed_at, expires_at, first)" MANY
		"1000 + i, 1000 + i % 9000, 'name', 1, 1, '', '', '', 0, 0, 0, 0 FROM n;"
		"INSERT INTO post(id, code, title, role, unit, open, last_idx, seq)" MANY
		"1000 + i, 'p' || i, '', '', 'U' || (i % 2000), 1, 0, 1 FROM n;"
		"INSERT INTO absence(id, account, kind, from_at, until_at, substitute, note,"
		" last_idx, seq)" MANY "1000 + i, i % 5000, 'leave', i, i + 20, 0, '', 0, 1 FROM n;"
		"INSERT INTO event_private(idx, salt, body) SELECT idx, leaf, '' FROM event"
		" WHERE idx NOT IN (SELECT idx FROM event_private);"
		"ANALYZE",
		e);
}

static int people_up(void **state)
{
	if (many_up(state))
		return -1;
	filled(*state, fill);
	return 0;
}

static void by(struct town *t, const char *what, hy_str sql, const struct hy_value *v, int n,
	       const char *sqlite, const char *pg, bool sorts)
{
	hy_str plan = plan_of(t, sql, v, n);

	if (!holds(plan, test_database() ? pg : sqlite) || (sorted(plan) && !sorts) ||
	    (test_database() && holds(plan, "Seq Scan on")))
		fail_msg("%s:\n" HY_FMT "\n", what, HY_ARG(plan));
}

static void lists_of_people_are_read_by_an_index(void **state)
{
	struct town *t = *state;
	const struct hy_value
		account[] = { { .number = 700 }, { .is_text = true }, { .number = 50 } },
		proposal[] = { { .number = -1 }, { .number = INT64_MAX }, { .number = 50 } },
		one[] = { { .number = 77 }, { .number = 0 } },
		days[] = { { .number = 19500 }, { .number = 19600 }, { .number = 77 } },
		unit[] = { { .is_text = true, .text = HY_S("U77") } },
		subject[] = { { .is_text = true, .text = HY_S("grant/77") } },
		code[] = { { .is_text = true, .text = HY_S("PL-2026-77") } };
	const struct {
		struct grant_filter f;
		const char *sqlite, *pg;
	} grants[] = {
		{ { .state = -1, .after = 4000 }, "INTEGER PRIMARY KEY", "role_grant_pkey" },
		{ { .state = -1, .account = 77 }, "role_grant_account", "role_grant_account" },
		{ { .state = 1, .account = 77 }, "role_grant_account", "role_grant_account" },
		{ { .state = -1, .role = HY_S("r7") }, "role_grant_role", "role_grant_" },
	};

	by(t, "accounts", hy_str_of(account_list_sql), account, 3, "INTEGER PRIMARY KEY",
	   "account_pkey", false);
	by(t, "proposals", hy_str_of(proposal_list_sql), proposal, 3, "INTEGER PRIMARY KEY",
	   "proposal_pkey", false);
	by(t, "openings of a matter", hy_str_of(identity_of_matter_sql), code, 1, "opening_matter",
	   "opening_matter", true);
	by(t, "openings", hy_str_of(identity_list_sql), NULL, 0, "SCAN o", "opening_pkey", false);
	by(t, "sessions of an account", hy_str_of(session_list_sql), one, 2, "session_account",
	   "session_account", true);
	by(t, "tokens of an account", hy_str_of(token_of_account_sql), one, 1, "token_account",
	   "token_account", true);
	by(t, "posts of a unit", hy_str_of(post_of_unit_sql), unit, 1, "post_unit", "post_unit",
	   true);
	by(t, "absences", hy_str_of(absence_all_sql), days, 2, "absence_until", "absence_until",
	   true);
	by(t, "absences of a person", hy_str_of(absence_of_account_sql), days, 3, "absence_account",
	   "absence_account", true);
	by(t, "events of a matter", hy_str_of(record_of_matter), one, 1, "event_matter",
	   "event_matter", false);
	by(t, "events of anything else", hy_str_of(record_of_subject), subject, 1, "event_subject",
	   "event_subject", false);
	for (size_t i = 0; i < HY_COUNT(grants); i++) {
		struct hy_query q;
		grant_list_query(t->a, &grants[i].f, 50, &q);
		by(t, hy_printf(t->a, "grants %zu", i).p, hy_buf_str(&q.sql), q.value, q.n,
		   grants[i].sqlite, grants[i].pg, grants[i].f.account != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_people_are_read_by_an_index),
	};
	return cmocka_run_group_tests(tests, people_up, town_down);
}
