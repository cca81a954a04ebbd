import { realCharts } from '../../support/real-charts.ts';
import { asProduct, type Call, type Script } from '../call.ts';
import { kubectl } from '../kubectl/command.ts';
import { helm, helm3, helm4 } from './command.ts';

/**
 * Cilium is not waited for: on the real one nobody runs its agent, and the sandbox's agent has to be told where the API server is,
 * which no address that both sides share could do.
 */
const story = (name: 'cilium' | 'tetragon', chart: string, settings: string, change: string): readonly Call[] => {
  const waits = name === 'tetragon';
  const upgrade = `upgrade ${name} ${chart} --install --reset-values ${settings} --timeout 40s --history-max 10`;
  const daemonSet = name;
  const named = (call: Call): Call => ({ ...call, name: call.name.replaceAll(chart, `<${name}>`) });
  return [
    asProduct(named(helm('helm4', `${upgrade}${waits ? ' --wait=watcher' : ''}`, `install ${name}`))),
    asProduct(helm4(`list --filter ^${name}$`)),
    asProduct(helm4(`get values ${name} --revision 1 -o json`)),
    kubectl(`get daemonsets,deployments,services,configmaps -l app.kubernetes.io/part-of=${name} -o name`),
    kubectl(`get daemonset ${daemonSet} -o jsonpath={.spec}`),
    kubectl(`get daemonset ${daemonSet} -o jsonpath={.status.desiredNumberScheduled}`),
    asProduct(named(helm('helm4', `${upgrade} ${change}${waits ? ' --wait=watcher' : ''}`, `change ${name}`))),
    named(helm3(`${upgrade} ${change}`, `change ${name}`)),
    helm4(`rollback ${name} 1`),
    asProduct(helm4(`history ${name}`)),
    helm4(`uninstall ${name} --timeout 40s`),
    kubectl(`get daemonsets,deployments -l app.kubernetes.io/part-of=${name}`, { as: 'uninstalled' }),
  ];
};

const { cilium, tetragon } = realCharts;

/**
 * The charts that the product installs, where this machine has them; in a namespace of their own. Cilium comes
 * last of all, as what its end leaves on the nodes lets no other pod start.
 */
export const script: Script = {
  name: 'charts',
  calls: [
    ...(tetragon === undefined
      ? []
      : story('tetragon', tetragon, '--set crds.installMethod=helm', '--set tetragon.debug=true')),
    ...(cilium === undefined
      ? []
      : story(
          'cilium',
          cilium,
          '--set operator.replicas=1 --set hubble.relay.enabled=true',
          '--set debug.enabled=true',
        )),
  ],
};
