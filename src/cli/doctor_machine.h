#ifndef CLI_DOCTOR_MACHINE_H
#define CLI_DOCTOR_MACHINE_H

/* doctor_machine -- the checks of files, certificates, proxies, backups and the disk. */

#include "matter/doctor.h"

extern const struct doctor_check doctor_machine_checks[];

#endif
