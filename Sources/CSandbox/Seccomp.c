#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "no seccomp filter for this architecture yet"
#endif

// Answered with EPERM, so that a library that asks gets an error it can handle.
static const int denied[] = {
    // Network.
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg,
    // New programs and processes. Threads are clone with CLONE_THREAD, let through below.
    SYS_execve, SYS_execveat,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    // Other processes.
    SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_open,
    SYS_pidfd_send_signal, SYS_pidfd_getfd, SYS_ptrace, SYS_process_vm_readv,
    SYS_process_vm_writev, SYS_process_madvise, SYS_kcmp, SYS_migrate_pages, SYS_move_pages,
    SYS_sched_setaffinity, SYS_sched_setattr, SYS_sched_setparam, SYS_sched_setscheduler,
    SYS_setpriority, SYS_ioprio_set, SYS_get_robust_list,
    // Kernel surface with a history.
    SYS_bpf, SYS_perf_event_open, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register,
    SYS_userfaultfd, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_memfd_create,
#ifdef SYS_memfd_secret
    SYS_memfd_secret,
#endif
    SYS_fanotify_init, SYS_inotify_init1, SYS_ioctl, SYS_io_setup, SYS_vmsplice, SYS_splice,
    SYS_tee, SYS_personality,
    // System V and POSIX queues: ways to talk to others.
    SYS_shmget, SYS_shmat, SYS_shmctl, SYS_semget, SYS_semctl, SYS_msgget, SYS_msgctl, SYS_mq_open,
    SYS_mq_unlink,
    // Names and attributes of files, which Landlock does not cover.
    SYS_truncate, SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr,
    SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
#ifdef SYS_chmod
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
    SYS_chdir, SYS_fchdir, SYS_chroot, SYS_name_to_handle_at, SYS_open_by_handle_at,
    // The machine.
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsmount,
    SYS_fsconfig, SYS_fspick, SYS_mount_setattr, SYS_unshare, SYS_setns, SYS_kexec_load,
    SYS_kexec_file_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot,
    SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl, SYS_quotactl_fd, SYS_settimeofday,
    SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname, SYS_setdomainname,
    SYS_syslog, SYS_vhangup,
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
};

enum { CAPACITY = 2 * sizeof denied / sizeof *denied + 64 };

struct program {
  struct sock_filter code[CAPACITY];
  unsigned short length;
};

static void add(struct program *program, struct sock_filter instruction) {
  program->code[program->length++] = instruction;
}

static void load(struct program *program, size_t offset) {
  add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void jump(struct program *program, unsigned short kind, uint32_t value, uint8_t if_true,
                 uint8_t if_false) {
  add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | kind | BPF_K, value, if_true, if_false));
}

static void answer(struct program *program, uint32_t action) {
  add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static const uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;

// The low half of an argument: both architectures here are little-endian.
static size_t argument(int index) {
  return offsetof(struct seccomp_data, args) + sizeof(uint64_t) * (size_t)index;
}

// `number` is refused unless (argument & mask) == value. The number is in the accumulator before
// and after.
static void require(struct program *program, int number, int index, uint32_t mask, uint32_t value) {
  jump(program, BPF_JEQ, (uint32_t)number, 0, 5);
  load(program, argument(index));
  add(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
  jump(program, BPF_JEQ, value, 1, 0);
  answer(program, refuse);
  answer(program, SECCOMP_RET_ALLOW);
}

int csandbox_seccomp(void) {
  struct program program = {.length = 0};
  load(&program, offsetof(struct seccomp_data, arch));
  jump(&program, BPF_JEQ, NATIVE_ARCH, 1, 0);
  answer(&program, SECCOMP_RET_KILL_PROCESS);
  load(&program, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
  // The x32 numbering is a second door to the same calls.
  jump(&program, BPF_JGE, 0x40000000, 0, 1);
  answer(&program, refuse);
#endif
  // A filter cannot look behind clone3's pointer; "no such call" makes the C library use clone.
  jump(&program, BPF_JEQ, SYS_clone3, 0, 1);
  answer(&program, SECCOMP_RET_ERRNO | ENOSYS);
  require(&program, SYS_clone, 0, CLONE_THREAD, CLONE_THREAD);
  // abort() signals its own process; limits may be set on oneself.
  require(&program, SYS_tgkill, 0, UINT32_MAX, (uint32_t)getpid());
  require(&program, SYS_prlimit64, 0, UINT32_MAX, 0);
  // Machine code comes from libraries on disk only. (mmap: not writable and executable at once.)
  require(&program, SYS_mprotect, 2, PROT_EXEC, 0);
#ifdef SYS_pkey_mprotect
  require(&program, SYS_pkey_mprotect, 2, PROT_EXEC, 0);
#endif
  jump(&program, BPF_JEQ, SYS_mmap, 0, 5);
  load(&program, argument(2));
  add(&program,
      (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, PROT_EXEC | PROT_WRITE));
  jump(&program, BPF_JEQ, PROT_EXEC | PROT_WRITE, 0, 1);
  answer(&program, refuse);
  answer(&program, SECCOMP_RET_ALLOW);
  for (size_t i = 0; i < sizeof denied / sizeof *denied; i++) {
    jump(&program, BPF_JEQ, (uint32_t)denied[i], 0, 1);
    answer(&program, refuse);
  }
  answer(&program, SECCOMP_RET_ALLOW);

  struct sock_fprog filter = {.len = program.length, .filter = program.code};
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
}
