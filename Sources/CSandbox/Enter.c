#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum step {
  STEP_NONE,
  STEP_SINGLE_THREAD,
  STEP_DESCRIPTORS,
  STEP_LIMITS,
  STEP_CAPABILITIES,
  STEP_NO_NEW_PRIVS,
  STEP_DUMPABLE,
  STEP_PARENT_DEATH,
  STEP_LANDLOCK,
  STEP_SECCOMP,
};

const char *csandbox_step_name(int step) {
  switch (step) {
    case STEP_SINGLE_THREAD: return "one thread at start";
    case STEP_DESCRIPTORS: return "closing inherited descriptors";
    case STEP_LIMITS: return "resource limits";
    case STEP_CAPABILITIES: return "dropping capabilities";
    case STEP_NO_NEW_PRIVS: return "no_new_privs";
    case STEP_DUMPABLE: return "PR_SET_DUMPABLE";
    case STEP_PARENT_DEATH: return "PR_SET_PDEATHSIG";
    case STEP_LANDLOCK: return "Landlock";
    case STEP_SECCOMP: return "seccomp";
    default: return "none";
  }
}

static int limit(int resource, uint64_t value) {
  struct rlimit present;
  if (getrlimit(resource, &present)) return -1;
  rlim_t wanted = value;
  // A limit that is already lower stays.
  if (present.rlim_max != RLIM_INFINITY && present.rlim_max < wanted) wanted = present.rlim_max;
  struct rlimit new = {wanted, wanted};
  return setrlimit(resource, &new);
}

int csandbox_lower_limits(struct csandbox_limits limits) {
  if (limit(RLIMIT_AS, limits.memory_bytes) || limit(RLIMIT_FSIZE, limits.file_bytes)) return -1;
  // SIGXCPU at the soft limit, so that the client can tell it from other deaths; SIGKILL follows.
  struct rlimit present;
  if (getrlimit(RLIMIT_CPU, &present)) return -1;
  rlim_t soft = limits.cpu_seconds;
  if (present.rlim_max != RLIM_INFINITY && present.rlim_max < soft + 2) soft = present.rlim_max - 2;
  struct rlimit cpu = {soft, soft + 2};
  return setrlimit(RLIMIT_CPU, &cpu);
}

static int set_limits(struct csandbox_limits limits) {
  // Descriptors: five inherited, the rest for fonts and their configuration.
  return csandbox_lower_limits(limits) || limit(RLIMIT_NOFILE, 64) || limit(RLIMIT_CORE, 0) ||
         limit(RLIMIT_MEMLOCK, 0) || limit(RLIMIT_MSGQUEUE, 0);
}

// Root becomes nobody where it may; capabilities go in any case.
static int drop_privileges(void) {
  if (geteuid() == 0) {
    const uid_t nobody = 65534;
    if (setgroups(0, NULL) == 0 && setresgid(nobody, nobody, nobody) == 0) {
      (void)!setresuid(nobody, nobody, nobody);
    }
  }
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0, 0, 0}};
  return (int)syscall(SYS_capset, &header, none);
}

// Landlock restricts the calling thread and those it starts later.
static int has_one_thread(void) {
  struct stat status;
  if (stat("/proc/self/task", &status)) return 0;
  if (status.st_nlink == 3) return 1;
  errno = EBUSY;
  return 0;
}

int csandbox_enter(struct csandbox_limits limits, int keep) {
  if (!has_one_thread()) return STEP_SINGLE_THREAD;
  if (syscall(SYS_close_range, (unsigned)keep, ~0U, 0U)) return STEP_DESCRIPTORS;
  if (set_limits(limits)) return STEP_LIMITS;
  if (drop_privileges()) return STEP_CAPABILITIES;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return STEP_NO_NEW_PRIVS;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)) return STEP_DUMPABLE;
  // Nobody is left to read the answers of a server that died. (Changing the user clears it: after.)
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)) return STEP_PARENT_DEATH;
  if (csandbox_landlock()) return STEP_LANDLOCK;
  if (csandbox_seccomp()) return STEP_SECCOMP;
  return STEP_NONE;
}
