import type { Script } from '../call.ts';
import { eventually, kubectl } from '../kubectl/command.ts';
import { helm3, helm4, killed } from './command.ts';

const stuck = '--set selector.none=x';
const foreign = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: own }\ndata: { text: mine }\n';

/** What goes wrong with releases, and what helm says of it. */
export const script: Script = {
  name: 'trouble',
  calls: [
    helm4(`install slow {charts}/app ${stuck} --wait --timeout 3s`),
    helm4('status slow'),
    helm4('history slow'),
    helm4('upgrade slow {charts}/app --install --reset-values --wait --timeout 60s'),
    helm4(`upgrade slow {charts}/app ${stuck} --rollback-on-failure --timeout 3s`),
    helm4('history slow', 'rolled back'),
    helm3(`upgrade slow {charts}/app ${stuck} --wait --timeout 3s`),
    helm3('history slow'),
    helm4('uninstall slow'),
    helm3(`install undone {charts}/app ${stuck} --atomic --timeout 3s`),
    helm3('status undone'),
    killed('helm4', `install killed {charts}/app ${stuck} --wait --timeout 60s`, 'killed', 'pending-install'),
    helm4('list'),
    helm4('status killed'),
    helm4('upgrade killed {charts}/app'),
    helm4('upgrade killed {charts}/app --install'),
    helm3('upgrade killed {charts}/app --install'),
    helm4('rollback killed'),
    kubectl('delete secret sh.helm.release.v1.killed.v1'),
    helm4('upgrade killed {charts}/app --install --wait --timeout 60s'),
    killed('helm4', `upgrade killed {charts}/app ${stuck} --wait --timeout 60s`, 'killed', 'pending-upgrade'),
    helm4('history killed'),
    helm4('upgrade killed {charts}/app', 'pending upgrade'),
    helm4('rollback killed 1 --wait --timeout 60s'),
    helm4('uninstall killed --keep-history'),
    helm4('history killed', 'kept'),
    helm4('install killed {charts}/app', 'kept'),
    kubectl('apply -f -', { stdin: foreign }),
    helm4('install own {charts}/app'),
    helm3('install own {charts}/app'),
    helm4('install own {charts}/app --take-ownership'),
    kubectl('get configmap own -o jsonpath={.data}{.metadata.labels}{.metadata.annotations}'),
    helm4('install second {charts}/app --set text=x --dry-run=server'),
    kubectl(`patch configmap own --type=merge -p '{"data":{"text":"edited"}}'`),
    helm4('upgrade own {charts}/app --set text=new'),
    helm4('upgrade own {charts}/app --set text=new --force-conflicts'),
    helm3('upgrade own {charts}/app --set text=newer'),
    kubectl('scale deployment own --replicas=2'),
    helm4('upgrade own {charts}/app --set text=newest'),
    kubectl('delete configmap own'),
    helm4('upgrade own {charts}/app --set text=again'),
    kubectl('get configmap own -o jsonpath={.data.text}', { as: 'made again' }),
    helm4('uninstall own --wait --timeout 60s'),
    ...['refused', 'field', 'type', 'unknown', 'yaml', 'other'].flatMap((kind) => [
      helm4(`install wrong-${kind} {charts}/wrong --set kind=${kind}`),
      helm3(`install wrong-${kind} {charts}/wrong --set kind=${kind}`),
    ]),
    helm4('install Not_A_Name {charts}/app'),
    helm4('install none {charts}/none'),
    helm4('install elsewhere {charts}/app --namespace nowhere'),
    eventually('get pods -o name', /^$/),
  ],
};
