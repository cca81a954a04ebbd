import type { Call, Script } from '../call.ts';
import { told } from '../told.ts';
import { clusterWide } from './command.ts';

/** A command that prints a line for each group or kind, without those that custom resources of other scripts bring along. */
const ofKubernetes = (line: string): Call => ({
  name: line,
  async run(world) {
    const { code, stdout, stderr } = await world.kubectl(line.split(' '));
    const own = stdout.split('\n').filter((row) => !/\S\.(?:io|com)\/v\d/.test(row) || /\.k8s\.io\/v\d/.test(row));
    return told({ code, stdout: own.join('\n'), stderr });
  },
});

/** What the server says of itself, and how the clients print it. */
export const script: Script = {
  name: 'discovery',
  calls: [
    clusterWide('version'),
    clusterWide('version -o yaml'),
    ofKubernetes('api-versions'),
    ofKubernetes('api-resources --sort-by=name -o wide'),
    clusterWide('api-resources --api-group=apps -o wide --sort-by=name'),
    clusterWide('api-resources --categories=all -o name --sort-by=name'),
    clusterWide('get --raw /version'),
    clusterWide('get --raw /healthz'),
    clusterWide('get --raw /readyz'),
    clusterWide('get --raw /livez/ping'),
    clusterWide('get --raw /no-such-path'),
    clusterWide('explain deployment.spec.strategy'),
    clusterWide('explain daemonset --recursive'),
    clusterWide('explain deployment.spec.nothing'),
    clusterWide('explain nothing'),
    clusterWide('top nodes'),
    clusterWide('top pods -A'),
    clusterWide('auth whoami -o jsonpath={.status.userInfo.groups}'),
    clusterWide('auth can-i create deployments -n default'),
    clusterWide('auth can-i get pods --as=system:serviceaccount:default:default -n default'),
    clusterWide('auth can-i "*" "*"'),
    clusterWide('auth can-i create unknowns'),
    clusterWide('auth can-i get /metrics'),
    clusterWide('auth can-i --list --as=system:serviceaccount:default:default -n default'),
    clusterWide('get pods -n default --as=alice'),
    clusterWide('create namespace n --as=alice --as-group=builders --dry-run=server'),
    clusterWide('get nodes --as=system:serviceaccount:default:default'),
  ],
};
