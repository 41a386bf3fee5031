/* What `huiyin doctor` says of files, certificates, proxies, backups and the disk. */
#include "cli/doctor_machine.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "http/hops.h"
#include "http/http.h"
#include "http/tls.h"
#include "people/setting.h"

#define SAYS(name, cn, hant, english)                                                              \
	static const struct doctor_text name = { { HY_S_INIT(cn), HY_S_INIT(hant),                 \
						   HY_S_INIT(english) } }
static const hy_ms day_ms = 86400000;

/* What a setting says, or its default when the city cannot be opened. */
static int64_t turned(struct doctor *d, const char *name, int64_t otherwise)
{
	const struct setting *s = setting_find(hy_str_of(name));

	if (!d->db)
		return otherwise;
	return s->type == SETTING_DURATION ? setting_ms(d->db, name) : setting_int(d->db, name);
}

/* --- files -------------------------------------------------------------------------------------
 */

SAYS(everybody, "本机任何用户都能进入城市目录", "本機任何使用者都能進入城市目錄",
     "every user of this machine can enter the city's folder");
SAYS(everybody_mend, "chmod 750，并归专用用户所有", "chmod 750，並歸專用使用者所有",
     "chmod 750, and let it belong to a user of its own");
SAYS(group_writes, "同组用户能改动城市目录", "同組使用者能改動城市目錄",
     "users of the same group can change the city's folder");
SAYS(key_open, "密钥文件他人可读", "密鑰檔案他人可讀", "others can read a secret key");
SAYS(key_mend, "chmod 600；若曾泄露，更换密钥", "chmod 600；若曾洩露，更換密鑰",
     "chmod 600; when it may have leaked, take a new key");
SAYS(key_missing, "没有记录的签名密钥", "沒有紀錄的簽名密鑰",
     "the record's signing key is missing");
SAYS(key_missing_mend, "从备份取回 keys/log.key", "從備份取回 keys/log.key",
     "bring keys/log.key back from a backup");
SAYS(database_open, "数据库文件任何用户可读", "資料庫檔案任何使用者可讀",
     "every user of this machine can read the database");
SAYS(is_root, "以 root 运行", "以 root 執行", "it runs as root");
SAYS(is_root_mend, "以专用用户运行（见 docs/manual）", "以專用使用者執行（見 docs/manual）",
     "run it as a user of its own (docs/manual)");

static enum hy_code folder(struct doctor *d, struct hy_err *e)
{
	struct stat st;
	hy_str where = hy_str_of(d->where);

	if (stat(d->where, &st) != 0)
		return hy_fail(e, HY_NOT_FOUND, "--data", "%s: there is no such folder", d->where);
	if (st.st_mode & S_IRWXO)
		doctor_finds(d, DOCTOR_BAD, where, &everybody, &everybody_mend);
	else if (st.st_mode & S_IWGRP)
		doctor_finds(d, DOCTOR_WEAK, where, &group_writes, &everybody_mend);
	if (st.st_uid == 0 && geteuid() == 0)
		doctor_finds(d, DOCTOR_WEAK, HY_S(""), &is_root, &is_root_mend);
	return HY_OK;
}

static void key_file(struct doctor *d, const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)))
		doctor_finds(d, DOCTOR_BAD, hy_str_of(path), &key_open, &key_mend);
}

static enum hy_code keys(struct doctor *d, struct hy_err *e)
{
	const char *dir = hy_printf(d->a, "%s/keys", d->where).p;
	struct hy_names names;
	bool signing = false;
	enum hy_code c = hy_dir_list(d->a, dir, "", &names, e);

	for (size_t i = 0; !c && i < names.n; i++) {
		signing = signing || hy_str_eq(names.v[i], HY_S("log.key"));
		if (!hy_str_ends(names.v[i], HY_S(".pub")))
			key_file(d, hy_printf(d->a, "%s/" HY_FMT, dir, HY_ARG(names.v[i])).p);
	}
	if (!c && !signing)
		doctor_finds(d, DOCTOR_BAD, hy_str_of(dir), &key_missing, &key_missing_mend);
	return c;
}

static enum hy_code database(struct doctor *d, struct hy_err *e)
{
	static const char *const names[] = { "huiyin.db", "huiyin.db-wal" };
	struct stat st;

	(void)e;
	for (size_t i = 0; i < HY_COUNT(names); i++) {
		const char *path = hy_printf(d->a, "%s/%s", d->where, names[i]).p;
		if (stat(path, &st) == 0 && (st.st_mode & S_IRWXO))
			doctor_finds(d, DOCTOR_BAD, hy_str_of(path), &database_open,
				     &everybody_mend);
	}
	return HY_OK;
}

/* --- certificate ---------------------------------------------------------------------------------
 */

SAYS(tls_wrong, "证书或私钥不能使用", "憑證或私鑰不能使用", "certificate and key cannot be served");
SAYS(tls_ended, "证书已过期", "憑證已過期", "the certificate has ended");
SAYS(tls_early, "证书尚未生效", "憑證尚未生效", "the certificate does not hold yet");
SAYS(tls_ends, "证书即将到期", "憑證即將到期", "the certificate ends soon");
SAYS(tls_renew, "换上新证书；服务器一秒内自动读取", "換上新憑證；伺服器一秒內自動讀取",
     "put a new one in its place; the server takes it within a second");
SAYS(tls_weak, "证书的密钥或摘要过弱", "憑證的密鑰或摘要過弱",
     "the certificate's key or digest is too weak");
SAYS(tls_self, "自签名证书，浏览器不会信任", "自簽憑證，瀏覽器不會信任",
     "it is signed by itself: browsers will not trust it");
SAYS(tls_no_name, "证书没有写明域名", "憑證沒有寫明網域名稱", "the certificate names no host");
SAYS(tls_replace, "换用受信任机构签发、RSA 2048 位或 P-256 以上的证书",
     "換用受信任機構簽發、RSA 2048 位元或 P-256 以上的憑證",
     "take one from a trusted authority, RSA 2048 or P-256 at least");

static enum hy_code certificate(struct doctor *d, struct hy_err *e)
{
	const char *cert = hy_run_option(d->run, "--tls-cert").p;
	const char *key = hy_run_option(d->run, "--tls-key").p;
	struct hy_err why = { 0 };
	struct hy_tls_facts f;

	if (!cert && !key)
		return HY_OK;
	if (!cert || !key)
		return hy_fail(e, HY_BAD_FIELD, cert ? "--tls-key" : "--tls-cert", "is missing");
	key_file(d, key);
	if (hy_tls_look(d->a, cert, key, &f, &why)) {
		doctor_finds(d, DOCTOR_BAD, hy_str_of(hy_err_text(&why)), &tls_wrong, &tls_renew);
		return HY_OK;
	}
	hy_str about = hy_printf(d->a, "%s: " HY_FMT " %u, %lld d", cert, HY_ARG(f.algorithm),
				 f.bits, (long long)((f.ends - d->now) / day_ms));
	if (f.ends <= d->now)
		doctor_finds(d, DOCTOR_BAD, about, &tls_ended, &tls_renew);
	else if (f.begins > d->now)
		doctor_finds(d, DOCTOR_BAD, about, &tls_early, &tls_renew);
	else if (f.ends - d->now < turned(d, "tls.warn_before", 30 * day_ms))
		doctor_finds(d, DOCTOR_WEAK, about, &tls_ends, &tls_renew);
	if (!f.strong || f.weak_digest)
		doctor_finds(d, DOCTOR_BAD, about, &tls_weak, &tls_replace);
	if (f.self_signed)
		doctor_finds(d, DOCTOR_WEAK, about, &tls_self, &tls_replace);
	if (!f.names.n)
		doctor_finds(d, DOCTOR_WEAK, about, &tls_no_name, &tls_replace);
	return HY_OK;
}

/* --- where it listens ---------------------------------------------------------------------------
 */

SAYS(plain, "对外监听而没有加密", "對外監聽而沒有加密",
     "it would listen to other machines without encryption");
SAYS(plain_mend, "给出 --tls-cert 和 --tls-key，或 --behind-proxy；serve 会拒绝这样启动",
     "給出 --tls-cert 和 --tls-key，或 --behind-proxy；serve 會拒絕這樣啟動",
     "give --tls-cert and --tls-key, or --behind-proxy; serve refuses to start so");
SAYS(trusts_all, "把所有地址都当作可信代理，任何人可以伪造来源",
     "把所有位址都當作可信代理，任何人可以偽造來源",
     "every address is trusted as a proxy: anybody can say where he comes from");
SAYS(trusts_many, "信任的代理地址范围过大", "信任的代理位址範圍過大",
     "very many addresses are trusted as proxies");
SAYS(trusts_mend, "只写代理本身的地址", "只寫代理本身的位址", "name the proxy's own address alone");
SAYS(trusts_wrong, "不是地址或地址段", "不是位址或位址段", "is no address and no prefix");

static enum hy_code listening(struct doctor *d, struct hy_err *e)
{
	hy_str address = hy_run_option(d->run, "--address");
	struct hy_values hops = hy_run_list(d->run, "--behind-proxy");
	struct hy_address at;

	(void)e;
	if (address.n && hy_address_read(address, &at) && !hy_address_is_loopback(&at) &&
	    !hy_run_option(d->run, "--tls-cert").p && !hops.n)
		doctor_finds(d, DOCTOR_BAD, address, &plain, &plain_mend);
	for (size_t i = 0; i < hops.n; i++) {
		struct hy_prefix p;
		struct hy_err why = { 0 };
		if (hy_prefix_read(hops.v[i], &p, &why)) {
			doctor_finds(d, DOCTOR_BAD, hops.v[i], &trusts_wrong, &trusts_mend);
			continue;
		}
		/* Of 128 bits; an IPv4 prefix begins behind 96. */
		bool v4 = p.bits >= 96 && p.at.b[10] == 0xff && p.at.b[11] == 0xff;
		int bits = v4 ? p.bits - 96 : p.bits;
		if (bits == 0)
			doctor_finds(d, DOCTOR_BAD, hops.v[i], &trusts_all, &trusts_mend);
		else if (bits < (v4 ? 16 : 48))
			doctor_finds(d, DOCTOR_WEAK, hops.v[i], &trusts_many, &trusts_mend);
	}
	return HY_OK;
}

/* --- disk and backups ----------------------------------------------------------------------------
 */

SAYS(disk_low, "磁盘剩余空间不足 (MiB)", "磁碟剩餘空間不足 (MiB)", "little room on the disk (MiB)");
SAYS(disk_mend, "清理或扩容；写满后无法登记任何事项", "清理或擴容；寫滿後無法登記任何事項",
     "make room: on a full disk nothing can be filed");
SAYS(backup_untold, "未指明备份目录（--backups）", "未指明備份目錄（--backups）",
     "where backups are was not said (--backups)");
SAYS(backup_none, "没有备份", "沒有備份", "there is no backup");
SAYS(backup_old, "最近的备份过旧 (小时)", "最近的備份過舊 (小時)",
     "the newest backup is too old (hours)");
SAYS(backup_plain, "备份未加密密封", "備份未加密密封", "the newest backup is not sealed");
SAYS(backup_mend, "定时运行 huiyin backup --to-key，并存放到另一台机器",
     "定時執行 huiyin backup --to-key，並存放到另一台機器",
     "run huiyin backup --to-key from a timer, and keep it on another machine");

SAYS(files_few, "允许同时打开的文件数不足，可接受的连接随之减少",
     "允許同時開啟的檔案數不足，可接受的連線隨之減少",
     "so few files may be open that fewer connections can be served");
SAYS(files_mend, "放宽限额：systemd 的 LimitNOFILE= 或 ulimit -n；也可用 --connections 减少连接数",
     "放寬限額：systemd 的 LimitNOFILE= 或 ulimit -n；也可用 --connections 減少連線數",
     "allow more (LimitNOFILE= of the unit, ulimit -n), or serve with fewer --connections");

/* Of this process: a service that is started otherwise may have another limit. */
static enum hy_code files(struct doctor *d, struct hy_err *e)
{
	enum { FEW = 1024 }; /* as if nobody had ever said anything */
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) != 0)
		return hy_broke(e, HY_IO, "getrlimit: %s", strerror(errno));
	if (l.rlim_max < HY_CONNECTIONS + HY_OWN_FILES)
		doctor_finds(d, l.rlim_max <= FEW ? DOCTOR_BAD : DOCTOR_WEAK,
			     hy_printf(d->a, "%llu < %d", (unsigned long long)l.rlim_max,
				       HY_CONNECTIONS + HY_OWN_FILES),
			     &files_few, &files_mend);
	return HY_OK;
}

static enum hy_code disk(struct doctor *d, struct hy_err *e)
{
	struct statvfs v;
	int64_t least = turned(d, "disk.least_mib", 2048);

	if (statvfs(d->where, &v) != 0)
		return hy_fail(e, HY_NOT_FOUND, "--data", "%s: there is no such folder", d->where);
	int64_t mib = (int64_t)(v.f_bavail / 1024 * v.f_frsize / 1024);
	if (mib < least)
		doctor_finds(d, mib < least / 8 ? DOCTOR_BAD : DOCTOR_WEAK,
			     hy_printf(d->a, "%lld", (long long)mib), &disk_low, &disk_mend);
	return HY_OK;
}

/* A backup begins with the magic of zstd, or with the line that says it is sealed. */
static bool is_backup(struct doctor *d, const char *path, bool *sealed_out)
{
	static const hy_str zstd = HY_S_INIT("\x28\xb5\x2f\xfd");
	static const hy_str sealed = HY_S_INIT("huiyin-sealed-backup 1\n");
	char head[32] = "";
	FILE *f = fopen(path, "rb");

	(void)d;
	if (!f)
		return false;
	size_t n = fread(head, 1, sizeof(head), f);
	fclose(f);
	*sealed_out = hy_str_starts((hy_str){ head, n }, sealed);
	return *sealed_out || hy_str_starts((hy_str){ head, n }, zstd);
}

static enum hy_code backups(struct doctor *d, struct hy_err *e)
{
	const char *dir = hy_run_option(d->run, "--backups").p;
	hy_ms newest = 0;
	bool sealed = false, is_sealed;
	struct hy_names names;
	struct stat st;

	if (!dir) {
		doctor_finds(d, DOCTOR_UNKNOWN, HY_S(""), &backup_untold, NULL);
		return HY_OK;
	}
	enum hy_code c = hy_dir_list(d->a, dir, "", &names, e);
	for (size_t i = 0; !c && i < names.n; i++) {
		const char *path = hy_printf(d->a, "%s/" HY_FMT, dir, HY_ARG(names.v[i])).p;
		if (stat(path, &st) != 0 || (hy_ms)st.st_mtim.tv_sec * 1000 <= newest ||
		    !is_backup(d, path, &is_sealed))
			continue;
		newest = (hy_ms)st.st_mtim.tv_sec * 1000;
		sealed = is_sealed;
	}
	if (c)
		return c;
	if (!newest)
		doctor_finds(d, DOCTOR_BAD, hy_str_of(dir), &backup_none, &backup_mend);
	else if (d->now - newest > turned(d, "backup.oldest", 2 * day_ms))
		doctor_finds(d, DOCTOR_BAD,
			     hy_printf(d->a, "%lld", (long long)((d->now - newest) / 3600000)),
			     &backup_old, &backup_mend);
	if (newest && !sealed)
		doctor_finds(d, DOCTOR_WEAK, hy_str_of(dir), &backup_plain, &backup_mend);
	return HY_OK;
}

#define TITLE(cn, hant, english)                                                                   \
	{                                                                                          \
		{                                                                                  \
			HY_S_INIT(cn), HY_S_INIT(hant), HY_S_INIT(english)                         \
		}                                                                                  \
	}
const struct doctor_check doctor_machine_checks[] = {
	{ "files.folder", TITLE("城市目录", "城市目錄", "the city's folder"), true, folder },
	{ "files.keys", TITLE("密钥文件", "密鑰檔案", "secret keys"), true, keys },
	{ "files.database", TITLE("数据库文件", "資料庫檔案", "database files"), true, database },
	{ "serve.certificate", TITLE("TLS 证书", "TLS 憑證", "TLS certificate"), true,
	  certificate },
	{ "serve.listening", TITLE("监听与代理", "監聽與代理", "listening and proxies"), true,
	  listening },
	{ "machine.files", TITLE("可打开文件数", "可開啟檔案數", "open files"), true, files },
	{ "machine.disk", TITLE("磁盘", "磁碟", "the disk"), true, disk },
	{ "machine.backups", TITLE("备份", "備份", "backups"), true, backups },
	{ 0 },
};
