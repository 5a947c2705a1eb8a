#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Debian 12's headers describe ABI 2; newer kernels handle more, and then so do we.
struct ruleset {
  uint64_t file_system;
  uint64_t network;
  uint64_t scoped;
};

static const uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE;
static const uint64_t read_tree = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

// Places that are missing are not needed.
static int allow(int rules, const char *path, uint64_t access) {
  int place = open(path, O_PATH | O_CLOEXEC);
  if (place < 0) return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
  struct stat status;
  if (fstat(place, &status)) {
    close(place);
    return -1;
  }
  if (!S_ISDIR(status.st_mode)) access &= read_file;
  struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = place};
  int result =
      (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close(place);
  return result;
}

// Reading libraries, fonts and their configuration; nothing is written or run. What the job reads and
// writes came in as open descriptors, which Landlock leaves alone.
int csandbox_landlock(void) {
  long abi =
      syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return -1;
  struct ruleset handled = {.file_system = (1ULL << 13) - 1};
  size_t size = sizeof handled.file_system;
  if (abi >= 2) handled.file_system |= 1ULL << 13;  // REFER
  if (abi >= 3) handled.file_system |= 1ULL << 14;  // TRUNCATE
  if (abi >= 4) {
    handled.network = 3;  // BIND_TCP, CONNECT_TCP
    size = offsetof(struct ruleset, scoped);
  }
  if (abi >= 5) handled.file_system |= 1ULL << 15;  // IOCTL_DEV
  if (abi >= 6) {
    handled.scoped = 3;  // ABSTRACT_UNIX_SOCKET, SIGNAL
    size = sizeof handled;
  }
  int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
  if (rules < 0) return -1;
  static const char *const trees[] = {
      "/lib",
      "/lib64",
      "/usr/lib",
      "/usr/lib64",
      "/usr/local/lib",
      "/usr/share/fonts",
      "/usr/local/share/fonts",
      "/usr/share/fontconfig",
      "/etc/fonts",
      "/etc/ld.so.cache",
      "/var/cache/fontconfig",
      // libav draws its random seeds from it; without, it spins on the processor's clock for a tenth
      // of a second each time.
      "/dev/urandom",
  };
  for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
    if (allow(rules, trees[i], read_tree)) {
      close(rules);
      return -1;
    }
  }
  int result = (int)syscall(SYS_landlock_restrict_self, rules, 0);
  close(rules);
  return result;
}
