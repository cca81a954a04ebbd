import { asProduct, type Script } from '../call.ts';
import { kubectl } from '../kubectl/command.ts';
import { helm } from './command.ts';

const life = (major: 'helm3' | 'helm4'): Script['calls'] => {
  const run = (line: string, as?: string): Script['calls'][number] => helm(major, line, as);
  const name = major === 'helm3' ? 'three' : 'four';
  const wait = major === 'helm3' ? '--wait' : '--wait=watcher';
  return [
    run(`status ${name}`),
    run(`history ${name}`, 'of none'),
    run(`get values ${name}`, 'of none'),
    run(`uninstall ${name}`, 'of none'),
    run(`upgrade ${name} {charts}/app`, 'of none'),
    run(`rollback ${name} 1`, 'of none'),
    run(`install ${name} {charts}/app --dry-run=server`),
    run(`template ${name} {charts}/app --validate`),
    asProduct(run(`upgrade ${name} {charts}/app --install --reset-values --timeout 60s --history-max 10 ${wait}`)),
    run(`install ${name} {charts}/app`, 'again'),
    asProduct(run(`list --filter ^${name}$${major === 'helm3' ? ' --all' : ''}`)),
    run(`status ${name}`, 'deployed'),
    run(`get manifest ${name}`),
    run(`get notes ${name}`),
    run(`get values ${name}`),
    run(`get values ${name} --all`),
    run(`get metadata ${name}`),
    run(`get hooks ${name}`),
    run(`get all ${name}`),
    kubectl(
      `get deployment ${name} -o 'jsonpath={range .metadata.managedFields[*]}{.manager}{.operation}{.fieldsV1}{end}'`,
    ),
    kubectl(`get secrets -l owner=helm,name=${name} --show-labels`),
    run(`upgrade ${name} {charts}/app --set text=bye --set replicas=2 ${wait} --timeout 60s`),
    asProduct(run(`get values ${name} --revision 2 -o json`)),
    run(`upgrade ${name} {charts}/app --reuse-values --set replicas=1`, 'keeps values'),
    run(`get values ${name} -o json`),
    run(`rollback ${name} 1 --wait --timeout 60s`),
    asProduct(run(`history ${name}`)),
    run(`rollback ${name} 9`),
    kubectl(`get configmap ${name} -o yaml --show-managed-fields`),
    run(`test ${name}`),
    run(`list`, 'of all'),
    run(`uninstall ${name} --wait --timeout 60s`),
    run(`uninstall ${name} --ignore-not-found`),
    run(`list -o json`, 'of nothing'),
    run(`status ${name}`, 'uninstalled'),
    kubectl('get deployments,replicasets,pods,services -o name', { as: `after ${major}` }),
  ];
};

/** A release from its first install to its end, with both helms. */
export const script: Script = { name: 'releases', calls: [...life('helm4'), ...life('helm3')] };
