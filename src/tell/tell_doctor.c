/* What `huiyin doctor` says of mail and webhooks. */
#include <sys/stat.h>

#include "matter/doctor.h"
#include "tell/hook.h"

#define SAYS(name, cn, hant, english)                                                              \
	static const struct doctor_text name = { { HY_S_INIT(cn), HY_S_INIT(hant),                 \
						   HY_S_INIT(english) } }

SAYS(not_set, "邮件已打开，但设置不全", "郵件已開啟，但設定不全",
     "mail is on, but its settings are not whole");
SAYS(not_set_mend, "补上这一项，用 huiyin mail test 试发", "補上這一項，用 huiyin mail test 試寄",
     "set what lacks and try it with huiyin mail test");
SAYS(open_password, "邮件密码的文件别人也能读", "郵件密碼的檔案別人也能讀",
     "others can read the file with the password of mail");
SAYS(open_password_mend, "chmod 600 keys/mail.password", "chmod 600 keys/mail.password",
     "chmod 600 keys/mail.password");
SAYS(given_up, "近七天有发不出去而放弃的邮件或推送", "近七天有送不出去而放棄的郵件或推送",
     "mail or posts were given up in the last seven days");
SAYS(given_up_mend, "huiyin mail list --state given_up 看原因，mail again 再发",
     "huiyin mail list --state given_up 看原因，mail again 再送",
     "see why with huiyin mail list --state given_up, send again with huiyin mail again");
SAYS(stuck, "有邮件或推送试了一天还没有送到", "有郵件或推送試了一天還沒有送到",
     "mail or posts have been tried for a day in vain");
SAYS(stuck_mend, "huiyin mail list --state waiting 看对方的答复",
     "huiyin mail list --state waiting 看對方的答覆",
     "see what the other side says with huiyin mail list --state waiting");

static enum hy_code set_up(struct doctor *d, struct hy_err *e)
{
	const char *path = hy_printf(d->a, "%s/keys/mail.password", d->where).p;
	struct tell_account by;
	struct hy_err why = { 0 };
	struct stat st;

	(void)e;
	if (stat(path, &st) == 0 && st.st_mode & 077)
		doctor_finds(d, DOCTOR_BAD, hy_str_of(path), &open_password, &open_password_mend);
	if (setting_bool(d->db, "mail.on") && tell_account(d->a, d->city, d->db, &by, &why))
		doctor_finds(d, DOCTOR_WEAK, hy_str_dup(d->a, hy_str_of(why.field)), &not_set,
			     &not_set_mend);
	return HY_OK;
}

static enum hy_code counted(struct doctor *d, const char *sql, hy_ms until, int64_t *out,
			    struct hy_err *e)
{
	HY_SCOPED_STMT s = hy_sql(d->db, sql);
	bool row;

	hy_bind_int(s, 1, until);
	enum hy_code code = hy_step(s, &row, e);
	if (!code)
		*out = hy_col_int(s, 0);
	return code;
}

static enum hy_code delivered(struct doctor *d, struct hy_err *e)
{
	int64_t n = 0, waits = 0;
	enum hy_code code =
		counted(d, "SELECT count(*) FROM message WHERE state = 2 AND last_at > $1",
			d->now - (hy_ms)7 * HY_DAY_MS, &n, e);

	if (!code)
		code = counted(d,
			       "SELECT count(*) FROM message WHERE state = 0 AND tries > 0"
			       " AND made_at < $1",
			       d->now - HY_DAY_MS, &waits, e);
	if (!code && n)
		doctor_finds(d, DOCTOR_WEAK, hy_printf(d->a, "%lld", (long long)n), &given_up,
			     &given_up_mend);
	if (!code && waits)
		doctor_finds(d, DOCTOR_WEAK, hy_printf(d->a, "%lld", (long long)waits), &stuck,
			     &stuck_mend);
	return code;
}

const struct doctor_check tell_checks[] = {
	{ "tell.settings",
	  { { HY_S_INIT("邮件设置"), HY_S_INIT("郵件設定"), HY_S_INIT("settings of mail") } },
	  .look = set_up },
	{ "tell.delivered",
	  { { HY_S_INIT("邮件和推送送到"), HY_S_INIT("郵件和推送送到"),
	      HY_S_INIT("mail and webhooks delivered") } },
	  .look = delivered },
	{ 0 },
};
