/* Tries what the unit of Huiyin forbids, one thing after another, and says for each whether it was
 * refused.  Run under the unit's restrictions everything must be, and without them nothing: that it
 * is asked for rightly. */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define HERE "/var/lib/huiyin"

static bool at(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool write_usr(void)
{
	return at("/usr/bin/planted", O_CREAT | O_WRONLY);
}
static bool write_etc(void)
{
	return at("/etc/planted", O_CREAT | O_WRONLY);
}
static bool write_var(void)
{
	return at("/var/lib/planted", O_CREAT | O_WRONLY);
}
static bool read_shadow(void)
{
	return at("/etc/shadow", O_RDONLY);
}
static bool read_home(void)
{
	return at("/home/secret", O_RDONLY);
}
static bool read_others_tmp(void)
{
	return at("/tmp/secret", O_RDONLY);
}
static bool read_device(void)
{
	return at("/dev/kmsg", O_RDONLY);
}
static bool write_kernel(void)
{
	return at("/proc/sys/kernel/domainname", O_WRONLY);
}
static bool see_others(void)
{
	return at("/proc/1/stat", O_RDONLY);
}
static bool start_shell(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}
static bool run_what_it_wrote(void)
{
	int status = -1, fd = open(HERE "/planted", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0700);

	if (fd < 0)
		return false;
	if (write(fd, "#!/bin/sh\nexit 0\n", 17) != 17) {
		close(fd);
		return false;
	}
	close(fd);
	pid_t pid = fork();
	if (pid == 0) {
		execl(HERE "/planted", "planted", (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}
static bool make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	return p != MAP_FAILED;
}
static bool turn_data_to_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}
static bool become_root(void)
{
	return syscall(SYS_setuid, 0) == 0;
}
static bool give_away_root(void)
{
	return at(HERE "/suid", O_CREAT | O_WRONLY) && chmod(HERE "/suid", 04755) == 0;
}
static bool change_owner(void)
{
	return at(HERE "/owned", O_CREAT | O_WRONLY) && chown(HERE "/owned", getuid(), 0) == 0;
}
static bool mount_something(void)
{
	return mount("tmpfs", "/mnt", "tmpfs", 0, NULL) == 0;
}
static bool new_user_namespace(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}
static bool trace(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}
static bool read_memory_of_others(void)
{
	char to[8], from[8] = "memory";
	struct iovec a = { to, sizeof(to) }, b = { from, sizeof(from) };

	return process_vm_readv(getpid(), &a, 1, &b, 1, 0) == (ssize_t)sizeof(to);
}
static bool talk(int family, int type)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}
static bool talk_to_kernel(void)
{
	return talk(AF_NETLINK, SOCK_RAW);
}
static bool sniff(void)
{
	return talk(AF_PACKET, SOCK_RAW);
}
static bool set_clock(void)
{
	struct timeval now;

	return gettimeofday(&now, NULL) == 0 && settimeofday(&now, NULL) == 0;
}
static bool rename_host(void)
{
	return sethostname("planted", 7) == 0;
}
static bool keep_key(void)
{
	return syscall(SYS_add_key, "user", "planted", "x", 1, KEY_SPEC_PROCESS_KEYRING) >= 0;
}
static bool change_personality(void)
{
	return personality(ADDR_NO_RANDOMIZE) >= 0;
}
static bool run_before_all_others(void)
{
	struct sched_param p = { .sched_priority = 1 };

	return sched_setscheduler(0, SCHED_FIFO, &p) == 0;
}

static const struct {
	const char *what;
	bool (*fn)(void);
} tries[] = {
	{ "write into /usr", write_usr },
	{ "write into /etc", write_etc },
	{ "write beside its own folder", write_var },
	{ "read /etc/shadow", read_shadow },
	{ "read somebody's home", read_home },
	{ "read what others left in /tmp", read_others_tmp },
	{ "read a device", read_device },
	{ "change a setting of the kernel", write_kernel },
	{ "look at other processes", see_others },
	{ "start a shell", start_shell },
	{ "run a program it wrote", run_what_it_wrote },
	{ "map memory to write and run", make_code },
	{ "turn data into code", turn_data_to_code },
	{ "become root", become_root },
	{ "make a program that becomes somebody else", give_away_root },
	{ "give a file away", change_owner },
	{ "mount", mount_something },
	{ "make a user namespace", new_user_namespace },
	{ "be traced", trace },
	{ "read memory by process_vm_readv", read_memory_of_others },
	{ "open a netlink socket", talk_to_kernel },
	{ "open a packet socket", sniff },
	{ "set the clock", set_clock },
	{ "rename the host", rename_host },
	{ "keep a key in the kernel", keep_key },
	{ "change its personality", change_personality },
	{ "run before all others", run_before_all_others },
};

int main(void)
{
	/* What the server needs must work, else a refusal would prove nothing. */
	printf("%s write into its own folder\n",
	       at(HERE "/allowed", O_CREAT | O_RDWR) ? "done" : "refused");
	printf("%s open a socket of the internet\n",
	       talk(AF_INET, SOCK_STREAM) ? "done" : "refused");
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		errno = 0;
		bool done = tries[i].fn();
		printf("%s %s\n", done ? "done" : "refused", tries[i].what);
		fflush(stdout);
	}
	return 0;
}
