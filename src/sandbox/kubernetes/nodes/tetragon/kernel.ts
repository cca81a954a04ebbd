/** What of a kernel decides whether a policy loads. */
export interface Kernel {
  readonly major: number;
  readonly minor: number;
  /** kprobe_multi (CONFIG_FPROBE): upstream since 5.18. */
  readonly kprobeMulti: boolean;
}

export const parseKernel = (release: string): Kernel => {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  const [a, b] = [Number(major), Number(minor)];
  return { major: a, minor: b, kprobeMulti: a > 5 || (a === 5 && b >= 18) };
};

const since = (kernel: Kernel, major: number, minor: number): boolean =>
  kernel.major > major || (kernel.major === major && kernel.minor >= minor);

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const SECURITY = words(`
  binder_set_context_mgr binder_transaction ptrace_access_check ptrace_traceme capget capset capable quotactl quota_on syslog settime64 vm_enough_memory_mm
  bprm_creds_for_exec bprm_creds_from_file bprm_check bprm_committing_creds bprm_committed_creds fs_context_dup fs_context_parse_param sb_alloc sb_delete sb_free sb_mount
  sb_umount sb_pivotroot sb_kern_mount sb_remount sb_show_options sb_statfs move_mount path_notify inode_alloc inode_free inode_init_security inode_create inode_link
  inode_unlink inode_symlink inode_mkdir inode_rmdir inode_mknod inode_rename inode_readlink inode_follow_link inode_permission inode_setattr inode_getattr inode_setxattr
  inode_getxattr inode_listxattr inode_removexattr inode_killpriv inode_copy_up path_unlink path_mkdir path_rmdir path_mknod path_truncate path_symlink path_link path_rename
  path_chmod path_chown path_chroot file_permission file_alloc file_free file_ioctl mmap_file mmap_addr file_mprotect file_lock file_fcntl file_set_fowner
  file_send_sigiotask file_receive file_open task_alloc task_free cred_alloc_blank cred_free prepare_creds transfer_creds kernel_act_as kernel_create_files_as
  kernel_module_request kernel_load_data kernel_post_load_data kernel_read_file kernel_post_read_file task_fix_setuid task_fix_setgid task_setpgid task_getpgid
  task_getsid task_setnice task_setioprio task_getioprio task_prlimit task_setrlimit task_setscheduler task_getscheduler task_movememory task_kill task_prctl
  task_to_inode ipc_permission msg_msg_alloc msg_queue_alloc msg_queue_msgsnd msg_queue_msgrcv shm_alloc shm_shmat sem_alloc sem_semop netlink_send socket_create
  socket_post_create socket_socketpair socket_bind socket_connect socket_listen socket_accept socket_sendmsg socket_recvmsg socket_getsockname socket_getpeername
  socket_getsockopt socket_setsockopt socket_shutdown sock_rcv_skb sk_alloc sk_free inet_conn_request inet_conn_established tun_dev_create tun_dev_attach tun_dev_open
  unix_stream_connect unix_may_send key_alloc key_permission bpf bpf_map bpf_prog locked_down perf_event_open perf_event_alloc perf_event_read perf_event_write
`);

const FUNCTIONS = words(`
  tcp_connect tcp_close tcp_sendmsg tcp_recvmsg tcp_v4_connect tcp_v6_connect tcp_set_state inet_csk_listen_start inet_listen inet_bind inet_accept udp_sendmsg udp_recvmsg
  udpv6_sendmsg ip_output ip_rcv __dev_queue_xmit raw_sendmsg packet_create __sys_connect fd_install vfs_read vfs_write vfs_open vfs_unlink vfs_rename vfs_truncate do_truncate
  do_filp_open do_sys_openat2 filp_close path_mount do_mount do_init_module free_module load_module bpf_check bpf_prog_load commit_creds prepare_kernel_cred
  override_creds cap_capable create_user_ns copy_namespaces switch_task_namespaces __sys_setuid __sys_setreuid __sys_setresuid __sys_setfsuid __sys_setgid __sys_setregid
  __sys_setresgid __sys_setfsgid proc_exec_connector wake_up_new_task do_exit do_group_exit acct_process begin_new_exec bprm_execve do_coredump call_usermodehelper_exec
  kallsyms_lookup_name ptrace_attach mem_write mem_open mprotect_fixup do_mmap __kill_pgrp_info do_send_sig_info send_signal_locked cgroup_attach_task cgroup_mkdir
  loop_configure ksys_read ksys_write sk_alloc sk_free __sk_free sk_filter_trim_cap __cgroup_bpf_run_filter_skb dev_hard_start_xmit ip6_output ip_mc_output
  tcp_create_openreq_child tty_write find_module_sections revert_creds security_inode_copy_up_xattr
`);

const SYSCALLS = words(`
  read write open close stat fstat lstat poll lseek mmap mprotect munmap brk rt_sigaction ioctl pread64 pwrite64 readv writev access pipe select sched_yield mremap dup dup2
  nanosleep socket connect accept sendto recvfrom sendmsg recvmsg shutdown bind listen getsockname getpeername socketpair setsockopt getsockopt clone fork vfork execve
  exit wait4 kill uname fcntl flock fsync fdatasync truncate ftruncate getdents getcwd chdir fchdir rename mkdir rmdir creat link unlink symlink readlink chmod fchmod chown
  fchown lchown umask ptrace syslog setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid capget capset mknod personality pivot_root prctl arch_prctl
  setrlimit chroot sync acct settimeofday mount umount2 swapon swapoff reboot sethostname setdomainname iopl ioperm init_module delete_module gettid setxattr lsetxattr
  fsetxattr removexattr clock_settime exit_group tgkill kexec_load add_key request_key keyctl inotify_init openat mkdirat mknodat fchownat unlinkat renameat linkat
  symlinkat fchmodat faccessat unshare splice vmsplice fallocate eventfd2 epoll_create1 dup3 pipe2 preadv pwritev perf_event_open recvmmsg fanotify_init fanotify_mark
  prlimit64 open_by_handle_at sendmmsg setns getcpu process_vm_readv process_vm_writev kcmp finit_module renameat2 seccomp memfd_create kexec_file_load bpf execveat
  userfaultfd copy_file_range preadv2 pwritev2 pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick
  pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2 process_madvise mount_setattr landlock_restrict_self memfd_secret
`);

type Release = readonly [major: number, minor: number];

/** Functions that came or went: first version that has them, first that has not. */
const CHANGED: Readonly<Record<string, { readonly from?: Release; readonly until?: Release }>> = {
  security_file_truncate: { from: [6, 2] },
  dev_queue_xmit: { until: [6, 0] },
  kfree_skb_reason: { from: [5, 17], until: [6, 11] },
  security_create_user_ns: { from: [6, 1] },
  security_bpf_map_alloc: { until: [6, 9] },
  security_bpf_prog_alloc: { until: [6, 9] },
  security_bpf_map_create: { from: [6, 9] },
  security_bpf_prog_load: { from: [6, 9] },
  security_bpf_token_create: { from: [6, 9] },
  security_uring_override_creds: { from: [5, 16] },
  security_uring_sqpoll: { from: [5, 16] },
  security_uring_cmd: { from: [6, 0] },
};

const known = new Set([...SECURITY.map((name) => `security_${name}`), ...FUNCTIONS]);
const syscalls = new Set(SYSCALLS);

/** Whether this kernel has the function in its symbol table. One that this list does not know counts as missing: a refusal is seen, a false yes is not. */
export const hasFunction = (kernel: Kernel, name: string, syscall: boolean): boolean => {
  if (syscall) return syscalls.has(name.replace(/^(__x64_|__arm64_)?sys_/, ''));
  const change = CHANGED[name];
  if (change === undefined) return known.has(name) || syscalls.has(name.replace(/^__x64_sys_/, ''));
  return (
    (change.from === undefined || since(kernel, ...change.from)) &&
    (change.until === undefined || !since(kernel, ...change.until))
  );
};
