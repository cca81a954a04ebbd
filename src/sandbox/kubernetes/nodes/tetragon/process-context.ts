import type { Fields } from '../fields.ts';
import { numberFrom } from '../hashes.ts';

/** What containerd gives a container that asks for nothing, spelled as Tetragon 1.7 spells it. */
const DEFAULT_CAPABILITIES =
  'CAP_CHOWN DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP CAP_NET_BIND_SERVICE CAP_NET_RAW CAP_SYS_CHROOT CAP_MKNOD CAP_AUDIT_WRITE CAP_SETFCAP'.split(
    ' ',
  );

const HOST_NAMESPACES = { time: 4026531834, time_for_children: 4026531834, user: 4026531837 };

/** Fields that an agent adds where its configuration says so: capabilities and credentials, and kernel namespaces. */
export const processContext = (config: Readonly<Record<string, string>>, pod: string): Fields => ({
  ...(config['enable-process-cred'] === 'true'
    ? {
        cap: { permitted: DEFAULT_CAPABILITIES, effective: DEFAULT_CAPABILITIES },
        process_credentials: { uid: 0, gid: 0, euid: 0, egid: 0, suid: 0, sgid: 0, fsuid: 0, fsgid: 0 },
      }
    : {}),
  ...(config['enable-process-ns'] === 'true'
    ? {
        ns: {
          ...Object.fromEntries(
            ['uts', 'ipc', 'mnt', 'pid', 'pid_for_children', 'net', 'cgroup'].map((name) => [
              name,
              { inum: 4026532000 + numberFrom(`${pod}/${name}`, 90_000) },
            ]),
          ),
          ...Object.fromEntries(Object.entries(HOST_NAMESPACES).map(([name, inum]) => [name, { inum, is_host: true }])),
        },
      }
    : {}),
});
