/* huiyin -- every matter gets an answer, every case is settled. */
#include <signal.h>

#include "cli/cli.h"
#include "cli/rooms.h"

int main(int argc, char **argv)
{
	const struct cli cli = { cli_tables, stdout, stderr };

	/* A reader that goes away is an error of writing, not a reason to die in mid-work. */
	signal(SIGPIPE, SIG_IGN);
	city_set_rooms(cli_rooms);
	return cli_main(&cli, argc, argv);
}
