#define _GNU_SOURCE
#include "CSandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// Each returns 1 if it went through.
static int opens(const char *path, int flags) {
  int descriptor = open(path, flags | O_CLOEXEC, 0600);
  if (descriptor < 0) return 0;
  close(descriptor);
  return 1;
}

static int read_passwd(void) { return opens("/etc/passwd", O_RDONLY); }
static int read_process_environment(void) { return opens("/proc/self/environ", O_RDONLY); }
static int list_root(void) { return opens("/", O_RDONLY | O_DIRECTORY); }
static int write_temporary(void) { return opens("/tmp/assay-media-selftest", O_WRONLY | O_CREAT); }
static int write_library(void) {
  return opens("/usr/lib/assay-media-selftest", O_WRONLY | O_CREAT);
}
static int make_directory(void) { return mkdir("/tmp/assay-media-selftest.d", 0700) == 0; }

static int makes_socket(int family) {
  int descriptor = socket(family, SOCK_STREAM, 0);
  if (descriptor < 0) return 0;
  close(descriptor);
  return 1;
}
static int internet_socket(void) { return makes_socket(AF_INET); }
static int unix_socket(void) { return makes_socket(AF_UNIX); }

static int fork_process(void) {
  pid_t child = fork();
  if (child < 0) return 0;
  if (child == 0) _exit(0);
  waitpid(child, NULL, 0);
  return 1;
}

// If it went through there would be nobody left to say so: the program that runs says it.
static int run_program(void) {
  char *const arguments[] = {"/bin/sh", "-c", "echo RAN; exit 1", NULL};
  char *const environment[] = {NULL};
  execve("/bin/sh", arguments, environment);
  return 0;
}

static int signal_parent(void) { return kill(getppid(), 0) == 0; }
static int trace_parent(void) { return ptrace(PTRACE_SEIZE, getppid(), NULL, NULL) == 0; }

static int limit_parent(void) {
  struct rlimit present;
  return prlimit(getppid(), RLIMIT_NOFILE, NULL, &present) == 0;
}

static int become_root(void) { return setresuid(0, 0, 0) == 0; }

static int change_mode(void) { return chmod("/tmp", 01777) == 0; }

static int make_code(void) {
  void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return 0;
  int made = mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
  munmap(page, 4096);
  return made;
}

static int make_memory_file(void) {
  int descriptor = (int)syscall(SYS_memfd_create, "selftest", 0);
  if (descriptor < 0) return 0;
  close(descriptor);
  return 1;
}

static const struct {
  const char *name;
  int (*attempt)(void);
} attempts[] = {
    {"read /etc/passwd", read_passwd},
    {"read /proc/self/environ", read_process_environment},
    {"list /", list_root},
    {"create a file in /tmp", write_temporary},
    {"create a file in /usr/lib", write_library},
    {"make a directory", make_directory},
    {"open an internet socket", internet_socket},
    {"open a Unix socket", unix_socket},
    {"fork", fork_process},
    {"run a program", run_program},
    {"signal the parent", signal_parent},
    {"trace the parent", trace_parent},
    {"read the parent's limits", limit_parent},
    {"become root", become_root},
    {"change a file's mode", change_mode},
    {"make memory executable", make_code},
    {"make a memory file", make_memory_file},
};

int csandbox_attempt_count(void) { return (int)(sizeof attempts / sizeof *attempts); }
const char *csandbox_attempt_name(int index) { return attempts[index].name; }
int csandbox_attempt(int index) { return attempts[index].attempt(); }
