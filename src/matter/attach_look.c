/* What a stranger's file is: asked of a program of its own, and of clamd where there is one. */
#include "matter/attach.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_SECONDS = 30, SCAN_SECONDS = 60, HEAD = 256 };
#define MOST_PIXELS "50000000"

static const char *const taken[] = {
	"image/jpeg",
	"image/png",
	"image/webp",
	"application/pdf",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"audio/mpeg",
	"audio/x-m4a",
	"audio/mp4",
	"audio/amr",
	"audio/AMR",
	"video/mp4",
	NULL,
};

static void close_fd(void *arg)
{
	close(*(const int *)arg);
}

static int unnamed(struct hy_arena *a, const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		hy_str path = hy_printf(a, "%s/.copy-XXXXXX", dir);
		fd = mkostemp((char *)(uintptr_t)path.p, O_CLOEXEC);
		if (fd >= 0)
			unlink(path.p);
	}
	if (fd >= 0) {
		int *kept = hy_new(a, int);
		*kept = fd;
		hy_arena_defer(a, close_fd, kept);
	}
	return fd;
}

/* Beside the program in the build, or where it is installed. */
static const char *program(struct hy_arena *a)
{
	static const char *const places[] = { "src/media/huiyin-media", "huiyin-media",
					      "../libexec/huiyin/huiyin-media" };
	const char *set = getenv("HUIYIN_MEDIA");
	char exe[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	const char *dir = n > 0 ? dirname(exe) : ".";

	if (set && *set)
		return set;
	for (size_t i = 0; i < HY_COUNT(places); i++) {
		hy_str path = hy_printf(a, "%s/%s", dir, places[i]);
		if (access(path.p, X_OK) == 0)
			return path.p;
	}
	return NULL;
}

/* Ends it, by its own number, when it takes too long (its limits should have). */
static int ended(pid_t pid)
{
	const struct timespec nap = { 0, 3000000 };
	int status = 0;

	for (int i = 0; i < LOOK_SECONDS * 300; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		nanosleep(&nap, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return status;
}

static enum hy_code run(struct hy_arena *a, int in, int out, struct hy_err *e)
{
	const char *path = program(a);
	char *const argv[] = { (char *)(uintptr_t) "huiyin-media",
			       (char *)(uintptr_t)hy_printf(a, "%d", ATTACH_MOST).p,
			       (char *)(uintptr_t)MOST_PIXELS, NULL };
	char *const env[] = { NULL };
	posix_spawn_file_actions_t io;
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t pid;

	if (!path)
		return hy_broke(e, HY_IO, "huiyin-media is not installed beside huiyin");
	if (lseek(in, 0, SEEK_SET) != 0)
		return hy_broke(e, HY_IO, "could not read an upload: %s", strerror(errno));
	sigemptyset(&none);
	posix_spawn_file_actions_init(&io);
	posix_spawn_file_actions_adddup2(&io, in, 0);
	posix_spawn_file_actions_adddup2(&io, out, 1);
	posix_spawn_file_actions_addopen(&io, 2, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	int why = posix_spawn(&pid, path, &io, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&io);
	if (why)
		return hy_broke(e, HY_IO, "could not start %s: %s", path, strerror(why));
	int status = ended(pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return HY_OK;
	if (WIFSIGNALED(status))
		return hy_fail(e, HY_BAD_INPUT, "",
			       "the file cannot be examined; send another form");
	return hy_broke(e, HY_IO, "huiyin-media ended with %d", WEXITSTATUS(status));
}

enum hy_code attach_look(struct hy_arena *a, int fd, const char *spool, struct attach_look *out,
			 struct hy_err *e)
{
	int copy = unnamed(a, spool);
	char *head = hy_arena_take(a, HEAD + 1);
	hy_str rest, type, done;
	size_t i = 0;

	if (copy < 0)
		return hy_broke(e, HY_IO, "could not make a file in %s: %s", spool,
				strerror(errno));
	enum hy_code code = run(a, fd, copy, e);
	if (code)
		return code;
	ssize_t n = pread(copy, head, HEAD, 0);
	rest = (hy_str){ head, n > 0 ? (size_t)n : 0 };
	if (!hy_str_cut(&rest, '\n', &type) || !hy_str_cut(&rest, '\n', &done))
		return hy_broke(e, HY_IO, "huiyin-media said nothing");
	while (taken[i] && !hy_str_eq(type, hy_str_of(taken[i])))
		i++;
	if (!taken[i])
		return hy_fail(e, HY_BAD_INPUT, "",
			       "a file of the type " HY_FMT
			       " is not taken; send JPEG, PNG, WebP, PDF, "
			       "DOCX, XLSX, MP3, M4A, AMR or MP4",
			       HY_ARG(hy_str_head(type, 80)));
	*out = (struct attach_look){ .type = type, .fd = -1 };
	if (hy_str_eq(done, HY_S("same")))
		return HY_OK;
	if (!hy_str_eq(done, HY_S("clean")))
		return hy_fail(e, HY_BAD_INPUT, "", HY_FMT "; send it in another form",
			       HY_ARG(done));
	off_t from = (off_t)(type.n + done.n + 2), end = lseek(copy, 0, SEEK_END);
	if (end <= from || lseek(copy, from, SEEK_SET) != from)
		return hy_broke(e, HY_IO, "huiyin-media made an empty copy");
	out->clean = true;
	out->fd = copy;
	out->size = end - from;
	return HY_OK;
}

/* --- clamd --------------------------------------------------------------------------------------
 */

static bool send_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		ssize_t put = send(fd, at, n, MSG_NOSIGNAL);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		n -= (size_t)put;
	}
	return true;
}

static int reach(struct hy_arena *a, hy_str socket_path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const struct timeval patience = { SCAN_SECONDS, 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	int *kept = hy_new(a, int);
	*kept = fd;
	hy_arena_defer(a, close_fd, kept);
	if (socket_path.n >= sizeof(at.sun_path))
		return -1;
	memcpy(at.sun_path, socket_path.p, socket_path.n);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return connect(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 ? fd : -1;
}

enum hy_code attach_scan(struct hy_arena *a, hy_str socket_path, int fd, struct hy_err *e)
{
	int to = reach(a, socket_path);
	char piece[16384], answer[256];
	bool ok = to >= 0 && lseek(fd, 0, SEEK_SET) == 0 && send_all(to, "zINSTREAM", 10);
	size_t n = 0;
	ssize_t got = 0;

	while (ok && (got = read(fd, piece, sizeof(piece))) > 0) {
		uint32_t size = htonl((uint32_t)got);
		ok = send_all(to, &size, sizeof(size)) && send_all(to, piece, (size_t)got);
	}
	ok = ok && got == 0 && send_all(to, "\0\0\0\0", 4);
	while (ok && n < sizeof(answer) && (got = recv(to, answer + n, sizeof(answer) - n, 0)) > 0)
		n += (size_t)got;
	hy_str said = { answer, n };
	if (ok && hy_str_find(said, HY_S("FOUND")) >= 0)
		return hy_fail(e, HY_BAD_INPUT, "", "the file holds what is known as harmful");
	if (ok && hy_str_find(said, HY_S(": OK")) >= 0)
		return HY_OK;
	/* Not scanned is not accepted. */
	return hy_fail(e, HY_STORE_BUSY, "", "files cannot be examined just now; retry later");
}
