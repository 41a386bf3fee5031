/* slow_disk -- a disk whose flush takes $SLOW_DISK_MS (5) longer: LD_PRELOAD=.../slow_disk.so */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int fsync(int fd);
int fdatasync(int fd);

static void wait_a_little(void)
{
	const char *set = getenv("SLOW_DISK_MS");
	long ms = set ? atol(set) : 5;
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static int after_waiting(const char *name, int fd)
{
	union {
		void *object;
		int (*call)(int);
	} real = { .object = dlsym(RTLD_NEXT, name) };

	wait_a_little();
	return real.call(fd);
}

int fsync(int fd)
{
	return after_waiting("fsync", fd);
}

int fdatasync(int fd)
{
	return after_waiting("fdatasync", fd);
}
