#pragma once
// How assay-media gives up what it does not need before it reads a byte of input. Imported by Media
// alone. Only the kernel's own interfaces: Landlock and seccomp by their system calls, no library.
#include <stdint.h>

struct csandbox_limits {
  uint64_t cpu_seconds;
  uint64_t memory_bytes;  // address space
  uint64_t file_bytes;    // largest file written
};

// Gives up, for good: every inherited descriptor from `keep` on, root (where it is held), capabilities,
// the file system but for libraries and fonts, network, other processes, new processes. Must run while
// the process has one thread. Returns 0, or the number of the step that failed with errno set; then
// the caller must exit.
int csandbox_enter(struct csandbox_limits limits, int keep);

// The step's name, for the message before the exit.
const char *csandbox_step_name(int step);

// Tightens what csandbox_enter set. Returns 0 or -1 with errno.
int csandbox_lower_limits(struct csandbox_limits limits);

// Things that must fail inside: each attempt returns 0 if it was refused, 1 if it went through.
int csandbox_attempt_count(void);
const char *csandbox_attempt_name(int index);
int csandbox_attempt(int index);

// Used between the files of this target.
int csandbox_landlock(void);
int csandbox_seccomp(void);
