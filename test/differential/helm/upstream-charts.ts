import { realCharts } from '../../support/real-charts.ts';
import { asProduct, type Call, type Script } from '../call.ts';
import { kubectl } from '../kubectl/command.ts';
import { helm, helm3, helm4 } from './command.ts';

const story = (name: 'cilium' | 'tetragon', chart: string, settings: string, change: string): readonly Call[] => {
  const upgrade = `upgrade ${name} ${chart} --install --reset-values ${settings} --timeout 60s --history-max 10`;
  const daemonSet = name;
  const named = (call: Call): Call => ({ ...call, name: call.name.replaceAll(chart, `<${name}>`) });
  return [
    asProduct(named(helm('helm4', `${upgrade} --wait=watcher`, `install ${name}`))),
    asProduct(helm4(`list --filter ^${name}$`)),
    asProduct(helm4(`get values ${name} --revision 1 -o json`)),
    kubectl(`get daemonsets,deployments,services,configmaps -l app.kubernetes.io/part-of=${name} -o name`),
    kubectl(`get daemonset ${daemonSet} -o jsonpath={.spec}`),
    kubectl(`get daemonset ${daemonSet} -o 'jsonpath={.status.desiredNumberScheduled} {.status.numberReady}'`),
    kubectl(`get deployments -l app.kubernetes.io/part-of=${name} -o 'jsonpath={.items[*].status.readyReplicas}'`),
    asProduct(named(helm('helm4', `${upgrade} ${change} --wait=watcher`, `change ${name}`))),
    named(helm3(`${upgrade} ${change} --wait`, `change ${name}`)),
    helm4(`rollback ${name} 1 --wait --timeout 60s`),
    asProduct(helm4(`history ${name}`)),
    helm4(`uninstall ${name} --timeout 40s`),
    kubectl(`get daemonsets,deployments -l app.kubernetes.io/part-of=${name}`, { as: 'uninstalled' }),
  ];
};

const { cilium, tetragon } = realCharts;

/**
 * The charts that the product installs, where this machine has them; in a namespace of their own. Cilium's default pool, 10.0.0.0/8,
 * holds the services' own range: its agents would not serve, and their operator's taints would keep the next chart off the nodes.
 */
export const script: Script = {
  name: 'charts',
  calls: [
    ...(cilium === undefined
      ? []
      : story(
          'cilium',
          cilium,
          '--set operator.replicas=1 --set hubble.relay.enabled=true --set ipam.operator.clusterPoolIPv4PodCIDRList={10.246.0.0/16}',
          '--set debug.enabled=true',
        )),
    ...(tetragon === undefined
      ? []
      : story('tetragon', tetragon, '--set crds.installMethod=helm', '--set tetragon.debug=true')),
  ],
};
