/* What mails say: codes and plain words, in three languages.  Pure. */
#include "tell/tell.h"

enum { LISTED = 30 };

static int which(hy_str language)
{
	return hy_str_eq(language, HY_S("en")) ? 2 : hy_str_eq(language, HY_S("zh-Hant")) ? 1 : 0;
}

static void foot(struct hy_buf *b, int l, hy_str city, hy_str site)
{
	static const char *const machine[] = {
		"本邮件由系统自动发出，请勿回复。", "本郵件由系統自動發出，請勿回覆。",
		"This mail was sent by a machine; please do not answer it."
	};

	if (site.n)
		hy_buf_fmt(b, HY_FMT "\n", HY_ARG(site));
	hy_buf_fmt(b, "\n%s\n\n" HY_FMT "\n", machine[l], HY_ARG(city));
}

void tell_text_news(struct hy_arena *a, hy_str language, hy_str city, hy_str site, hy_str code,
		    bool first, struct tell_message *out)
{
	static const char *const subjects[2][3] = {
		{ "您的事项有新进展：", "您的事項有新進展：", "There is news on your matter " },
		{ "已登记进展通知：", "已登記進展通知：", "You will be told of news on matter " },
	};
	static const char *const says[2][3] = {
		{ "您的事项有新进展。请凭编号和查询码查询。",
		  "您的事項有新進展。請憑編號和查詢碼查詢。",
		  "There is news on your matter. Look with your code and secret." },
		{ "这件事项有新进展时，将向本地址发一封只含编号的邮件。如果不是您本人登记，请不必理"
		  "会；"
		  "凭编号和查询码查询后可以取消。",
		  "這件事項有新進展時，將向本地址發一封只含編號的郵件。如果不是您本人登記，請不必理"
		  "會；"
		  "憑編號和查詢碼查詢後可以取消。",
		  "When there is news on this matter, a mail with its code alone comes to this "
		  "address. If it was not you who asked for that, do nothing; with code and secret "
		  "it can be taken back." },
	};
	static const char *const names[] = { "编号", "編號", "Code" };
	struct hy_buf b = hy_buf_on(a);
	int l = which(language);

	hy_buf_fmt(&b, "%s\n\n%s: " HY_FMT "\n", says[first][l], names[l], HY_ARG(code));
	foot(&b, l, city, site);
	out->subject = hy_printf(a, "%s" HY_FMT, subjects[first][l], HY_ARG(code));
	out->text = hy_buf_str(&b);
}

static void codes(struct hy_buf *b, const char *head, const hy_str *v, size_t n)
{
	if (!n)
		return;
	hy_buf_fmt(b, "\n%s (%zu)\n", head, n);
	for (size_t i = 0; i < n && i < LISTED; i++)
		hy_buf_fmt(b, "  " HY_FMT "\n", HY_ARG(v[i]));
	if (n > LISTED)
		hy_buf_add(b, HY_S("  ……\n"));
}

void tell_text_digest(struct hy_arena *a, hy_str language, hy_str city, hy_str site,
		      const struct tell_digest *d, struct tell_message *out)
{
	static const char *const subjects[] = {
		"待办提醒：新到 %zu 件，将到期 %zu 件，超期 %zu 件",
		"待辦提醒：新到 %zu 件，將到期 %zu 件，逾期 %zu 件",
		"Waiting for you: %zu new, %zu near the deadline, %zu overdue"
	};
	static const char *const heads[3][3] = { { "新到", "新到", "New" },
						 { "将到期", "將到期", "Near the deadline" },
						 { "已超期", "已逾期", "Overdue" } };
	static const char *const says[] = { "目前共有 %zu 件在办。请登录工作台处理。\n",
					    "目前共有 %zu 件在辦。請登入工作台處理。\n",
					    "%zu matters wait in all. Log in to the workbench.\n" };
	struct hy_buf b = hy_buf_on(a);
	int l = which(language);

	codes(&b, heads[2][l], d->red.v, d->red.n);
	codes(&b, heads[1][l], d->yellow.v, d->yellow.n);
	codes(&b, heads[0][l], d->fresh.v, d->fresh.n);
	hy_buf_byte(&b, '\n');
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	hy_buf_fmt(&b, says[l], d->waiting);
	out->subject = hy_printf(a, subjects[l], d->fresh.n, d->yellow.n, d->red.n);
#pragma GCC diagnostic pop
	foot(&b, l, city, site);
	out->text = hy_buf_str(&b);
}

void tell_text_test(struct hy_arena *a, hy_str language, hy_str city, struct tell_message *out)
{
	static const char *const subjects[] = { "邮件设置测试", "郵件設定測試", "A test of mail" };
	static const char *const says[] = { "收到这封邮件，说明邮件已经设置好。",
					    "收到這封郵件，說明郵件已經設定好。",
					    "If you read this, mail is set up." };
	struct hy_buf b = hy_buf_on(a);
	int l = which(language);

	hy_buf_fmt(&b, "%s\n", says[l]);
	foot(&b, l, city, HY_S(""));
	out->subject = hy_str_of(subjects[l]);
	out->text = hy_buf_str(&b);
}

hy_str tell_masked(struct hy_arena *a, hy_str address)
{
	const char *at = address.n ? memchr(address.p, '@', address.n) : NULL;

	return at ? hy_printf(a, "%c***%.*s", address.p[0], (int)(address.p + address.n - at), at)
		  : HY_S("");
}
